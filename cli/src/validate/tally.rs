//! Counts findings, the same finding in many signals once.

use std::collections::BTreeMap;

use candor_validate::{Origin, Payload, Unreadable, Violation};

use crate::output::foreign;
use crate::report::{Level, Location, Region, ReportFinding};

/// Counts, and the different findings.
#[derive(Debug, Default)]
pub struct Tally {
    pub signals: u64,
    pub refused: u64,
    findings: BTreeMap<TallyKey, TallyEntry>,
    /// Findings beyond the [`MOST`] different ones that are kept apart.
    beyond: u64,
    by_rule: BTreeMap<&'static str, u64>,
    by_attribute: BTreeMap<String, u64>,
}

/// The number of different findings, and of attributes with findings, that are kept apart: memory must not grow with a
/// file in which every line is wrong in its own way.
const MOST: usize = 10_000;

/// The identity of a finding: signal, place without positions in lists, message.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TallyKey {
    /// Name of the signal, or of the file.
    pub signal: String,
    /// JSON Pointer with `*` for positions in lists. Empty where there is no payload.
    pub place: String,
    pub message: String,
}

#[derive(Debug)]
pub struct TallyEntry {
    pub rule: &'static str,
    pub count: u64,
    /// The place where it was found first.
    pub first: Spot,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Its position among the files.
    pub position: usize,
    pub file: String,
    pub line: Option<usize>,
    /// JSON Pointer into the file or its line.
    pub path: String,
}

impl Spot {
    /// The place in this file, or in this line of it, that `origin` names.
    pub fn inside(&self, origin: &Origin) -> Spot {
        Spot { line: origin.line.or(self.line), path: origin.path.clone(), ..self.clone() }
    }
}

impl std::fmt::Display for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let origin = Origin { line: self.line, path: self.path.clone() };
        write!(f, "{}: {origin}", self.file)
    }
}

impl Tally {
    /// A signal, and what is wrong with it.
    pub fn add(&mut self, payload: &Payload, violations: Vec<Violation>, spot: &Spot) {
        self.signals += 1;
        self.refused += u64::from(!violations.is_empty());
        for violation in violations {
            let signal = foreign(payload.value["name"].as_str().unwrap_or("?"));
            let message = without_positions(&violation.message);
            if let Some(attribute) = attribute(&violation.pointer) {
                add(&mut self.by_attribute, attribute, 1);
            }
            let key = TallyKey { signal, place: foreign(&place(&violation.pointer)), message };
            self.count(key, violation.rule.name(), spot.inside(&payload.origin));
        }
    }

    /// Something that is no signal.
    pub fn add_unreadable(&mut self, part: &Unreadable, spot: &Spot) {
        self.add_unreadable_spot(&part.why, spot.inside(&part.origin));
    }

    /// A file, or a line of it, that is nothing at all.
    pub fn add_unreadable_spot(&mut self, why: &str, spot: Spot) {
        let key = TallyKey { signal: spot.file.clone(), place: String::new(), message: why.to_owned() };
        self.count(key, "unreadable", spot);
    }

    fn count(&mut self, key: TallyKey, rule: &'static str, first: Spot) {
        *self.by_rule.entry(rule).or_default() += 1;
        self.insert(key, TallyEntry { rule, count: 1, first });
    }

    fn insert(&mut self, key: TallyKey, found: TallyEntry) {
        if let Some(known) = self.findings.get_mut(&key) {
            known.count += found.count;
            known.first = known.first.clone().min(found.first);
        } else if self.findings.len() < MOST {
            self.findings.insert(key, found);
        } else {
            self.beyond += found.count;
        }
    }

    /// Adds what another has.
    pub fn merge(&mut self, other: Tally) {
        self.signals += other.signals;
        self.refused += other.refused;
        self.beyond += other.beyond;
        other.findings.into_iter().for_each(|(key, found)| self.insert(key, found));
        other.by_rule.into_iter().for_each(|(rule, count)| *self.by_rule.entry(rule).or_default() += count);
        other.by_attribute.into_iter().for_each(|(attribute, count)| add(&mut self.by_attribute, attribute, count));
    }

    /// Returns true if there is no finding.
    pub fn is_fine(&self) -> bool {
        self.findings.is_empty()
    }

    /// The different findings, by signal.
    pub fn findings(&self) -> impl ExactSizeIterator<Item = (&TallyKey, &TallyEntry)> {
        self.findings.iter()
    }

    /// Counts the findings that are kept apart from no other.
    pub fn beyond(&self) -> u64 {
        self.beyond
    }

    /// Returns how often each rule was broken.
    pub fn by_rule(&self) -> &BTreeMap<&'static str, u64> {
        &self.by_rule
    }

    /// Returns the number of findings of each attribute.
    pub fn by_attribute(&self) -> &BTreeMap<String, u64> {
        &self.by_attribute
    }
}

impl TallyEntry {
    /// The finding, for other programs.
    pub fn finding(&self, key: &TallyKey) -> ReportFinding {
        let message =
            if key.place.is_empty() { key.message.clone() } else { format!("{}: {}", key.signal, key.message) };
        let within = if self.first.path.is_empty() { &key.place } else { &self.first.path };
        let location = Location {
            file: self.first.file.clone(),
            region: self.first.line.map(|line| Region::of_line(line as u64)),
            within: Some(within.clone()).filter(|within| !within.is_empty()),
        };
        let code = self.rule.to_owned();
        ReportFinding { code, level: Level::Error, message, location, count: self.count, ..ReportFinding::default() }
    }
}

/// Counts a text of somebody else's.
fn add(counts: &mut BTreeMap<String, u64>, text: String, count: u64) {
    if counts.len() < MOST || counts.contains_key(&text) {
        *counts.entry(text).or_default() += count;
    }
}

/// The attribute that a JSON Pointer into a payload leads to.
fn attribute(pointer: &str) -> Option<String> {
    let key = pointer.strip_prefix("/attributes/")?.split('/').next()?;
    Some(foreign(&key.replace("~1", "/").replace("~0", "~")))
}

/// A JSON Pointer with `*` for positions in lists.
pub fn place(pointer: &str) -> String {
    let parts = pointer.split('/').map(|part| if is_number(part) { "*" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// A message with `[]` for positions in lists: what is wrong in one item is wrong in all.
pub fn without_positions(message: &str) -> String {
    let mut parts = message.split('[');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push('[');
        text.push_str(match part.split_once(']') {
            Some((number, _)) if is_number(number) => &part[number.len()..],
            _ => part,
        });
    }
    text
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
