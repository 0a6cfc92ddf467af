//! What a catalogue says of payloads: its signals, and the rows that disclose them.

use candor_domain::{Consent, Signal, marker_names};

/// What may be sent, and when.
#[derive(Debug)]
pub struct Spec<'s> {
    /// OpenTelemetry's `service.name`.
    pub service: &'s str,
    /// Every signal.
    pub signals: Vec<SignalSpec<'s>>,
}

/// One signal.
#[derive(Debug)]
pub struct SignalSpec<'s> {
    /// The signal.
    pub signal: &'s Signal,
    /// Title of the row that discloses that it is sent.
    pub row: Option<&'s str>,
}

impl SignalSpec<'_> {
    /// The name of the channel of something that the signal has.
    pub(super) fn channel(&self, needs: Consent) -> &str {
        marker_names(&self.signal.channels, needs).next().unwrap_or("default")
    }

    /// Whether the signal may be sent at all.
    pub(super) fn is_allowed(&self, consent: Consent) -> bool {
        consent.includes(self.signal.needs)
    }
}
