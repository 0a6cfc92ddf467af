//! Signals that go at intervals: each waits apart from the queue until the sender has claimed its time.
//!
//! ```text
//! emit ─→ Reports (one of each signal) ─→ sender ─→ claim the time in the store ─→ Transport
//! ```
//!
//! A claim is a write to a file under a lock, so the sender makes it and not the thread that emits. One request that was
//! claimed is sent once: if it fails for good, the next one goes an interval later. What cannot be claimed (no store, a
//! clock that was set back, a file that cannot be written) is dropped, counted, and told by
//! [`Pipeline::last_failure`](crate::Pipeline::last_failure).

use std::sync::TryLockError;

use fastrand::Rng;

use crate::encode::{Buffer, Stamp};
use crate::lanes::Lane;
use crate::queue::Wake;
use crate::refusals::count_refusals;
use crate::stopped::Counts;
use crate::sync::{Mutex, MutexGuard, lock, thread};
use crate::{Allowance, DropReason, Drops, Signal, Stats, Telemetry};

/// The answer to the claim of a signal's time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "stored"), expect(dead_code, reason = "without a store there is no claim"))]
pub(crate) enum Claim {
    /// It may be sent now, and then from `next_unix_nano` on.
    Granted { next_unix_nano: u64 },
    /// It was sent less than its interval ago.
    NotDue { next_unix_nano: u64 },
    /// The time could not be claimed, for this reason.
    Refused(String),
}

/// Signals that wait for the sender.
#[derive(Debug, Default)]
pub(crate) struct Reports(Mutex<State>);

/// One signal, encoded.
#[derive(Debug)]
pub(crate) struct Report {
    pub signal: &'static Signal,
    pub element: Vec<u8>,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Report>,
    /// The time from which on each signal may go again, as far as this process knows.
    next: Vec<(&'static Signal, u64)>,
    ids: Rng,
    emitted: u64,
    drops: Drops,
    not_due: u64,
    tally: [u64; 2],
    stopped: Counts,
}

impl Reports {
    /// Takes a signal, unless one of its kind waits or was sent less than its interval ago. `allowance` is asked with the
    /// lock held. `None` when the lock is held by others all the time.
    #[cold]
    pub fn push<T: Telemetry + ?Sized>(
        &self,
        lane: &Lane,
        stamp: Stamp<'_>,
        value: &T,
        allowance: impl Fn() -> Result<Allowance, DropReason>,
    ) -> Option<Wake> {
        let mut state = self.free()?;
        state.emitted += 1;
        let allowance = match allowance() {
            Ok(allowance) => allowance,
            Err(reason) => return Some(state.refuse(reason)),
        };
        let Some(held) = allowance.held(T::SIGNAL) else { return Some(state.refuse(DropReason::Consent)) };
        if state.is_too_early(T::SIGNAL, stamp.end_unix_nano) {
            state.not_due += 1;
            return Some(Wake::No);
        }
        let mut element = Buffer::growing();
        let tally = lane.write(&mut element, &mut state.ids, (allowance.consent(), held), stamp, value);
        state.tally[0] += u64::from(tally.dropped);
        state.tally[1] += u64::from(tally.truncated);
        if tally.dropped > 0 || tally.truncated > 0 {
            count_refusals(value, allowance.consent(), held, &mut state.stopped);
        }
        state.waiting.push(Report { signal: T::SIGNAL, element: element.into_vec() });
        Some(Wake::First)
    }

    /// The state, unless somebody holds it for long.
    fn free(&self) -> Option<MutexGuard<'_, State>> {
        const TIMES: usize = 16;
        for _ in 0..TIMES {
            match self.0.try_lock() {
                Ok(state) => return Some(state),
                Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => thread::yield_now(),
            }
        }
        None
    }

    /// Returns true for a signal at intervals that would be dropped now.
    pub fn is_early(&self, signal: &Signal, now_unix_nano: u64) -> bool {
        signal.every > 0 && lock(&self.0).is_too_early(signal, now_unix_nano)
    }

    /// Takes one away, to send it.
    pub fn take(&self) -> Option<Report> {
        lock(&self.0).waiting.pop()
    }

    /// Notes from when on a signal may go again.
    pub fn wait_until(&self, signal: &'static Signal, next_unix_nano: u64) {
        let mut state = lock(&self.0);
        state.next.retain(|(known, _)| !is_same(known, signal));
        state.next.push((signal, next_unix_nano));
    }

    /// Adds the values that did not pass.
    pub fn add_stopped(&self, counts: &mut Counts) {
        counts.merge(&lock(&self.0).stopped);
    }

    /// Drops what waits.
    pub fn discard(&self, reason: DropReason) {
        let mut state = lock(&self.0);
        let count = state.waiting.len() as u64;
        state.drops.add(reason, count);
        state.waiting.clear();
    }

    pub fn is_empty(&self) -> bool {
        lock(&self.0).waiting.is_empty()
    }

    /// Adds what was counted here.
    pub fn add_to(&self, stats: &mut Stats) {
        let state = lock(&self.0);
        stats.emitted += state.emitted;
        stats.drops.add_all(&state.drops);
        stats.queued += state.waiting.len() as u64;
        stats.not_due += state.not_due;
        stats.values_dropped += state.tally[0];
        stats.values_truncated += state.tally[1];
    }
}

impl State {
    /// Drops a signal that may not be sent.
    fn refuse(&mut self, reason: DropReason) -> Wake {
        self.drops.add(reason, 1);
        Wake::Refused(reason)
    }

    fn is_too_early(&self, signal: &Signal, now_unix_nano: u64) -> bool {
        let waits = self.waiting.iter().any(|report| is_same(report.signal, signal));
        waits || self.next.iter().any(|(known, next)| is_same(known, signal) && now_unix_nano < *next)
    }
}

fn is_same(one: &Signal, other: &Signal) -> bool {
    one.kind == other.kind && one.id == other.id
}
