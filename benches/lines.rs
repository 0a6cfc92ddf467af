//! A large file of payloads, one a line, from the disk to the verdict: `candor validate`, and the same with `serde_json`
//! and `jsonschema`.
//!
//! `cargo bench -p candor-benches --bench lines -- --megabytes 1000`; 100 unless said. Each runs in a process of its own,
//! whose CPU time and most memory the system counts.

mod event;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use candor::Consent;
use event::EVENT;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| arguments.iter().position(|argument| argument == name).map(|at| &arguments[at + 1..]);
    if arguments.iter().any(|argument| argument == "--test") {
        return ExitCode::SUCCESS; // `cargo test --benches` only wants to know that it builds
    }
    if let Some(command) = after("--measure") {
        return measure(command);
    }
    if let Some([schema, file, ..]) = after("--peer") {
        return peer(schema.as_ref(), file.as_ref());
    }
    let megabytes = after("--megabytes").map_or(100, |rest| rest[0].parse().expect("a number of megabytes"));
    compare(megabytes);
    ExitCode::SUCCESS
}

fn compare(megabytes: usize) {
    let this = std::env::current_exe().expect("this program");
    let folder = this.parent().and_then(Path::parent).expect("the target folder");
    let candor = built(folder);
    let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("telemetry.yaml");
    let (file, schema) = (folder.join("lines.ndjson"), folder.join("lines.schema.json"));
    let payloads = write_lines(&file, megabytes * 1_000_000);
    let printed = Command::new(&candor).args(["schema", "payload.opted_in", "--catalogue"]).arg(&catalogue).output();
    std::fs::write(&schema, printed.expect("candor").stdout).expect("a schema");
    println!("{payloads} payloads, {megabytes} MB\n");
    println!("{:<32} {:>8} {:>10} {:>12}", "program", "CPU s", "CPU ratio", "memory MiB");
    let ours = ["validate", "--consent", "opted-in", "--catalogue"].map(PathBuf::from);
    let ours = [vec![candor], ours.into(), vec![catalogue, file.clone()]].concat();
    let theirs = vec![this.clone(), "--peer".into(), schema.clone(), file.clone()];
    let theirs = measured(&this, &theirs);
    for (name, cost) in [("serde_json and jsonschema", theirs), ("candor validate", measured(&this, &ours))] {
        println!("{name:<32} {:>8.2} {:>9.3}x {:>12.1}", cost.cpu_s, cost.cpu_s / theirs.cpu_s, cost.memory_mib);
    }
    for path in [file, schema] {
        let _ = std::fs::remove_file(path); // it is in the target folder
    }
}

/// The command, built as its users have it.
fn built(folder: &Path) -> PathBuf {
    let build = Command::new(env!("CARGO")).args(["build", "--release", "-p", "candor-cli"]).status();
    assert!(build.expect("cargo").success());
    folder.join("candor")
}

fn write_lines(path: &Path, bytes: usize) -> usize {
    let payload = candor::preview(event::catalogue(), Consent::OptedIn, &*EVENT).expect("a payload");
    let lines = bytes / (payload.len() + 1);
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    for _ in 0..lines {
        writeln!(file, "{payload}").expect("room on the disk");
    }
    file.flush().expect("room on the disk");
    lines
}

#[derive(Clone, Copy)]
struct Cost {
    cpu_s: f64,
    memory_mib: f64,
}

/// Measures the cost of a command that is the only child of a process of its own.
fn measured(this: &Path, command: &[PathBuf]) -> Cost {
    let output = Command::new(this).arg("--measure").args(command).output().expect("this program");
    let said = String::from_utf8(output.stderr).expect("text");
    let numbers = said.lines().last().and_then(|line| line.split_once(' '));
    let (cpu, memory) = numbers.unwrap_or_else(|| panic!("two numbers: {said}"));
    Cost { cpu_s: cpu.parse().expect("seconds"), memory_mib: memory.parse().expect("MiB") }
}

/// In a process of its own: runs a command; writes its CPU seconds and most MiB to standard error, last.
fn measure(command: &[String]) -> ExitCode {
    let status = Command::new(&command[0]).args(&command[1..]).status().expect("the command");
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("what the child used");
    let cpu = usage.user_time() + usage.system_time();
    eprintln!("{} {}", cpu.num_microseconds() as f64 / 1e6, usage.max_rss() as f64 / 1024.0);
    if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The same work with the peers.
fn peer(schema: &Path, file: &Path) -> ExitCode {
    let schema = serde_json::from_reader(File::open(schema).expect("a schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let mut lines = BufReader::with_capacity(1 << 20, File::open(file).expect("a file"));
    let (mut line, mut refused) = (Vec::new(), 0);
    while lines.read_until(b'\n', &mut line).expect("a line") > 0 {
        let valid = serde_json::from_slice(&line).is_ok_and(|payload| validator.is_valid(&payload));
        refused += usize::from(!valid);
        line.clear();
    }
    println!("{refused} refused");
    if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
