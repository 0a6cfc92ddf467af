//! The filter around OpenTelemetry's exporters: a span's attributes, or a log record's.

use candor::otel::{Filter, Stopped};
use candor_codegen::vectors::{Attribute, Reason, Signal, SignalVector, Value, Why, json_text, voices};
use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider};
use opentelemetry::trace::{Span as _, SpanBuilder, Tracer, TracerProvider};
use opentelemetry::{Array, KeyValue, Value as Otel};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{InMemoryLogExporter, SdkLoggerProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};

use crate::compare::run_filter;
use crate::heard::{Heard, typed};
use crate::subjects::{Subject, consent};

/// It does not name what is missing.
const SAYS: &[Why] = &[Why::Unknown, Why::Consent, Why::Value, Why::Duplicate, Why::Missing, Why::Cut];

#[test]
fn the_filter_around_opentelemetry() {
    run_filter("the filter around OpenTelemetry", voices::OTEL_FILTER, |subject| {
        |signal: &Signal, vector: &SignalVector| {
            Ok(if signal.kind == "span" { span(subject, signal, vector) } else { log(subject, signal, vector) })
        }
    });
}

fn span(subject: &Subject, signal: &Signal, vector: &SignalVector) -> Heard {
    let exporter = InMemorySpanExporter::default();
    let consent = consent(subject, &vector.consent);
    let filter = Filter::new(subject.constants, move || consent, exporter.clone());
    let stopped = filter.stopped();
    let resource = Resource::builder_empty().build();
    let provider = SdkTracerProvider::builder().with_simple_exporter(filter).with_resource(resource).build();
    let attributes =
        vector.members.iter().map(|(key, value)| KeyValue::new(key.clone(), span_value(known(signal, key), value)));
    let builder = SpanBuilder::from_name(signal.name.clone()).with_attributes(attributes);
    provider.tracer("vectors").build(builder).end();
    let spans = exporter.get_finished_spans().expect("spans");
    let Some(span) = spans.first() else { return Heard::default() };
    let payload = span.attributes.iter().filter(|pair| pair.key.as_str() != candor_domain::MARKER).map(|pair| {
        let value = of_span_value(&pair.value);
        (pair.key.to_string(), kept(known(signal, pair.key.as_str()), value))
    });
    Heard {
        payload: Some(payload.collect()),
        dropped: Some(span.dropped_attributes_count),
        reasons: reasons(signal, &stopped),
        says: SAYS,
    }
}

/// The SDK gives log records no count of what was dropped.
fn log(subject: &Subject, signal: &Signal, vector: &SignalVector) -> Heard {
    let exporter = InMemoryLogExporter::default();
    let consent = consent(subject, &vector.consent);
    let filter = Filter::new(subject.constants, move || consent, exporter.clone());
    let stopped = filter.stopped();
    let resource = Resource::builder_empty().build();
    let provider = SdkLoggerProvider::builder().with_simple_exporter(filter).with_resource(resource).build();
    let logger = provider.logger("vectors");
    let mut record = logger.create_log_record();
    record.set_event_name(signal.name.clone().leak());
    record.add_attributes(vector.members.iter().map(|(key, value)| (key.clone(), any_value(value))));
    logger.emit(record);
    let records = exporter.get_emitted_logs().expect("log records");
    let Some(record) = records.first() else { return Heard::default() };
    let attributes = record.record.attributes_iter().filter(|(key, _)| key.as_str() != candor_domain::MARKER);
    let payload = attributes.map(|(key, value)| {
        let value = of_any_value(value);
        (key.to_string(), kept(known(signal, key.as_str()), value))
    });
    Heard { payload: Some(payload.collect()), dropped: None, reasons: reasons(signal, &stopped), says: SAYS }
}

fn known<'s>(signal: &'s Signal, key: &str) -> Option<&'s Attribute> {
    signal.members.iter().find(|member| member.name == *key).map(|member| &member.attribute)
}

/// Returns the value that passed, with JSON text as its meaning.
fn kept(attribute: Option<&Attribute>, value: Value) -> Value {
    let Some(attribute) = attribute else { return value };
    let json = value.as_text().filter(|_| attribute.may_be_json).and_then(|text| json_text::parse(&text));
    typed(&attribute.domain, &json.unwrap_or(value))
}

/// A structure is JSON text, where its attribute may be that.
fn span_value(attribute: Option<&Attribute>, value: &Value) -> Otel {
    let may_be_json = attribute.is_some_and(|attribute| attribute.may_be_json);
    let json = json_text::write(value).filter(|_| may_be_json);
    match value {
        Value::List(_) | Value::Object(_) if json.is_some() => json.unwrap_or_default().into(),
        Value::List(items) => Otel::Array(array(items)),
        Value::Boolean(value) => Otel::Bool(*value),
        Value::Int(value) => Otel::I64(*value),
        Value::Double(value) => Otel::F64(*value),
        other => other.as_text().expect("a text").into(),
    }
}

/// A list of one type.
fn array(items: &[Value]) -> Array {
    match items.first() {
        Some(Value::Boolean(_)) => Array::Bool(items.iter().map(|item| *item == Value::Boolean(true)).collect()),
        Some(Value::Int(_)) => Array::I64(
            items
                .iter()
                .map(|item| if let Value::Int(value) = item { *value } else { unreachable!("one type") })
                .collect(),
        ),
        Some(Value::Double(_)) => Array::F64(
            items
                .iter()
                .map(|item| if let Value::Double(value) = item { *value } else { unreachable!("one type") })
                .collect(),
        ),
        _ => Array::String(items.iter().map(|item| item.as_text().expect("a text").into()).collect()),
    }
}

fn of_span_value(value: &Otel) -> Value {
    match value {
        Otel::Bool(value) => Value::Boolean(*value),
        Otel::I64(value) => Value::Int(*value),
        Otel::F64(value) => Value::Double(*value),
        Otel::Array(Array::Bool(items)) => Value::List(items.iter().map(|item| Value::Boolean(*item)).collect()),
        Otel::Array(Array::I64(items)) => Value::List(items.iter().map(|item| Value::Int(*item)).collect()),
        Otel::Array(Array::F64(items)) => Value::List(items.iter().map(|item| Value::Double(*item)).collect()),
        Otel::Array(Array::String(items)) => Value::List(items.iter().map(|item| Value::text(item.as_str())).collect()),
        other => Value::text(&other.as_str()),
    }
}

fn any_value(value: &Value) -> AnyValue {
    match value {
        Value::Boolean(value) => AnyValue::Boolean(*value),
        Value::Int(value) => AnyValue::Int(*value),
        Value::Double(value) => AnyValue::Double(*value),
        Value::List(items) => items.iter().map(any_value).collect(),
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), any_value(value))).collect(),
        other => other.as_text().expect("a text").into(),
    }
}

fn of_any_value(value: &AnyValue) -> Value {
    match value {
        AnyValue::Boolean(value) => Value::Boolean(*value),
        AnyValue::Int(value) => Value::Int(*value),
        AnyValue::Double(value) => Value::Double(*value),
        AnyValue::String(text) => Value::text(text.as_str()),
        AnyValue::ListAny(items) => Value::List(items.iter().map(of_any_value).collect()),
        AnyValue::Map(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.to_string(), of_any_value(value))).collect())
        }
        other => panic!("a filter made {other:?}"),
    }
}

/// Lists what was stopped of the signal's attributes.
fn reasons(signal: &Signal, stopped: &Stopped) -> Vec<Reason> {
    let prefix = format!("{}: attribute ", signal.name);
    let reason = |stop: candor::otel::Stop| {
        let path = stop.key.strip_prefix(&prefix)?.to_owned();
        let why = match stop.why {
            candor::otel::Why::Unknown => Why::Unknown,
            candor::otel::Why::Consent => Why::Consent,
            candor::otel::Why::Value => Why::Value,
            candor::otel::Why::Duplicate => Why::Duplicate,
            candor::otel::Why::Missing => Why::Missing,
            candor::otel::Why::Cut => Why::Cut,
        };
        Some(Reason { path, why, count: stop.count as u32 })
    };
    stopped.list().into_iter().filter_map(reason).collect()
}
