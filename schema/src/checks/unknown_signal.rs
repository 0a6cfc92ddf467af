//! A successor which is not there.

use crate::finding::quote;
use crate::index::Index;
use crate::{Check, Finding, Severity};

/// Found by [`check_unknown_signal`].
pub const CHECK: Check = Check {
    code: "E0109",
    severity: Severity::Error,
    waivable: false,
    title: "unknown signal",
    what: "A deprecated signal's `renamed_to` names no span and no event of the catalogue.",
    why: "Who still reads the old one is sent to something that does not exist.",
    wrong: "deprecated: {reason: renamed, renamed_to: startd}\n",
    right: "deprecated: {reason: renamed, renamed_to: started}\n",
};

/// Looks up the successor of every deprecated signal.
pub fn check_unknown_signal(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (_, _, signal) in index.signals() {
        let successor = signal.deprecated.as_ref().and_then(|deprecated| deprecated.renamed_to.as_ref());
        let Some(successor) = successor.filter(|name| index.signals.lacks(&name.value)) else { continue };
        findings.push(
            CHECK
                .at(successor.place, format!("there is no span or event {}", quote(&successor.value)))
                .help("add it under `spans` or `events`, or name one that is there")
                .did_you_mean(index.signals.near(&successor.value)),
        );
    }
}
