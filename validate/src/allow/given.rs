//! Attributes of OTLP/JSON, as the sieve looks at them.

use candor_domain::{Given, Look};

use crate::json::Json;

/// A value of an attribute: an `AnyValue`, or JSON as it stands where a sender wrote none.
#[derive(Debug, Clone, Copy)]
pub(super) enum Foreign<'j> {
    Any(&'j Json),
    Plain(&'j Json),
}

/// The only member of an `AnyValue` that is set; the others may be null.
enum Set<'j> {
    Nothing,
    One(&'j str, &'j Json),
    NoAnyValue,
}

const KINDS: [&str; 7] =
    ["stringValue", "boolValue", "intValue", "doubleValue", "arrayValue", "kvlistValue", "bytesValue"];

fn set(members: &[(String, Json)]) -> Set<'_> {
    let mut set = members.iter().filter(|(key, value)| *value != Json::Null || !KINDS.contains(&key.as_str()));
    match (set.next(), set.next()) {
        (None, _) => Set::Nothing,
        (Some((key, value)), None) if KINDS.contains(&key.as_str()) => Set::One(key, value),
        _ => Set::NoAnyValue,
    }
}

impl<'j> Given<'j> for Foreign<'j> {
    type Items = Items<'j>;
    type Fields = Fields<'j>;

    fn look(self) -> Look<'j, Items<'j>, Fields<'j>> {
        match self {
            Foreign::Any(Json::Object(members)) => match set(members) {
                Set::Nothing => Look::Absent,
                Set::One(kind, value) => look_at(kind, value),
                Set::NoAnyValue => plain(self.json()),
            },
            Foreign::Any(json) | Foreign::Plain(json) => plain(json),
        }
    }
}

impl<'j> Foreign<'j> {
    /// The text that it is.
    pub fn as_text(self) -> Option<&'j str> {
        if let Look::Text(text) = self.look() { Some(text) } else { None }
    }

    fn json(self) -> &'j Json {
        let (Foreign::Any(json) | Foreign::Plain(json)) = self;
        json
    }
}

/// The value of one kind of `AnyValue`.
fn look_at<'j>(kind: &str, json: &'j Json) -> Look<'j, Items<'j>, Fields<'j>> {
    match (kind, json) {
        ("stringValue", Json::Text(text)) => Look::Text(text),
        ("boolValue", Json::Bool(value)) => Look::Boolean(*value),
        ("intValue", json) => json.as_integer().map_or(Look::Unfit, Look::Int),
        ("doubleValue", Json::Number(number)) => number.as_f64().map_or(Look::Unfit, Look::Double),
        ("doubleValue", Json::Text(text)) => text.parse().map_or(Look::Unfit, Look::Double),
        ("arrayValue", json) => values(json).map_or(Look::Unfit, |items| Look::List(Items { items, of: Foreign::Any })),
        ("kvlistValue", json) => values(json).map_or(Look::Unfit, |pairs| Look::Object(Fields::Pairs(pairs))),
        _ => Look::Unfit,
    }
}

fn plain(json: &Json) -> Look<'_, Items<'_>, Fields<'_>> {
    match json {
        json if json.broken().is_some() => Look::Unfit,
        Json::Null => Look::Absent,
        Json::Bool(value) => Look::Boolean(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => Look::Int(value),
            (None, Some(value)) => Look::Double(value),
            (None, None) => Look::Unfit,
        },
        Json::Text(text) => Look::Text(text),
        Json::List(items) => Look::List(Items { items: items.iter(), of: Foreign::Plain }),
        Json::Object(members) => Look::Object(Fields::Members(members.iter())),
    }
}

/// The elements of an `ArrayValue` or a `KeyValueList`.
fn values(json: &Json) -> Option<std::slice::Iter<'_, Json>> {
    let Json::Object(members) = json else { return None };
    match members.iter().find(|(key, value)| key == "values" && *value != Json::Null) {
        None => Some([].iter()),
        Some((_, Json::List(values))) => Some(values.iter()),
        Some(_) => None,
    }
}

/// The items of a list.
#[derive(Debug, Clone)]
pub(super) struct Items<'j> {
    items: std::slice::Iter<'j, Json>,
    of: fn(&'j Json) -> Foreign<'j>,
}

impl<'j> Iterator for Items<'j> {
    type Item = Foreign<'j>;

    fn next(&mut self) -> Option<Foreign<'j>> {
        self.items.next().map(self.of)
    }
}

/// The fields of an object: pairs of OTLP, or members of plain JSON.
#[derive(Debug, Clone)]
pub(super) enum Fields<'j> {
    Pairs(std::slice::Iter<'j, Json>),
    Members(std::slice::Iter<'j, (String, Json)>),
}

impl<'j> Iterator for Fields<'j> {
    type Item = (&'j str, Foreign<'j>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Fields::Pairs(pairs) => pairs.find_map(pair),
            Fields::Members(members) => members.next().map(|(key, value)| (key.as_str(), Foreign::Plain(value))),
        }
    }
}

/// The keys and values of a list of `KeyValue`.
pub(super) fn pairs(json: Option<&Json>) -> Fields<'_> {
    match json {
        Some(Json::List(pairs)) => Fields::Pairs(pairs.iter()),
        _ => Fields::Pairs([].iter()),
    }
}

/// The members of an object of plain JSON.
pub(super) fn members(json: Option<&Json>) -> Fields<'_> {
    match json {
        Some(Json::Object(members)) if json.is_some_and(|json| json.broken().is_none()) => {
            Fields::Members(members.iter())
        }
        _ => Fields::Members([].iter()),
    }
}

/// The key and value of a `KeyValue`.
pub(super) fn pair(json: &Json) -> Option<(&str, Foreign<'_>)> {
    static NOTHING: Json = Json::Null;
    let Json::Object(members) = json else { return None };
    let member = |name| members.iter().find(|(key, _)| key == name).map_or(&NOTHING, |(_, value)| value);
    match member("key") {
        Json::Null => Some(("", Foreign::Any(member("value")))),
        Json::Text(key) => Some((key, Foreign::Any(member("value")))),
        _ => None,
    }
}
