//! The cost of checking and generating as a catalogue grows: CPU time and peak memory, each in a process of its own.
//!
//! `cargo bench -p candor-benches --bench catalogue`. CPU time is the least of several runs in one process, memory what
//! that process ever held; both include the catalogue's text.

use std::fmt::Write;
use std::process::Command;
use std::time::Duration;

use candor_schema::{Loaded, load_str};
use rustix::time::{ClockId, clock_gettime};

const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];
const WORKS: [&str; 3] = ["check", "check what is wrong", "generate"];

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--one").skip(1);
    if let (Some(work), Some(size)) = (arguments.next(), arguments.next()) {
        return measure(&work, size.parse().expect("a number of attributes"));
    }
    println!("{:<20} {:>10} {:>10} {:>12} {:>10}", "work", "attributes", "CPU ms", "µs each", "peak MiB");
    for work in WORKS {
        for size in SIZES {
            let program = std::env::current_exe().expect("this program");
            let output = Command::new(program).args(["--one", work, &size.to_string()]).output().expect("a run");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            print!("{}", String::from_utf8_lossy(&output.stdout));
        }
    }
}

fn measure(work: &str, size: usize) {
    let text = catalogue(size, work == "check what is wrong");
    let times = (20_000 / size).clamp(1, 50);
    let least = (0..times).map(|_| run(work, &text)).min().unwrap_or_default();
    let milliseconds = least.as_secs_f64() * 1e3;
    let each = milliseconds * 1e3 / size as f64;
    println!("{work:<20} {size:>10} {milliseconds:>10.1} {each:>12.1} {:>10.0}", peak_mebibytes());
}

/// The CPU time of one run.
fn run(work: &str, text: &str) -> Duration {
    let start = cpu_time();
    let loaded = load_str("telemetry.yaml", text);
    let checked = cpu_time() - start;
    if work == "check what is wrong" {
        assert!(loaded.errors() > 0, "something is wrong");
        return checked;
    }
    let Loaded { catalogue, findings, .. } = loaded;
    assert!(findings.is_empty(), "{:?}", findings.first());
    let catalogue = catalogue.expect("no findings");
    if work == "check" {
        return checked;
    }
    let start = cpu_time();
    let artefacts = candor_codegen::generate(&catalogue);
    assert!(artefacts.len() > 5);
    cpu_time() - start
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// The most memory that this process ever held.
fn peak_mebibytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    peak.unwrap_or(f64::NAN) / 1024.0
}

/// A catalogue of so many attributes: ten to a row, twenty to a span, of every type.
fn catalogue(attributes: usize, wrong: bool) -> String {
    let mut text = "candor: 1\nname: bench\ntitle: Bench\nversion: 1.0.0\nservice: bench\nrows:\n".to_owned();
    let groups = attributes.div_ceil(10);
    (0..groups).for_each(|group| {
        writeln!(text, "  row_{group}:\n    title: Row {group}\n    reason: It is measured.\n    personal: none")
            .expect("text")
    });
    text += "attributes:\n";
    for number in 0..attributes {
        let kind = match number % 5 {
            0 => "type: int\n    minimum: 0\n    examples: [3]",
            1 => "type: {enum: [sequential, hierarchical]}\n    examples: [sequential]",
            2 => "type: string\n    pattern: '^[0-9a-f]{32}$'\n    identifier: random",
            3 => "type: [string]\n    max_length: 64\n    max_items: 32\n    examples: [[one, two]]",
            _ => "type: boolean",
        };
        let row = if wrong { "rwo" } else { "row" };
        let group = number / 10;
        let name = name(number);
        writeln!(
            text,
            "  {name}:\n    row: {row}_{group}\n    collected: default\n    {kind}\n    brief: value {number} of the bench"
        )
        .expect("text");
    }
    text += "spans:\n";
    for span in 0..attributes.div_ceil(20) {
        writeln!(
            text,
            "  span_{span}:\n    name: Span {span}\n    collected: default\n    brief: span {span}\n    attributes:"
        )
        .expect("text");
        for number in span * 20..attributes.min(span * 20 + 20) {
            writeln!(text, "      {}: optional", name(number)).expect("text");
        }
    }
    text
}

fn name(number: usize) -> String {
    format!("{}_value_{number}", ["first", "second", "third", "fourth", "fifth"][number % 5])
}
