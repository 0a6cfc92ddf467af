//! A name or key that is written twice.

use std::collections::HashMap;

use crate::finding::quote;
use crate::index::Index;
use crate::model::Entries;
use crate::repeats::seen_before;
use crate::{Check, Finding, Place, Severity};

/// Found while reading, and by [`check_duplicate_entry`].
pub const CHECK: Check = Check {
    code: "E0004",
    severity: Severity::Error,
    waivable: false,
    title: "duplicate key",
    what: "A key stands twice in one mapping, or a name twice in one section, be it in different files. Spans and events \
           share their names.",
    why: "Of two answers to one question only one can be true, and YAML does not say which.",
    wrong: "rows:\n  usage: {title: Usage}\n  usage: {title: Use}\n",
    right: "rows:\n  usage: {title: Usage}\n",
};

/// Looks for names that are in a section twice.
pub fn check_duplicate_entry(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let model = index.model;
    report("row", names(&model.rows), findings);
    report("attribute", names(&model.attributes), findings);
    report("object", names(&model.objects), findings);
    report("span or event", names(&model.spans).chain(names(&model.events)), findings);
}

fn names<T>(entries: &Entries<T>) -> impl Iterator<Item = (&str, Place)> {
    entries.iter().map(|(name, _)| (name.value.as_str(), name.place))
}

fn report<'m>(what: &str, names: impl Iterator<Item = (&'m str, Place)>, findings: &mut Vec<Finding>) {
    let mut seen = HashMap::new();
    for (name, place) in names {
        if let Some(first) = seen_before(&mut seen, name, place) {
            findings.push(
                CHECK
                    .at(place, format!("{what} {} is written twice", quote(name)))
                    .label(first, "first written here")
                    .help("keep one of them, or give one another name"),
            );
        }
    }
}
