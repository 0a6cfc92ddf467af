//! A catalogue as one JSON document: it loads as what it came from.

use std::path::Path;

use candor_codegen::document;
use candor_schema::{Catalogue, load, load_str};

#[track_caller]
fn check(path: &str) {
    let loaded = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path));
    check_catalogue(&loaded.catalogue.expect("a catalogue without findings"));
}

#[track_caller]
fn check_catalogue(catalogue: &Catalogue) {
    let text = document(catalogue);
    assert!(text.is_ascii() && !text.contains(|char: char| char.is_control() && char != '\n'));
    let again = load_str("document.yaml", &text);
    let findings: Vec<_> = again.findings.iter().map(|finding| (finding.code, &finding.message)).collect();
    let again = again.catalogue.unwrap_or_else(|| panic!("{findings:?}"));
    assert_eq!(document(&again), text);
    assert_eq!(without_places(&again), without_places(catalogue));
}

/// All that a catalogue says, line by line; not where it was written.
fn without_places(catalogue: &Catalogue) -> Vec<String> {
    let is_place =
        |line: &&str| ["file: ", "start: ", "end: ", "line: ", "column: "].iter().any(|key| line.starts_with(key));
    let lines = format!("{catalogue:#?}");
    let kept = lines.lines().map(str::trim).filter(|line| !is_place(line) && !line.ends_with(".yaml\","));
    kept.map(str::to_owned).collect()
}

#[test]
fn crewai() {
    check("schema/crewai");
}

#[test]
fn every_type_and_bound() {
    check("tests/fixtures/demo.yaml");
}

#[test]
fn every_opt_out() {
    check("tests/fixtures/switches.yaml");
}

#[test]
fn identifiers_and_intervals() {
    check("tests/fixtures/installed.yaml");
}

#[test]
fn parents_and_links() {
    check("tests/fixtures/traces.yaml");
}

#[test]
fn nasty_texts() {
    check("tests/fixtures/nasty.yaml");
}

#[test]
fn who_signed() {
    let text = "candor: 1\nname: demo\ntitle: Demo\nversion: 1.1.0\nservice: demo\nrows: {usage: {title: Usage, personal: none}}\n\
        reviews: [{version: 1.1.0, who: the privacy team, when: 2026-11-20, link: https://example.com/12, widens: [attributes.runs]}]\n\
        attributes: {runs: {row: usage, collected: default, type: int, brief: runs}}\n\
        spans: {started: {name: Started, collected: default, brief: it started, attributes: {runs: required}}}\n";
    let catalogue = load_str("demo.yaml", text).catalogue.expect("a catalogue without findings");
    assert_eq!(catalogue.head().reviews().len(), 1);
    check_catalogue(&catalogue);
}

/// A waived finding may be an error, and has to be waived in the document, too.
#[test]
fn what_is_waived() {
    let text = "
candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo
allow: {W0301: they are gone soon}
rows:
  usage: {title: Usage, personal: none}
  usages: {title: Usages, allow: {W0302: they differ}, personal: none}
attributes:
  tool: {row: usage, collected: default, type: string, pattern: '^(a+)+$', brief: tool, allow: {e0219: \"nobody tries: \\\"so\\\"\"}}
  parts: {row: usages, collected: default, type: [part], brief: parts}
objects:
  part: {fields: {key: tool, Key: tool}, allow: {W0303: both are sent}}
spans:
  started: {name: Started, collected: default, brief: started, attributes: {parts: optional}}
  begun: {name: Begun, collected: default, brief: begun, row: usage, deprecated: {reason: renamed}}
";
    let loaded = load_str("demo.yaml", text);
    assert_eq!(loaded.findings, []);
    check_catalogue(&loaded.catalogue.expect("a catalogue without findings"));
}

#[test]
fn the_examples() {
    check("examples/notes/telemetry.yaml");
    check("examples/cli-tool/telemetry");
}

#[test]
fn metrics() {
    check("tests/metrics/telemetry.yaml");
}
