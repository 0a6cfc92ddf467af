//! Inspects a signal: the one place where listening meets the validator.

use candor_schema::{Catalogue, Consent};
use candor_validate::{Item, Payload, Validator, Violation};
use serde::Serialize;

use super::coverage;
use crate::output::foreign;
use crate::validate::tally::{place, without_positions};

/// A fault with its place. Two that are equal are the same finding, in however many signals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FindingKey {
    /// The name of its signal, or what else it is about.
    pub signal: String,
    /// JSON Pointer into the payload, with `*` for positions in lists.
    pub place: String,
    pub rule: &'static str,
}

/// A finding in words, which may differ in details from one signal to the next.
pub struct Remark {
    pub finding: FindingKey,
    pub message: String,
}

/// Holds signals against a catalogue.
pub struct Inspector {
    catalogue: &'static Catalogue,
    /// The validator; `None` while nothing at all may be sent.
    validator: Option<Validator<'static>>,
}

impl Inspector {
    pub fn new(catalogue: &'static Catalogue, consent: Option<Consent>) -> Self {
        Inspector { catalogue, validator: consent.map(|consent| Validator::new(catalogue, consent)) }
    }

    pub fn inspect(&self, item: &Item) -> Vec<Remark> {
        let payload = match item {
            Item::Payload(payload) => payload,
            Item::Unreadable(part) => {
                let remark = Remark::new("request", "unreadable", part.why.clone());
                return vec![remark.at(place(&part.origin.path))];
            }
        };
        let signal = self.label(payload);
        let Some(validator) = &self.validator else {
            return vec![Remark::new(signal, "not_allowed", "it was sent although nothing may be")];
        };
        let remark = |violation: Violation| {
            let message = without_positions(&violation.message);
            Remark::new(signal.as_str(), violation.rule.name(), message).at(place(&violation.pointer))
        };
        validator.check_payload(payload).into_iter().map(remark).collect()
    }

    /// The name; one that the catalogue does not have may be anything.
    fn label(&self, payload: &Payload) -> String {
        match coverage::signal(self.catalogue, payload) {
            Some((_, signal)) => signal.name.to_string(),
            None => foreign(payload.value["name"].as_str().unwrap_or("?")),
        }
    }
}

impl Remark {
    pub fn new(signal: impl Into<String>, rule: &'static str, message: impl Into<String>) -> Self {
        let finding = FindingKey { signal: signal.into(), place: String::new(), rule };
        Remark { finding, message: message.into() }
    }

    fn at(mut self, place: String) -> Self {
        self.finding.place = foreign(&place);
        self
    }
}
