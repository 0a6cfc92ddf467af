//! The faces of a type in Python: the type that a program writes, and the domain as a constant of the runtime.

use std::fmt::Write;

use candor_schema::{Attribute, Domain, Members, Scalar, escape_invisible};

use super::bound;
use super::typescript::TypeNames;

/// The type that a program writes for a value.
pub(crate) fn python_type(attribute: &Attribute, domain: &Domain, names: &impl TypeNames) -> String {
    match domain {
        Domain::String { .. } => "str".to_owned(),
        Domain::Boolean => "bool".to_owned(),
        Domain::Int { .. } => "int".to_owned(),
        Domain::Double { .. } => "float".to_owned(),
        Domain::Timestamp => "candor.Moment".to_owned(),
        Domain::Enum(_) => names.of_enum(attribute),
        Domain::Object(object) => names.of_object(&object.id),
        Domain::List { item, .. } => format!("abc.Sequence[{}]", python_type(attribute, item, names)),
        Domain::Map { key, value, .. } => {
            let keys = match &**key {
                Domain::Enum(members) => python_union(members),
                _ => "str".to_owned(),
            };
            format!("abc.Mapping[{keys}, {}]", python_type(attribute, value, names))
        }
        Domain::Json { .. } => "candor.JsonValue".to_owned(),
    }
}

/// The union of an enum's members. An open enum takes every other value of its members' types, too.
pub(crate) fn python_union(members: &Members) -> String {
    let literals: Vec<String> =
        members.iter().filter(|one| !matches!(one, Scalar::Double(_))).map(python_literal).collect();
    let has = |test: fn(Scalar<'_>) -> bool| members.iter().any(test);
    let types = [
        ("str", members.is_open() && has(|one| matches!(one, Scalar::Text(_)))),
        ("bool", members.is_open() && has(|one| matches!(one, Scalar::Boolean(_)))),
        ("int", members.is_open() && has(|one| matches!(one, Scalar::Int(_)))),
        // There are no literals of doubles.
        ("float", has(|one| matches!(one, Scalar::Double(_)))),
    ];
    let literal = (!literals.is_empty()).then(|| format!("typing.Literal[{}]", literals.join(", ")));
    let types = types.into_iter().filter(|(_, there)| *there).map(|(ty, _)| ty.to_owned());
    literal.into_iter().chain(types).collect::<Vec<_>>().join(" | ")
}

/// The domain as an expression; `object` names the constants of objects.
pub(crate) fn python_constant(domain: &Domain, object: &dyn Fn(&str) -> String) -> String {
    match domain {
        Domain::String { max_length, pattern: None } => format!("candor.Text({})", some_size(*max_length)),
        Domain::String { max_length, pattern: Some(pattern) } => {
            format!("candor.Text({}, {})", size(*max_length), python_text(pattern.source()))
        }
        Domain::Boolean => "candor.Boolean()".to_owned(),
        Domain::Int { minimum, maximum } => match (*minimum, *maximum) {
            (i64::MIN, i64::MAX) => "candor.Int()".to_owned(),
            (minimum, i64::MAX) => format!("candor.Int({minimum})"),
            (minimum, maximum) => format!("candor.Int({minimum}, {maximum})"),
        },
        Domain::Double { minimum, maximum } => match (*minimum, *maximum) {
            (f64::MIN, f64::MAX) => "candor.Double()".to_owned(),
            (minimum, maximum) => format!("candor.Double({minimum:?}, {maximum:?})"),
        },
        Domain::Timestamp => "candor.Timestamp()".to_owned(),
        Domain::Enum(members) => {
            let all: String = members.iter().map(|member| python_literal(member) + ", ").collect();
            let open = if members.is_open() { ", is_open=True" } else { "" };
            format!("candor.OneOf(({}){open})", all.trim_end_matches(' '))
        }
        Domain::Object(info) => format!("candor.ObjectOf(lambda: {})", object(&info.id)),
        Domain::List { item, max_items } => {
            format!("candor.ListOf({}{})", python_constant(item, object), further(*max_items))
        }
        Domain::Map { key, value, max_items } => {
            let (key, value) = (python_constant(key, object), python_constant(value, object));
            format!("candor.MapOf({key}, {value}{})", further(*max_items))
        }
        Domain::Json { max_depth, max_length } => {
            format!("candor.Json({}, {})", size(*max_depth), size(*max_length))
        }
    }
}

/// A member of an enum as a literal.
fn python_literal(member: Scalar<'_>) -> String {
    match member {
        Scalar::Text(value) | Scalar::Digits(value) => python_text(value),
        Scalar::Boolean(true) => "True".to_owned(),
        Scalar::Boolean(false) => "False".to_owned(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Double(value) => format!("{value:?}"),
    }
}

fn size(size: usize) -> String {
    bound(size, usize::MAX).map_or("None".to_owned(), |size| size.to_string())
}

fn some_size(size: usize) -> String {
    bound(size, usize::MAX).map(|size| size.to_string()).unwrap_or_default()
}

fn further(most: usize) -> String {
    bound(most, usize::MAX).map(|most| format!(", {most}")).unwrap_or_default()
}

/// A text as a literal. Everything that a reader of code might not see is escaped.
pub(crate) fn python_text(text: &str) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => literal.extend(['\\', character]),
            '\n' => literal += "\\n",
            ' '..='~' => literal.push(character),
            character if is_visible(character) => literal.push(character),
            character => _ = write!(literal, "\\U{:08x}", u32::from(character)), // a text takes everything
        }
    }
    literal.push('"');
    literal
}

/// Returns true if a character is seen where it stands, and ends no line of code.
fn is_visible(character: char) -> bool {
    let text = character.to_string();
    !character.is_control() && !['\u{2028}', '\u{2029}'].contains(&character) && escape_invisible(&text) == text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_literals() {
        assert_eq!(python_text("a\"b\\c\n{x}é’\u{202e}\0"), "\"a\\\"b\\\\c\\n{x}é’\\U0000202e\\U00000000\"");
    }

    #[test]
    fn open_enums_take_other_values_of_their_types() {
        assert_eq!(python_union(&Members::texts(&["a", "b"])), "typing.Literal[\"a\", \"b\"]");
        assert_eq!(python_union(&Members::texts(&["a", "b"]).open()), "typing.Literal[\"a\", \"b\"] | str");
        let one = Domain::Enum(Members::texts(&["a"]).open());
        assert_eq!(python_constant(&one, &|_| String::new()), "candor.OneOf((\"a\",), is_open=True)");
    }
}
