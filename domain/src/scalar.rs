//! Values without parts, and the reasons why a domain does not admit a value.

use std::fmt;

/// A value without parts, as it was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar<'v> {
    /// A text.
    Text(&'v str),
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Double(f64),
    /// A JSON number, as it is written.
    Digits(&'v str),
}

/// The value as a catalogue writes it; a text without quotes.
impl fmt::Display for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Text(text) | Scalar::Digits(text) => f.write_str(text),
            Scalar::Boolean(value) => write!(f, "{value}"),
            Scalar::Int(value) => write!(f, "{value}"),
            Scalar::Double(value) => write!(f, "{value:?}"),
        }
    }
}

/// The reason why a value is outside a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Misfit {
    /// It is of another type.
    Type,
    /// It has more characters than the longest text.
    TooLong,
    /// It does not match the pattern, or is no timestamp.
    Pattern,
    /// It is no member of the closed domain.
    NotAMember,
    /// It is less than the smallest number.
    TooSmall,
    /// It is more than the largest number, or no number that the type can hold.
    TooLarge,
    /// It has more items than the longest list.
    TooManyItems,
    /// Its lists and objects are nested deeper than is admitted.
    TooDeep,
}
