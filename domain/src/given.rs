//! Values that foreign code gave, whatever they came in.

use crate::{Encoder, Held, Notes, Scalar, Show, Slot};

/// A value of a type that nobody checked before: OpenTelemetry's, OTLP's, JSON's.
pub trait Given<'v>: Copy {
    /// The items of a list.
    type Items: Iterator<Item = Self>;
    /// The fields of an object.
    type Fields: Iterator<Item = (&'v str, Self)> + Clone;

    /// Looks at the value. Parts are only looked at where the domain has parts.
    fn look(self) -> Look<'v, Self::Items, Self::Fields>;
}

/// The kind of a foreign value, found by looking at it.
#[derive(Debug, Clone)]
pub enum Look<'v, I, F> {
    /// No value: null, or an empty `AnyValue`.
    Absent,
    /// A text.
    Text(&'v str),
    /// A boolean.
    Boolean(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Double(f64),
    /// A JSON number, as it is written.
    Digits(&'v str),
    /// A list.
    List(I),
    /// An object.
    Object(F),
    /// A value that no attribute can have: bytes, a text that is not Unicode.
    Unfit,
}

impl<'v, G: Given<'v>> Show for G {
    #[inline]
    fn show<E: Encoder, H: Held, N: Notes>(self, slot: &mut Slot<'_, '_, E, H, N>) {
        match self.look() {
            Look::Absent => {}
            Look::Text(text) => slot.text(text),
            Look::Boolean(value) => slot.boolean(value),
            Look::Int(value) => slot.number(Scalar::Int(value)),
            Look::Double(value) => slot.number(Scalar::Double(value)),
            Look::Digits(digits) => slot.number(Scalar::Digits(digits)),
            Look::List(items) => slot.list(items),
            Look::Object(fields) => slot.fields(fields),
            Look::Unfit => slot.refuse(),
        }
    }
}
