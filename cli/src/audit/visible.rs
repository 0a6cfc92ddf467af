//! A report as people may see it: each text of somebody else's on one line, and nothing hidden in it.

use candor_validate::audit::{Finding, Report};

use crate::output::foreign;

pub fn report(report: Report) -> Report {
    let Report { catalogue, mut captures, findings, mut coverage, never_sent, limits } = report;
    captures.iter_mut().for_each(|capture| show(&mut capture.name));
    for row in &mut coverage {
        show(&mut row.row);
        row.never_seen.iter_mut().chain(&mut row.signals_never_seen).for_each(show);
    }
    Report {
        catalogue: foreign(&catalogue),
        captures,
        findings: findings.into_iter().map(finding).collect(),
        coverage,
        never_sent: never_sent.iter().map(|name| foreign(name)).collect(),
        limits,
    }
}

fn finding(mut finding: Finding) -> Finding {
    let texts = [&mut finding.pointer, &mut finding.subject, &mut finding.message];
    let places = [&mut finding.first.capture, &mut finding.first.origin.path];
    texts.into_iter().chain(places).chain(&mut finding.row).chain(&mut finding.example).for_each(show);
    finding.signals = finding.signals.iter().map(|(name, count)| (foreign(name), *count)).collect();
    finding
}

fn show(text: &mut String) {
    *text = foreign(text);
}
