//! The ground under Candor: what a value may be, and what of given values may pass.
//!
//! Everything that judges telemetry stands on this crate: the emitters' filter, the filter around OpenTelemetry, the
//! validator, the audit, the checks of a catalogue and the comparison of two. So a rule is written once. There is no YAML
//! here and no I/O, and the types can be constants of a program as well as the parts of a catalogue that was just read.
//!
//! * [`Domain`] says which values an attribute admits; [`Domain::judge`] says why it does not admit one.
//! * [`covers`] says whether one domain admits all that another does.
//! * [`Consent`] is a set of channels; data passes if the channels that it needs are in the set.
//! * [`Sieve`] decides what of a signal passes, and writes it to an [`Encoder`].
//!
//! ```
//! use candor_domain::{Domain, Misfit, Scalar};
//!
//! let runs = Domain::Int { minimum: 0, maximum: 10 };
//! assert_eq!(runs.judge(Scalar::Int(3)), Ok(()));
//! assert_eq!(runs.judge(Scalar::Double(3.0)), Ok(())); // a whole number, whatever it was written as
//! assert_eq!(runs.judge(Scalar::Int(11)), Err(Misfit::TooLarge));
//! ```

mod body;
mod catalogue;
mod choice;
mod clock;
mod consent;
mod covers;
mod domain;
mod encode;
mod escape;
mod given;
mod json;
mod kind;
mod marker;
mod measure;
mod members;
mod meter;
mod notes;
mod number;
mod pattern;
mod period;
mod relations;
mod scalar;
mod series;
mod shared;
mod sieve;
mod timestamp;

pub use body::{
    BatchReading, Body, Endpoint, Facts, Fault, Filling, Form, Frame, MembersEncoder, Method, Own, Part, Reading,
    Recorded, SPREAD,
};
pub use catalogue::{AttributeInfo, Encoding, Member, ObjectInfo, OnViolation, Origin, ResourceInfo, Signal};
pub use choice::{Choice, Members};
pub use clock::Clock;
pub use consent::{Consent, DEFAULT, Granted, NAMED_OFF, NAMED_ON, OPT_IN};
pub use covers::covers;
pub use domain::Domain;
pub use encode::{At, Encoder, Json, JsonEncoder, Outcome, Output, quote};
pub use escape::{EscapeFault, unescape};
pub use given::{Given, Look};
pub use json::JsonValue;
pub use kind::{KindFacts, SignalKind};
pub use marker::{ChannelName, DEFAULT_NAME, MARKER, OPT_IN_NAME, UNNAMED, claimed, is_marker, marker, marker_names};
pub use measure::{Instrument, MOST_BUCKETS, Measure, NumberType};
pub use meter::{Meter, write_scalar};
pub use notes::{Notes, Path, Refusals, Tally, Why};
pub use number::{double_of_digits, int_of_digits, whole};
pub use pattern::{Pattern, Shape, SyntaxFault};
pub use period::{Period, PeriodFault};
pub use relations::{Join, MOST_LINKS, REMOTE, Relations};
pub use scalar::{Misfit, Scalar};
pub use series::{MOST_SERIES, series};
pub use shared::Shared;
pub use sieve::{FieldSieve, Held, Nothing, Show, Sieve, Slot};
pub use timestamp::{TIMESTAMP_PATTERN, is_timestamp};
