//! Audits telemetry that was really sent: finds everything that breaks a promise of the page, ranked by harm.
//!
//! ```text
//! Item ─add→ Audit (bounded memory) ─report→ Report{findings, coverage}
//! ```
//!
//! An [`Audit`] takes telemetry as it comes, from files or from a live stream. It remembers what it needs to find what
//! no single signal shows: an opt-in text that another signal repeats, a hash of one, an identifier that is not random.
//! Its memory is bounded (`memory.rs`): at a bound the oldest is forgotten, and the report says so. It walks each
//! payload with tables of its own (`expected.rs`), because it has to visit every text anyway. Its [`Report`] is plain
//! data without values; the caller renders it.
//!
//! # Harm
//!
//! | Harm | Finding | Rules |
//! | --- | --- | --- |
//! | `secret` | opens doors: keys, tokens, passwords, private keys, addresses with credentials | `secret`, `random_text` |
//! | `consent` | sent without the consent that it needs, as it is, copied or hashed | `sent_while_off`, `not_allowed`, `copied_text`, `hashed_text` |
//! | `personal` | about a person or a machine, or a printed object, although the page promises none | `email`, `home_path`, `private_address`, `mac_address`, `card_number`, `iban`, `typed_text`, `object_dump` |
//! | `uncatalogued` | in no row: signals, attributes, fields, resource, scope, events, links, status messages, bodies | `unknown_…`, `misplaced_attribute` |
//! | `untrue` | named by the page, but of another type, outside its domain, not random, not closed, with impossible times | `wrong_type`, `not_in_enum`, `pattern`, `too_long`, `out_of_range`, `too_many_items`, `not_random`, `lasting`, `many_values`, `time` |
//! | `unclear` | cannot be read, or in more than one way | `duplicate_key`, `unreadable` |
//! | `disclosed` | personal, or random, in opt-in free text that was allowed. The page says so: no breach | as `personal`, and `random_text` |
//!
//! # Not a finding
//!
//! Findings stay worth reading because these are none:
//!
//! * Identifiers, times and enum members that are as the page says are not searched. A model's name is (it may be a
//!   path in a home), but not for addresses of four numbers, which versions look like.
//! * A printed object in opt-in free text that was allowed: people and programs write code there.
//! * A short text, or one word, that an opt-in text and another value share. A role that a prompt mentions is no copy
//!   of the prompt; a prompt in a role is.
//! * A random identifier that is seen again: it is there to be recognised. It is not random if it stays while another
//!   identifier of the same thing changes (`crew_key` beside `crew_id`), if it is a UUID of a computed version, or if
//!   it is the hash of a value beside it.
//! * A row that was never seen, and a required attribute that is missing: nothing left the process. The former is in
//!   the coverage, the latter is the validator's.
//!
//! # Example
//!
//! [`Harm`] ranks the findings; `rule.rs` says which rule does which harm. These are no findings, so that findings stay worth
//! reading:
//!
//! * Identifiers, times and members of an enum that are as the page says.
//! * A printed object in opt-in free text that was allowed: people and programs write code there.
//! * A short text, or one word, that an opt-in text and another value share. A role that a prompt mentions is no copy of the
//!   prompt; a prompt in a role is.
//! * A request id or a `traceparent`, a reference to a vault or to the environment, a home that every image has, a version or
//!   an asset that looks like an address. `tests/corpus.rs` measures precision and recall over labelled texts,
//!   `tests/assistant.rs` over the traffic of a program.
//! * A random identifier that is seen again. It is not random if it stays while another identifier of the same thing changes,
//!   if it is a UUID of a version that is computed, or if it is a hash of what stands beside it.
//! * A row that was never seen (the coverage says so), and a required attribute that is missing (`validate` says so).
//!
//! ```
//! use candor_validate::audit::{Audit, Granted, Rule};
//! use candor_validate::read;
//!
//! let catalogue = candor_schema::load_str("telemetry.yaml", "
//! candor: 1
//! name: demo
//! title: Demo
//! version: 1.0.0
//! service: demo
//! rows: {usage: {title: Usage, reason: How the program is used., personal: none}}
//! attributes:
//!   runs: {row: usage, collected: default, type: int, minimum: 0, brief: number of runs}
//! spans:
//!   started: {name: Started, collected: default, brief: The program started., attributes: {runs: required}}
//! ").catalogue.expect("no findings");
//! let sent = br#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "Started", "attributes": [
//!     {"key": "runs", "value": {"intValue": "3"}},
//!     {"key": "owner", "value": {"stringValue": "alice@example.com"}}]}]}]}]}"#;
//!
//! let mut audit = Audit::new(&catalogue);
//! audit.begin("monday.json", Granted::Default);
//! for item in read(&catalogue, sent)? {
//!     audit.add(&item);
//! }
//! let report = audit.report();
//! let found: Vec<Rule> = report.findings.iter().map(|finding| finding.rule).collect();
//! assert_eq!(found, [Rule::Email, Rule::UnknownAttribute]);
//! assert_eq!(report.findings[0].example.as_deref(), Some("xxxxx@xxxxxxx.xxx"));
//! assert_eq!(report.findings[0].first.to_string(), "monday.json: /resourceSpans/0/scopeSpans/0/spans/0");
//! assert_eq!(report.coverage[0].seen(), 1);
//! # Ok::<(), candor_validate::DecodeError>(())
//! ```

mod copied;
mod coverage;
mod domain;
mod expected;
mod hashed;
mod identity;
mod joined;
mod keys;
mod lasting;
mod ledger;
mod memory;
mod metric;
mod names;
mod redact;
mod report;
mod rule;
mod subject;
mod suspicious;
mod texts;
mod times;
mod typed;
mod walk;

use std::fmt::Write;
use std::sync::Arc;

use candor_schema::Catalogue;

use crate::engine::words;
use crate::item::{Item, Unreadable};
use crate::payload::{Origin, Payload};
use expected::Expected;
use ledger::{Hit, Spot, Words};
use memory::Memory;

pub use report::{Capture, Finding, Granted, Place, Report, RowCoverage};
pub use rule::{Harm, Rule};

/// Telemetry held against a catalogue as it comes.
#[derive(Debug)]
pub struct Audit<'c> {
    expected: Expected<'c>,
    granted: Granted,
    memory: Memory,
}

impl<'c> Audit<'c> {
    /// An audit that has seen nothing.
    pub fn new(catalogue: &'c Catalogue) -> Self {
        Audit { expected: Expected::new(catalogue), granted: Granted::Default, memory: Memory::new(catalogue) }
    }

    /// Begins a capture: what is added from here on came from there, and was sent with that consent.
    ///
    /// A live stream is one capture, however many requests it has. What is added before the first one began belongs to
    /// a capture without a name, taken at [`Granted::Default`].
    pub fn begin(&mut self, capture: &str, granted: Granted) {
        self.granted = granted;
        let head = self.expected.catalogue.head();
        let is_named = [Granted::Off, Granted::Default, Granted::OptedIn].contains(&granted);
        let names = if is_named { Vec::new() } else { head.channel_names(granted.consent()) };
        self.memory.ledger.begin(capture, granted, names.into_iter().map(str::to_owned).collect());
    }

    /// Takes in a text that the tester typed into the program. Every place where it turns up, as it is or hashed, is a
    /// finding.
    pub fn add_typed(&mut self, text: &str) {
        self.memory.add_typed(text);
    }

    /// Takes in something that was sent.
    pub fn add(&mut self, item: &Item) {
        match item {
            Item::Payload(payload) => self.add_payload(payload),
            Item::Unreadable(part) => self.add_unreadable(part),
        }
    }

    /// Takes in a signal.
    pub fn add_payload(&mut self, payload: &Payload) {
        self.begin_if_none_has();
        walk::walk(&self.expected, self.granted, payload, &mut self.memory);
    }

    /// Takes in something that was sent and could not be read.
    pub fn add_unreadable(&mut self, part: &Unreadable) {
        self.begin_if_none_has();
        let spot = Spot {
            capture: self.memory.ledger.capture(),
            signal: Arc::from("?"),
            origin: Arc::new(Origin::clone(&part.origin)),
            pointer: Arc::from(""),
        };
        let words = || Words {
            subject: "a part of the capture".to_owned(),
            message: format!("cannot be read: {}", part.why),
            row: None,
            example: None,
        };
        self.memory.ledger.note(Hit::new(Rule::Unreadable).with(part.why.clone()), &spot, 1, words);
    }

    fn begin_if_none_has(&mut self) {
        if self.memory.ledger.captures().is_empty() {
            self.begin("", self.granted);
        }
    }

    /// Findings of a kind and place that were not there when this was last asked, in the order they came.
    pub fn new_findings(&mut self) -> Vec<Finding> {
        self.memory.ledger.take_new()
    }

    /// Everything that was found so far.
    pub fn report(&self) -> Report {
        let Memory { ledger, coverage, .. } = &self.memory;
        let catalogue = self.expected.catalogue;
        let head = catalogue.head();
        Report {
            catalogue: format!("{} {}", head.title(), head.version()),
            captures: ledger.captures().to_vec(),
            findings: self.findings(),
            coverage: coverage.rows(catalogue, ledger.captures()),
            never_sent: coverage.never_sent(catalogue, ledger.captures()),
            limits: self.memory.limits(),
        }
    }

    /// The findings, those about unknown signals with the names that were probably meant.
    fn findings(&self) -> Vec<Finding> {
        let Memory { ledger, coverage, .. } = &self.memory;
        let mut findings = ledger.findings();
        for finding in findings.iter_mut().filter(|finding| finding.rule == Rule::UnknownSignal) {
            let unseen = coverage.unseen(self.expected.catalogue);
            let same = unseen.filter(|signal| finding.subject.starts_with(&format!("the {} ", signal.kind.word())));
            let names: Vec<&str> = same.map(|signal| &*signal.name).collect();
            let own = finding.signals.keys().next().map(String::as_str).unwrap_or_default();
            if let Some(near) = names::near(own, &names) {
                let _ = write!(finding.message, "; did you mean {}, which was never seen?", words::key(near));
            }
        }
        findings
    }
}
