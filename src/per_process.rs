//! The parts of a pipeline that each process has of its own: its queue and its sender.
//!
//! A fork copies the memory but only one thread. The child has no sender, its copy holds signals that the parent sends,
//! and a lock held at fork is never released there. So the child leaves all of that alone and starts with a queue, a
//! thread and counters of its own.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::encode::Stamp;
use crate::interval::Reports;
use crate::queue::Queue;
use crate::sender::state::Sender;
use crate::stopped::Counts;
use crate::{Catalogue, DropReason, LastError, Stats};

#[derive(Debug)]
pub(crate) struct PerProcess {
    pub queue: Queue,
    /// Signals that go at intervals.
    pub reports: Reports,
    pub sender: Sender,
    ids_missing: AtomicU64,
    /// The reasons for which a dropped signal was named, a bit each.
    named: AtomicU64,
    process: u32,
    /// The time at which this was made; spans that began earlier belong to the parent.
    pub since_unix_nano: u64,
    /// Time of the last look at the process id.
    looked_unix_nano: AtomicU64,
    /// The child's state after a fork; set only in the child.
    forked: OnceLock<Box<PerProcess>>,
}

/// Looking which process this is takes as long as recording a signal. A fork takes longer than this.
const LOOK_AFTER_NANOS: u64 = 20_000;

impl PerProcess {
    pub fn new(catalogue: &Catalogue, capacity: usize, process_room: usize) -> Self {
        let now = Stamp::now().end_unix_nano;
        PerProcess {
            queue: Queue::new(catalogue, capacity, process_room),
            reports: Reports::default(),
            sender: Sender::default(),
            ids_missing: AtomicU64::new(0),
            named: AtomicU64::new(0),
            process: std::process::id(),
            since_unix_nano: now,
            looked_unix_nano: AtomicU64::new(now),
            forked: OnceLock::new(),
        }
    }

    /// This process's own state, which is nearly always `self`.
    #[inline]
    pub fn here(&self, now_unix_nano: u64, make: impl FnOnce() -> PerProcess) -> &PerProcess {
        let mut latest = self;
        while let Some(forked) = latest.forked.get() {
            latest = forked;
        }
        if latest.looked_unix_nano.load(Relaxed).abs_diff(now_unix_nano) > LOOK_AFTER_NANOS {
            return latest.look(now_unix_nano, make);
        }
        latest
    }

    #[cold]
    fn look(&self, now_unix_nano: u64, make: impl FnOnce() -> PerProcess) -> &PerProcess {
        if self.process != std::process::id() {
            return self.forked.get_or_init(|| Box::new(make()));
        }
        self.looked_unix_nano.store(now_unix_nano, Relaxed);
        self
    }

    /// Returns the reason why a request was not taken, the latest time.
    pub fn failure(&self) -> Option<LastError> {
        self.sender.lock().failure.clone()
    }

    /// Returns the values that did not pass, by key.
    pub fn stopped(&self) -> Counts {
        let mut counts = Counts::default();
        self.queue.each().for_each(|shard| counts.merge(&shard.stopped));
        self.reports.add_stopped(&mut counts);
        counts
    }

    /// Counts that there was no installation id, and keeps the reason.
    #[cfg(feature = "stored")]
    pub fn note_missing_id(&self, why: &str) {
        self.ids_missing.fetch_add(1, Relaxed);
        self.sender.lock().failure = Some(LastError::now(format!("there is no installation id: {why}")));
    }

    /// Returns true for the first call with a reason.
    pub fn is_first(&self, reason: DropReason) -> bool {
        let bit = 1 << reason as u64;
        self.named.fetch_or(bit, Relaxed) & bit == 0
    }

    /// Drops everything that waits.
    pub fn discard(&self, reason: DropReason) {
        self.queue.discard(reason);
        self.reports.discard(reason);
    }

    /// Returns true if nothing waits.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.reports.is_empty()
    }

    /// Counts the outcome of all signals so far. Exact at every moment: while the sender's state is locked, nothing
    /// moves between the queue and the sender, and whatever else moves does so under a shard's lock.
    pub fn stats(&self) -> Stats {
        let state = self.sender.lock();
        let refused = self.queue.refused();
        let mut stats = Stats {
            emitted: refused + state.reports,
            sent: state.sent,
            queued: state.under_way,
            spooled: state.spooled,
            resent: state.resent,
            lost: state.lost,
            ids_missing: self.ids_missing.load(Relaxed),
            not_due: state.not_due,
            unclaimed: state.unclaimed,
            drops: state.drops,
            last_error: state.failure.clone(),
            ..Stats::default()
        };
        stats.drops.add(DropReason::Full, refused);
        self.reports.add_to(&mut stats);
        for shard in self.queue.each() {
            stats.emitted += shard.emitted;
            stats.drops.add_all(&shard.drops);
            stats.queued += shard.waiting();
            stats.values_dropped += shard.tally[0];
            stats.values_truncated += shard.tally[1];
        }
        stats.dropped = stats.drops.total() + stats.not_due + stats.unclaimed;
        stats
    }
}
