//! Everything that is counted, in bounded memory, and told when it is new.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Display;

use candor_schema::Catalogue;
use candor_validate::Stopped;
use hyper::StatusCode;
use serde::Serialize;

use super::coverage::{self, Coverage};
use super::inspect::{FindingKey, Remark};
use super::printer::Printer;
use super::refusal::Refusal;
use super::show::Show;

/// Counts of everything that was received since the start.
pub struct Ledger {
    show: Show,
    printer: Printer,
    requests: u64,
    metrics: u64,
    coverage: Coverage,
    findings: BTreeMap<FindingKey, Occurrences>,
    /// The number of findings that are told apart.
    most_findings: usize,
    /// The number of findings that are not told apart any more.
    more_findings: u64,
    refused: BTreeMap<u16, u64>,
    stopped: Stopped,
    forwarded_requests: u64,
    forwarded_signals: u64,
    rejected_signals: u64,
    put_off: VecDeque<u64>,
    failed: bool,
}

/// A finding, with the number of times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Occurrences {
    pub count: u64,
    /// In words, of the first of them.
    pub message: String,
    /// The place where it was found first.
    pub first: String,
}

/// The result of inspecting one request.
pub struct Look {
    pub coverage: Coverage,
    /// The findings, each with the number of times and its first place in the request.
    pub findings: BTreeMap<FindingKey, Occurrences>,
    /// The number of findings that are not told apart any more.
    pub more_findings: u64,
    /// The number of parts that could not be read.
    pub unreadable: usize,
}

impl Look {
    pub fn new(catalogue: &Catalogue) -> Self {
        Look { coverage: Coverage::new(catalogue), findings: BTreeMap::new(), more_findings: 0, unreadable: 0 }
    }
}

/// The end of the story.
#[derive(Debug, Serialize)]
pub struct Summary {
    pub requests: u64,
    pub spans: u64,
    pub events: u64,
    pub data_points: u64,
    pub metrics_requests: u64,
    /// By HTTP status.
    pub refused: BTreeMap<u16, u64>,
    pub findings: Vec<Counted>,
    pub more_findings: u64,
    /// The number of requests that were received whole, and not judged.
    pub not_judged: usize,
    pub coverage: coverage::CoverageReport,
    pub forwarded: Option<Forwarding>,
}

/// A finding with its count.
#[derive(Debug, Serialize)]
pub struct Counted {
    #[serde(flatten)]
    pub finding: FindingKey,
    #[serde(flatten)]
    pub found: Occurrences,
}

/// Counts of what was forwarded, and of what was not.
#[derive(Debug, Serialize)]
pub struct Forwarding {
    pub requests: u64,
    pub signals: u64,
    pub rejected_signals: u64,
    /// Key, reason, how often.
    pub stopped: Vec<(String, &'static str, u64)>,
}

impl Ledger {
    pub fn new(catalogue: &Catalogue, show: Show, most_findings: usize) -> Self {
        Ledger {
            show,
            printer: Printer::start(),
            requests: 0,
            metrics: 0,
            coverage: Coverage::new(catalogue),
            findings: BTreeMap::new(),
            most_findings,
            more_findings: 0,
            refused: BTreeMap::new(),
            stopped: Stopped::default(),
            forwarded_requests: 0,
            forwarded_signals: 0,
            rejected_signals: 0,
            put_off: VecDeque::new(),
            failed: false,
        }
    }

    /// A request that could be read, what of it may not pass on, and what the audit says now.
    pub fn take(&mut self, look: Look, stopped: Stopped, audited: Vec<Counted>) {
        self.stopped.absorb(stopped);
        self.requests += 1;
        self.coverage.absorb(&look.coverage);
        self.more_findings += look.more_findings;
        for (finding, found) in look.findings {
            let first = format!("request {}: {}", self.requests, found.first);
            self.add(finding, Occurrences { first, ..found });
        }
        self.print_audited(audited);
    }

    /// A request of metrics, of which the catalogue lists none, and what the audit says now.
    pub fn take_metrics(&mut self, audited: Vec<Counted>) {
        self.requests += 1;
        self.metrics += 1;
        let remark = Remark::new("request", "unknown_signal", "the catalogue lists no metrics");
        self.add_once(remark, format!("request {}", self.requests));
        self.print_audited(audited);
    }

    fn print_audited(&self, audited: Vec<Counted>) {
        for Counted { finding, found } in audited {
            self.printer.print(self.show.finding(&finding, &found));
        }
    }

    /// A request that was not taken. One that held telemetry which nobody could look at is a finding.
    pub fn refuse(&mut self, refusal: &Refusal) {
        let status = refusal.status;
        let count = self.refused.entry(status.as_u16()).or_default();
        *count += 1;
        let is_first = *count == 1;
        let how = format!("refused with {}", status.as_u16());
        let rule = match status {
            StatusCode::BAD_REQUEST => "unreadable",
            StatusCode::PAYLOAD_TOO_LARGE => "too_large",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "unknown_form",
            _ if is_first => return self.printer.print(self.show.note(&format!("{how}: {}", refusal.why))),
            _ => return,
        };
        self.add_once(Remark::new("request", rule, &*refusal.why), how);
    }

    fn add_once(&mut self, remark: Remark, first: String) {
        self.add(remark.finding, Occurrences { count: 1, message: remark.message, first });
    }

    fn add(&mut self, finding: FindingKey, found: Occurrences) {
        if let Some(known) = self.findings.get_mut(&finding) {
            known.count += found.count;
        } else if self.findings.len() < self.most_findings {
            self.printer.print(self.show.finding(&finding, &found));
            self.findings.insert(finding, found);
        } else {
            self.more_findings += found.count;
        }
    }

    /// Returns true if this request was answered that it should come again.
    pub fn was_put_off(&self, mark: u64) -> bool {
        self.put_off.contains(&mark)
    }

    pub fn put_off(&mut self, mark: u64) {
        const MOST: usize = 1024;
        if !self.was_put_off(mark) {
            self.put_off.truncate(MOST - 1);
            self.put_off.push_front(mark);
        }
    }

    /// A request whose signals were sent on.
    pub fn forward(&mut self, mark: u64, signals: usize) {
        self.put_off.retain(|other| *other != mark);
        self.forwarded_requests += 1;
        self.forwarded_signals += signals as u64;
    }

    /// Signals that the forward target refused for good.
    pub fn reject(&mut self, signals: usize) {
        self.rejected_signals += signals as u64;
    }

    /// The first line: where to send.
    pub fn listening(&self, endpoint: &str, service: &str, consent: &str) {
        self.printer.print(self.show.listening(endpoint, service, consent));
    }

    /// Says what goes wrong here, the first time.
    pub fn fail(&mut self, why: &dyn Display) {
        if !std::mem::replace(&mut self.failed, true) {
            tell!("candor: {why}");
        }
    }

    /// Prints the summary, with what the audit found and whether that breaks a promise. Says whether nothing is wrong.
    ///
    /// # Errors
    /// Fails when something was not judged, or could not be printed or captured.
    pub fn finish(
        &mut self,
        catalogue: &Catalogue,
        forwards: bool,
        not_judged: usize,
        (audited, breach): (Vec<Counted>, bool),
    ) -> Result<bool, String> {
        let stopped = self.stopped.iter().map(|(key, why, count)| (key.to_owned(), why.name(), count));
        let forwarded = Forwarding {
            requests: self.forwarded_requests,
            signals: self.forwarded_signals,
            rejected_signals: self.rejected_signals,
            stopped: stopped.collect(),
        };
        let findings = std::mem::take(&mut self.findings).into_iter();
        let is_fine = findings.len() == 0 && self.more_findings == 0 && !breach;
        let summary = Summary {
            requests: self.requests,
            spans: self.coverage.spans,
            events: self.coverage.events,
            data_points: self.coverage.data_points,
            metrics_requests: self.metrics,
            refused: std::mem::take(&mut self.refused),
            findings: findings.map(|(finding, found)| Counted { finding, found }).chain(audited).collect(),
            more_findings: self.more_findings,
            not_judged,
            coverage: self.coverage.report(catalogue),
            forwarded: forwards.then_some(forwarded),
        };
        self.printer.print(self.show.summary(&summary));
        if let Err(error) = self.printer.finish() {
            self.fail(&error);
        }
        match (self.failed, not_judged, self.requests) {
            (true, ..) => Err("not everything could be written".to_owned()),
            (_, 0, 0) if is_fine => Err("no request arrived, so nothing was judged".to_owned()),
            (_, 0, _) => Ok(is_fine),
            (_, 1, _) => Err("1 request was received and not judged".to_owned()),
            (_, more, _) => Err(format!("{more} requests were received and not judged")),
        }
    }
}
