//! Reports of losses to the collector.

use std::sync::mpsc::{Receiver, Sender, channel};

use crate::common::{Answer, LIMIT, TAKEN, builder, check_adds_up, refused, requests_then_full};
use crate::demo::{Losses, NOTHING, catalogue};
use candor::{Consent, Pipeline, Retry, SignalKind, Stats};

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
    check_adds_up(&stats);
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
    check_adds_up(&stats);
}

#[test]
fn a_report_that_panics_costs_itself_and_no_more() {
    let (told, stats) = Full::new(|_| panic!("as told")).told();
    assert!(told.is_empty() && stats.sent > 0, "{told:?} {stats:?}");
    check_adds_up(&stats);
}
