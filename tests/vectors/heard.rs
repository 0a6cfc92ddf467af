//! The answer of a filter to a vector, in the words of vectors.

use candor_codegen::vectors::{Domain, Member, Reason, Signal, Value, Why, json_text};

/// The output of a filter. A part that it does not tell is `None`, and is not compared.
#[derive(Debug, Default)]
pub struct Heard {
    pub payload: Option<Vec<(String, Value)>>,
    pub dropped: Option<u32>,
    pub reasons: Vec<Reason>,
    /// The reasons that it gives at all.
    pub says: &'static [Why],
}

/// The attributes and the count of a payload in JSON.
pub fn of_payload(signal: &Signal, payload: &str) -> Heard {
    let Some(Value::Object(members)) = json_text::parse(payload) else { panic!("no payload: {payload}") };
    let member = |name: &str| members.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let Some(Value::Object(attributes)) = member("attributes") else { panic!("no attributes: {payload}") };
    let dropped = member("droppedAttributesCount").and_then(|count| match count {
        Value::Raw(digits) => digits.parse().ok(),
        _ => None,
    });
    Heard {
        payload: Some(typed_members(&signal.members, attributes)),
        dropped: Some(dropped.unwrap_or(0)),
        ..Heard::default()
    }
}

fn typed_members(known: &[Member], given: &[(String, Value)]) -> Vec<(String, Value)> {
    let of = |key: &str| known.iter().find(|member| member.name == *key).map(|member| &member.attribute.domain);
    given
        .iter()
        .map(|(key, value)| (key.clone(), of(key).map_or(value.clone(), |domain| typed(domain, value))))
        .collect()
}

/// JSON's numbers are of one type. This gives each the type of its domain.
pub fn typed(domain: &Domain, value: &Value) -> Value {
    match (domain, value) {
        (Domain::Int { .. }, Value::Raw(text)) => text.parse().map_or(value.clone(), Value::Int),
        (Domain::Double { .. }, Value::Raw(text)) => text.parse().map_or(value.clone(), Value::Double),
        (Domain::List { item, .. }, Value::List(items)) => {
            Value::List(items.iter().map(|value| typed(item, value)).collect())
        }
        (Domain::Object { fields, .. }, Value::Object(members)) => Value::Object(typed_members(fields, members)),
        _ => value.clone(),
    }
}

/// The same with the members of all objects in the order of their keys.
pub fn in_order(value: &Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.iter().map(in_order).collect()),
        Value::Object(members) => Value::Object(members_in_order(members)),
        other => other.clone(),
    }
}

/// Members in the order of their keys.
pub fn members_in_order(members: &[(String, Value)]) -> Vec<(String, Value)> {
    let mut members: Vec<_> = members.iter().map(|(key, value)| (key.clone(), in_order(value))).collect();
    members.sort_by(|(a, _), (b, _)| a.cmp(b));
    members
}
