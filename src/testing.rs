//! Tests of a program's own telemetry: what it would send, as values, without a network and free of the environment.
//!
//! [`record`] hands a pipeline to the code under test and gives back every signal that was sent. The pipeline is the real
//! one: values pass the filter, are encoded into requests, and are decoded from those bytes. Only three things differ. No
//! variable of the environment and no stored choice counts, the clock stands still, and ids are numbers in order.
//!
//! ```
//! use candor::testing::record;
//! use candor::{Consent, Telemetry};
//!
//! #[derive(Telemetry)]
//! #[telemetry(catalogue = "tests/fixtures/demo.yaml", span = "everything")]
//! struct Everything {
//!     flag: bool,
//!     number: Option<i64>,
//! }
//!
//! let catalogue = candor::catalogue!("tests/fixtures/demo.yaml");
//! let sent = record(catalogue, Consent::Default, |telemetry| {
//!     telemetry.emit(&Everything { flag: true, number: Some(3) });
//! });
//! let span = sent.one::<Everything>();
//! assert_eq!(span["flag"], true);
//! assert_eq!(span["number"], 3);
//! sent.assert_nothing_beyond(Consent::Default);
//! ```
//!
//! Code that awaits uses a [`Recording`], which gives the pipeline first and what was sent later.

mod data;
mod reach;
mod recorded;

use std::sync::Arc;
use std::time::Duration;

pub use self::data::Data;
pub use self::recorded::Recorded;
use crate::sync::{Mutex, lock};
use crate::{
    Catalogue, Consent, Content, Delivery, Destination, Pipeline, SignalKind, Stats, Stop, Telemetry, Transport,
    TransportError, decode, decode_body,
};

/// The page on testing; its code runs as tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/testing.md")]
pub struct Page;

/// Runs the code under test with a pipeline of this consent, and gives every signal that was sent.
///
/// The environment does not count: neither `DO_NOT_TRACK` nor continuous integration switches off. The pipeline may be
/// cloned and moved to other threads; what they emit before `run` returns is recorded.
pub fn record(catalogue: &'static Catalogue, consent: Consent, run: impl FnOnce(&Pipeline)) -> Sent {
    let recording = Recording::start(catalogue, consent);
    run(recording.pipeline());
    recording.sent()
}

/// A pipeline that keeps what it sends, for code that awaits or that builds the pipeline into something else.
///
/// ```
/// # let catalogue = candor::catalogue!("tests/fixtures/demo.yaml");
/// use candor::Consent;
/// use candor::testing::Recording;
///
/// let recording = Recording::start(catalogue, Consent::Default);
/// let telemetry = recording.pipeline().clone();
/// drop(telemetry); // the code under test has it
/// assert!(recording.sent().is_empty());
/// ```
#[derive(Debug)]
pub struct Recording {
    pipeline: Pipeline,
    requests: Requests,
}

/// The longest time that a recording waits for its own pipeline.
const LIMIT: Duration = Duration::from_secs(30);

/// Room for what a test emits.
const CAPACITY: usize = 16 << 20;

impl Recording {
    /// Starts a recording with this consent, free of the environment.
    pub fn start(catalogue: &'static Catalogue, consent: Consent) -> Recording {
        let requests = Requests::default();
        let builder = Pipeline::builder(catalogue).isolated().consent(consent).transport(requests.clone());
        let (pipeline, _) = builder.capacity(CAPACITY).max_age(LIMIT).build();
        Recording { pipeline, requests }
    }

    /// The pipeline to hand to the code under test.
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// Gives everything that was sent so far.
    ///
    /// # Panics
    /// The pipeline does not end within 30 seconds.
    pub fn sent(&self) -> Sent {
        assert!(self.pipeline.flush(LIMIT), "the pipeline did not send within {LIMIT:?}");
        let catalogue = self.pipeline.catalogue();
        let payloads =
            lock(&self.requests.0).iter().flat_map(|request| request.payloads(catalogue)).collect::<Vec<_>>();
        Sent {
            catalogue,
            signals: recorded::read_all(catalogue, &payloads),
            stats: self.pipeline.stats(),
            stopped: self.pipeline.stopped(),
        }
    }
}

/// Every signal that was sent, in the order of the requests: those of one kind stay in the order of their emitting on one
/// thread.
#[derive(Debug, Clone)]
pub struct Sent {
    catalogue: &'static Catalogue,
    signals: Vec<Recorded>,
    stats: Stats,
    stopped: Vec<Stop>,
}

impl Sent {
    /// The signals.
    pub fn iter(&self) -> impl Iterator<Item = &Recorded> {
        self.signals.iter()
    }

    /// The number of signals.
    pub fn len(&self) -> usize {
        self.signals.len()
    }

    /// Returns true if nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.signals.is_empty()
    }

    /// The signals of one type, in order.
    pub fn of<T: Telemetry>(&self) -> Vec<&Recorded> {
        let is_it = |recorded: &&Recorded| recorded.kind == T::SIGNAL.kind && recorded.name == T::SIGNAL.name;
        self.signals.iter().filter(is_it).collect()
    }

    /// The one signal of this type.
    ///
    /// # Panics
    /// None of them was sent, or several; the message lists everything that was.
    #[track_caller]
    pub fn one<T: Telemetry>(&self) -> &Recorded {
        match self.of::<T>().as_slice() {
            [one] => one,
            found => {
                let (count, signal) = (found.len(), T::SIGNAL);
                let list = self.payloads().join("\n");
                panic!("{count} of {} `{}` were sent, expected one; all:\n{list}", signal.kind.word(), signal.id)
            }
        }
    }

    /// The payloads as JSON, with the fixed clock and ids, for snapshots.
    pub fn payloads(&self) -> Vec<String> {
        self.signals.iter().map(Recorded::payload).collect()
    }

    /// The counters of the pipeline, with the reasons for what was dropped.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// The values that were left out or cut, by key.
    pub fn stopped(&self) -> &[Stop] {
        &self.stopped
    }

    /// Asserts that nothing was sent that needs more than this consent. It holds each signal and attribute against the
    /// catalogue, and the names of channels that the signal carries.
    ///
    /// # Panics
    /// Something was sent that needs more; the message lists all of it.
    #[track_caller]
    pub fn assert_nothing_beyond(&self, consent: Consent) {
        let beyond: Vec<_> =
            self.signals.iter().flat_map(|recorded| reach::beyond(self.catalogue, recorded, consent)).collect();
        let granted = self.catalogue.describe(consent);
        assert!(beyond.is_empty(), "sent beyond `{granted}`:\n{}", beyond.join("\n"));
    }

    /// Asserts that no value was left out or cut because of its domain, and that nothing was dropped.
    ///
    /// # Panics
    /// Something was; the message lists it.
    #[track_caller]
    pub fn assert_nothing_refused(&self) {
        let stops: Vec<_> =
            self.stopped.iter().map(|stop| format!("{} {} ({})", stop.count, stop.key, stop.why.name())).collect();
        assert!(stops.is_empty(), "left out or cut:\n{}", stops.join("\n"));
        assert_eq!(self.stats.dropped, 0, "dropped: {}", self.stats.drops);
    }
}

/// The requests of a recording.
#[derive(Debug, Clone, Default)]
struct Requests(Arc<Mutex<Vec<Request>>>);

#[derive(Debug)]
struct Request {
    endpoint: String,
    content: Content,
    body: Vec<u8>,
}

impl Request {
    fn payloads(&self, catalogue: &'static Catalogue) -> Vec<String> {
        match self.content {
            Content::Otlp(kind) => decode(catalogue, kind, &self.body),
            Content::Json(_) => decode_body(catalogue, &self.endpoint, &self.body),
        }
    }
}

impl Transport for Requests {
    fn send(&mut self, kind: SignalKind, body: &[u8]) -> Result<Delivery, TransportError> {
        self.send_to(Destination { endpoint: "default", content: Content::Otlp(kind) }, body)
    }

    fn send_to(&mut self, to: Destination<'_>, body: &[u8]) -> Result<Delivery, TransportError> {
        let request = Request { endpoint: to.endpoint.to_owned(), content: to.content, body: body.to_vec() };
        lock(&self.0).push(request);
        Ok(Delivery::default())
    }
}
