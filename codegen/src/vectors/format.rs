//! Vectors as JSON, one line each. `vectors/vectors.schema.json` describes the lines.
//!
//! A value is an object of one member, its tag: `{"int": "3"}`, `{"double": "4008000000000000"}` (its bits),
//! `{"text": [104, 105]}` (UTF-16), `{"bool": true}`, `{"null": null}`, `{"list": […]}`, `{"object": [[key, value], …]}`,
//! `{"raw": "1e17"}` (a number as JSON writes it).

use serde_json::{Value as Json, json};

use super::model::{Domain, Filtered, Member, PairVector, Reason, Skip, Value, Vector};

/// The JSON Schema of one line.
pub const SCHEMA: &str = include_str!("vectors.schema.json");

/// A vector as one line of JSON, without its end.
pub fn write(vector: &Vector) -> String {
    match vector {
        Vector::Signal(vector) => json!({
            "signal": vector.signal,
            "consent": vector.consent,
            "members": members(&vector.members),
            "filtered": filtered(&vector.filtered),
            "valid": vector.valid,
            "skip": skips(&vector.skip),
        }),
        Vector::Value(vector) => json!({
            "attribute": vector.attribute,
            "value": value(&vector.value),
            "admits": vector.admits,
            "skip": skips(&vector.skip),
        }),
        Vector::Pair(PairVector { old, new, covers }) => {
            json!({"old": domain(old), "new": domain(new), "covers": covers})
        }
    }
    .to_string()
}

/// A value with its tag.
pub fn value(value: &Value) -> Json {
    match value {
        Value::Null => json!({"null": null}),
        Value::Boolean(value) => json!({"bool": value}),
        Value::Int(value) => json!({"int": value.to_string()}),
        Value::Double(value) => json!({"double": format!("{:016x}", value.to_bits())}),
        Value::Text(units) => json!({"text": units}),
        Value::List(items) => json!({"list": items.iter().map(self::value).collect::<Vec<_>>()}),
        Value::Object(pairs) => json!({"object": members(pairs)}),
        Value::Raw(text) => json!({"raw": text}),
    }
}

fn members(members: &[(String, Value)]) -> Json {
    members.iter().map(|(key, inner)| json!([key, value(inner)])).collect()
}

fn filtered(filtered: &Filtered) -> Json {
    let reason = |reason: &Reason| json!({"path": reason.path, "why": reason.why.name(), "count": reason.count});
    json!({
        "payload": filtered.payload.as_deref().map(members),
        "dropped": filtered.dropped,
        "reasons": filtered.reasons.iter().map(reason).collect::<Vec<_>>(),
    })
}

fn skips(skips: &[Skip]) -> Json {
    Json::Object(skips.iter().map(|skip| (skip.voice.clone(), json!(skip.why))).collect())
}

fn domain(domain: &Domain) -> Json {
    let bits = |bound: &Option<f64>| bound.map(|bound| format!("{:016x}", bound.to_bits()));
    let digits = |bound: &Option<i64>| bound.map(|bound| bound.to_string());
    match domain {
        Domain::Text { max_length, pattern } => json!({"text": {"max_length": max_length, "pattern": pattern}}),
        Domain::Boolean => json!({"bool": {}}),
        Domain::Int { minimum, maximum } => json!({"int": {"minimum": digits(minimum), "maximum": digits(maximum)}}),
        Domain::Double { minimum, maximum } => json!({"double": {"minimum": bits(minimum), "maximum": bits(maximum)}}),
        Domain::Timestamp => json!({"timestamp": {}}),
        Domain::OneOf { members, other } => {
            let members: Vec<_> = members.iter().map(value).collect();
            json!({"enum": {"members": members, "other": other.as_deref().map(value)}})
        }
        Domain::Object { id, fields } => {
            let field = |field: &Member| json!({"name": field.name, "required": field.required, "domain": self::domain(&field.attribute.domain)});
            json!({"object": {"id": id, "fields": fields.iter().map(field).collect::<Vec<_>>()}})
        }
        Domain::List { item, max_items } => json!({"list": {"item": self::domain(item), "max_items": max_items}}),
        Domain::Map { key, value, max_items } => {
            let (key, value) = (self::domain(key), self::domain(value));
            json!({"map": {"key": key, "value": value, "max_items": max_items}})
        }
        Domain::Json { max_depth, max_length } => {
            json!({"json": {"max_depth": max_depth, "max_length": max_length}})
        }
    }
}
