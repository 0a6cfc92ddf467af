//! Findings as they add up: the same thing seen again is counted, and memory stays bounded.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use candor_schema::AttributeId;

use crate::audit::{Capture, Finding, Granted, Harm, Place, Rule};
use crate::payload::Origin;

/// Most different findings that are kept.
const MOST_FINDINGS: usize = 10_000;

/// Most names of signals that a finding keeps.
const MOST_SIGNALS: usize = 256;

/// The place where something was seen. Cheap to keep for later.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    /// Position of the capture.
    pub capture: usize,
    pub signal: Arc<str>,
    pub origin: Arc<Origin>,
    pub pointer: Arc<str>,
}

impl Spot {
    /// Returns true if both are the same place of the same signal, in one capture.
    pub fn is_beside(&self, other: &Spot) -> bool {
        self.capture == other.capture && self.pointer == other.pointer && self.signal == other.signal
    }
}

/// The key of a finding, without the words that only the first occurrence needs.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub rule: Rule,
    pub harm: Harm,
    pub attribute: Option<AttributeId>,
    /// The detail that tells it from other findings of this rule at this place.
    pub detail: Cow<'static, str>,
}

impl Hit {
    pub fn new(rule: Rule) -> Self {
        Hit { rule, harm: rule.harm(), attribute: None, detail: Cow::Borrowed("") }
    }

    pub fn of(self, attribute: AttributeId) -> Self {
        self.of_any(Some(attribute))
    }

    pub fn of_any(self, attribute: Option<AttributeId>) -> Self {
        Hit { attribute, ..self }
    }

    pub fn with(self, detail: impl Into<Cow<'static, str>>) -> Self {
        Hit { detail: detail.into(), ..self }
    }
}

/// The words of a finding, made when it is first seen.
pub(super) struct Words {
    pub subject: String,
    pub message: String,
    pub row: Option<String>,
    pub example: Option<String>,
}

/// The findings so far.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    captures: Vec<Capture>,
    findings: Vec<Entry>,
    index: HashMap<Key, HashMap<Arc<str>, usize>>,
    taken: usize,
    full: bool,
}

type Key = (Rule, Harm, Option<AttributeId>, Cow<'static, str>);

#[derive(Debug)]
struct Entry {
    finding: Finding,
    /// Positions of the captures that have it. Hashes are found out of order.
    captures: BTreeSet<usize>,
}

impl Ledger {
    pub fn begin(&mut self, name: &str, granted: Granted, channels: Vec<String>) {
        self.captures.push(Capture { name: name.to_owned(), granted, channels, signals: 0 });
    }

    /// Position of the capture that is being read.
    pub fn capture(&self) -> usize {
        self.captures.len() - 1
    }

    pub fn count_signal(&mut self) {
        if let Some(capture) = self.captures.last_mut() {
            capture.signals += 1;
        }
    }

    pub fn captures(&self) -> &[Capture] {
        &self.captures
    }

    /// Returns true if findings were left out.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Notes something `count` times.
    pub fn note(&mut self, hit: Hit, spot: &Spot, count: u64, words: impl FnOnce() -> Words) {
        let key = (hit.rule, hit.harm, hit.attribute, hit.detail);
        let known = self.index.get(&key).and_then(|by_pointer| by_pointer.get(&spot.pointer)).copied();
        let position = match known {
            Some(position) => position,
            None if self.findings.len() >= MOST_FINDINGS => return self.full = true,
            None => {
                self.findings.push(self.entry(hit.rule, hit.harm, spot, words()));
                let position = self.findings.len() - 1;
                self.index.entry(key).or_default().insert(Arc::clone(&spot.pointer), position);
                position
            }
        };
        self.findings[position].count(spot, count);
    }

    fn entry(&self, rule: Rule, harm: Harm, spot: &Spot, words: Words) -> Entry {
        let Words { subject, message, row, example } = words;
        let capture = self.captures[spot.capture].name.clone();
        let first = Place { capture, origin: Origin::clone(&spot.origin) };
        let pointer = spot.pointer.to_string();
        let signals = BTreeMap::new();
        let finding =
            Finding { rule, harm, pointer, subject, message, row, example, count: 0, captures: 0, signals, first };
        Entry { finding, captures: BTreeSet::new() }
    }

    /// The findings, the most harmful first.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.findings.iter().map(|entry| entry.finding.clone()).collect();
        findings.sort_by(|a, b| (a.harm, a.rule).cmp(&(b.harm, b.rule)).then(b.count.cmp(&a.count)));
        findings
    }

    /// Findings that were not taken before.
    pub fn take_new(&mut self) -> Vec<Finding> {
        let new = self.findings[self.taken..].iter().map(|entry| entry.finding.clone()).collect();
        self.taken = self.findings.len();
        new
    }
}

impl Entry {
    fn count(&mut self, spot: &Spot, count: u64) {
        let Finding { signals, count: total, captures, .. } = &mut self.finding;
        *total += count;
        self.captures.insert(spot.capture);
        *captures = self.captures.len() as u64;
        if let Some(known) = signals.get_mut(&*spot.signal) {
            *known += count;
        } else if signals.len() < MOST_SIGNALS {
            signals.insert(spot.signal.to_string(), count);
        }
    }
}
