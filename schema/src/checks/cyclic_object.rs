//! An object that contains itself.

use std::collections::HashSet;

use crate::index::Index;
use crate::{Check, Finding, Place, Severity};

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

/// Longest path that a finding shows in full.
const SHOWN: usize = 8;

/// A field that holds another object.
struct Edge {
    field: Place,
    to: usize,
}

/// Walks from every object through its fields, without recursion.
pub fn check_cyclic_object(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let edges = edges(index);
    let mut entered = vec![false; edges.len()];
    let mut left = vec![false; edges.len()];
    for start in 0..edges.len() {
        if entered[start] {
            continue;
        }
        entered[start] = true;
        let mut path = vec![(start, 0)];
        while let Some((object, next)) = path.last_mut() {
            let Some(edge) = edges[*object].get(*next) else {
                left[*object] = true;
                path.pop();
                continue;
            };
            *next += 1;
            if !entered[edge.to] {
                entered[edge.to] = true;
                path.push((edge.to, 0));
            } else if !left[edge.to] {
                let from = path.iter().rposition(|(object, _)| *object == edge.to).unwrap_or_default();
                findings.push(finding(index, &edges, &path[from..]));
            }
        }
    }
}

/// For every object the objects that its fields hold, each once.
fn edges(index: &Index<'_>) -> Vec<Vec<Edge>> {
    let of_object = |fields: &crate::model::Entries<crate::model::FieldModel>| {
        let mut seen = HashSet::new();
        let held = fields.iter().filter_map(|(_, field)| {
            let attribute = field.attribute.as_ref()?;
            let ty = index.attribute(&attribute.value)?.ty.as_ref()?;
            Some(Edge { field: attribute.place, to: index.objects.get(index.object_of(&ty.value)?)? })
        });
        held.filter(|edge| seen.insert(edge.to)).collect()
    };
    index.model.objects.iter().map(|(_, object)| of_object(&object.fields)).collect()
}

/// `cycle` holds the objects along the way and, for each, which of its edges comes after the one taken.
fn finding(index: &Index<'_>, edges: &[Vec<Edge>], cycle: &[(usize, usize)]) -> Finding {
    let name = |object: usize| index.model.objects.0[object].0.value.as_str();
    let field = |(object, next): &(usize, usize)| edges[*object][next - 1].field;
    let mut way: Vec<_> = cycle.iter().take(SHOWN).map(|(object, _)| name(*object)).collect();
    if cycle.len() > SHOWN {
        way.push("…");
    }
    way.push(name(cycle[0].0));
    let closing = &cycle[cycle.len() - 1];
    let mut finding = CHECK
        .at(field(closing), format!("object `{}` contains itself: {}", name(cycle[0].0), way.join(" → ")))
        .note(format!("this holds `{}` again", name(cycle[0].0)))
        .help("let the inner one name the outer one by a key instead of holding it");
    for pair in cycle.windows(2).take(SHOWN) {
        finding = finding.label(field(&pair[0]), format!("`{}` holds `{}`", name(pair[0].0), name(pair[1].0)));
    }
    finding
}
