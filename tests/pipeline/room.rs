//! The room of the queue, and the signals that are dropped when there is none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::common::{LIMIT, TAKEN, builder, check_adds_up, held, requests_then_full};
use crate::demo::{Everything, NOTHING, Noted, part};
use candor::SignalKind;

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

/// The batch that makes most room is taken first, whichever of the shards is a thread's own. Threads get numbers in
/// turn.
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
    check_adds_up(&stats);
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
        check_adds_up(&pipeline.stats());
    }
}
