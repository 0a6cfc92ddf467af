//! A list or a map of lists or maps.

use crate::index::Index;
use crate::model::TypeModel;
use crate::{Check, Finding, Severity};

/// Found by [`check_nested_list`].
pub const CHECK: Check = Check {
    code: "E0215",
    severity: Severity::Error,
    waivable: false,
    title: "nested list",
    what: "The items of a list or the values of a map are lists or maps.",
    why: "OpenTelemetry's attributes have no arrays of arrays: what is sent could not be read. And one `max_items` could not \
          bound both.",
    wrong: "attributes:\n  steps: {row: crew, collected: default, type: [[int]], brief: steps}\n",
    right: "attributes:\n  steps: {row: crew, collected: default, type: [step], brief: steps}   # with an object step\n",
};

/// Looks for lists and maps in lists and maps.
pub fn check_nested_list(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for ty in index.model.attributes.iter().filter_map(|(_, attribute)| attribute.ty.as_ref()) {
        let (item, what) = match &ty.value {
            TypeModel::List(item) => (item, "list"),
            TypeModel::Map(map) => (&map.value, "map"),
            TypeModel::Named(_) | TypeModel::Enum(_) => continue,
        };
        let inner = match &item.value {
            TypeModel::List(_) => "list",
            TypeModel::Map(_) => "map",
            TypeModel::Named(_) | TypeModel::Enum(_) => continue,
        };
        findings.push(
            CHECK
                .at(item.place, format!("a {what} cannot hold {inner}s"))
                .help(format!("make an object of the inner {inner}: `objects: {{…: {{fields: {{…}}}}}}`")),
        );
    }
}
