//! Counters of a pipeline, with the reasons for what was dropped.

use std::fmt;
use std::time::SystemTime;

/// Counts the outcome of everything that was emitted: `emitted == sent + dropped + queued + spooled`, at every moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
    /// [`last_error`](Stats::last_error) says why.
    pub unclaimed: u64,
    /// Requests for the installation id that found none, because it could not be read or made.
    pub ids_missing: u64,
    /// Values that were left out because their domain does not admit them.
    /// [`Pipeline::stopped`](crate::Pipeline::stopped) names them.
    pub values_dropped: u64,
    /// Texts that were cut to their longest length.
    pub values_truncated: u64,
    /// The rest of `dropped`, by reason: `dropped == drops.total() + not_due + unclaimed`, at every moment.
    pub drops: Drops,
    /// The latest reason why something was not sent, and its time.
    pub last_error: Option<LastError>,
}

impl Stats {
    /// The counters alone, without [`drops`](Stats::drops) and [`last_error`](Stats::last_error), for comparing.
    pub fn totals(&self) -> Stats {
        Stats { drops: Drops::default(), last_error: None, ..self.clone() }
    }
}

/// The latest reason why something was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastError {
    /// The time at which it happened.
    pub when: SystemTime,
    /// The reason, in words.
    pub why: String,
}

impl LastError {
    pub(crate) fn now(why: impl Into<String>) -> Self {
        LastError { when: SystemTime::now(), why: why.into() }
    }

    /// The time in RFC 3339, to the second.
    pub fn date(&self) -> String {
        humantime::format_rfc3339_seconds(self.when).to_string()
    }
}

impl fmt::Display for LastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.why, self.date())
    }
}

/// The reason why a signal was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DropReason {
    /// There was no room for it, or every shard of the queue was taken.
    Full,
    /// It was emitted after the shutdown, or still waited when the limit of the shutdown was over.
    Closed,
    /// It is of another catalogue.
    Foreign,
    /// Consent was withdrawn, or the user has not agreed to it yet.
    Consent,
    /// No answer came, however often it was tried.
    Network,
    /// The collector refused it.
    Refused,
    /// The collector asked to come back later until the attempts were used up.
    Expired,
}

impl DropReason {
    /// Every reason, in order.
    pub const ALL: [DropReason; 7] = [
        DropReason::Full,
        DropReason::Closed,
        DropReason::Foreign,
        DropReason::Consent,
        DropReason::Network,
        DropReason::Refused,
        DropReason::Expired,
    ];

    /// One word for reports. It stays as it is.
    pub fn name(self) -> &'static str {
        match self {
            DropReason::Full => "full",
            DropReason::Closed => "closed",
            DropReason::Foreign => "foreign",
            DropReason::Consent => "consent",
            DropReason::Network => "network",
            DropReason::Refused => "refused",
            DropReason::Expired => "expired",
        }
    }
}

/// Dropped signals, counted by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drops([u64; DropReason::ALL.len()]);

impl Drops {
    /// The signals that were dropped for this reason.
    pub fn of(&self, reason: DropReason) -> u64 {
        self.0[reason as usize]
    }

    /// The signals that were dropped for any of the reasons.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The reasons that occurred, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (DropReason, u64)> {
        let all = DropReason::ALL.map(|reason| (reason, self.of(reason)));
        all.into_iter().filter(|(_, count)| *count > 0)
    }

    pub(crate) fn add(&mut self, reason: DropReason, count: u64) {
        self.0[reason as usize] += count;
    }

    pub(crate) fn add_all(&mut self, others: &Drops) {
        self.0.iter_mut().zip(others.0).for_each(|(count, more)| *count += more);
    }
}

/// `3 full, 2 network`.
impl fmt::Display for Drops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (reason, count)) in self.iter().enumerate() {
            let comma = if position > 0 { ", " } else { "" };
            write!(f, "{comma}{count} {}", reason.name())?;
        }
        Ok(())
    }
}
