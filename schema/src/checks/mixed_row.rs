//! A row that mixes what is collected through one channel with what is collected through another.

use crate::index::Index;
use crate::model::{Collected, Located};
use crate::{Check, Finding, Place, Severity};

/// Found by [`check_mixed_row`].
pub const CHECK: Check = Check {
    code: "E0201",
    severity: Severity::Error,
    waivable: true,
    title: "mixed row",
    what: "A row has attributes or signals that are collected through one channel, and others through another: by default \
           and after opting in, for example.",
    why: "The table says in one word when a row is collected. For a mixed one no single word is true. Where a published \
          page is written that way, allow it with the reason: the line then says what is collected when.",
    wrong: "attributes:\n  role: {row: agent, collected: default, …}\n  goal: {row: agent, collected: opt_in, …}\n",
    right: "attributes:\n  role: {row: agent, collected: default, …}\n  goal: {row: agent_expanded, collected: opt_in, …}\n",
};

/// By channel, where the first thing of a row is.
type Firsts = Vec<(Collected, Place, String)>;

/// Compares what is in each row.
pub fn check_mixed_row(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let mut rows: Vec<Firsts> = vec![Firsts::default(); index.model.rows.0.len()];
    for (name, attribute) in index.distinct_attributes() {
        note(index, &mut rows, &attribute.row, &attribute.collected, || format!("attribute `{}`", name.value));
    }
    for (kind, name, signal) in index.signals() {
        note(index, &mut rows, &signal.row, &signal.collected, || format!("{} `{}`", kind.word(), name.value));
    }
    for ((name, _), mut firsts) in index.model.rows.iter().zip(rows).filter(|(_, firsts)| firsts.len() > 1) {
        firsts.sort_by_key(|(collected, ..)| collected.number());
        let words: Vec<_> = firsts.iter().map(|(collected, ..)| short(index, *collected)).collect();
        let message = format!("row `{}` mixes {}", name.value, words.join(" and "));
        let mut finding = CHECK
            .at(name.place, message)
            .help("make two rows of it, or collect all of it alike; or `allow: {E0201: why not}` for the row")
            .about(name.place);
        for (collected, place, what) in firsts {
            finding = finding.label(place, format!("{what} is collected {}", when(index, collected)));
        }
        findings.push(finding);
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
        let firsts = &mut rows[position];
        if firsts.iter().all(|(known, ..)| *known != collected.value) {
            firsts.push((collected.value, collected.place, what()));
        }
    }
}

fn short(index: &Index<'_>, collected: Collected) -> String {
    match collected {
        Collected::Default => "default".to_owned(),
        Collected::OptIn => "opt-in".to_owned(),
        Collected::Channel(_) => format!("`{}`", index.channel_name(collected)),
    }
}

fn when(index: &Index<'_>, collected: Collected) -> String {
    match collected {
        Collected::Default => "by default".to_owned(),
        Collected::OptIn => "only after opting in".to_owned(),
        Collected::Channel(_) => format!("through `{}`", index.channel_name(collected)),
    }
}
