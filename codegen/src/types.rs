//! The faces of a type: what one domain looks like in each language that is written here.
//!
//! A new kind of value gets its words here, and nowhere else in this crate.

#[cfg(feature = "artefacts")]
pub(crate) mod sample;
#[cfg(feature = "artefacts")]
pub(crate) mod typescript;

#[cfg(feature = "artefacts")]
use candor_schema::camel_case;
use candor_schema::{Attribute, Domain, Members, Scalar, Unit};
#[cfg(feature = "artefacts")]
use proc_macro2::TokenStream;
#[cfg(feature = "artefacts")]
use quote::quote;

#[cfg(feature = "artefacts")]
use crate::names::ident;

/// A bound that the catalogue sets; `None` for the type's own.
pub(crate) fn bound<N: PartialEq>(bound: N, none: N) -> Option<N> {
    (bound != none).then_some(bound)
}

/// The kind of an attribute, as a type of the runtime.
pub(crate) fn kind(catalogue: &str, attribute: &Attribute, domain: &Domain) -> String {
    let plain = match domain {
        Domain::String { .. } => "::candor::kind::Text",
        Domain::Boolean => "::candor::kind::Boolean",
        Domain::Int { .. } => return number_kind("::candor::kind::Int", attribute),
        Domain::Double { .. } => return number_kind("::candor::kind::Double", attribute),
        Domain::Timestamp => "::candor::kind::Timestamp",
        Domain::Enum(members) => return choice_kind(catalogue, &attribute.id, members.is_open()),
        Domain::Object(object) => return structure_kind(catalogue, &object.id),
        Domain::List { item, .. } => return format!("::candor::kind::List<{}>", kind(catalogue, attribute, item)),
        Domain::Map { value, .. } => return format!("::candor::kind::Map<{}>", kind(catalogue, attribute, value)),
        Domain::Json { .. } => "::candor::kind::Json",
    };
    plain.to_owned()
}

/// A number in a unit of time may be a duration.
fn number_kind(number: &str, attribute: &Attribute) -> String {
    match nanoseconds(attribute) {
        Some(nanoseconds) => format!("::candor::kind::Elapsed<{number}, {nanoseconds}>"),
        None => number.to_owned(),
    }
}

/// The nanoseconds of an attribute's unit of time.
pub(crate) fn nanoseconds(attribute: &Attribute) -> Option<u64> {
    attribute.unit.as_ref().and_then(Unit::nanoseconds)
}

/// The kind of an enum, as a type of the runtime.
pub(crate) fn choice_kind(catalogue: &str, attribute: &str, is_open: bool) -> String {
    let kind = if is_open { "Open" } else { "Choice" };
    named_kind(kind, &format!("{catalogue}/attributes/{attribute}"))
}

/// The kind of an object, as a type of the runtime.
pub(crate) fn structure_kind(catalogue: &str, object: &str) -> String {
    named_kind("Structure", &format!("{catalogue}/objects/{object}"))
}

fn named_kind(kind: &str, name: &str) -> String {
    format!("::candor::kind::{kind}<{{ ::candor::domain_id({name:?}) }}>")
}

/// The domain as a constant of the runtime; `object` names the constants of objects.
pub(crate) fn constant(domain: &Domain, object: &dyn Fn(&str) -> String) -> String {
    match domain {
        Domain::String { max_length, pattern: None } => format!("::candor::define::text({})", size(*max_length)),
        Domain::String { max_length, pattern: Some(pattern) } => {
            let source = pattern.source();
            format!("::candor::define::matching({}, ::candor::pattern!({source:?}))", size(*max_length))
        }
        Domain::Boolean => "::candor::Domain::Boolean".to_owned(),
        Domain::Int { minimum, maximum } => format!("::candor::define::int({})", ints(*minimum, *maximum)),
        Domain::Double { minimum, maximum } => format!("::candor::define::double({})", doubles(*minimum, *maximum)),
        Domain::Timestamp => "::candor::Domain::Timestamp".to_owned(),
        Domain::Enum(members) => match members.as_texts().filter(|_| !members.is_open()) {
            Some(texts) => format!("::candor::define::one_of(&{texts:?})"),
            None => format!("::candor::Domain::Enum({})", members_constant(members)),
        },
        Domain::Object(info) => format!("::candor::define::structure(&{})", object(&info.id)),
        Domain::List { item, max_items } => {
            format!("::candor::define::list(const {{ &{} }}, {})", constant(item, object), size(*max_items))
        }
        Domain::Map { key, value, max_items } => {
            let (key, value) = (constant(key, object), constant(value, object));
            format!("::candor::define::map(const {{ &{key} }}, const {{ &{value} }}, {})", size(*max_items))
        }
        Domain::Json { max_depth, max_length } => {
            format!("::candor::define::any_json({}, {})", size(*max_depth), size(*max_length))
        }
    }
}

/// The members of an enum as a constant.
fn members_constant(members: &Members) -> String {
    let constant = match members.as_texts() {
        Some(texts) => format!("::candor::Members::texts(&{texts:?})"),
        None => {
            let members: Vec<_> = members.iter().map(choice_constant).collect();
            format!("::candor::Members::any(::candor::Shared::Static(const {{ &[{}] }}))", members.join(", "))
        }
    };
    constant + if members.is_open() { ".open()" } else { "" }
}

fn choice_constant(member: Scalar<'_>) -> String {
    match member {
        Scalar::Text(text) | Scalar::Digits(text) => format!("::candor::Choice::text({text:?})"),
        Scalar::Boolean(value) => format!("::candor::Choice::Boolean({value})"),
        Scalar::Int(value) => format!("::candor::Choice::Int({value})"),
        Scalar::Double(value) => format!("::candor::Choice::Double({value:?})"),
    }
}

fn size(size: usize) -> String {
    bound(size, usize::MAX).map_or("usize::MAX".to_owned(), |size| size.to_string())
}

fn ints(minimum: i64, maximum: i64) -> String {
    let one = |value: i64, none, name: &str| bound(value, none).map_or(name.to_owned(), |value| value.to_string());
    format!("{}, {}", one(minimum, i64::MIN, "i64::MIN"), one(maximum, i64::MAX, "i64::MAX"))
}

fn doubles(minimum: f64, maximum: f64) -> String {
    let one = |value: f64, none, name: &str| bound(value, none).map_or(name.to_owned(), |value| format!("{value:?}"));
    format!("{}, {}", one(minimum, f64::MIN, "f64::MIN"), one(maximum, f64::MAX, "f64::MAX"))
}

/// Returns whether a struct with a field of this type needs a lifetime. Objects are never cyclic.
#[cfg(feature = "artefacts")]
pub(crate) fn borrows(domain: &Domain) -> bool {
    match domain {
        Domain::String { .. } | Domain::List { .. } | Domain::Map { .. } | Domain::Json { .. } => true,
        Domain::Object(object) => object.fields.iter().any(|field| borrows(&field.attribute.domain)),
        _ => false,
    }
}

/// The type of a generated struct's field.
#[cfg(feature = "artefacts")]
pub(crate) fn rust_type(attribute: &Attribute, domain: &Domain) -> TokenStream {
    match domain {
        Domain::String { .. } => quote!(&'a str),
        Domain::Boolean => quote!(bool),
        Domain::Int { .. } | Domain::Double { .. } if is_duration(attribute, domain) => quote!(std::time::Duration),
        Domain::Int { .. } => quote!(i64),
        Domain::Double { .. } => quote!(f64),
        Domain::Timestamp => quote!(std::time::SystemTime),
        Domain::Enum(_) => {
            let name = ident(&camel_case(&attribute.id));
            quote!(enums::#name)
        }
        Domain::Object(object) => {
            let name = ident(&camel_case(&object.id));
            if borrows(domain) { quote!(objects::#name<'a>) } else { quote!(objects::#name) }
        }
        Domain::List { item, .. } => {
            let item = rust_type(attribute, item);
            quote!(&'a [#item])
        }
        Domain::Map { value, .. } => {
            let value = rust_type(attribute, value);
            quote!(&'a [(&'a str, #value)])
        }
        Domain::Json { .. } => quote!(&'a str),
    }
}

/// Returns whether a generated field of this number is a `Duration`: its unit is one of time, and it need not be negative.
#[cfg(feature = "artefacts")]
fn is_duration(attribute: &Attribute, domain: &Domain) -> bool {
    let reaches_zero = match domain {
        Domain::Int { maximum, .. } => *maximum >= 0,
        Domain::Double { maximum, .. } => *maximum >= 0.0,
        _ => false,
    };
    reaches_zero && nanoseconds(attribute).is_some()
}

/// An expression of the generated validator that reads a value; `object` is the key of the object that it holds.
#[cfg(feature = "artefacts")]
pub(crate) fn read_text(domain: &Domain, nullable: &str) -> String {
    let read = format!("cursor, verdict, {nullable}");
    match domain {
        Domain::String { max_length, pattern: None } => format!("values::text({read}, {}, None)", size(*max_length)),
        Domain::String { max_length, pattern: Some(pattern) } => format!(
            "static PATTERN: Pattern = Pattern::new({:?});
        values::text({read}, {}, Some(&PATTERN))",
            pattern.source(),
            size(*max_length)
        ),
        Domain::Boolean => format!("values::boolean({read})"),
        Domain::Int { minimum, maximum } => format!("values::integer({read}, {})", ints(*minimum, *maximum)),
        Domain::Double { minimum, maximum } => format!("values::double({read}, {})", doubles(*minimum, *maximum)),
        Domain::Timestamp => format!("values::timestamp({read})"),
        Domain::Enum(members) => match members.as_texts() {
            Some(texts) => format!("values::one_of({read}, &{texts:?})"),
            None => format!(
                "static MEMBERS: ::candor::Members = {};
        values::choice({read}, &MEMBERS)",
                members_constant(members)
            ),
        },
        Domain::Object(object) => format!("self.object_{}({read})", object.id),
        Domain::List { item, max_items } => {
            let (most, item) = (size(*max_items), read_text(item, "false"));
            format!("values::list({read}, {most}, |cursor, verdict| {{ {item} }})")
        }
        Domain::Map { key, value, max_items } => {
            let (most, key, value) = (size(*max_items), constant(key, &|_| String::new()), read_text(value, "false"));
            format!(
                "static KEYS: ::candor::Domain = {key};
        values::map({read}, {most}, &KEYS, |cursor, verdict| {{ {value} }})"
            )
        }
        Domain::Json { max_depth, max_length } => {
            format!("values::json({read}, {}, {})", size(*max_depth), size(*max_length))
        }
    }
}

/// The JSON Schema of values of this domain.
#[cfg(feature = "artefacts")]
pub(crate) fn json_schema(domain: &Domain, nullable: bool) -> serde_json::Value {
    use serde_json::{Value, json};
    let ty = |word: &str| if nullable { json!([word, "null"]) } else { json!(word) };
    match domain {
        Domain::String { max_length, pattern } => {
            let most = bound(*max_length, usize::MAX).map(Value::from);
            let pattern = pattern.as_ref().map(|pattern| Value::from(pattern.source()));
            with(json!({ "type": ty("string") }), [("maxLength", most), ("pattern", pattern)])
        }
        Domain::Boolean => json!({ "type": ty("boolean") }),
        Domain::Int { minimum, maximum } => json!({ "type": ty("integer"), "minimum": minimum, "maximum": maximum }),
        Domain::Double { minimum, maximum } => json!({ "type": ty("number"), "minimum": minimum, "maximum": maximum }),
        Domain::Timestamp => {
            json!({ "type": ty("string"), "pattern": candor_schema::TIMESTAMP_PATTERN, "format": "date-time" })
        }
        Domain::Enum(members) => {
            let null = nullable.then_some(Value::Null);
            let are_texts = members.as_texts().is_some();
            let members: Vec<Value> = members.iter().map(scalar_json).chain(null).collect();
            if are_texts { json!({ "type": ty("string"), "enum": members }) } else { json!({ "enum": members }) }
        }
        Domain::Object(object) => {
            let object = json!({ "$ref": format!("#/$defs/{}", object.id) });
            if nullable { json!({ "anyOf": [object, { "type": "null" }] }) } else { object }
        }
        Domain::List { item, max_items } => {
            let list = json!({ "type": ty("array"), "items": json_schema(item, false) });
            with(list, [("maxItems", bound(*max_items, usize::MAX).map(Value::from))])
        }
        Domain::Map { key, value, max_items } => {
            let (keys, values) = (json_schema(key, false), json_schema(value, false));
            let map = json!({ "type": ty("object"), "propertyNames": keys, "additionalProperties": values });
            with(map, [("maxProperties", bound(*max_items, usize::MAX).map(Value::from))])
        }
        Domain::Json { max_depth, .. } => json_value(*max_depth, nullable),
    }
}

/// The JSON Schema of any JSON value that is nested no deeper than this. A JSON Schema cannot count its characters.
#[cfg(feature = "artefacts")]
fn json_value(depth: usize, nullable: bool) -> serde_json::Value {
    use serde_json::json;
    let mut types = vec!["boolean", "number", "string"];
    types.extend(nullable.then_some("null"));
    let Some(inner) = depth.checked_sub(1) else { return json!({ "type": types }) };
    types.extend(["array", "object"]);
    let inner = json!({ "$ref": format!("#/$defs/{}", json_key(inner)) });
    json!({ "type": types, "items": inner, "additionalProperties": inner })
}

/// Key in `$defs` of any JSON value that is nested no deeper than this. No object's id has a dot.
#[cfg(feature = "artefacts")]
fn json_key(depth: usize) -> String {
    format!("json.{depth}")
}

/// The definitions that the JSON Schemas of these domains refer to, beside objects.
#[cfg(feature = "artefacts")]
pub(crate) fn json_definitions<'d>(
    domains: impl Iterator<Item = &'d Domain>,
) -> impl Iterator<Item = (String, serde_json::Value)> {
    let depth = |domain: &Domain| if let Domain::Json { max_depth, .. } = domain { *max_depth } else { 0 };
    let deepest = domains.map(depth).max().unwrap_or(0);
    (0..deepest).map(|depth| (json_key(depth), json_value(depth, true)))
}

#[cfg(feature = "artefacts")]
fn scalar_json(value: Scalar<'_>) -> serde_json::Value {
    match value {
        Scalar::Text(text) | Scalar::Digits(text) => text.into(),
        Scalar::Boolean(value) => value.into(),
        Scalar::Int(value) => value.into(),
        Scalar::Double(value) => value.into(),
    }
}

/// A schema with the keywords that have a value.
#[cfg(feature = "artefacts")]
fn with<const N: usize>(
    mut schema: serde_json::Value,
    keywords: [(&str, Option<serde_json::Value>); N],
) -> serde_json::Value {
    for (keyword, value) in keywords {
        if let Some(value) = value {
            schema[keyword] = value;
        }
    }
    schema
}

/// The domain as the page says it. `code` writes a value.
#[cfg(feature = "artefacts")]
pub(crate) fn page_words(domain: &Domain, code: fn(&str) -> String) -> String {
    let words = |value: i64, none| bound(value, none).map(|value| value.to_string());
    match domain {
        Domain::String { max_length, pattern } => {
            let length = bound(*max_length, usize::MAX).map(|most| format!(" of at most {most} characters"));
            let pattern = pattern.as_ref().map(|pattern| format!(" that matches {}", code(pattern.source())));
            format!("text{}{}", length.unwrap_or_default(), pattern.unwrap_or_default())
        }
        Domain::Boolean => "true or false".to_owned(),
        Domain::Int { minimum, maximum } => {
            format!("whole number{}", range_words(words(*minimum, i64::MIN), words(*maximum, i64::MAX)))
        }
        Domain::Double { minimum, maximum } => {
            let words = |value: f64, none| bound(value, none).map(double_words);
            format!("number{}", range_words(words(*minimum, f64::MIN), words(*maximum, f64::MAX)))
        }
        Domain::Timestamp => "time in UTC".to_owned(),
        Domain::Enum(members) => members_words(members, code),
        Domain::Object(_) => "object".to_owned(),
        Domain::List { item, max_items } => {
            let length = bound(*max_items, usize::MAX).map(|most| format!(" of at most {most} items"));
            format!("list{}: {}", length.unwrap_or_default(), page_words(item, code))
        }
        Domain::Map { key, value, max_items } => {
            let length = bound(*max_items, usize::MAX).map(|most| format!(" of at most {most} entries"));
            let (key, value) = (page_words(key, code), page_words(value, code));
            format!("map{}: each key {key}, each value {value}", length.unwrap_or_default())
        }
        Domain::Json { max_depth, max_length } => {
            let length = bound(*max_length, usize::MAX).map(|most| format!(" of at most {most} characters"));
            let depth = bound(*max_depth, usize::MAX).map(|most| format!(", nested at most {most} deep"));
            let (length, depth) = (length.unwrap_or_default(), depth.unwrap_or_default());
            format!("any JSON value{length}{depth}; its contents cannot be listed")
        }
    }
}

#[cfg(feature = "artefacts")]
fn members_words(members: &Members, code: fn(&str) -> String) -> String {
    let words: Vec<_> = members.iter().map(|member| code(&member.to_string())).collect();
    match words.split_last() {
        Some((other, listed)) if members.is_open() => {
            format!("one of {}; everything else is sent as {other}", listed.join(", "))
        }
        _ => format!("one of {}", words.join(", ")),
    }
}

/// The unit as the page says it behind the type: `, in milliseconds`.
#[cfg(feature = "artefacts")]
pub(crate) fn unit_words(unit: &Unit, code: fn(&str) -> String) -> String {
    match unit.words() {
        _ if unit.code() == "1" => ", without a unit".to_owned(),
        Some(words) => format!(", in {words}"),
        None => format!(", in {}", code(unit.code())),
    }
}

#[cfg(feature = "artefacts")]
fn range_words(minimum: Option<String>, maximum: Option<String>) -> String {
    match (minimum, maximum) {
        (Some(minimum), Some(maximum)) => format!(" from {minimum} to {maximum}"),
        (Some(minimum), None) => format!(" of at least {minimum}"),
        (None, Some(maximum)) => format!(" of at most {maximum}"),
        (None, None) => String::new(),
    }
}

/// `0.0` → `0`, `1e300` → `1e300`
#[cfg(feature = "artefacts")]
fn double_words(number: f64) -> String {
    format!("{number:?}").trim_end_matches(".0").to_owned()
}

/// The keys and values of a domain's bounds, as a catalogue writes them beside the type. Texts are patterns.
pub(crate) fn bounds(domain: &Domain) -> Vec<(&'static str, Bound)> {
    let size = |key, size| bound(size, usize::MAX).map(|size| (key, Bound::Number(size.to_string())));
    let bounds = match domain {
        Domain::String { max_length, pattern } => {
            let pattern = pattern.as_ref().map(|pattern| ("pattern", Bound::Text(pattern.source().to_owned())));
            [size("max_length", *max_length), pattern]
        }
        Domain::Int { minimum, maximum } => {
            let one = |key, value: i64, none| bound(value, none).map(|value| (key, Bound::Number(value.to_string())));
            [one("minimum", *minimum, i64::MIN), one("maximum", *maximum, i64::MAX)]
        }
        Domain::Double { minimum, maximum } => {
            let one =
                |key, value: f64, none| bound(value, none).map(|value| (key, Bound::Number(format!("{value:?}"))));
            [one("minimum", *minimum, f64::MIN), one("maximum", *maximum, f64::MAX)]
        }
        Domain::List { item, max_items } => {
            return bounds(item).into_iter().chain(size("max_items", *max_items)).collect();
        }
        Domain::Map { value, max_items, .. } => {
            return bounds(value).into_iter().chain(size("max_items", *max_items)).collect();
        }
        Domain::Json { max_depth, max_length } => [size("max_length", *max_length), size("max_depth", *max_depth)],
        Domain::Boolean | Domain::Timestamp | Domain::Enum(_) | Domain::Object(_) => [None, None],
    };
    bounds.into_iter().flatten().collect()
}

/// The value of a bound.
pub(crate) enum Bound {
    Number(String),
    Text(String),
}
