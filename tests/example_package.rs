//! `examples/cli-tool`, a package outside the workspace, as its users have it: built, run, and built again after an
//! edit of its catalogue.

#[path = "../examples/tour/receiver.rs"]
mod receiver;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use candor_validate::{Item, read};
use receiver::Receiver;
use serde_json::Value;

const PACKAGE: &str = "examples/cli-tool";

/// Cargo on a package, without what its environment has to say about telemetry.
fn cargo(arguments: &[&str], package: &Path) -> Command {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("example-package");
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).arg("--manifest-path").arg(package.join("Cargo.toml")).arg("--target-dir").arg(target);
    command.env("CARGO_PROFILE_DEV_DEBUG", "0"); // half the time and a third of the space
    for variable in
        ["DO_NOT_TRACK", "OTEL_SDK_DISABLED", "STITCH_NO_TELEMETRY", "http_proxy", "HTTP_PROXY", "ALL_PROXY"]
    {
        command.env_remove(variable);
    }
    for variable in candor::CONTINUOUS_INTEGRATION {
        command.env_remove(variable);
    }
    command
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Runs the tool; gives what it says, and what arrives, as payloads.
fn run(arguments: &[&str], variables: &[(&str, &str)]) -> (String, Vec<Value>) {
    let receiver = Receiver::start().expect("a receiver");
    let mut command = cargo(&["run", "--quiet", "--locked"], Path::new(PACKAGE));
    command.env("STITCH_TELEMETRY_ENDPOINT", receiver.endpoint()).envs(variables.iter().copied());
    let output = command.arg("--").args(arguments).output().expect("cargo");
    assert!(output.status.success(), "{}", text(&output));
    let loaded = candor_schema::load(&Path::new(PACKAGE).join("telemetry"));
    let catalogue = loaded.catalogue.expect("a catalogue without findings");
    let items = receiver.take().into_iter().flat_map(|request| read(&catalogue, &request.body).expect("telemetry"));
    let payload = |item| match item {
        Item::Payload(payload) => payload.value,
        Item::Unreadable(part) => panic!("{}", part.why),
    };
    let mut payloads: Vec<_> = items.map(payload).collect();
    payloads.sort_by_key(|payload| payload["kind"].to_string());
    (text(&output), payloads)
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

fn set<const N: usize>(keys: [&'static str; N]) -> BTreeSet<&'static str> {
    keys.into()
}

#[test]
fn it_sends_what_it_shows() {
    let (said, sent) = run(&[], &[]);
    assert!(said.contains("telemetry: default (nobody said otherwise)"), "{said}");
    assert!(said.contains("2 emitted, 2 sent, 0 dropped"), "{said}");
    let names: Vec<_> = sent.iter().map(|payload| payload["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["stitch.first_run", "Run Finished"]);
    assert_eq!(keys(&sent[0]["attributes"]), set(["stitch_version", "system"]));
    let run = &sent[1]["attributes"];
    let default = set(["stitch_version", "join", "flags", "threads", "duration_ms", "succeeded", "inputs"]);
    assert_eq!(keys(run), default);
    assert_eq!(keys(&run["inputs"][0]), set(["format", "bytes"]));

    let shown = said.lines().find_map(|line| line.strip_prefix("what is sent: ")).expect("a preview");
    let shown: Value = serde_json::from_str(shown).expect("JSON");
    assert_eq!(&shown["attributes"], run);
}

#[test]
fn sharing_adds_what_is_behind_the_opt_in() {
    let (said, sent) = run(&["--share-details"], &[]);
    assert!(said.contains("telemetry: opted-in"), "{said}");
    assert_eq!(sent[1]["attributes"]["inputs"][0]["columns"], serde_json::json!(["name", "town"]));
    assert!(!sent[1].to_string().contains("people.csv"), "a skipped field: {}", sent[1]);
}

#[test]
fn the_opt_out_sends_nothing() {
    let (said, sent) = run(&["--share-details"], &[("STITCH_NO_TELEMETRY", "1")]);
    assert!(said.contains("telemetry: off (the environment has STITCH_NO_TELEMETRY=1)"), "{said}");
    assert!(said.contains("nothing is sent") && said.contains("0 emitted, 0 sent"), "{said}");
    assert!(sent.is_empty(), "{sent:?}");
}

/// A copy of the package under a name of its own, so that it can be edited; what it has built stays.
struct Copy {
    folder: PathBuf,
}

impl Copy {
    fn new(name: &str) -> Copy {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("example-package").join(name);
        let _ = fs::remove_dir_all(&folder); // of an earlier run
        for path in ["Cargo.toml", "Cargo.lock", "build.rs", "src/main.rs", "telemetry/catalogue.yaml"] {
            let to = folder.join(path);
            fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            fs::copy(Path::new(PACKAGE).join(path), to).expect("a copy");
        }
        let copy = Copy { folder };
        let repository = env!("CARGO_MANIFEST_DIR");
        copy.edit("Cargo.toml", "path = \"../..", &format!("path = \"{}", repository.replace('\\', "/")));
        copy.edit("Cargo.toml", "name = \"stitch\"", &format!("name = \"{name}\""));
        copy.edit("Cargo.lock", "name = \"stitch\"", &format!("name = \"{name}\""));
        copy
    }

    #[track_caller]
    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path).expect("a text");
        assert!(text.contains(from), "{from:?} is not in {file}");
        fs::write(path, text.replace(from, to)).expect("written");
    }

    fn build(&self) -> Output {
        cargo(&["build", "--locked"], &self.folder).output().expect("cargo")
    }

    #[track_caller]
    fn check_builds(&self) {
        let output = self.build();
        assert!(output.status.success(), "{}", text(&output));
    }

    /// The build fails and says all of this.
    #[track_caller]
    fn check_fails(&self, expected: &[&str]) {
        let output = self.build();
        let said = text(&output);
        assert!(!output.status.success(), "{said}");
        for expected in expected {
            assert!(said.contains(expected), "{expected:?} is not in:\n{said}");
        }
    }
}

#[test]
fn a_renamed_attribute_fails_the_next_build() {
    let copy = Copy::new("stitch-renamed");
    copy.check_builds();
    copy.edit("telemetry/catalogue.yaml", "duration_ms", "duration_msec");
    copy.check_fails(&["has no attribute `duration_ms`", "did you mean `duration_msec`?", "src/main.rs:"]);
    copy.edit("telemetry/catalogue.yaml", "duration_msec", "duration_ms");
    copy.check_builds();
}

#[test]
fn a_mistake_in_the_catalogue_fails_the_next_build() {
    let copy = Copy::new("stitch-broken");
    copy.check_builds();
    let text = fs::read_to_string(copy.folder.join("telemetry/catalogue.yaml")).expect("the catalogue");
    let line = text.lines().position(|line| line == "    row: details").expect("a row") + 1;
    copy.edit("telemetry/catalogue.yaml", "row: details", "row: detials");
    let place =
        format!("telemetry/catalogue.yaml:{line}:10: E0101: there is no row `detials` (did you mean `details`?)");
    copy.check_fails(&[&place]);
    copy.edit("telemetry/catalogue.yaml", "row: detials", "row: [");
    copy.check_fails(&["telemetry/catalogue.yaml:", ": E0001: "]);
}

/// Without a build script, only the derive itself can tell Cargo what it has read.
#[test]
fn the_derive_alone_notices_an_edit() {
    let copy = Copy::new("stitch-derive");
    copy.edit("Cargo.toml", "build = \"build.rs\"", "build = false");
    let program = "#[derive(candor::Telemetry)]\n\
                   #[telemetry(catalogue = \"telemetry\", event = \"first_run\")]\n\
                   pub struct FirstRun { pub stitch_version: &'static str, pub system: System }\n\
                   #[derive(candor::Telemetry)]\n\
                   #[telemetry(catalogue = \"telemetry\", attribute = \"system\")]\n\
                   pub enum System { Linux }\n\
                   fn main() { let _ = FirstRun { stitch_version: \"1.0.0\", system: System::Linux }; }\n";
    fs::write(copy.folder.join("src/main.rs"), program).expect("written");
    copy.check_builds();
    copy.edit("telemetry/catalogue.yaml", "linux", "gnu_linux");
    copy.check_fails(&["src/main.rs:6:19", "has no member `Linux`", "gnu_linux"]);
}
