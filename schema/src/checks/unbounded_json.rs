//! A JSON value that could be anything, of any size, or is sent without asking.

use crate::index::{Index, innermost};
use crate::model::{AttributeModel, Located, TypeModel};
use crate::{Check, Finding, Severity};

/// Found by [`check_unbounded_json`].
pub const CHECK: Check = Check {
    code: "E0250",
    severity: Severity::Error,
    waivable: false,
    title: "unbounded JSON value",
    what: "An attribute of the type `json` is collected by default, has no `max_length` or no `max_depth`, has a `max_depth` \
           beyond 32, or is in a list or a map.",
    why: "Nobody can list what such a value holds, so users have to be asked for it, and its size is all that bounds it. \
          Describe the fields under `objects` where they are known.",
    wrong: "attributes:\n  context: {row: extras, collected: default, type: json, brief: context}\n",
    right: "attributes:\n  context: {row: extras, collected: opt_in, type: json, max_length: 2000, max_depth: 4, brief: context}\n",
};

/// Deepest nesting that may be asked for: readers of OTLP and JSON end at 64 or more, of which each level takes two.
const DEEPEST: i64 = 32;

/// Looks at every attribute whose contents nobody can list.
pub fn check_unbounded_json(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (name, attribute) in index.model.attributes.iter() {
        let Some(ty) = attribute.ty.as_ref() else { continue };
        if innermost(ty).value == TypeModel::Named("json".to_owned()) {
            check_attribute(index, name, attribute, ty, findings);
        }
    }
}

fn check_attribute(
    index: &Index<'_>,
    name: &Located<String>,
    attribute: &AttributeModel,
    ty: &Located<TypeModel>,
    findings: &mut Vec<Finding>,
) {
    let id = &name.value;
    if let Some(default) = attribute.collected.as_ref().filter(|when| when.value.is_by_default()) {
        let message = format!("the contents of `{id}` cannot be listed, and it is sent by default");
        findings.push(CHECK.at(default.place, message).help("make it `collected: opt_in`, or list its fields"));
    }
    if innermost(ty) != ty {
        let message = format!("`{id}` holds JSON values in a list or a map");
        findings.push(CHECK.at(ty.place, message).help("write `type: json`: a JSON value may be a list or an object"));
    }
    for (key, bound) in [("max_length", &attribute.max_length), ("max_depth", &attribute.max_depth)] {
        if bound.is_none() && !index.is_key_unread(name, key) {
            let message = format!("the JSON value `{id}` has no `{key}`");
            findings.push(CHECK.at(ty.place, message).help(format!("add `{key}: …`")));
        }
    }
    if let Some(depth) = attribute.max_depth.as_ref().filter(|depth| depth.value > DEEPEST) {
        let message = format!("`{id}` may be nested deeper than {DEEPEST}");
        findings.push(CHECK.at(depth.place, message).help(format!("write `max_depth: {DEEPEST}` or less")));
    }
}
