//! An attribute or a signal that names a row which is not there.

use std::collections::HashMap;

use crate::finding::quote;
use crate::index::Index;
use crate::repeats::report_once;
use crate::{Check, Finding, Severity};

/// Found by [`check_unknown_row`].
pub const CHECK: Check = Check {
    code: "E0101",
    severity: Severity::Error,
    waivable: false,
    title: "unknown row",
    what: "An attribute, a signal or a deprecated row names a row that the catalogue does not have.",
    why: "What is in no row of the table is disclosed to nobody.",
    wrong: "attributes:\n  runs: {row: usgae, collected: default, type: int, brief: number of runs}\n",
    right: "attributes:\n  runs: {row: usage, collected: default, type: int, brief: number of runs}\n",
};

/// Looks up the row of every attribute and signal.
pub fn check_unknown_row(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let of_attributes = index.model.attributes.iter().filter_map(|(_, attribute)| attribute.row.as_ref());
    let of_signals = index.signals().filter_map(|(_, _, signal)| signal.row.as_ref());
    let successors = index.model.rows.iter().filter_map(|(_, row)| row.deprecated.as_ref()?.renamed_to.as_ref());
    let mut seen = HashMap::new();
    for row in of_attributes.chain(of_signals).chain(successors).filter(|row| index.rows.lacks(&row.value)) {
        report_once(&mut seen, &row.value, row.place, findings, || {
            CHECK
                .at(row.place, format!("there is no row {}", quote(&row.value)))
                .help("add it under `rows`, or name one that is there")
                .did_you_mean(index.rows.near(&row.value))
        });
    }
}
