//! An encoding for a value that has only one.

use crate::index::Index;
use crate::{Check, Domain, Finding, Severity};

/// Found by [`check_bad_encoding`].
pub const CHECK: Check = Check {
    code: "E0211",
    severity: Severity::Error,
    waivable: false,
    title: "bad encoding",
    what: "An attribute has an `encoding` and is no object, no list and no map.",
    why: "A text, a number or a boolean travels in one way only, and a JSON value always as JSON text. The key would change \
          nothing.",
    wrong: "attributes:\n  runs: {row: usage, collected: default, type: int, encoding: json, brief: number of runs}\n",
    right: "attributes:\n  runs: {row: usage, collected: default, type: int, brief: number of runs}\n",
};

/// Looks for encodings of values that are not made of others.
pub fn check_bad_encoding(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (name, attribute) in index.model.attributes.iter() {
        let Some(encoding) = &attribute.encoding else { continue };
        let has_parts = |domain| matches!(domain, Domain::Object(_) | Domain::List { .. } | Domain::Map { .. });
        if index.domain(attribute).is_some_and(|domain| !has_parts(domain)) {
            findings.push(
                CHECK
                    .at(encoding.place, format!("attribute `{}` is no object, no list and no map", name.value))
                    .help("remove `encoding`"),
            );
        }
    }
}
