//! Encoders: how values that passed the filter are written down.

mod json;
mod otlp;
pub(crate) mod wire;

pub(crate) use json::{JsonEncoder, quote};
pub(crate) use otlp::{OtlpEncoder, Stamp, frame};

use crate::filter::Outcome;

/// Writes values of one format, one after the other. What was begun can be taken back to a mark.
pub(crate) trait Encoder {
    /// A position to go back to.
    type Mark: Copy;

    fn mark(&self) -> Self::Mark;
    fn rewind(&mut self, mark: Self::Mark);

    /// A named value follows.
    fn begin_entry(&mut self, name: &str) -> Self::Mark;
    fn end_entry(&mut self, entry: Self::Mark);

    fn string(&mut self, value: &str);
    fn boolean(&mut self, value: bool);
    fn int(&mut self, value: i64);
    fn double(&mut self, value: f64);

    fn begin_list(&mut self) -> Self::Mark;
    fn end_list(&mut self, list: Self::Mark);
    fn begin_item(&mut self) -> Self::Mark;
    fn end_item(&mut self, item: Self::Mark);

    fn begin_object(&mut self) -> Self::Mark;
    fn end_object(&mut self, object: Self::Mark);

    /// A value that travels as a JSON text in a string.
    fn json(&mut self, write: impl FnOnce(&mut JsonEncoder<'_>) -> Outcome) -> Outcome;
}
