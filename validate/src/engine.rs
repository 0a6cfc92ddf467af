//! Payloads held against what a catalogue says, in one pass over their bytes.
//!
//! ```text
//! bytes ─Cursor→ texts, numbers, members ─values→ inside their domain? ─Sink→ a verdict, or every violation
//! ```
//!
//! Nothing here knows of YAML, OTLP or serde; what a value may be is said by the same [`Domain`](candor_domain::Domain) as
//! everywhere, which this reads from bytes. A [`Spec`] says what is accepted, as data; [`Validator`] makes tables of
//! it. What the generator writes calls the same functions with its facts in the code, and is faster for it.

mod cursor;
mod form;
pub(crate) mod notes;
pub(crate) mod number;
mod shape;
mod sink;
mod spec;
pub(crate) mod text;
mod validator;
pub mod values;
mod violation;
pub(crate) mod words;

pub use candor_domain::{Consent, Pattern, SignalKind, TIMESTAMP_PATTERN};
pub use cursor::{Cursor, Read, Refused};
pub use form::{Signals, is_valid};
pub use number::{Bound, Number};
pub use shape::Members;
pub use sink::{Fault, Sink, Step, Verdict};
pub use spec::{SignalSpec, Spec};
pub use text::JsonText;
pub use validator::Validator;
pub use violation::{Rule, Violation};
pub use words::{is_hidden, visible};
