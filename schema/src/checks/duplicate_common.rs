//! An attribute that is in `common` or `resource` twice.

use std::collections::HashMap;

use crate::finding::quote;
use crate::index::Index;
use crate::model::{Entries, Located, Requirement};
use crate::repeats::seen_before;
use crate::{Check, Finding, Severity};

/// Found by [`check_duplicate_common`].
pub const CHECK: Check = Check {
    code: "E0108",
    severity: Severity::Error,
    waivable: false,
    title: "duplicate common attribute",
    what: "`common` or `resource` lists the same attribute twice, be it in different files.",
    why: "One of them was probably meant to be another attribute.",
    wrong: "common: [version, version]\n",
    right: "common: [version]\n",
};

/// Looks for names that `common` or `resource` has twice.
pub fn check_duplicate_common(index: &Index<'_>, findings: &mut Vec<Finding>) {
    check(&index.model.common, "is already common", findings);
    check(&index.model.resource, "is already in `resource`", findings);
}

fn check(section: &Entries<Located<Requirement>>, already: &str, findings: &mut Vec<Finding>) {
    let mut seen = HashMap::new();
    for (name, _) in section.iter() {
        if let Some(first) = seen_before(&mut seen, name.value.as_str(), name.place) {
            findings.push(
                CHECK
                    .at(name.place, format!("{} {already}", quote(&name.value)))
                    .label(first, "first listed here")
                    .help("keep one of them"),
            );
        }
    }
}
