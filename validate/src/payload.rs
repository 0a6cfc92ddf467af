//! The payload form: one JSON object per signal, whatever it came from.
//!
//! ```json
//! {"kind":"span","name":"Crew Created","startTimeUnixNano":"…","endTimeUnixNano":"…","attributes":{"crew_key":"…"}}
//! {"kind":"event","name":"Opened","timeUnixNano":"…","attributes":{"crew_agents":[{"role":"…"}]}}
//! ```
//! Beside these a payload may have `traceId`, `spanId`, `parentSpanId`, `links`, `droppedAttributesCount` and `status` with a
//! `code`. Any other member is something that was sent and has no place here; the schemas are closed and refuse it by
//! its name. A data point of a metric that the catalogue lists is a payload with `instrument`, `unit` and its numbers. Any
//! other metric is one payload as a whole, so that its texts can be looked at.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::json::{Json, Noted};

/// One signal in the payload form, and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    /// The JSON object.
    pub value: Value,
    /// Keys that were there more than once, as JSON Pointers into [`Payload::value`], which has the first of them.
    pub duplicates: Vec<String>,
    /// The values of those keys that [`Payload::value`] has not, in their order, each with its JSON Pointer.
    pub repeated: Vec<(String, Value)>,
    /// Name and version of the instrumentation scope. They are structure, and texts that left all the same.
    pub scope: Option<Arc<Scope>>,
    /// The place in the file.
    pub origin: Origin,
    /// Set if its form cannot say that values were left out, so that no attribute is demanded of it.
    pub may_lack: bool,
    /// Set if it was a body of the program's own, which cannot say that attributes of the process were left out, so that
    /// none is demanded.
    pub is_body: bool,
}

/// The library that recorded a signal, as OTLP says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// The name of the instrumentation scope.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Payload {
    pub(crate) fn from_json(json: &Json, origin: Origin) -> Self {
        Payload::from_noted(json.to_value(), None, origin)
    }

    pub(crate) fn from_noted((value, duplicates): Noted, scope: Option<Arc<Scope>>, origin: Origin) -> Self {
        Payload {
            value,
            duplicates: duplicates.pointers,
            repeated: duplicates.values,
            scope,
            origin,
            may_lack: false,
            is_body: false,
        }
    }
}

impl From<Value> for Payload {
    fn from(value: Value) -> Self {
        Payload {
            value,
            duplicates: Vec::new(),
            repeated: Vec::new(),
            scope: None,
            origin: Origin::default(),
            may_lack: false,
            is_body: false,
        }
    }
}

/// A place in a file.
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
