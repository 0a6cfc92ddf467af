//! Finds references that lead back to their start, by names that name names.

use crate::Place;

/// A reference from one entry to another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    /// The place of the name.
    pub place: Place,
    /// The entry that it names.
    pub to: usize,
}

/// A part of a cycle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CycleStep {
    pub from: usize,
    pub to: usize,
    /// The place where `from` names `to`.
    pub place: Place,
}

/// The most links of a cycle that a finding shows.
pub(crate) const SHOWN: usize = 8;

/// Cycles, so that each node that is in one is in one of these or led to one. Without recursion: a catalogue may be a
/// chain of any length.
pub(crate) fn cycles(edges: &[Vec<Edge>]) -> Vec<Vec<CycleStep>> {
    let mut cycles = Vec::new();
    let mut entered = vec![false; edges.len()];
    let mut left = vec![false; edges.len()];
    for start in 0..edges.len() {
        if entered[start] {
            continue;
        }
        entered[start] = true;
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.last_mut() {
            let Some(edge) = edges[*node].get(*next) else {
                left[*node] = true;
                path.pop();
                continue;
            };
            *next += 1;
            if !entered[edge.to] {
                entered[edge.to] = true;
                path.push((edge.to, 0));
            } else if !left[edge.to] {
                let first = path.iter().rposition(|(node, _)| *node == edge.to).unwrap_or_default();
                let step = |(node, next): &(usize, usize)| {
                    let Edge { place, to } = edges[*node][next - 1];
                    CycleStep { from: *node, to, place }
                };
                cycles.push(path[first..].iter().map(step).collect());
            }
        }
    }
    cycles
}

/// The names along a cycle: `a → b → a`.
pub(crate) fn way<'n>(cycle: &[CycleStep], name: impl Fn(usize) -> &'n str) -> String {
    let mut way: Vec<_> = cycle.iter().take(SHOWN).map(|step| name(step.from)).collect();
    if cycle.len() > SHOWN {
        way.push("…");
    }
    way.push(name(cycle[0].from));
    way.join(" → ")
}
