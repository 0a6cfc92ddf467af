//! One signal that was sent, with a clock that stands still and ids that are numbers in order.

use std::collections::BTreeMap;
use std::ops::Index;

use super::data::Data;
use crate::{Catalogue, Consent, DEFAULT, SignalKind};

/// One signal that was sent. Its attributes are reached by their names on the wire: `signal["note.words"]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its kind.
    pub kind: SignalKind,
    /// Its name on the wire.
    pub name: String,
    /// The consent that it needs, as it says itself: `default`, and the channels that it names.
    pub consent: Consent,
    /// The channels that it needs, and no other.
    pub(super) needs: Consent,
    payload: Data,
}

/// The members that are times.
const TIMES: [&str; 4] = ["startTimeUnixNano", "endTimeUnixNano", "timeUnixNano", "observedTimeUnixNano"];

/// The members that are ids, with their digits.
const IDS: [(&str, usize); 3] = [("traceId", 32), ("spanId", 16), ("parentSpanId", 16)];

/// 2001-09-09T01:46:40Z
const NOW: &str = "1000000000000000000";

impl Recorded {
    /// An attribute, by its name on the wire.
    pub fn get(&self, name: &str) -> Option<&Data> {
        self.payload["attributes"].get(name)
    }

    /// All attributes, in the order of the wire.
    pub fn attributes(&self) -> &[(String, Data)] {
        self.payload["attributes"].members()
    }

    /// Any other member of the payload: `body`, `status`, `resource`, `traceId`, `parentSpanId`, …; null where there is
    /// none. Ids are numbers in the order in which they were first seen.
    pub fn member(&self, name: &str) -> &Data {
        &self.payload[name]
    }

    /// Returns true for a span that failed.
    pub fn failed(&self) -> bool {
        self.payload["status"]["code"] == 2
    }

    /// The whole payload as JSON.
    pub fn payload(&self) -> String {
        self.payload.to_string()
    }
}

/// The attribute with this name on the wire; null where there is none.
impl Index<&str> for Recorded {
    type Output = Data;

    fn index(&self, name: &str) -> &Data {
        &self.payload["attributes"][name]
    }
}

/// Reads payloads, all with one numbering of ids.
pub(super) fn read_all(catalogue: &'static Catalogue, payloads: &[String]) -> Vec<Recorded> {
    let mut ids = Ids::default();
    payloads.iter().filter_map(|payload| read(catalogue, Data::parse(payload), &mut ids)).collect()
}

fn read(catalogue: &'static Catalogue, mut payload: Data, ids: &mut Ids) -> Option<Recorded> {
    ids.fix(&mut payload);
    let word = payload["kind"].text()?.to_owned();
    let kind = catalogue.signals.iter().map(|signal| signal.kind).find(|kind| kind.word() == word)?;
    let names = payload["channels"].text().unwrap_or_default();
    let number = |name: &str| (0..Consent::MOST_CHANNELS).find(|number| catalogue.channel_name(*number) == Some(name));
    let channels = names.split(',').filter_map(number);
    let needs = channels.fold(Consent::of(DEFAULT), |needs, number| needs.and(Consent::of(number)));
    let name = payload["name"].text()?.to_owned();
    Some(Recorded { kind, name, consent: Consent::Default.and(needs), needs, payload })
}

/// The ids that were seen, in order.
#[derive(Default)]
struct Ids(BTreeMap<String, usize>);

impl Ids {
    /// Stops the clock and numbers the ids, but not in what the program reports.
    fn fix(&mut self, payload: &mut Data) {
        match payload {
            Data::Object(members) => {
                for (key, value) in members {
                    match (key.as_str(), value) {
                        ("attributes" | "body" | "resource", _) => {}
                        (key, Data::Text(text)) => self.fix_member(key, text),
                        (_, value) => self.fix(value),
                    }
                }
            }
            Data::List(items) => items.iter_mut().for_each(|item| self.fix(item)),
            _ => {}
        }
    }

    fn fix_member(&mut self, key: &str, text: &mut String) {
        if TIMES.contains(&key) {
            NOW.clone_into(text);
        } else if let Some((_, digits)) = IDS.iter().find(|(name, _)| *name == key) {
            let next = self.0.len() + 1;
            let number = *self.0.entry(text.clone()).or_insert(next);
            *text = format!("{number:0digits$x}");
        }
    }
}
