//! An audit in the form that all commands share for other programs.

use std::collections::BTreeMap;

use candor_validate::audit::{Finding, Harm, Report};
use serde_json::{Value, json};

use super::text::{how_often, signals};
use crate::report::{self, Level, Location, Region};

pub fn report(audit: &Report, most: usize) -> report::Report {
    let findings = audit.findings.iter().take(most).map(finding).collect();
    let by = |name: fn(&Finding) -> &'static str| {
        let mut counts = BTreeMap::<&str, u64>::new();
        for finding in &audit.findings {
            *counts.entry(name(finding)).or_default() += finding.count;
        }
        json!(counts)
    };
    let counts: [(&str, Value); 8] = [
        ("signals", json!(audit.signals())),
        ("findings", json!(audit.findings.len())),
        ("by_harm", by(|finding| finding.harm.name())),
        ("by_rule", by(|finding| finding.rule.name())),
        ("captures", json!(audit.captures)),
        ("coverage", json!(audit.coverage)),
        ("signals_never_seen", json!(audit.never_sent)),
        ("limits", json!(audit.limits)),
    ];
    report::Report { command: "audit", findings, counts: counts.into() }
}

fn finding(finding: &Finding) -> report::ReportFinding {
    let row = finding.row.as_ref().map(|row| format!("row {row}; "));
    let example = finding.example.as_ref().map(|example| format!("; such as {example}"));
    let (row, example) = (row.unwrap_or_default(), example.unwrap_or_default());
    report::ReportFinding {
        code: finding.rule.name().to_owned(),
        level: level(finding.harm),
        message: format!("{} {}", finding.subject, finding.message),
        note: Some(format!("{row}{} in {}{example}", how_often(finding), signals(finding, usize::MAX))),
        location: location(finding),
        count: finding.count,
        ..report::ReportFinding::default()
    }
}

fn level(harm: Harm) -> Level {
    match harm {
        Harm::Secret | Harm::Consent | Harm::Personal | Harm::Uncatalogued => Level::Error,
        Harm::Untrue | Harm::Unclear => Level::Warning,
        Harm::Disclosed => Level::Note,
    }
}

fn location(finding: &Finding) -> Location {
    let origin = &finding.first.origin;
    let region = origin.line.map(|line| Region::of_line(line as u64));
    let within = Some(format!("{}{}", origin.path, finding.pointer)).filter(|within| !within.is_empty());
    Location { file: finding.first.capture.clone(), region, within }
}
