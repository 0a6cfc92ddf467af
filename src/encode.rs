//! Encoders: how values that passed the filter are written down.

mod buffer;
mod json;
mod otlp;
pub(crate) mod wire;

pub(crate) use buffer::Buffer;
pub(crate) use json::{JsonEncoder, quote};
pub(crate) use otlp::{Envelope, OtlpEncoder, Stamp};

use crate::filter::Outcome;

/// Where a value goes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum At<'n> {
    /// It is the signal's attribute of this name.
    Attribute(&'n str),
    /// It is the field of this name of the object that was begun last.
    Field(&'n str),
    /// It is the next item of the list that was begun last.
    Item,
    /// It is the whole of a JSON text.
    Text,
}

/// Writes values of one format, one after the other. What was begun can be taken back to a mark.
pub(crate) trait Encoder {
    /// A position to go back to.
    type Mark: Copy;
    /// A list or object that was begun.
    type Open;

    fn mark(&self) -> Self::Mark;
    fn rewind(&mut self, mark: Self::Mark);

    fn string(&mut self, at: At<'_>, value: &str);
    fn boolean(&mut self, at: At<'_>, value: bool);
    fn int(&mut self, at: At<'_>, value: i64);
    fn double(&mut self, at: At<'_>, value: f64);

    fn begin_list(&mut self, at: At<'_>) -> Self::Open;
    fn end_list(&mut self, list: Self::Open);
    fn begin_object(&mut self, at: At<'_>) -> Self::Open;
    fn end_object(&mut self, object: Self::Open);

    /// A value that travels as a JSON text in a string. What is not written is taken back.
    fn json(&mut self, at: At<'_>, write: impl FnOnce(&mut JsonEncoder<'_>, At<'_>) -> Outcome) -> Outcome;
}
