//! A checked catalogue as what the validator needs to know of it.

use candor_schema::{Catalogue, Consent};
use serde_json::Value;

use crate::engine::notes::{Path, Place, duplicate, in_order};
use crate::engine::{Rule, SignalSpec, Spec, Validator, Violation};
use crate::json::{descend, keys, why_broken};
use crate::payload::Payload;

impl<'c> Validator<'c> {
    /// Compiles what a catalogue says of what users with this consent send.
    pub fn new(catalogue: &'c Catalogue, consent: Consent) -> Self {
        Validator::of(Spec::from(catalogue), consent)
    }

    /// Everything that is wrong with a payload that was read before, from OTLP for example.
    pub fn check_payload(&self, payload: &Payload) -> Vec<Violation> {
        let mut violations = self.check(payload.value.to_string().as_bytes());
        for violation in violations.iter_mut().filter(|violation| violation.rule == Rule::WrongType) {
            if let Some(why) = payload.value.pointer(&violation.pointer).and_then(why_broken) {
                violation.message = format!("{} {why}", path(&payload.value, &violation.pointer).subject());
            }
        }
        // A JSON value admits any object, so one that stands for what is no JSON is found here.
        broken(&payload.value, &mut String::new(), &mut |pointer, why| {
            let is_within = |found: &Violation| {
                pointer.strip_prefix(&*found.pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            if !violations.iter().any(is_within) {
                let message = format!("{} {why}", path(&payload.value, pointer).subject());
                violations.push(Violation { pointer: pointer.to_owned(), rule: Rule::WrongType, message });
            }
        });
        violations.extend(payload.duplicates.iter().map(|pointer| Violation {
            pointer: pointer.clone(),
            rule: Rule::DuplicateKey,
            message: duplicate(&path(&payload.value, pointer).subject()),
        }));
        violations.retain(|found| found.rule != Rule::MissingKey || !may_be_missing(payload, &found.pointer));
        in_order(violations)
    }
}

/// Returns whether the form that a payload was read from cannot say that what a pointer leads to was left out.
fn may_be_missing(payload: &Payload, pointer: &str) -> bool {
    match pointer.split('/').skip(1).collect::<Vec<_>>()[..] {
        ["resource"] | ["resource", _] => payload.is_body,
        ["attributes", _] => payload.may_lack,
        _ => false,
    }
}

/// Every part of a payload that could not be read, by its JSON Pointer, with the reason.
fn broken(value: &Value, pointer: &mut String, found: &mut dyn FnMut(&str, &str)) {
    if let Some(why) = why_broken(value) {
        return found(pointer, why);
    }
    let mut within = |key: &str, inner: &Value| descend(pointer, key, |pointer| broken(inner, pointer, found));
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(place, item)| within(&place.to_string(), item)),
        Value::Object(members) => members.iter().for_each(|(key, inner)| within(key, inner)),
        _ => {}
    }
}

/// The path that a JSON Pointer is.
fn path(payload: &Value, pointer: &str) -> Path {
    let mut value = Some(payload);
    let place = |key: String| {
        let item = value.and_then(Value::as_array).and_then(|items| Some((key.parse().ok()?, items)));
        let (place, inner) = match item {
            Some((position, items)) => (Place::Item(position), items.get(position)),
            None => {
                let inner = value.and_then(|value| value.get(&key));
                (Place::Member(key), inner)
            }
        };
        value = inner;
        place
    };
    Path(keys(pointer).map(place).collect())
}

impl<'c> From<&'c Catalogue> for Spec<'c> {
    fn from(catalogue: &'c Catalogue) -> Self {
        let row = |row| catalogue.row(row).title.as_str();
        let signals = catalogue.signals().iter().map(|own| SignalSpec { signal: &own.info, row: own.row.map(row) });
        Spec { service: catalogue.head().service(), signals: signals.collect(), resource: &catalogue.resource().info }
    }
}
