//! A catalogue in a version of the format that this crate does not read.

use crate::index::Index;
use crate::{Check, FORMAT_VERSION, Finding, Severity};

/// Found by [`check_unsupported_version`].
pub const CHECK: Check = Check {
    code: "E0007",
    severity: Severity::Error,
    waivable: false,
    title: "unsupported version",
    what: "The head's `candor` names a version of the format that this Candor does not read.",
    why: "A later version may mean something else by the same words. Guessing what is collected is not an option.",
    wrong: "candor: 2\n",
    right: "candor: 1\n",
};

/// Compares the head's version of the format with the one that is read.
pub fn check_unsupported_version(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let version = index.model.candor.as_ref();
    if let Some(version) = version.filter(|version| version.value != FORMAT_VERSION) {
        let newer = if version.value > FORMAT_VERSION { ", or use a newer Candor" } else { "" };
        findings.push(
            CHECK
                .at(version.place, format!("version {} of the format is not supported", version.value))
                .help(format!("this Candor reads version {FORMAT_VERSION}: write `candor: {FORMAT_VERSION}`{newer}")),
        );
    }
}
