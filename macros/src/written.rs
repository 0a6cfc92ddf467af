//! Fields whose type is certainly not their attribute's, told by what is written. Aliases and types of one's own are for
//! rustc to judge, which knows what they are and not what the catalogue is.

use candor_schema::{Attribute, Type};
use syn::{GenericArgument, PathArguments};

use crate::source::Source;

/// What a field's type says it holds.
enum Written {
    Text,
    Boolean,
    Int,
    Double,
    Timestamp,
    List(Option<Box<Written>>),
}

/// How the field's type contradicts the catalogue, if it certainly does.
pub fn contradiction(ty: &syn::Type, attribute: &Attribute, source: &Source) -> Option<String> {
    let written = written(ty)?;
    if fits(&written, &attribute.ty) {
        return None;
    }
    let place = source.locate(attribute.place);
    let (kind, way_out) = (kind(&attribute.ty), way_out(&attribute.ty));
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
        _ => return None,
    })
}

fn fits(written: &Written, ty: &Type) -> bool {
    match (written, ty) {
        (Written::List(item), Type::List { item: ty, .. }) => item.as_ref().is_none_or(|item| fits(item, ty)),
        (Written::Text, Type::String(_))
        | (Written::Boolean, Type::Boolean)
        | (Written::Int, Type::Int { .. })
        | (Written::Double, Type::Double { .. })
        | (Written::Timestamp, Type::Timestamp) => true,
        _ => false,
    }
}

fn kind(ty: &Type) -> String {
    let kind = match ty {
        Type::String(_) => "a string",
        Type::Boolean => "a boolean",
        Type::Int { .. } => "an int",
        Type::Double { .. } => "a double",
        Type::Timestamp => "a timestamp",
        Type::Enum(_) => "an enum",
        Type::Object(_) => "an object",
        Type::List { item, .. } => return format!("a list, each item {}", kind(item)),
    };
    kind.to_owned()
}

fn way_out(ty: &Type) -> &'static str {
    match ty {
        Type::String(_) => "use `String` or `&str`",
        Type::Boolean => "use `bool`",
        Type::Int { .. } => "use any integer type",
        Type::Double { .. } => "use `f64` or `f32`",
        Type::Timestamp => "use `SystemTime`",
        Type::Enum(_) => "use an enum with `#[telemetry(attribute = \"…\")]`",
        Type::Object(_) => "use a struct with `#[telemetry(object = \"…\")]`",
        Type::List { .. } => "use a `Vec` or slice of such items",
    }
}

fn in_rust(written: &Written) -> &'static str {
    match written {
        Written::Text => "text",
        Written::Boolean => "a boolean",
        Written::Int => "a whole number",
        Written::Double => "a floating-point number",
        Written::Timestamp => "a point in time",
        Written::List(Some(item)) if matches!(**item, Written::Text) => "a list of texts",
        Written::List(Some(item)) if matches!(**item, Written::Int) => "a list of whole numbers",
        Written::List(_) => "a list",
    }
}
