//! Catalogues of several files: one model, and findings that know their file.

use std::fs;

use candor_schema::{Loaded, load};

const HEAD: &str = "candor: 1\nname: demo\ntitle: Demo\nversion: 1.0.0\nservice: demo\n";
const USAGE: &str = "\
rows:
  usage: {title: Usage, personal: none}
attributes:
  runs: {row: usage, collected: default, type: int, brief: number of runs}
spans:
  started: {name: Started, collected: default, brief: The program started., attributes: {runs: required}}
";

fn load_files(files: &[(&str, &str)]) -> Loaded {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("written");
    }
    load(folder.path())
}

/// Expects these findings: code and `file:line`.
fn check(files: &[(&str, &str)], expected: &[(&str, &str)]) -> Loaded {
    let loaded = load_files(files);
    let found: Vec<_> = loaded
        .findings
        .iter()
        .map(|finding| {
            let path = &loaded.sources.get(finding.place).expect("a file that was read").path;
            let file = path.file_name().expect("a name").to_string_lossy();
            (finding.code, format!("{file}:{}", finding.place.line))
        })
        .collect();
    let found: Vec<_> = found.iter().map(|(code, place)| (*code, place.as_str())).collect();
    assert_eq!(found, expected, "{:#?}", loaded.findings);
    loaded
}

#[test]
fn one_catalogue_in_several_files() {
    let rows = "rows:\n  usage: {title: Usage, personal: none}\n";
    let rest = USAGE.strip_prefix(rows).expect("the rows first");
    let loaded = check(&[("z.yaml", rows), ("catalogue.yaml", HEAD), ("a.yaml", rest), ("notes.txt", "- none")], &[]);
    let catalogue = loaded.catalogue.expect("a catalogue");
    let files: Vec<_> = catalogue.head().files().filter_map(|file| file.file_name()?.to_str()).collect();
    assert_eq!(files, ["catalogue.yaml", "a.yaml", "z.yaml"]);
}

#[test]
fn the_same_names_in_two_files() {
    let loaded = check(
        &[("catalogue.yaml", HEAD), ("a.yaml", USAGE), ("b.yaml", USAGE)],
        &[("E0004", "b.yaml:2"), ("E0004", "b.yaml:4"), ("E0004", "b.yaml:6")],
    );
    for finding in &loaded.findings {
        assert_eq!((finding.labels[0].place.file, finding.labels[0].place.line), (1, finding.place.line));
    }
}

#[test]
fn consent_outside_the_head() {
    let usage =
        format!("consent: {{opt_in: share}}\n{USAGE}").replace("collected: default, type", "collected: opt_in, type");
    let usage = usage.replace("runs: required", "runs: optional");
    check(&[("catalogue.yaml", HEAD), ("usage.yaml", &usage)], &[("E0010", "usage.yaml:1")]);
}

#[test]
fn one_file_is_not_yaml() {
    // What in the other files depends on it cannot be judged without it; the rest can.
    check(&[("catalogue.yaml", HEAD), ("a.yaml", USAGE), ("b.yaml", "rows: [")], &[("E0001", "b.yaml:1")]);
    check(
        &[("catalogue.yaml", HEAD), ("a.yaml", "rows: {"), ("b.yaml", "rows: [")],
        &[("E0001", "a.yaml:1"), ("E0001", "b.yaml:1")],
    );
    let wrong = USAGE.replace("type: int", "type: integer").replace("row: usage", "row: usgae");
    check(
        &[("catalogue.yaml", HEAD), ("a.yaml", &wrong), ("b.yaml", "objects: [")],
        &[("E0101", "a.yaml:4"), ("E0103", "a.yaml:4"), ("E0001", "b.yaml:1")],
    );
}

#[test]
fn one_file_is_empty() {
    check(&[("catalogue.yaml", HEAD), ("a.yaml", USAGE), ("b.yaml", "# nothing yet\n")], &[("E0001", "b.yaml:2")]);
}

#[test]
fn one_file_is_something_else() {
    check(
        &[
            ("catalogue.yaml", HEAD),
            ("a.yaml", USAGE.split_once("attributes").expect("attributes").0),
            ("b.yaml", "- a\n"),
        ],
        &[("E0002", "b.yaml:1")],
    );
}

#[test]
fn objects_in_a_circle() {
    let circle = "\
rows:
  usage: {title: Usage, personal: none}
attributes:
  task: {row: usage, collected: default, type: task, brief: task}
  agent: {row: usage, collected: default, type: '[agent]', brief: agent}
objects:
  task: {fields: {agent: agent}}
  agent: {fields: {task: task}}
spans:
  started: {name: Started, collected: default, brief: started, attributes: {task: optional}}
"
    .replace("'[agent]'", "[agent]");
    let loaded = check(&[("catalogue.yaml", HEAD), ("a.yaml", &circle)], &[("E0104", "a.yaml:8")]);
    let finding = &loaded.findings[0];
    assert_eq!(finding.message, "object `task` contains itself: task → agent → task");
    assert_eq!(finding.labels[0].text, "`task` holds `agent`");
    assert_eq!(finding.labels[0].place.line, 7);
}
