//! An encoding for a value that has only one.

use crate::index::Index;
use crate::{Check, Domain, Finding, Severity};

/// Found by [`check_bad_encoding`].
pub const CHECK: Check = Check {
    code: "E0211",
    severity: Severity::Error,
    waivable: false,
    title: "bad encoding",
    what: "An attribute has an `encoding` and is neither an object nor a list.",
    why: "A text, a number or a boolean travels in one way only. The key would change nothing.",
    wrong: "attributes:\n  runs: {row: usage, collected: default, type: int, encoding: json, brief: number of runs}\n",
    right: "attributes:\n  runs: {row: usage, collected: default, type: int, brief: number of runs}\n",
};

/// Looks for encodings of values that are not made of others.
pub fn check_bad_encoding(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (name, attribute) in index.model.attributes.iter() {
        let Some(encoding) = &attribute.encoding else { continue };
        if index.domain(attribute).is_some_and(|domain| !matches!(domain, Domain::Object(_) | Domain::List { .. })) {
            findings.push(
                CHECK
                    .at(encoding.place, format!("attribute `{}` is neither an object nor a list", name.value))
                    .help("remove `encoding`"),
            );
        }
    }
}
