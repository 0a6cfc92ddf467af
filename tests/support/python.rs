//! Python for the tests that need something foreign: one virtual environment per set of packages, made once, below the
//! target folder, by `tests/python/setup.py`.
//!
//! Without Python, or if pip gets no packages, a test is skipped with one loud line; with `CI` set, it fails.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, OnceLock};

/// A virtual environment.
#[derive(Debug, Clone)]
pub struct Python {
    interpreter: PathBuf,
}

/// The environment `name` with these packages, each with its version: `opentelemetry-proto==1.45.2`. `None` means that
/// the test has to be skipped, and that this was said.
#[allow(dead_code, reason = "every test is a crate of its own and uses a part of this")]
pub fn environment(name: &str, packages: &[&str]) -> Option<Python> {
    made(name, packages, false)
}

/// The same for packages that are not built for every platform: where there is none, the test is skipped also in CI.
#[allow(dead_code, reason = "every test is a crate of its own and uses a part of this")]
pub fn environment_where_packaged(name: &str, packages: &[&str]) -> Option<Python> {
    made(name, packages, true)
}

/// Says that tests are skipped, past the harness, which keeps what tests print to itself.
pub fn say_skipped(name: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: tests with Python ({name}): {why}"); // nobody is left to tell
}

impl Python {
    /// A script of `tests/python/`.
    #[allow(dead_code, reason = "every test is a crate of its own and uses a part of this")]
    pub fn script(&self, name: &str) -> Command {
        let mut command = self.command();
        command.arg(scripts().join(name));
        command
    }

    /// A program that a package brings: `python -m`.
    #[allow(dead_code, reason = "every test is a crate of its own and uses a part of this")]
    pub fn module(&self, name: &str) -> Command {
        let mut command = self.command();
        command.args(["-m", name]);
        command
    }

    /// Python, in an environment that has nothing of the user's OpenTelemetry, proxies or Python.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.interpreter);
        command.env_clear();
        let kept = ["PATH", "SystemRoot"].map(|name| (name, std::env::var_os(name)));
        command.envs(kept.into_iter().filter_map(|(name, value)| Some((name, value?))));
        command
    }
}

/// The reason why there is no environment.
#[derive(Debug, Clone)]
struct Missing {
    why: String,
    /// Everything else is there: the packages are not built for this platform.
    unpackaged: bool,
}

/// Makes an environment once in a process: what failed would fail again, and take long.
#[track_caller]
fn made(name: &str, packages: &[&str], may_be_unpackaged: bool) -> Option<Python> {
    type Outcome = Arc<OnceLock<Result<Python, Missing>>>;
    static OUTCOMES: Mutex<BTreeMap<String, Outcome>> = Mutex::new(BTreeMap::new());
    let outcome = OUTCOMES.lock().expect("a map").entry(name.to_owned()).or_default().clone();
    let mut first = false;
    let outcome = outcome.get_or_init(|| {
        first = true;
        make(name, packages)
    });
    let missing = match outcome {
        Ok(python) => return Some(python.clone()),
        Err(missing) => missing,
    };
    let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    let excused = !in_ci || missing.unpackaged && may_be_unpackaged;
    assert!(excused, "the tests with Python ({name}) cannot run: {}", missing.why);
    if first {
        say_skipped(name, &missing.why);
    }
    None
}

fn make(name: &str, packages: &[&str]) -> Result<Python, Missing> {
    const UNPACKAGED: i32 = 3;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("python");
    // Another process may be about to make the same.
    let lock = fs::create_dir_all(&folder).and_then(|()| File::create(folder.join(format!("{name}.lock"))));
    let lock = lock.expect("a file below the target folder");
    lock.lock().expect("a lock");
    let output = setup(&folder.join(name), packages)?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        return Ok(Python { interpreter: said(&output.stdout).into() });
    }
    let why = said(&output.stderr).lines().last().unwrap_or("setup.py does not say why").to_owned();
    Err(Missing { why, unpackaged: output.status.code() == Some(UNPACKAGED) })
}

fn setup(folder: &Path, packages: &[&str]) -> Result<Output, Missing> {
    let names = if cfg!(windows) { ["python", "python3"] } else { ["python3", "python"] };
    let run = |name| Command::new(name).arg(scripts().join("setup.py")).arg(folder).args(packages).output();
    run(names[0])
        .or_else(|_| run(names[1]))
        .map_err(|error| Missing { why: format!("no `{}`: {error}", names[0]), unpackaged: false })
}

/// Returns the scripts of the repository, whichever of its packages the test belongs to.
fn scripts() -> PathBuf {
    let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("tests/python"));
    folders.find(|folder| folder.is_dir()).expect("the folder of scripts")
}
