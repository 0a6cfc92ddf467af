//! The inverse of a template: what a JSON document says of a signal, or why it is none.

use std::borrow::Cow;

use super::template::{Body, Part, push_key};
use crate::{Clock, JsonValue, double_of_digits, int_of_digits};

/// A signal that was read from a body.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading<'j> {
    /// Name on the wire. `None` where the template has none.
    pub name: Option<&'j str>,
    /// The random id.
    pub id: Option<&'j str>,
    /// Start, in nanoseconds since 1970.
    pub start_unix_nano: Option<u64>,
    /// End, or the time of an event.
    pub end_unix_nano: Option<u64>,
    /// The number of values that were left out.
    pub dropped: Option<u32>,
    /// The marker: the names of the channels that the signal needs beyond `default`.
    pub channels: Option<&'j str>,
    /// Names and values, in the order of the template; a name that is there twice is here twice.
    pub attributes: Vec<(&'j str, &'j JsonValue<'j>)>,
    /// The same of the attributes of the process.
    pub resource: Vec<(&'j str, &'j JsonValue<'j>)>,
}

/// A request that was read: its signals, and what stands around them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BatchReading<'j> {
    /// The bodies of the signals.
    pub signals: &'j [JsonValue<'j>],
    /// Names and values of the attributes of the process that stand beside the signals.
    pub resource: Vec<(&'j str, &'j JsonValue<'j>)>,
}

/// A reason why a document has not the form of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer into the document.
    pub pointer: String,
    /// The reason. It holds no value of the document.
    pub message: String,
}

impl Body {
    /// Reads the body of one signal.
    ///
    /// # Errors
    /// Everything that the template does not say.
    pub fn read<'j>(&'j self, document: &'j JsonValue<'j>) -> Result<Reading<'j>, Vec<Fault>> {
        Reader::new(self).read(&self.template, document).map(|(reading, _)| reading)
    }

    /// The bodies in a request: those that its `batch` holds, or the document itself.
    ///
    /// # Errors
    /// Everything that the template of a request does not say.
    pub fn read_batch<'j>(&'j self, document: &'j JsonValue<'j>) -> Result<BatchReading<'j>, Vec<Fault>> {
        let Some(batch) = &self.batch else {
            return Ok(BatchReading { signals: std::slice::from_ref(document), resource: Vec::new() });
        };
        let (reading, signals) = Reader::new(self).read(batch, document)?;
        Ok(BatchReading { signals, resource: reading.resource })
    }

    /// Returns whether a document looks like a request with several signals rather than one.
    pub fn is_batch(&self, document: &JsonValue<'_>) -> bool {
        self.batch.is_some() && self.read_batch(document).is_ok()
    }
}

struct Reader<'j> {
    body: &'j Body,
    reading: Reading<'j>,
    /// The steps of the clocks that the start and the end were read from: the finest counts.
    steps: [u64; 2],
    /// The bodies of a request's signals.
    signals: &'j [JsonValue<'j>],
    faults: Vec<Fault>,
}

impl<'j> Reader<'j> {
    fn new(body: &'j Body) -> Self {
        Reader { body, reading: Reading::default(), steps: [u64::MAX; 2], signals: &[], faults: Vec::new() }
    }

    fn read(
        mut self,
        template: &'j Part,
        document: &'j JsonValue<'j>,
    ) -> Result<(Reading<'j>, &'j [JsonValue<'j>]), Vec<Fault>> {
        self.part(template, document, &mut String::new());
        if self.faults.is_empty() { Ok((self.reading, self.signals)) } else { Err(self.faults) }
    }

    fn fault(&mut self, pointer: &str, message: impl Into<String>) {
        self.faults.push(Fault { pointer: pointer.to_owned(), message: message.into() });
    }

    fn part(&mut self, part: &Part, value: &'j JsonValue<'j>, at: &mut String) {
        match (part, value) {
            (Part::Literal(text), _) => self.literal(text, value, at),
            (Part::Name, JsonValue::Text(text)) => match self.reading.name {
                Some(name) if name != text => self.fault(at, "this is another name than before"),
                _ => self.reading.name = Some(text),
            },
            (Part::Name, _) => self.fault(at, "the name of the signal has to be a text"),
            (Part::Id, JsonValue::Text(text)) if is_uuid(text) => self.reading.id = Some(text),
            (Part::Id, _) => self.fault(at, "this has to be a random UUID (version 4)"),
            (Part::Time(clock), _) => self.time(*clock, value, at, 1),
            (Part::StartTime(clock), _) => self.time(*clock, value, at, 0),
            (Part::Dropped, _) => match count(value) {
                Some(count) => self.reading.dropped = Some(count),
                None => self.fault(at, "this has to be the number of values that were left out"),
            },
            (Part::Channels, JsonValue::Text(text)) => self.reading.channels = Some(text),
            (Part::Channels, _) => self.fault(at, "the channels have to be a text"),
            (Part::Attribute(own), _) => {
                let own = self.body.own.get(usize::from(*own));
                self.reading.attributes.extend(own.map(|own| (&*own.name, value)));
            }
            (Part::OfResource(own), _) => {
                let own = self.body.of_resource.get(usize::from(*own));
                self.reading.resource.extend(own.map(|own| (&*own.name, value)));
            }
            (Part::Attributes | Part::Resource, JsonValue::Object(members)) => {
                members.iter().for_each(|(key, value)| self.rest(part, key, value, at));
            }
            (Part::Signals, JsonValue::List(items)) => self.signals = items,
            (Part::Signals, _) => self.fault(at, "the signals have to be a list"),
            (Part::List(parts), JsonValue::List(items)) if items.len() == parts.len() => {
                for (place, (part, item)) in parts.iter().zip(items).enumerate() {
                    within(at, &place.to_string(), |at| self.part(part, item, at));
                }
            }
            (Part::List(parts), _) => self.fault(at, format!("this has to be a list of {}", parts.len())),
            (Part::Object(parts), JsonValue::Object(members)) => self.object(parts, members, at),
            (Part::Attributes | Part::Resource | Part::Object(_), _) => self.fault(at, "this has to be an object"),
            (Part::Spread | Part::SpreadResource, _) => {}
        }
    }

    fn object(
        &mut self,
        parts: &[(Cow<'static, str>, Part)],
        members: &'j [(Cow<'j, str>, JsonValue<'j>)],
        at: &mut String,
    ) {
        let spread = parts.iter().map(|(_, part)| part).find(|part| part.is_spread());
        let known = |key: &str| parts.iter().find(|(name, part)| name == key && !part.is_spread());
        for (place, (key, value)) in members.iter().enumerate() {
            match known(key) {
                Some(_) if members[..place].iter().any(|(before, _)| before == key) => {
                    within(at, key, |at| self.fault(at, "this is there twice"));
                }
                Some((_, part)) => within(at, key, |at| self.part(part, value, at)),
                None => match spread {
                    Some(spread) => self.rest(spread, key, value, at),
                    None => within(at, key, |at| self.fault(at, "the form has no such member")),
                },
            }
        }
        for (key, _) in parts.iter().filter(|(_, part)| !part.may_be_absent()) {
            if members.iter().all(|(member, _)| member != key) {
                self.fault(at, format!("`{key}` is missing"));
            }
        }
    }

    fn literal(&mut self, text: &str, value: &JsonValue<'_>, at: &str) {
        if !JsonValue::parse(text).is_some_and(|literal| is_same(&literal, value)) {
            self.fault(at, format!("this has to be {text}"));
        }
    }

    fn time(&mut self, clock: Clock, value: &JsonValue<'_>, at: &str, end: usize) {
        let Some(time) = clock.read(value) else {
            let spelling = match clock {
                Clock::Text => "a time such as `2026-11-30T12:00:00.123Z`",
                Clock::Milliseconds => "a time in milliseconds since 1970",
                Clock::Seconds => "a time in seconds since 1970",
                Clock::Nanoseconds => "a time in nanoseconds since 1970",
            };
            return self.fault(at, format!("this has to be {spelling}"));
        };
        if clock.step() < self.steps[end] {
            self.steps[end] = clock.step();
            let slot = if end == 1 { &mut self.reading.end_unix_nano } else { &mut self.reading.start_unix_nano };
            *slot = Some(time);
        }
    }

    /// A member among attributes without a place of their own: the signal's, or the process's.
    fn rest(&mut self, part: &Part, key: &'j str, value: &'j JsonValue<'j>, at: &mut String) {
        let (own, found) = match part {
            Part::Resource | Part::SpreadResource => (&self.body.of_resource, &mut self.reading.resource),
            _ => (&self.body.own, &mut self.reading.attributes),
        };
        if own.iter().any(|own| own.name == key) {
            within(at, key, |at| self.fault(at, "this attribute has a place of its own"));
        } else {
            found.push((key, value));
        }
    }
}

/// A number of values, at least one.
fn count(value: &JsonValue<'_>) -> Option<u32> {
    let JsonValue::Number(digits) = value else { return None };
    u32::try_from(int_of_digits(digits)?).ok().filter(|count| *count > 0)
}

/// Runs something one key deeper.
fn within(pointer: &mut String, key: &str, run: impl FnOnce(&mut String)) {
    let length = pointer.len();
    push_key(pointer, key);
    run(pointer);
    pointer.truncate(length);
}

/// Numbers are the same by their value, objects by their members in any order.
fn is_same(a: &JsonValue<'_>, b: &JsonValue<'_>) -> bool {
    match (a, b) {
        (JsonValue::Number(a), JsonValue::Number(b)) => a == b || double_of_digits(a) == double_of_digits(b),
        _ => a == b,
    }
}

/// A UUID of version 4, in letters of either case.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            14 => byte == b'4',
            19 => matches!(byte, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'),
            _ => byte.is_ascii_hexdigit(),
        })
}
