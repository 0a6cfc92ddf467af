//! SARIF 2.1.0, the format of code scanning services.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use candor_schema::checks;
use serde_json::{Value, json};

use super::{Location, Related, Report, ReportFinding, Repository};

pub fn render(report: &Report, repository: &Repository) -> String {
    let mut codes: Vec<&ReportFinding> = Vec::new();
    for finding in &report.findings {
        if !codes.iter().any(|known| known.code == finding.code) {
            codes.push(finding);
        }
    }
    let index = |finding: &ReportFinding| codes.iter().position(|known| known.code == finding.code);
    let results = report.findings.iter().map(|finding| result(finding, index(finding), repository));
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "candor",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|finding| rule(finding)).collect::<Vec<_>>(),
            } },
            "automationDetails": { "id": format!("candor/{}/", report.command) },
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    });
    format!("{log:#}\n")
}

fn rule(finding: &ReportFinding) -> Value {
    let mut rule = json!({ "id": finding.code, "shortDescription": { "text": finding.title() } });
    if let Some(check) = checks::by_code(&finding.code) {
        rule["fullDescription"] = json!({ "text": check.what });
        rule["help"] =
            json!({ "text": format!("{}\n\nWrong:\n\n{}\nRight:\n\n{}", check.why, check.wrong, check.right) });
    }
    rule
}

fn result(finding: &ReportFinding, rule_index: Option<usize>, repository: &Repository) -> Value {
    let texts = [Some(finding.message.as_str()), finding.note.as_deref(), finding.help.as_deref()];
    let message = texts.into_iter().flatten().collect::<Vec<_>>().join("\n");
    let mut result = json!({
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": finding.level.word(),
        "message": { "text": message },
        "locations": [location(&finding.location, repository)],
    });
    if finding.count > 1 {
        result["occurrenceCount"] = json!(finding.count);
    }
    if !finding.related.is_empty() {
        result["relatedLocations"] = finding.related.iter().map(|related| self::related(related, repository)).collect();
    }
    result
}

fn related(related: &Related, repository: &Repository) -> Value {
    let mut location = location(&related.location, repository);
    location["message"] = json!({ "text": related.message });
    location
}

fn location(location: &Location, repository: &Repository) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(&repository.path(&location.file)) } });
    if let Some(region) = location.region {
        physical["region"] = json!({ "startLine": region.line });
        if (region.end_line, region.end_column) > (region.line, region.column) {
            physical["region"] = json!({
                "startLine": region.line,
                "startColumn": region.column,
                "endLine": region.end_line,
                "endColumn": region.end_column,
            });
        }
    }
    let mut value = json!({ "physicalLocation": physical });
    if let Some(within) = &location.within {
        value["logicalLocations"] = json!([{ "fullyQualifiedName": within }]);
    }
    value
}

/// A path as a URI: relative ones stay relative, to the root of the repository.
fn uri(path: &str) -> String {
    let mut uri = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => uri.push(byte.into()),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
