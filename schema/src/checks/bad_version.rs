//! Versions of the disclosure that are none, or lie in the future.

use crate::finding::quote;
use crate::index::Index;
use crate::{Check, Finding, Severity};

/// Found by [`check_bad_version`].
pub const CHECK: Check = Check {
    code: "E0011",
    severity: Severity::Error,
    waivable: false,
    title: "bad version",
    what: "The head's `version` or a `since` is not `MAJOR.MINOR.PATCH`, or a `since` is newer than the head's `version`.",
    why: "A person's stored consent remembers the version it was given for. What came later needs asking again, so \
          versions have to compare.",
    wrong: "version: v1.0\n",
    right: "version: 1.0.0\n",
};

/// Looks at the head's version and at every `since`.
pub fn check_bad_version(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let head = index.model.version.as_ref();
    let of_attributes = index.model.attributes.iter().filter_map(|(_, attribute)| attribute.since.as_ref());
    let of_signals = index.signals().filter_map(|(_, _, signal)| signal.since.as_ref());
    for version in head.into_iter().chain(of_attributes).chain(of_signals) {
        let Some(numbers) = parts(&version.value) else {
            findings.push(
                CHECK
                    .at(version.place, format!("{} is not MAJOR.MINOR.PATCH", quote(&version.value)))
                    .help("write three numbers, such as 1.0.0"),
            );
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

/// Its three numbers.
pub(crate) fn parts(version: &str) -> Option<[u64; 3]> {
    let mut parts = version.split('.').map(|part| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|_| digits)
    });
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}
