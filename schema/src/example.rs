//! Examples held against their domains, and the words for saying why one does not fit.

use candor_domain::{Misfit, Scalar};

use crate::{Domain, Example, Number};

/// The reason why a value is outside its domain, as the end of a sentence that starts with the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainError(pub String);

/// Checks whether a domain admits an example. For a list, an example of its items will do.
///
/// # Errors
/// Says what is wrong, to go after the value: "is not one of …".
pub fn admits(domain: &Domain, example: &Example) -> Result<(), DomainError> {
    let scalar = match (domain, example) {
        (Domain::List { item, max_items }, Example::List(items)) => {
            if items.len() > *max_items {
                return Err(DomainError(format!("has {} items, more than max_items {max_items}", items.len())));
            }
            return items.iter().try_for_each(|value| admits(item, value));
        }
        (Domain::List { item, .. }, value) => return admits(item, value),
        (Domain::Object(_), _) => {
            let why = "cannot be an example of an object; give its fields examples";
            return Err(DomainError(why.to_owned()));
        }
        (_, Example::Boolean(value)) => Scalar::Boolean(*value),
        (_, Example::Int(value)) => Scalar::Int(*value),
        (_, Example::Double(value)) => Scalar::Double(*value),
        (_, Example::Text(text)) => Scalar::Text(text),
        (domain, Example::List(_)) => return Err(wrong_type(domain)),
    };
    domain.judge(scalar).map_err(|misfit| in_words(domain, example, misfit))
}

fn in_words(domain: &Domain, example: &Example, misfit: Misfit) -> DomainError {
    DomainError(match (domain, misfit) {
        (_, Misfit::Type) => return wrong_type(domain),
        (Domain::Double { .. }, _) if matches!(example, Example::Double(value) if !value.is_finite()) => {
            "is not a finite number".to_owned()
        }
        (Domain::String { max_length, .. }, Misfit::TooLong) => {
            let length = if let Example::Text(text) = example { text.chars().count() } else { 0 };
            format!("has {length} characters, more than max_length {max_length}")
        }
        (Domain::String { pattern: Some(pattern), .. }, _) => format!("does not match {}", pattern.source()),
        (Domain::Timestamp, _) => format!("does not match {}", crate::TIMESTAMP_PATTERN),
        (Domain::Enum(members), _) => format!("is not one of {}", members.iter().collect::<Vec<_>>().join(", ")),
        (Domain::Int { minimum, .. }, Misfit::TooSmall) => format!("is less than minimum {minimum}"),
        (Domain::Int { maximum, .. }, _) => format!("is more than maximum {maximum}"),
        (Domain::Double { minimum, .. }, Misfit::TooSmall) => format!("is less than minimum {minimum}"),
        (Domain::Double { maximum, .. }, _) => format!("is more than maximum {maximum}"),
        (domain, _) => return wrong_type(domain),
    })
}

fn wrong_type(domain: &Domain) -> DomainError {
    DomainError(format!("is not {}", describe(domain)))
}

/// The type in words, with its article.
fn describe(domain: &Domain) -> &'static str {
    match domain {
        Domain::String { .. } => "text (put it in quotes)",
        Domain::Boolean => "true or false",
        Domain::Int { .. } => "a whole number of 64 bits",
        Domain::Double { .. } => "a number",
        Domain::Timestamp => "text such as 2026-11-20T16:09:11Z",
        Domain::Enum(_) => "one of the enum's texts",
        Domain::Object(_) => "an object",
        Domain::List { .. } => "a list",
    }
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
