//! Emitting one event: Candor beside its peers, in one run.
//!
//! `cargo bench -p candor-benches --bench emit` prints, per path, CPU time per event (the calling thread's, and all
//! threads' to finished bytes), allocations per event on the calling thread, and the ratio to `opentelemetry_sdk`.
//! Times are medians over rounds; ratios within one run are what to compare.

mod event;
mod peers;
mod threads;

use std::hint::black_box;
use std::time::Duration;

use candor::{Consent, Delivery, Pipeline, SignalKind};
use event::{CrewDone, EVENT, catalogue};
use rustix::time::{ClockId, clock_gettime};

const BURST: usize = 512;
const ROUNDS: usize = 41;

/// The cost of one event on one path.
#[derive(Clone, Copy)]
struct Cost {
    producer_ns: f64,
    all_ns: f64,
    allocations: f64,
}

impl Cost {
    /// The cost of one of `times` that were measured together.
    fn per(self, times: f64) -> Cost {
        Cost {
            producer_ns: self.producer_ns / times,
            all_ns: self.all_ns / times,
            allocations: self.allocations / times,
        }
    }
}

/// Emits bursts and waits for each to be finished; medians over the rounds.
fn measure(mut emit: impl FnMut(), mut finish: impl FnMut()) -> Cost {
    for _ in 0..4 {
        (0..BURST).for_each(|_| emit());
        finish();
    }
    let mut producer = Vec::new();
    let mut all = Vec::new();
    for _ in 0..ROUNDS {
        let (thread, process) = (cpu(ClockId::ThreadCPUTime), cpu(ClockId::ProcessCPUTime));
        (0..BURST).for_each(|_| emit());
        producer.push((cpu(ClockId::ThreadCPUTime) - thread) / BURST as f64);
        finish();
        all.push((cpu(ClockId::ProcessCPUTime) - process) / BURST as f64);
    }
    let counted = allocation_counter::measure(|| (0..BURST).for_each(|_| emit()));
    finish();
    let allocations = counted.count_total as f64 / BURST as f64;
    Cost { producer_ns: median(producer), all_ns: median(all), allocations }
}

/// Something so short that a burst of it has to be longer.
fn measure_short(mut run: impl FnMut()) -> Cost {
    const TIMES: usize = 1_000;
    measure(|| (0..TIMES).for_each(|_| run()), || ()).per(TIMES as f64)
}

fn cpu(clock: ClockId) -> f64 {
    let time = clock_gettime(clock);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn pipeline(consent: Consent) -> Pipeline {
    let discard = |_: SignalKind, body: &[u8]| {
        black_box(body);
        Ok(Delivery::default())
    };
    Pipeline::builder(catalogue()).consent(consent).transport(discard).capacity(4 << 20).build().0
}

fn candor(consent: Consent) -> Cost {
    let pipeline = pipeline(consent);
    let event: &CrewDone = &EVENT;
    let cost = measure(|| pipeline.emit(black_box(event)), || assert!(pipeline.flush(Duration::from_secs(10))));
    assert_eq!(pipeline.stats().dropped, 0, "the bench must not measure dropping");
    cost
}

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only wants to know that it builds
    }
    if let Some((path, times)) = counted_run() {
        return run_counted(&path, times);
    }
    let sdk = peers::opentelemetry_discard();
    let (two_threads, gain) = threads::two();
    let rows = [
        ("opentelemetry_sdk span, batch, discards", sdk),
        ("opentelemetry_sdk span, batch, to OTLP bytes", peers::opentelemetry_bytes()),
        ("tracing + tracing-opentelemetry, batch, discards", peers::tracing()),
        ("metrique, JSON in line, discards", peers::metrique::json()),
        ("candor, opted in (12 attributes)", candor(Consent::OptedIn)),
        ("candor, default (8 attributes)", candor(Consent::Default)),
        ("candor, opted in, each of two threads", two_threads),
        ("floor: prost, encoding only", peers::prost_encode()),
        ("floor: by hand, encoding only", peers::by_hand::encode()),
        ("floor: copying the finished bytes", copy()),
        ("off: an empty loop", measure_short(|| _ = black_box(0))),
        ("off: candor, emit_with", {
            let pipeline = pipeline(Consent::Off);
            measure_short(|| pipeline.emit_with(|| black_box(&*EVENT)))
        }),
        ("off: tracing, filtered", peers::tracing_off()),
        ("off: opentelemetry, no-op provider", peers::opentelemetry_off()),
    ];
    println!("{:<50} {:>11} {:>11} {:>8} {:>9} {:>9}", "path", "producer ns", "all ns", "allocs", "producer", "all");
    let bytes = rows[1].1;
    for (name, cost) in rows {
        println!(
            "{name:<50} {:>11.2} {:>11.2} {:>8.2} {:>8.3}x {:>8.3}x",
            cost.producer_ns,
            cost.all_ns,
            cost.allocations,
            cost.producer_ns / sdk.producer_ns,
            cost.all_ns / bytes.all_ns,
        );
    }
    println!("\nratios: producer against `opentelemetry_sdk` that discards, all against the same to OTLP bytes");
    println!("two threads get {gain:.2}x the events of one through");
}

/// `--count PATH TIMES`: emits so many events on one path and nothing else. `instructions.sh` runs it under callgrind.
fn counted_run() -> Option<(String, usize)> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--count").skip(1);
    Some((arguments.next()?, arguments.next()?.parse().ok()?))
}

fn run_counted(path: &str, times: usize) {
    match path {
        "candor-opted-in" => emit_times(&pipeline(Consent::OptedIn), times),
        "candor-default" => emit_times(&pipeline(Consent::Default), times),
        "candor-off" => emit_times(&pipeline(Consent::Off), times),
        "opentelemetry-sdk" => peers::opentelemetry_times(times),
        _ => eprintln!("there is no path {path}"),
    }
}

fn emit_times(pipeline: &Pipeline, times: usize) {
    (0..times).for_each(|_| pipeline.emit_with(|| black_box(&*EVENT)));
}

fn copy() -> Cost {
    let bytes = candor::request(catalogue(), Consent::OptedIn, &*EVENT).expect("a request");
    let mut batch: Vec<u8> = Vec::with_capacity(bytes.len() * BURST * 2);
    measure_short(|| {
        if batch.len() + bytes.len() > batch.capacity() {
            batch.clear();
        }
        batch.extend_from_slice(black_box(&bytes));
    })
}
