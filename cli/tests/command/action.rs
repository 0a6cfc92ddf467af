//! `action.yml`, run as GitHub's runner would: its steps in bash, each with its environment.

use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt, symlink};

use serde::Deserialize;

use crate::diff::{OLD, RAISED, WIDER};
use crate::*;

#[derive(Deserialize)]
struct Action {
    inputs: BTreeMap<String, Input>,
    runs: Runs,
}

#[derive(Deserialize)]
struct Input {
    description: String,
    default: String,
}

#[derive(Deserialize)]
struct Runs {
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    name: String,
    #[serde(default)]
    id: String,
    #[serde(rename = "if")]
    condition: Option<String>,
    shell: String,
    #[serde(default)]
    env: BTreeMap<String, String>,
    run: String,
}

fn action() -> Action {
    let text = fs::read_to_string(of_repository("action.yml")).expect("a text");
    serde_saphyr::from_str(&text).expect("an action")
}

/// The expression inside `${{ … }}`, where a text is one.
fn expression(text: &str) -> Option<&str> {
    Some(text.strip_prefix("${{")?.strip_suffix("}}")?.trim())
}

impl Step {
    /// Returns true if it runs after those that failed.
    fn is_due(&self, failed: &[String]) -> bool {
        match self.condition.as_deref().map(|condition| expression(condition).expect("an expression")) {
            None => failed.is_empty(),
            Some("!cancelled() && steps.check.outcome == 'success'") => !failed.contains(&"check".to_owned()),
            Some(other) => panic!("what is `{other}`?"),
        }
    }
}

/// A checkout without history, of a repository whose base has the catalogue `OLD`, and whose head has these edits.
struct Checkout {
    folder: TempDir,
    base: String,
}

impl Checkout {
    fn new(edits: &[(&str, &str)]) -> Checkout {
        let folder = empty();
        let origin = folder.path().join("origin");
        fs::create_dir_all(origin.join("telemetry")).expect("a folder");
        git(&origin, &["init", "-q"]);
        let commit = || {
            check(&origin, "generate", 0, &[]);
            git(&origin, &["add", "--all"]);
            git(&origin, &["commit", "-q", "--allow-empty", "-m", "catalogue"]);
        };
        fs::write(origin.join("telemetry/catalogue.yaml"), OLD).expect("written");
        commit();
        git(&origin, &["branch", "base"]);
        let base = git(&origin, &["rev-parse", "HEAD"]);
        for (from, to) in edits {
            edit(&origin, "telemetry/catalogue.yaml", from, to);
        }
        commit();
        let url = format!("file://{}", origin.display());
        git(folder.path(), &["clone", "-q", "--depth=1", &url, "checkout"]);
        Checkout { folder, base }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("checkout")
    }

    /// Runs the action where no command is installed; `cargo install` is a script.
    fn run(&self, inputs: &[(&str, &str)]) -> Done {
        const CARGO: &str = "#!/bin/bash
            set -e
            [[ \"$*\" == \"install --locked --path cli --root $RUNNER_TEMP/candor\" && -f cli/Cargo.toml ]]
            mkdir -p \"$RUNNER_TEMP/candor/bin\"
            ln -s \"$CANDOR\" \"$RUNNER_TEMP/candor/bin/candor\"
        ";
        let tools = empty();
        let cargo = tools.path().join("cargo");
        fs::write(&cargo, CARGO).expect("written");
        fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).expect("a program");
        self.run_with(tools.path(), inputs)
    }

    /// The same with other tools on the path.
    fn run_with(&self, tools: &Path, inputs: &[(&str, &str)]) -> Done {
        let Action { inputs: declared, runs } = action();
        let value = |text: &str| {
            let Some(name) = expression(text).and_then(|text| text.strip_prefix("inputs.")) else {
                return text.to_owned();
            };
            let given = inputs.iter().find(|(input, _)| *input == name).map(|(_, value)| (*value).to_owned());
            let default = &declared[name].default;
            given.unwrap_or_else(|| if expression(default).is_some() { String::new() } else { default.clone() })
        };
        let runner = empty();
        let (paths, summary) = (runner.path().join("paths"), runner.path().join("summary"));
        fs::write(&paths, "").expect("written");
        fs::write(&summary, "").expect("written");
        let mut done = Done { failed: Vec::new(), said: String::new(), summary: String::new() };
        for step in runs.steps {
            if !step.is_due(&done.failed) {
                continue;
            }
            let script = runner.path().join("step.sh");
            fs::write(&script, &step.run).expect("written");
            let output = Command::new(&step.shell)
                .args(["--noprofile", "--norc", "-e", "-o", "pipefail"])
                .arg(&script)
                .current_dir(self.path())
                .env_clear()
                .env("PATH", path_of(tools, &fs::read_to_string(&paths).expect("paths")))
                .env("RUNNER_TEMP", runner.path())
                .env("GITHUB_ACTION_PATH", of_repository("."))
                .env("GITHUB_PATH", &paths)
                .env("GITHUB_STEP_SUMMARY", &summary)
                .env("CANDOR", env!("CARGO_BIN_EXE_candor")) // for our `cargo`
                .envs(step.env.iter().map(|(name, text)| (name, value(text))))
                .output()
                .expect("bash");
            done.said += &String::from_utf8(output.stdout).expect("UTF-8");
            done.said += &String::from_utf8(output.stderr).expect("UTF-8");
            if !output.status.success() {
                done.failed.push(if step.id.is_empty() { step.name } else { step.id });
            }
        }
        done.summary = fs::read_to_string(&summary).expect("a summary");
        done
    }
}

/// Joins the folders that steps added, our tools, and the user's, but for a `candor` that is installed.
fn path_of(tools: &Path, added: &str) -> std::ffi::OsString {
    let user = std::env::var_os("PATH").unwrap_or_default();
    let user = std::env::split_paths(&user).filter(|folder| !folder.join("candor").exists());
    let folders = added.lines().map(PathBuf::from).chain([tools.to_owned()]).chain(user);
    std::env::join_paths(folders).expect("folders")
}

/// The result of running the action: the steps that failed, the output, and the summary.
struct Done {
    failed: Vec<String>,
    said: String,
    summary: String,
}

impl Done {
    /// Checks that these steps failed, and that all of these texts were printed, or are in the summary.
    #[track_caller]
    fn check(&self, failed: &[&str], said: &[&str], summary: &[&str]) {
        assert_eq!(self.failed, failed, "{}", self.said);
        for (expected, text) in
            said.iter().map(|text| (text, &self.said)).chain(summary.iter().map(|text| (text, &self.summary)))
        {
            assert!(text.contains(expected), "{expected:?} is not in:\n{text}");
        }
    }
}

const FRESH: &str = "Check that what is generated is fresh";
const COMPARE: &str = "Compare with the base";

#[test]
fn what_does_not_widen_passes() {
    let checkout = Checkout::new(&[("maximum: 10", "maximum: 5"), ("version: 1.0.0", "version: 1.1.0")]);
    let summary = ["## Telemetry\n", "| narrows | `attributes.runs` |"];
    let done = checkout.run(&[("base", &checkout.base)]);
    done.check(&[], &["all fresh", "::notice file=telemetry/catalogue.yaml,line=9,"], &summary);
    checkout.run(&[("base", "base")]).check(&[], &[], &summary);
}

#[test]
fn an_unsigned_widening_fails() {
    let checkout = Checkout::new(&[WIDER, RAISED]);
    let done = checkout.run(&[("base", &checkout.base)]);
    done.check(&[COMPARE], &["::error file=telemetry/catalogue.yaml,line=9,"], &["| **no** |"]);
}

#[test]
fn a_broken_catalogue_fails_once() {
    let checkout = Checkout::new(&[]);
    edit(&checkout.path(), "telemetry/catalogue.yaml", "row: usage", "row: usgae");
    let done = checkout.run(&[("base", &checkout.base)]);
    done.check(&["check"], &["::error file=telemetry/catalogue.yaml,line=9,", "E0101"], &[]);
    assert_eq!(done.summary, "");
}

#[test]
fn stale_files_fail_where_they_are_committed() {
    let checkout = Checkout::new(&[]);
    edit(&checkout.path(), "telemetry/catalogue.yaml", "brief: it started", "brief: it was started");
    let inputs = [("base", &*checkout.base)];
    checkout.run(&inputs).check(&[FRESH], &["stale: generated/"], &["| wording |"]);
    checkout.run(&[inputs[0], ("generated", "none")]).check(&[], &[], &["| wording |"]);
    checkout.run(&[("generated", "other")]).check(&[FRESH], &["missing: other/"], &[]);
}

#[test]
fn bases() {
    let checkout = Checkout::new(&[WIDER]);
    let done = checkout.run(&[]);
    done.check(&[], &[], &[]);
    assert_eq!(done.summary, "");
    checkout.run(&[("base", "nowhere")]).check(&[COMPARE], &["nowhere"], &[]);
    git(&checkout.path(), &["mv", "telemetry", "moved"]);
    let moved = [("base", &*checkout.base), ("catalogue", "moved")];
    checkout.run(&moved).check(&[], &["::warning::the base has no catalogue"], &[]);
}

#[test]
fn a_command_that_is_installed_is_used() {
    let tools = empty();
    symlink(env!("CARGO_BIN_EXE_candor"), tools.path().join("candor")).expect("a link");
    Checkout::new(&[]).run_with(tools.path(), &[]).check(&[], &["all fresh"], &[]);
}

#[test]
fn inputs_are_never_run() {
    let checkout = Checkout::new(&[]);
    let hostile = "\"; touch ran; $(touch ran) `touch ran`";
    checkout.run(&[("catalogue", hostile)]).check(&["check"], &["there is no catalogue at"], &[]);
    checkout.run(&[("base", hostile)]).check(&[COMPARE], &[], &[]);
    checkout.run(&[("generated", hostile)]).check(&[FRESH], &[], &[]);
    assert!(!checkout.path().join("ran").exists());
    for step in action().runs.steps {
        assert!(!step.run.contains("${{"), "{}: values go through `env`", step.name);
    }
}

#[test]
fn every_input_is_explained_and_used() {
    let Action { inputs, runs } = action();
    for (name, input) in inputs {
        assert!(!input.description.is_empty(), "{name}");
        let used = format!("${{{{ inputs.{name} }}}}");
        assert!(runs.steps.iter().any(|step| step.env.values().any(|value| *value == used)), "{name}");
    }
}
