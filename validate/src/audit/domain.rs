//! One value against its domain, without what is inside lists and objects.

use candor_domain::{Domain, Misfit as Outside, Scalar};
use serde_json::Value;

use crate::audit::Rule;

/// The way in which a value differs from the page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    pub rule: Rule,
    /// The value's kind, and the expected one: goes after the subject.
    pub why: String,
}

/// Holds a value against the domain of an attribute, or of an item of it.
pub(super) fn misfit(domain: &Domain, value: &Value) -> Option<Misfit> {
    let scalar = match (domain, value) {
        (Domain::Object(_), Value::Object(_)) => return None,
        (Domain::List { max_items, .. }, Value::Array(items)) => {
            let misfit = || explain(domain, value, Outside::TooManyItems);
            return (items.len() > *max_items).then(misfit);
        }
        (_, Value::String(text)) => Scalar::Text(text),
        (_, Value::Bool(value)) => Scalar::Boolean(*value),
        (_, Value::Number(number)) => match number.as_i64() {
            Some(value) => Scalar::Int(value),
            None => Scalar::Double(number.as_f64().unwrap_or(f64::NAN)),
        },
        _ => return Some(explain(domain, value, Outside::Type)),
    };
    domain.judge(scalar).err().map(|why| explain(domain, value, why))
}

fn explain(domain: &Domain, value: &Value, why: Outside) -> Misfit {
    let (rule, why) = match (why, domain) {
        (Outside::TooLong, Domain::String { max_length, .. }) => {
            (Rule::TooLong, format!("is a text of more than {max_length} characters"))
        }
        (Outside::TooManyItems, Domain::List { max_items, .. }) => {
            (Rule::TooManyItems, format!("is a list of more than {max_items} items"))
        }
        (Outside::Pattern, _) => (Rule::Pattern, "is a text that does not match the pattern".to_owned()),
        (Outside::NotAMember, _) => (Rule::NotInEnum, "is none of the values that the page names".to_owned()),
        (Outside::TooSmall | Outside::TooLarge, domain) => {
            (Rule::OutOfRange, format!("is a number outside {}", range(domain)))
        }
        (_, domain) => (Rule::WrongType, format!("is {}; the page says {}", kind(value), name(domain))),
    };
    Misfit { rule, why }
}

/// The bounds of numbers; `…` for one that the catalogue does not set.
fn range(domain: &Domain) -> String {
    fn bound<T: PartialEq + std::fmt::Display>(bound: T, none: T) -> String {
        if bound == none { "…".to_owned() } else { bound.to_string() }
    }
    match domain {
        Domain::Int { minimum, maximum } => format!("{} to {}", bound(*minimum, i64::MIN), bound(*maximum, i64::MAX)),
        Domain::Double { minimum, maximum } => {
            format!("{} to {}", bound(*minimum, f64::MIN), bound(*maximum, f64::MAX))
        }
        _ => "… to …".to_owned(),
    }
}

/// Names the kind of a value. A text is named by the kind that it would have without its quotes.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "an integer",
        Value::String(text) if matches!(text.as_str(), "true" | "false" | "True" | "False") => {
            "a text that says true or false"
        }
        Value::String(text) if text.parse::<i64>().is_ok() => "a text that says a whole number",
        Value::String(text) if text.parse::<f64>().is_ok_and(f64::is_finite) => "a text that says a number",
        Value::String(text) if text.starts_with(['[', '{']) => "a text that begins like JSON",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A domain's type with its article.
fn name(domain: &Domain) -> &'static str {
    match domain {
        Domain::String { .. } => "a text",
        Domain::Boolean => "a boolean",
        Domain::Int { .. } => "a whole number",
        Domain::Double { .. } => "a number",
        Domain::Timestamp => "a point in time",
        Domain::Enum(_) => "one of some texts",
        Domain::Object(_) => "an object",
        Domain::List { .. } => "a list",
    }
}
