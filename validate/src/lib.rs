//! Telemetry held against a catalogue.
//!
//! ```text
//! bytes of a payload ─────────────────────────── Validator::check ─→ Violation{pointer, rule, message}
//! other bytes ─read→ Item: Payload | Unreadable ─ check_payload ──↗
//! ```
//!
//! [`Validator`] says everything that is wrong with a payload at one level of consent, in one pass over its bytes.
//! `read` takes whatever else a program sent (OTLP in JSON or protobuf, lists, lines, gzip) and gives the payload form,
//! without losing anything on the way. `Allow` rebuilds an OTLP request, keeping only what may be forwarded. The
//! library reads no files, writes nothing and prints nothing, and its messages hold no values.
//!
//! Without the feature `catalogue` only [`engine`] is there, for programs that have their catalogue in their code.
//!
//! ```
//! use candor_validate::Consent;
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
//!   usage: {title: Usage, reason: How the program is used., personal: none}
//!   machine: {title: Machine, reason: What it runs on., personal: none}
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
//!
//! let sent = br#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "Started", "attributes": [
//!     {"key": "runs", "value": {"intValue": "3"}},
//!     {"key": "host", "value": {"stringValue": "babbage"}}]}]}]}]}"#;
//! let items = read(&catalogue, sent)?;
//! let Item::Payload(payload) = &items[0] else { panic!("it can be read") };
//! assert_eq!(payload.value["attributes"]["runs"], 3);
//!
//! let validator = Validator::new(&catalogue, Consent::Default);
//! let violations = validator.check_payload(payload);
//! assert_eq!(violations.len(), 1);
//! assert_eq!(violations[0].rule, Rule::NotAllowed);
//! assert_eq!(violations[0].pointer, "/attributes/host");
//! assert_eq!(violations[0].message, "`host` (Machine) is collected only after opt-in");
//!
//! let payload = br#"{"kind": "span", "name": "Started", "startTimeUnixNano": "1", "endTimeUnixNano": "2",
//!     "attributes": {"runs": 3}}"#;
//! assert!(validator.is_valid(payload));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "catalogue")]
mod allow;
#[cfg(feature = "catalogue")]
pub mod audit;
#[cfg(feature = "catalogue")]
mod body;
#[cfg(feature = "catalogue")]
mod console;
#[cfg(feature = "catalogue")]
mod draft;
pub mod engine;
#[cfg(feature = "catalogue")]
mod input;
#[cfg(feature = "catalogue")]
mod item;
#[cfg(feature = "catalogue")]
mod json;
#[cfg(feature = "catalogue")]
mod lines;
#[cfg(feature = "catalogue")]
mod metric;
#[cfg(feature = "catalogue")]
mod of_catalogue;
#[cfg(feature = "catalogue")]
mod otlp;
#[cfg(feature = "catalogue")]
pub mod otlp_write;
#[cfg(feature = "catalogue")]
mod payload;
#[cfg(feature = "catalogue")]
mod protobuf;
#[cfg(feature = "catalogue")]
mod request;
#[cfg(feature = "catalogue")]
mod signal;
#[cfg(feature = "catalogue")]
mod signals;
#[cfg(feature = "catalogue")]
mod stopped;
#[cfg(feature = "catalogue")]
mod weight;

#[cfg(feature = "catalogue")]
pub use allow::{Allow, Passed, PassedBody};
pub use engine::{Consent, Rule, Validator, Violation};
#[cfg(feature = "catalogue")]
pub use input::{MAX_INFLATED_BYTES, MAX_MEMORY, read, read_each, read_each_body};
#[cfg(feature = "catalogue")]
pub use item::{DecodeError, Item, Unreadable};
#[cfg(feature = "catalogue")]
pub use lines::{Lines, Sifted};
#[cfg(feature = "catalogue")]
pub use otlp::{payloads_from_otlp_json, payloads_from_otlp_protobuf};
#[cfg(feature = "catalogue")]
pub use payload::{Origin, Payload, Scope};
#[cfg(feature = "catalogue")]
pub use request::Request;
#[cfg(feature = "catalogue")]
pub use signals::Signals;
#[cfg(feature = "catalogue")]
pub use stopped::{Stopped, Why};
