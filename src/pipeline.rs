//! The pipeline: any thread emits, one background thread sends.
//!
//! An emitted signal is encoded at once into a bounded batch; nothing else is kept of it. A full batch means that a
//! signal is dropped and counted, never that its caller waits.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::encode::Stamp;
use crate::payload::allows;
use crate::queue::{Queue, Wake};
use crate::sender::{Connect, Sender};
use crate::{Catalogue, Consent, Decision, Reason, Running, Telemetry, Transport, resolve};

/// Where signals go. Cheap to clone; every clone is the same pipeline.
#[derive(Debug, Clone)]
pub struct Pipeline {
    shared: Arc<Shared>,
    sharing: Option<bool>,
}

/// How to build a [`Pipeline`].
pub struct Builder {
    catalogue: &'static Catalogue,
    consent: Option<Consent>,
    endpoint: Option<String>,
    transport: Option<Box<dyn Transport>>,
    capacity: usize,
    max_age: Duration,
    timeout: Duration,
}

/// What became of everything that was emitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Signals that consent allowed.
    pub emitted: u64,
    /// Signals a collector took.
    pub sent: u64,
    /// Signals that were let go: the batch was full, consent was withdrawn, or no collector took them.
    pub dropped: u64,
    /// Values that were left out because their domain does not admit them.
    pub values_dropped: u64,
    /// Texts that were cut to their longest length.
    pub values_truncated: u64,
}

/// What all handles of a pipeline and its sender share.
#[derive(Debug)]
pub(crate) struct Shared {
    catalogue: &'static Catalogue,
    consent: AtomicU8,
    closed: AtomicBool,
    pub queue: Queue,
    pub sender: Sender,
    pub max_age: Duration,
}

impl Pipeline {
    /// Starts building a pipeline for a catalogue.
    pub fn builder(catalogue: &'static Catalogue) -> Builder {
        Builder {
            catalogue,
            consent: None,
            endpoint: None,
            transport: None,
            capacity: 1 << 20,
            max_age: Duration::from_secs(5),
            timeout: Duration::from_secs(10),
        }
    }

    /// The same pipeline for one instance of something that has its own opt-in switch, such as a crew.
    ///
    /// `true` opts this instance in and `false` keeps it to the default, whatever the process has; off stays off.
    pub fn sharing(&self, share: bool) -> Pipeline {
        Pipeline { shared: self.shared.clone(), sharing: Some(share) }
    }

    /// What may leave through this handle now. One relaxed atomic load.
    #[inline]
    pub fn consent(&self) -> Consent {
        match (Consent::from_u8(self.shared.consent.load(Relaxed)), self.sharing) {
            (Consent::Off, _) => Consent::Off,
            (_, Some(true)) => Consent::OptedIn,
            (_, Some(false)) => Consent::Default,
            (process, None) => process,
        }
    }

    /// Changes consent for the whole process. With [`Consent::Off`] everything queued is dropped.
    pub fn set_consent(&self, consent: Consent) {
        self.shared.consent.store(consent as u8, Relaxed);
        if consent == Consent::Off {
            // Whoever locks a shard after this sees that consent is off, and queues nothing more.
            self.shared.queue.discard();
            self.shared.sender.withdraw();
        }
    }

    /// Reports a signal that happens now.
    #[inline]
    pub fn emit<T: Telemetry + ?Sized>(&self, value: &T) {
        let consent = self.consent();
        if allows(consent, T::SIGNAL) {
            self.shared.take(consent, Stamp::now(None, false), value);
        }
    }

    /// Reports a signal that is only built when consent allows it.
    #[inline]
    pub fn emit_with<T: Telemetry>(&self, build: impl FnOnce() -> T) {
        let consent = self.consent();
        if allows(consent, T::SIGNAL) {
            self.shared.take(consent, Stamp::now(None, false), &build());
        }
    }

    /// Starts a span that lasts. It ends with [`Running::end`], or when it is dropped.
    pub fn start<T: Telemetry>(&self, build: impl FnOnce() -> T) -> Running<T> {
        let value = allows(self.consent(), T::SIGNAL).then(build);
        Running::new(self.clone(), value)
    }

    pub(crate) fn emit_stamped<T: Telemetry>(&self, stamp: Stamp, value: &T) {
        let consent = self.consent();
        if allows(consent, T::SIGNAL) {
            self.shared.take(consent, stamp, value);
        }
    }

    /// What became of everything so far.
    pub fn stats(&self) -> Stats {
        let Shared { queue, sender, .. } = &*self.shared;
        let contended = queue.contended();
        let mut stats = Stats {
            emitted: contended,
            sent: sender.sent.load(Relaxed),
            dropped: contended + sender.dropped.load(Relaxed),
            ..Stats::default()
        };
        for shard in queue.each() {
            stats.emitted += shard.emitted;
            stats.dropped += shard.dropped;
            stats.values_dropped += shard.tally[0];
            stats.values_truncated += shard.tally[1];
        }
        stats
    }

    /// Sends what is queued; waits until it is gone, or for `limit`. Says whether it is gone.
    pub fn flush(&self, limit: Duration) -> bool {
        Sender::flush(&self.shared, limit, false)
    }

    /// Sends what is queued and ends the sender, waiting no longer than `limit`. Later signals are dropped.
    pub fn shutdown(&self, limit: Duration) -> bool {
        self.shared.closed.store(true, Relaxed);
        let done = Sender::flush(&self.shared, limit, true);
        self.shared.queue.discard();
        done
    }
}

impl Builder {
    /// What the application itself decides; the user's environment still comes first.
    pub fn consent(mut self, consent: Consent) -> Self {
        self.consent = Some(consent);
        self
    }

    /// The OTLP/HTTP endpoint, in place of the catalogue's.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Something else than OTLP/HTTP to send with.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Box::new(transport));
        self
    }

    /// Most bytes of spans that wait or are being sent, and as many of events. 1 MiB unless set.
    pub fn capacity(mut self, bytes: usize) -> Self {
        self.capacity = bytes;
        self
    }

    /// How long a signal may wait for others to go with. 5 seconds unless set.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    /// How long one request may take. 10 seconds unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The pipeline, and the decision about consent that it starts with.
    ///
    /// Without a transport and without any endpoint there is nowhere to send to, and consent is off.
    pub fn build(self) -> (Pipeline, Decision) {
        let mut decision = resolve(self.catalogue, self.consent);
        let endpoint = self.endpoint.or_else(|| self.catalogue.endpoint.map(str::to_owned));
        let connect = match (self.transport, endpoint) {
            (Some(transport), _) => Some(connect_once(transport)),
            (None, Some(endpoint)) => connect_http(endpoint, self.timeout),
            (None, None) => None,
        };
        if connect.is_none() && decision.consent != Consent::Off {
            decision = Decision { consent: Consent::Off, reason: Reason::NoEndpoint };
        }
        let shared = Shared {
            catalogue: self.catalogue,
            consent: AtomicU8::new(decision.consent as u8),
            closed: AtomicBool::new(false),
            queue: Queue::new(self.catalogue, self.capacity),
            sender: Sender::new(connect.unwrap_or_else(|| Arc::new(|| None))),
            max_age: self.max_age,
        };
        (Pipeline { shared: Arc::new(shared), sharing: None }, decision)
    }
}

#[cfg(feature = "http")]
fn connect_http(endpoint: String, timeout: Duration) -> Option<Arc<dyn Connect>> {
    Some(Arc::new(move || Some(Box::new(crate::Http::new(&endpoint, timeout)) as Box<dyn Transport>)))
}

#[cfg(not(feature = "http"))]
fn connect_http(_: String, _: Duration) -> Option<Arc<dyn Connect>> {
    None
}

/// A transport that is there already can be used once: a forked process has none.
fn connect_once(transport: Box<dyn Transport>) -> Arc<dyn Connect> {
    let transport = Mutex::new(Some(transport));
    Arc::new(move || transport.lock().unwrap_or_else(PoisonError::into_inner).take())
}

impl Shared {
    #[inline]
    fn take<T: Telemetry + ?Sized>(self: &Arc<Self>, consent: Consent, stamp: Stamp, value: &T) {
        let open = || {
            self.consent.load(Relaxed) != Consent::Off as u8
                && !self.closed.load(Relaxed)
                && T::SIGNAL.catalogue == self.catalogue.name
        };
        let wake = self.queue.push(consent == Consent::OptedIn, stamp, value, open);
        if wake != Wake::No {
            Sender::wake(self, wake);
        }
    }
}
