//! A row that discloses nothing.

use crate::index::Index;
use crate::unread::Part;
use crate::{Check, Finding, Severity};

/// Found by [`check_empty_row`].
pub const CHECK: Check = Check {
    code: "E0106",
    severity: Severity::Error,
    waivable: false,
    title: "empty row",
    what: "No attribute and no signal is in a row.",
    why: "The row would tell people that something is collected which is not.",
    wrong: "rows:\n  usage: {title: Usage}\n  location: {title: Location}   # and no attribute says `row: location`\n",
    right: "rows:\n  usage: {title: Usage}\n",
};

/// Looks for rows that nothing names.
pub fn check_empty_row(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let model = index.model;
    let unknown_row = model.attributes.iter().any(|(_, attribute)| attribute.row.is_none())
        || index.signals().any(|(_, id, signal)| signal.row.is_none() && index.is_key_unread(id, "row"));
    if unknown_row || index.is_unread(&[Part::Attributes, Part::Signals]) {
        return;
    }
    let of_attributes = model.attributes.iter().filter_map(|(_, attribute)| attribute.row.as_ref());
    let of_signals = index.signals().filter_map(|(_, _, signal)| signal.row.as_ref());
    for position in index.rows.unused(of_attributes.chain(of_signals).map(|row| row.value.as_str())) {
        let (name, _) = &model.rows.0[position];
        findings.push(
            CHECK
                .at(name.place, format!("row `{}` has no attributes", name.value))
                .help("put an attribute in it with `row`, or remove it"),
        );
    }
}
