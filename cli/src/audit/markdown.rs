//! An audit as a part of a page, without paths of the machine it ran on.

use std::fmt::Write;
use std::path::Path;

use candor_validate::audit::{Finding, Harm, Report, RowCoverage};

use super::text::{how_often, summary};

pub fn render(report: &Report, most: usize) -> String {
    let mut text = format!("{}, held against {}.\n", summary(report), cell(&report.catalogue));
    for limit in &report.limits {
        let _ = write!(text, "\n**Limit reached.** {limit}\n");
    }
    for harm in Harm::ALL {
        let shown = report.findings.iter().take(most).filter(|finding| finding.harm == harm);
        let rows: String = shown.map(row).collect();
        if !rows.is_empty() {
            let _ = write!(text, "\n### {}\n\n{HEAD}{rows}", harm.title());
        }
    }
    if report.findings.len() > most {
        let _ = write!(text, "\n{} more findings are left out.\n", report.findings.len() - most);
    }
    text.push_str(
        "\n### Seen of the page\n\n| Row | Defaulted | Attributes seen | Never seen |\n| --- | --- | --- | --- |\n",
    );
    text.extend(report.coverage.iter().map(coverage));
    if !report.never_sent.is_empty() {
        let _ = write!(
            text,
            "\nSignals that were never seen: {}.\n",
            report.never_sent.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ")
        );
    }
    text
}

const HEAD: &str =
    "| Rule | What | Row | Shape | Seen | In | First in |\n| --- | --- | --- | --- | --- | --- | --- |\n";

fn row(finding: &Finding) -> String {
    let file = Path::new(&finding.first.capture).file_name().unwrap_or_default().to_string_lossy();
    let example = finding.example.as_deref().map(code).unwrap_or_default();
    format!(
        "| `{}` | {} {} | {} | {example} | {} | {} | {} |\n",
        finding.rule,
        cell(&finding.subject),
        cell(&finding.message),
        cell(finding.row.as_deref().unwrap_or_default()),
        how_often(finding),
        names(finding),
        code(&format!("{file}: {}", finding.first.origin)),
    )
}

/// The first names of signals, and how many more there are.
fn names(finding: &Finding) -> String {
    const SHOWN: usize = 4;
    let names: Vec<_> = finding.signals.keys().take(SHOWN).map(|name| code(name)).collect();
    match finding.signals.len().saturating_sub(SHOWN) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

fn coverage(row: &RowCoverage) -> String {
    let defaulted = if row.collected == "default" { "Yes" } else { "No" };
    let never: Vec<String> = row.never_seen.iter().map(|name| code(name)).collect();
    let why = if row.granted { "" } else { " (never granted)" };
    format!("| {} | {defaulted}{why} | {} of {} | {} |\n", cell(&row.row), row.seen(), row.attributes, never.join(", "))
}

/// A text that stays in its cell and is no markup. What is in backticks stays code.
fn cell(text: &str) -> String {
    let mut shown = String::new();
    let mut parts = text.split('`').peekable();
    while let Some(plain) = parts.next() {
        shown.push_str(&plain_text(plain));
        match (parts.next(), parts.peek()) {
            (Some(inside), Some(_)) => shown.push_str(&code(inside)),
            (Some(rest), None) => {
                shown.push_str("&#96;");
                shown.push_str(&plain_text(rest));
            }
            (None, _) => {}
        }
    }
    shown
}

/// A text without markup. Addresses are links even so.
fn plain_text(text: &str) -> String {
    let text: String = text.chars().map(plain_character).collect();
    text.replace("://", "&#58;//").replace("www.", "www&#46;")
}

/// Everything that is markup somewhere, or makes a mention.
fn plain_character(character: char) -> String {
    match character {
        '&' | '<' | '>' | '*' | '_' | '[' | ']' | '|' | '\\' | '~' | '@' | '#' | '!' | '$' | '{' | '}' => {
            format!("&#{};", u32::from(character))
        }
        other => other.to_string(),
    }
}

/// A text as code, whatever is in it.
fn code(text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", text.replace('|', "\\|"))
}
