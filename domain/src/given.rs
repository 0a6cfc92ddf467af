//! Values that foreign code gave, whatever they came in.

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
