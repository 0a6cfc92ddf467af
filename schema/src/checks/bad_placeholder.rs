//! Placeholders of a body that stand for nothing.

use crate::index::Index;
use crate::template::{body, is_json};
use crate::{Check, Finding, Severity};

/// Found by [`check_bad_placeholder`].
pub const CHECK: Check = Check {
    code: "E0604",
    severity: Severity::Error,
    waivable: false,
    title: "bad placeholder",
    what: "A text of a body starts with `$` and is no placeholder, or names an attribute that is not there; a placeholder \
           stands inside a longer text, twice, or where it cannot be filled in.",
    why: "Nothing but a whole value can be filled in, so that the document can be read back and checked.",
    wrong: "body: {event: $nmae, title: \"demo: $name\", data: $attributes}\n",
    right: "body: {event: $name, data: $attributes}\n",
};

/// Looks at every placeholder.
pub fn check_bad_placeholder(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (_, endpoint) in index.model.endpoints.iter().filter(|(_, endpoint)| is_json(endpoint)) {
        if let Some(template) = &endpoint.body {
            let mut faults = Vec::new();
            body(index, template, endpoint.batch.as_ref(), &mut faults);
            findings.extend(faults.into_iter().filter(|fault| !fault.of_form).map(|fault| {
                let finding = CHECK.at(fault.place, fault.message).help(fault.help);
                match fault.first {
                    Some(first) => finding.label(first, "first written here"),
                    None => finding,
                }
            }));
        }
    }
}
