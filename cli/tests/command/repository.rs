//! The command within a Git repository: paths from its root, and generated files that were never added.

use serde_json::Value;

use crate::*;

/// A repository with a catalogue in `crates/app/telemetry`, its artefacts beside it, and everything committed.
fn repository() -> (TempDir, PathBuf) {
    let (folder, source) = (empty(), folder());
    let app = folder.path().join("crates/app");
    fs::create_dir_all(app.parent().expect("a parent")).expect("a folder");
    fs::rename(source.path(), &app).expect("moved");
    check(&app, "generate", 0, &[]);
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "everything"]);
    (folder, app)
}

/// An event that the catalogue did not have.
fn add_event(app: &Path) {
    let event =
        "events:\n  pressed: {name: pressed, collected: default, brief: the button was pressed, row: deployment}\n";
    fs::write(app.join("telemetry/pressed.yaml"), event).expect("written");
}

/// The files that annotations and SARIF name: this one, or some below it.
#[track_caller]
fn check_named(folder: &Path, arguments: &str, expected: &str) {
    let annotations = run(folder, &format!("{arguments} --format github")).stdout;
    let named = annotations.lines().filter_map(|line| line.split_once(" file=")?.1.split([',', ':']).next());
    let named: Vec<&str> = named.collect();
    assert!(!named.is_empty() && named.iter().all(|name| name.starts_with(expected)), "{expected}: {annotations}");
    let log: Value = serde_json::from_str(&run(folder, &format!("{arguments} --format sarif")).stdout).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let named = |result: &Value| {
        let location = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        location["uri"].as_str().is_some_and(|uri| uri.starts_with(expected))
    };
    assert!(!results.is_empty() && results.iter().all(named), "{expected}: {results:#?}");
}

#[test]
fn other_programs_are_told_paths_from_the_root_of_the_repository() {
    let (folder, app) = repository();
    let catalogue = "crates/app/telemetry/deployment.yaml";
    edit(folder.path(), catalogue, "brief:", "breif:");
    for (from, path) in [("crates/app", "telemetry"), ("crates/app/telemetry", "."), (".", "crates/app/telemetry")] {
        check_named(&folder.path().join(from), &format!("check {path}"), catalogue);
        check_named(&folder.path().join(from), &format!("check {path}/../../app/telemetry"), catalogue);
    }
    check_named(&app, &format!("check {}", app.join("telemetry").display()), catalogue);
    git(folder.path(), &["checkout", "-q", "."]);

    edit(&app, "generated/docs/telemetry.md", "\n", "\n\n");
    check_named(&app, "generate --check", "crates/app/generated/docs/telemetry.md");
    let span = r#"{"name":"Nobody's","startTimeUnixNano":"1","endTimeUnixNano":"2"}"#;
    let request = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}"#);
    fs::write(app.join("capture.jsonl"), request).expect("written");
    check_named(&app, "audit telemetry capture.jsonl", "crates/app/capture.jsonl");
    check_named(&app, "validate --catalogue telemetry capture.jsonl", "crates/app/capture.jsonl");

    let report = run(&app, "audit telemetry capture.jsonl --format json").stdout;
    assert!(report.contains(r#""file": "capture.jsonl""#), "JSON has the path as it was given: {report}");
}

#[test]
fn changes_are_shown_at_paths_from_the_root() {
    let (_folder, app) = repository();
    let path = "crates/app/telemetry/";
    edit(&app, "telemetry/deployment.yaml", "    pattern: '^[0-9a-f]{8}", "    pattern: '^[0-9a-f]{1,8}");
    check_named(&app, "diff git:HEAD:crates/app/telemetry telemetry", path);
    check_named(&app, "diff telemetry git:HEAD:./telemetry", path);
}

#[test]
fn a_generated_file_that_was_never_added_is_found() {
    let (folder, app) = repository();
    check(&app, "generate --check", 0, &["all fresh"]);
    add_event(&app);
    check(&app, "generate", 0, &[]);
    let new = "generated/json-schema/pressed.default.schema.json";
    assert!(app.join(new).exists(), "{}", git(folder.path(), &["status", "--short"]));
    git(folder.path(), &["add", "--update"]);
    git(folder.path(), &["add", "crates/app/telemetry"]);

    let advice = "generated files; run `git add generated`";
    check(&app, "generate --check", 1, &[&format!("untracked: {new}\n"), "all fresh", advice]);
    check(folder.path(), "generate crates/app/telemetry --out crates/app/generated --check", 1, &[new]);
    check(&app, "generate --check --format github", 1, &[&format!("::error file=crates/app/{new},title=untracked::")]);
    git(folder.path(), &["add", "--intent-to-add", "."]);
    check(&app, "generate --check", 0, &["all fresh"]);
}

#[test]
fn a_generated_file_that_git_ignores_beside_others_is_found() {
    let (folder, app) = repository();
    fs::write(folder.path().join(".gitignore"), "pressed.*\n").expect("written");
    add_event(&app);
    git(folder.path(), &["add", "--force", "crates/app/telemetry"]);
    check(&app, "generate", 0, &[]);
    git(folder.path(), &["add", "."]);
    check(&app, "generate --check", 1, &["untracked: generated/json-schema/pressed.default.schema.json\n"]);
}

#[test]
fn files_that_are_not_meant_to_be_committed_are_fine() {
    let (folder, app) = repository();
    check(&app, "generate --out elsewhere", 0, &[]);
    check(&app, "generate --out elsewhere --check", 1, &["untracked: elsewhere/"]);
    fs::write(folder.path().join(".gitignore"), "elsewhere\n").expect("written");
    check(&app, "generate --out elsewhere --check", 0, &["all fresh"]);
    let outside = empty();
    let arguments = format!("generate --out {}", outside.path().join("out").display());
    check(&app, &arguments, 0, &[]);
    check(&app, &format!("{arguments} --check"), 0, &["all fresh"]);

    let new = self::folder(); // a project of which nothing was added yet
    git(new.path(), &["init", "-q"]);
    check(new.path(), "generate", 0, &[]);
    check(new.path(), "generate --check", 0, &["all fresh"]);
    git(new.path(), &["add", "telemetry"]);
    check(new.path(), "generate --check", 1, &["untracked: generated/"]);
}

#[test]
fn a_hook_asks_the_index_of_the_commit() {
    let (folder, app) = repository();
    add_event(&app);
    check(&app, "generate", 0, &[]);
    let hook = folder.path().join(".git/hooks/pre-commit");
    let candor = env!("CARGO_BIN_EXE_candor");
    let script = format!("#!/bin/sh\n'{candor}' generate crates/app/telemetry --out crates/app/generated --check\n");
    fs::write(&hook, script).expect("written");
    #[cfg(unix)]
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a mode");
    let commit = |arguments: &[&str]| {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "more"];
        Command::new("git").args(identity).args(arguments).current_dir(folder.path()).output().expect("git")
    };
    git(folder.path(), &["add", "crates/app/telemetry"]);
    let output = commit(&["--all"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("untracked: crates/app/generated/json-schema/pressed"), "{said}");
    git(folder.path(), &["add", "."]);
    let output = commit(&[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
