//! Vectors as JSON, one line each, and back. `vectors/vectors.schema.json` describes the lines.
//!
//! A value is an object of one member, its tag: `{"int": "3"}`, `{"double": "4008000000000000"}` (its bits),
//! `{"text": [104, 105]}` (UTF-16), `{"bool": true}`, `{"null": null}`, `{"list": […]}`, `{"object": [[key, value], …]}`,
//! `{"raw": "1e17"}` (a number as JSON writes it). Vectors that people write may also say `{"int": 3}`,
//! `{"double": 3.0}` and `{"text": "hi"}`.

use serde_json::{Value as Json, json};

use super::model::{Domain, Filtered, Member, PairVector, Reason, SignalVector, Skip, Value, Vector, Why};

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
        Domain::OneOf(members) => json!({"enum": members}),
        Domain::Object { id, fields } => {
            let field = |field: &Member| json!({"name": field.name, "required": field.required, "domain": self::domain(&field.attribute.domain)});
            json!({"object": {"id": id, "fields": fields.iter().map(field).collect::<Vec<_>>()}})
        }
        Domain::List { item, max_items } => json!({"list": {"item": self::domain(item), "max_items": max_items}}),
    }
}

/// The vector of a signal that a line is. Pairs and single values are only written.
///
/// # Errors
/// Says which part is none.
pub fn read(line: &str) -> Result<SignalVector, String> {
    let line: Json = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let skip = line["skip"].as_object().cloned().unwrap_or_default();
    let skip = skip.into_iter().map(|(voice, why)| Skip { voice, why: why.as_str().unwrap_or_default().to_owned() });
    Ok(SignalVector {
        signal: text(&line["signal"])?,
        consent: list(&line["consent"])?.iter().map(text).collect::<Result<_, _>>()?,
        members: read_members(&line["members"])?,
        filtered: read_filtered(&line["filtered"])?,
        valid: line["valid"].as_bool().ok_or("`valid` is no boolean")?,
        skip: skip.collect(),
    })
}

fn read_filtered(json: &Json) -> Result<Filtered, String> {
    let payload = if json["payload"].is_null() { None } else { Some(read_members(&json["payload"])?) };
    let reason = |json: &Json| {
        let why = Why::named(&text(&json["why"])?).ok_or_else(|| format!("{json}: unknown reason"))?;
        let count = json["count"].as_u64().unwrap_or(1) as u32;
        Ok(Reason { path: text(&json["path"])?, why, count })
    };
    let reasons = json["reasons"].as_array().map(Vec::as_slice).unwrap_or_default();
    let reasons = reasons.iter().map(reason).collect::<Result<Vec<_>, String>>()?;
    Ok(Filtered { payload, dropped: json["dropped"].as_u64().unwrap_or_default() as u32, reasons })
}

fn read_members(json: &Json) -> Result<Vec<(String, Value)>, String> {
    list(json)?.iter().map(|pair| Ok((text(&pair[0])?, read_value(&pair[1])?))).collect()
}

/// The value behind a tag.
///
/// # Errors
/// Says which part is none.
pub fn read_value(json: &Json) -> Result<Value, String> {
    let tagged = json.as_object().filter(|tagged| tagged.len() == 1).and_then(|tagged| tagged.iter().next());
    let (tag, inner) = tagged.ok_or_else(|| format!("{json} is no value with a tag"))?;
    let value = match (tag.as_str(), inner) {
        ("null", Json::Null) => Some(Value::Null),
        ("bool", Json::Bool(value)) => Some(Value::Boolean(*value)),
        ("int", Json::String(digits)) => digits.parse().ok().map(Value::Int),
        ("int", number) => number.as_i64().map(Value::Int),
        ("double", Json::String(bits)) => {
            u64::from_str_radix(bits, 16).ok().map(|bits| Value::Double(f64::from_bits(bits)))
        }
        ("double", number) => number.as_f64().map(Value::Double),
        ("text", Json::String(text)) => Some(Value::text(text)),
        ("text", units) => {
            let unit = |unit: &Json| unit.as_u64().and_then(|unit| u16::try_from(unit).ok());
            units.as_array().and_then(|units| units.iter().map(unit).collect()).map(Value::Text)
        }
        ("list", items) => Some(Value::List(list(items)?.iter().map(read_value).collect::<Result<_, _>>()?)),
        ("object", pairs) => Some(Value::Object(read_members(pairs)?)),
        ("raw", Json::String(text)) => Some(Value::Raw(text.clone())),
        _ => None,
    };
    value.ok_or_else(|| format!("{json} is no value with a tag"))
}

fn text(json: &Json) -> Result<String, String> {
    json.as_str().map(str::to_owned).ok_or_else(|| format!("{json} is no text"))
}

fn list(json: &Json) -> Result<&[Json], String> {
    json.as_array().map(Vec::as_slice).ok_or_else(|| format!("{json} is no list"))
}
