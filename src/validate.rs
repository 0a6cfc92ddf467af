//! Payloads held against what the program's own catalogue says: for whoever takes in what others sent.
//!
//! The generator writes a module `validate` for a catalogue, which is the fastest. Here is what that is made of, and
//! [`validator`], which makes the same of any [`Catalogue`] when the program runs.

pub use candor_validate::engine::*;

use crate::Catalogue;

/// Holds payloads against this catalogue at a consent.
///
/// ```
/// use candor::Consent;
/// use candor::validate::validator;
///
/// let validator = validator(candor::catalogue!("tests/fixtures/demo.yaml"), Consent::Default);
/// let payload = br#"{"kind":"event","name":"demo.noted","timeUnixNano":"1","attributes":{"flag":1}}"#;
/// assert_eq!(validator.check(payload)[0].message, "`flag` is an integer; expected a boolean");
/// ```
pub fn validator(catalogue: &'static Catalogue, consent: Consent) -> Validator<'static> {
    let signals = catalogue.signals.iter().map(|signal| SignalSpec { signal, row: None });
    let (service, resource) = (catalogue.service, catalogue.resource);
    Validator::of(Spec { service, signals: signals.collect(), resource }, consent)
}
