//! Which values a type admits: the one place that says so for examples, and the words for saying why not.

use regex_lite::Regex;

use crate::{Example, Number, Type};

/// The texts that a timestamp may be: RFC 3339 in UTC, from 1970 to 9999, with up to nanoseconds. Every month has its own
/// days; only 29 February passes in every year, which no regular expression of a bearable length can tell.
pub const TIMESTAMP_PATTERN: &str = concat!(
    "^(19[7-9][0-9]|[2-9][0-9]{3})-",
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))",
    "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?Z$"
);

/// Why a value is outside its domain, as the end of a sentence that starts with the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainError(pub String);

/// Whether `ty` admits `example`.
///
/// # Errors
/// Says what is wrong, to go after the value: "is not one of …".
pub fn admits(ty: &Type, example: &Example) -> Result<(), DomainError> {
    // A pattern that is none is a finding of its own.
    admits_by(ty, example, &mut |text, pattern| Regex::new(pattern).map_or(true, |regex| regex.is_match(text)))
}

/// The same, for a caller that keeps its compiled patterns.
pub(crate) fn admits_by(
    ty: &Type,
    example: &Example,
    matches: &mut dyn FnMut(&str, &str) -> bool,
) -> Result<(), DomainError> {
    let refuse = |why: String| Err(DomainError(why));
    match (ty, example) {
        (Type::Boolean, Example::Boolean(_)) => Ok(()),
        (Type::Int { minimum, maximum }, Example::Int(value)) => in_range(value, minimum.as_ref(), maximum.as_ref()),
        (Type::Double { .. }, Example::Double(value)) if !value.is_finite() => {
            refuse("is not a finite number".to_owned())
        }
        (Type::Double { minimum, maximum }, Example::Double(value)) => {
            in_range(value, minimum.as_ref(), maximum.as_ref())
        }
        (Type::Double { minimum, maximum }, Example::Int(value)) => {
            in_range(&(*value as f64), minimum.as_ref(), maximum.as_ref())
        }
        (Type::Enum(members), Example::Text(text)) => match members.contains(text) {
            true => Ok(()),
            false => refuse(format!("is not one of {}", members.join(", "))),
        },
        (Type::Timestamp, Example::Text(text)) => matches_pattern(text, TIMESTAMP_PATTERN, matches),
        (Type::String(domain), Example::Text(text)) => {
            let length = text.chars().count();
            if let Some(most) = domain.max_length.filter(|most| length > *most) {
                return refuse(format!("has {length} characters, more than max_length {most}"));
            }
            domain.pattern.as_deref().map_or(Ok(()), |pattern| matches_pattern(text, pattern, matches))
        }
        (Type::List { item, max_items }, Example::List(items)) => {
            if let Some(most) = max_items.filter(|most| items.len() > *most) {
                return refuse(format!("has {} items, more than max_items {most}", items.len()));
            }
            items.iter().try_for_each(|value| admits_by(item, value, matches))
        }
        (Type::List { item, .. }, value) => admits_by(item, value, matches),
        (Type::Object(_), _) => refuse("cannot be an example of an object; give its fields examples".to_owned()),
        (ty, _) => refuse(format!("is not {}", describe(ty))),
    }
}

/// The type in words, with its article.
fn describe(ty: &Type) -> &'static str {
    match ty {
        Type::String(_) => "text (put it in quotes)",
        Type::Boolean => "true or false",
        Type::Int { .. } => "a whole number of 64 bits",
        Type::Double { .. } => "a number",
        Type::Timestamp => "text such as 2026-11-20T16:09:11Z",
        Type::Enum(_) => "one of the enum's texts",
        Type::Object(_) => "an object",
        Type::List { .. } => "a list",
    }
}

fn in_range<T: PartialOrd + std::fmt::Display>(
    value: &T,
    minimum: Option<&T>,
    maximum: Option<&T>,
) -> Result<(), DomainError> {
    if let Some(minimum) = minimum.filter(|minimum| value < *minimum) {
        return Err(DomainError(format!("is less than minimum {minimum}")));
    }
    if let Some(maximum) = maximum.filter(|maximum| value > *maximum) {
        return Err(DomainError(format!("is more than maximum {maximum}")));
    }
    Ok(())
}

fn matches_pattern(text: &str, pattern: &str, matches: &mut dyn FnMut(&str, &str) -> bool) -> Result<(), DomainError> {
    if matches(text, pattern) { Ok(()) } else { Err(DomainError(format!("does not match {pattern}"))) }
}

impl Number {
    /// The number as a double.
    pub fn as_f64(self) -> f64 {
        match self {
            Number::Integer(value) => value as f64,
            Number::Double(value) => value,
        }
    }
}
