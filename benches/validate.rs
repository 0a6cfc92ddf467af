//! Validating one payload: Candor beside its peers, in one run.
//!
//! `cargo bench -p candor-benches --bench validate` prints, per path and way of writing, CPU time per payload, MB/s,
//! and how many times as fast it is as `serde_json` with `jsonschema`. Paths take turns, and medians over the rounds are
//! shown; ratios within one run are what to compare.

mod event;
#[path = "peers/json.rs"]
mod json;

use std::hint::black_box;

use candor::Consent;
use candor_codegen::json_schema::payload_schema;
use candor_validate::Validator;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Map, Value};

use event::{EVENT, catalogue};

/// The generator's output for the catalogue.
#[allow(dead_code, missing_docs, reason = "only the validator is used")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/telemetry.rs"));
}

const TIMES: usize = 2_000;
const ROUNDS: usize = 61;

/// A way of saying whether a payload is fine.
type Path<'p> = (&'static str, Box<dyn Fn(&[u8]) -> bool + 'p>);

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only wants to know that it builds
    }
    let loaded = candor_schema::load(std::path::Path::new("telemetry.yaml"));
    let catalogue = loaded.catalogue.expect("no findings");
    let run_time = Validator::new(&catalogue, Consent::OptedIn);
    let schema = payload_schema(&catalogue, Consent::OptedIn);
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let paths: Vec<Path<'_>> = vec![
        ("serde_json + jsonschema", Box::new(|payload| json::by_schema(&schema, payload))),
        ("serde_json, typed, deny_unknown_fields", Box::new(json::typed)),
        ("serde_json, a value and nothing else", Box::new(json::value)),
        ("candor, built at run time", Box::new(|payload| run_time.is_valid(payload))),
        ("candor, generated", Box::new(|payload| generated::validate::is_valid(Consent::OptedIn, payload))),
        ("floor: UTF-8 check", Box::new(|payload| std::str::from_utf8(payload).is_ok())),
        ("floor: memcpy", Box::new(copy)),
    ];
    if let Some((name, times)) = counted_run() {
        let (_, path) = paths.iter().find(|(path, _)| path.contains(&*name)).expect("a path");
        let payload = payload();
        return (0..times).for_each(|_| assert!(path(black_box(&payload))));
    }
    let first = payload();
    for (title, payload) in [("as it is sent", first.clone()), ("pretty-printed, in reverse", reverse(&first))] {
        println!("{title}: {} bytes", payload.len());
        show(&paths, &payload);
    }
}

/// `--count PATH TIMES`: validates so many times on one path and nothing else, for counting instructions.
fn counted_run() -> Option<(String, usize)> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--count").skip(1);
    Some((arguments.next()?, arguments.next()?.parse().ok()?))
}

fn show(paths: &[Path<'_>], payload: &[u8]) {
    let mut times = vec![Vec::new(); paths.len()];
    for _ in 0..ROUNDS {
        for ((name, path), times) in paths.iter().zip(&mut times) {
            let start = cpu();
            for _ in 0..TIMES {
                assert!(black_box(path(black_box(payload))), "{name}");
            }
            times.push((cpu() - start) / TIMES as f64);
        }
    }
    let medians: Vec<f64> = times.into_iter().map(median).collect();
    println!("{:<42} {:>9} {:>9} {:>9}", "path", "ns", "MB/s", "ratio");
    for ((name, _), nanoseconds) in paths.iter().zip(&medians) {
        let rate = payload.len() as f64 * 1e3 / nanoseconds;
        println!("{name:<42} {nanoseconds:>9.1} {rate:>9.0} {:>8.2}x", medians[0] / nanoseconds);
    }
    println!();
}

fn payload() -> Vec<u8> {
    candor::preview(catalogue(), Consent::OptedIn, &*EVENT).expect("a payload").into_bytes()
}

/// The same with every object's members in reverse, on lines of their own.
fn reverse(payload: &[u8]) -> Vec<u8> {
    fn turn(value: Value) -> Value {
        match value {
            Value::Object(members) => {
                let members: Vec<_> = members.into_iter().collect();
                Value::Object(members.into_iter().rev().map(|(key, value)| (key, turn(value))).collect::<Map<_, _>>())
            }
            other => other,
        }
    }
    let value = serde_json::from_slice(payload).expect("JSON");
    serde_json::to_vec_pretty(&turn(value)).expect("JSON")
}

fn copy(payload: &[u8]) -> bool {
    let mut buffer = [0_u8; 2048];
    buffer[..payload.len()].copy_from_slice(payload);
    black_box(&buffer);
    true
}

fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
