//! `.pre-commit-hooks.yaml`, with pre-commit itself.

#[path = "../../../tests/support/python.rs"]
mod environment;

use environment::Python;

use crate::*;

const HOOKS: &str = ".pre-commit-hooks.yaml";

fn pre_commit() -> Option<Python> {
    environment::environment("pre_commit", &["pre-commit==4.7.0"])
}

/// A repository with nothing but the hooks, and its revision: what pre-commit clones of ours.
fn repository_of_hooks() -> (TempDir, String) {
    let folder = empty();
    fs::copy(of_repository(HOOKS), folder.path().join(HOOKS)).expect("a copy");
    let revision = committed(folder.path());
    (folder, revision)
}

/// Commits everything in a folder; the revision.
fn committed(folder: &Path) -> String {
    git(folder, &["init", "-q"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "-q", "-m", "everything"]);
    git(folder, &["rev-parse", "HEAD"])
}

/// A project whose commits are checked by the hooks.
struct Project {
    folder: TempDir,
    _hooks: TempDir,
    cache: TempDir,
    python: Python,
}

impl Project {
    fn new(python: Python) -> Project {
        let ((hooks, revision), folder) = (repository_of_hooks(), folder());
        let configuration = format!(
            "repos:\n- repo: {}\n  rev: {revision}\n  hooks: [{{id: candor-check}}, {{id: candor-generate}}]\n",
            hooks.path().display()
        );
        fs::write(folder.path().join(".pre-commit-config.yaml"), configuration).expect("written");
        check(folder.path(), "generate", 0, &[]);
        committed(folder.path());
        Project { folder, _hooks: hooks, cache: empty(), python }
    }

    /// Stages everything and runs the hooks, as `git commit` would.
    #[track_caller]
    fn check(&self, code: i32, expected: &[&str]) {
        git(self.folder.path(), &["add", "--all"]);
        let candor = Path::new(env!("CARGO_BIN_EXE_candor")).parent().expect("a folder").to_owned();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([candor].into_iter().chain(std::env::split_paths(&path))).expect("folders");
        let mut command = self.python.module("pre_commit");
        command.args(["run", "--color=never"]).current_dir(self.folder.path());
        let output = command.env("PATH", path).env("PRE_COMMIT_HOME", self.cache.path()).output().expect("pre-commit");
        check_run(&Run::of(output), code, expected);
    }
}

#[test]
fn the_manifest_is_one() {
    let Some(python) = pre_commit() else { return };
    let output = python.module("pre_commit").arg("validate-manifest").arg(of_repository(HOOKS)).output();
    let output = output.expect("pre-commit");
    assert!(output.status.success() && output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn hooks_stop_what_is_wrong() {
    let Some(python) = pre_commit() else { return };
    let project = Project::new(python);
    let remove = |name: &str| fs::remove_file(project.folder.path().join(name)).expect("removed");
    fs::write(project.folder.path().join("notes.yaml"), "none: of candor's").expect("written");
    project.check(0, &["candor check....", "candor generate --check....", "Passed"]);
    committed(project.folder.path());

    remove("generated/docs/telemetry.md");
    project.check(1, &["candor-generate", "exit code: 1", "missing: generated/docs/telemetry.md"]);
    check(project.folder.path(), "generate", 0, &[]);

    remove("telemetry/deployment.yaml");
    project.check(1, &["candor-check", "exit code: 1", "error[E0106]"]);
}
