//! The verdict itself, for now by the `jsonschema` crate: a JSON Schema and a payload give problems.
//!
//! Nothing else in this crate knows of JSON Schema.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, PatternOptions, ValidationError, Validator};
use serde_json::Value;

use crate::explain::Problem;
use crate::json::join;
use crate::words;

/// Compiles a schema. Patterns run in time linear to the text, whatever it is.
pub(crate) fn compile(schema: &Value) -> Result<Validator, String> {
    let options = jsonschema::options().with_pattern_options(PatternOptions::regex());
    options.build(schema).map_err(|error| error.to_string())
}

/// What `schema` says against `payload`, each with a JSON Pointer.
pub(crate) fn problems(schema: &Validator, payload: &Value) -> Vec<(String, Problem)> {
    let mut problems = Vec::new();
    for error in schema.iter_errors(payload) {
        add_problems(&error, &mut problems);
    }
    problems
}

fn add_problems(error: &ValidationError<'_>, problems: &mut Vec<(String, Problem)>) {
    let pointer = error.instance_path().as_str();
    let is_head = matches!(pointer, "/kind" | "/name");
    let problem = match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            problems.extend(unexpected.iter().map(|key| (join(pointer, key), Problem::Unknown)));
            return;
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => return add_choice(pointer, context, problems),
        Kind::Required { property } => {
            problems.push((join(pointer, property.as_str().unwrap_or_default()), Problem::Missing));
            return;
        }
        Kind::Constant { .. } | Kind::Enum { .. } if is_head => Problem::OtherSignal,
        Kind::Constant { expected_value } => Problem::NotInEnum { members: word(expected_value) },
        Kind::Enum { options } => Problem::NotInEnum { members: members(options) },
        Kind::Type { kind } => Problem::WrongType { expected: expected(kind) },
        Kind::FalseSchema => Problem::Unknown,
        Kind::MaxLength { limit } => Problem::TooLong { most: *limit },
        Kind::MinLength { limit } => Problem::TooShort { least: *limit },
        Kind::Pattern { pattern } => Problem::Pattern { pattern: pattern.clone() },
        Kind::Minimum { limit } => Problem::OutOfRange { bound: format!("at least {limit}") },
        Kind::ExclusiveMinimum { limit } => Problem::OutOfRange { bound: format!("more than {limit}") },
        Kind::Maximum { limit } => Problem::OutOfRange { bound: format!("at most {limit}") },
        Kind::ExclusiveMaximum { limit } => Problem::OutOfRange { bound: format!("less than {limit}") },
        Kind::MaxItems { limit } => Problem::TooManyItems { most: *limit },
        other => Problem::Other { keyword: other.keyword().to_owned() },
    };
    problems.push((pointer.to_owned(), problem));
}

/// The problems of the alternative that the value was meant to be: one of its type, and with the fewest problems.
fn add_choice(pointer: &str, context: &[Vec<ValidationError<'static>>], problems: &mut Vec<(String, Problem)>) {
    let mut expected_types = Vec::new();
    let mut nearest: Option<&Vec<ValidationError<'static>>> = None;
    for errors in context {
        let of_type = errors.iter().find_map(|error| match error.kind() {
            Kind::Type { kind } if error.instance_path().as_str() == pointer => Some(expected(kind)),
            _ => None,
        });
        match of_type {
            Some(expected) => expected_types.push(expected),
            None if nearest.is_none_or(|nearest| errors.len() < nearest.len()) => nearest = Some(errors),
            None => {}
        }
    }
    match nearest {
        Some(errors) => errors.iter().for_each(|error| add_problems(error, problems)),
        None => problems.push((pointer.to_owned(), Problem::WrongType { expected: expected_types.join(" or ") })),
    }
}

fn expected(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(ty) => type_words(*ty).to_owned(),
        TypeKind::Multiple(types) => types.iter().map(type_words).collect::<Vec<_>>().join(" or "),
    }
}

fn type_words(ty: JsonType) -> &'static str {
    match ty {
        JsonType::Null => "null",
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "an integer",
        JsonType::Number => "a number",
        JsonType::String => "a text",
        JsonType::Array => "a list",
        JsonType::Object => "an object",
    }
}

fn members(options: &Value) -> String {
    words::list(options.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(word))
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), words::key)
}
