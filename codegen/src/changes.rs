//! The changes between two catalogues, as a table for a pull request.

use candor_schema::{Change, Class, Diff, Finding};

use candor_schema::checks::signatures::UNSIGNED_WIDENING;

use crate::markdown::{cell, code, prose};

/// The table in Markdown; below it, what has to be signed for, and what else is in the way: what
/// [`judge`](candor_schema::judge) found.
pub fn render(diff: &Diff, findings: &[Finding]) -> String {
    let mut text = format!("{}\n", prose(&summary(diff)));
    if !diff.changes.is_empty() {
        text += &table(diff);
    }
    if let Some(entry) = missing_entry(diff) {
        text += &format!("\nWhen it is agreed, add to the catalogue’s `reviews`:\n\n```yaml\n{entry}```\n");
    }
    // What nobody signed for is in the table.
    let others = findings.iter().filter(|finding| finding.code != UNSIGNED_WIDENING.code);
    let others: String = others.map(|finding| format!("* {}: {}\n", finding.code, in_the_way(finding))).collect();
    if !others.is_empty() {
        text += &format!("\nIn the way:\n\n{others}");
    }
    text
}

fn in_the_way(finding: &Finding) -> String {
    let help = finding.help.as_ref().map(|help| format!("; {}", prose(help)));
    prose(&finding.message) + &help.unwrap_or_default()
}

fn table(diff: &Diff) -> String {
    let mut text = "\n| Class | What | Change | Signed |\n|---|---|---|---|\n".to_owned();
    let mut changes: Vec<&Change> = diff.changes.iter().collect();
    changes.sort_by_key(|change| change.classes.first().copied());
    for change in changes {
        let class = if change.widens() { format!("**{}**", classes(change)) } else { classes(change) };
        let signed = match (change.widens(), change.signed) {
            (false, _) => "",
            (true, true) => "yes",
            (true, false) => "**no**",
        };
        let (subject, sentence) = (cell(&code(&change.subject)), cell(&prose(&change.sentence)));
        text += &format!("| {class} | {subject} | {sentence} | {signed} |\n");
    }
    text
}

/// The classes of a change, in words.
pub fn classes(change: &Change) -> String {
    change.classes.iter().map(|class| class.word()).collect::<Vec<_>>().join(", ")
}

/// One sentence about all changes, with the version that they ask for.
pub fn summary(diff: &Diff) -> String {
    let versions = format!("{} → {}", diff.from, diff.to);
    let count = |class: Class| diff.changes.iter().filter(|change| change.classes.contains(&class)).count();
    let counts: Vec<_> = Class::ALL
        .into_iter()
        .filter(|class| count(*class) > 0)
        .map(|class| format!("{} {}", class.word(), count(class)))
        .collect();
    match counts.is_empty() {
        true => format!("{versions}: nothing changed"),
        false => format!("{versions}: {}; asks for {}", counts.join(", "), diff.suggested_version()),
    }
}

/// The entry of `reviews` that is missing, without who, when and where.
pub fn missing_entry(diff: &Diff) -> Option<String> {
    let mut subjects: Vec<&str> =
        diff.widening().filter(|change| !change.signed).map(|change| change.subject.as_str()).collect();
    subjects.dedup();
    if subjects.is_empty() {
        return None;
    }
    let version = if diff.is_raised() { diff.to.clone() } else { diff.suggested_version() };
    let mut entry = format!("- version: {version}\n  who:\n  when:\n  link:\n  widens:\n");
    for subject in subjects {
        entry += &format!("    - {}\n", yaml_text(subject));
    }
    Some(entry)
}

/// A text as a YAML scalar: a field's name may hold anything.
fn yaml_text(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._".contains(&byte);
    if text.bytes().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}
