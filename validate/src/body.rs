//! Bodies of a program's own, as the endpoints of a catalogue declare them, to payloads.
//!
//! The endpoint whose form a document has is found by trying: the template says where everything stands, so a document
//! of another form has something too much or too little. A document of no form is named with what the nearest one lacks.

use candor_domain::{BatchReading, Body, Fault, JsonValue};
use candor_schema::{Catalogue, Endpoint};

use crate::item::{Item, Unreadable};
use crate::json::{self, Json};
use crate::payload::{Origin, Payload};

/// The endpoints whose form a document may have.
#[derive(Clone, Copy)]
pub(crate) struct Forms<'c> {
    catalogue: &'c Catalogue,
    /// Set when it must be that of this endpoint.
    only: Option<&'c str>,
}

/// The form of a document.
pub(crate) struct FormOf<'c, 'j> {
    /// Position of its endpoint.
    pub position: usize,
    pub endpoint: &'c Endpoint,
    pub body: &'c Body,
    /// The bodies of its signals, and what stands beside them.
    pub request: BatchReading<'j>,
}

/// The signals of a document, or why it has none, with how many faults there are.
type Tried = Result<Vec<(String, Result<String, String>)>, (usize, String)>;

impl<'c> Forms<'c> {
    pub fn new(catalogue: &'c Catalogue, only: Option<&'c str>) -> Self {
        Forms { catalogue, only }
    }

    /// Returns true if a document must have a declared form.
    pub fn is_demanded(self) -> bool {
        self.only.is_some()
    }

    /// Returns true if there is any form at all.
    pub fn any(self) -> bool {
        self.endpoints().next().is_some()
    }

    fn endpoints(self) -> impl Iterator<Item = (usize, &'c Endpoint, &'c Body)> {
        let all = self.catalogue.head().endpoints().iter().enumerate();
        let wanted = all.filter(move |(_, endpoint)| self.only.is_none_or(|only| only == endpoint.name));
        wanted.filter_map(|(position, endpoint)| Some((position, endpoint, endpoint.form.body()?)))
    }

    /// The items of a document, if it has a declared form; otherwise the reason why it has none.
    pub fn read(self, document: &Json, origin: &Origin) -> Result<Vec<Item>, String> {
        let mut text = Vec::new();
        document.write(&mut text);
        let text = String::from_utf8(text).map_err(|_| "not UTF-8".to_owned())?;
        let value = JsonValue::parse(&text).ok_or("not JSON")?;
        let mut nearest: Option<(usize, String)> = None;
        for (position, endpoint, body) in self.endpoints() {
            match self.try_form(position, body, &value) {
                Ok(found) => {
                    let may_lack = !body.has_dropped();
                    return Ok(found.into_iter().map(|found| item(found, origin, may_lack)).collect());
                }
                Err((faults, why)) if nearest.as_ref().is_none_or(|(least, _)| faults < *least) => {
                    nearest = Some((faults, format!("not of the form of `{}`: {why}", endpoint.name)));
                }
                Err(_) => {}
            }
        }
        Err(nearest.map_or_else(|| "the catalogue declares no form of a body".to_owned(), |(_, why)| why))
    }

    /// The form of a document, if it has one.
    pub fn of<'j>(self, value: &'j JsonValue<'j>) -> Option<FormOf<'c, 'j>>
    where
        'c: 'j,
    {
        self.endpoints().find_map(|(position, endpoint, body)| {
            let request = match self.find(position, body, value, &[]) {
                Ok(_) => BatchReading { signals: std::slice::from_ref(value), resource: Vec::new() },
                Err(_) if body.batch.is_some() => body.read_batch(value).ok()?,
                Err(_) => return None,
            };
            Some(FormOf { position, endpoint, body, request })
        })
    }

    fn try_form(self, position: usize, body: &'c Body, value: &JsonValue<'_>) -> Tried {
        let alone = match self.find(position, body, value, &[]) {
            Ok(found) => return Ok(vec![(String::new(), Ok(found))]),
            Err(faults) => faults,
        };
        if body.batch.is_none() {
            return Err(alone);
        }
        let (pointer, request) = match body.read_batch(value) {
            Ok(request) => (body.pointer_to_signals(), request),
            Err(faults) => return Err(alone.min((faults.len(), first(&faults)))),
        };
        let found = request.signals.iter().enumerate().map(|(place, signal)| {
            let found = self.find(position, body, signal, &request.resource).map_err(|(_, why)| why);
            (format!("{pointer}/{place}"), found)
        });
        Ok(found.collect())
    }

    /// The payload of a body, in a request that has these attributes of the process beside it.
    fn find(
        self,
        position: usize,
        body: &'c Body,
        value: &JsonValue<'_>,
        beside: &[(&str, &JsonValue<'_>)],
    ) -> Result<String, (usize, String)> {
        let reading = body.read(value).map_err(|faults| (faults.len(), first(&faults)))?;
        let mut signals = self.catalogue.signals().iter().filter(|signal| usize::from(signal.endpoint) == position);
        let signal = signals.find(|signal| reading.name.is_none_or(|name| name == signal.name));
        let signal = signal.ok_or_else(|| (1, "no signal of this name goes there".to_owned()))?;
        Ok(reading.payload(signal.kind, &signal.name, beside))
    }
}

fn first(faults: &[Fault]) -> String {
    let Some(first) = faults.first() else { return String::new() };
    let more = if faults.len() > 1 { format!(", and {} more", faults.len() - 1) } else { String::new() };
    if first.pointer.is_empty() {
        format!("{}{more}", first.message)
    } else {
        format!("{} at {}{more}", first.message, first.pointer)
    }
}

fn item((pointer, found): (String, Result<String, String>), origin: &Origin, may_lack: bool) -> Item {
    let origin = origin.at(format!("{}{pointer}", origin.path));
    match found.and_then(json::parse) {
        Ok(payload) => Item::Payload(Payload { may_lack, is_body: true, ..Payload::from_json(&payload, origin) }),
        Err(why) => Item::Unreadable(Unreadable { origin, why }),
    }
}
