//! Versions of the disclosure that are none, or lie in the future.

use crate::finding::quote;
use crate::index::Index;
use crate::version::{FORMS, parts};
use crate::{Check, Finding, Severity};

/// Found by [`check_bad_version`].
pub const CHECK: Check = Check {
    code: "E0011",
    severity: Severity::Error,
    waivable: false,
    title: "bad version",
    what: "The head's `version` or a `since` is neither two or three numbers nor a day, or a `since` is newer \
           than the head's `version`.",
    why: "A person's stored consent remembers the version it was given for. What came later needs asking again, so \
          versions have to compare.",
    wrong: "version: v1.0\n",
    right: "version: 1.0.0\n",
};

/// Looks at the head's version and at every `since`.
pub fn check_bad_version(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let head = index.model.version.as_ref();
    let of_rows = index.model.rows.iter().filter_map(|(_, row)| row.since.as_ref());
    let of_attributes = index.model.attributes.iter().filter_map(|(_, attribute)| attribute.since.as_ref());
    let of_signals = index.signals().filter_map(|(_, _, signal)| signal.since.as_ref());
    for version in head.into_iter().chain(of_rows).chain(of_attributes).chain(of_signals) {
        let Some(numbers) = parts(&version.value) else {
            findings.push(CHECK.at(version.place, format!("{} is no version", quote(&version.value))).help(FORMS));
            continue;
        };
        let newer_than_head = head.filter(|head| parts(&head.value).is_some_and(|head| head < numbers));
        if let Some(head) = newer_than_head {
            findings.push(
                CHECK
                    .at(version.place, format!("since {} is newer than the catalogue, {}", version.value, head.value))
                    .label(head.place, "the catalogue's version")
                    .help(format!("raise the catalogue's `version` to {}, or correct `since`", version.value)),
            );
        }
    }
}
