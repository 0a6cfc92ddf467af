//! One thread emitting, and two at once: how much more gets through.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use candor::{Consent, Pipeline};
use rustix::time::ClockId;

use crate::event::{CrewDone, EVENT};
use crate::{BURST, Cost, ROUNDS, cpu, median, pipeline};

/// Measures the cost of an event for each of two threads that emit at once, and how many times the events of one thread
/// both get through in the same time. One and two take turns, and bursts are compared by their median, so that whatever
/// else the machine does hits both.
pub fn two() -> (Cost, f64) {
    let pipeline = pipeline(Consent::OptedIn);
    let rounds: Vec<_> = (0..ROUNDS).map(|_| (round(&pipeline, 1), round(&pipeline, 2))).collect();
    assert_eq!(pipeline.stats().dropped, 0, "the bench must not measure dropping");
    let of = |value: fn(&(Burst, Burst)) -> f64| median(rounds.iter().map(value).collect());
    let gain = 2.0 * of(|(one, _)| one.wall_ns) / of(|(_, two)| two.wall_ns);
    (Cost { producer_ns: of(|(_, two)| two.cpu_ns), all_ns: of(|(_, two)| two.all_ns), allocations: 0.0 }, gain)
}

/// The cost of an event of a burst on its own thread.
#[derive(Clone, Copy)]
struct Burst {
    wall_ns: f64,
    cpu_ns: f64,
    /// On all threads, to the finished request.
    all_ns: f64,
}

/// Bursts on so many threads at once.
fn round(pipeline: &Pipeline, threads: usize) -> Burst {
    let ready = Barrier::new(threads);
    let before = cpu(ClockId::ProcessCPUTime);
    let bursts: Vec<Burst> = thread::scope(|scope| {
        let run = || {
            burst(pipeline);
            ready.wait();
            burst(pipeline)
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().expect("a burst")).collect()
    });
    assert!(pipeline.flush(Duration::from_secs(10)));
    let all_ns = (cpu(ClockId::ProcessCPUTime) - before) / (2 * threads * EVENTS) as f64;
    let mean = |value: fn(&Burst) -> f64| bursts.iter().map(value).sum::<f64>() / threads as f64;
    Burst { wall_ns: mean(|burst| burst.wall_ns), cpu_ns: mean(|burst| burst.cpu_ns), all_ns }
}

const EVENTS: usize = 2 * BURST;

fn burst(pipeline: &Pipeline) -> Burst {
    let event: &CrewDone = &EVENT;
    let (start, before) = (Instant::now(), cpu(ClockId::ThreadCPUTime));
    (0..EVENTS).for_each(|_| pipeline.emit(black_box(event)));
    let per_event = |ns: f64| ns / EVENTS as f64;
    Burst {
        wall_ns: per_event(start.elapsed().as_nanos() as f64),
        cpu_ns: per_event(cpu(ClockId::ThreadCPUTime) - before),
        all_ns: 0.0,
    }
}
