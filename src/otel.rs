//! OpenTelemetry, both ways (feature `otel`).
//!
//! * [`emit`] and [`Bridge`] report a catalogue's signals through the user's own provider. Attributes pass the same filter as in the
//!   default pipeline.
//! * [`Filter`] (feature `otel-filter`) wraps an exporter, so that a program with hand-written OpenTelemetry calls sends
//!   what the catalogue lists and the user allows, too.

#[cfg(feature = "otel-filter")]
mod any_value;
mod bridge;
#[cfg(feature = "otel-filter")]
mod filter;
#[cfg(feature = "otel-filter")]
mod given;
#[cfg(feature = "otel-filter")]
mod joined;
mod running;
#[cfg(feature = "otel-filter")]
mod sent;

#[cfg(feature = "otel-filter")]
pub use crate::stopped::{Stop, Stopped, Why};
pub use bridge::{emit, key_values};
#[cfg(feature = "otel-filter")]
pub use filter::Filter;
pub use running::{Bridge, BridgedContext, BridgedSpan};
