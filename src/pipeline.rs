//! The pipeline: any thread emits, a few background threads send for all pipelines of the process.
//!
//! An emitted signal is encoded at once into a bounded batch; nothing else is kept of it. If a batch is full, a signal
//! is dropped and counted. Its caller never waits.
//!
//! ```text
//! emit ─→ queue (batches in shards) ─→ sender (one task)   ─→ Transport: Http, a closure in tests
//!                                                              └─ spool (files, while the network is away)
//! ```
//!
//! * `emit`, `emit_with` and `start` ask for consent first. If it is off, nothing is built.
//! * The sender starts with the first signal, on threads that all pipelines of the process share. A process forked from this one has a queue and a sender of its own.
//! * Less consent than before drops what waits, and a batch that would be tried again is given up.
//! * [`shutdown`](Pipeline::shutdown) sends what waits and returns after its limit at the latest. The rest is dropped
//!   and counted. A program that ends without it shuts down where the last handle is dropped.
//! * Of the user's OpenTelemetry environment, only the off switches are read. There are no signal handlers and no
//!   global provider. `tests/host/` compares how programs end with telemetry and without.

pub(crate) mod builder;
#[cfg(feature = "stored")]
mod remembered;
pub(crate) mod requests;
pub(crate) mod shared;
pub(crate) mod unsent;

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::time::Duration;

use self::shared::Shared;
use crate::allowance::Held;
use crate::encode::Stamp;
use crate::filter::is_signal_of;
use crate::queue::Wake;
use crate::sender::scheduler::is_sending_thread;
use crate::{Allowance, Catalogue, Consent, Decision, DropReason, OPT_IN, Stats, Stop, Telemetry, sender};

/// Sends signals, from any thread. Cheap to clone; every clone is the same pipeline.
///
/// When the last clone is dropped, what waits is sent, and the drop waits for that no longer than
/// [`SHUTDOWN_LIMIT`](Pipeline::SHUTDOWN_LIMIT): a program that forgets [`shutdown`](Pipeline::shutdown) delivers what it can.
/// What is dropped nowhere (a pipeline in a `static`, or any where the program ends by `std::process::exit`) needs a shutdown.
/// A task of an executor calls [`shutdown_async`](Pipeline::shutdown_async) first, and the drop waits for nothing.
///
/// In a forked process the pipeline goes on with a queue, a thread and counters of its own, where it sends by HTTP.
/// Signals that waited when it was forked, and spans that had started, are the parent's. A [`Transport`] that was
/// handed over is not there, and what is emitted is dropped.
#[derive(Debug, Clone)]
pub struct Pipeline {
    shared: Arc<Shared>,
    sharing: Option<bool>,
    _end: Arc<End>,
}

/// Shuts a pipeline down when it is dropped. See [`Pipeline::shutdown_on_drop`].
#[derive(Debug)]
#[must_use = "it shuts the pipeline down at once when it is not kept"]
pub struct ShutdownOnDrop(Pipeline);

/// A thread that panics leaves nothing half done: each lock says why it may be used again, and counters are one
/// assignment each.
impl RefUnwindSafe for Pipeline {}

impl UnwindSafe for Pipeline {}

/// Ends the sender with the last handle.
#[derive(Debug)]
struct End(Arc<Shared>);

impl Pipeline {
    /// The longest time that a shutdown takes unless another is given.
    pub const SHUTDOWN_LIMIT: Duration = Duration::from_secs(1);

    fn of(shared: Arc<Shared>) -> Pipeline {
        Pipeline { _end: Arc::new(End(shared.clone())), shared, sharing: None }
    }

    /// The same pipeline for one instance of something that has its own opt-in switch, such as a crew.
    ///
    /// `true` opts this instance in and `false` keeps it to the default, whatever the process has; off stays off.
    pub fn sharing(&self, share: bool) -> Pipeline {
        Pipeline { sharing: Some(share), ..self.clone() }
    }

    /// Returns the consent of this handle now. One relaxed atomic load.
    #[inline]
    pub fn consent(&self) -> Consent {
        match (self.shared.consent(), self.sharing) {
            (process, None) => process,
            (process, _) if process.is_off() => process,
            (process, Some(true)) => process.and(Consent::of(OPT_IN)),
            (process, Some(false)) => process.without(Consent::of(OPT_IN)),
        }
    }

    /// Changes consent for the whole process, as far as the environment allows.
    ///
    /// With less consent than before, everything queued is dropped, what waits in files is deleted, and a request under
    /// way is not tried again.
    pub fn set_consent(&self, consent: Consent) {
        self.shared.explicit.store(consent.bits(), SeqCst);
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
        let before = Consent::from_bits(shared.allow(allowed, held.clone()));
        #[cfg(feature = "spool")]
        shared.spool.iter().for_each(|spool| spool.set(allowed, held.clone()));
        shared.memory.set(decision);
        if !allowed.includes(before) {
            // Whoever locks a shard after this sees the new consent, and queues nothing more than it allows.
            let here = shared.here();
            here.discard(DropReason::Consent);
            here.sender.withdraw();
        }
    }

    /// Returns what this handle may send now: [`consent`](Pipeline::consent), less what the catalogue lists since the
    /// user agreed to it. For [`preview`](crate::preview()) and whatever else sends on its own.
    pub fn allowance(&self) -> Allowance {
        self.shared.allowance(self.consent())
    }

    /// The catalogue.
    pub fn catalogue(&self) -> &'static Catalogue {
        self.shared.catalogue
    }

    /// Returns the address of the first endpoint; `None` when there is none, or when only the application's own transport
    /// knows it.
    pub fn endpoint(&self) -> Option<&str> {
        self.shared.targets.first().map(|(_, url)| url.as_str())
    }

    /// The keys and addresses of all endpoints.
    pub fn endpoints(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.shared.targets.iter().map(|(name, url)| (*name, url.as_str()))
    }

    /// The addresses of all endpoints.
    #[cfg(feature = "stored")]
    pub(crate) fn addresses(&self) -> Vec<&str> {
        self.endpoints().map(|(_, url)| url).collect()
    }

    /// Reports a signal that happens now.
    #[inline]
    pub fn emit<T: Telemetry + ?Sized>(&self, value: &T) {
        if self.consent().includes(T::SIGNAL.needs) {
            self.emit_stamped(Stamp::now(), value);
        }
    }

    /// Reports a signal that is only built when consent allows it.
    #[inline]
    pub fn emit_with<T: Telemetry>(&self, build: impl FnOnce() -> T) {
        if self.consent().includes(T::SIGNAL.needs) {
            self.emit_stamped(Stamp::now(), &build());
        }
    }

    /// Queues a signal that consent seems to allow.
    #[inline]
    pub(crate) fn emit_stamped<T: Telemetry + ?Sized>(&self, stamp: Stamp<'_>, value: &T) {
        let shared = &self.shared;
        let here = shared.here_at(stamp.end_unix_nano);
        let allowance = || match (shared.closed.load(Relaxed), is_signal_of(T::SIGNAL, shared.catalogue)) {
            (false, true) => Ok(self.allowance()),
            (_, false) => Err(DropReason::Foreign),
            (true, true) => Err(DropReason::Closed),
        };
        let wake = match T::SIGNAL.every {
            0 => here.queue.push(stamp, value, allowance),
            _ => here.queue.push_report(&here.reports, stamp, value, allowance),
        };
        match wake {
            Wake::No => {}
            Wake::Refused(reason) => shared.name_refused(here, T::SIGNAL, reason),
            Wake::First | Wake::Full => sender::wake(here, shared, wake),
        }
    }

    /// Looks which process this is.
    pub(crate) fn look(&self) {
        self.shared.here();
    }

    /// Ends a span that lasted, unless this process was forked meanwhile: the parent ends it.
    pub(crate) fn end<T: Telemetry>(&self, stamp: Stamp<'_>, value: &T) {
        if self.consent().includes(T::SIGNAL.needs) && !self.shared.is_inherited(&stamp) {
            self.emit_stamped(stamp, value);
        }
    }

    /// Counts the outcome of all signals so far.
    pub fn stats(&self) -> Stats {
        self.shared.here().stats()
    }

    /// Returns the reason why a request was not taken, the latest time; `None` while all were. It is kept after later
    /// ones are taken, to explain the signals that [`stats`](Pipeline::stats) counts as dropped. The time is in
    /// [`Stats::last_error`].
    pub fn last_failure(&self) -> Option<String> {
        self.shared.here().failure().map(|failure| failure.why)
    }

    /// Lists the values that were left out or cut, by signal and attribute, in the order of their keys: `Tea Break:
    /// attribute cups`. It stays in the process.
    pub fn stopped(&self) -> Vec<Stop> {
        self.shared.here().stopped().list()
    }

    /// Sends what is queued; waits until it is gone, or for `limit`. Says whether everything that was emitted before is
    /// sent or dropped.
    pub fn flush(&self, limit: Duration) -> bool {
        sender::flush(self.shared.here(), &self.shared, limit, false)
    }

    /// Sends what is queued and ends the sender, waiting no longer than `limit`. Later signals are dropped. Says
    /// whether everything was sent or dropped within the limit; what still waits then is dropped, what is being sent
    /// may go on.
    pub fn shutdown(&self, limit: Duration) -> bool {
        self.shared.close();
        let here = self.shared.here();
        let done = sender::flush(here, &self.shared, limit, true);
        here.discard(DropReason::Closed);
        done
    }

    /// [`flush`](Pipeline::flush) as a future, which blocks no thread and needs no certain executor. What waits is asked
    /// for at once; the future only waits for it.
    pub fn flush_async(&self, limit: Duration) -> impl Future<Output = bool> + Send + 'static {
        sender::Flush::new(self.shared.clone(), limit, false)
    }

    /// [`shutdown`](Pipeline::shutdown) as a future, which blocks no thread and needs no certain executor. The end begins
    /// at once; the future only waits for it.
    ///
    /// ```
    /// # async fn serve(pipeline: candor::Pipeline) {
    /// use std::time::Duration;
    ///
    /// if !pipeline.shutdown_async(Duration::from_secs(1)).await {
    ///     eprintln!("some telemetry was not sent: {:?}", pipeline.stats().last_error);
    /// }
    /// # }
    /// ```
    pub fn shutdown_async(&self, limit: Duration) -> impl Future<Output = bool> + Send + 'static {
        self.shared.close();
        sender::Flush::new(self.shared.clone(), limit, true)
    }

    /// Something to keep until the end of `main`: shuts the pipeline down when it is dropped, also when the thread
    /// unwinds, and waits no longer than [`SHUTDOWN_LIMIT`](Pipeline::SHUTDOWN_LIMIT). `std::process::exit` drops
    /// nothing.
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
        let here = self.0.here();
        match is_sending_thread() {
            true => here.sender.end(),
            false => _ = sender::flush(here, &self.0, Pipeline::SHUTDOWN_LIMIT, true),
        }
    }
}
