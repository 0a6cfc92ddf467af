//! Values that foreign code gave, and what of them a domain lets through.
//!
//! Whether a text or a number is admitted is decided where it is for Candor's own emitters, in `crate::filter`. Here it
//! is said of values whose type nobody checked before.

use std::borrow::Cow;
use std::fmt;

use opentelemetry::logs::AnyValue;
use opentelemetry::{Array, Key, Value};
use serde_json::{Number, Value as Json};

use super::bridge::array;
use super::stopped::{Counts, Why};
use crate::encode::{At, Buffer, Encoder, JsonEncoder};
use crate::filter::{Admitted, admit_member, admit_text, admits_boolean, admits_double, admits_int};
use crate::{AttributeInfo, Collected, Domain, Encoding, ObjectInfo, Pattern, Signal};

/// The way of one signal through the filter.
pub(super) struct Pass<'p> {
    pub signal: &'static Signal,
    pub opted_in: bool,
    /// The keys of attributes that the user has not agreed to yet.
    pub held: &'p [&'static str],
    pub counts: &'p mut Counts,
    /// Values left out that the signal itself says so of. What consent keeps back is not among them: the signal must
    /// be the same as if the program had not set it.
    pub dropped: u32,
}

impl Pass<'_> {
    /// What passes of a signal's attributes, each under its name. Of those that were given twice, the last counts.
    pub fn attributes<'v, V: Into<Given<'v>>>(
        &mut self,
        given: impl DoubleEndedIterator<Item = (&'v Key, V)>,
    ) -> Vec<(&'static str, Kept<'v>)> {
        let known = self.signal.attributes;
        let mut seen = vec![false; known.len()];
        let mut kept = Vec::with_capacity(known.len());
        for (key, value) in given.rev() {
            let path = Path { before: None, name: key.as_str() };
            let Some(position) = known.iter().position(|known| known.attribute.name == key.as_str()) else {
                self.leave_out(Why::Unknown, path);
                continue;
            };
            let info = known[position].attribute;
            if !self.allows(info) {
                self.stop(Why::Consent, path);
            } else if std::mem::replace(&mut seen[position], true) {
                self.leave_out(Why::Value, path);
            } else {
                match self.attribute(path, info, value.into()) {
                    Outcome::Kept(value) => kept.push((info.name, value)),
                    Outcome::Refused => {}
                    Outcome::Absent => seen[position] = false,
                }
            }
        }
        let missing = known.iter().zip(seen).filter(|(known, seen)| known.required && !seen);
        self.dropped += missing.filter(|(known, _)| self.allows(known.attribute)).count() as u32;
        kept.reverse();
        kept
    }

    /// An object travels as JSON text where there is no other way, whatever its encoding.
    fn attribute<'v>(&mut self, path: Path<'_>, info: &'static AttributeInfo, given: Given<'v>) -> Outcome<'v> {
        let Given::Text(text) = given else { return self.entry(path, info, given) };
        if info.encoding != Encoding::Json && !holds_objects(&info.domain) {
            return self.entry(path, info, given);
        }
        let json = serde_json::from_str::<Json>(text);
        match self.entry(path, info, json.as_ref().map_or(Given::Other, Given::from)) {
            Outcome::Kept(kept) => Outcome::Kept(Kept::Text(Cow::Owned(kept.to_json()))),
            Outcome::Refused => Outcome::Refused,
            Outcome::Absent => Outcome::Absent,
        }
    }

    /// A value that consent allows. A refused one is counted.
    fn entry<'v>(&mut self, path: Path<'_>, info: &'static AttributeInfo, given: Given<'v>) -> Outcome<'v> {
        let outcome = self.value(path, info, &info.domain, given);
        if let Outcome::Refused = outcome {
            self.leave_out(Why::Value, path);
        }
        outcome
    }

    fn value<'v>(
        &mut self,
        path: Path<'_>,
        info: &'static AttributeInfo,
        domain: &'static Domain,
        given: Given<'v>,
    ) -> Outcome<'v> {
        let kept = match (domain, given) {
            (_, Given::Nothing) => return Outcome::Absent,
            (Domain::List { item, max_items }, Given::List(items)) => {
                Some(self.list(path, info, item, *max_items, items))
            }
            (Domain::Object(object), Given::Object(fields)) => self.object(path, object, fields),
            (domain, Given::Text(text)) => self.text(path, info, domain, text),
            (domain, Given::Boolean(value)) => admits_boolean(domain).then_some(Kept::Boolean(value)),
            (domain, Given::Int(value)) => admits_int(domain, value).then_some(Kept::Int(value)),
            (domain, Given::Double(value)) => admits_double(domain, value).then_some(Kept::Double(value)),
            (Domain::Int { .. }, Given::Number(number)) => {
                number.as_i64().filter(|value| admits_int(domain, *value)).map(Kept::Int)
            }
            (domain, Given::Number(number)) => {
                number.as_f64().filter(|value| admits_double(domain, *value)).map(Kept::Double)
            }
            _ => None,
        };
        kept.map_or(Outcome::Refused, Outcome::Kept)
    }

    fn text<'v>(&mut self, path: Path<'_>, info: &AttributeInfo, domain: &Domain, text: &'v str) -> Option<Kept<'v>> {
        let text = match domain {
            Domain::Enum(_) => admit_member(domain, text),
            Domain::Timestamp => is_timestamp(text).then_some(text),
            _ => match admit_text(info, domain, text) {
                Admitted::Whole => Some(text),
                Admitted::Cut(short) => {
                    self.stop(Why::Cut, path);
                    Some(short)
                }
                Admitted::Not => None,
            },
        };
        text.map(|text| Kept::Text(Cow::Borrowed(text)))
    }

    fn list<'v>(
        &mut self,
        path: Path<'_>,
        info: &'static AttributeInfo,
        domain: &'static Domain,
        max_items: usize,
        items: impl Iterator<Item = Given<'v>>,
    ) -> Kept<'v> {
        let mut kept = Vec::new();
        for given in items {
            if kept.len() == max_items {
                self.leave_out(Why::Value, path);
                break;
            }
            match self.value(path, info, domain, given) {
                Outcome::Kept(item) => kept.push(item),
                Outcome::Refused => self.leave_out(Why::Value, path),
                Outcome::Absent => {}
            }
        }
        Kept::List(kept)
    }

    fn object<'v>(
        &mut self,
        path: Path<'_>,
        object: &'static ObjectInfo,
        fields: impl Iterator<Item = (&'v str, Given<'v>)>,
    ) -> Option<Kept<'v>> {
        let mut given: Vec<_> = fields.collect();
        let (mut kept, mut whole) = (Vec::new(), true);
        for field in object.fields {
            let path = Path { before: Some(&path), name: field.name };
            let place = given.iter().position(|(name, _)| *name == field.name);
            let value = place.map_or(Given::Nothing, |place| given.swap_remove(place).1);
            if !self.allows(field.attribute) {
                if !matches!(value, Given::Nothing) {
                    self.stop(Why::Consent, path);
                }
                continue;
            }
            let before = self.dropped;
            match self.entry(path, field.attribute, value) {
                Outcome::Kept(value) => kept.push((field.name, value)),
                _ if field.required => {
                    whole = false;
                    self.dropped = before; // the object counts, once, not its field
                }
                _ => {}
            }
        }
        for (name, _) in given {
            self.leave_out(Why::Unknown, Path { before: Some(&path), name });
        }
        whole.then_some(Kept::Object(kept))
    }

    fn allows(&self, info: &AttributeInfo) -> bool {
        (self.opted_in || info.collected == Collected::Default) && !self.held.contains(&info.id)
    }

    fn leave_out(&mut self, why: Why, path: Path<'_>) {
        self.dropped = self.dropped.saturating_add(1);
        self.stop(why, path);
    }

    fn stop(&mut self, why: Why, path: Path<'_>) {
        self.counts.add(why, format_args!("{}: attribute {path}", self.signal.name));
    }
}

/// What became of a value.
enum Outcome<'v> {
    /// There was none.
    Absent,
    /// It is outside its domain.
    Refused,
    /// So much of it passes.
    Kept(Kept<'v>),
}

/// A value as foreign code gave it, whatever it came in. Parts are only looked at where the domain has parts.
pub(super) enum Given<'v> {
    /// JSON's null.
    Nothing,
    Text(&'v str),
    Boolean(bool),
    Int(i64),
    Double(f64),
    /// Of JSON, which does not tell whole numbers from others.
    Number(&'v Number),
    List(Box<dyn Iterator<Item = Given<'v>> + 'v>),
    Object(Box<dyn Iterator<Item = (&'v str, Given<'v>)> + 'v>),
    /// What no attribute can have.
    Other,
}

impl<'v> Given<'v> {
    fn list<T>(items: &'v [T], item: impl Fn(&'v T) -> Given<'v> + 'v) -> Self {
        Given::List(Box::new(items.iter().map(item)))
    }
}

impl<'v> From<&'v Value> for Given<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Bool(value) => Given::Boolean(*value),
            Value::I64(value) => Given::Int(*value),
            Value::F64(value) => Given::Double(*value),
            Value::String(text) => Given::Text(text.as_str()),
            Value::Array(Array::Bool(items)) => Given::list(items, |item| Given::Boolean(*item)),
            Value::Array(Array::I64(items)) => Given::list(items, |item| Given::Int(*item)),
            Value::Array(Array::F64(items)) => Given::list(items, |item| Given::Double(*item)),
            Value::Array(Array::String(items)) => Given::list(items, |item| Given::Text(item.as_str())),
            _ => Given::Other,
        }
    }
}

impl<'v> From<&'v AnyValue> for Given<'v> {
    fn from(value: &'v AnyValue) -> Self {
        match value {
            AnyValue::Boolean(value) => Given::Boolean(*value),
            AnyValue::Int(value) => Given::Int(*value),
            AnyValue::Double(value) => Given::Double(*value),
            AnyValue::String(text) => Given::Text(text.as_str()),
            AnyValue::ListAny(items) => Given::list(items, Given::from),
            AnyValue::Map(map) => Given::Object(Box::new(map.iter().map(|(key, value)| (key.as_str(), value.into())))),
            _ => Given::Other,
        }
    }
}

impl<'v> From<&'v Json> for Given<'v> {
    fn from(json: &'v Json) -> Self {
        match json {
            Json::Null => Given::Nothing,
            Json::Bool(value) => Given::Boolean(*value),
            Json::Number(number) => Given::Number(number),
            Json::String(text) => Given::Text(text),
            Json::Array(items) => Given::list(items, Given::from),
            Json::Object(map) => Given::Object(Box::new(map.iter().map(|(key, value)| (key.as_str(), value.into())))),
        }
    }
}

/// A value that passed.
pub(super) enum Kept<'v> {
    Text(Cow<'v, str>),
    Boolean(bool),
    Int(i64),
    Double(f64),
    List(Vec<Kept<'v>>),
    Object(Vec<(&'static str, Kept<'v>)>),
}

impl Kept<'_> {
    fn to_json(&self) -> String {
        let mut out = Buffer::growing();
        self.write(&mut JsonEncoder { out: &mut out }, At::Text);
        String::from_utf8(out.into_vec()).unwrap_or_default()
    }

    fn write(&self, json: &mut JsonEncoder<'_>, at: At<'_>) {
        match self {
            Kept::Text(text) => json.string(at, text),
            Kept::Boolean(value) => json.boolean(at, *value),
            Kept::Int(value) => json.int(at, *value),
            Kept::Double(value) => json.double(at, *value),
            Kept::List(items) => {
                json.begin_list(at);
                items.iter().for_each(|item| item.write(json, At::Item));
                json.end_list(());
            }
            Kept::Object(fields) => {
                json.begin_object(at);
                fields.iter().for_each(|(name, value)| value.write(json, At::Field(name)));
                json.end_object(());
            }
        }
    }
}

/// As a span's attribute has it.
impl From<Kept<'_>> for Value {
    fn from(kept: Kept<'_>) -> Self {
        match kept {
            Kept::Text(text) => Value::from(text.into_owned()),
            Kept::Boolean(value) => Value::Bool(value),
            Kept::Int(value) => Value::I64(value),
            Kept::Double(value) => Value::F64(value),
            Kept::List(items) => Value::Array(array(&items.into_iter().map(Value::from).collect::<Vec<_>>())),
            object @ Kept::Object(_) => Value::from(object.to_json()),
        }
    }
}

/// As a log record's attribute has it.
impl From<Kept<'_>> for AnyValue {
    fn from(kept: Kept<'_>) -> Self {
        match kept {
            Kept::Text(text) => AnyValue::from(text.into_owned()),
            Kept::Boolean(value) => AnyValue::Boolean(value),
            Kept::Int(value) => AnyValue::Int(value),
            Kept::Double(value) => AnyValue::Double(value),
            Kept::List(items) => items.into_iter().map(AnyValue::from).collect(),
            Kept::Object(fields) => fields.into_iter().map(|(name, value)| (name, AnyValue::from(value))).collect(),
        }
    }
}

/// Where in an attribute a value stands, for counting: `parts.note`.
#[derive(Clone, Copy)]
struct Path<'p> {
    before: Option<&'p Path<'p>>,
    name: &'p str,
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(before) = self.before {
            write!(f, "{before}.")?;
        }
        f.write_str(self.name)
    }
}

fn holds_objects(domain: &Domain) -> bool {
    match domain {
        Domain::Object(_) => true,
        Domain::List { item, .. } => holds_objects(item),
        _ => false,
    }
}

/// Whether a text is a timestamp as the generated schemas have it, with a date that is in the calendar.
fn is_timestamp(text: &str) -> bool {
    /// `candor_schema::TIMESTAMP_PATTERN`; the runtime does not depend on that crate.
    static PATTERN: Pattern = Pattern::new(TIMESTAMP);
    PATTERN.matches(text) && humantime::parse_rfc3339(text).is_ok()
}

const TIMESTAMP: &str = concat!(
    "^(19[7-9][0-9]|[2-9][0-9]{3})-",
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))",
    "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?Z$"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_the_schemas() {
        assert_eq!(TIMESTAMP, candor_schema::TIMESTAMP_PATTERN);
        for text in ["1970-01-01T00:00:00Z", "2026-11-20T16:09:11.939149000Z", "2028-02-29T23:59:59.1Z"] {
            assert!(is_timestamp(text), "{text}");
        }
        for text in ["", "2026-02-29T00:00:00Z", "1969-12-31T23:59:59Z", "2026-11-20T16:09:11", "2026-11-20 16:09:11Z"]
        {
            assert!(!is_timestamp(text), "{text}");
        }
    }
}
