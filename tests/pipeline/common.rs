//! Helpers of the pipeline's tests: transports that do what a test says, and waiting.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::demo::{Everything, NOTHING, catalogue};
use candor::{Builder, Cause, Consent, Delivery, Pipeline, Retry, SignalKind, Stats, Transport, TransportError};

pub const LIMIT: Duration = Duration::from_secs(10);
pub const LONG: Duration = Duration::from_secs(3600);

pub type Answer = Result<Delivery, TransportError>;

pub const TAKEN: Answer = Ok(Delivery { rejected: 0, spooled: 0, resent: 0, lost: 0, failure: None });

pub fn refused(retry: Retry) -> Answer {
    Err(TransportError { message: "as told".to_owned(), retry, cause: Cause::Busy })
}

pub fn builder(transport: impl Transport) -> Builder {
    Pipeline::builder(catalogue()).consent(Consent::Default).transport(transport).max_age(LONG)
}

pub fn pipeline(transport: impl Transport) -> Pipeline {
    builder(transport).build().0
}

/// A span that can be told from others.
pub fn numbered(number: u64) -> Everything {
    Everything { any_number: Some(number), ..NOTHING }
}

/// A transport that reports each request and answers what it is told, when it is told.
pub fn held() -> (impl Transport, Receiver<usize>, Sender<Answer>) {
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
pub fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < LIMIT, "still not: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

#[track_caller]
pub fn check_adds_up(stats: &Stats) {
    assert_eq!(stats.emitted, stats.sent + stats.dropped + stats.queued, "{stats:?}");
}

/// Emits until a request is under way and there is no room for anything more.
pub fn requests_then_full(pipeline: &Pipeline, requests: &Receiver<()>) {
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
