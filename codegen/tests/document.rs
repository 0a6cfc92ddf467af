//! A catalogue as one JSON document: it loads as what it came from.

use std::path::Path;

use candor_codegen::document;
use candor_schema::{Catalogue, load, load_str};

#[track_caller]
fn check(path: &str) {
    let loaded = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path));
    let catalogue = loaded.catalogue.expect("a catalogue without findings");
    let text = document(&catalogue);
    assert!(text.is_ascii() && !text.contains(|char: char| char.is_control() && char != '\n'));
    let again = load_str("document.yaml", &text);
    let findings: Vec<_> = again.findings.iter().map(|finding| (finding.code, &finding.message)).collect();
    let again = again.catalogue.unwrap_or_else(|| panic!("{findings:?}"));
    assert_eq!(document(&again), text);
    assert_eq!(without_places(&again), without_places(&catalogue));
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
fn nasty_texts() {
    check("tests/fixtures/nasty.yaml");
}

#[test]
fn the_examples() {
    check("examples/notes/telemetry.yaml");
    check("examples/cli-tool/telemetry");
}
