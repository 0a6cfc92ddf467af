//! `candor validate`

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use candor_schema::{Catalogue, Collected};
use candor_validate::{Item, Validator, read};
use clap::ValueEnum;

use crate::config::{self, Config};
use crate::{Outcome, output};

#[derive(clap::Args)]
pub struct Arguments {
    /// Payloads (JSON or NDJSON) or OTLP requests (JSON or protobuf, gzip or not); `-` for standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What the user whose program sent them had allowed
    #[arg(long, value_enum, default_value_t = Level::Default)]
    consent: Level,
    /// The catalogue: a folder or a file
    #[arg(long)]
    catalogue: Option<PathBuf>,
    /// Show no more than this many different findings
    #[arg(long, default_value_t = 100)]
    max_findings: usize,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Level {
    /// What is collected by default
    Default,
    /// That, and what the user opted in to
    OptedIn,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let path = Config::find()?.catalogue(arguments.catalogue.as_deref())?;
    let Some(catalogue) = config::open(&path) else { return Ok(false) };
    let level = match arguments.consent {
        Level::Default => Collected::Default,
        Level::OptedIn => Collected::OptIn,
    };
    let validator = Validator::new(&catalogue, level);
    let mut report = Report::default();
    for file in &arguments.files {
        let bytes = read_file(file).map_err(|error| format!("{}: {error}", file.display()))?;
        report.add(file, &bytes, &catalogue, &validator);
    }
    report.show(arguments.max_findings);
    Ok(report.findings.is_empty())
}

fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return fs::read(path);
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What was found, the same finding in many signals once.
#[derive(Default)]
struct Report {
    signals: usize,
    refused: usize,
    findings: BTreeMap<Key, Found>,
}

/// What makes two findings the same: signal, place without positions in lists, message.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    signal: String,
    place: String,
    message: String,
}

struct Found {
    rule: &'static str,
    count: usize,
    /// Where it was found first.
    first: String,
}

impl Report {
    fn add(&mut self, file: &Path, bytes: &[u8], catalogue: &Catalogue, validator: &Validator<'_>) {
        let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
        let items = match read(catalogue, bytes) {
            Ok(items) => items,
            Err(error) => return self.unreadable(&name, error.to_string(), name.clone()),
        };
        for item in items {
            match item {
                Item::Unreadable(part) => self.unreadable(&name, part.why, format!("{name}: {}", part.origin)),
                Item::Payload(payload) => {
                    let violations = validator.check_payload(&payload);
                    self.signals += 1;
                    self.refused += usize::from(!violations.is_empty());
                    for violation in violations {
                        let signal = payload.value["name"].as_str().unwrap_or("?").to_owned();
                        let message = without_positions(&violation.message);
                        let key = Key { signal, place: place(&violation.pointer), message };
                        self.count(key, violation.rule.name(), format!("{name}: {}", payload.origin));
                    }
                }
            }
        }
    }

    fn unreadable(&mut self, file: &str, why: String, first: String) {
        self.count(Key { signal: file.to_owned(), place: String::new(), message: why }, "unreadable", first);
    }

    fn count(&mut self, key: Key, rule: &'static str, first: String) {
        self.findings.entry(key).or_insert(Found { rule, count: 0, first }).count += 1;
    }

    fn show(&self, most: usize) {
        let mut signal = "";
        for (key, found) in self.findings.iter().take(most) {
            if signal != key.signal {
                anstream::println!("{}", key.signal);
                signal = &key.signal;
            }
            anstream::println!("  {:<14} {}", found.rule, key.message);
            let place = if key.place.is_empty() { String::new() } else { format!("at {}, ", key.place) };
            let count = if found.count == 1 { "once, in" } else { &format!("{} times, first in", found.count) };
            anstream::println!("  {:<14} {place}{count} {}", "", found.first);
        }
        if self.findings.len() > most {
            anstream::println!("… and {} more; --max-findings shows them", self.findings.len() - most);
        }
        let rules = self.by_rule().into_iter().map(|(rule, count)| format!("{rule} {count}")).collect::<Vec<_>>();
        let fine = self.signals - self.refused;
        anstream::println!("{}: {fine} fine, {} refused", output::count(self.signals, "signal"), self.refused);
        if !rules.is_empty() {
            anstream::println!("by rule: {}", rules.join(", "));
        }
    }

    fn by_rule(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for found in self.findings.values() {
            *counts.entry(found.rule).or_default() += found.count;
        }
        counts
    }
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
