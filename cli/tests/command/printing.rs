//! Output that cannot be written: a reader that went away, a full disk. No command panics.
#![cfg(target_os = "linux")]

use std::fs::OpenOptions;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{Run, edit, empty, folder, git, of_repository};

/// A folder with something for every command, and a line of arguments for each.
fn commands() -> (tempfile::TempDir, Vec<&'static str>) {
    let folder = folder();
    let page = of_repository("generated/docs/telemetry.md");
    std::fs::copy(page, folder.path().join("page.md")).expect("a copy");
    std::fs::copy(env!("CARGO_BIN_EXE_candor"), folder.path().join("binary")).expect("a copy");
    std::fs::write(folder.path().join("payload.json"), "{\"kind\":\"span\",\"name\":\"Nothing\"}").expect("written");
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "telemetry"]);
    git(folder.path(), &["commit", "--quiet", "--message", "telemetry"]);
    edit(folder.path(), "telemetry/catalogue.yaml", "version: 1.0.0", "version: 1.1.0");
    let commands = vec![
        "check telemetry",
        "check telemetry --format json",
        "check telemetry --format github",
        "check telemetry --format sarif",
        "generate telemetry --out out",
        "generate telemetry --out out --check",
        "generate telemetry --out out --check --format json",
        "validate --catalogue telemetry payload.json",
        "validate --catalogue telemetry payload.json --format json",
        "audit --catalogue telemetry payload.json",
        "audit --catalogue telemetry payload.json --format json",
        "schema catalogue",
        "schema report",
        "schema payload.default --catalogue telemetry",
        "diff git:HEAD:telemetry telemetry",
        "diff git:HEAD:telemetry telemetry --format json",
        "review git:HEAD:telemetry telemetry",
        "vectors telemetry --count 10",
        "import page.md",
        "explain",
        "explain E0001",
        "explain W0304",
        "extract binary",
        "completions bash",
        "man",
        "--help",
        "--version",
    ];
    (folder, commands)
}

fn run(folder: &Path, arguments: &str, stdout: Stdio, stderr: Stdio) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    command.args(arguments.split_whitespace()).current_dir(folder).stdin(Stdio::null()).stdout(stdout).stderr(stderr);
    Run::of(command.spawn().expect("the command").wait_with_output().expect("its end"))
}

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").expect("a full disk").into()
}

/// A pipe that nobody reads.
fn left() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

#[test]
fn a_full_disk_is_told_and_is_no_success() {
    let (folder, commands) = commands();
    for arguments in commands {
        let usual = run(folder.path(), arguments, Stdio::piped(), Stdio::piped());
        let full = run(folder.path(), arguments, full(), Stdio::piped());
        assert!(!full.stderr.contains("panicked"), "{arguments}: {}", full.stderr);
        if !usual.stdout.is_empty() && !arguments.starts_with("--") {
            assert_eq!(full.code, 2, "{arguments}: {}", full.stderr);
            assert!(full.stderr.contains("candor: "), "{arguments}: {}", full.stderr);
        }
    }
}

#[test]
fn a_reader_that_went_away_changes_no_verdict() {
    let (folder, commands) = commands();
    for arguments in commands {
        run(folder.path(), arguments, Stdio::piped(), Stdio::piped()); // so that what is written is there for both
        let usual = run(folder.path(), arguments, Stdio::piped(), Stdio::piped());
        let left = run(folder.path(), arguments, left(), Stdio::piped());
        assert!(!left.stderr.contains("panicked"), "{arguments}: {}", left.stderr);
        assert_eq!(left.code, usual.code, "{arguments}: {}", left.stderr);
    }
}

#[test]
fn errors_that_nobody_can_read() {
    let (folder, mut commands) = commands();
    commands.extend(["check page.md", "check nowhere", "generate page.md", "explain E9999", "import binary", "chekc"]);
    for arguments in commands {
        run(folder.path(), arguments, Stdio::piped(), Stdio::piped());
        let usual = run(folder.path(), arguments, Stdio::piped(), Stdio::piped());
        for stderr in [full(), left()] {
            let unread = run(folder.path(), arguments, Stdio::piped(), stderr);
            assert_eq!((unread.code, unread.stdout), (usual.code, usual.stdout.clone()), "{arguments}");
        }
    }
}

/// Many findings are shown by every command as `check` shows them: the first hundred, and how many more there are.
#[test]
fn very_many_findings() {
    let folder = empty();
    let wrong: String = (0..5_000).map(|number| format!("key{number}: 1\n")).collect();
    std::fs::write(folder.path().join("a.yaml"), format!("candor: 1\n{wrong}")).expect("written");
    for command in [
        "check a.yaml",
        "generate a.yaml",
        "schema payload.default --catalogue a.yaml",
        "validate --catalogue a.yaml x",
    ] {
        let run = run(folder.path(), command, Stdio::piped(), Stdio::piped());
        assert_eq!((run.code, run.stderr.matches("error[E").count()), (1, 100), "{command}");
        assert!(run.stderr.contains("… and 4900 more"), "{command}: {}", run.stderr);
    }
}
