//! The faces of a type in TypeScript: the type that a program writes, and the domain as a constant of the runtime.

use std::fmt::Write;

use candor_schema::{Attribute, Domain, Members, Scalar, escape_invisible};

use super::bound;

/// The names that a catalogue's enums and objects have as TypeScript types.
pub(crate) trait TypeNames {
    /// The type of an attribute's enum.
    fn of_enum(&self, attribute: &Attribute) -> String;
    /// The type of an object, by its key.
    fn of_object(&self, id: &str) -> String;
}

/// The type that a program writes for a value.
pub(crate) fn typescript_type(attribute: &Attribute, domain: &Domain, names: &impl TypeNames) -> String {
    match domain {
        Domain::String { .. } => "string".to_owned(),
        Domain::Boolean => "boolean".to_owned(),
        Domain::Int { .. } => "$.Int".to_owned(),
        Domain::Double { .. } => "number".to_owned(),
        Domain::Timestamp => "$.Moment".to_owned(),
        Domain::Enum(_) => names.of_enum(attribute),
        Domain::Object(object) => names.of_object(&object.id),
        Domain::List { item, .. } => {
            let inner = typescript_type(attribute, item, names);
            if matches!(**item, Domain::List { .. }) {
                format!("readonly ({inner})[]")
            } else {
                format!("readonly {inner}[]")
            }
        }
        Domain::Map { key, value, .. } => {
            let keys = match &**key {
                Domain::Enum(members) => union(members),
                _ => "string".to_owned(),
            };
            format!("$.Entries<{keys}, {}>", typescript_type(attribute, value, names))
        }
        Domain::Json { .. } => "$.Json".to_owned(),
    }
}

/// The union of an enum's members. An open enum takes every other value of its members' types, too.
pub(crate) fn union(members: &Members) -> String {
    let mut parts: Vec<String> = members.iter().map(literal_type).collect();
    if members.is_open() {
        let has = |test: fn(Scalar<'_>) -> bool| members.iter().any(test);
        let others = [
            (has(|member| matches!(member, Scalar::Text(_))), "(string & {})"),
            (has(|member| matches!(member, Scalar::Int(_) | Scalar::Double(_))), "(number & {}) | bigint"),
            (has(|member| matches!(member, Scalar::Boolean(_))), "boolean"),
        ];
        parts.extend(others.iter().filter(|(there, _)| *there).map(|(_, other)| (*other).to_owned()));
    }
    parts.join(" | ")
}

/// The type of one member. A number may be given as a `bigint`, too.
fn literal_type(member: Scalar<'_>) -> String {
    match member {
        Scalar::Int(value) => format!("{value} | {value}n"),
        Scalar::Double(value) => format!("{value:?}"),
        other => literal(other),
    }
}

/// The domain as an expression; `object` names the constants of objects.
pub(crate) fn typescript_constant(domain: &Domain, object: &dyn Fn(&str) -> String) -> String {
    match domain {
        Domain::String { max_length, pattern: None } => format!("$.text({})", size(*max_length)),
        Domain::String { max_length, pattern: Some(pattern) } => {
            let most = bound(*max_length, usize::MAX).map_or("undefined".to_owned(), |most| most.to_string());
            format!("$.text({most}, {})", text(pattern.source()))
        }
        Domain::Boolean => "$.boolean".to_owned(),
        Domain::Int { minimum, maximum } => match (*minimum, *maximum) {
            (i64::MIN, i64::MAX) => "$.int()".to_owned(),
            (minimum, maximum) => format!("$.int({minimum}n, {maximum}n)"),
        },
        Domain::Double { minimum, maximum } => match (*minimum, *maximum) {
            (f64::MIN, f64::MAX) => "$.double()".to_owned(),
            (minimum, maximum) => format!("$.double({minimum:?}, {maximum:?})"),
        },
        Domain::Timestamp => "$.timestamp".to_owned(),
        Domain::Enum(members) => {
            let all: Vec<String> = members.iter().map(literal).collect();
            let open = if members.is_open() { ", true" } else { "" };
            format!("$.oneOf([{}]{open})", all.join(", "))
        }
        Domain::Object(info) => format!("$.object((): $.Structure => {})", object(&info.id)),
        Domain::List { item, max_items } => {
            format!("$.list({}{})", typescript_constant(item, object), further(*max_items))
        }
        Domain::Map { key, value, max_items } => {
            let (key, value) = (typescript_constant(key, object), typescript_constant(value, object));
            format!("$.map({key}, {value}{})", further(*max_items))
        }
        Domain::Json { max_depth, max_length } => match (size(*max_depth), size(*max_length)) {
            (depth, length) if length.is_empty() => format!("$.json({depth})"),
            (depth, length) => format!("$.json({}, {length})", if depth.is_empty() { "undefined" } else { &depth }),
        },
    }
}

/// A whole number keeps its type by its `n`.
fn literal(member: Scalar<'_>) -> String {
    match member {
        Scalar::Text(value) | Scalar::Digits(value) => text(value),
        Scalar::Boolean(value) => value.to_string(),
        Scalar::Int(value) => format!("{value}n"),
        Scalar::Double(value) => format!("{value:?}"),
    }
}

fn size(size: usize) -> String {
    bound(size, usize::MAX).map(|size| size.to_string()).unwrap_or_default()
}

fn further(most: usize) -> String {
    bound(most, usize::MAX).map(|most| format!(", {most}")).unwrap_or_default()
}

/// A text as a literal. Everything that a reader of code might not see is escaped.
pub(crate) fn text(text: &str) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                literal.push('\\');
                literal.push(character);
            }
            '\n' => literal += "\\n",
            ' '..='~' => literal.push(character),
            character if is_visible(character) => literal.push(character),
            character => _ = write!(literal, "\\u{{{:x}}}", u32::from(character)), // a text takes everything
        }
    }
    literal.push('"');
    literal
}

/// Returns true if a character is seen where it stands, and ends no line of code.
fn is_visible(character: char) -> bool {
    const SEPARATORS: [char; 2] = ['\u{2028}', '\u{2029}'];
    let text = character.to_string();
    !character.is_control() && !SEPARATORS.contains(&character) && escape_invisible(&text) == text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_literals() {
        assert_eq!(text("a\"b\\c\n${x}`é’\u{202e}\u{2028}"), "\"a\\\"b\\\\c\\n${x}`é’\\u{202e}\\u{2028}\"");
    }

    #[test]
    fn open_enums_take_other_values_of_their_types() {
        assert_eq!(union(&Members::texts(&["a", "b"])), "\"a\" | \"b\"");
        assert_eq!(union(&Members::texts(&["a", "b"]).open()), "\"a\" | \"b\" | (string & {})");
        assert_eq!(
            typescript_constant(&Domain::Enum(Members::texts(&["a"]).open()), &|_| String::new()),
            "$.oneOf([\"a\"], true)"
        );
    }
}
