//! `check`, `explain` and `schema`.

use std::fs;

use crate::{check, empty, folder, run};

#[test]
fn a_catalogue_without_findings() {
    check(folder().path(), "check telemetry", 0, &["telemetry: fine: 14 rows, ", "only after opt-in", "12 signals"]);
    check(folder().path(), "check", 0, &["telemetry: fine"]);
}

#[test]
fn every_finding_with_its_place() {
    let folder = empty();
    let text = include_str!("../../../tests/fixtures/broken/catalogue.yaml");
    fs::write(folder.path().join("telemetry.yaml"), text).expect("written");
    let expected = [
        "error[E0101]: there is no row `usgae`",
        "--> telemetry.yaml:9:15",
        "did you mean `usage`?",
        "error[E0102]: there is no attribute `rnus`",
        "--> telemetry.yaml:11:80",
        "did you mean `runs`?",
    ];
    check(folder.path(), "check", 1, &[&expected[..], &["telemetry.yaml: 2 errors"]].concat());
    for command in ["generate", "generate --check", "schema payload.default", "validate telemetry.yaml"] {
        check(folder.path(), command, 1, &expected);
    }
    assert!(!folder.path().join("generated").exists(), "a broken catalogue generates nothing");
}

#[test]
fn a_file_that_is_no_yaml() {
    let folder = empty();
    fs::write(folder.path().join("a.yaml"), "candor: 1\nrows: [\n").expect("written");
    check(folder.path(), "check a.yaml", 1, &["error[E0001]", "--> a.yaml:"]);
}

#[test]
fn very_many_findings() {
    let folder = empty();
    let wrong: String = (0..150).map(|number| format!("key{number}: 1\n")).collect();
    let text = format!("{wrong}{}", include_str!("../../../tests/cases/W0301/bad.yaml"));
    fs::write(folder.path().join("a.yaml"), text).expect("written");
    let run = run(folder.path(), "check a.yaml");
    assert_eq!(run.stderr.matches("error[E0003]").count(), 100);
    check(folder.path(), "check a.yaml", 1, &["… and 51 more", "a.yaml: 150 errors, 1 warning"]);
}

#[test]
fn no_catalogue() {
    check(empty().path(), "check", 2, &["which catalogue?", "candor.yaml"]);
    check(empty().path(), "check nowhere", 2, &["there is no catalogue at `nowhere`"]);
    check(folder().path(), "check telemtry", 2, &["there is no catalogue at `telemtry`; did you mean `telemetry`?"]);
    check(empty().path(), "generate nowhere", 2, &["there is no catalogue at `nowhere`"]);
    check(empty().path(), "validate --catalogue nowhere a.json", 2, &["there is no catalogue at `nowhere`"]);
    check(empty().path(), "schema payload.default", 2, &["which catalogue?"]);
}

#[test]
fn explain_a_code() {
    check(empty().path(), "explain E0201", 0, &["E0201 (error): mixed row", "Wrong:", "Right:", "row: agent_expanded"]);
    check(empty().path(), "explain W0304", 0, &["An entry can waive it", "allow: {W0304: …}"]);
    assert!(!run(empty().path(), "explain E0202").stdout.contains("waive"), "a promise is kept");
    check(empty().path(), "explain e0201", 0, &["E0201 (error): mixed row"]);
}

#[test]
fn explain_lists_the_codes() {
    let list = run(empty().path(), "explain");
    assert_eq!(list.code, 0);
    let codes: Vec<_> = list.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(codes.len() > 30, "{codes:?}");
    for code in codes {
        check(empty().path(), &format!("explain {code}"), 0, &[code, "Wrong:", "Right:"]);
    }
}

#[test]
fn explain_an_unknown_code() {
    check(empty().path(), "explain E021", 2, &["there is no check E021; did you mean E02"]);
    check(empty().path(), "explain nonsense", 2, &["there is no check nonsense"]);
}

#[test]
fn schemas_are_those_that_are_generated() {
    let folder = folder();
    check(folder.path(), "generate", 0, &[]);
    for name in ["payload.default", "payload.opted_in", "crew_created.default", "crew_execution.opted_in", "catalogue"]
    {
        let printed = run(folder.path(), &format!("schema {name} --catalogue telemetry"));
        let written = folder.path().join(format!("generated/json-schema/{name}.schema.json"));
        assert_eq!((printed.code, printed.stdout), (0, fs::read_to_string(written).expect("a schema")), "{name}");
    }
    check(empty().path(), "schema catalogue", 0, &["https://json-schema.org/draft/2020-12/schema"]);
}

#[test]
fn unknown_schemas() {
    let expected = ["there is no schema `payloads`; there are: ", "payload.default", "crew_created.opted_in"];
    check(folder().path(), "schema payloads", 2, &expected);
    check(folder().path(), "schema crew_execution.default", 2, &["there is no schema `crew_execution.default`"]);
}
