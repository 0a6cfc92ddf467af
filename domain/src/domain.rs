//! The values that an attribute admits.

use std::sync::Arc;

use crate::number::{double_of_digits, int_of_digits, whole};
use crate::{AttributeInfo, ObjectInfo, OnViolation, Pattern, Shared, is_timestamp};

/// The values that an attribute admits. A bound that the catalogue does not set is the type's own.
#[derive(Debug, Clone, PartialEq)]
pub enum Domain {
    /// A text.
    String {
        /// Longest text, in characters (Unicode scalar values).
        max_length: usize,
        /// A pattern that the whole text matches.
        pattern: Option<Shared<Pattern>>,
    },
    /// `true` or `false`.
    Boolean,
    /// A whole number of 64 bits.
    Int {
        /// Smallest.
        minimum: i64,
        /// Largest.
        maximum: i64,
    },
    /// A finite number of double precision.
    Double {
        /// Smallest.
        minimum: f64,
        /// Largest.
        maximum: f64,
    },
    /// A point in time between the years 1970 and 9999: RFC 3339 in UTC, such as `2026-11-20T16:09:11.939149Z`.
    Timestamp,
    /// One of these texts.
    Enum(Members),
    /// A named structure.
    Object(Shared<ObjectInfo>),
    /// A list.
    List {
        /// Domain of its items.
        item: Shared<Domain>,
        /// Most items.
        max_items: usize,
    },
}

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
}

/// The part of a text that a domain admits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admitted<'t> {
    /// All of it.
    Whole,
    /// Its beginning: the attribute cuts texts that are too long.
    Cut(&'t str),
    /// Nothing.
    Not,
}

impl Domain {
    /// Judges a value that has no parts.
    ///
    /// # Errors
    /// Says in which way the value is outside the domain.
    pub fn judge(&self, value: Scalar<'_>) -> Result<(), Misfit> {
        match (self, value) {
            (Domain::String { max_length, pattern }, Scalar::Text(text)) => {
                fits(cut(text, *max_length).is_none(), Misfit::TooLong)?;
                fits(pattern.as_ref().is_none_or(|pattern| pattern.matches(text)), Misfit::Pattern)
            }
            (Domain::Timestamp, Scalar::Text(text)) => fits(is_timestamp(text.as_bytes()), Misfit::Pattern),
            (Domain::Enum(members), Scalar::Text(text)) => fits(members.position(text).is_some(), Misfit::NotAMember),
            (Domain::Boolean, Scalar::Boolean(_)) => Ok(()),
            (Domain::Int { minimum, maximum }, value) => in_range(self.int_of(value)?, *minimum, *maximum),
            (Domain::Double { minimum, maximum }, value) => in_range(double_of(value)?, *minimum, *maximum),
            _ => Err(Misfit::Type),
        }
    }

    /// The whole number that a value means here, bounds aside.
    fn int_of(&self, value: Scalar<'_>) -> Result<i64, Misfit> {
        let (int, double) = match value {
            Scalar::Int(value) => return Ok(value),
            Scalar::Double(value) => (whole(value), Some(value)),
            Scalar::Digits(digits) => (int_of_digits(digits), double_of_digits(digits)),
            Scalar::Text(_) | Scalar::Boolean(_) => return Err(Misfit::Type),
        };
        let is_whole = double.is_none_or(|double| double.fract() == 0.0);
        int.ok_or(if is_whole { Misfit::TooLarge } else { Misfit::Type })
    }

    /// The whole number that this domain admits of a value.
    pub fn int(&self, value: Scalar<'_>) -> Option<i64> {
        self.int_of(value).ok().filter(|value| self.admits_int(*value))
    }

    /// The number that this domain admits of a value: of a whole one the nearest double.
    pub fn double(&self, value: Scalar<'_>) -> Option<f64> {
        double_of(value).ok().filter(|value| self.admits_double(*value))
    }

    /// Returns whether a whole number is admitted.
    #[inline(always)]
    pub fn admits_int(&self, value: i64) -> bool {
        matches!(self, Domain::Int { minimum, maximum } if (*minimum..=*maximum).contains(&value))
    }

    /// Returns whether a number is admitted. `NaN` and infinities never are.
    #[inline(always)]
    pub fn admits_double(&self, value: f64) -> bool {
        matches!(self, Domain::Double { minimum, maximum }
            if value.is_finite() && (*minimum..=*maximum).contains(&value))
    }

    /// The word for the type in a catalogue; for an object its key. Lists and closed domains are written otherwise.
    pub fn word(&self) -> &str {
        match self {
            Domain::String { .. } => "string",
            Domain::Boolean => "boolean",
            Domain::Int { .. } => "int",
            Domain::Double { .. } => "double",
            Domain::Timestamp => "timestamp",
            Domain::Enum(_) => "enum",
            Domain::Object(object) => &object.id,
            Domain::List { .. } => "list",
        }
    }

    /// The domain of the innermost items: of lists of lists, what they hold in the end.
    pub fn innermost(&self) -> &Domain {
        match self {
            Domain::List { item, .. } => item.innermost(),
            other => other,
        }
    }

    /// The object that this domain holds, in a list or not.
    pub fn object(&self) -> Option<&ObjectInfo> {
        match self.innermost() {
            Domain::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Decides which part of a text given for this attribute passes.
    #[inline(always)]
    pub(crate) fn admit_text<'t>(&self, info: &AttributeInfo, text: &'t str) -> Admitted<'t> {
        let Domain::String { max_length, pattern } = self else { return self.admit_other_text(text) };
        match cut(text, *max_length) {
            None if pattern.as_ref().is_none_or(|pattern| pattern.matches(text)) => Admitted::Whole,
            Some(short) if pattern.is_none() && info.on_violation == OnViolation::Truncate => Admitted::Cut(short),
            _ => Admitted::Not,
        }
    }

    fn admit_other_text<'t>(&self, text: &'t str) -> Admitted<'t> {
        if self.judge(Scalar::Text(text)).is_ok() { Admitted::Whole } else { Admitted::Not }
    }
}

fn fits(fits: bool, or: Misfit) -> Result<(), Misfit> {
    if fits { Ok(()) } else { Err(or) }
}

fn in_range<T: PartialOrd>(value: T, minimum: T, maximum: T) -> Result<(), Misfit> {
    fits(value >= minimum, Misfit::TooSmall)?;
    fits(value <= maximum, Misfit::TooLarge)
}

/// The finite number that a value means.
fn double_of(value: Scalar<'_>) -> Result<f64, Misfit> {
    let double = match value {
        Scalar::Int(value) => Some(value as f64),
        Scalar::Double(value) => Some(value).filter(|value| value.is_finite()),
        Scalar::Digits(digits) => double_of_digits(digits),
        Scalar::Text(_) | Scalar::Boolean(_) => return Err(Misfit::Type),
    };
    double.ok_or(Misfit::TooLarge)
}

/// The first `max` characters, if the text has more.
#[inline(always)]
fn cut(text: &str, max: usize) -> Option<&str> {
    // A text has at most as many characters as bytes.
    if text.len() <= max { None } else { cut_long(text, max) }
}

fn cut_long(text: &str, max: usize) -> Option<&str> {
    text.char_indices().nth(max).map(|(end, _)| &text[..end])
}

/// The texts of a closed domain, in the catalogue's order.
#[derive(Debug, Clone)]
pub enum Members {
    /// In the program itself.
    Static(&'static [&'static str]),
    /// On the heap.
    Counted(Arc<[String]>),
}

impl Members {
    /// Returns the number of members.
    pub fn len(&self) -> usize {
        match self {
            Members::Static(members) => members.len(),
            Members::Counted(members) => members.len(),
        }
    }

    /// Returns whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The members, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        (0..self.len()).map(|position| match self {
            Members::Static(members) => members[position],
            Members::Counted(members) => members[position].as_str(),
        })
    }

    /// The position of a text among them.
    #[inline]
    pub fn position(&self, text: &str) -> Option<usize> {
        match self {
            Members::Static(members) => members.iter().position(|member| *member == text),
            Members::Counted(members) => members.iter().position(|member| member == text),
        }
    }
}

impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl From<Vec<String>> for Members {
    fn from(members: Vec<String>) -> Self {
        Members::Counted(members.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(domain: &Domain, value: Scalar<'_>, expected: Result<(), Misfit>) {
        assert_eq!(domain.judge(value), expected, "{domain:?}: {value:?}");
    }

    #[test]
    fn numbers() {
        let int = Domain::Int { minimum: -1, maximum: 5 };
        check(&int, Scalar::Int(5), Ok(()));
        check(&int, Scalar::Double(-1.0), Ok(()));
        check(&int, Scalar::Digits("5e0"), Ok(()));
        check(&int, Scalar::Digits("6"), Err(Misfit::TooLarge));
        check(&int, Scalar::Double(0.5), Err(Misfit::Type));
        check(&int, Scalar::Digits("-99999999999999999999"), Err(Misfit::TooLarge));
        check(&int, Scalar::Text("5"), Err(Misfit::Type));
        check(&int, Scalar::Boolean(true), Err(Misfit::Type));
        let double = Domain::Double { minimum: 0.0, maximum: f64::MAX };
        check(&double, Scalar::Int(i64::MAX), Ok(()));
        check(&double, Scalar::Digits("18446744073709551616"), Ok(()));
        check(&double, Scalar::Double(f64::NAN), Err(Misfit::TooLarge));
        check(&double, Scalar::Double(-0.5), Err(Misfit::TooSmall));
    }

    #[test]
    fn texts() {
        let text = Domain::String { max_length: 2, pattern: None };
        check(&text, Scalar::Text("🦀é"), Ok(()));
        check(&text, Scalar::Text("abc"), Err(Misfit::TooLong));
        check(&text, Scalar::Int(1), Err(Misfit::Type));
        let pattern = |source: &str| {
            let pattern = Some(Shared::from(Pattern::of(source.to_owned())));
            Domain::String { max_length: usize::MAX, pattern }
        };
        check(&pattern("^[a-z]+$"), Scalar::Text("abc"), Ok(()));
        check(&pattern("^[a-z]+$"), Scalar::Text("abc\n"), Err(Misfit::Pattern));
        check(&pattern("^(a$"), Scalar::Text("a"), Err(Misfit::Pattern)); // compiles to nothing, admits nothing
        let members = Domain::Enum(Members::Static(&["a", "b"]));
        check(&members, Scalar::Text("b"), Ok(()));
        check(&members, Scalar::Text("B"), Err(Misfit::NotAMember));
        check(&Domain::Timestamp, Scalar::Text("2026-02-29T00:00:00Z"), Err(Misfit::Pattern));
    }
}
