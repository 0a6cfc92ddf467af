//! Something was renamed, and nobody says to what.

use crate::index::Index;
use crate::model::DeprecationReason;
use crate::{Check, Finding, Severity};

/// Found by [`check_deprecated_without_successor`].
pub const CHECK: Check = Check {
    code: "W0301",
    severity: Severity::Warning,
    waivable: true,
    title: "deprecated without successor",
    what: "A row, an attribute or a signal is deprecated because it was renamed, and there is no `renamed_to`, \
           or it names itself.",
    why: "Who still reads the old name has to know the new one.",
    wrong: "deprecated: {reason: renamed}\n",
    right: "deprecated: {reason: renamed, renamed_to: crew_process}\n",
};

/// Looks for renamed things without a new name.
pub fn check_deprecated_without_successor(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let of_rows = index.model.rows.iter().map(|(name, row)| (name, &row.deprecated));
    let of_attributes = index.model.attributes.iter().map(|(name, attribute)| (name, &attribute.deprecated));
    let of_signals = index.signals().map(|(_, name, signal)| (name, &signal.deprecated));
    for (name, deprecated) in of_rows.chain(of_attributes).chain(of_signals) {
        let Some(deprecated) = deprecated else { continue };
        let renamed = deprecated.reason.as_ref().filter(|reason| reason.value == DeprecationReason::Renamed);
        let found = match (&deprecated.renamed_to, renamed) {
            (Some(itself), _) if itself.value == name.value => CHECK
                .at(itself.place, format!("`{}` is its own successor", name.value))
                .help("name the one that follows it"),
            (None, Some(reason)) if !index.is_key_unread(name, "deprecated") => CHECK
                .at(reason.place, format!("`{}` was renamed, but to what is not said", name.value))
                .help("add `renamed_to: …`, or use `reason: obsoleted`"),
            _ => continue,
        };
        findings.push(found.about(name.place));
    }
}
