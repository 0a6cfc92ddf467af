//! A row that mixes what is collected by default with what is not.

use crate::index::Index;
use crate::model::{Collected, Located};
use crate::{Check, Finding, Place, Severity};

/// Found by [`check_mixed_row`].
pub const CHECK: Check = Check {
    code: "E0201",
    severity: Severity::Error,
    waivable: false,
    title: "mixed row",
    what: "A row has attributes or signals that are collected by default, and others that are not.",
    why: "The table says *Defaulted: Yes* or *No* for a whole row. For a mixed one both would be untrue.",
    wrong: "attributes:\n  role: {row: agent, collected: default, …}\n  goal: {row: agent, collected: opt_in, …}\n",
    right: "attributes:\n  role: {row: agent, collected: default, …}\n  goal: {row: agent_expanded, collected: opt_in, …}\n",
};

/// A row's first default and its first opt-in member.
type Firsts = [Option<(Place, String)>; 2];

/// Compares what is in each row.
pub fn check_mixed_row(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let mut rows: Vec<Firsts> = vec![Firsts::default(); index.model.rows.0.len()];
    for (name, attribute) in index.distinct_attributes() {
        note(index, &mut rows, &attribute.row, &attribute.collected, || format!("attribute `{}`", name.value));
    }
    for (kind, name, signal) in index.signals() {
        note(index, &mut rows, &signal.row, &signal.collected, || format!("{} `{}`", kind.word(), name.value));
    }
    for ((name, _), firsts) in index.model.rows.iter().zip(rows) {
        if let [Some((default, by_default)), Some((opt_in, by_opt_in))] = firsts {
            findings.push(
                CHECK
                    .at(name.place, format!("row `{}` mixes default and opt-in", name.value))
                    .label(default, format!("{by_default} is collected by default"))
                    .label(opt_in, format!("{by_opt_in} is collected only after opting in"))
                    .help("make two rows of it, or collect all of it alike"),
            );
        }
    }
}

fn note(
    index: &Index<'_>,
    rows: &mut [Firsts],
    row: &Option<Located<String>>,
    collected: &Option<Located<Collected>>,
    what: impl Fn() -> String,
) {
    let (Some(row), Some(collected)) = (row, collected) else { return };
    if let Some(position) = index.rows.get(&row.value) {
        let first = &mut rows[position][usize::from(collected.value == Collected::OptIn)];
        first.get_or_insert_with(|| (collected.place, what()));
    }
}
