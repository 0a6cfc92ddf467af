//! The reasons for what is not sent: counted, named, dated, told to the host, and adding up.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use candor::{Cause, Consent, Delivery, DropReason, Pipeline, Retry, SignalKind, Telemetry, Unsent, Why};

use crate::demo::{Everything, Hidden, NOTHING, Noted, part};
use crate::{LIMIT, answering, builder, error};

/// An event of another catalogue.
#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/endpoints.yaml", event = "started")]
struct Work {
    runs: u64,
}

#[track_caller]
fn check(pipeline: &Pipeline, reason: DropReason, count: u64) {
    let stats = pipeline.stats();
    assert_eq!(stats.drops.iter().collect::<Vec<_>>(), [(reason, count)], "{stats:?}");
    assert_eq!((stats.dropped, stats.emitted - stats.sent), (count, count), "{stats:?}");
}

#[test]
fn no_answer_a_refusal_and_a_collector_that_stays_busy_are_told_apart() {
    for (cause, reason) in [
        (Cause::NoAnswer, DropReason::Network),
        (Cause::Refused, DropReason::Refused),
        (Cause::Busy, DropReason::Expired),
        (Cause::Withdrawn, DropReason::Consent),
    ] {
        for retry in [Retry::Never, Retry::After(Duration::ZERO)] {
            let pipeline = answering(move || Err(error(retry, cause)));
            let before = SystemTime::now();
            pipeline.emit(&NOTHING);
            assert!(pipeline.flush(LIMIT));
            check(&pipeline, reason, 1);
            let last = pipeline.stats().last_error.expect("an error");
            assert!(last.why == "as told" && last.when >= before && last.when <= SystemTime::now(), "{last:?}");
        }
    }
    let partial = answering(|| Ok(Delivery { rejected: 2, ..Delivery::default() }));
    (0..3).for_each(|_| partial.emit(&NOTHING));
    assert!(partial.flush(LIMIT));
    check(&partial, DropReason::Refused, 2);
}

#[test]
fn what_found_no_room_is_full() {
    let taking = |_: SignalKind, _: &[u8]| Ok(Delivery::default());
    let (pipeline, _) = builder().capacity(128).transport(taking).build();
    pipeline.emit(&NOTHING);
    check(&pipeline, DropReason::Full, 1);
    assert_eq!(pipeline.try_preview(&NOTHING), Err(Unsent::TooLarge));
}

#[test]
fn withdrawn_consent_is_a_reason() {
    let pipeline = answering(|| Ok(Delivery::default()));
    pipeline.emit(&NOTHING);
    pipeline.set_consent(Consent::Off);
    check(&pipeline, DropReason::Consent, 1);
}

#[test]
fn emitting_after_the_shutdown_is_named_once() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hear = told.clone();
    let (pipeline, _) = builder()
        .transport(|_: SignalKind, _: &[u8]| Ok(Delivery::default()))
        .on_error(move |error| hear.lock().expect("a list").push(error.why.clone()))
        .build();
    assert!(pipeline.shutdown(LIMIT));
    (0..3).for_each(|_| pipeline.emit(&NOTHING));
    pipeline.emit(&Noted { flag: true, secret: None });
    check(&pipeline, DropReason::Closed, 4);
    assert_eq!(*told.lock().expect("a list"), ["span `everything` was emitted after the shutdown"]);
    assert_eq!(pipeline.try_preview(&NOTHING), Err(Unsent::Closed));
}

#[test]
fn a_signal_of_another_catalogue_is_named_once() {
    let pipeline = answering(|| Ok(Delivery::default()));
    (0..3).for_each(|_| pipeline.emit(&Work { runs: 1 }));
    check(&pipeline, DropReason::Foreign, 3);
    let why = pipeline.last_failure().expect("a reason");
    assert_eq!(why, "event `started` is not a signal of this pipeline's catalogue, or of another version of it");
    assert_eq!(pipeline.try_preview(&Work { runs: 1 }), Err(Unsent::Foreign));
}

#[test]
fn a_hook_that_panics_or_emits_does_no_harm() {
    let known: Arc<Mutex<Option<Pipeline>>> = Arc::default();
    let hear = known.clone();
    let hook = move |_: &candor::LastError| {
        let pipeline = hear.lock().expect("a pipeline").clone();
        pipeline.iter().for_each(|pipeline| pipeline.emit(&NOTHING));
        panic!("as told");
    };
    let refusing = |_: SignalKind, _: &[u8]| Err(error(Retry::Never, Cause::Refused));
    let (pipeline, _) = builder().transport(refusing).on_error(hook).build();
    *known.lock().expect("a pipeline") = Some(pipeline.clone());
    pipeline.emit(&NOTHING);
    assert!(pipeline.flush(LIMIT));
    assert!(pipeline.stats().emitted >= 2);
    *known.lock().expect("a pipeline") = None;
}

#[test]
fn values_that_are_left_out_are_named() {
    let pipeline = answering(|| Ok(Delivery::default()));
    let (long, far) = ("x".repeat(1000), Some(i32::MAX));
    (0..3).for_each(|_| pipeline.emit(&Everything { number: far, ..NOTHING }));
    pipeline.emit(&Everything { cut_word: Some(long.into()), ..NOTHING });
    pipeline.emit(&Everything { part_one: Some(part("p", None, "n")), secret: Some("hush".into()), ..NOTHING });
    let stopped = pipeline.stopped();
    let list: Vec<_> = stopped.iter().map(|stop| (&*stop.key, stop.why, stop.count)).collect();
    let signal = catalogue_name();
    let expected = [
        (format!("{signal}: attribute cut_word"), Why::Cut, 1),
        (format!("{signal}: attribute number"), Why::Value, 3),
    ];
    assert_eq!(list, expected.each_ref().map(|(key, why, count)| (key.as_str(), *why, *count)));
    let stats = pipeline.stats();
    assert_eq!((stats.values_dropped, stats.values_truncated), (3, 1));
    let status = candor::host::status(&pipeline);
    let line = format!(
        "values left out in this run: 3 {signal}: attribute number (value), 1 {signal}: attribute cut_word (cut)"
    );
    assert!(status.contains(&line), "{status}");
}

/// The name of the span `everything` on the wire.
fn catalogue_name() -> &'static str {
    &<Everything as Telemetry>::SIGNAL.name
}

#[test]
fn a_preview_is_what_would_be_sent_or_says_why_nothing_is() {
    let pipeline = answering(|| Ok(Delivery::default()));
    assert!(pipeline.try_preview(&NOTHING).expect("a payload").contains("\"kind\":\"span\""));
    let hidden = pipeline.try_preview(&Hidden { flag: true, secret: "hush" });
    let why = hidden.expect_err("a reason");
    assert!(why.to_string().starts_with("it needs a permission that was not given: "), "{why}");
    pipeline.set_consent(Consent::Off);
    let why = pipeline.try_preview(&NOTHING).expect_err("a reason").to_string();
    assert!(why.starts_with("telemetry is off: "), "{why}");
    let (small, _) = builder().capacity(512).transport(|_: SignalKind, _: &[u8]| Ok(Delivery::default())).build();
    let words: Vec<String> = (0..5).map(|_| "x".repeat(10)).collect();
    let values = [Some(words.clone()), None].map(|words| Everything { words, ..NOTHING });
    for value in values {
        let before = small.stats().drops.of(DropReason::Full);
        let preview = small.try_preview(&value);
        small.emit(&value);
        let fits = small.stats().drops.of(DropReason::Full) == before;
        assert_eq!(preview.is_ok(), fits, "{preview:?}");
        small.flush(LIMIT);
    }
}

/// The counters add up at every moment, in any order of events, and each drop has a reason.
#[test]
fn the_counters_add_up_whatever_happens() {
    for seed in 0..40 {
        let mut random = fastrand::Rng::with_seed(seed);
        let rolls = Arc::new(AtomicU64::new(seed));
        let roll = rolls.clone();
        let pipeline = answering(move || match roll.fetch_add(1, SeqCst) % 6 {
            0 => Err(error(Retry::Never, Cause::Refused)),
            1 => Err(error(Retry::After(Duration::ZERO), Cause::Busy)),
            2 => Err(error(Retry::Never, Cause::NoAnswer)),
            3 => Ok(Delivery { rejected: 1, ..Delivery::default() }),
            4 => panic!("as told"),
            _ => Ok(Delivery::default()),
        });
        let mut emitted = 0;
        for _ in 0..60 {
            match random.u8(..12) {
                0..4 => pipeline.emit(&NOTHING),
                4 | 5 => pipeline.emit(&Noted { flag: true, secret: Some("hush") }),
                6 => pipeline.emit(&Work { runs: 1 }),
                7 => pipeline.emit(&Everything { number: Some(i32::MAX), ..NOTHING }),
                8 => pipeline.set_consent(if random.bool() { Consent::Default } else { Consent::Off }),
                9 => _ = pipeline.flush(LIMIT),
                10 if random.u8(..30) == 0 => _ = pipeline.shutdown(LIMIT),
                _ => std::thread::yield_now(),
            }
            let stats = pipeline.stats();
            assert!(stats.emitted >= emitted, "{stats:?}");
            emitted = stats.emitted;
            assert_eq!(stats.emitted, stats.sent + stats.dropped + stats.queued + stats.spooled, "{stats:?}");
            assert_eq!(stats.dropped, stats.drops.total() + stats.not_due + stats.unclaimed, "{stats:?}");
        }
        let dropped: u64 = pipeline.stopped().iter().filter(|stop| stop.why.is_dropped()).map(|stop| stop.count).sum();
        assert_eq!(dropped, pipeline.stats().values_dropped);
    }
}
