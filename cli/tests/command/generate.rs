//! `generate`: what it writes, what it finds stale, and what it leaves alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempDir;

use crate::{check, edit, empty, folder, run};

/// Every file below a folder: contents and time of the last change.
fn files(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let changed = path.metadata().and_then(|metadata| metadata.modified()).expect("a time");
                files.insert(path.clone(), (fs::read(&path).expect("a file"), changed));
            }
        }
    }
    files
}

/// A folder in which everything is generated, and the paths of the generated files in it.
fn generated() -> (TempDir, Vec<String>) {
    let folder = folder();
    check(folder.path(), "generate telemetry --out out", 0, &["wrote out/src/signals.rs", "files, "]);
    let paths = files(&folder.path().join("out")).into_keys();
    let below = |path: PathBuf| path.strip_prefix(folder.path()).expect("below").to_string_lossy().into_owned();
    let paths: Vec<String> = paths.map(below).collect();
    assert!(paths.len() > 30, "{paths:?}");
    (folder, paths)
}

const CHECK: &str = "generate telemetry --out out --check";
const COMMAND: &str = "run `candor generate telemetry --out out`";

/// `--check` says this, and the command to run; and it leaves everything as it is.
#[track_caller]
fn check_stale(folder: &Path, expected: &str) {
    let before = files(folder);
    check(folder, CHECK, 1, &[&format!("{expected}\n"), "1 file not fresh", COMMAND]);
    assert_eq!(files(folder), before, "a check changes nothing");
}

#[track_caller]
fn check_fresh(folder: &Path) {
    check(folder, CHECK, 0, &["all fresh"]);
}

#[test]
fn what_is_generated_is_fresh_and_not_written_again() {
    let (folder, paths) = generated();
    for path in
        ["out/Cargo.toml", "out/src/lib.rs", "out/docs/telemetry.md", "out/json-schema/payload.default.schema.json"]
    {
        assert!(paths.contains(&path.to_owned()), "{path}");
    }
    check_fresh(folder.path());
    let before = files(folder.path());
    check(folder.path(), "generate telemetry --out out", 0, &[", 0 changed"]);
    assert_eq!(files(folder.path()), before);
}

#[test]
fn nothing_is_there_yet() {
    let folder = folder();
    check(folder.path(), CHECK, 1, &["missing: out/src/lib.rs", "files not fresh", COMMAND]);
    assert!(!folder.path().join("out").exists());
}

#[test]
fn one_changed_byte_in_any_file() {
    let (folder, paths) = generated();
    for (number, path) in paths.iter().enumerate() {
        let file = folder.path().join(path);
        let bytes = fs::read(&file).expect("a file");
        let mut changed = bytes.clone();
        changed[[0, bytes.len() / 2, bytes.len() - 1][number % 3]] ^= 1;
        fs::write(&file, changed).expect("written");
        check_stale(folder.path(), &format!("stale: {path}"));
        fs::write(&file, bytes).expect("written");
    }
    check_fresh(folder.path());
}

#[test]
fn any_missing_file() {
    let (folder, paths) = generated();
    for path in &paths {
        let away = folder.path().join("away");
        fs::rename(folder.path().join(path), &away).expect("moved");
        check_stale(folder.path(), &format!("missing: {path}"));
        fs::rename(away, folder.path().join(path)).expect("moved");
    }
    check_fresh(folder.path());
}

#[test]
fn a_file_that_nothing_generates() {
    let (folder, _) = generated();
    let sub_folder = "out/new/deep/file.txt";
    for path in
        ["out/extra.rs", "out/src/extra.rs", sub_folder, "out/.hidden", "out/target/a.rs", "out/src/target/a.rs"]
    {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(&file, "// by hand").expect("written");
        check_stale(folder.path(), &format!("orphaned: {path} (nothing generates it)"));

        let before = files(folder.path());
        check(
            folder.path(),
            "generate telemetry --out out",
            1,
            &[&format!("orphaned: {path}"), "move these elsewhere"],
        );
        assert_eq!(files(folder.path()), before, "what a person wrote is never deleted");
        fs::remove_file(&file).expect("removed");
    }
    check_fresh(folder.path());
}

#[test]
fn cargos_build_output_is_nobodys_business() {
    let (folder, _) = generated();
    fs::create_dir(folder.path().join("out/target")).expect("a folder");
    fs::write(folder.path().join("out/target/CACHEDIR.TAG"), "").expect("written");
    check_fresh(folder.path());
}

#[test]
fn a_file_that_is_no_longer_generated_goes() {
    let (folder, _) = generated();
    for path in ["out/src/old.rs", "out/json-schema/old.default.schema.json"] {
        let text = "{\n\"$comment\": \"Generated by `candor generate` from crewai 0.9.0. Do not edit.\"}";
        fs::write(folder.path().join(path), text).expect("written");
        check_stale(folder.path(), &format!("orphaned: {path} (nothing generates it)"));
        check(folder.path(), "generate telemetry --out out", 0, &[&format!("removed {path}"), ", 1 changed"]);
        assert!(!folder.path().join(path).exists());
        check_fresh(folder.path());
    }
}

#[test]
fn a_signal_that_goes_takes_its_schemas_along() {
    let (folder, _) = generated();
    let schema = "out/json-schema/get_crew_logs.default.schema.json";
    edit(folder.path(), "telemetry/deployment.yaml", "  get_crew_logs:", "  fetch_crew_logs:");
    check(
        folder.path(),
        CHECK,
        1,
        &[&format!("orphaned: {schema}"), "missing: ", "stale: out/src/signals.rs", COMMAND],
    );
    check(folder.path(), "generate telemetry --out out", 0, &[&format!("removed {schema}")]);
    assert!(!folder.path().join(schema).exists());
    check_fresh(folder.path());
}

#[test]
fn a_stale_file_shows_what_changes() {
    let (folder, _) = generated();
    edit(folder.path(), "telemetry/crew.yaml", "count of tasks", "number of tasks");
    let expected =
        ["stale: out/docs/telemetry.md", "-| Yes | Crew Metadata |", "+| Yes | Crew Metadata |", "number of tasks"];
    check(folder.path(), CHECK, 1, &expected);
    check(folder.path(), "generate telemetry --out out", 0, &["wrote out/docs/telemetry.md"]);
    check_fresh(folder.path());
}

#[test]
fn writing_repairs_and_touches_only_what_differs() {
    let (folder, paths) = generated();
    let before = files(folder.path());
    fs::write(folder.path().join("out/src/lib.rs"), "nonsense").expect("written");
    fs::remove_file(folder.path().join("out/docs/telemetry.md")).expect("removed");
    check(folder.path(), "generate telemetry --out out", 0, &["wrote out/src/lib.rs", ", 2 changed"]);
    let after = files(folder.path());
    for path in paths {
        let (text, time) = &after[&folder.path().join(&path)];
        let (old_text, old_time) = &before[&folder.path().join(&path)];
        assert_eq!(text, old_text, "{path}");
        let rewritten = ["out/src/lib.rs", "out/docs/telemetry.md"].contains(&&*path);
        assert_eq!(time != old_time, rewritten, "{path}");
    }
}

#[test]
fn nothing_changes_outside_its_folder() {
    let folder = folder();
    fs::write(folder.path().join("README.md"), "by hand").expect("written");
    let before = files(folder.path());
    check(folder.path(), "generate telemetry --out deep/out", 0, &[]);
    let mut after = files(folder.path());
    after.retain(|path, _| !path.starts_with(folder.path().join("deep/out")));
    assert_eq!(after, before);
}

#[test]
fn a_place_that_cannot_be_written_to() {
    let folder = folder();
    fs::write(folder.path().join("file"), "by hand").expect("written");
    check(folder.path(), "generate telemetry --out file", 2, &["candor: file"]);
    assert_eq!(fs::read_to_string(folder.path().join("file")).expect("a file"), "by hand");
}

#[cfg(unix)]
#[test]
fn a_link_is_never_followed() {
    use std::os::unix::fs::symlink;
    let (folder, elsewhere) = (folder(), empty());
    fs::create_dir(folder.path().join("out")).expect("a folder");
    symlink(elsewhere.path(), folder.path().join("out/src")).expect("a link");
    for command in ["generate telemetry --out out", CHECK] {
        check(folder.path(), command, 2, &["out/src: neither a file nor a folder"]);
    }
    assert!(files(elsewhere.path()).is_empty(), "it wrote outside its folder");

    fs::remove_file(folder.path().join("out/src")).expect("removed");
    symlink(elsewhere.path(), folder.path().join("out/extra")).expect("a link");
    check(folder.path(), "generate telemetry --out out", 1, &["orphaned: out/extra"]);
    assert!(folder.path().join("out/extra").is_symlink());
}

#[test]
fn nothing_is_left_behind() {
    let (folder, paths) = generated();
    for path in paths {
        assert!(!path.ends_with(".tmp"), "{path}");
    }
    assert_eq!(run(folder.path(), CHECK).stdout.lines().count(), 1);
}

#[test]
fn what_is_not_fresh_for_other_programs() {
    let (folder, _) = generated();
    fs::remove_file(folder.path().join("out/src/lib.rs")).expect("removed");
    fs::write(folder.path().join("out/mine.txt"), "mine").expect("written");
    edit(folder.path(), "out/docs/telemetry.md", "Data Explanation", "Data Exploration");
    let text = fs::read_to_string(folder.path().join("out/docs/telemetry.md")).expect("a page");
    let line = text.lines().position(|line| line.contains("Exploration")).expect("the line") + 1;

    let json = run(folder.path(), &format!("{CHECK} --format json"));
    assert_eq!((json.code, json.stderr.as_str()), (1, ""));
    let report: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    let schema = serde_json::from_str(&run(folder.path(), "schema report").stdout).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema").validate(&report).expect("as its schema says");
    let findings = report["findings"].as_array().expect("findings");
    let found: Vec<_> = findings.iter().map(|f| (&f["code"], &f["location"]["file"], &f["location"]["line"])).collect();
    let expected = serde_json::json!([
        ["stale", "out/docs/telemetry.md", line],
        ["orphaned", "out/mine.txt", null],
        ["missing", "out/src/lib.rs", null],
    ]);
    let mut found: Vec<_> = found.into_iter().map(|(code, file, line)| serde_json::json!([code, file, line])).collect();
    found.sort_by_key(|found| found[1].to_string());
    assert_eq!(serde_json::Value::from(found), expected);
    for finding in findings.iter().filter(|finding| finding["code"] != "orphaned") {
        assert_eq!(finding["help"], COMMAND);
    }

    let github = run(folder.path(), &format!("{CHECK} --format=github"));
    assert_eq!(github.code, 1);
    let annotation = format!("::error file=out/docs/telemetry.md,line={line},endLine={line},title=stale::");
    assert!(github.stdout.contains(&annotation), "{}", github.stdout);
    assert!(github.stdout.contains("::error file=out/src/lib.rs,title=missing::"), "{}", github.stdout);
    let sarif = run(folder.path(), &format!("{CHECK} --format sarif"));
    let sarif: serde_json::Value = serde_json::from_str(&sarif.stdout).expect("JSON");
    assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(3));

    fs::remove_file(folder.path().join("out/mine.txt")).expect("removed");
    let written = run(folder.path(), "generate telemetry --out out --format json");
    let report: serde_json::Value = serde_json::from_str(&written.stdout).expect("JSON");
    assert_eq!((written.code, &report["counts"]["changed"], &report["errors"]), (0, &2.into(), &0.into()));
    check(folder.path(), &format!("{CHECK} --format json"), 0, &["\"findings\": []"]);
}

#[test]
fn mistakes_of_the_catalogue_for_other_programs() {
    let folder = folder();
    edit(folder.path(), "telemetry/agent.yaml", "type: boolean", "type: bool");
    check(
        folder.path(),
        &format!("{CHECK} --format github"),
        1,
        &["::error file=telemetry/agent.yaml,line=42,", "E0103"],
    );
    assert!(!folder.path().join("out").exists());
}

/// Six that start at once, with files to write, to remove and to repair: each ends well, and so does the folder.
#[test]
fn several_at_once() {
    let (folder, paths) = generated();
    for round in 0..4 {
        for path in paths.iter().skip(round).step_by(3) {
            fs::write(folder.path().join(path), "stale").expect("written");
        }
        fs::write(folder.path().join("out/gone.rs"), "// Generated by `candor generate`\n").expect("written");
        let start = || {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_candor"));
            command.args(["generate", "telemetry", "--out", "out"]).current_dir(folder.path());
            command
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .expect("the command")
        };
        let children: Vec<_> = (0..6).map(|_| start()).collect();
        for child in children {
            let output = child.wait_with_output().expect("its end");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        check_fresh(folder.path());
        let left = files(&folder.path().join("out")).into_keys().map(|path| path.display().to_string());
        assert_eq!(left.filter(|path| path.ends_with("-tmp") || path.contains("gone")).collect::<Vec<_>>(), [""; 0]);
    }
}

/// A temporary file of a killed run is removed once no process can be writing it any more.
#[test]
fn what_was_left_behind_goes() {
    let (folder, _) = generated();
    let left = folder.path().join("out/src/.lib.rs.1-0.candor-tmp");
    fs::write(&left, "half").expect("written");
    check_fresh(folder.path());
    let old = SystemTime::now() - std::time::Duration::from_secs(3600);
    fs::File::options().write(true).open(&left).and_then(|file| file.set_modified(old)).expect("a time");
    check(folder.path(), CHECK, 1, &["lib.rs.1-0.candor-tmp"]);
    check(folder.path(), "generate telemetry --out out", 0, &["removed out/src/.lib.rs.1-0.candor-tmp"]);
    assert!(!left.exists());
}
