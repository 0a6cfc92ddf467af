//! Counters of a pipeline.

/// Counts the outcome of everything that was emitted: `emitted == sent + dropped + queued + spooled`, at every moment.
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
    /// Signals dropped because less than their interval had passed since the last one. A part of `dropped`.
    pub not_due: u64,
    /// Signals at intervals that were dropped because their time could not be claimed. A part of `dropped`.
    /// [`Pipeline::last_failure`](crate::Pipeline::last_failure) says why.
    pub unclaimed: u64,
    /// Requests for the installation id that found none, because it could not be read or made.
    pub ids_missing: u64,
    /// Values that were left out because their domain does not admit them.
    pub values_dropped: u64,
    /// Texts that were cut to their longest length.
    pub values_truncated: u64,
}
