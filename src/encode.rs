//! Encoders: how values that passed the filter are written down.

mod body;
mod buffer;
mod joined;
mod otlp;
pub(crate) mod wire;

pub(crate) use body::put_body;
pub(crate) use buffer::Buffer;
pub(crate) use candor_domain::{At, Encoder, quote};
pub(crate) use otlp::{Envelope, OtlpEncoder, SERVICE_NAME, Stamp, put_dropped_of_resource, unix_nano};

/// JSON text in a buffer.
pub(crate) type JsonEncoder<'b> = candor_domain::JsonEncoder<'b, Buffer>;
