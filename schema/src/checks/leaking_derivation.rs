//! A default attribute computed from opt-in ones.

use std::collections::VecDeque;

use crate::index::Index;
use crate::model::Collected;
use crate::{Check, Finding, Severity};

/// Found by [`check_leaking_derivation`].
pub const CHECK: Check = Check {
    code: "E0207",
    severity: Severity::Error,
    waivable: false,
    title: "leaking derivation",
    what: "An attribute that is collected by default is derived, directly or by way of others, from one that is collected \
           only after opting in: by `derived_from`, or by the `of` of its identifier.",
    why: "A hash of a secret still tells whether two secrets are the same, and short texts can be found by trying. What is \
          derived from an opt-in value is one.",
    wrong: "attributes:\n  agent_key: {row: agent, collected: default, derived_from: [agent_goal], …}\n",
    right: "attributes:\n  agent_key: {row: agent, collected: default, derived_from: [agent_role], …}\n",
};

/// Follows `derived_from` and the `of` of identifiers from every opt-in attribute, backwards.
pub fn check_leaking_derivation(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let attributes = &index.model.attributes.0;
    let collected = |position: usize| attributes[position].1.collected.as_ref();
    let is = |position: usize, what: Collected| collected(position).is_some_and(|collected| collected.value == what);
    let mut derived: Vec<Vec<usize>> = vec![Vec::new(); attributes.len()];
    for (position, (_, attribute)) in attributes.iter().enumerate() {
        for source in attribute.sources().filter_map(|name| index.attributes.get(&name.value)) {
            derived[source].push(position);
        }
    }
    let mut origins: Vec<Option<usize>> =
        (0..attributes.len()).map(|position| is(position, Collected::OptIn).then_some(position)).collect();
    let mut queue: VecDeque<usize> = (0..attributes.len()).filter(|position| origins[*position].is_some()).collect();
    while let Some(source) = queue.pop_front() {
        for target in &derived[source] {
            if origins[*target].is_none() {
                origins[*target] = origins[source];
                queue.push_back(*target);
            }
        }
    }
    for (name, attribute) in index.distinct_attributes() {
        let default = attribute.collected.as_ref().is_some_and(|collected| collected.value == Collected::Default);
        let mut leaks =
            attribute.sources().filter_map(|source| Some((source, origins[index.attributes.get(&source.value)?]?)));
        let Some((source, origin)) = leaks.next().filter(|_| default) else { continue };
        let (origin_name, origin) = (&attributes[origin].0.value, collected(origin));
        let by_way =
            if *origin_name == source.value { String::new() } else { format!(", by way of `{}`", source.value) };
        let message =
            format!("`{}` is sent by default, but derived from the opt-in `{origin_name}`{by_way}", name.value);
        let mut finding = CHECK.at(source.place, message).help("make it `collected: opt_in` too, in a row for that");
        if let Some(origin) = origin {
            finding = finding.label(origin.place, "collected only after opting in");
        }
        for (source, _) in leaks {
            finding = finding.label(source.place, "this one leaks as well");
        }
        findings.push(finding);
    }
}
