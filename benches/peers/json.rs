//! The peers that read JSON with serde_json first.

#![allow(dead_code, reason = "serde fills the fields that nobody reads")]

use serde::Deserialize;
use serde_json::Value;

/// Into a value, which the schema is then held against.
pub fn by_schema(schema: &jsonschema::Validator, payload: &[u8]) -> bool {
    serde_json::from_slice::<Value>(payload).is_ok_and(|value| schema.is_valid(&value))
}

/// Into a value, whatever it is.
pub fn value(payload: &[u8]) -> bool {
    serde_json::from_slice::<Value>(payload).is_ok()
}

/// Into the program's own types: names and types are right, domains are not looked at.
pub fn typed(payload: &[u8]) -> bool {
    serde_json::from_slice::<Payload>(payload).is_ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Payload {
    kind: String,
    name: String,
    start_time_unix_nano: String,
    end_time_unix_nano: String,
    trace_id: Option<String>,
    span_id: Option<String>,
    attributes: Attributes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attributes {
    process: String,
    agents: i64,
    tasks: i64,
    iterations: i64,
    attempts: i64,
    memory: bool,
    verbose: bool,
    quality: f64,
    goal: Option<String>,
    backstory: Option<String>,
    output: Option<String>,
    tools: Option<Vec<String>>,
}
