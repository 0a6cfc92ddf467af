//! The pipeline: any thread emits, one background thread sends.
//!
//! An emitted signal is encoded at once into a bounded batch; nothing else is kept of it. A full batch means that a
//! signal is dropped and counted, never that its caller waits.

#[cfg(feature = "stored")]
mod remembered;

use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::allowance::Held;
use crate::encode::Stamp;
use crate::memory::Memory;
use crate::payload::{allows, request};
use crate::per_process::PerProcess;
use crate::queue::Wake;
use crate::sender::{Connect, Sender};
use crate::sync::{AtomicBool, AtomicU8, AtomicU64, Mutex, lock};
use crate::{Allowance, Catalogue, Consent, Decision, Running, SignalKind, Telemetry, Transport};

/// Where signals go. Cheap to clone; every clone is the same pipeline.
///
/// When the last clone is dropped, what waits is still sent, as long as the process lasts. Nobody waits for that; a
/// program that ends calls [`shutdown`](Pipeline::shutdown), or holds a [`ShutdownOnDrop`].
///
/// In a forked process the pipeline goes on with a queue, a thread and counters of its own, where it sends by HTTP. Signals
/// that waited when it was forked, and spans that had started, are the parent's. A [`Transport`] that was handed over is
/// not there, and what is emitted is dropped.
#[derive(Debug, Clone)]
pub struct Pipeline {
    shared: Arc<Shared>,
    sharing: Option<bool>,
    _end: Arc<End>,
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
    losses: Option<Box<Losses>>,
    memory: Memory,
    #[cfg(feature = "stored")]
    command: Option<String>,
    #[cfg(feature = "spool")]
    spool: Option<std::path::PathBuf>,
    #[cfg(feature = "spool")]
    spool_limits: crate::SpoolLimits,
}

/// What became of everything that was emitted: `emitted == sent + dropped + queued + spooled`, at every moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Signals that consent allowed.
    pub emitted: u64,
    /// Signals a collector took.
    pub sent: u64,
    /// Signals that were let go: there was no room, consent was withdrawn, or no collector took them.
    pub dropped: u64,
    /// Signals that wait or are being sent.
    pub queued: u64,
    /// Signals that were put into files, whatever became of them then. Feature `spool`.
    pub spooled: u64,
    /// Signals from files, of this process or others, that a collector took. No part of `sent`.
    pub resent: u64,
    /// Signals from files, of this process or others, that were let go. No part of `dropped`.
    pub lost: u64,
    /// Values that were left out because their domain does not admit them.
    pub values_dropped: u64,
    /// Texts that were cut to their longest length.
    pub values_truncated: u64,
}

/// Makes the request that tells a collector how many signals it missed, where consent allows that.
pub(crate) type Losses = dyn Fn(u64, Allowance) -> Option<(SignalKind, Vec<u8>)> + Send + Sync;

/// No consent.
const NOT_SET: u8 = u8::MAX;

/// Set beside a consent that holds something back.
const HOLDS: u8 = 1 << 7;

/// What all handles of a pipeline and its sender share.
pub(crate) struct Shared {
    catalogue: &'static Catalogue,
    consent: AtomicU8,
    held: RwLock<Option<Arc<Held>>>,
    /// What the application set, or [`NOT_SET`].
    explicit: AtomicU8,
    /// How often consent was decided again.
    turns: AtomicU64,
    closed: AtomicBool,
    pub connect: Option<Box<dyn Connect>>,
    endpoint: Option<String>,
    capacity: usize,
    pub max_age: Duration,
    pub losses: Option<Box<Losses>>,
    first: PerProcess,
    pub memory: Memory,
    #[cfg(feature = "stored")]
    command: Option<String>,
    #[cfg(feature = "spool")]
    spool: Option<crate::spool::Permission>,
}

/// Shuts a pipeline down when it is dropped. See [`Pipeline::shutdown_on_drop`].
#[derive(Debug)]
#[must_use = "it shuts the pipeline down at once when it is not kept"]
pub struct ShutdownOnDrop(Pipeline);

/// Ends the sender with the last handle.
#[derive(Debug)]
struct End(Arc<Shared>);

impl Pipeline {
    /// How long a shutdown may take where nothing else is said.
    pub const SHUTDOWN_LIMIT: Duration = Duration::from_secs(1);

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
            losses: None,
            memory: Memory::default(),
            #[cfg(feature = "stored")]
            command: crate::host::default_command(catalogue),
            #[cfg(feature = "spool")]
            spool: None,
            #[cfg(feature = "spool")]
            spool_limits: crate::SpoolLimits::default(),
        }
    }

    /// The same pipeline for one instance of something that has its own opt-in switch, such as a crew.
    ///
    /// `true` opts this instance in and `false` keeps it to the default, whatever the process has; off stays off.
    pub fn sharing(&self, share: bool) -> Pipeline {
        Pipeline { sharing: Some(share), ..self.clone() }
    }

    /// What may leave through this handle now. One relaxed atomic load.
    #[inline]
    pub fn consent(&self) -> Consent {
        match (self.shared.consent(), self.sharing) {
            (Consent::Off, _) => Consent::Off,
            (_, Some(true)) => Consent::OptedIn,
            (_, Some(false)) => Consent::Default,
            (process, None) => process,
        }
    }

    /// Changes consent for the whole process, as far as the environment allows.
    ///
    /// With less consent than before, everything queued is dropped, what waits in files is deleted, and a request under
    /// way is not tried again.
    pub fn set_consent(&self, consent: Consent) {
        self.shared.explicit.store(consent as u8, SeqCst);
        self.reload();
    }

    /// Decides about consent again. A program that runs for long calls it so that a choice made meanwhile counts; what
    /// the application set stays set.
    pub fn reload(&self) -> Decision {
        let mut turn = self.shared.turns.fetch_add(1, SeqCst) + 1;
        loop {
            let (decision, held) = self.shared.decide();
            self.apply(&decision, held);
            // Whoever began later may have seen what this one did not, and was perhaps overwritten just now.
            match self.shared.turns.load(SeqCst) {
                latest if latest == turn => return decision,
                latest => turn = latest,
            }
        }
    }

    fn apply(&self, decision: &Decision, held: Option<Arc<Held>>) {
        let (shared, allowed) = (&self.shared, decision.consent);
        let before = Consent::from_u8(shared.allow(allowed, held.clone()) & !HOLDS);
        #[cfg(feature = "spool")]
        shared.spool.iter().for_each(|spool| spool.set(allowed, held.clone()));
        shared.memory.set(decision);
        if allowed < before {
            // Whoever locks a shard after this sees the new consent, and queues nothing more than it allows.
            let here = shared.here();
            here.queue.discard();
            here.sender.withdraw();
        }
    }

    /// What may leave through this handle now: [`consent`](Pipeline::consent), less what the catalogue lists since the user
    /// agreed to it. For [`preview`](crate::preview()) and whatever else sends on its own.
    pub fn allowance(&self) -> Allowance {
        self.shared.allowance(self.consent())
    }

    /// The catalogue.
    pub fn catalogue(&self) -> &'static Catalogue {
        self.shared.catalogue
    }

    /// Where signals go, unless an own transport knows; `None` when there is nowhere.
    pub fn endpoint(&self) -> Option<&str> {
        self.shared.endpoint.as_deref()
    }

    /// Reports a signal that happens now.
    #[inline]
    pub fn emit<T: Telemetry + ?Sized>(&self, value: &T) {
        if allows(self.consent(), T::SIGNAL) {
            self.emit_stamped(Stamp::now(None, false), value);
        }
    }

    /// Reports a signal that is only built when consent allows it.
    #[inline]
    pub fn emit_with<T: Telemetry>(&self, build: impl FnOnce() -> T) {
        if allows(self.consent(), T::SIGNAL) {
            self.emit_stamped(Stamp::now(None, false), &build());
        }
    }

    /// Starts a span that lasts. It ends with [`Running::end`], or when it is dropped.
    pub fn start<T: Telemetry>(&self, build: impl FnOnce() -> T) -> Running<T> {
        let value = allows(self.consent(), T::SIGNAL).then(|| {
            self.shared.here(); // a forked process looks before it starts spans of its own
            build()
        });
        Running::new(self.clone(), value)
    }

    /// Queues a signal that consent seems to allow.
    #[inline]
    pub(crate) fn emit_stamped<T: Telemetry + ?Sized>(&self, stamp: Stamp, value: &T) {
        let shared = &self.shared;
        let here = shared.here_at(stamp.end_unix_nano);
        let allowance = || {
            let open = !shared.closed.load(Relaxed) && T::SIGNAL.catalogue == shared.catalogue.name;
            if open { self.allowance() } else { Consent::Off.into() }
        };
        let wake = here.queue.push(stamp, value, allowance);
        if wake != Wake::No {
            Sender::wake(here, shared, wake);
        }
    }

    /// Ends a span that lasted, unless this process was forked meanwhile: the parent ends it.
    pub(crate) fn end<T: Telemetry>(&self, stamp: Stamp, value: &T) {
        if allows(self.consent(), T::SIGNAL) && !self.shared.is_inherited(&stamp) {
            self.emit_stamped(stamp, value);
        }
    }

    /// What became of everything so far.
    pub fn stats(&self) -> Stats {
        self.shared.here().stats()
    }

    /// Sends what is queued; waits until it is gone, or for `limit`. Says whether everything that was emitted before is
    /// sent or dropped.
    pub fn flush(&self, limit: Duration) -> bool {
        Sender::flush(self.shared.here(), &self.shared, limit, false)
    }

    /// Sends what is queued and ends the sender, waiting no longer than `limit`. Later signals are dropped. Says whether
    /// everything was sent or dropped within the limit; what still waits then is dropped, what is being sent may go on.
    pub fn shutdown(&self, limit: Duration) -> bool {
        self.shared.close();
        let here = self.shared.here();
        let done = Sender::flush(here, &self.shared, limit, true);
        here.queue.discard();
        done
    }

    /// Something to keep until the end of `main`: shuts the pipeline down when it is dropped, also when the thread
    /// unwinds, and waits no longer than [`SHUTDOWN_LIMIT`](Pipeline::SHUTDOWN_LIMIT). `std::process::exit` drops nothing.
    pub fn shutdown_on_drop(&self) -> ShutdownOnDrop {
        ShutdownOnDrop(self.clone())
    }
}

impl Drop for ShutdownOnDrop {
    fn drop(&mut self) {
        self.0.shutdown(Pipeline::SHUTDOWN_LIMIT);
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.0.close();
        self.0.here().sender.end();
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

    /// Most bytes that signals take, those that wait and those that are being sent. 1 MiB unless set.
    ///
    /// Of a catalogue with both spans and events, each has half. Beside that, the sender needs a compressed copy of one
    /// batch, and what its HTTP client takes.
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

    /// Tells the collector how many signals were dropped, by a signal that the catalogue lists for it.
    ///
    /// It is made when a collector takes requests again, with the number dropped since the last one. What was dropped
    /// because consent was withdrawn does not count.
    ///
    /// ```
    /// # use candor::{Pipeline, Telemetry};
    /// #[derive(Telemetry)]
    /// #[telemetry(catalogue = "tests/fixtures/demo.yaml", event = "losses")]
    /// struct Losses {
    ///     lost_signals: u64,
    /// }
    ///
    /// let catalogue = candor::catalogue!("tests/fixtures/demo.yaml");
    /// let builder = Pipeline::builder(catalogue).report_losses(|lost_signals| Losses { lost_signals });
    /// ```
    pub fn report_losses<T: Telemetry>(mut self, report: impl Fn(u64) -> T + Send + Sync + 'static) -> Self {
        let catalogue = self.catalogue;
        self.losses = Some(Box::new(move |lost, allowance| {
            let own = T::SIGNAL.catalogue == catalogue.name;
            let request = own.then(|| request(catalogue, allowance, &report(lost))).flatten()?;
            Some((T::SIGNAL.kind, request))
        }));
        self
    }

    /// Reports nothing until the user has chosen, whatever the catalogue collects by default: a notice alone does not
    /// switch on. Without a store, nothing is reported until [`set_consent`](Pipeline::set_consent).
    pub fn ask_first(mut self, ask: bool) -> Self {
        self.memory.ask_first = ask;
        self
    }

    /// Keeps what cannot be sent in files in this folder, and sends it later. See [`Spool`](crate::Spool).
    ///
    /// The folder belongs to this catalogue alone; processes may share it. With [`Consent::Off`], already when the
    /// pipeline is built, the records in it are deleted.
    #[cfg(feature = "spool")]
    pub fn spool(mut self, folder: impl Into<std::path::PathBuf>) -> Self {
        self.spool = Some(folder.into());
        self
    }

    /// How much that folder may hold, and for how long.
    #[cfg(feature = "spool")]
    pub fn spool_limits(mut self, limits: crate::SpoolLimits) -> Self {
        self.spool_limits = limits;
        self
    }

    /// The pipeline, and the decision about consent that it starts with.
    ///
    /// Without a transport and without any endpoint there is nowhere to send to, and consent is off.
    pub fn build(mut self) -> (Pipeline, Decision) {
        let (decision, held) = self.memory.decide(self.catalogue, self.consent);
        if let Some(transport) = self.transport.as_mut().filter(|_| decision.consent == Consent::Off) {
            transport.withdraw();
        }
        let endpoint = self.endpoint.or_else(|| self.catalogue.endpoint.map(str::to_owned));
        let connect = match (self.transport, endpoint.clone()) {
            (Some(transport), _) => Some(connect_once(transport)),
            (None, Some(endpoint)) => connect_http(endpoint, self.timeout),
            (None, None) => None,
        };
        let decision = if connect.is_none() { decision.without_endpoint() } else { decision };
        self.memory.set(&decision);
        #[cfg(feature = "spool")]
        let spool = self.spool.map(|folder| crate::spool::Permission::new(folder, decision.consent, held.clone()));
        #[cfg(feature = "spool")]
        let connect = connect_spooled(connect, spool.clone(), self.catalogue, self.spool_limits);
        let shared = Shared {
            catalogue: self.catalogue,
            consent: AtomicU8::new(decision.consent as u8 | if held.is_some() { HOLDS } else { 0 }),
            held: RwLock::new(held),
            explicit: AtomicU8::new(self.consent.map_or(NOT_SET, |consent| consent as u8)),
            turns: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            connect,
            endpoint,
            memory: self.memory,
            #[cfg(feature = "stored")]
            command: self.command,
            capacity: self.capacity,
            max_age: self.max_age,
            losses: self.losses,
            first: PerProcess::new(self.catalogue, self.capacity),
            #[cfg(feature = "spool")]
            spool,
        };
        let shared = Arc::new(shared);
        (Pipeline { _end: Arc::new(End(shared.clone())), shared, sharing: None }, decision)
    }
}

#[cfg(feature = "http")]
fn connect_http(endpoint: String, timeout: Duration) -> Option<Box<dyn Connect>> {
    Some(Box::new(move || Some(Box::new(crate::Http::new(&endpoint, timeout)) as Box<dyn Transport>)))
}

#[cfg(not(feature = "http"))]
fn connect_http(_: String, _: Duration) -> Option<Box<dyn Connect>> {
    None
}

/// A transport that is there already can be used once, by the process that it was made for. A forked process has none.
fn connect_once(transport: Box<dyn Transport>) -> Box<dyn Connect> {
    let process = std::process::id();
    let transport = Mutex::new(Some(transport));
    Box::new(move || if std::process::id() == process { lock(&transport).take() } else { None })
}

/// The same with a spool around it, where one is wanted. A forked process has its own, on the same folder.
#[cfg(feature = "spool")]
fn connect_spooled(
    connect: Option<Box<dyn Connect>>,
    spool: Option<crate::spool::Permission>,
    catalogue: &'static Catalogue,
    limits: crate::SpoolLimits,
) -> Option<Box<dyn Connect>> {
    let Some(permission) = spool else { return connect };
    let inner = connect?;
    Some(Box::new(move || {
        let spool = crate::Spool::wrap(inner.connect()?, catalogue, permission.clone()).limits(limits);
        Some(Box::new(spool) as Box<dyn Transport>)
    }))
}

impl Shared {
    /// What belongs to this process.
    pub fn here(&self) -> &PerProcess {
        self.here_at(Stamp::now(None, false).end_unix_nano)
    }

    #[inline]
    fn here_at(&self, now_unix_nano: u64) -> &PerProcess {
        self.first.here(now_unix_nano, || PerProcess::new(self.catalogue, self.capacity))
    }

    /// Whether a span started before this process was forked.
    fn is_inherited(&self, stamp: &Stamp) -> bool {
        let here = self.here_at(stamp.end_unix_nano);
        !std::ptr::eq(here, &self.first) && stamp.start_unix_nano < here.since_unix_nano
    }

    /// What may leave the process now.
    #[inline]
    pub fn consent(&self) -> Consent {
        Consent::from_u8(self.consent.load(Relaxed) & !HOLDS)
    }

    /// What may leave, decided anew, and what of it is held back.
    fn decide(&self) -> (Decision, Option<Arc<Held>>) {
        let (decision, held) = self.memory.decide(self.catalogue, self.explicit());
        (if self.connect.is_none() { decision.without_endpoint() } else { decision }, held)
    }

    fn explicit(&self) -> Option<Consent> {
        let explicit = self.explicit.load(SeqCst);
        (explicit != NOT_SET).then(|| Consent::from_u8(explicit))
    }

    /// Sets what may leave; gives what was set before.
    fn allow(&self, consent: Consent, held: Option<Arc<Held>>) -> u8 {
        let holds = if held.is_some() { HOLDS } else { 0 };
        let set = || self.consent.swap(consent as u8 | holds, Relaxed);
        let keep = |held| *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
        if held.is_some() {
            keep(held);
            return set();
        }
        let before = set();
        keep(None);
        before
    }

    /// This consent, less what is held back. Waits for nobody: while that changes, nothing may leave.
    #[inline]
    pub fn allowance(&self, consent: Consent) -> Allowance {
        if self.consent.load(Relaxed) & HOLDS == 0 { consent.into() } else { self.holding(consent) }
    }

    #[cold]
    fn holding(&self, consent: Consent) -> Allowance {
        match self.held.try_read().ok().and_then(|held| held.clone()) {
            Some(held) => Allowance::holding(consent, held),
            None => Consent::Off.into(),
        }
    }

    /// From now on everything that is emitted is dropped.
    pub fn close(&self) {
        self.closed.store(true, Relaxed);
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("catalogue", &self.catalogue.name)
            .field("first", &self.first)
            .finish_non_exhaustive()
    }
}
