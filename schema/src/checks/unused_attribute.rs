//! An attribute that nothing carries.

use crate::index::Index;
use crate::unread::Part;
use crate::{Check, Finding, Severity};

/// Found by [`check_unused_attribute`].
pub const CHECK: Check = Check {
    code: "E0105",
    severity: Severity::Error,
    waivable: false,
    title: "unused attribute",
    what: "An attribute is in no span and no event, is no field of an object, and is neither in `common` nor in \
           `resource`.",
    why: "The table would tell people that something is collected which is not.",
    wrong: "attributes:\n  runs: {row: usage, collected: default, type: int, brief: number of runs}\nspans: {}\n",
    right: "spans:\n  started: {name: Started, collected: default, brief: started, attributes: {runs: required}}\n",
};

/// Looks for attributes that no signal and no object lists. An object that is itself unused is a finding of its own.
pub fn check_unused_attribute(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let model = index.model;
    let fields = || model.objects.iter().flat_map(|(_, object)| object.fields.iter());
    let unknown_field = fields().any(|(_, field)| field.attribute.is_none());
    if unknown_field || index.is_unread(&[Part::Carried, Part::Signals, Part::Objects]) {
        return;
    }
    let of_signals = index.signals().flat_map(|(_, _, signal)| signal.attributes.names());
    let of_objects = fields().filter_map(|(_, field)| field.attribute.as_ref()).map(|name| name.value.as_str());
    let listed = model.common.names().chain(model.resource.names());
    for position in index.attributes.unused(of_signals.chain(of_objects).chain(listed)) {
        let (name, _) = &model.attributes.0[position];
        findings
            .push(CHECK.at(name.place, format!("no span, event or object carries attribute `{}`", name.value)).help(
            "add it to a signal's `attributes`, to an object's `fields`, to `common` or to `resource`, or remove it",
        ));
    }
}
