//! The pipeline with transports that do what a test says: nothing is lost, doubled, stuck, kept or sent too late.

mod awaits;
mod common;
#[path = "../demo/mod.rs"]
mod demo;
mod ends;
mod losses;
mod room;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use candor::{Delivery, Pipeline, Retry, SignalKind, Stats, Value, Visitor, kind};
use common::{LIMIT, TAKEN, builder, check_adds_up, held, numbered, pipeline, refused, wait_until};
use demo::{NOTHING, Noted, catalogue};

#[test]
fn what_comes_while_others_are_sent_goes_within_its_age() {
    let (transport, requests, answer) = held();
    let (pipeline, _) = builder(transport).max_age(Duration::from_millis(20)).build();
    pipeline.emit(&numbered(1));
    assert_eq!(requests.recv_timeout(LIMIT), Ok(1));
    // The span is under way. Whoever takes the event away must not forget the next span.
    pipeline.emit(&Noted { flag: true, secret: None });
    pipeline.emit(&numbered(2));
    answer.send(TAKEN).expect("a sender");
    drop(answer);
    wait_until("all sent", || pipeline.stats().sent == 3);
}

#[test]
fn half_a_batch_goes_at_once() {
    let (transport, requests, answer) = held();
    let (pipeline, _) = builder(transport).capacity(64 << 10).build();
    drop(answer);
    while requests.try_recv().is_err() {
        pipeline.emit(&NOTHING);
    }
}

#[test]
fn a_signal_alone_waits_for_its_age() {
    let (transport, requests, answer) = held();
    let (pipeline, _) = builder(transport).max_age(Duration::from_millis(300)).build();
    drop(answer);
    let start = Instant::now();
    pipeline.emit(&NOTHING);
    assert_eq!(requests.recv_timeout(LIMIT), Ok(1));
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[test]
fn everything_that_many_threads_emit_arrives_once() {
    const THREADS: u64 = 8;
    const EACH: u64 = 2_000;
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let list = arrived.clone();
    let transport = move |kind: SignalKind, body: &[u8]| {
        list.lock()
            .expect("a list")
            .extend(candor::decode(catalogue(), kind, body).iter().map(|payload| number(payload)));
        thread::sleep(Duration::from_micros(fastrand::u64(..500)));
        TAKEN
    };
    let (pipeline, _) = builder(transport).capacity(16 << 20).max_age(Duration::from_millis(1)).build();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let pipeline = &pipeline;
            scope.spawn(move || {
                for position in 0..EACH {
                    pipeline.emit(&numbered(thread * EACH + position));
                    if position % 97 == 0 {
                        thread::sleep(Duration::from_micros(fastrand::u64(..200)));
                    }
                }
                assert!(pipeline.flush(LIMIT));
            });
        }
    });
    let stats = pipeline.stats();
    let mut arrived = arrived.lock().expect("a list").clone();
    arrived.sort_unstable();
    let all = arrived.len();
    arrived.dedup();
    assert_eq!(arrived.len(), all, "nothing arrives twice");
    assert_eq!((stats.emitted, stats.sent, stats.queued), (THREADS * EACH, all as u64, 0), "{stats:?}");
    check_adds_up(&stats);
}

/// The `any_number` of a payload.
fn number(payload: &str) -> u64 {
    let digits = payload.split("\"any_number\":").nth(1).expect("a number");
    digits.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).expect("a number")
}

#[test]
fn flush_is_done_when_everything_before_it_is() {
    let sent = Arc::new(AtomicU64::new(0));
    let counter = sent.clone();
    let transport = move |kind: SignalKind, body: &[u8]| {
        thread::sleep(Duration::from_millis(1));
        counter.fetch_add(candor::decode(catalogue(), kind, body).len() as u64, SeqCst);
        TAKEN
    };
    let pipeline = pipeline(transport);
    let emitted = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    pipeline.emit(&NOTHING);
                    let before = emitted.fetch_add(1, SeqCst) + 1;
                    assert!(pipeline.flush(LIMIT));
                    assert!(sent.load(SeqCst) >= before, "flush came back too early");
                }
            });
        }
    });
}

#[test]
fn flush_says_when_it_was_not_done() {
    let (transport, requests, answer) = held();
    let pipeline = pipeline(transport);
    pipeline.emit(&NOTHING);
    assert!(!pipeline.flush(Duration::from_millis(20)));
    assert_eq!(requests.recv_timeout(LIMIT), Ok(1));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 1, queued: 1, ..Stats::default() });
    answer.send(refused(Retry::Never)).expect("a sender");
    assert!(pipeline.flush(LIMIT), "what is dropped is done, too");
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 1, dropped: 1, ..Stats::default() });
}

#[test]
fn limits_and_ages_without_end_are_fine() {
    let (pipeline, _) = builder(|_: SignalKind, _: &[u8]| TAKEN).max_age(Duration::MAX).build();
    pipeline.emit(&NOTHING);
    assert!(pipeline.flush(Duration::MAX));
    assert!(pipeline.shutdown(Duration::MAX));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 1, sent: 1, ..Stats::default() });
}

#[test]
fn nothing_to_do_is_done_at_once() {
    let pipeline = pipeline(|_: SignalKind, _: &[u8]| TAKEN);
    assert!(pipeline.flush(Duration::ZERO));
    assert!(pipeline.shutdown(Duration::ZERO));
}

#[test]
fn the_counters_add_up_at_every_moment() {
    let transport = move |_: SignalKind, _: &[u8]| match fastrand::u8(..4) {
        0 => refused(Retry::Never),
        1 => refused(Retry::After(Duration::from_micros(50))),
        2 => Ok(Delivery { rejected: fastrand::u64(..200), ..Delivery::default() }),
        _ => TAKEN,
    };
    let (pipeline, _) = builder(transport).capacity(64 << 10).max_age(Duration::ZERO).build();
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !over.load(SeqCst) {
                    pipeline.emit(&NOTHING);
                }
            });
        }
        while pipeline.stats().sent < 10_000 {
            check_adds_up(&pipeline.stats());
        }
        pipeline.shutdown(LIMIT);
        check_adds_up(&pipeline.stats());
        over.store(true, SeqCst);
    });
    let stats = pipeline.stats();
    assert_eq!(stats.queued, 0, "{stats:?}");
    assert!(stats.sent > 0 && stats.dropped > 0, "{stats:?}");
    check_adds_up(&stats);
}

#[test]
fn what_the_collector_rejects_is_dropped() {
    for (rejected, sent) in [(0, 3), (1, 2), (3, 0), (u64::MAX, 0)] {
        let pipeline = pipeline(move |_: SignalKind, _: &[u8]| Ok(Delivery { rejected, ..Delivery::default() }));
        (0..3).for_each(|_| pipeline.emit(&NOTHING));
        assert!(pipeline.flush(LIMIT));
        assert_eq!(pipeline.stats().totals(), Stats { emitted: 3, sent, dropped: 3 - sent, ..Stats::default() });
    }
}

#[test]
fn a_transport_that_panics_costs_its_request_and_no_more() {
    let calls = AtomicUsize::new(0);
    let transport = move |_: SignalKind, _: &[u8]| {
        assert!(calls.fetch_add(1, SeqCst) > 0, "as told");
        TAKEN
    };
    let pipeline = pipeline(transport);
    pipeline.emit(&NOTHING);
    assert!(pipeline.flush(LIMIT));
    pipeline.emit(&NOTHING);
    assert!(pipeline.flush(LIMIT));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 2, sent: 1, dropped: 1, ..Stats::default() });
}

/// A boolean that panics when somebody looks.
struct Panics;

impl Value<kind::Boolean> for Panics {
    fn visit<V: Visitor>(&self, _: &mut V) {
        panic!("as told");
    }
}

#[test]
fn a_value_that_panics_costs_its_signal_and_no_more() {
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let list = arrived.clone();
    let pipeline = pipeline(move |kind: SignalKind, body: &[u8]| {
        list.lock().expect("a list").extend(candor::decode(catalogue(), kind, body));
        TAKEN
    });
    pipeline.emit(&Noted { flag: true, secret: None });
    let panicked = catch_unwind(AssertUnwindSafe(|| pipeline.emit(&Noted { flag: Panics, secret: None })));
    assert!(panicked.is_err());
    pipeline.emit(&Noted { flag: false, secret: None });
    assert!(pipeline.flush(LIMIT));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 2, sent: 2, ..Stats::default() });
    assert_eq!(arrived.lock().expect("a list").len(), 2);
}

#[test]
fn a_transport_may_emit_too() {
    let own: Arc<Mutex<Option<Pipeline>>> = Arc::default();
    let pipeline_of_transport = own.clone();
    let transport = move |_: SignalKind, _: &[u8]| {
        if let Some(pipeline) = pipeline_of_transport.lock().expect("a pipeline").take() {
            pipeline.emit(&NOTHING);
        }
        TAKEN
    };
    let pipeline = pipeline(transport);
    *own.lock().expect("a place") = Some(pipeline.clone());
    pipeline.emit(&NOTHING);
    assert!(pipeline.flush(LIMIT));
    assert!(pipeline.flush(LIMIT));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 2, sent: 2, ..Stats::default() });
}
