//! An object that is no attribute's type.

use crate::checks::unknown_type::meant_word;
use crate::index::{Index, TYPE_WORDS};
use crate::unread::Part;
use crate::{Check, Finding, Severity};

/// Found by [`check_unused_object`].
pub const CHECK: Check = Check {
    code: "E0107",
    severity: Severity::Error,
    waivable: false,
    title: "unused object",
    what: "No attribute has an object as its type, alone or in a list.",
    why: "Its fields' attributes would be in the table and never be sent.",
    wrong: "objects:\n  agent: {fields: {role: agent_role}}   # and no attribute has type agent or [agent]\n",
    right: "attributes:\n  agents: {row: crew, collected: default, type: [agent], brief: the crew's agents}\n",
};

/// Looks for objects that no type names.
pub fn check_unused_object(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let model = index.model;
    let unknown_type = model.attributes.iter().any(|(_, attribute)| attribute.ty.is_none());
    if unknown_type || index.is_unread(&[Part::Attributes]) {
        return;
    }
    let types = model.attributes.iter().filter_map(|(_, attribute)| index.object_of(&attribute.ty.as_ref()?.value));
    let objects = types.filter(|name| index.objects.get(name).is_some() || meant_word(name).is_none());
    for position in index.objects.unused(objects) {
        let (name, _) = &model.objects.0[position];
        if TYPE_WORDS.contains(&name.value.as_str()) {
            continue; // no type can mean it, because of its name
        }
        findings.push(
            CHECK
                .at(name.place, format!("no attribute has the type `{}`", name.value))
                .help(format!("give an attribute `type: {0}` or `type: [{0}]`, or remove the object", name.value)),
        );
    }
}
