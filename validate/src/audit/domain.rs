//! One value against its type, without what is inside lists and objects.

use candor_schema::{AttributeId, Type};
use serde_json::Value;

use crate::audit::Rule;
use crate::audit::expected::Expected;

/// Why a value is not as the page says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    pub rule: Rule,
    /// What it is, and what it should be: goes after the subject.
    pub why: String,
}

/// Holds a value against the type of an attribute, or of an item of it.
pub(super) fn misfit(expected: &Expected<'_>, id: AttributeId, ty: &Type, value: &Value) -> Option<Misfit> {
    let misfit = |rule, why| Some(Misfit { rule, why });
    match (ty, value) {
        (Type::Boolean, Value::Bool(_)) | (Type::Object(_), Value::Object(_)) => None,
        (Type::Int { minimum, maximum }, Value::Number(number)) if is_whole(number) => {
            let is_in = |value: i128| {
                minimum.is_none_or(|least| value >= least.into()) && maximum.is_none_or(|most| value <= most.into())
            };
            let is_in = whole(number).is_some_and(|value| i64::try_from(value).is_ok() && is_in(value));
            if is_in {
                None
            } else {
                misfit(Rule::OutOfRange, format!("is a number outside {}", range(minimum, maximum)))
            }
        }
        (Type::Double { minimum, maximum }, Value::Number(number)) => {
            let value = number.as_f64().unwrap_or(f64::NAN);
            let is_in = minimum.is_none_or(|least| value >= least) && maximum.is_none_or(|most| value <= most);
            if is_in {
                None
            } else {
                misfit(Rule::OutOfRange, format!("is a number outside {}", range(minimum, maximum)))
            }
        }
        (Type::Enum(members), Value::String(text)) => match members.contains(text) {
            true => None,
            false => misfit(Rule::NotInEnum, "is none of the values that the page names".to_owned()),
        },
        (Type::String(_) | Type::Timestamp, Value::String(text)) => text_misfit(expected, id, ty, text),
        (Type::List { max_items, .. }, Value::Array(items)) => match max_items {
            Some(most) if items.len() > *most => {
                misfit(Rule::TooManyItems, format!("is a list of more than {most} items"))
            }
            _ => None,
        },
        (ty, value) => misfit(Rule::WrongType, format!("is {}; the page says {}", kind(value), name(ty))),
    }
}

fn text_misfit(expected: &Expected<'_>, id: AttributeId, ty: &Type, text: &str) -> Option<Misfit> {
    let most = if let Type::String(domain) = ty { domain.max_length } else { None };
    // A text has at most as many characters as bytes.
    if let Some(most) = most.filter(|most| text.len() > *most && text.chars().count() > *most) {
        return Some(Misfit { rule: Rule::TooLong, why: format!("is a text of more than {most} characters") });
    }
    if expected.matches(id, text) {
        return None;
    }
    Some(Misfit { rule: Rule::Pattern, why: "is a text that does not match the pattern".to_owned() })
}

/// JSON knows one kind of number: 3.0 is the integer 3.
fn is_whole(number: &serde_json::Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|value| value.fract() == 0.0)
}

fn whole(number: &serde_json::Number) -> Option<i128> {
    let exact = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    exact.or_else(|| number.as_f64().map(|value| value as i128))
}

fn range<T: std::fmt::Display>(minimum: &Option<T>, maximum: &Option<T>) -> String {
    let bound = |bound: &Option<T>| bound.as_ref().map_or("…".to_owned(), T::to_string);
    format!("{} to {}", bound(minimum), bound(maximum))
}

/// What a value is. Texts say what they would be without their quotes.
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

/// A type with its article.
fn name(ty: &Type) -> &'static str {
    match ty {
        Type::String(_) => "a text",
        Type::Boolean => "a boolean",
        Type::Int { .. } => "a whole number",
        Type::Double { .. } => "a number",
        Type::Timestamp => "a point in time",
        Type::Enum(_) => "one of some texts",
        Type::Object(_) => "an object",
        Type::List { .. } => "a list",
    }
}
