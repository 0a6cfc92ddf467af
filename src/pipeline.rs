//! The pipeline: any thread emits, one background thread sends.
//!
//! An emitted signal is encoded at once into a bounded batch; nothing else is kept of it. A full batch means that a
//! signal is dropped and counted, never that its caller waits.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use crate::encode::{OtlpEncoder, Stamp, frame};
use crate::payload::allows;
use crate::{Catalogue, Consent, Decision, Running, SignalKind, Telemetry, Transport, resolve};

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

#[derive(Debug)]
struct Shared {
    catalogue: &'static Catalogue,
    consent: AtomicU8,
    queue: Mutex<Queue>,
    changed: Condvar,
    capacity: usize,
    max_age: Duration,
    emitted: AtomicU64,
    sent: AtomicU64,
    dropped: AtomicU64,
    values_dropped: AtomicU64,
    values_truncated: AtomicU64,
}

#[derive(Default)]
struct Queue {
    spans: Batch,
    events: Batch,
    oldest: Option<Instant>,
    /// Present until the sender thread takes it: it starts with the first signal.
    transport: Option<Box<dyn Transport>>,
    sender: Option<JoinHandle<()>>,
    /// A batch is with the transport.
    sending: bool,
    flush: bool,
    closed: bool,
    /// Raised whenever consent is withdrawn; a batch under way is not tried again then.
    withdrawn: u64,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("spans", &self.spans.count).field("events", &self.events.count).finish()
    }
}

#[derive(Debug, Default)]
struct Batch {
    bytes: Vec<u8>,
    count: u64,
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
            let mut queue = self.shared.lock();
            let count = queue.discard();
            queue.withdrawn += 1;
            self.shared.dropped.fetch_add(count, Relaxed);
        }
    }

    /// Reports a signal that happens now.
    pub fn emit<T: Telemetry + ?Sized>(&self, value: &T) {
        let consent = self.consent();
        if allows(consent, T::SIGNAL) {
            self.shared.take(consent, next_stamp(None, false), value);
        }
    }

    /// Reports a signal that is only built when consent allows it.
    pub fn emit_with<T: Telemetry>(&self, build: impl FnOnce() -> T) {
        let consent = self.consent();
        if allows(consent, T::SIGNAL) {
            self.shared.take(consent, next_stamp(None, false), &build());
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
        let shared = &self.shared;
        Stats {
            emitted: shared.emitted.load(Relaxed),
            sent: shared.sent.load(Relaxed),
            dropped: shared.dropped.load(Relaxed),
            values_dropped: shared.values_dropped.load(Relaxed),
            values_truncated: shared.values_truncated.load(Relaxed),
        }
    }

    /// Sends what is queued; waits until it is gone, or for `limit`. Says whether it is gone.
    pub fn flush(&self, limit: Duration) -> bool {
        let mut queue = self.shared.lock();
        queue.flush = true;
        self.shared.changed.notify_all();
        self.shared.wait(queue, limit, |queue| queue.is_empty() && !queue.sending)
    }

    /// Sends what is queued and ends the sender, waiting no longer than `limit`. Later signals are dropped.
    pub fn shutdown(&self, limit: Duration) -> bool {
        let mut queue = self.shared.lock();
        queue.flush = true;
        queue.closed = true;
        self.shared.changed.notify_all();
        let done = self.shared.wait(queue, limit, |queue| queue.is_empty() && !queue.sending);
        let left = self.shared.lock().discard();
        self.shared.dropped.fetch_add(left, Relaxed);
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

    /// Most bytes that wait to be sent, per kind of signal. 1 MiB unless set.
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
        let transport = self.transport.or_else(|| {
            let endpoint = self.endpoint.as_deref().or(self.catalogue.endpoint);
            endpoint.and_then(|endpoint| default_transport(endpoint, self.timeout))
        });
        if transport.is_none() {
            decision.consent = Consent::Off;
        }
        let shared = Shared {
            catalogue: self.catalogue,
            consent: AtomicU8::new(decision.consent as u8),
            queue: Mutex::new(Queue { transport, ..Queue::default() }),
            changed: Condvar::new(),
            capacity: self.capacity,
            max_age: self.max_age,
            emitted: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            values_dropped: AtomicU64::new(0),
            values_truncated: AtomicU64::new(0),
        };
        (Pipeline { shared: Arc::new(shared), sharing: None }, decision)
    }
}

#[cfg(feature = "http")]
fn default_transport(endpoint: &str, timeout: Duration) -> Option<Box<dyn Transport>> {
    Some(Box::new(crate::Http::new(endpoint, timeout)))
}

#[cfg(not(feature = "http"))]
fn default_transport(_: &str, _: Duration) -> Option<Box<dyn Transport>> {
    None
}

impl Queue {
    fn is_empty(&self) -> bool {
        self.spans.count == 0 && self.events.count == 0
    }

    fn discard(&mut self) -> u64 {
        let count = self.spans.count + self.events.count;
        self.spans = Batch::default();
        self.events = Batch::default();
        self.oldest = None;
        count
    }

    fn batch(&mut self, kind: SignalKind) -> &mut Batch {
        match kind {
            SignalKind::Span => &mut self.spans,
            SignalKind::Event => &mut self.events,
        }
    }
}

impl Shared {
    /// A thread that panicked while it held the lock left whole batches behind: they are only appended to.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, queue: MutexGuard<'_, Queue>, limit: Duration, done: impl Fn(&Queue) -> bool) -> bool {
        let result = self.changed.wait_timeout_while(queue, limit, |queue| !done(queue));
        let (queue, _) = result.unwrap_or_else(PoisonError::into_inner);
        done(&queue)
    }

    fn take<T: Telemetry + ?Sized>(self: &Arc<Self>, consent: Consent, stamp: Stamp, value: &T) {
        self.emitted.fetch_add(1, Relaxed);
        let mut queue = self.lock();
        if queue.closed || T::SIGNAL.catalogue != self.catalogue.name {
            self.dropped.fetch_add(1, Relaxed);
            return;
        }
        let capacity = self.capacity;
        let batch = queue.batch(T::SIGNAL.kind);
        let before = batch.bytes.len();
        let tally = OtlpEncoder::signal(&mut batch.bytes, consent == Consent::OptedIn, stamp, value);
        if batch.bytes.len() > capacity {
            batch.bytes.truncate(before);
            self.dropped.fetch_add(1, Relaxed);
            return;
        }
        batch.count += 1;
        let ready = batch.bytes.len() >= capacity / 2;
        self.values_dropped.fetch_add(tally.dropped.into(), Relaxed);
        self.values_truncated.fetch_add(tally.truncated.into(), Relaxed);
        let first = queue.oldest.is_none();
        queue.oldest.get_or_insert_with(Instant::now);
        if let Some(transport) = queue.transport.take() {
            let shared = self.clone();
            let name = "candor".to_owned();
            // Without a thread nothing is sent; what is queued stays bounded.
            queue.sender = std::thread::Builder::new().name(name).spawn(move || shared.run(transport)).ok();
        }
        if ready || first {
            self.changed.notify_all();
        }
    }

    /// The sender's thread.
    fn run(&self, mut transport: Box<dyn Transport>) {
        loop {
            let Some((spans, events, withdrawn)) = self.next_batches() else { return };
            for (kind, batch) in [(SignalKind::Span, spans), (SignalKind::Event, events)] {
                if batch.count > 0 {
                    self.send(transport.as_mut(), kind, &batch, withdrawn);
                }
            }
            self.lock().sending = false;
            self.changed.notify_all();
        }
    }

    /// Waits for something to send: enough bytes, enough age, a flush or the end. `None` at the end.
    fn next_batches(&self) -> Option<(Batch, Batch, u64)> {
        let mut queue = self.lock();
        loop {
            let age = queue.oldest.map(|oldest| oldest.elapsed());
            let full = queue.spans.bytes.len().max(queue.events.bytes.len()) >= self.capacity / 2;
            let due = full || queue.flush || age.is_some_and(|age| age >= self.max_age);
            if due && !queue.is_empty() {
                queue.sending = true;
                queue.oldest = None;
                let withdrawn = queue.withdrawn;
                return Some((std::mem::take(&mut queue.spans), std::mem::take(&mut queue.events), withdrawn));
            }
            queue.flush = false;
            if queue.closed {
                return None;
            }
            let wait = age.map_or(Duration::from_secs(3600), |age| self.max_age.saturating_sub(age));
            queue = self.changed.wait_timeout(queue, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn send(&self, transport: &mut dyn Transport, kind: SignalKind, batch: &Batch, withdrawn: u64) {
        const ATTEMPTS: u32 = 4;
        let body = frame(self.catalogue, &batch.bytes);
        for attempt in 0..ATTEMPTS {
            if self.lock().withdrawn != withdrawn {
                break;
            }
            match transport.send(kind, &body) {
                Ok(()) => {
                    self.sent.fetch_add(batch.count, Relaxed);
                    return;
                }
                Err(error) if error.retry && attempt + 1 < ATTEMPTS => {
                    let pause = Duration::from_millis(200 << attempt);
                    let queue = self.lock();
                    self.wait(queue, pause, |queue| queue.closed || queue.withdrawn != withdrawn);
                }
                Err(_) => break,
            }
        }
        self.dropped.fetch_add(batch.count, Relaxed);
    }
}

/// Ids and times for a signal that ends now; it starts now, too, unless `start` says when.
pub(crate) fn next_stamp(start: Option<SystemTime>, failed: bool) -> Stamp {
    let nanos =
        |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
    let end_unix_nano = nanos(SystemTime::now());
    Stamp {
        start_unix_nano: start.map_or(end_unix_nano, nanos),
        end_unix_nano,
        trace_id: fastrand::u128(1..),
        span_id: fastrand::u64(1..),
        failed,
    }
}
