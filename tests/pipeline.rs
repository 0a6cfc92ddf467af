//! The pipeline with transports that do what a test says: nothing is lost, doubled, stuck, kept or sent too late.

mod demo;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use candor::{
    Builder, Consent, Delivery, Pipeline, Retry, SignalKind, Stats, Transport, TransportError, Value, Visitor, kind,
};
use demo::{Everything, Hidden, Losses, NOTHING, Noted, catalogue, part};

const LIMIT: Duration = Duration::from_secs(10);
const LONG: Duration = Duration::from_secs(3600);

type Answer = Result<Delivery, TransportError>;

const TAKEN: Answer = Ok(Delivery { rejected: 0, spooled: 0, resent: 0, lost: 0, failure: None });

fn refused(retry: Retry) -> Answer {
    Err(TransportError { message: "as told".to_owned(), retry })
}

fn builder(transport: impl Transport) -> Builder {
    Pipeline::builder(catalogue()).consent(Consent::Default).transport(transport).max_age(LONG)
}

fn pipeline(transport: impl Transport) -> Pipeline {
    builder(transport).build().0
}

/// A span that can be told from others.
fn numbered(number: u64) -> Everything {
    Everything { any_number: Some(number), ..NOTHING }
}

/// A transport that reports each request and answers what it is told, when it is told.
fn held() -> (impl Transport, Receiver<usize>, Sender<Answer>) {
    let (report, reported) = channel();
    let (answer, answers) = channel();
    let transport = move |kind: SignalKind, body: &[u8]| {
        let _ = report.send(candor::decode(catalogue(), kind, body).len()); // the test may be over
        answers.recv().unwrap_or(TAKEN)
    };
    (transport, reported, answer)
}

/// Waits until it holds.
#[track_caller]
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < LIMIT, "still not: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

#[track_caller]
fn check_adds_up(stats: Stats) {
    assert_eq!(stats.emitted, stats.sent + stats.dropped + stats.queued, "{stats:?}");
}

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
    check_adds_up(stats);
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
    assert_eq!(pipeline.stats(), Stats { emitted: 1, queued: 1, ..Stats::default() });
    answer.send(refused(Retry::Never)).expect("a sender");
    assert!(pipeline.flush(LIMIT), "what is dropped is done, too");
    assert_eq!(pipeline.stats(), Stats { emitted: 1, dropped: 1, ..Stats::default() });
}

#[test]
fn limits_and_ages_without_end_are_fine() {
    let (pipeline, _) = builder(|_: SignalKind, _: &[u8]| TAKEN).max_age(Duration::MAX).build();
    pipeline.emit(&NOTHING);
    assert!(pipeline.flush(Duration::MAX));
    assert!(pipeline.shutdown(Duration::MAX));
    assert_eq!(pipeline.stats(), Stats { emitted: 1, sent: 1, ..Stats::default() });
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
            check_adds_up(pipeline.stats());
        }
        pipeline.shutdown(LIMIT);
        check_adds_up(pipeline.stats());
        over.store(true, SeqCst);
    });
    let stats = pipeline.stats();
    assert_eq!(stats.queued, 0, "{stats:?}");
    assert!(stats.sent > 0 && stats.dropped > 0, "{stats:?}");
    check_adds_up(stats);
}

#[test]
fn what_the_collector_rejects_is_dropped() {
    for (rejected, sent) in [(0, 3), (1, 2), (3, 0), (u64::MAX, 0)] {
        let pipeline = pipeline(move |_: SignalKind, _: &[u8]| Ok(Delivery { rejected, ..Delivery::default() }));
        (0..3).for_each(|_| pipeline.emit(&NOTHING));
        assert!(pipeline.flush(LIMIT));
        assert_eq!(pipeline.stats(), Stats { emitted: 3, sent, dropped: 3 - sent, ..Stats::default() });
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
    assert_eq!(pipeline.stats(), Stats { emitted: 2, sent: 1, dropped: 1, ..Stats::default() });
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
    assert_eq!(pipeline.stats(), Stats { emitted: 2, sent: 2, ..Stats::default() });
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
    assert_eq!(pipeline.stats(), Stats { emitted: 2, sent: 2, ..Stats::default() });
}

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
            check_adds_up(stats);
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
    assert_eq!(pipeline.stats(), Stats { emitted: 1, dropped: 1, ..Stats::default() });
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
    assert_eq!(pipeline.stats(), Stats { emitted: 3, sent: 1, dropped: 2, ..Stats::default() });
}

#[test]
fn shutdown_ends_a_pause() {
    let pipeline = pipeline(|_: SignalKind, _: &[u8]| refused(Retry::After(LONG)));
    pipeline.emit(&NOTHING);
    assert!(!pipeline.flush(Duration::from_millis(20)));
    assert!(pipeline.shutdown(LIMIT));
    assert_eq!(pipeline.stats(), Stats { emitted: 1, dropped: 1, ..Stats::default() });
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
    assert_eq!(pipeline.stats(), Stats { emitted: 2, dropped: 1, queued: 1, ..Stats::default() });
    answer.send(TAKEN).expect("a sender");
    wait_until("what was under way is counted", || pipeline.stats().queued == 0);
    assert_eq!(pipeline.stats(), Stats { emitted: 2, sent: 1, dropped: 1, ..Stats::default() });
}

#[test]
fn a_guard_shuts_down() {
    let pipeline = pipeline(|_: SignalKind, _: &[u8]| TAKEN);
    let guard = pipeline.shutdown_on_drop();
    pipeline.emit(&NOTHING);
    drop(guard);
    pipeline.emit(&NOTHING);
    assert_eq!(pipeline.stats(), Stats { emitted: 2, sent: 1, dropped: 1, ..Stats::default() });
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

/// Emits until a request is under way and there is no room for anything more.
fn requests_then_full(pipeline: &Pipeline, requests: &Receiver<()>) {
    let start = Instant::now();
    let mut under_way = false;
    loop {
        let dropped = pipeline.stats().dropped;
        (0..1_000).for_each(|_| pipeline.emit(&NOTHING));
        under_way |= requests.try_recv().is_ok();
        if under_way && pipeline.stats().dropped == dropped + 1_000 {
            return;
        }
        assert!(start.elapsed() < LIMIT, "there is always room");
    }
}

#[test]
fn one_thread_can_use_all_the_room() {
    const CAPACITY: usize = 1 << 20;
    let sent_bytes = Arc::new(AtomicUsize::new(0));
    let counter = sent_bytes.clone();
    let (release, hold) = channel::<()>();
    let (report, requests) = channel();
    let transport = move |_: SignalKind, body: &[u8]| {
        let _ = report.send(()); // the test may be over
        let _ = hold.recv(); // until the test lets go
        counter.fetch_add(body.len(), SeqCst);
        TAKEN
    };
    let (pipeline, _) = builder(transport).capacity(CAPACITY).build();
    requests_then_full(&pipeline, &requests);
    drop(release);
    assert!(pipeline.flush(LIMIT));
    let used = sent_bytes.load(SeqCst);
    // Spans have one half of it, events the other. What is being sent was taken when it was half full at least.
    assert!((CAPACITY / 2 * 7 / 10..=CAPACITY / 2).contains(&used), "{used} of {CAPACITY} bytes");
    pipeline.emit(&NOTHING);
    assert_eq!(pipeline.stats().queued, 1, "there is room again");
}

/// What makes most room is taken first, whichever of the shards is a thread's own. Threads get numbers in turn.
#[test]
fn the_fullest_goes_first() {
    let filled = || {
        let (transport, requests, answer) = held();
        let pipeline = builder(transport).capacity(64 << 10).build().0;
        pipeline.emit(&Noted { flag: true, secret: None });
        assert!(!pipeline.flush(Duration::ZERO));
        assert_eq!(requests.recv_timeout(LIMIT), Ok(1));
        (pipeline, requests, answer)
    };
    let (pipeline, ..) = filled();
    while pipeline.stats().dropped == 0 {
        pipeline.emit(&NOTHING);
    }
    let room = pipeline.stats().queued - 1; // without the event that is under way
    let requests = || {
        let (pipeline, requests, answer) = filled();
        (0..room / 2 + 5).for_each(|_| pipeline.emit(&NOTHING));
        drop(answer);
        assert!(pipeline.flush(LIMIT));
        requests.try_iter().collect::<Vec<usize>>()
    };
    for _ in 0..8 {
        let sizes = thread::scope(|scope| scope.spawn(requests).join().expect("sizes"));
        assert_eq!(sizes.first(), sizes.iter().max(), "{sizes:?}");
    }
}

#[test]
fn a_signal_that_fits_nowhere_keeps_out_no_other() {
    let pipeline = builder(|_: SignalKind, _: &[u8]| TAKEN).capacity(16 << 10).build().0;
    let large = Everything { parts: Some(vec![part("x", None, "not collected"); 2_000]), ..NOTHING };
    for _ in 0..10 {
        pipeline.emit(&large);
        pipeline.emit(&NOTHING);
    }
    assert!(pipeline.flush(LIMIT));
    let stats = pipeline.stats();
    check_adds_up(stats);
    assert_eq!((stats.sent, stats.dropped), (10, 10), "{stats:?}");
}

#[test]
fn memory_stays_within_the_capacity() {
    for capacity in [16 << 10, 256 << 10, 1 << 20] {
        let (transport, requests, answer) = held();
        let (pipeline, _) = builder(transport).capacity(capacity).build();
        let emit = || {
            for _ in 0..3 * capacity / 50 {
                pipeline.emit(&NOTHING);
                pipeline.emit(&Noted { flag: true, secret: None });
            }
        };
        let first = allocation_counter::measure(emit);
        assert!(requests.recv_timeout(LIMIT).is_ok());
        let second = allocation_counter::measure(emit);
        let taken = first.bytes_max + second.bytes_max;
        // The thread and its name are on the emitter's account, too.
        assert!(taken <= capacity as u64 + 2_000, "{taken} of {capacity} bytes");
        assert!(taken >= capacity as u64 / 2, "the room is for use: {taken} of {capacity} bytes");
        let steady = allocation_counter::measure(emit);
        assert_eq!(steady.count_total, 0, "nothing is allocated for an event");
        drop(answer);
        assert!(pipeline.shutdown(LIMIT));
        check_adds_up(pipeline.stats());
    }
}

/// A pipeline that lets nothing through until `answers` is dropped, is full, and has dropped something; what it sends
/// comes out of `payloads`.
struct Full {
    pipeline: Pipeline,
    answers: Sender<Answer>,
    payloads: Receiver<String>,
}

impl Full {
    fn new(report: fn(u64) -> Losses) -> Full {
        let (sent, payloads) = channel();
        let (report_request, requests) = channel();
        let (answers, hold) = channel::<Answer>();
        let transport = move |kind: SignalKind, body: &[u8]| {
            let _ = report_request.send(()); // the test may be over
            let answer = hold.recv().unwrap_or(TAKEN);
            let taken = answer.is_ok();
            candor::decode(catalogue(), kind, body).into_iter().filter(|_| taken).for_each(|payload| {
                let _ = sent.send(payload); // the test may be over
            });
            answer
        };
        let (pipeline, _) = builder(transport).capacity(32 << 10).report_losses(report).build();
        requests_then_full(&pipeline, &requests);
        Full { pipeline, answers, payloads }
    }

    /// The losses that the collector is told of, once everything waits for nothing any more.
    fn told(self) -> (Vec<u64>, Stats) {
        drop(self.answers);
        assert!(self.pipeline.flush(LIMIT));
        assert!(self.pipeline.shutdown(LIMIT));
        let losses = self.payloads.try_iter().filter(|payload| payload.contains("demo.losses"));
        let told = losses.map(|payload| {
            let (_, number) = payload.split_once("\"lost_signals\":").expect("a number");
            number.trim_end_matches('}').parse().expect("a number")
        });
        (told.collect(), self.pipeline.stats())
    }
}

#[test]
fn the_collector_is_told_what_it_missed() {
    let full = Full::new(|lost_signals| Losses { lost_signals });
    let dropped = full.pipeline.stats().dropped;
    let (told, stats) = full.told();
    assert_eq!((told.as_slice(), stats.dropped), ([dropped].as_slice(), dropped), "{stats:?}");
    check_adds_up(stats);
}

#[test]
fn what_was_withdrawn_is_nobodys_business() {
    let full = Full::new(|lost_signals| Losses { lost_signals });
    full.pipeline.set_consent(Consent::Off);
    full.pipeline.set_consent(Consent::Default);
    full.answers.send(refused(Retry::Never)).expect("a sender");
    full.pipeline.flush(LIMIT);
    full.pipeline.emit(&NOTHING);
    let (told, stats) = full.told();
    assert_eq!((told.as_slice(), stats.sent), ([].as_slice(), 1), "{stats:?}");
    check_adds_up(stats);
}

#[test]
fn a_report_that_panics_costs_itself_and_no_more() {
    let (told, stats) = Full::new(|_| panic!("as told")).told();
    assert!(told.is_empty() && stats.sent > 0, "{told:?} {stats:?}");
    check_adds_up(stats);
}
