//! # Candor: telemetry that tells the truth
//!
//! One YAML catalogue lists everything a program may ever report. This crate is what an application links: it sends
//! what the catalogue lists and the user allows, and nothing else.
//!
//! * [`Telemetry`], derived from the catalogue on your own structs (or written by the generator), says what a signal
//!   may carry. A field that the catalogue does not list does not compile.
//! * [`Pipeline`] takes signals from any thread and sends them from one of its own, as OTLP/HTTP. It never blocks,
//!   never panics, and is bounded in memory.
//! * [`Consent`] decides what may leave: nothing, what is collected by default, or that and what the user opted in to.
//!
//! Every value passes one filter before any encoder sees it: opt-in attributes only with consent, and only values
//! inside their domain. [`preview()`] shows exactly the bytes that would be sent, decoded.
//!
//! The crate takes nothing from the user's OpenTelemetry environment but the off switches, installs no signal handlers
//! and no global provider.

mod allowance;
mod catalogue;
mod channel;
mod connect;
mod consent;
pub mod define;
mod disclosure;
mod encode;
mod filter;
#[cfg(feature = "stored")]
pub mod host;
#[cfg(feature = "http")]
mod http;
mod installation;
mod interval;
mod lanes;
mod memory;
mod opt_out;
#[cfg(feature = "otel")]
pub mod otel;
mod payload;
mod per_process;
mod pipeline;
mod process;
mod queue;
mod record;
mod refusals;
mod sender;
mod signal;
mod span;
#[cfg(feature = "spool")]
mod spool;
mod stats;
mod stopped;
#[cfg(feature = "stored")]
mod stored;
mod sync;
pub mod testing;
mod trace;
mod transport;
#[cfg(feature = "validate")]
pub mod validate;
mod value;

pub use allowance::Allowance;
pub use candor_domain::Tally;
pub use candor_macros::{Telemetry, catalogue, include};
pub use catalogue::{Catalogue, CatalogueId, Collected, Disclosure, Row};
pub use channel::Channel;
pub use consent::{CONTINUOUS_INTEGRATION, Decision, Layer, Reason, UNIVERSAL_OPT_OUTS, resolve, resolve_with};
#[cfg(feature = "http")]
pub use http::Http;
#[cfg(feature = "stored")]
pub use installation::InstallationId;
pub use installation::InstallationIdPolicy;
pub use opt_out::{OptOut, UnknownSwitch};
pub use payload::{decode, decode_body, payload, preview, request, resource};
pub use pipeline::builder::Builder;
pub use pipeline::requests::BuildError;
pub use pipeline::unsent::Unsent;
pub use pipeline::{Pipeline, ShutdownOnDrop};
pub use record::{Fields, NeedsNoProof, Object, OpenedBy, Recorder, Resource, Telemetry};
pub use signal::{
    Attribute, AttributeInfo, Body, Choice, Clock, Consent, DEFAULT, Domain, Encoding, Endpoint, Form, Granted,
    Instrument, Measure, Member, Members, Method, NumberType, OPT_IN, ObjectInfo, OnViolation, OptInAttribute, Own,
    Part, Pattern, ResourceInfo, Shared, Signal, SignalKind,
};
pub use span::Running;
#[cfg(feature = "spool")]
pub use spool::{Spool, SpoolLimits};
pub use stats::{DropReason, Drops, LastError, Stats};
pub use stopped::{Stop, Why};
#[cfg(feature = "stored")]
pub use stored::{LastRun, Notice, SentRequest, Store, Stored};
pub use trace::{BelongsTo, Context, LinksTo, Propagates, Remote, Span, SpanId};
pub use transport::{Cause, Content, Delivery, Destination, Retry, Transport, TransportError};
pub use value::{Value, Visitor, domain_id, kind};
