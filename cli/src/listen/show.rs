//! Prints findings: text for people, or one JSON object per line.

use std::fmt::{self, Display};

use serde::Serialize;
use serde_json::json;

use super::inspect::FindingKey;
use super::ledger::{Counted, Occurrences, Summary};
use crate::output::{self, Form, foreign, guard, one_line};

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Show {
    /// For people
    Text,
    /// One JSON object per line
    Json,
}

impl Show {
    /// The first line: where to send.
    pub fn listening(self, endpoint: &str, service: &str, consent: &str) -> String {
        match self {
            Show::Text => format!("listening on {endpoint} for {}, consent {consent}\n", foreign(service)),
            Show::Json => line("listening", &json!({"endpoint": endpoint, "service": service, "consent": consent})),
        }
    }

    /// A finding that is new.
    pub fn finding(self, finding: &FindingKey, found: &Occurrences) -> String {
        match self {
            Show::Text => format!("{}\n", sentence(finding, found)),
            Show::Json => line("finding", &Counted { finding: finding.clone(), found: found.clone() }),
        }
    }

    /// Something about the connection and not about telemetry.
    pub fn note(self, text: &str) -> String {
        match self {
            Show::Text => format!("{}\n", one_line(text)),
            Show::Json => line("note", &text),
        }
    }

    pub fn summary(self, summary: &Summary) -> String {
        match self {
            Show::Text => format!("\n{summary}"),
            Show::Json => line("summary", summary),
        }
    }
}

fn line(name: &str, value: &impl Serialize) -> String {
    format!("{}\n", guard(&json!({ name: value }).to_string(), Form::Json))
}

fn sentence(finding: &FindingKey, found: &Occurrences) -> String {
    format!("{:<14} {}: {}", finding.rule, foreign(&finding.signal), one_line(&found.message))
}

impl Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { coverage, .. } = self;
        let came = [
            (self.spans, "span"),
            (self.events, "event"),
            (self.data_points, "data point"),
            (self.metrics_requests, "request of metrics"),
        ];
        let came = came.iter().filter(|(number, _)| *number > 0).map(|(number, noun)| amount(*number, noun));
        writeln!(out, "{}: {}", amount(self.requests, "request"), join(came))?;
        if !self.refused.is_empty() {
            writeln!(
                out,
                "refused: {}",
                join(self.refused.iter().map(|(status, count)| format!("{status} {}", times(*count))))
            )?;
        }
        if self.not_judged > 0 {
            writeln!(out, "received and not judged: {}", output::count(self.not_judged, "request"))?;
        }
        let seen = coverage
            .signals
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{} {count}", foreign(name)));
        let unlisted = (coverage.unlisted > 0).then(|| format!("not in the catalogue {}", coverage.unlisted));
        writeln!(out, "signals: {}", join(seen.chain(unlisted)))?;
        let never = coverage.signals.iter().filter(|(_, count)| *count == 0).map(|(name, _)| foreign(name));
        writeln!(out, "never seen: {}", join(never))?;
        let rows = coverage.rows.iter().filter(|row| row.attributes > 0);
        let rows = rows.map(|row| format!("{} {} of {}", foreign(&row.title), row.attributes_seen, row.attributes));
        writeln!(out, "attributes seen, by row: {}", join(rows))?;
        if let Some(forwarded) = &self.forwarded {
            writeln!(
                out,
                "forwarded: {} in {}, {} rejected",
                amount(forwarded.signals, "signal"),
                amount(forwarded.requests, "request"),
                forwarded.rejected_signals
            )?;
            for (key, why, count) in &forwarded.stopped {
                writeln!(out, "{count:>9}  {why:<14} {}", foreign(key))?;
            }
        }
        writeln!(out, "findings: {}", output::count(self.findings.len(), "kind"))?;
        for counted in &self.findings {
            writeln!(out, "{:>9}  {}", counted.found.count, sentence(&counted.finding, &counted.found))?;
        }
        if self.more_findings > 0 {
            writeln!(out, "{:>9}  more that are not told apart; --max-findings", self.more_findings)?;
        }
        Ok(())
    }
}

fn amount(number: u64, noun: &str) -> String {
    output::count(usize::try_from(number).unwrap_or(usize::MAX), noun)
}

fn times(number: u64) -> String {
    if number == 1 { "once".to_owned() } else { format!("{number} times") }
}

/// `a, b, c`, or that there is none.
fn join(words: impl Iterator<Item = String>) -> String {
    let words: Vec<_> = words.collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
