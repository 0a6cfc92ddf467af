//! Objects of OTLP/JSON, member by member, into objects of the payload form.
//!
//! [`Fields`] gives out members by name and knows what nobody asked for; [`Draft`] takes them in, and keeps what has
//! another type than OTLP says as it is: a schema refuses it better than a decoder that drops it.

use candor_domain::{AttributeInfo, Domain};
use serde_json::{Map, Number, Value};

use crate::engine::words;
use crate::json::{self, Duplicates, Json, Noted, join};

/// The members of an object, asked for by name; [`Fields::rest`] is what nobody asked for.
#[derive(Clone)]
pub(crate) struct Fields<'j> {
    members: &'j [(String, Json)],
    known: Vec<&'static str>,
}

impl<'j> Fields<'j> {
    /// `None` when `json` is not an object.
    pub(crate) fn of(json: &'j Json) -> Option<Self> {
        match json {
            Json::Object(members) => Some(Fields { members, known: Vec::new() }),
            _ => None,
        }
    }

    /// The first member of this name. As in protobuf's JSON, null is the same as none.
    pub(crate) fn get(&mut self, name: &'static str) -> Option<&'j Json> {
        self.known.push(name);
        self.members.iter().find(|(key, _)| key == name).map(|(_, value)| value).filter(|value| **value != Json::Null)
    }

    /// Returns true if this name was asked for.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.known.contains(&name)
    }

    /// Members of names that nobody asked for, and those that are there once more.
    pub(crate) fn rest(&self) -> impl Iterator<Item = (&'j str, &'j Json)> {
        let mut pending = self.known.clone();
        self.members.iter().filter_map(move |(key, value)| match pending.iter().position(|name| name == key) {
            Some(position) => {
                pending.swap_remove(position);
                None
            }
            None => Some((key.as_str(), value)),
        })
    }
}

/// The catalogue's statement about a value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Listed<'c> {
    /// It is not in the catalogue.
    Not,
    /// A part of a value, in its domain.
    Part(&'c Domain),
    /// The value of an attribute.
    Yes(&'c AttributeInfo),
}

impl<'c> Listed<'c> {
    fn domain(self) -> Option<&'c Domain> {
        match self {
            Listed::Not => None,
            Listed::Part(domain) => Some(domain),
            Listed::Yes(attribute) => Some(&attribute.domain),
        }
    }

    /// Null is a value in a JSON value. Elsewhere it is the same as none.
    fn has_nulls(self) -> bool {
        matches!(self.domain(), Some(Domain::Json { .. }))
    }

    fn within(self, key: &str) -> Self {
        self.domain().and_then(|domain| domain.within(key)).map_or(Listed::Not, |(part, _)| Listed::Part(part))
    }
}

/// An object being put together. Of two members of one name the first stays, and the other is noted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    members: Map<String, Value>,
    duplicates: Duplicates,
}

impl Draft {
    pub(crate) fn finish(self) -> Noted {
        (Value::Object(self.members), self.duplicates)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.duplicates.pointers.is_empty()
    }

    /// About how many bytes it takes as JSON.
    pub(crate) fn weight(&self) -> usize {
        let members = serde_json::to_string(&self.members).map_or(0, |text| text.len());
        members + self.duplicates.weight()
    }

    /// The keys, for a message.
    pub(crate) fn keys(&self) -> String {
        words::list(self.members.keys().map(|key| words::key(key)))
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.members.contains_key(key)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.members.get(key)?.as_str()
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.members.remove(key);
    }

    pub(crate) fn put(&mut self, key: &str, value: Value) {
        self.put_noted(key, (value, Duplicates::default()));
    }

    pub(crate) fn put_noted(&mut self, key: &str, (value, duplicates): Noted) {
        self.duplicates.adopt(key, duplicates);
        if self.members.contains_key(key) {
            return self.duplicates.note(&join("", key), value);
        }
        self.members.insert(key.to_owned(), value);
    }

    /// Puts the fields that no other part of OTLP asked for.
    pub(crate) fn put_rest(&mut self, fields: &Fields<'_>) {
        for (key, json) in fields.rest() {
            let (value, duplicates) = json.to_value();
            match fields.knows(key) {
                true => self.duplicates.note(&join("", key), value),
                false => self.put_noted(key, (value, duplicates)),
            }
        }
    }

    /// Puts a field as it is, unless it is missing or mere structure.
    pub(crate) fn put_unless(&mut self, key: &str, json: Option<&Json>, is_structure: impl Fn(&Json) -> bool) {
        if let Some(json) = json.filter(|json| !is_structure(json)) {
            self.put_noted(key, json.to_value());
        }
    }

    /// A text; the empty one is the same as none.
    pub(crate) fn put_text(&mut self, key: &str, json: Option<&Json>) {
        self.put_unless(key, json, |json| *json == Json::Text(String::new()));
    }

    /// Adds to a number; what is there and is no number stays.
    pub(crate) fn add_count(&mut self, key: &str, more: u64) {
        let before = self.members.get(key).map_or(Some(0), Value::as_u64);
        if let Some(before) = before.filter(|_| more > 0) {
            self.members.insert(key.to_owned(), Value::from(before.saturating_add(more)));
        }
    }

    /// A number for which zero is the same as none.
    pub(crate) fn put_count(&mut self, key: &str, json: Option<&Json>) {
        self.put_number(key, json, Json::as_integer::<u64>);
    }

    /// The same for a number that has other spellings.
    pub(crate) fn put_number(&mut self, key: &str, json: Option<&Json>, read: impl Fn(&Json) -> Option<u64>) {
        match json.map(|json| (json, read(json))) {
            None | Some((_, Some(0))) => {}
            Some((_, Some(number))) => self.put(key, Value::from(number)),
            Some((json, None)) => self.put_noted(key, json.to_value()),
        }
    }

    /// A point in time: digits, as numbers of this size are not safe in JSON. A missing one is 0, as in protobuf.
    pub(crate) fn put_nanos(&mut self, key: &str, json: Option<&Json>) {
        match json.map(|json| (json, json.as_integer::<u64>())) {
            None => self.put(key, Value::from("0")),
            Some((_, Some(nanos))) => self.put(key, Value::from(nanos.to_string())),
            Some((json, None)) => self.put_noted(key, json.to_value()),
        }
    }

    /// An id in lower-case hexadecimal; the empty one is the same as none.
    pub(crate) fn put_id(&mut self, key: &str, json: Option<&Json>) {
        match json {
            Some(Json::Text(text)) if text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                if !text.is_empty() {
                    self.put(key, Value::from(text.to_ascii_lowercase()));
                }
            }
            other => self.put_unless(key, other, |_| false),
        }
    }

    /// Each element of a list as an object; an empty list is the same as none.
    pub(crate) fn put_list(
        &mut self,
        key: &str,
        json: Option<&Json>,
        read: impl Fn(&Json) -> Result<Draft, String>,
    ) -> Result<(), String> {
        let elements = elements(key, json)?;
        let drafts = elements.iter().map(|element| read(element).map(Draft::finish)).collect::<Result<Vec<_>, _>>()?;
        if !drafts.is_empty() {
            self.put_noted(key, list(drafts));
        }
        Ok(())
    }

    /// An `AnyValue`, unless it is empty. A text of what may be JSON is JSON, if it can be read as such.
    pub(crate) fn put_any_value(&mut self, key: &str, json: Option<&Json>, listed: Listed<'_>) {
        match json.map(|json| perhaps_json(any_value(json, listed), listed)) {
            None | Some((Value::Null, _)) => {}
            Some(noted) => self.put_noted(key, noted),
        }
    }

    /// The pairs of a list of `KeyValue`, each as a member. A text under a key that may be JSON is JSON,
    /// if it can be read as such. An empty value of a listed key is the same as none, unless it may be null.
    pub(crate) fn put_attributes<'c>(
        &mut self,
        json: Option<&Json>,
        listed: &dyn Fn(&str) -> Listed<'c>,
    ) -> Result<(), String> {
        self.put_pairs(elements("attributes", json)?, listed)
    }

    fn put_pairs<'c>(&mut self, pairs: &[Json], listed: &dyn Fn(&str) -> Listed<'c>) -> Result<(), String> {
        for pair in pairs {
            let mut fields = Fields::of(pair).ok_or("an attribute is not an object")?;
            let key = match fields.get("key") {
                None => "",
                Some(key) => key.as_text().ok_or("the key of an attribute is not a text")?,
            };
            let listed = listed(key);
            let value = fields
                .get("value")
                .map_or_else(|| (Value::Null, Duplicates::default()), |value| any_value(value, listed));
            let mut value = perhaps_json(value, listed);
            if fields.rest().next().is_some() {
                let mut whole = Draft::default();
                whole.put_noted("value", value);
                whole.put_rest(&fields);
                value = whole.finish();
            }
            if value.0.is_null() && matches!(listed, Listed::Yes(attribute) if !attribute.nullable) {
                continue;
            }
            self.put_noted(key, value);
        }
        Ok(())
    }
}

/// The value that a text is the JSON of, where it may be that.
fn perhaps_json(value: Noted, listed: Listed<'_>) -> Noted {
    let text = value.0.as_str().filter(|_| matches!(listed, Listed::Yes(attribute) if attribute.may_be_json()));
    text.and_then(|text| json::parse(text).ok()).map_or(value, |inner| inner.to_value())
}

fn elements<'j>(key: &str, json: Option<&'j Json>) -> Result<&'j [Json], String> {
    match json {
        None => Ok(&[]),
        Some(Json::List(elements)) => Ok(elements),
        Some(_) => Err(format!("`{key}` is not a list")),
    }
}

pub(crate) fn list(items: Vec<Noted>) -> Noted {
    let mut duplicates = Duplicates::default();
    let item = |(index, (value, inner)): (usize, Noted)| {
        duplicates.adopt(&index.to_string(), inner);
        value
    };
    let values = items.into_iter().enumerate().map(item).collect();
    (Value::Array(values), duplicates)
}

/// An `AnyValue` as plain JSON. An empty one is null, and left out of lists, unless they are in a JSON value. What is not
/// exactly one value of a kind that JSON has stays as it is written.
pub(crate) fn any_value(json: &Json, listed: Listed<'_>) -> Noted {
    const KINDS: [&str; 7] =
        ["stringValue", "boolValue", "intValue", "doubleValue", "arrayValue", "kvlistValue", "bytesValue"];
    let Json::Object(members) = json else { return json.to_value() };
    let is_unset = |(key, value): &&(String, Json)| *value == Json::Null && KINDS.contains(&key.as_str());
    let set: Vec<_> = members.iter().filter(|member| !is_unset(member)).collect();
    let value = match set.as_slice() {
        [] => Some((Value::Null, Duplicates::default())),
        [(key, value)] => only_value(key, value, listed),
        _ => None,
    };
    value.unwrap_or_else(|| json.to_value())
}

fn only_value(key: &str, json: &Json, listed: Listed<'_>) -> Option<Noted> {
    let value = match (key, json) {
        (_, json) if json.broken().is_some() => return Some(json.to_value()),
        ("stringValue", Json::Text(text)) => Value::from(text.as_str()),
        ("boolValue", Json::Bool(value)) => Value::from(*value),
        ("intValue", json) => Value::from(json.as_integer::<i64>()?),
        ("doubleValue", json) => Value::Number(double(json)?),
        ("arrayValue", json) => {
            let items = values(json)?.iter().map(|item| any_value(item, listed.within("")));
            return Some(list(items.filter(|(value, _)| listed.has_nulls() || !value.is_null()).collect()));
        }
        ("kvlistValue", json) => {
            let mut draft = Draft::default();
            draft.put_pairs(values(json)?, &|key| listed.within(key)).ok()?;
            return Some(draft.finish());
        }
        _ => return None,
    };
    Some((value, Duplicates::default()))
}

/// A finite double, as a number or as a text.
pub(crate) fn double(json: &Json) -> Option<Number> {
    match json {
        Json::Number(number) => Number::from_f64(number.as_f64()?),
        Json::Text(text) => Number::from_f64(text.parse().ok()?),
        _ => None,
    }
}

/// The elements of an `ArrayValue` or a `KeyValueList`, when there is nothing else in it.
fn values(json: &Json) -> Option<&[Json]> {
    let mut fields = Fields::of(json)?;
    let values = fields.get("values");
    if fields.rest().next().is_some() {
        return None;
    }
    elements("values", values).ok()
}
