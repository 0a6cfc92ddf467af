//! Random pairs of catalogues, one made from the other: whatever a report can say in the new one and could not in the old
//! one, `diff` says: by default that it *widens*, with the opt-in at least that the opt-in is for more. A report that goes
//! somewhere else widens, too.
//!
//! Both validators are asked what a report may say: the JSON Schemas, and the one that `candor_validate` builds at run
//! time. They have to agree about every payload.

mod catalogues;
mod payloads;

use candor_codegen::json_schema::payload_schema;
use candor_schema::{Catalogue, Class, Consent, Domain, Signal, diff};
use proptest::prelude::*;
use serde_json::{Value, json};

use catalogues::{HEAD, load, pair, written};
use payloads::payloads;

/// The number of pairs to try: `CANDOR_PAIRS`, or this many.
fn pairs() -> u32 {
    std::env::var("CANDOR_PAIRS").ok().and_then(|pairs| pairs.parse().ok()).unwrap_or(10_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: pairs(), max_global_rejects: 1 << 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_widens_unnoticed((old, new) in pair(), opted_in in prop::bool::weighted(0.3)) {
        let (Some(before), Some(after)) = (load(&old), load(&new)) else { return Err(TestCaseError::reject("no catalogue")) };
        let diff = diff(&before, &after);
        let (consent, classes) = match opted_in {
            false => (Consent::Default, &[Class::Widens][..]),
            true => (Consent::OptedIn, &[Class::Widens, Class::AddsOptIn][..]),
        };
        if let Some(payload) = widening(&before, &after, consent) {
            let is_said = classes.iter().any(|class| diff.has(*class));
            prop_assert!(is_said, "{consent}: {payload:#}\nold:{old}\nnew:{new}\n{:#?}", diff.changes);
        }
        if let Some(signal) = elsewhere(&before, &after) {
            prop_assert!(diff.has(Class::Widens), "{signal}\nold:{old}\nnew:{new}\n{:#?}", diff.changes);
        }
    }

}

proptest! {
    #[test]
    fn nothing_changed_is_no_change(catalogue in written()) {
        let Some(catalogue) = load(&catalogue) else { return Err(TestCaseError::reject("no catalogue")) };
        prop_assert_eq!(diff(&catalogue, &catalogue).changes, []);
    }
}

/// A payload that the new catalogue accepts at a consent and the old one does not. Beyond the default, one that only
/// lacks what had to be there is not meant, so it says that something was left out.
fn widening(old: &Catalogue, new: &Catalogue, consent: Consent) -> Option<Value> {
    let [before, after] = [Validators::new(old, consent), Validators::new(new, consent)];
    let payloads = payloads(new, consent).into_iter().map(|mut payload| {
        if consent != Consent::Default {
            payload["droppedAttributesCount"] = json!(1);
        }
        payload
    });
    payloads.into_iter().find(|payload| after.accept(payload) && !before.accept(payload))
}

/// The name of a signal that goes to an address where none of its name and kind went.
fn elsewhere<'c>(old: &Catalogue, new: &'c Catalogue) -> Option<&'c str> {
    let address = |catalogue: &Catalogue, signal: &Signal| {
        catalogue.head().endpoint_of(signal).map(|there| there.url.to_string())
    };
    let was_there = |is: &Signal| {
        let same = old.signals().iter().filter(|was| (was.kind, &was.name) == (is.kind, &is.name));
        let addresses: Vec<_> = same.map(|was| address(old, was)).collect();
        addresses.is_empty() || addresses.contains(&address(new, is))
    };
    new.signals().iter().find(|is| !was_there(is)).map(|is| &*is.name)
}

/// Both validators of a catalogue, at one consent.
struct Validators<'c> {
    schema: jsonschema::Validator,
    own: candor_validate::Validator<'c>,
    /// The catalogue has JSON values. A schema cannot count the characters of one.
    has_json: bool,
}

impl<'c> Validators<'c> {
    fn new(catalogue: &'c Catalogue, consent: Consent) -> Self {
        let schema = payload_schema(catalogue, consent);
        Validators {
            schema: jsonschema::validator_for(&schema).expect("a schema"),
            own: candor_validate::Validator::new(catalogue, consent),
            has_json: catalogue.attributes().iter().any(|attribute| matches!(attribute.domain, Domain::Json { .. })),
        }
    }

    #[track_caller]
    fn accept(&self, payload: &Value) -> bool {
        let (accepts, schema) = (self.own.is_valid(payload.to_string().as_bytes()), self.schema.is_valid(payload));
        assert!(accepts == schema || self.has_json && schema, "the validators disagree: {payload:#}");
        accepts
    }
}

#[test]
fn a_widening_is_seen() {
    let maximum = |maximum: u32| {
        load(&format!(
            "{HEAD}rows: {{usage: {{title: Usage, personal: none}}}}
attributes: {{runs: {{row: usage, collected: default, type: int, maximum: {maximum}, brief: runs}}}}
spans: {{started: {{name: Started, collected: default, brief: it started, attributes: {{runs: required}}}}}}
"
        ))
        .expect("a catalogue")
    };
    let payload = widening(&maximum(9), &maximum(10), Consent::Default).expect("10 was refused");
    assert_eq!(payload["attributes"], json!({ "runs": 10 }));
    assert_eq!(widening(&maximum(10), &maximum(9), Consent::Default), None);
}
