//! An audit as text, the most harmful first.

use std::collections::BTreeMap;
use std::fmt::Write;

use candor_validate::audit::{Finding, Granted, Report, RowCoverage};

use crate::output::{count, foreign};

pub fn render(report: &Report, most: usize) -> String {
    let mut text = String::new();
    let mut harm = None;
    for finding in report.findings.iter().take(most) {
        if harm != Some(finding.harm) {
            harm = Some(finding.harm);
            let _ = writeln!(text, "{}", finding.harm.title());
        }
        text.push_str(&describe(finding));
    }
    if report.findings.len() > most {
        let _ = writeln!(text, "… and {} more; --max-findings shows them", report.findings.len() - most);
    }
    text.push_str("Seen of the page\n");
    for row in &report.coverage {
        let _ = writeln!(text, "  {:<9} {}{}", format!("{} of {}", row.seen(), row.attributes), row.row, unseen(row));
    }
    for limit in &report.limits {
        let _ = writeln!(text, "Limit reached: {limit}");
    }
    text.push_str(&summary(report));
    text.push('\n');
    text
}

fn describe(finding: &Finding) -> String {
    let row = finding.row.as_ref().map(|row| format!(" ({row})")).unwrap_or_default();
    let example = finding.example.as_ref().map(|example| format!(", such as {example}")).unwrap_or_default();
    let (rule, subject, message) = (finding.rule.name(), &finding.subject, &finding.message);
    format!(
        "  {rule:<19} {subject}{row} {message}{example}\n  {:<19} {} in {}, first in {}\n",
        "",
        how_often(finding),
        signals(finding, 4),
        finding.first
    )
}

/// `3 times in 2 captures`
pub fn how_often(finding: &Finding) -> String {
    let times = if finding.count == 1 { "once".to_owned() } else { format!("{} times", finding.count) };
    match finding.captures {
        1 => times,
        captures => format!("{times} in {captures} captures"),
    }
}

/// The names of the signals, at most so many.
pub fn signals(finding: &Finding, most: usize) -> String {
    let names: Vec<String> = finding.signals.keys().map(|name| foreign(name)).collect();
    let shown = names[..names.len().min(most)].join(", ");
    match names.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Lists the parts of a row that were never seen.
fn unseen(row: &RowCoverage) -> String {
    match (row.granted, row.is_unseen()) {
        (false, true) => ": never seen, and never granted".to_owned(),
        (_, true) => ": never seen".to_owned(),
        _ if row.never_seen.is_empty() => String::new(),
        _ => format!("; never seen: {}", row.never_seen.join(", ")),
    }
}

/// Counts the signals that were audited, and the findings.
pub fn summary(report: &Report) -> String {
    let mut by_level = BTreeMap::<(Granted, &[String]), usize>::new();
    for capture in &report.captures {
        *by_level.entry((capture.granted, &capture.channels)).or_default() += 1;
    }
    let levels: Vec<String> =
        by_level.iter().map(|((level, names), count)| format!("{count} {}", level_in_words(*level, names))).collect();
    let breaches = report.findings.iter().filter(|finding| finding.harm.is_breach()).count();
    format!(
        "{} in {} ({}): {}",
        count(report.signals() as usize, "signal"),
        count(report.captures.len(), "capture"),
        levels.join(", "),
        if breaches == 0 { "no promise is broken".to_owned() } else { count(breaches, "finding") }
    )
}

fn level_in_words(granted: Granted, channels: &[String]) -> String {
    match granted {
        Granted::Off => "while off".to_owned(),
        Granted::Default => "at the default".to_owned(),
        Granted::OptedIn => "after opt-in".to_owned(),
        _ => format!("with {}", channels.join(" and ")),
    }
}
