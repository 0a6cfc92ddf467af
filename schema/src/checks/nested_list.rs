//! A list of lists.

use crate::index::Index;
use crate::model::TypeModel;
use crate::{Check, Finding, Severity};

/// Found by [`check_nested_list`].
pub const CHECK: Check = Check {
    code: "E0215",
    severity: Severity::Error,
    waivable: false,
    title: "nested list",
    what: "The items of a list are lists.",
    why: "OpenTelemetry's attributes have no arrays of arrays: what is sent could not be read.",
    wrong: "attributes:\n  steps: {row: crew, collected: default, type: [[int]], brief: steps}\n",
    right: "attributes:\n  steps: {row: crew, collected: default, type: [step], brief: steps}   # with an object step\n",
};

/// Looks for lists whose items are lists.
pub fn check_nested_list(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for ty in index.model.attributes.iter().filter_map(|(_, attribute)| attribute.ty.as_ref()) {
        let TypeModel::List(item) = &ty.value else { continue };
        if let TypeModel::List(_) = item.value {
            findings.push(
                CHECK
                    .at(item.place, "a list cannot hold lists")
                    .help("make an object of the inner list: `objects: {…: {fields: {…}}}`"),
            );
        }
    }
}
