//! The payloads of a catalogue: its signals, and the rows that disclose them.

use candor_domain::{Consent, Join, ResourceInfo, Signal, marker_names};

/// The signals that may be sent, and the condition of each.
#[derive(Debug)]
pub struct Spec<'s> {
    /// OpenTelemetry's `service.name`.
    pub service: &'s str,
    /// Every signal.
    pub signals: Vec<SignalSpec<'s>>,
    /// The attributes of the process.
    pub resource: &'s ResourceInfo,
}

/// One signal.
#[derive(Debug)]
pub struct SignalSpec<'s> {
    /// The signal.
    pub signal: &'s Signal,
    /// Title of the row that discloses that it is sent.
    pub row: Option<&'s str>,
}

impl Spec<'_> {
    /// The ways in which the signal at this position may be joined with a span.
    pub(super) fn joins(&self, signal: usize, consent: Consent) -> [bool; Join::ALL.len()] {
        let signals = self.signals.iter().map(|spec| spec.signal);
        Join::ALL.map(|join| self.signals[signal].signal.may_join(join, consent, signals.clone()))
    }
}

impl SignalSpec<'_> {
    /// Returns the name of the channel of something that the signal has.
    pub(super) fn channel(&self, needs: Consent) -> &str {
        marker_names(&self.signal.channels, needs).next().unwrap_or("default")
    }

    /// Returns true if the signal may be sent at all.
    pub(super) fn is_allowed(&self, consent: Consent) -> bool {
        consent.includes(self.signal.needs)
    }
}
