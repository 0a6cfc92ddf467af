//! Attributes of log records: an encoder that collects `AnyValue`s.

use std::collections::HashMap;

use opentelemetry::Key;
use opentelemetry::logs::AnyValue;

use crate::encode::{At, Buffer, Encoder, JsonEncoder};
use crate::filter::Outcome;

/// Collects the attributes of one log record.
#[derive(Debug, Default)]
pub(super) struct AnyValueEncoder {
    pub done: Vec<(Key, AnyValue)>,
    /// The lists and maps under way, each with its name.
    open: Vec<(Option<Key>, Open)>,
}

#[derive(Debug)]
enum Open {
    List(Vec<AnyValue>),
    Map(HashMap<Key, AnyValue>),
}

impl AnyValueEncoder {
    fn put(&mut self, name: Option<Key>, value: AnyValue) {
        match (self.open.last_mut(), name) {
            (Some((_, Open::List(items))), _) => items.push(value),
            (Some((_, Open::Map(fields))), Some(name)) => _ = fields.insert(name, value),
            (None, Some(name)) => self.done.push((name, value)),
            (_, None) => {} // only items have no name
        }
    }

    fn end(&mut self) {
        let Some((name, open)) = self.open.pop() else { return };
        let value = match open {
            Open::List(items) => AnyValue::ListAny(Box::new(items)),
            Open::Map(fields) => AnyValue::Map(Box::new(fields)),
        };
        self.put(name, value);
    }
}

fn name(at: At<'_>) -> Option<Key> {
    match at {
        At::Attribute(name) | At::Body(name) | At::Field(name) => Some(Key::from(name.to_owned())),
        At::Item | At::Text => None,
    }
}

/// A position to go back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    done: usize,
    open: usize,
    /// Items of the list under way.
    items: usize,
}

impl Encoder for AnyValueEncoder {
    type Mark = Mark;
    type Open = ();
    type Json<'e> = JsonEncoder<'e>;

    fn mark(&self) -> Mark {
        let items = if let Some((_, Open::List(items))) = self.open.last() { items.len() } else { 0 };
        Mark { done: self.done.len(), open: self.open.len(), items }
    }

    fn rewind(&mut self, mark: Mark) {
        self.done.truncate(mark.done);
        self.open.truncate(mark.open);
        if let Some((_, Open::List(items))) = self.open.last_mut() {
            items.truncate(mark.items);
        }
    }

    fn string(&mut self, at: At<'_>, value: &str) {
        self.put(name(at), AnyValue::from(value.to_owned()));
    }

    fn boolean(&mut self, at: At<'_>, value: bool) {
        self.put(name(at), AnyValue::Boolean(value));
    }

    fn int(&mut self, at: At<'_>, value: i64) {
        self.put(name(at), AnyValue::Int(value));
    }

    fn double(&mut self, at: At<'_>, value: f64) {
        self.put(name(at), AnyValue::Double(value));
    }

    fn begin_list(&mut self, at: At<'_>) {
        self.open.push((name(at), Open::List(Vec::new())));
    }

    fn end_list(&mut self, (): ()) {
        self.end();
    }

    fn begin_object(&mut self, at: At<'_>) {
        self.open.push((name(at), Open::Map(HashMap::new())));
    }

    fn end_object(&mut self, (): ()) {
        self.end();
    }

    fn json(&mut self, at: At<'_>, write: impl FnOnce(&mut JsonEncoder<'_>, At<'_>) -> Outcome) -> Outcome {
        let mut json = Buffer::growing();
        let outcome = write(&mut JsonEncoder { out: &mut json }, At::Text);
        if outcome == Outcome::Written {
            self.put(name(at), AnyValue::from(String::from_utf8(json.into_vec()).unwrap_or_default()));
        }
        outcome
    }
}
