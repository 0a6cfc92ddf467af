//! Reports a mistake that is made several times once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use crate::{Finding, Fix, Label, Place};

/// Reports a name that is none where it stands first. Its other places become labels: the mistake is one.
pub(crate) fn report_once<'m>(
    seen: &mut HashMap<&'m str, usize>,
    name: &'m str,
    place: Place,
    findings: &mut Vec<Finding>,
    finding: impl FnOnce() -> Finding,
) {
    const MOST_LABELS: usize = 8;
    let Some(first) = seen_before(seen, name, findings.len()) else {
        findings.push(finding());
        return;
    };
    let first = &mut findings[first];
    if let Some(text) = first.fixes.first().map(|fix| fix.text.clone()) {
        first.fixes.push(Fix { place, text });
    }
    if first.labels.len() < MOST_LABELS {
        first.labels.push(Label { place, text: "named here as well".to_owned() });
    }
}

/// Returns the value that was remembered for `key`. Where there is none, remembers `value`.
pub(crate) fn seen_before<K: Eq + Hash, V: Copy>(seen: &mut HashMap<K, V>, key: K, value: V) -> Option<V> {
    match seen.entry(key) {
        Entry::Occupied(entry) => Some(*entry.get()),
        Entry::Vacant(entry) => {
            entry.insert(value);
            None
        }
    }
}
