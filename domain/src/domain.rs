//! The values that an attribute admits.

use crate::meter;
use crate::number::{double_of, int_of};
use crate::{AttributeInfo, Given, Members, Misfit, ObjectInfo, OnViolation, Pattern, Scalar, Shared, is_timestamp};

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
    /// One of these texts, numbers or booleans.
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
    /// A map whose keys are data, too.
    Map {
        /// Domain of its keys, which are texts.
        key: Shared<Domain>,
        /// Domain of its values.
        value: Shared<Domain>,
        /// Most entries.
        max_items: usize,
    },
    /// Any JSON value, whose fields nobody can list.
    Json {
        /// Deepest nesting of its lists and objects; a value without parts has none.
        max_depth: usize,
        /// Most characters of its JSON text, without white space between its parts.
        max_length: usize,
    },
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
            (Domain::Enum(members), value) => {
                fits(members.has_type_of(value), Misfit::Type)?;
                fits(members.position(value).is_some(), Misfit::NotAMember)
            }
            (Domain::Boolean, Scalar::Boolean(_)) => Ok(()),
            (Domain::Int { minimum, maximum }, value) => in_range(int_of(value)?, *minimum, *maximum),
            (Domain::Json { max_length, .. }, value) => meter::judge_scalar(value, *max_length),
            (Domain::Double { minimum, maximum }, value) => in_range(double_of(value)?, *minimum, *maximum),
            _ => Err(Misfit::Type),
        }
    }

    /// Judges any value of a domain of JSON values.
    ///
    /// # Errors
    /// Says in which way the value is outside the domain.
    pub fn judge_json<'v, G: Given<'v>>(&self, value: G) -> Result<(), Misfit> {
        match self {
            Domain::Json { max_depth, max_length } => meter::judge(value, *max_depth, *max_length),
            _ => Err(Misfit::Type),
        }
    }

    /// The whole number that this domain admits of a value.
    pub fn int(&self, value: Scalar<'_>) -> Option<i64> {
        int_of(value).ok().filter(|value| self.admits_int(*value))
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

    /// The word for the type in a catalogue; for an object its key. Lists, maps and enums are written otherwise.
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
            Domain::Map { .. } => "map",
            Domain::Json { .. } => "json",
        }
    }

    /// The domain of the innermost items: what lists, lists of lists and maps hold in the end.
    pub fn innermost(&self) -> &Domain {
        match self {
            Domain::List { item, .. } => item.innermost(),
            Domain::Map { value, .. } => value.innermost(),
            other => other,
        }
    }

    /// The part of a value at a position or under a key: its domain, and the attribute if it is the field of an object.
    /// `None` for what has no such part. The parts of a JSON value are JSON values.
    pub fn within(&self, key: &str) -> Option<(&Domain, Option<&AttributeInfo>)> {
        match self {
            Domain::List { item, .. } => Some((item, None)),
            Domain::Map { value, .. } => Some((value, None)),
            Domain::Json { .. } => Some((self, None)),
            Domain::Object(object) => {
                let field = &*object.fields.iter().find(|field| field.name() == key)?.attribute;
                Some((&field.domain, Some(field)))
            }
            _ => None,
        }
    }

    /// Returns whether values have named parts, or are lists of such: not every API can carry them.
    pub fn is_structured(&self) -> bool {
        match self {
            Domain::Object(_) | Domain::Map { .. } | Domain::Json { .. } => true,
            Domain::List { item, .. } => item.is_structured(),
            _ => false,
        }
    }

    /// The object that this domain holds, in a list, in a map or by itself.
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

/// The first `max` characters, if the text has more.
#[inline(always)]
fn cut(text: &str, max: usize) -> Option<&str> {
    // A text has at most as many characters as bytes.
    if text.len() <= max { None } else { cut_long(text, max) }
}

fn cut_long(text: &str, max: usize) -> Option<&str> {
    text.char_indices().nth(max).map(|(end, _)| &text[..end])
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
        let members = Domain::Enum(Members::texts(&["a", "b"]));
        check(&members, Scalar::Text("b"), Ok(()));
        check(&members, Scalar::Text("B"), Err(Misfit::NotAMember));
        check(&members, Scalar::Int(1), Err(Misfit::Type));
        let open = Domain::Enum(Members::texts(&["a", "other"]).open());
        check(&open, Scalar::Text("b"), Err(Misfit::NotAMember)); // it would be replaced, and is none itself
        check(&Domain::Timestamp, Scalar::Text("2026-02-29T00:00:00Z"), Err(Misfit::Pattern));
    }
}
