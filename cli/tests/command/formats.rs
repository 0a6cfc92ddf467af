//! `--format json | github | sarif`: what other programs read.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::*;

/// A catalogue with as many mistakes as there are keys here that the format does not have.
fn broken(mistakes: usize) -> TempDir {
    let folder = empty();
    let head = "candor: 1\nname: demo\ntitle: \"Ünder, 100 %: ∞\"\nversion: 1.0.0\nservice: demo\n";
    let rows = "rows: {usage: {title: Usage, reason: How it is used., personal: none}}\n";
    let attributes = "attributes: {runs: {row: usage, collected: default, type: int, brief: number of runs}}\n";
    let spans = "spans: {s: {name: S, collected: default, brief: b, attributes: {runs: required}}}\n";
    let unknown: String = (0..mistakes).map(|number| format!("unknown_{number}: true\n")).collect();
    fs::write(folder.path().join("telemetry.yaml"), format!("{head}{unknown}{rows}{attributes}{spans}"))
        .expect("written");
    folder
}

/// Findings of every kind: the wrong example of each check.
fn every_check() -> Vec<PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases");
    let codes = fs::read_dir(&cases).expect("the cases").map(|entry| entry.expect("an entry").path());
    let bad = |code: PathBuf| [code.join("bad.yaml"), code.join("bad")].into_iter().find(|path| path.exists());
    codes.filter_map(bad).collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn output(format: &str, catalogue: &Path) -> String {
    run(Path::new("."), &format!("check {} --format {format}", catalogue.display())).stdout
}

#[track_caller]
fn check_valid(schema: &jsonschema::Validator, document: &Value, what: &Path) {
    let errors: Vec<String> =
        schema.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}: {errors:#?}", what.display());
}

#[test]
fn the_json_of_every_finding_is_what_its_schema_says() {
    let schema = jsonschema::validator_for(&json(&run(Path::new("."), "schema report").stdout)).expect("a schema");
    let mut found = 0;
    for catalogue in every_check() {
        let report = json(&output("json", &catalogue));
        check_valid(&schema, &report, &catalogue);
        found += report["findings"].as_array().expect("a list").len();
    }
    assert!(found >= 35, "{found}");
}

#[test]
fn a_finding_says_where_it_is() {
    let folder = broken(1);
    let run = run(folder.path(), "check --format json");
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let report = json(&run.stdout);
    assert_eq!((&report["errors"], &report["warnings"]), (&1.into(), &0.into()));
    let finding = &report["findings"][0];
    assert_eq!((&finding["code"], &finding["level"], &finding["count"]), (&"E0003".into(), &"error".into(), &1.into()));
    let location = serde_json::json!({
        "file": "telemetry.yaml", "line": 6, "column": 1, "end_line": 6, "end_column": 10,
    });
    assert_eq!(finding["location"], location);
}

#[test]
fn what_is_fine_has_no_findings() {
    let folder = broken(0);
    for format in ["json", "sarif", "github"] {
        let run = run(folder.path(), &format!("check --format {format}"));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{format}");
        match format {
            "json" => assert_eq!(json(&run.stdout)["findings"], serde_json::json!([])),
            "sarif" => assert_eq!(json(&run.stdout)["runs"][0]["results"], serde_json::json!([])),
            _ => assert_eq!(run.stdout, ""),
        }
    }
}

/// SARIF's own schema: the crate `serde-sarif` has it among its sources.
fn sarif_schema() -> jsonschema::Validator {
    let host = Command::new("rustc").args(["--print", "host-tuple"]).output().expect("rustc");
    let host = String::from_utf8(host.stdout).expect("UTF-8");
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", host.trim()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo");
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("metadata");
    let packages = metadata["packages"].as_array().expect("a list");
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").expect("the package");
    let manifest = Path::new(package["manifest_path"].as_str().expect("a path"));
    let schema = fs::read_to_string(manifest.with_file_name("src").join("schema.json")).expect("the schema");
    // One of its patterns has a bracket too many, which not every engine takes for itself.
    let schema = schema.replace("{2}]?$", "{2}$");
    jsonschema::validator_for(&json(&schema)).expect("a schema")
}

#[test]
fn the_sarif_of_every_finding_is_what_its_standard_says() {
    let schema = sarif_schema();
    for catalogue in every_check() {
        let text = output("sarif", &catalogue);
        check_valid(&schema, &json(&text), &catalogue);
        let log: serde_sarif::sarif::Sarif = serde_json::from_str(&text).expect("SARIF");
        let run = &log.runs[0];
        let rules = run.tool.driver.rules.as_ref().expect("rules");
        for result in run.results.as_ref().expect("results") {
            let rule = &rules[result.rule_index.expect("an index") as usize];
            assert_eq!(Some(&rule.id), result.rule_id.as_ref());
        }
    }
}

#[test]
fn github_gets_ten_annotations_and_a_word_about_the_others() {
    let folder = broken(12);
    let run = run(folder.path(), "check --format github");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!((run.code, lines.len()), (1, 11), "{}", run.stdout);
    assert!(lines[..10].iter().all(|line| line.starts_with("::error file=telemetry.yaml,line=")), "{}", run.stdout);
    assert_eq!(lines[10], "::notice title=candor check::and 2 more findings");
}

#[test]
fn texts_cannot_end_an_annotation() {
    let folder = empty();
    let file = "tele,metry: 100%.yaml";
    fs::write(folder.path().join(file), "candor: 1\n\"a\\n::error::b%\": 1\n").expect("written");
    let output = Command::new(env!("CARGO_BIN_EXE_candor"))
        .args(["check", file, "--format", "github"])
        .current_dir(folder.path())
        .output()
        .expect("the command");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.lines().all(|line| line.starts_with("::error file=tele%2Cmetry%3A 100%25.yaml,line=")), "{text}");
    assert!(!text.contains("b%`"), "{text}");
}
