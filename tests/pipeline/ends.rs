//! Ends of sending: Off, a shutdown, the last handle.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::common::{Answer, LIMIT, LONG, TAKEN, builder, check_adds_up, held, pipeline, refused, wait_until};
use crate::demo::{Everything, Hidden, NOTHING, Noted, catalogue};
use candor::{Consent, Retry, SignalKind, Stats, Transport};

#[test]
fn after_off_nothing_is_queued_and_no_request_begins() {
    for _ in 0..50 {
        let began = Arc::new(AtomicUsize::new(0));
        let counter = began.clone();
        let transport = move |_: SignalKind, _: &[u8]| {
            counter.fetch_add(1, SeqCst);
            thread::yield_now();
            refused(Retry::After(Duration::ZERO))
        };
        let (pipeline, _) = builder(transport).max_age(Duration::ZERO).build();
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while !over.load(SeqCst) {
                        pipeline.emit(&NOTHING);
                    }
                });
            }
            thread::sleep(Duration::from_micros(fastrand::u64(..2_000)));
            pipeline.set_consent(Consent::Off);
            let emitted = pipeline.stats().emitted;
            let before = began.load(SeqCst);
            assert!(pipeline.flush(LIMIT));
            // The one request that had passed its last check when consent was withdrawn cannot be called back.
            assert!(began.load(SeqCst) <= before + 1, "{} requests began", began.load(SeqCst) - before);
            over.store(true, SeqCst);
            let stats = pipeline.stats();
            // Each thread may have been past its own check already: such a signal is dropped when it comes to the queue.
            assert!(stats.emitted <= emitted + 3 && stats.queued == 0 && stats.sent == 0, "{stats:?}");
            check_adds_up(&stats);
        });
    }
}

#[test]
fn what_is_under_way_is_not_tried_again_after_off() {
    let (transport, requests, answer) = held();
    let pipeline = pipeline(transport);
    pipeline.emit(&NOTHING);
    assert!(!pipeline.flush(Duration::ZERO));
    assert_eq!(requests.recv_timeout(LIMIT), Ok(1));
    pipeline.set_consent(Consent::Off);
    answer.send(refused(Retry::After(Duration::ZERO))).expect("a sender");
    assert!(pipeline.flush(LIMIT));
    assert!(requests.try_recv().is_err(), "it was tried again");
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 1, dropped: 1, ..Stats::default() });
}

#[test]
fn off_ends_a_pause() {
    let pipeline = pipeline(|_: SignalKind, _: &[u8]| refused(Retry::After(LONG)));
    pipeline.emit(&NOTHING);
    assert!(!pipeline.flush(Duration::from_millis(20)));
    pipeline.set_consent(Consent::Off);
    assert!(pipeline.flush(LIMIT));
}

#[test]
fn what_was_queued_with_more_consent_is_dropped() {
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let list = arrived.clone();
    let transport = move |kind: SignalKind, body: &[u8]| {
        list.lock().expect("a list").extend(candor::decode(catalogue(), kind, body));
        TAKEN
    };
    let (pipeline, _) = builder(transport).consent(Consent::OptedIn).build();
    let value = Everything { secret: Some("hush".into()), ..NOTHING };
    pipeline.emit(&value);
    pipeline.emit(&Hidden { flag: true, secret: "hush" });
    pipeline.set_consent(Consent::Default);
    pipeline.emit(&value);
    pipeline.emit(&Hidden { flag: true, secret: "hush" });
    pipeline.set_consent(Consent::OptedIn);
    assert!(pipeline.flush(LIMIT));
    let arrived = arrived.lock().expect("a list");
    assert!(arrived.len() == 1 && !arrived[0].contains("hush"), "{arrived:?}");
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 3, sent: 1, dropped: 2, ..Stats::default() });
}

#[test]
fn shutdown_ends_a_pause() {
    let pipeline = pipeline(|_: SignalKind, _: &[u8]| refused(Retry::After(LONG)));
    pipeline.emit(&NOTHING);
    assert!(!pipeline.flush(Duration::from_millis(20)));
    assert!(pipeline.shutdown(LIMIT));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 1, dropped: 1, ..Stats::default() });
}

#[test]
fn what_waits_at_the_end_of_the_limit_is_dropped() {
    let (transport, requests, answer) = held();
    let pipeline = pipeline(transport);
    pipeline.emit(&NOTHING);
    assert!(!pipeline.flush(Duration::ZERO));
    assert_eq!(requests.recv_timeout(LIMIT), Ok(1));
    pipeline.emit(&NOTHING);
    assert!(!pipeline.shutdown(Duration::ZERO));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 2, dropped: 1, queued: 1, ..Stats::default() });
    answer.send(TAKEN).expect("a sender");
    wait_until("what was under way is counted", || pipeline.stats().queued == 0);
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 2, sent: 1, dropped: 1, ..Stats::default() });
}

#[test]
fn a_guard_shuts_down() {
    let pipeline = pipeline(|_: SignalKind, _: &[u8]| TAKEN);
    let guard = pipeline.shutdown_on_drop();
    pipeline.emit(&NOTHING);
    drop(guard);
    pipeline.emit(&NOTHING);
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 2, sent: 1, dropped: 1, ..Stats::default() });
}

/// A transport that says when it is no more.
struct Mortal(Receiver<()>, Sender<&'static str>);

impl Transport for Mortal {
    fn send(&mut self, _: SignalKind, _: &[u8]) -> Answer {
        let _ = self.0.recv(); // until the test lets go
        let _ = self.1.send("a request");
        TAKEN
    }
}

impl Drop for Mortal {
    fn drop(&mut self) {
        let _ = self.1.send("the end");
    }
}

#[test]
fn the_thread_ends_with_the_last_handle_after_it_has_sent_what_waits() {
    let (release, hold) = channel();
    let (report, reports) = channel();
    let pipeline = pipeline(Mortal(hold, report));
    let clone = pipeline.sharing(true);
    pipeline.emit(&NOTHING);
    assert!(!pipeline.flush(Duration::ZERO));
    drop(pipeline);
    clone.emit(&NOTHING);
    clone.emit(&Noted { flag: true, secret: None });
    drop(clone);
    drop(release);
    let reports: Vec<_> = std::iter::from_fn(|| reports.recv_timeout(LIMIT).ok()).collect();
    assert!((2..=3).contains(&(reports.len() - 1)), "{reports:?}");
    assert_eq!(reports.last(), Some(&"the end"));
}
