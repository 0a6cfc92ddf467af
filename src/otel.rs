//! The same emitters through the user's own OpenTelemetry provider (feature `otel`).
//!
//! Attributes pass the same filter as in the default pipeline. OpenTelemetry's span attributes have no maps and no
//! lists of maps, so objects travel as JSON text here, whatever the catalogue's encoding.

use opentelemetry::trace::{SpanBuilder, SpanKind, Status, Tracer};
use opentelemetry::{Array, KeyValue, StringValue, Value};

use crate::encode::{Encoder, JsonEncoder};
use crate::filter::{Filter, Outcome, Tally};
use crate::payload::allows;
use crate::{Consent, Telemetry};

/// Reports a signal as a span of `tracer`, as far as consent allows. Events become spans as well: a tracer knows
/// nothing else.
pub fn emit<T: Telemetry + ?Sized, Tr: Tracer>(tracer: &Tr, consent: Consent, value: &T) {
    use opentelemetry::trace::Span as _;
    if !allows(consent, T::SIGNAL) {
        return;
    }
    let (attributes, tally) = key_values(consent, value);
    let builder = SpanBuilder::from_name(T::SIGNAL.name).with_kind(SpanKind::Internal).with_attributes(attributes);
    let mut span = tracer.build(builder);
    if tally.dropped == 0 {
        span.set_status(Status::Ok);
    }
    span.end();
}

/// The attributes of a signal, as far as consent allows, and what the filter left out.
pub fn key_values<T: Telemetry + ?Sized>(consent: Consent, value: &T) -> (Vec<KeyValue>, Tally) {
    let mut tally = Tally::default();
    let mut encoder = KeyValueEncoder::default();
    if allows(consent, T::SIGNAL) {
        let opted_in = consent == Consent::OptedIn;
        value.record(&mut Filter { encoder: &mut encoder, opted_in, tally: &mut tally });
    }
    (encoder.done, tally)
}

/// Collects key-values. Lists are gathered by type; an object anywhere turns its attribute into JSON.
#[derive(Default)]
struct KeyValueEncoder {
    done: Vec<KeyValue>,
    name: String,
    /// The value of the entry under way, as JSON, so that every shape has one.
    json: Vec<u8>,
    /// Its typed form, while it has one.
    value: Typed,
}

#[derive(Default)]
enum Typed {
    #[default]
    Nothing,
    One(Value),
    Many(Vec<Value>),
    Json,
}

impl KeyValueEncoder {
    fn scalar(&mut self, value: Value) {
        match &mut self.value {
            Typed::Nothing => self.value = Typed::One(value),
            Typed::Many(values) => values.push(value),
            Typed::One(_) | Typed::Json => {}
        }
    }

    fn in_json(&mut self) -> JsonEncoder<'_> {
        JsonEncoder { out: &mut self.json }
    }
}

impl Encoder for KeyValueEncoder {
    /// Finished pairs, bytes of JSON, items of a typed list.
    type Mark = (usize, usize, usize);

    fn mark(&self) -> Self::Mark {
        let items = if let Typed::Many(items) = &self.value { items.len() } else { 0 };
        (self.done.len(), self.json.len(), items)
    }

    fn rewind(&mut self, (done, json, items): Self::Mark) {
        self.done.truncate(done);
        self.json.truncate(json);
        if let Typed::Many(values) = &mut self.value {
            values.truncate(items);
        }
    }

    fn begin_entry(&mut self, name: &str) -> Self::Mark {
        if self.json.is_empty() {
            self.name.clear();
            self.name.push_str(name);
            self.value = Typed::Nothing;
        } else {
            self.in_json().begin_entry(name);
        }
        self.mark()
    }

    fn end_entry(&mut self, (_, json, _): Self::Mark) {
        if json > 0 {
            return; // a field of an object
        }
        let value = match std::mem::take(&mut self.value) {
            Typed::One(value) => Some(value),
            Typed::Many(values) => Some(Value::Array(array(values))),
            Typed::Json => String::from_utf8(self.json.clone()).ok().map(Value::from),
            Typed::Nothing => None,
        };
        self.json.clear();
        self.done.extend(value.map(|value| KeyValue::new(self.name.clone(), value)));
    }

    fn string(&mut self, value: &str) {
        self.in_json().string(value);
        self.scalar(Value::from(value.to_owned()));
    }

    fn boolean(&mut self, value: bool) {
        self.in_json().boolean(value);
        self.scalar(Value::Bool(value));
    }

    fn int(&mut self, value: i64) {
        self.in_json().int(value);
        self.scalar(Value::I64(value));
    }

    fn double(&mut self, value: f64) {
        self.in_json().double(value);
        self.scalar(Value::F64(value));
    }

    fn begin_list(&mut self) -> Self::Mark {
        if self.json.is_empty() {
            self.value = Typed::Many(Vec::new());
        }
        self.in_json().begin_list();
        self.mark()
    }

    fn end_list(&mut self, list: Self::Mark) {
        self.in_json().end_list(list.1);
    }

    fn begin_item(&mut self) -> Self::Mark {
        self.in_json().begin_item();
        self.mark()
    }

    fn end_item(&mut self, _: Self::Mark) {}

    fn begin_object(&mut self) -> Self::Mark {
        self.value = Typed::Json;
        self.in_json().begin_object();
        self.mark()
    }

    fn end_object(&mut self, object: Self::Mark) {
        self.in_json().end_object(object.1);
    }

    fn json(&mut self, write: impl FnOnce(&mut JsonEncoder<'_>) -> Outcome) -> Outcome {
        self.value = Typed::Json;
        write(&mut self.in_json())
    }
}

/// A typed array: the items of one attribute all have its one item type.
fn array(values: Vec<Value>) -> Array {
    let texts = |values: &[Value]| -> Vec<StringValue> {
        values.iter().map(|value| value.as_str().into_owned().into()).collect()
    };
    match values.first() {
        Some(Value::Bool(_)) => {
            Array::Bool(values.iter().filter_map(|v| if let Value::Bool(v) = v { Some(*v) } else { None }).collect())
        }
        Some(Value::I64(_)) => {
            Array::I64(values.iter().filter_map(|v| if let Value::I64(v) = v { Some(*v) } else { None }).collect())
        }
        Some(Value::F64(_)) => {
            Array::F64(values.iter().filter_map(|v| if let Value::F64(v) = v { Some(*v) } else { None }).collect())
        }
        _ => Array::String(texts(&values)),
    }
}
