//! A reference to an attribute which is not there.

use std::collections::HashMap;

use crate::finding::quote;
use crate::index::Index;
use crate::model::Located;
use crate::repeats::report_once;
use crate::{Check, Finding, Severity};

/// Found by [`check_unknown_attribute`].
pub const CHECK: Check = Check {
    code: "E0102",
    severity: Severity::Error,
    waivable: false,
    title: "unknown attribute",
    what: "A signal, an object's field, `common`, `resource`, `derived_from` or `renamed_to` names an attribute that the \
           catalogue does not have, or the `of` of an identifier nearly names one.",
    why: "An attribute has its type, its row and its consent in one place. Without it there is nothing that may be sent.",
    wrong: "spans:\n  started: {name: Started, collected: default, brief: started, attributes: {rnus: required}}\n",
    right: "spans:\n  started: {name: Started, collected: default, brief: started, attributes: {runs: required}}\n",
};

/// Looks up every name of an attribute.
pub fn check_unknown_attribute(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let mut seen = HashMap::new();
    let mut look_up = |name, by: &dyn Fn() -> String| look_up(index, name, by, &mut seen, findings);
    for (kind, id, signal) in index.signals() {
        for (name, _) in signal.attributes.iter() {
            look_up(name, &|| format!("{} {}", kind.word(), quote(&id.value)));
        }
    }
    for (id, object) in index.model.objects.iter() {
        for attribute in object.fields.iter().filter_map(|(_, field)| field.attribute.as_ref()) {
            look_up(attribute, &|| format!("object {}", quote(&id.value)));
        }
    }
    for (section, entries) in [("`common`", &index.model.common), ("`resource`", &index.model.resource)] {
        entries.iter().for_each(|(name, _)| look_up(name, &|| section.to_owned()));
    }
    for (id, attribute) in index.model.attributes.iter() {
        let renamed_to = attribute.deprecated.as_ref().and_then(|deprecated| deprecated.renamed_to.as_ref());
        for name in attribute.derived_from.iter().chain(renamed_to) {
            look_up(name, &|| format!("attribute {}", quote(&id.value)));
        }
        // Words may stand there, too: only what is nearly an attribute is a slip.
        let of = attribute.identifier.as_ref().map(|identifier| identifier.value.of()).unwrap_or_default();
        let is_slip = |name: &str| !name.contains(' ') && index.attributes.near(name).is_some();
        for name in of.iter().filter(|name| is_slip(&name.value)) {
            look_up(name, &|| format!("attribute {}", quote(&id.value)));
        }
    }
}

fn look_up<'m>(
    index: &Index<'m>,
    name: &'m Located<String>,
    by: &dyn Fn() -> String,
    seen: &mut HashMap<&'m str, usize>,
    findings: &mut Vec<Finding>,
) {
    if index.attributes.lacks(&name.value) {
        report_once(seen, &name.value, name.place, findings, || {
            CHECK
                .at(name.place, format!("there is no attribute {}", quote(&name.value)))
                .note(format!("named by {}", by()))
                .help("add it under `attributes`, or name one that is there")
                .did_you_mean(index.attributes.near(&name.value))
        });
    }
}
