//! Metrics: those that are listed, and those that are in no catalogue and searched all the same.

use serde_json::{Map, Value};

use crate::audit::Rule;
use crate::audit::ledger::{Hit, Words};
use crate::audit::memory::Place;
use crate::audit::texts::Standing;
use crate::audit::walk::Walk;
use crate::engine::words;

impl<'w> Walk<'w, '_> {
    /// Returns whether a member is the instrument or a number of a listed metric, as its catalogue says.
    pub fn is_measured(&self, key: &str, value: &Value) -> bool {
        let Some(measure) = self.signal.and_then(|known| known.signal.measure.as_ref()) else { return false };
        let is_number = |value: &Value| value.is_number();
        match key {
            "instrument" => *value == measure.instrument.word(),
            "unit" => *value == *measure.unit,
            "value" | "sum" => is_number(value),
            "bucketCounts" | "explicitBounds" => value.as_array().is_some_and(|items| items.iter().all(is_number)),
            _ => false,
        }
    }

    /// A metric with its data points, their attributes and their exemplars.
    pub fn metric(&mut self, name: &str, payload: &'w Value) {
        let called = self.memory.call(Place::Signal, name);
        let subject = format!("the metric {}", words::key(&called.text));
        let spot = self.spot();
        let hit = Hit::new(Rule::UnknownSignal).with(subject.clone());
        let message = "is in no row of the page";
        let words = || Words { subject, message: message.to_owned(), row: None, example: None };
        self.memory.ledger.note(hit, &spot, 1, words);
        self.suspect(name, Standing::Unlisted);
        for (key, value) in payload.as_object().into_iter().flatten() {
            match (key.as_str(), value) {
                ("kind" | "name", Value::String(_)) => {}
                ("resource" | "scope", Value::Object(members)) => self.inside(key, |walk| walk.context(key, members)),
                (key, value) => self.measured(key, value),
            }
        }
    }

    fn measured(&mut self, key: &str, value: &'w Value) {
        match (key, value) {
            ("attributes" | "filteredAttributes" | "metadata", Value::Object(attributes)) => {
                self.inside("attributes", |walk| walk.measured_attributes(attributes));
            }
            (_, Value::Object(members)) => {
                self.times(members);
                members.iter().for_each(|(key, value)| self.measured(key, value));
            }
            (_, Value::Array(items)) => items.iter().for_each(|item| self.measured(key, item)),
            (key, value) => self.inside(key, |walk| walk.texts(value, Standing::Unlisted)),
        }
    }

    /// Judges the attributes of a metric by what the page says about those of any signal.
    fn measured_attributes(&mut self, attributes: &'w Map<String, Value>) {
        for (key, value) in attributes {
            match self.expected.anywhere(key) {
                Some(id) => self.listed(key, id, value),
                None => self.unlisted(Place::Attribute, key, value),
            }
        }
    }
}
