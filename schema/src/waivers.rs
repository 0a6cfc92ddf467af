//! Waivers: findings that an entry, or the head for the whole catalogue, takes back with a reason.

use std::collections::{HashMap, HashSet};

use crate::checks::{by_code, stale_waiver};
use crate::index::Index;
use crate::model::{Located, Model};
use crate::{Finding, Place, Severity};

/// A waiver, and the name of its entry; the head has none.
type WrittenWaiver<'m> = (Option<Place>, &'m Located<String>, &'m Located<String>);

/// Every waiver: entry, code and reason.
pub(crate) fn waivers(model: &Model) -> impl Iterator<Item = WrittenWaiver<'_>> {
    let rows = model.rows.iter().map(|(name, row)| (Some(name.place), &row.allow));
    let attributes = model.attributes.iter().map(|(name, attribute)| (Some(name.place), &attribute.allow));
    let objects = model.objects.iter().map(|(name, object)| (Some(name.place), &object.allow));
    let signals = model.spans.iter().chain(model.events.iter()).map(|(name, signal)| (Some(name.place), &signal.allow));
    let endpoints = model.endpoints.iter().map(|(name, endpoint)| (Some(name.place), &endpoint.allow));
    let all =
        [(None, &model.allow)].into_iter().chain(endpoints).chain(rows).chain(attributes).chain(objects).chain(signals);
    all.flat_map(|(entry, allow)| allow.iter().map(move |(code, reason)| (entry, code, reason)))
}

/// Removes waived findings and reports stale waivers, unless there are errors.
pub(crate) fn apply(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let mut waivers_by_entry = HashMap::new();
    for (entry, code, _) in waivers(index.model) {
        let check = by_code(&code.value).filter(|check| check.waivable);
        if let Some(check) = check {
            waivers_by_entry.insert((entry, check.code), code);
        }
    }
    if waivers_by_entry.is_empty() {
        return;
    }
    let mut used = HashSet::new();
    findings.retain(|finding| {
        let entries = finding.about.iter().copied().map(Some).chain([None]);
        let waivers: Vec<_> =
            entries.filter_map(|entry| waivers_by_entry.get_key_value(&(entry, finding.code))).collect();
        used.extend(waivers.iter().map(|(key, _)| **key));
        waivers.is_empty()
    });
    if index.is_whole() && findings.iter().all(|finding| finding.severity != Severity::Error) {
        let stale = waivers_by_entry.iter().filter(|(key, _)| !used.contains(*key));
        findings.extend(stale.map(|((_, check), code)| {
            stale_waiver::CHECK.at(code.place, format!("there is no {check} here to allow")).help("remove it")
        }));
    }
}
