//! The state that all handles of a pipeline and its sender share: the consent, and the state of this process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::allowance::Held;
use crate::connect::Connect;
use crate::consent::Channels;
use crate::encode::Stamp;
use crate::memory::Memory;
use crate::per_process::PerProcess;
use crate::process::{AllowedProcess, Process};
use crate::sync::{AtomicBool, AtomicU32, AtomicU64};
use crate::transport::Target;
use crate::{Allowance, Catalogue, Consent, Decision, DropReason, LastError, Reason, Signal};

/// The state that all handles of a pipeline and its sender share.
pub(crate) struct Shared {
    pub(super) catalogue: &'static Catalogue,
    pub(super) consent: AtomicU32,
    pub(super) held: RwLock<Option<Arc<Held>>>,
    /// The application's setting, or [`NOT_SET`].
    pub(super) explicit: AtomicU32,
    /// The application's settings for single channels.
    pub(super) channels: Channels,
    /// The number of times that consent was decided again.
    pub(super) turns: AtomicU64,
    pub(super) closed: AtomicBool,
    /// The transport's source, or the reason why there is none.
    pub connect: Result<Box<dyn Connect>, Reason>,
    pub(super) targets: Vec<Target>,
    pub(super) capacity: usize,
    pub max_age: Duration,
    pub losses: Option<Box<Losses>>,
    pub(super) on_error: Option<Box<OnError>>,
    pub(super) process: Process,
    pub(super) process_room: usize,
    pub(super) first: PerProcess,
    pub memory: Memory,
    #[cfg(feature = "stored")]
    pub(super) command: Option<String>,
    #[cfg(feature = "spool")]
    pub(super) spool: Option<crate::spool::Permission>,
}

/// Makes the request that tells a collector how many signals it missed, where consent allows that.
pub(crate) type Losses =
    dyn Fn(u64, &Allowance, &AllowedProcess<'_>) -> Option<(&'static Signal, Vec<u8>)> + Send + Sync;

/// Hears of everything that is not sent.
pub(crate) type OnError = dyn Fn(&LastError) + Send + Sync;

/// No consent.
pub(super) const NOT_SET: u32 = u32::MAX;

/// Set beside a consent that holds something back.
pub(super) const HOLDS: u32 = 1 << 31;

impl Shared {
    /// Returns the state of this process.
    pub fn here(&self) -> &PerProcess {
        self.here_at(Stamp::now().end_unix_nano)
    }

    #[inline]
    pub(super) fn here_at(&self, now_unix_nano: u64) -> &PerProcess {
        self.first.here(now_unix_nano, || PerProcess::new(self.catalogue, self.capacity, self.process_room))
    }

    /// Returns true for a span that started before this process was forked.
    pub(super) fn is_inherited(&self, stamp: &Stamp<'_>) -> bool {
        let here = self.here_at(stamp.end_unix_nano);
        !std::ptr::eq(here, &self.first) && stamp.start_unix_nano < here.since_unix_nano
    }

    /// Returns the consent of the process now.
    #[inline]
    pub fn consent(&self) -> Consent {
        Consent::from_bits(self.consent.load(Relaxed))
    }

    /// Decides consent anew, and the part of the catalogue that is held back.
    pub(super) fn decide(&self) -> (Decision, Option<Arc<Held>>) {
        let (decision, held) = self.memory.decide(self.catalogue, self.explicit());
        let decision = self.channels.apply(self.catalogue, decision);
        match &self.connect {
            Ok(_) => (decision, held),
            Err(reason) => (decision.without_endpoint(reason), held),
        }
    }

    pub(super) fn explicit(&self) -> Option<Consent> {
        let explicit = self.explicit.load(SeqCst);
        (explicit != NOT_SET).then(|| Consent::from_bits(explicit))
    }

    /// Sets what may leave; gives what was set before.
    pub(super) fn allow(&self, consent: Consent, held: Option<Arc<Held>>) -> u32 {
        let holds = if held.is_some() { HOLDS } else { 0 };
        let set = || self.consent.swap(consent.bits() | holds, Relaxed);
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

    /// The attributes of the process that may leave now.
    pub fn process(&self) -> AllowedProcess<'_> {
        self.process.allowing(self.allowance(self.consent()))
    }

    /// Keeps why something is not sent, and tells the application.
    pub fn tell(&self, here: &PerProcess, why: String) {
        let error = LastError::now(why);
        here.sender.lock().failure = Some(error.clone());
        self.report(&error);
    }

    /// Tells the application. Its code that panics costs its report, and no more.
    fn report(&self, error: &LastError) {
        if let Some(report) = &self.on_error {
            let _ = catch_unwind(AssertUnwindSafe(|| report(error)));
        }
    }

    /// Writes the outcome of this run to the store.
    pub fn save(&self, here: &PerProcess) {
        self.memory.save(&here.stats(), &here.stopped().list());
    }

    /// Names a signal that was dropped whatever room there is: the first one of each reason.
    #[cold]
    pub fn name_refused(&self, here: &PerProcess, signal: &Signal, reason: DropReason) {
        let why = match reason {
            DropReason::Closed => "was emitted after the shutdown",
            DropReason::Foreign => "is not a signal of this pipeline's catalogue, or of another version of it",
            _ => return,
        };
        if here.is_first(reason) {
            self.tell(here, format!("{} `{}` {why}", signal.kind.word(), signal.id));
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
