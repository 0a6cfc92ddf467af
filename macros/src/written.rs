//! Reports fields whose written type certainly contradicts their attribute, such as `String` for an `int`.
//!
//! Aliases and user-defined types are left to rustc and its `on_unimplemented`: rustc knows what they are.

use candor_schema::{Attribute, Domain};
use syn::{GenericArgument, PathArguments};

use crate::source::Source;

/// The kind of value that a field's type is known to hold.
enum Written {
    Text,
    Boolean,
    Int,
    Double,
    Timestamp,
    Duration,
    Path,
    List(Option<Box<Written>>),
    Map,
}

/// Returns how the field's type contradicts the catalogue, if it certainly does.
pub fn contradiction(ty: &syn::Type, attribute: &Attribute, source: &Source) -> Option<String> {
    let written = written(ty)?;
    let timed = attribute.unit.as_ref().is_some_and(|unit| unit.nanoseconds().is_some());
    if fits(&written, &attribute.domain, timed) {
        return None;
    }
    let place = source.locate(attribute.place);
    let unit = attribute.unit.as_ref().map(|unit| format!(" in `{}`", unit.code())).unwrap_or_default();
    let kind = kind(&attribute.domain) + &unit;
    let way_out = match (&written, attribute.domain.innermost()) {
        _ if timed => "use a number or `std::time::Duration`",
        (Written::Duration, Domain::Int { .. } | Domain::Double { .. }) => {
            "give the attribute a unit of time in the catalogue (`unit: ms`), or use a number: `duration.as_millis()`"
        }
        (Written::Path, Domain::String { .. } | Domain::Enum(_)) => {
            "a path names folders of the user's machine: use the part that is needed, as text: \
             `path.extension().and_then(OsStr::to_str)`"
        }
        _ => way_out(&attribute.domain),
    };
    Some(format!(
        "`{}` is {kind} in the catalogue ({place}), and this is {}; {way_out}",
        attribute.id,
        in_rust(&written)
    ))
}

fn written(ty: &syn::Type) -> Option<Written> {
    match ty {
        syn::Type::Reference(reference) => written(&reference.elem),
        syn::Type::Paren(inner) => written(&inner.elem),
        syn::Type::Group(inner) => written(&inner.elem),
        syn::Type::Slice(slice) => Some(Written::List(written(&slice.elem).map(Box::new))),
        syn::Type::Array(array) => Some(Written::List(written(&array.elem).map(Box::new))),
        syn::Type::Path(path) if path.qself.is_none() => of_path(path.path.segments.last()?),
        _ => None,
    }
}

fn of_path(segment: &syn::PathSegment) -> Option<Written> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return of_word(&segment.ident.to_string());
    };
    let inner = || {
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
    };
    match segment.ident.to_string().as_str() {
        "Option" | "Box" | "Arc" | "Cow" => written(inner()?),
        "Vec" => Some(Written::List(written(inner()?).map(Box::new))),
        "BTreeMap" | "HashMap" => Some(Written::Map),
        _ => None,
    }
}

fn of_word(word: &str) -> Option<Written> {
    Some(match word {
        "str" | "String" => Written::Text,
        "bool" => Written::Boolean,
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => {
            Written::Int
        }
        "f32" | "f64" => Written::Double,
        "SystemTime" => Written::Timestamp,
        "Duration" => Written::Duration,
        "Path" | "PathBuf" | "OsStr" | "OsString" => Written::Path,
        _ => return None,
    })
}

/// `timed` says that a number is in a unit of time.
fn fits(written: &Written, domain: &Domain, timed: bool) -> bool {
    match (written, domain) {
        (Written::List(item), Domain::List { item: domain, .. }) => {
            item.as_ref().is_none_or(|item| fits(item, domain, timed))
        }
        (Written::Duration, Domain::Int { .. } | Domain::Double { .. }) => timed,
        // A list of pairs is a map, too; rustc knows whether its items are pairs.
        (Written::Map | Written::List(None), Domain::Map { .. }) => true,
        (Written::Text, Domain::String { .. } | Domain::Json { .. })
        | (Written::Boolean, Domain::Boolean)
        | (Written::Int, Domain::Int { .. })
        | (Written::Double, Domain::Double { .. })
        | (Written::Timestamp, Domain::Timestamp) => true,
        (Written::Text | Written::Boolean | Written::Int | Written::Double, Domain::Enum(members)) => members.is_open(),
        _ => false,
    }
}

fn kind(domain: &Domain) -> String {
    let kind = match domain {
        Domain::String { .. } => "a string",
        Domain::Boolean => "a boolean",
        Domain::Int { .. } => "an int",
        Domain::Double { .. } => "a double",
        Domain::Timestamp => "a timestamp",
        Domain::Enum(members) if members.is_open() => "an open enum",
        Domain::Enum(_) => "an enum",
        Domain::Object(_) => "an object",
        Domain::List { item, .. } => return format!("a list, each item {}", kind(item)),
        Domain::Map { value, .. } => return format!("a map, each value {}", kind(value)),
        Domain::Json { .. } => "a JSON value",
    };
    kind.to_owned()
}

fn way_out(domain: &Domain) -> &'static str {
    match domain {
        Domain::String { .. } => "use `String` or `&str`",
        Domain::Boolean => "use `bool`",
        Domain::Int { .. } => "use any integer type",
        Domain::Double { .. } => "use `f64` or `f32`",
        Domain::Timestamp => "use `SystemTime`",
        Domain::Enum(_) => "use an enum with `#[telemetry(attribute = \"…\")]`",
        Domain::Object(_) => "use a struct with `#[telemetry(object = \"…\")]`",
        Domain::List { .. } => "use a `Vec` or slice of such items",
        Domain::Map { .. } => "use a `BTreeMap`, a `HashMap`, or a slice of pairs",
        Domain::Json { .. } => "use its JSON text: `String` or `&str`",
    }
}

fn in_rust(written: &Written) -> &'static str {
    match written {
        Written::Text => "text",
        Written::Boolean => "a boolean",
        Written::Int => "a whole number",
        Written::Double => "a floating-point number",
        Written::Timestamp => "a point in time",
        Written::Duration => "a duration",
        Written::Path => "a path",
        Written::List(Some(item)) if matches!(**item, Written::Text) => "a list of texts",
        Written::List(Some(item)) if matches!(**item, Written::Int) => "a list of whole numbers",
        Written::List(_) => "a list",
        Written::Map => "a map",
    }
}
