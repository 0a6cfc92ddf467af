//! The payload form: one JSON object per signal, whatever it came from.
//!
//! ```json
//! {"kind":"span","name":"Crew Created","startTimeUnixNano":"…","endTimeUnixNano":"…","attributes":{"crew_key":"…"}}
//! {"kind":"event","name":"Opened","timeUnixNano":"…","attributes":{"crew_agents":[{"role":"…"}]}}
//! ```
//! Beside these a payload may have `traceId`, `spanId`, `parentSpanId`, `droppedAttributesCount` and `status` with a
//! `code`. Any other member is something that was sent and has no place here; the schemas are closed and refuse it by
//! its name.

use std::fmt;

use serde_json::Value;

use crate::json::Json;

/// One signal in the payload form, and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    /// The JSON object.
    pub value: Value,
    /// Keys that were there more than once, as JSON Pointers into [`Payload::value`], which has the first of them.
    pub duplicates: Vec<String>,
    /// Where it stood.
    pub origin: Origin,
}

impl Payload {
    pub(crate) fn from_json(json: &Json, origin: Origin) -> Self {
        let (value, duplicates) = json.to_value();
        Payload { value, duplicates: duplicates.pointers, origin }
    }
}

impl From<Value> for Payload {
    fn from(value: Value) -> Self {
        Payload { value, duplicates: Vec::new(), origin: Origin::default() }
    }
}

/// Where in a file something stood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The line, from 1, in a file with one JSON text per line.
    pub line: Option<usize>,
    /// JSON Pointer into the file or line; for protobuf, into the OTLP/JSON that would say the same. Empty for the
    /// whole of it.
    pub path: String,
}

impl Origin {
    pub(crate) fn at(&self, path: impl Into<String>) -> Self {
        Origin { line: self.line, path: path.into() }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.path.as_str()) {
            (None, "") => formatter.write_str("whole file"),
            (None, path) => formatter.write_str(path),
            (Some(line), "") => write!(formatter, "line {line}"),
            (Some(line), path) => write!(formatter, "line {line}, {path}"),
        }
    }
}
