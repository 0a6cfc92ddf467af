//! Telemetry held against a catalogue.
//!
//! ```text
//! bytes ─read→ Item: Payload | Unreadable ─check→ Violation{pointer, rule, message}
//! ```
//!
//! [`read`] takes what a program sent (payloads, OTLP in JSON or protobuf, lines of those, gzip) and gives the payload
//! form, without losing anything on the way; [`Validator`] says everything that is wrong with a payload at one level of
//! consent. The library reads no files, writes nothing and prints nothing, and its messages hold no values.
//!
//! ```
//! use candor_schema::Collected;
//! use candor_validate::{Item, Rule, Validator, read};
//!
//! let catalogue = candor_schema::load_str("telemetry.yaml", "
//! candor: 1
//! name: demo
//! title: Demo
//! version: 1.0.0
//! service: demo
//! consent: {opt_in: share_host}
//! rows:
//!   usage: {title: Usage, reason: How the program is used.}
//!   machine: {title: Machine, reason: What it runs on.}
//! attributes:
//!   runs: {row: usage, collected: default, type: int, minimum: 0, brief: number of runs}
//!   host: {row: machine, collected: opt_in, type: string, max_length: 64, brief: name of the machine}
//! spans:
//!   started:
//!     name: Started
//!     collected: default
//!     brief: The program started.
//!     attributes: {runs: required, host: optional}
//! ").catalogue.expect("no findings");
//! // What `candor generate` makes of it for consent `default`, in short.
//! let schema = serde_json::json!({
//!     "properties": {"attributes": {"properties": {"runs": {"type": "integer"}}, "additionalProperties": false}},
//! });
//!
//! let sent = br#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "Started", "attributes": [
//!     {"key": "runs", "value": {"intValue": "3"}},
//!     {"key": "host", "value": {"stringValue": "babbage"}}]}]}]}]}"#;
//! let items = read(&catalogue, sent)?;
//! let Item::Payload(payload) = &items[0] else { panic!("it can be read") };
//! assert_eq!(payload.value["attributes"]["runs"], 3);
//!
//! let validator = Validator::new(&catalogue, Collected::Default, &schema)?;
//! let violations = validator.check(payload);
//! assert_eq!(violations.len(), 1);
//! assert_eq!(violations[0].rule, Rule::NotAllowed);
//! assert_eq!(violations[0].pointer, "/attributes/host");
//! assert_eq!(violations[0].message, "`host` (Machine) is collected only after opt-in");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod allow;
mod draft;
mod explain;
mod input;
mod json;
mod otlp;
mod otlp_write;
mod payload;
mod protobuf;
mod request;
mod schema;
mod signal;
mod stopped;
mod verdict;
mod words;

pub use allow::{Allow, Passed};
pub use input::{DecodeError, Item, MAX_INFLATED_BYTES, Unreadable, read};
pub use otlp::{Signals, payloads_from_otlp_json, payloads_from_otlp_protobuf};
pub use payload::{Origin, Payload};
pub use request::Request;
pub use stopped::{Stopped, Why};
pub use verdict::{Rule, SchemaError, Validator, Violation};
