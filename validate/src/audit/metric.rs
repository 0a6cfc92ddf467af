//! Metrics: in no catalogue, and searched all the same.

use serde_json::{Map, Value};

use crate::audit::Rule;
use crate::audit::ledger::{Hit, Words};
use crate::audit::memory::Place;
use crate::audit::texts::Standing;
use crate::audit::walk::Walk;
use crate::engine::words;

impl<'w> Walk<'w, '_> {
    /// A metric with its data points, their attributes and their exemplars.
    pub fn metric(&mut self, name: &str, payload: &'w Value) {
        let called = self.memory.call(Place::Signal, name);
        let subject = format!("the metric {}", words::key(&called.text));
        let spot = self.spot();
        let hit = Hit::new(Rule::UnknownSignal).with(subject.clone());
        let message = "is in no row of the page, as metrics cannot be";
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
