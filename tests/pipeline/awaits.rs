//! Flushes and shutdowns that block no executor, and handles that are dropped without either.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

use crate::common::{LIMIT, TAKEN, check_adds_up, held, pipeline, refused};
use crate::demo::NOTHING;
use candor::{DropReason, Pipeline, Retry, SignalKind, Stats};

/// Runs it on an executor with one thread, beside a task that has to go on meanwhile.
fn beside_another_task<R>(future: impl Future<Output = R>) -> R {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("an executor");
    runtime.block_on(async {
        tokio::pin!(future);
        let mut ticks = 0;
        loop {
            tokio::select! {
                result = &mut future => {
                    assert!(ticks > 0, "the executor was blocked");
                    return result;
                }
                () = tokio::time::sleep(Duration::from_millis(1)) => ticks += 1,
            }
        }
    })
}

fn slow() -> Pipeline {
    pipeline(|_: SignalKind, _: &[u8]| {
        std::thread::sleep(Duration::from_millis(50));
        TAKEN
    })
}

#[test]
fn a_flush_is_awaited() {
    let pipeline = slow();
    pipeline.emit(&NOTHING);
    assert!(beside_another_task(pipeline.flush_async(LIMIT)));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 1, sent: 1, ..Stats::default() });
}

#[test]
fn a_shutdown_is_awaited_and_ends_with_its_limit() {
    let pipeline = slow();
    pipeline.emit(&NOTHING);
    assert!(beside_another_task(pipeline.shutdown_async(LIMIT)));
    pipeline.emit(&NOTHING);
    assert_eq!(pipeline.stats().drops.of(DropReason::Closed), 1);

    let (transport, requests, _answer) = held();
    let stuck = crate::common::pipeline(transport);
    stuck.emit(&NOTHING);
    assert!(!stuck.flush(Duration::ZERO));
    assert_eq!(requests.recv_timeout(LIMIT), Ok(1));
    stuck.emit(&NOTHING);
    let start = Instant::now();
    assert!(!beside_another_task(stuck.shutdown_async(Duration::from_millis(50))));
    assert!(start.elapsed() >= Duration::from_millis(50) && start.elapsed() < LIMIT);
    assert_eq!(stuck.stats().drops.of(DropReason::Closed), 1, "what waited is dropped at the limit");
    check_adds_up(&stuck.stats());
}

#[test]
fn nothing_to_send_is_done_at_once() {
    let pipeline = slow();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("an executor");
    assert!(runtime.block_on(pipeline.flush_async(Duration::ZERO)));
    assert!(runtime.block_on(pipeline.shutdown_async(Duration::ZERO)));
}

#[test]
fn a_flush_that_nobody_awaits_is_asked_for_all_the_same() {
    let pipeline = slow();
    pipeline.emit(&NOTHING);
    drop(pipeline.flush_async(LIMIT));
    crate::common::wait_until("sent", || pipeline.stats().sent == 1);
}

#[test]
fn the_last_handle_delivers_what_waits_within_the_limit() {
    let arrived = Arc::new(AtomicBool::new(false));
    let arrive = arrived.clone();
    let pipeline = pipeline(move |_: SignalKind, _: &[u8]| {
        std::thread::sleep(Duration::from_millis(50));
        arrive.store(true, SeqCst);
        TAKEN
    });
    pipeline.emit(&NOTHING);
    drop(pipeline.clone());
    assert!(!arrived.load(SeqCst), "a clone is not the last handle");
    drop(pipeline);
    assert!(arrived.load(SeqCst));

    let stuck = crate::common::pipeline(|_: SignalKind, _: &[u8]| refused(Retry::After(Duration::from_secs(3600))));
    stuck.emit(&NOTHING);
    let start = Instant::now();
    drop(stuck);
    assert!(start.elapsed() < Pipeline::SHUTDOWN_LIMIT * 3, "{:?}", start.elapsed());
}

#[test]
fn a_transport_may_drop_the_last_handle() {
    let done = Arc::new(AtomicBool::new(false));
    let (hand, handed) = std::sync::mpsc::channel::<Pipeline>();
    let said = done.clone();
    let pipeline = pipeline(move |_: SignalKind, _: &[u8]| {
        let last = handed.recv_timeout(LIMIT);
        let start = Instant::now();
        drop(last);
        said.store(start.elapsed() < Duration::from_millis(500), SeqCst);
        TAKEN
    });
    pipeline.emit(&NOTHING);
    assert!(!pipeline.flush(Duration::ZERO));
    hand.send(pipeline).expect("a transport");
    crate::common::wait_until("it did not wait for itself", || done.load(SeqCst));
}
