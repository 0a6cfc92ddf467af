//! Helpers of the tests: a small catalogue, CrewAI's, and short ways to read.

#![allow(dead_code)] // every test is a crate of its own and uses a part of this

use std::io::Write;
use std::path::{Path, PathBuf};

use candor_schema::Catalogue;
use candor_validate::{Item, Payload, read};
use serde_json::{Value, json};

/// A catalogue with every type, an opt-in attribute and an opt-in span, and an event.
pub fn catalogue() -> Catalogue {
    let loaded = candor_schema::load_str(
        "demo.yaml",
        r#"
candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo-telemetry
consent: {opt_in: share_demo}
rows:
  usage: {title: Usage, reason: How it is used., personal: none}
  machine: {title: Machine Information, reason: What it runs on., personal: none}
attributes:
  text: {row: usage, collected: default, type: string, max_length: 8, brief: a text}
  key: {row: usage, collected: default, type: string, pattern: '^[0-9a-f]{4}$', brief: a key}
  flag: {row: usage, collected: default, type: boolean, brief: a flag}
  runs: {row: usage, collected: default, type: int, minimum: 0, maximum: 10, brief: a count}
  score: {row: usage, collected: default, type: double, brief: a score}
  mode: {row: usage, collected: default, type: {enum: [fast, slow]}, brief: a mode}
  tags: {row: usage, collected: default, type: [string], max_length: 8, max_items: 2, brief: some tags}
  agents: {row: usage, collected: default, type: [agent], encoding: json, brief: the agents}
  boss: {row: usage, collected: default, type: agent, brief: the agent above}
  role: {row: usage, collected: default, type: string, max_length: 8, brief: a role}
  goal: {row: machine, collected: opt_in, type: string, max_length: 8, brief: a goal}
  host: {row: machine, collected: opt_in, type: string, max_length: 8, brief: a host}
objects:
  agent:
    fields: {role: role, goal: goal}
spans:
  started:
    name: Started
    collected: default
    brief: it started
    attributes:
      text: optional
      key: optional
      flag: optional
      runs: required
      score: optional
      mode: optional
      tags: optional
      agents: optional
      boss: optional
      host: optional
  ended:
    name: Ended
    collected: default
    brief: it ended
    attributes: {runs: required}
  watched:
    name: Watched
    collected: opt_in
    row: machine
    brief: it was watched
events:
  opened:
    name: Opened
    collected: default
    brief: it was opened
    attributes: {text: optional, agents: optional}
"#,
    );
    loaded.catalogue.unwrap_or_else(|| panic!("the catalogue has findings: {:#?}", loaded.findings))
}

/// CrewAI's catalogue.
pub fn crewai() -> Catalogue {
    let loaded = candor_schema::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/crewai"));
    loaded.catalogue.unwrap_or_else(|| panic!("the catalogue has findings: {:#?}", loaded.findings))
}

/// A file that was captured from CrewAI.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folder with further captures, if `CANDOR_CAPTURES` names one.
pub fn captures() -> Option<PathBuf> {
    let folder = std::env::var_os("CANDOR_CAPTURES").map(PathBuf::from);
    if folder.is_none() {
        // Past the harness, which keeps what passing tests print to itself.
        let why = "SKIPPED: `CANDOR_CAPTURES` names no folder of captures; only the fixtures are tested";
        let _ = writeln!(std::io::stderr(), "{why}");
    }
    folder
}

/// All payloads of a file in which everything can be read.
#[track_caller]
pub fn payloads(catalogue: &Catalogue, bytes: &[u8]) -> Vec<Payload> {
    let items = read(catalogue, bytes).unwrap_or_else(|error| panic!("not read: {error}"));
    let payload = |item| match item {
        Item::Payload(payload) => payload,
        Item::Unreadable(unreadable) => panic!("{}: {}", unreadable.origin, unreadable.why),
    };
    items.into_iter().map(payload).collect()
}

/// A request with one span.
pub fn request(span: Value) -> Value {
    json!({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})
}

/// A request with one log record.
pub fn log_request(record: Value) -> Value {
    json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
}
