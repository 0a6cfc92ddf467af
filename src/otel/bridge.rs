//! The emitters through a tracer of the user's.
//!
//! OpenTelemetry's span attributes have no maps and no lists of maps, so objects travel as JSON text here, whatever the
//! catalogue's encoding.

use candor_domain::{MARKER, marker};
use opentelemetry::trace::{SpanBuilder, SpanKind, Tracer};
use opentelemetry::{Array, Context, KeyValue, StringValue, Value};

use crate::encode::{At, Buffer, Encoder, JsonEncoder};
use crate::filter::{Outcome, Tally, record_holding};
use crate::{Allowance, Telemetry};

/// Reports a signal as a span of `tracer`, as far as consent allows. Events become spans as well: a tracer knows
/// nothing else. It stands for itself; a [`Bridge`](super::Bridge) has spans that last and belong to others.
pub fn emit<T: Telemetry + ?Sized, Tr: Tracer>(tracer: &Tr, allowed: impl Into<Allowance>, value: &T) {
    use opentelemetry::trace::Span as _;
    let allowance = allowed.into();
    if allowance.held(T::SIGNAL).is_none() || T::SIGNAL.every > 0 {
        return; // what goes at intervals needs a store, which no tracer has
    }
    let (attributes, _) = key_values(allowance, value);
    let builder = SpanBuilder::from_name(&*T::SIGNAL.name).with_kind(SpanKind::Internal).with_attributes(attributes);
    // Not the span that happens to be active: the catalogue says what belongs together.
    tracer.build_with_context(builder, &Context::new()).end();
}

/// The attributes of a signal, as far as consent allows, and what the filter left out.
pub fn key_values<T: Telemetry + ?Sized>(allowed: impl Into<Allowance>, value: &T) -> (Vec<KeyValue>, Tally) {
    let allowance = allowed.into();
    let mut tally = Tally::default();
    let mut encoder = KeyValueEncoder::default();
    if let Some(held) = allowance.held(T::SIGNAL) {
        record_holding(value, &mut encoder, allowance.consent(), held, &mut tally);
        let marker = marker(&T::SIGNAL.channels, tally.used.and(T::SIGNAL.needs));
        encoder.done.extend(marker.map(|marker| KeyValue::new(MARKER, marker)));
    }
    (encoder.done, tally)
}

/// Collects the attributes of one span.
#[derive(Debug, Default)]
pub(super) struct KeyValueEncoder {
    pub done: Vec<KeyValue>,
    /// The list or object under way, with the name of its attribute.
    open: Option<(String, Shape)>,
}

/// A value that has parts.
#[derive(Debug)]
enum Shape {
    /// A list of plain values.
    List(Vec<Value>),
    /// An object, or a list that turned out to hold objects: JSON text, and how many objects and lists are open.
    Text { json: Buffer, depth: usize },
}

impl KeyValueEncoder {
    fn scalar(&mut self, at: At<'_>, value: Value, write: impl FnOnce(&mut JsonEncoder<'_>)) {
        match (&mut self.open, at) {
            (Some((_, Shape::Text { json, .. })), _) => write(&mut JsonEncoder { out: json }),
            (Some((_, Shape::List(items))), _) => items.push(value),
            (None, At::Attribute(name) | At::Body(name)) => self.done.push(KeyValue::new(name.to_owned(), value)),
            (None, _) => {} // only attributes stand outside of lists and objects
        }
    }

    fn begin(&mut self, at: At<'_>, is_list: bool, write: impl FnOnce(&mut JsonEncoder<'_>, At<'_>)) {
        let text = |mut json: Buffer, depth, at: At<'_>| {
            write(&mut JsonEncoder { out: &mut json }, at);
            Shape::Text { json, depth }
        };
        self.open = match (self.open.take(), at) {
            (None, At::Attribute(name) | At::Body(name)) if is_list => Some((name.to_owned(), Shape::List(Vec::new()))),
            (None, At::Attribute(name) | At::Body(name)) => {
                Some((name.to_owned(), text(Buffer::growing(), 1, At::Text)))
            }
            (Some((name, Shape::Text { json, depth })), at) => Some((name, text(json, depth + 1, at))),
            // The first object in a list: what was a list of plain values so far has none.
            (Some((name, Shape::List(_))), at) => {
                let mut json = Buffer::growing();
                json.push(b'[');
                Some((name, text(json, 2, at)))
            }
            (None, _) => None,
        };
    }

    fn end(&mut self, write: impl FnOnce(&mut JsonEncoder<'_>)) {
        let Some((name, shape)) = self.open.take() else { return };
        let value = match shape {
            Shape::List(items) => Value::Array(array(&items)),
            Shape::Text { mut json, depth } => {
                write(&mut JsonEncoder { out: &mut json });
                if depth > 1 {
                    self.open = Some((name, Shape::Text { json, depth: depth - 1 }));
                    return;
                }
                Value::from(String::from_utf8(json.into_vec()).unwrap_or_default())
            }
        };
        self.done.push(KeyValue::new(name, value));
    }
}

/// A position to go back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    done: usize,
    /// Items or bytes of the value under way, and how deep it is.
    open: Option<(bool, usize, usize)>,
}

impl Encoder for KeyValueEncoder {
    type Mark = Mark;
    type Open = ();
    type Json<'e> = JsonEncoder<'e>;

    fn mark(&self) -> Mark {
        let open = self.open.as_ref().map(|(_, shape)| match shape {
            Shape::List(items) => (true, items.len(), 0),
            Shape::Text { json, depth } => (false, json.len(), *depth),
        });
        Mark { done: self.done.len(), open }
    }

    fn rewind(&mut self, mark: Mark) {
        self.done.truncate(mark.done);
        match (&mut self.open, mark.open) {
            (Some((_, Shape::List(items))), Some((_, length, _))) => items.truncate(length),
            (Some((_, Shape::Text { json, depth })), Some((false, length, deep))) => {
                json.rewind(length);
                *depth = deep;
            }
            // A list whose first object was taken back.
            (Some((_, shape)), Some((true, ..))) => *shape = Shape::List(Vec::new()),
            (open, _) => *open = None,
        }
    }

    /// The API has no null: where no JSON text is under way, null is one itself, and in a list of plain values it is left out.
    fn null(&mut self, at: At<'_>) {
        match self.open {
            Some((_, Shape::List(_))) => {}
            _ => self.scalar(at, Value::from("null"), |json| json.null(at)),
        }
    }

    fn string(&mut self, at: At<'_>, value: &str) {
        self.scalar(at, Value::from(value.to_owned()), |json| json.string(at, value));
    }

    fn boolean(&mut self, at: At<'_>, value: bool) {
        self.scalar(at, Value::Bool(value), |json| json.boolean(at, value));
    }

    fn int(&mut self, at: At<'_>, value: i64) {
        self.scalar(at, Value::I64(value), |json| json.int(at, value));
    }

    fn double(&mut self, at: At<'_>, value: f64) {
        self.scalar(at, Value::F64(value), |json| json.double(at, value));
    }

    fn begin_list(&mut self, at: At<'_>) {
        self.begin(at, true, |json, at| json.begin_list(at));
    }

    fn end_list(&mut self, (): ()) {
        self.end(|json| json.end_list(()));
    }

    fn begin_object(&mut self, at: At<'_>) {
        self.begin(at, false, |json, at| json.begin_object(at));
    }

    fn end_object(&mut self, (): ()) {
        self.end(|json| json.end_object(()));
    }

    fn json(&mut self, at: At<'_>, write: impl FnOnce(&mut JsonEncoder<'_>, At<'_>) -> Outcome) -> Outcome {
        let mut json = Buffer::growing();
        let outcome = write(&mut JsonEncoder { out: &mut json }, At::Text);
        if let (Outcome::Written, At::Attribute(name) | At::Body(name)) = (outcome, at) {
            let text = String::from_utf8(json.into_vec()).unwrap_or_default();
            self.done.push(KeyValue::new(name.to_owned(), text));
        }
        outcome
    }
}

/// A typed array: the items of one attribute all have its one item type.
pub(super) fn array(items: &[Value]) -> Array {
    fn all<T>(items: &[Value], take: impl Fn(&Value) -> Option<T>) -> Vec<T> {
        items.iter().filter_map(take).collect()
    }
    match items.first() {
        Some(Value::Bool(_)) => Array::Bool(all(items, |item| if let Value::Bool(v) = item { Some(*v) } else { None })),
        Some(Value::I64(_)) => Array::I64(all(items, |item| if let Value::I64(v) = item { Some(*v) } else { None })),
        Some(Value::F64(_)) => Array::F64(all(items, |item| if let Value::F64(v) = item { Some(*v) } else { None })),
        _ => Array::String(all(items, |item| Some(StringValue::from(item.as_str().into_owned())))),
    }
}
