//! An object that contains itself.

use std::collections::HashSet;

use crate::cycles::{Edge, SHOWN, cycles, way};
use crate::index::Index;
use crate::{Check, Finding, Severity};

/// Found by [`check_cyclic_object`].
pub const CHECK: Check = Check {
    code: "E0104",
    severity: Severity::Error,
    waivable: false,
    title: "cyclic object",
    what: "An object contains itself, through the types of the attributes behind its fields.",
    why: "Such a value has no largest size, and the table would never end.",
    wrong: "objects:\n  task: {fields: {after: task_after}}   # and task_after has type task\n",
    right: "objects:\n  task: {fields: {after: task_after}}   # and task_after is the other task's key, a string\n",
};

/// Walks from every object through its fields.
pub fn check_cyclic_object(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let name = |object: usize| index.model.objects.0[object].0.value.as_str();
    for cycle in cycles(&edges(index)) {
        let (first, last) = (name(cycle[0].from), &cycle[cycle.len() - 1]);
        let mut finding = CHECK
            .at(last.place, format!("object `{first}` contains itself: {}", way(&cycle, name)))
            .note(format!("this holds `{first}` again"))
            .help("let the inner one name the outer one by a key instead of holding it");
        for step in &cycle[..(cycle.len() - 1).min(SHOWN)] {
            finding = finding.label(step.place, format!("`{}` holds `{}`", name(step.from), name(step.to)));
        }
        findings.push(finding);
    }
}

/// For every object the objects that its fields hold, each once.
fn edges(index: &Index<'_>) -> Vec<Vec<Edge>> {
    let of_object = |fields: &crate::model::Entries<crate::model::FieldModel>| {
        let mut seen = HashSet::new();
        let held = fields.iter().filter_map(|(_, field)| {
            let attribute = field.attribute.as_ref()?;
            let ty = index.attribute(&attribute.value)?.ty.as_ref()?;
            Some(Edge { place: attribute.place, to: index.objects.get(index.object_of(&ty.value)?)? })
        });
        held.filter(|edge| seen.insert(edge.to)).collect()
    };
    index.model.objects.iter().map(|(_, object)| of_object(&object.fields)).collect()
}
