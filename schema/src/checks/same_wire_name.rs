//! Two things of one name on the wire.

use std::collections::{HashMap, HashSet};

use crate::finding::quote;
use crate::index::{Index, wire_name};
use crate::model::Located;
use crate::repeats::seen_before;
use crate::{Check, Finding, Severity};

/// Found by [`check_same_wire_name`].
pub const CHECK: Check = Check {
    code: "E0208",
    severity: Severity::Error,
    waivable: false,
    title: "same name on the wire",
    what: "Two attributes of one signal, common ones included, or of `resource` have the same name on the wire; or two \
           spans, or two events.",
    why: "One would overwrite the other, and a filter that goes by names could not tell the default one from the opt-in one.",
    wrong: "attributes:\n  started_by: {name: source, …}\n  read_from: {name: source, …}   # both on one span\n",
    right: "attributes:\n  started_by: {name: started_by, …}\n  read_from: {name: source, …}\n",
};

/// An attribute where it is listed.
type Listed<'m> = &'m Located<String>;

/// Compares the names on the wire of each signal's attributes, and of the signals.
pub fn check_same_wire_name(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let wire = |listed: Listed<'_>| {
        let (id, attribute) = index.model.attributes.0.get(index.attributes.get(&listed.value)?)?;
        Some(wire_name(&id.value, attribute))
    };
    // A pair of attributes is reported once, however many signals have both.
    let mut reported = HashSet::new();
    let mut compare = |listed: Listed<'_>, other: Listed<'_>, findings: &mut Vec<Finding>| {
        let mut pair = [listed.value.clone(), other.value.clone()];
        pair.sort();
        if pair[0] != pair[1] && reported.insert(pair) {
            let name = quote(wire(listed).unwrap_or_default());
            let message =
                format!("attributes {} and {} are both {name} on the wire", quote(&other.value), quote(&listed.value));
            findings.push(
                CHECK
                    .at(listed.place, message)
                    .label(other.place, "the other one")
                    .help("give one of them another `name`, or list only one here"),
            );
        }
    };
    let mut common = HashMap::new();
    for (listed, _) in index.model.common.iter() {
        let Some(name) = wire(listed) else { continue };
        if let Some(other) = seen_before(&mut common, name, listed) {
            compare(listed, other, findings);
        }
    }
    let mut of_process = HashMap::new();
    for (listed, _) in index.model.resource.iter() {
        let Some(name) = wire(listed) else { continue };
        if let Some(other) = seen_before(&mut of_process, name, listed) {
            compare(listed, other, findings);
        }
    }
    for (_, _, signal) in index.signals() {
        let mut own = HashMap::new();
        for (listed, _) in signal.attributes.iter() {
            let Some(name) = wire(listed) else { continue };
            let own = seen_before(&mut own, name, listed);
            let of_all = common.get(name).copied().filter(|_| signal.measure.is_none());
            if let Some(other) = own.or(of_all) {
                compare(listed, other, findings);
            }
        }
    }
    check_signals(index, findings);
}

fn check_signals(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let mut seen = HashMap::new();
    for (kind, id, signal) in index.signals() {
        let Some(name) = &signal.name else { continue };
        let Some((other_id, other)) = seen_before(&mut seen, (kind, name.value.as_str()), (id, name)) else { continue };
        if other_id.value != id.value {
            let message = format!(
                "{0}s `{1}` and `{2}` are both {3} on the wire",
                kind.word(),
                other_id.value,
                id.value,
                quote(&name.value)
            );
            findings.push(
                CHECK
                    .at(name.place, message)
                    .label(other.place, "the other one")
                    .help("give one of them another `name`"),
            );
        }
    }
}
