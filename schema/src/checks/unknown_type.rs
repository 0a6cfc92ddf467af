//! A type that is neither a word of the format nor an object.

use std::collections::HashMap;

use crate::did_you_mean::{Near, near};
use crate::finding::quote;
use crate::index::{Index, TYPE_WORDS, innermost};
use crate::model::TypeModel;
use crate::repeats::report_once;
use crate::unread::Part;
use crate::{Check, Finding, Severity};

/// Found by [`check_unknown_type`].
pub const CHECK: Check = Check {
    code: "E0103",
    severity: Severity::Error,
    waivable: false,
    title: "unknown type",
    what: "An attribute's type is neither `string`, `boolean`, `int`, `double`, `timestamp`, `{enum: […]}`, a list of \
           these, nor the name of an object.",
    why: "Without its type nobody can tell which values may leave.",
    wrong: "attributes:\n  runs: {row: usage, collected: default, type: integer, brief: number of runs}\n",
    right: "attributes:\n  runs: {row: usage, collected: default, type: int, brief: number of runs}\n",
};

/// Looks up every type that is not a word of the format.
pub fn check_unknown_type(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let mut seen = HashMap::new();
    for ty in index.model.attributes.iter().filter_map(|(_, attribute)| attribute.ty.as_ref()).map(innermost) {
        let TypeModel::Named(name) = &ty.value else { continue };
        if TYPE_WORDS.contains(&name.as_str()) || index.objects.get(name).is_some() {
            continue;
        }
        // What resembles a word of the format is none, whatever objects there are in files that cannot be read.
        if !index.objects.lacks(name) && (!index.is_unread(&[Part::Objects]) || meant_word(name).is_none()) {
            continue;
        }
        report_once(&mut seen, name, ty.place, findings, || {
            let advice = type_advice(name);
            let meant = meant_word(name).or_else(|| index.objects.near(name)).filter(|_| advice.is_none());
            CHECK
                .at(ty.place, format!("there is no type {}", quote(name)))
                .help(format!("types are {}, {{enum: […]}}, and the names of objects", TYPE_WORDS.join(", ")))
                .maybe_help(advice)
                .did_you_mean(meant)
        });
    }
}

/// The word of the format that was meant, for what is written instead of one.
pub(crate) fn meant_word(name: &str) -> Option<Near<'static>> {
    let lower = name.to_ascii_lowercase();
    let (word, certain) = match lower.as_str() {
        "bool" => ("boolean", true),
        "integer" | "long" | "int64" | "i64" => ("int", true),
        "uint" | "number" | "short" | "byte" | "i8" | "i16" | "i32" | "int8" | "int16" | "int32" | "u8" | "u16"
        | "u32" | "u64" | "usize" | "uint8" | "uint16" | "uint32" | "uint64" | "bigint" | "counter" => ("int", false),
        "float" | "real" | "decimal" | "f64" | "float64" => ("double", true),
        "f32" | "float32" | "numeric" => ("double", false),
        "str" | "text" => ("string", true),
        "date" | "time" | "datetime" => ("timestamp", false),
        "enum" => ("{enum: […]}", false),
        lower => match TYPE_WORDS.iter().find(|word| **word == lower) {
            Some(word) => (*word, true),
            None => return near(lower, TYPE_WORDS.iter().copied()),
        },
    };
    Some(Near { name: word, certain })
}

/// Returns the spelling of a list that another language writes like this, or of a type without a form here.
fn type_advice(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let item =
        [("list<", ">"), ("array<", ">"), ("vec<", ">"), ("list[", "]"), ("array[", "]"), ("", "[]"), ("[]", "")]
            .iter()
            .find_map(|(start, end)| lower.strip_prefix(start)?.strip_suffix(end));
    if let Some(item) = item {
        let item = meant_word(item).map_or(item, |near| near.name);
        return Some(format!("a list is written `[{item}]`"));
    }
    Some(match lower.as_str() {
        "array" | "list" | "set" | "vec" | "sequence" => {
            "a list is written `[string]`, with the type of its items".to_owned()
        }
        "object" | "map" | "dict" | "struct" | "record" | "any" | "json" | "hash" | "value" => {
            "describe its fields under `objects`, and name that object here".to_owned()
        }
        "uuid" | "guid" | "url" | "uri" | "email" | "bytes" | "char" | "hex" | "version" | "semver" => {
            format!("use `string` with a `pattern` that says what {} is", quote(name))
        }
        "null" | "none" | "nil" | "void" | "unit" => "use `boolean`, or leave the attribute out".to_owned(),
        _ => return None,
    })
}
