//! A string that could hold anything.

use crate::index::{Index, innermost};
use crate::model::TypeModel;
use crate::{Check, Finding, Severity};

/// Found by [`check_unbounded_string`].
pub const CHECK: Check = Check {
    code: "E0203",
    severity: Severity::Error,
    waivable: false,
    title: "unbounded string",
    what: "A string, or a list's strings, have neither `max_length` nor `pattern`.",
    why: "Values leak as well as keys do. A text without any bound has room for a whole prompt, or a private key.",
    wrong: "attributes:\n  tool_name: {row: tool, collected: default, type: string, brief: name of the tool}\n",
    right: "attributes:\n  tool_name: {row: tool, collected: default, type: string, max_length: 128, brief: name of the tool}\n",
};

/// Looks for strings without a domain.
pub fn check_unbounded_string(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (name, attribute) in index.model.attributes.iter() {
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
