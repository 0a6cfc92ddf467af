//! Many ways in which threads may interleave between the queue and the sender, tried out by shuttle.
//!
//! Time does not pass here: a wait with a limit ends only when somebody notifies. So a wake-up that gets lost is a deadlock,
//! which shuttle reports. Needs `--cfg shuttle`: run `tests/shuttle.sh`.
#![cfg(shuttle)]

mod demo;

use std::time::Duration;

use candor::{Consent, Delivery, Pipeline, SignalKind, Stats, TransportError};
use demo::{NOTHING, Noted, catalogue};
use shuttle::sync::Arc;
use shuttle::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use shuttle::thread;

/// Random schedules, and as many that look for rare ones (PCT).
fn check(test: fn()) {
    const SCHEDULES: usize = 2_000;
    shuttle::check_random(test, SCHEDULES);
    shuttle::check_pct(test, SCHEDULES, 3);
}

/// A pipeline where everything is due at once, and what its transport counts: requests, and signals in them.
fn pipeline(capacity: usize) -> (Pipeline, Arc<[AtomicUsize; 2]>) {
    let counts: Arc<[AtomicUsize; 2]> = Arc::default();
    let counting = counts.clone();
    let transport = move |kind: SignalKind, body: &[u8]| -> Result<Delivery, TransportError> {
        counting[0].fetch_add(1, SeqCst);
        counting[1].fetch_add(candor::decode(catalogue(), kind, body).len(), SeqCst);
        Ok(Delivery::default())
    };
    let builder = Pipeline::builder(catalogue()).consent(Consent::Default).transport(transport);
    (builder.capacity(capacity).max_age(Duration::ZERO).build().0, counts)
}

/// One shard, and as many as the machine has processors.
const CAPACITIES: [usize; 2] = [4 << 10, 256 << 10];

fn emit_both(pipeline: &Pipeline) {
    pipeline.emit(&NOTHING);
    pipeline.emit(&Noted { flag: true, secret: None });
}

/// Runs `run` on two more threads, and here.
fn on_three_threads(pipeline: &Pipeline, run: fn(&Pipeline)) {
    let threads = [(); 2].map(|()| {
        let pipeline = pipeline.clone();
        thread::spawn(move || run(&pipeline))
    });
    run(pipeline);
    threads.into_iter().for_each(|thread| thread.join().expect("a thread"));
}

#[track_caller]
fn check_all_done(stats: &Stats) {
    assert_eq!(stats.emitted, stats.sent + stats.dropped, "{stats:?}");
}

#[test]
fn no_wake_up_is_lost() {
    check(|| {
        for capacity in CAPACITIES {
            let (pipeline, _) = pipeline(capacity);
            on_three_threads(&pipeline, emit_both);
            // Nobody flushes.
            while pipeline.stats().queued > 0 {
                thread::yield_now();
            }
            check_all_done(&pipeline.stats());
        }
    });
}

#[test]
fn flush_is_done_when_everything_before_it_is() {
    check(|| {
        for capacity in CAPACITIES {
            let (pipeline, counts) = pipeline(capacity);
            on_three_threads(&pipeline, |pipeline| {
                emit_both(pipeline);
                let before = pipeline.stats();
                assert!(pipeline.flush(Duration::MAX));
                let after = pipeline.stats();
                assert!(after.sent + after.dropped >= before.emitted, "{before:?} {after:?}");
            });
            let stats = pipeline.stats();
            check_all_done(&stats);
            assert_eq!(counts[1].load(SeqCst) as u64, stats.sent);
        }
    });
}

#[test]
fn after_off_nothing_is_queued_and_no_request_begins() {
    check(|| {
        for capacity in CAPACITIES {
            let (pipeline, counts) = pipeline(capacity);
            let emitting = pipeline.clone();
            let thread = thread::spawn(move || (0..2).for_each(|_| emit_both(&emitting)));
            pipeline.emit(&NOTHING);
            pipeline.set_consent(Consent::Off);
            let requests = counts[0].load(SeqCst);
            thread.join().expect("a thread");
            assert!(pipeline.flush(Duration::MAX));
            check_all_done(&pipeline.stats());
            // One may have passed its last check when consent was withdrawn.
            assert!(counts[0].load(SeqCst) <= requests + 1);
        }
    });
}

#[test]
fn shutdown_ends_everything_whoever_emits_and_flushes() {
    check(|| {
        for capacity in CAPACITIES {
            let (pipeline, _) = pipeline(capacity);
            on_three_threads(&pipeline, |pipeline| {
                emit_both(pipeline);
                pipeline.flush(Duration::MAX);
                emit_both(pipeline);
                assert!(pipeline.shutdown(Duration::MAX));
                emit_both(pipeline);
            });
            check_all_done(&pipeline.stats());
        }
    });
}

#[test]
fn the_counters_add_up_at_every_moment() {
    check(|| {
        let (pipeline, _) = pipeline(CAPACITIES[1]);
        on_three_threads(&pipeline, |pipeline| {
            emit_both(pipeline);
            let stats = pipeline.stats();
            assert_eq!(stats.emitted, stats.sent + stats.dropped + stats.queued, "{stats:?}");
        });
    });
}

#[test]
fn the_last_handle_ends_the_thread_after_it_has_sent_what_waits() {
    check(|| {
        let (pipeline, counts) = pipeline(CAPACITIES[1]);
        let clone = pipeline.clone();
        let thread = thread::spawn(move || clone.emit(&NOTHING));
        pipeline.emit(&NOTHING);
        drop(pipeline);
        thread.join().expect("a thread");
        // Shuttle waits for all threads, and reports those that never end.
        while counts[1].load(SeqCst) < 1 {
            thread::yield_now();
        }
    });
}
