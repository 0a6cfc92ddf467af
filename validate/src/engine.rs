//! Judges payloads against a catalogue, in one pass over their bytes.
//!
//! ```text
//! Catalogue (YAML) ──────┐                        ┌ Verdict: yes or no, nothing allocated
//!                        ├→ Spec ─→ Validator ─┐  │
//! Catalogue (constants) ─┘                     ├──┤
//! generated `validate` ────────────────────────┘  └ Notes: everything that is wrong, in words
//! ```
//!
//! `is_valid` stops at the first thing that is wrong. `check` returns every [`Violation`]: JSON Pointer, rule, and one
//! sentence without the value. Equal keys are refused at every level.
//!
//! This module knows nothing of YAML, OTLP or serde. It reads the same [`Domain`](candor_domain::Domain) as everything
//! else, and conformance vectors hold it to the sieve. A [`Spec`] says what is accepted, as data; [`Validator`] makes
//! tables of it. Generated code calls the same functions with its facts in the code, and is faster for it.
//!
//! `cursor.rs`, `text.rs` and `number.rs` read JSON. `values.rs` judges one value by its domain. `shape.rs` finds
//! members by their keys, and `form.rs` is the payload form. `validator.rs` walks a [`Spec`]. `sink.rs` and `notes.rs`
//! take what is wrong; `violation.rs` names the rules.

mod cursor;
mod form;
mod links;
mod measured;
pub(crate) mod notes;
pub(crate) mod number;
mod shape;
mod sink;
mod spec;
mod status;
pub(crate) mod text;
mod validator;
pub mod values;
mod violation;
pub(crate) mod words;

pub use candor_domain::{Consent, Join, Pattern, SignalKind, TIMESTAMP_PATTERN};
pub use cursor::{Cursor, Read, Refused};
pub use form::{Part, Signals, is_valid};
pub use number::{Bound, Number};
pub use shape::Members;
pub use sink::{Fault, Sink, Step, Verdict};
pub use spec::{SignalSpec, Spec};
pub use text::JsonText;
pub use validator::Validator;
pub use violation::{Rule, Violation};
pub use words::{is_hidden, visible};
