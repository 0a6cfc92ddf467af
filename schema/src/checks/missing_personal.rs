//! An attribute of which neither it nor its row says whether it may hold personal data.

use std::collections::BTreeMap;

use crate::index::Index;
use crate::model::{AttributeModel, Located};
use crate::{Check, Finding, Severity};

/// Found by [`check_missing_personal`].
pub const CHECK: Check = Check {
    code: "E0220",
    severity: Severity::Error,
    waivable: false,
    title: "personal data not declared",
    what: "Neither an attribute nor its row has `personal`.",
    why: "The page says “No personal data.” only where somebody declared it. What holds for all attributes of a row is \
          written once, in the row; an attribute's own `personal` wins.",
    wrong: "rows:\n  usage: {title: Usage}\nattributes:\n  runs: {row: usage, collected: default, type: int, brief: number of runs}\n",
    right: "rows:\n  usage: {title: Usage, personal: none}\nattributes:\n  runs: {row: usage, collected: default, type: int, brief: number of runs}\n",
};

/// Looks for attributes that declare nothing, and reports each row once.
pub fn check_missing_personal(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let mut silent: BTreeMap<usize, Vec<&Located<String>>> = BTreeMap::new();
    for (name, attribute) in index.distinct_attributes().filter(|(name, _)| !index.is_key_unread(name, "personal")) {
        if let Some(row) = silent_row(index, attribute) {
            silent.entry(row).or_default().push(name);
        }
    }
    findings.extend(silent.into_iter().map(|(row, names)| finding(&index.model.rows.0[row].0, &names)));
}

/// The row of an attribute, when neither of them says anything. A row that could not be read may have said it.
fn silent_row(index: &Index<'_>, attribute: &AttributeModel) -> Option<usize> {
    let row = index.rows.get(&attribute.row.as_ref()?.value)?;
    let (name, model) = &index.model.rows.0[row];
    let says = attribute.personal.is_some() || model.personal.is_some() || index.is_key_unread(name, "personal");
    (!says).then_some(row)
}

fn finding(row: &Located<String>, names: &[&Located<String>]) -> Finding {
    const MOST_LABELS: usize = 8;
    let (first, others) = (names[0], &names[1..]);
    let others_too = match others.len() {
        0 => String::new(),
        1 => format!(", and neither does `{}` of the same row", others[0].value),
        count => format!(", and neither do {count} others of the same row"),
    };
    let message = format!("`{}` does not say whether it may hold personal data{others_too}", first.value);
    let help = format!(
        "write `personal: none` or `personal: possible` there, or once in the row `{}` for all of its attributes",
        row.value
    );
    let labels = others.iter().take(MOST_LABELS);
    let finding = CHECK.at(first.place, message).help(help).label(row.place, "its row does not say it either");
    labels.fold(finding, |finding, other| finding.label(other.place, "neither does this one"))
}
