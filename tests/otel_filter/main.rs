//! Hand-written OpenTelemetry calls through the filter: what the catalogue lists and consent allows arrives as it was
//! given, everything else stays here and is counted.

mod canaries;
mod consent;
#[path = "../demo/mod.rs"]
mod demo;
mod equality;
mod joined;
mod logs;
mod maps;
mod objects;
mod spans;
mod values;

use std::str::FromStr;
use std::sync::LazyLock;

use candor::otel::{Filter, Stop, Why};
use candor::{Catalogue, Consent};
use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider, Severity};
use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
    Tracer, TracerProvider,
};
use opentelemetry::{Array, Context, InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::in_memory_exporter::LogDataWithResource;
use opentelemetry_sdk::logs::{InMemoryLogExporter, SdkLogRecord, SdkLogger, SdkLoggerProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracer, SdkTracerProvider, SpanData};

/// The output of the filter, and its counts.
struct Sent<T> {
    signals: Vec<T>,
    stops: Vec<Stop>,
    /// Everything that the exporter was given, resource included, as text.
    debug: String,
}

/// A resource that has nothing to be stopped, so that a test sees its own stops only.
fn resource() -> Resource {
    Resource::builder_empty().with_attribute(KeyValue::new("service.name", "demo")).build()
}

fn send_spans(consent: Consent, send: impl FnOnce(&SdkTracer)) -> Sent<SpanData> {
    send_spans_of(consent, resource(), InstrumentationScope::default(), send)
}

fn send_spans_of(
    consent: Consent,
    resource: Resource,
    scope: InstrumentationScope,
    send: impl FnOnce(&SdkTracer),
) -> Sent<SpanData> {
    let exporter = InMemorySpanExporter::default();
    let filter = Filter::new(demo::catalogue(), move || consent, exporter.clone());
    let stopped = filter.stopped();
    let provider = SdkTracerProvider::builder().with_simple_exporter(filter).with_resource(resource).build();
    send(&provider.tracer_with_scope(scope));
    let signals = exporter.get_finished_spans().expect("spans");
    Sent { signals, stops: stopped.list(), debug: format!("{exporter:?}") }
}

fn send_logs(consent: Consent, send: impl FnOnce(&SdkLogger)) -> Sent<LogDataWithResource> {
    send_logs_of(demo::catalogue(), consent, resource(), InstrumentationScope::default(), send)
}

fn send_logs_of(
    catalogue: &'static Catalogue,
    consent: Consent,
    resource: Resource,
    scope: InstrumentationScope,
    send: impl FnOnce(&SdkLogger),
) -> Sent<LogDataWithResource> {
    let exporter = InMemoryLogExporter::default();
    let filter = Filter::new(catalogue, move || consent, exporter.clone());
    let stopped = filter.stopped();
    let provider = SdkLoggerProvider::builder().with_simple_exporter(filter).with_resource(resource).build();
    send(&provider.logger_with_scope(scope));
    let signals = exporter.get_emitted_logs().expect("log records");
    Sent { signals, stops: stopped.list(), debug: format!("{exporter:?}") }
}

fn span(name: &'static str, attributes: impl IntoIterator<Item = (&'static str, Value)>) -> SpanBuilder {
    let attributes = attributes.into_iter().map(|(key, value)| KeyValue::new(key, value));
    SpanBuilder::from_name(name).with_attributes(attributes)
}

/// A span that ends at once.
fn emit_span(tracer: &SdkTracer, name: &'static str, attributes: impl IntoIterator<Item = (&'static str, Value)>) {
    tracer.build(span(name, attributes)).end();
}

fn emit_log(
    logger: &SdkLogger,
    name: Option<&'static str>,
    attributes: impl IntoIterator<Item = (&'static str, AnyValue)>,
    set: impl FnOnce(&mut SdkLogRecord),
) {
    let mut record = logger.create_log_record();
    if let Some(name) = name {
        record.set_event_name(name);
    }
    record.add_attributes(attributes);
    set(&mut record);
    logger.emit(record);
}

#[track_caller]
fn check_stops(stops: &[Stop], expected: &[(&str, Why, u64)]) {
    let stops: Vec<_> = stops.iter().map(|stop| (&*stop.key, stop.why, stop.count)).collect();
    assert_eq!(stops, expected);
}

/// The span `Everything` with `flag` and these attributes becomes one with `flag` and the attributes expected.
#[track_caller]
fn check<const N: usize>(
    consent: Consent,
    given: [(&'static str, Value); N],
    expected: &[(&str, Value)],
    dropped: u32,
    stops: &[(&str, Why, u64)],
) {
    let flag = [("flag", Value::Bool(false))];
    let sent = send_spans(consent, |tracer| emit_span(tracer, "Everything", flag.into_iter().chain(given)));
    assert_eq!(sent.signals.len(), 1);
    let attributes = sent.signals[0].attributes.iter().filter(|pair| pair.key.as_str() != "candor.channels");
    let attributes: Vec<_> = attributes.map(|pair| (pair.key.as_str(), &pair.value)).collect();
    let flag = ("flag", &Value::Bool(false));
    let expected: Vec<_> = std::iter::once(flag).chain(expected.iter().map(|(key, value)| (*key, value))).collect();
    assert_eq!(attributes, expected);
    assert_eq!(sent.signals[0].dropped_attributes_count, dropped);
    check_stops(&sent.stops, stops);
}

/// An attribute that arrives as it was given.
#[track_caller]
fn check_kept(key: &'static str, value: Value) {
    check(Consent::OptedIn, [(key, value.clone())], &[(key, value)], 0, &[]);
}

/// An attribute that does not arrive for its value.
#[track_caller]
fn check_refused(key: &'static str, value: Value) {
    let stop = format!("Everything: attribute {key}");
    check(Consent::OptedIn, [(key, value)], &[], 1, &[(&stop, Why::Value, 1)]);
}

fn texts<const N: usize>(items: [&'static str; N]) -> Value {
    Value::Array(Array::String(items.map(Into::into).into()))
}
