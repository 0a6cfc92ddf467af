//! A string that could hold anything.

use crate::index::{Index, innermost, keys};
use crate::model::{KeysModel, TypeModel};
use crate::{Check, Finding, Severity};

/// Found by [`check_unbounded_string`].
pub const CHECK: Check = Check {
    code: "E0203",
    severity: Severity::Error,
    waivable: false,
    title: "unbounded string",
    what: "A string, the strings of a list or a map, or the keys of a map have neither `max_length` nor `pattern`; keys may \
           also be listed with `enum`.",
    why: "Values leak as well as keys do. A text without any bound has room for a whole prompt, or a private key.",
    wrong: "attributes:\n  tool_name: {row: tool, collected: default, type: string, brief: name of the tool}\n",
    right: "attributes:\n  tool_name: {row: tool, collected: default, type: string, max_length: 128, brief: name of the tool}\n",
};

/// Looks for strings without a domain.
pub fn check_unbounded_string(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (name, attribute) in index.model.attributes.iter() {
        findings.extend(keys(attribute).filter(|keys| !is_bounded(&keys.value)).map(|keys| {
            CHECK
                .at(keys.place, format!("the keys of `{}` have no bound", name.value))
                .help("add `max_length: …`, `pattern: …` or `enum: […]` to `keys`")
        }));
        let Some(ty) = attribute.ty.as_ref().map(innermost) else { continue };
        let string = matches!(&ty.value, TypeModel::Named(word) if word == "string");
        let bounded = attribute.max_length.is_some() || attribute.pattern.is_some();
        let unread = index.is_key_unread(name, "max_length") || index.is_key_unread(name, "pattern");
        if string && !bounded && !unread {
            findings.push(
                CHECK
                    .at(ty.place, format!("string attribute `{}` has no bound", name.value))
                    .help("add `max_length: …` or `pattern: …`, or list its values with `type: {enum: […]}`"),
            );
        }
    }
}

fn is_bounded(keys: &KeysModel) -> bool {
    !keys.members.is_empty() || keys.pattern.is_some() || keys.max_length.is_some()
}
