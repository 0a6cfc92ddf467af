//! The preview of a signal: what would be sent of it, or the reason why nothing would.

use std::fmt;
use std::sync::atomic::Ordering::Relaxed;

use fastrand::Rng;

use super::Pipeline;
use crate::encode::{Buffer, Stamp};
use crate::filter::is_signal_of;
use crate::payload::decode_request;
use crate::{Decision, Telemetry};

/// The reason why nothing would be sent of a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsent {
    /// Everything is off, for this reason.
    Off(Decision),
    /// It needs channels that were not granted: their names.
    Consent(String),
    /// The user has not seen the notice that tells of it.
    HeldBack,
    /// It is not a signal of the pipeline's catalogue, or of another version of it.
    Foreign,
    /// The pipeline was shut down.
    Closed,
    /// It goes at intervals, and less than its interval has passed.
    NotDue,
    /// It takes more room than the queue has: see [`Builder::capacity`](crate::Builder::capacity).
    TooLarge,
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unsent::Off(decision) => write!(f, "telemetry is off: {}", decision.reason),
            Unsent::Consent(names) => write!(f, "it needs a permission that was not given: {names}"),
            Unsent::HeldBack => f.write_str("it is held back until the user has seen the notice that tells of it"),
            Unsent::Foreign => f.write_str("it is not a signal of this pipeline's catalogue"),
            Unsent::Closed => f.write_str("the pipeline was shut down"),
            Unsent::NotDue => f.write_str("it goes at intervals, and less than its interval has passed"),
            Unsent::TooLarge => f.write_str("it takes more room than the queue has"),
        }
    }
}

impl std::error::Error for Unsent {}

impl Pipeline {
    /// The payload that would be sent for one signal now, with the attributes of the process. `None` when nothing would
    /// be sent; [`try_preview`](Pipeline::try_preview) says why.
    pub fn preview<T: Telemetry + ?Sized>(&self, value: &T) -> Option<String> {
        self.try_preview(value).ok()
    }

    /// The payload that would be sent for one signal now, with the attributes of the process.
    ///
    /// # Errors
    /// Nothing would be sent, for this reason.
    pub fn try_preview<T: Telemetry + ?Sized>(&self, value: &T) -> Result<String, Unsent> {
        let (shared, signal, catalogue) = (&self.shared, T::SIGNAL, self.catalogue());
        if !is_signal_of(signal, catalogue) {
            return Err(Unsent::Foreign);
        }
        if shared.closed.load(Relaxed) {
            return Err(Unsent::Closed);
        }
        let consent = self.consent();
        if consent.is_off() {
            return Err(Unsent::Off(shared.decide().0));
        }
        if !consent.includes(signal.needs) {
            return Err(Unsent::Consent(catalogue.describe(signal.needs.without(consent))));
        }
        self.preview_of_allowed(value)
    }

    /// The same of a signal that consent includes.
    fn preview_of_allowed<T: Telemetry + ?Sized>(&self, value: &T) -> Result<String, Unsent> {
        let (signal, stamp, allowance) = (T::SIGNAL, Stamp::now(), self.allowance());
        let held = allowance.held(signal).ok_or(Unsent::HeldBack)?;
        let here = self.shared.here();
        if here.reports.is_early(signal, stamp.end_unix_nano) {
            return Err(Unsent::NotDue);
        }
        let lanes = &here.queue.lanes;
        let lane = lanes.get(lanes.of(signal)).ok_or(Unsent::Foreign)?;
        let mut element = Buffer::growing();
        lane.write(&mut element, &mut Rng::new(), (allowance.consent(), held), stamp, value);
        let room = lane.room_before() + element.len() + lane.behind().len();
        if signal.every == 0 && room > here.queue.most_bytes() {
            return Err(Unsent::TooLarge);
        }
        let request = lane.request(&self.shared.process(), element.bytes());
        decode_request(self.catalogue(), signal, &request).ok_or(Unsent::Foreign)
    }
}
