//! An attribute that is derived from itself.

use crate::cycles::{Edge, SHOWN, cycles, way};
use crate::index::Index;
use crate::{Check, Finding, Severity};

/// Found by [`check_cyclic_derivation`].
pub const CHECK: Check = Check {
    code: "E0110",
    severity: Severity::Error,
    waivable: false,
    title: "cyclic derivation",
    what: "An attribute is derived from itself, directly or by way of others.",
    why: "Nothing can be computed from itself. Whoever reads `derived_from` looks for the origin of a value, to judge what \
          it gives away, and finds none.",
    wrong: "attributes:\n  crew_key: {derived_from: [task_key], …}\n  task_key: {derived_from: [crew_key], …}\n",
    right: "attributes:\n  crew_key: {derived_from: [task_key], …}\n  task_key: {derived_from: [agent_role], …}\n",
};

/// Follows `derived_from` and the `of` of identifiers from every attribute.
pub fn check_cyclic_derivation(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let name = |attribute: usize| index.model.attributes.0[attribute].0.value.as_str();
    let edges: Vec<Vec<Edge>> = index
        .model
        .attributes
        .iter()
        .map(|(_, attribute)| {
            attribute
                .sources()
                .filter_map(|source| Some(Edge { place: source.place, to: index.attributes.get(&source.value)? }))
                .collect()
        })
        .collect();
    for cycle in cycles(&edges) {
        let (first, last) = (name(cycle[0].from), &cycle[cycle.len() - 1]);
        let mut finding = CHECK
            .at(last.place, format!("attribute `{first}` is derived from itself: {}", way(&cycle, name)))
            .help("name what the value is really computed from, or leave this out");
        for step in &cycle[..(cycle.len() - 1).min(SHOWN)] {
            finding = finding.label(step.place, format!("`{}` is derived from `{}`", name(step.from), name(step.to)));
        }
        findings.push(finding);
    }
}
