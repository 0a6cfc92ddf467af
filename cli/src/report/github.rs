//! Annotations of GitHub Actions: a workflow command per finding, on standard output.
//!
//! GitHub shows ten of each level per step and drops the others without a word. So the most severe come first, no more
//! than ten of a level, and one notice says how many there are besides. Its syntax:
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use candor_validate::engine::visible;

use super::{Level, Report, ReportFinding, Repository};
use crate::output::one_line;

/// The number of annotations of a level that GitHub keeps per step. One notice is ours.
const MOST: usize = 10;

pub fn render(report: &Report, repository: &Repository) -> String {
    let mut text = String::new();
    let mut left_out = 0;
    for level in [Level::Error, Level::Warning, Level::Note] {
        let most = if level == Level::Note { MOST - 1 } else { MOST };
        let findings: Vec<&ReportFinding> = report.findings.iter().filter(|finding| finding.level == level).collect();
        findings.iter().take(most).for_each(|finding| text.push_str(&annotation(finding, repository)));
        left_out += findings.len().saturating_sub(most);
    }
    if left_out > 0 {
        text.push_str(&format!("::notice title=candor {}::and {left_out} more findings\n", report.command));
    }
    text
}

fn annotation(finding: &ReportFinding, repository: &Repository) -> String {
    let command = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut properties = vec![("file", repository.path(&finding.location.file))];
    if let Some(region) = finding.location.region {
        properties.push(("line", region.line.to_string()));
        properties.push(("endLine", region.end_line.to_string()));
        // Columns are only understood within one line.
        if region.line == region.end_line && region.column < region.end_column {
            properties.push(("col", region.column.to_string()));
            properties.push(("endColumn", region.end_column.to_string()));
        }
    }
    properties.push(("title", finding.code.clone()));
    let properties: Vec<String> =
        properties.into_iter().map(|(name, value)| format!("{name}={}", escape_property(&value))).collect();
    format!("::{command} {}::{}\n", properties.join(","), escape(&message(finding)))
}

fn message(finding: &ReportFinding) -> String {
    let mut lines = vec![one_line(&finding.message)];
    lines.extend(finding.note.as_deref().map(one_line));
    lines.extend(finding.help.as_ref().map(|help| format!("help: {help}")));
    lines.extend(finding.location.within.as_ref().map(|within| format!("at {}", one_line(within))));
    if finding.count > 1 {
        lines.push(format!("{} times", finding.count));
    }
    lines.join("\n")
}

/// Escapes characters that would end a message, or start another command. A line ends as GitHub says it; nothing else
/// hidden is in it.
fn escape(text: &str) -> String {
    let visible = |character| if matches!(character, '\r' | '\n') { character.to_string() } else { visible(character) };
    let text: String = text.chars().map(visible).collect();
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes characters that would end a property, too.
fn escape_property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}
