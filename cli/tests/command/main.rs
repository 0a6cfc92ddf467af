//! The command as its users have it: arguments in; exit code, text and files out.

#[cfg(unix)]
mod action; // it needs bash, and a `cargo` that is a script
mod audit;
mod bodies;
mod catalogues;
mod completions;
mod corrections;
mod diff;
mod extract;
mod formats;
mod generate;
mod import;
mod import_captures;
mod import_formats;
mod import_page;
mod import_semconv;
#[cfg(unix)]
mod injection; // names of files may be anything there
mod lines;
mod man;
mod pre_commit;
mod printing;
mod project;
#[cfg(unix)]
mod release; // it runs bash and tar
mod repository;
mod validate;
mod vectors;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder of its own, with the repository's catalogue in `telemetry/`.
fn folder() -> TempDir {
    let folder = empty();
    let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/crewai");
    fs::create_dir(folder.path().join("telemetry")).expect("a folder");
    for entry in fs::read_dir(catalogue).expect("the catalogue") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), folder.path().join("telemetry").join(entry.file_name())).expect("a copy");
    }
    folder
}

/// An empty folder.
fn empty() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The result of running the command.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Run {
    fn of(output: Output) -> Run {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let code = output.status.code().expect("an exit code");
        Run { code, stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// Runs the command in `folder`; the arguments are separated by spaces.
fn run(folder: &Path, arguments: &str) -> Run {
    run_with(folder, arguments, b"")
}

/// The same with something on standard input.
fn run_with(folder: &Path, arguments: &str, input: &[u8]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_candor"))
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command");
    let _ = child.stdin.take().expect("a pipe").write_all(input); // a command need not read it
    Run::of(child.wait_with_output().expect("its end"))
}

/// The command ends with `code` and says all of `expected`.
#[track_caller]
fn check(folder: &Path, arguments: &str, code: i32, expected: &[&str]) {
    check_run(&run(folder, arguments), code, expected);
}

#[track_caller]
fn check_run(run: &Run, code: i32, expected: &[&str]) {
    let said = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(run.code, code, "{said}");
    for expected in expected {
        assert!(said.contains(expected), "{expected:?} is not in:\n{said}");
    }
}

/// Replaces a text in a file, which has to be there.
#[track_caller]
fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).expect("a text");
    assert!(text.contains(from), "{from:?} is not in {file}");
    fs::write(&path, text.replacen(from, to, 1)).expect("written");
}

/// Runs git in `folder`, as somebody with a name; what it prints.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=test", "-c", "user.email=test@example.com"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("git");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

/// A file of the repository.
fn of_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path).canonicalize().expect("a file")
}

#[test]
fn usage() {
    check(empty().path(), "", 2, &["Usage: candor <COMMAND>"]);
    check(empty().path(), "chekc", 2, &["unrecognized subcommand", "check"]);
    check(empty().path(), "check --nonsense", 2, &["unexpected argument"]);
    check(
        empty().path(),
        "--help",
        0,
        &[
            "check",
            "generate",
            "validate",
            "schema",
            "vectors",
            "diff",
            "review",
            "import",
            "explain",
            "completions",
            "man",
        ],
    );
    check(empty().path(), "--version", 0, &[env!("CARGO_PKG_VERSION")]);
}
