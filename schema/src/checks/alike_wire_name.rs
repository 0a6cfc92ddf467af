//! Two names on the wire that differ in nothing but case or punctuation.

use std::collections::HashMap;

use crate::finding::quote;
use crate::index::Index;
use crate::model::Located;
use crate::repeats::seen_before;
use crate::{Check, Finding, Place, Severity, SignalKind};

/// Found by [`check_alike_wire_name`].
pub const CHECK: Check = Check {
    code: "W0303",
    severity: Severity::Warning,
    waivable: true,
    title: "names alike on the wire",
    what: "Two attributes, two fields of an object, or two signals of a kind have names on the wire that differ only in \
           case, or in `.`, `_`, `-` and spaces.",
    why: "Whoever reads the data queries one of them and misses the other.",
    wrong: "attributes:\n  crew_id: {name: crew.id, …}\n  task_crew_id: {name: crew_id, …}\n",
    right: "attributes:\n  crew_id: {name: crew.id, …}\n  task_crew_id: {name: crew.id, …}\n",
};

/// A name on the wire, where it is written, and the entry that it is of.
struct Wire<'m> {
    name: &'m Located<String>,
    entry: Place,
    /// True if it is also the name in the catalogue: then `near_duplicate_name` looks at it.
    own: bool,
}

/// Compares the names that stand beside each other.
pub fn check_alike_wire_name(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let model = index.model;
    let attributes = model.attributes.iter().map(|(id, attribute)| Wire {
        name: attribute.name.as_ref().unwrap_or(id),
        entry: id.place,
        own: attribute.name.is_none(),
    });
    report(attributes, findings);
    for (id, object) in model.objects.iter() {
        report(object.fields.iter().map(|(name, _)| Wire { name, entry: id.place, own: false }), findings);
    }
    for kind in SignalKind::ALL {
        let signals = index.signals().filter(|(of, _, _)| *of == kind);
        let names = signals
            .filter_map(|(_, id, signal)| Some(Wire { name: signal.name.as_ref()?, entry: id.place, own: false }));
        report(names, findings);
    }
}

fn report<'m>(names: impl Iterator<Item = Wire<'m>>, findings: &mut Vec<Finding>) {
    let mut seen = HashMap::new();
    for wire in names {
        let value = (wire.name, wire.entry, wire.own);
        let Some((other, entry, own)) = seen_before(&mut seen, folded(&wire.name.value), value) else { continue };
        if other.value != wire.name.value && !(own && wire.own) {
            let message = format!("{} and {} are alike on the wire", quote(&other.value), quote(&wire.name.value));
            findings.push(
                CHECK
                    .at(wire.name.place, message)
                    .label(other.place, "the other one")
                    .help("write them alike where they mean the same, and as different names where not")
                    .about(wire.entry)
                    .about(entry),
            );
        }
    }
}

fn folded(name: &str) -> String {
    name.chars().filter(|char| !matches!(char, '.' | '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}
