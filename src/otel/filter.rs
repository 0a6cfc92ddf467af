//! The filter around an exporter: what hand-written OpenTelemetry calls may send.
//!
//! A signal is built anew from what is known of it; nothing is passed on because nobody thought of it.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider, Severity};
use opentelemetry::trace::{SpanId, Status};
use opentelemetry::{InstrumentationScope, Key, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, LogExporter, SdkLogRecord, SdkLoggerProvider};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanExporter};

use candor_domain::{Encoder, MARKER, Refusals, Sieve, marker};

use super::any_value::AnyValueEncoder;
use super::bridge::KeyValueEncoder;
use super::given::Foreign;
use super::joined::{Batch, names, without_state};
use super::sent::Sent;
use crate::stopped::{Counts, Stopped, Why};
use crate::{Allowance, Catalogue, Consent, Member, Signal, SignalKind};

/// Lets through to an exporter of `opentelemetry_sdk` what a catalogue lists and consent allows.
///
/// It is a [`SpanExporter`] or a [`LogExporter`] when `E` is one. Spans pass by their name, log records by their event
/// name, attributes by their name on that signal, with values of their own type and inside their domain. Objects may be
/// JSON text; that is read and filtered field by field. A value that is not admitted costs that value, or is cut, as
/// for Candor's own emitters, and the span's `dropped_attributes_count` says so; what consent keeps back leaves no trace.
///
/// A parent and links pass where the catalogue lists spans that the signal may belong or link to, and so does the span of
/// a log record. No catalogue lists them, so these never pass: span events, attributes of links, status messages, the trace state, severities and
/// targets of log records, attributes of scopes. A body passes where the catalogue declares it. Of the resource passes a
/// `service.name` that is the catalogue's own and what the catalogue lists under `resource`. The scope becomes the catalogue with its version. What a signal is without words goes on:
/// ids, times, flags, the kind, the status code.
///
/// Consent is asked for once a batch. While it is [`Consent::Off`] nothing is passed on, looked at or counted. When it
/// changes what may be said of the process, the exporter is given another resource before the next batch.
///
/// ```
/// # const DEMO: candor::Catalogue = candor::Catalogue { name: "demo", title: "Demo", version: "1.0.0",
/// #     ..candor::Catalogue::EMPTY };
/// # let catalogue: &'static candor::Catalogue = &DEMO;
/// use candor::{Consent, Pipeline};
/// use candor::otel::Filter;
/// use opentelemetry::trace::{Tracer, TracerProvider};
/// use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
///
/// let builder = Pipeline::builder(catalogue).consent(Consent::Default).endpoint("https://telemetry.example");
/// let (pipeline, _) = builder.build();
/// let exporter = InMemorySpanExporter::default();
/// let filter = Filter::new(catalogue, move || pipeline.allowance(), exporter.clone());
/// let stopped = filter.stopped();
/// let provider = SdkTracerProvider::builder().with_simple_exporter(filter).build();
///
/// provider.tracer("by hand").in_span("Tea Break", |_| {});
/// assert!(exporter.get_finished_spans()?.is_empty());
/// assert!(stopped.list().iter().any(|stop| stop.key == "span Tea Break" && stop.count == 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Filter<E> {
    pub(super) catalogue: &'static Catalogue,
    allowance: Box<dyn Fn() -> Allowance + Send + Sync>,
    sent: Sent<E>,
    scope: InstrumentationScope,
    stopped: Stopped,
}

impl<E> Filter<E> {
    /// Puts a filter before `exporter`. What is allowed is asked for each batch: `move || pipeline.allowance()`, or a
    /// [`Consent`].
    pub fn new<A: Into<Allowance>>(
        catalogue: &'static Catalogue,
        allowed: impl Fn() -> A + Send + Sync + 'static,
        exporter: E,
    ) -> Self {
        let scope = InstrumentationScope::builder(catalogue.name).with_version(catalogue.version).build();
        let allowance = Box::new(move || allowed().into());
        Filter { catalogue, allowance, sent: Sent::new(exporter), scope, stopped: Stopped::default() }
    }

    /// Counts of the values that were stopped, now and later.
    pub fn stopped(&self) -> Stopped {
        self.stopped.clone()
    }

    /// The signal that this name is, when it may leave, and what it has to do without.
    fn signal<'a>(
        &self,
        allowance: &'a Allowance,
        kind: SignalKind,
        name: &str,
        counts: &mut Counts,
    ) -> Option<(&'static Signal, &'a [&'static str])> {
        let signal = self.catalogue.signal_named(kind, name);
        if let Some((signal, held)) = signal.and_then(|signal| Some((signal, allowance.held(signal)?))) {
            return Some((signal, held));
        }
        let why = if signal.is_some() { Why::Consent } else { Why::Unknown };
        counts.add(why, format_args!("{} {name}", kind.word()));
        None
    }

    fn span(&self, allowance: &Allowance, span: SpanData, batch: &Batch, counts: &mut Counts) -> Option<SpanData> {
        let (signal, held) = self.signal(allowance, SignalKind::Span, &span.name, counts)?;
        let mut encoder = KeyValueEncoder::default();
        // The marker is written anew.
        let is_left_out = |key: &str| key == MARKER || is_of_tracing(signal, key);
        let given = span.attributes.iter().filter(|pair| !is_left_out(pair.key.as_str()));
        let given = given.map(|pair| (pair.key.as_str(), Foreign::Span(&pair.value)));
        let (dropped, needs) = sift(signal, allowance.consent(), held, given, &mut encoder, counts);
        let marker = marker(&signal.channels, needs);
        encoder.done.extend(marker.map(|marker| KeyValue::new(MARKER, marker)));
        count_unlisted_parts(&signal.name, &span, counts);
        count_scope(&signal.name, &span.instrumentation_scope, counts);
        let parent = self.parent((signal, allowance), &span, batch, counts);
        let links = self.links((signal, allowance), &span, batch, counts);
        Some(SpanData {
            span_context: without_state(&span.span_context),
            parent_span_id: parent,
            parent_span_is_remote: span.parent_span_is_remote && parent != SpanId::INVALID,
            span_kind: span.span_kind,
            name: Cow::Borrowed(&*signal.name),
            start_time: span.start_time,
            end_time: span.end_time,
            attributes: encoder.done,
            dropped_attributes_count: span.dropped_attributes_count.saturating_add(dropped),
            events: SpanEvents::default(),
            links,
            status: match span.status {
                Status::Unset => Status::Unset,
                Status::Ok => Status::Ok,
                Status::Error { .. } => Status::error(""),
            },
            instrumentation_scope: self.scope.clone(),
        })
    }

    fn log_record(
        &self,
        allowance: &Allowance,
        record: &SdkLogRecord,
        scope: &InstrumentationScope,
        counts: &mut Counts,
    ) -> Option<SdkLogRecord> {
        let Some(name) = event_name(record) else {
            counts.add(Why::Unknown, format_args!("log record without an event name"));
            return None;
        };
        let (signal, held) = self.signal(allowance, SignalKind::Event, name, counts)?;
        let mut encoder = AnyValueEncoder::default();
        let lists_name = signal.attribute(EVENT_NAME).is_some();
        let is_left_out = |key: &str| key == MARKER || key == EVENT_NAME && !lists_name || is_of_tracing(signal, key);
        let given: Vec<_> = record.attributes_iter().filter(|(key, _)| !is_left_out(key.as_str())).collect();
        let given = given.iter().map(|(key, value)| (key.as_str(), Foreign::Log(value)));
        let (_, needs) = sift(signal, allowance.consent(), held, given, &mut encoder, counts);
        let sift_body = |body| sift_body(signal, body, allowance.consent(), held, record, counts);
        let (body, of_body) = signal.body().map_or((None, Consent::Off), sift_body);
        let marker = marker(&signal.channels, needs.and(of_body));
        encoder.done.extend(marker.map(|marker| (Key::from_static_str(MARKER), AnyValue::from(marker))));
        count_unlisted_members(signal, record, counts);
        count_scope(&signal.name, scope, counts);
        let mut kept = blank_record();
        kept.set_event_name(&signal.name);
        kept.add_attributes(encoder.done);
        if let Some(body) = body {
            kept.set_body(body);
        }
        if let Some(time) = record.timestamp() {
            kept.set_timestamp(time);
        }
        if let Some(time) = record.observed_timestamp() {
            kept.set_observed_timestamp(time);
        }
        let context = record.trace_context();
        if context.is_some() && !self.may_tell_span(signal, allowance) {
            counts.add(Why::Unknown, format_args!("{}: span", signal.name));
        } else if let Some(context) = context {
            kept.set_trace_context(context.trace_id, context.span_id, context.trace_flags);
        }
        Some(kept)
    }

    /// Keeps the part of the process's resource that may be told: the service that the catalogue is of, and the
    /// attributes that it lists.
    fn resource(&self, allowance: &Allowance, given: &Resource, counts: &mut Counts) -> Vec<KeyValue> {
        let is_own = |key: &Key, value: &Value| *key == SERVICE && *value == Value::from(self.catalogue.service);
        let mut encoder = KeyValueEncoder::default();
        // Whatever the provider calls the service, it is the catalogue's. Another name is refused, and counted.
        if given.iter().any(|(key, _)| *key == SERVICE) {
            encoder.done.push(KeyValue::new(SERVICE, self.catalogue.service));
        }
        let is_unnamed = |key: &Key, value: &Value| *key == SERVICE && value.as_str().starts_with(UNNAMED_SERVICE);
        let others = given.iter().filter(|(key, value)| !is_own(key, value) && !is_unnamed(key, value));
        let others: Vec<_> = others.map(|(key, value)| (key.as_str(), Foreign::Span(value))).collect();
        let mut refusals = Refusals::default();
        let (consent, held) = (allowance.consent(), allowance.held_of_process());
        Sieve { encoder: &mut encoder, consent, held, notes: &mut refusals }
            .attributes(&self.catalogue.resource.attributes, others.into_iter());
        for (why, path) in refusals.iter() {
            counts.add(why, format_args!("resource: attribute {path}"));
        }
        encoder.done
    }

    /// Takes the resource of a provider. What is not passed on is counted here, and again whenever consent changes it.
    fn take_resource(&mut self, resource: &Resource, set: impl FnOnce(&mut E, &Resource)) {
        if resource.schema_url().is_some() {
            self.stopped.lock().add(Why::Unknown, format_args!("resource: schema URL"));
        }
        let kept = self.resource(&(self.allowance)(), resource, &mut self.stopped.lock());
        self.sent.begin(resource, kept, set);
    }

    /// The exporter, once it has the resource that is allowed now.
    fn ready(&self, allowance: &Allowance, set: impl FnOnce(&mut E, &Resource)) -> Option<Arc<E>> {
        let mut counts = Counts::default();
        let ready = self.sent.ready(|given| self.resource(allowance, given, &mut counts), set);
        if ready.is_none() {
            self.stopped.lock().add(Why::Consent, format_args!("resource: another one is in use"));
        }
        ready
    }
}

const SERVICE: Key = Key::from_static_str("service.name");

/// The start of the name that a provider gives a service where the program names none.
const UNNAMED_SERVICE: &str = "unknown_service";

/// Returns true for an attribute that `tracing-opentelemetry` adds to every span by itself: where the code is, on which thread
/// it ran, and for how long. Unless the catalogue lists it, it is left out and not counted.
fn is_of_tracing(signal: &Signal, key: &str) -> bool {
    let is_its_own = key.starts_with("code.") || key.starts_with("thread.") || matches!(key, "busy_ns" | "idle_ns");
    is_its_own && signal.attribute(key).is_none()
}

impl<E: SpanExporter> SpanExporter for Filter<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let allowance = (self.allowance)();
        if allowance.consent() == Consent::Off {
            return Ok(());
        }
        let batch: Vec<_> = {
            let mut counts = self.stopped.lock();
            let names = names(&batch);
            batch.into_iter().filter_map(|span| self.span(&allowance, span, &names, &mut counts)).collect()
        };
        if batch.is_empty() {
            return Ok(());
        }
        match self.ready(&allowance, SpanExporter::set_resource) {
            Some(exporter) => exporter.export(batch).await,
            None => Ok(()),
        }
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.sent.exporter().shutdown_with_timeout(timeout)
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.sent.exporter().shutdown()
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.sent.exporter().force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.take_resource(resource, SpanExporter::set_resource);
    }
}

impl<E: LogExporter> LogExporter for Filter<E> {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let allowance = (self.allowance)();
        if allowance.consent() == Consent::Off {
            return Ok(());
        }
        let records: Vec<_> = {
            let mut counts = self.stopped.lock();
            batch.iter().filter_map(|(record, scope)| self.log_record(&allowance, record, scope, &mut counts)).collect()
        };
        let batch: Vec<_> = records.iter().map(|record| (record, &self.scope)).collect();
        if batch.is_empty() {
            return Ok(());
        }
        match self.ready(&allowance, LogExporter::set_resource) {
            Some(exporter) => exporter.export(LogBatch::new(&batch)).await,
            None => Ok(()),
        }
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.sent.exporter().shutdown_with_timeout(timeout)
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.sent.exporter().shutdown()
    }

    fn event_enabled(&self, level: Severity, target: &str, name: Option<&str>) -> bool {
        (self.allowance)().consent() != Consent::Off && self.sent.exporter().event_enabled(level, target, name)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.take_resource(resource, LogExporter::set_resource);
    }
}

impl<E: fmt::Debug> fmt::Debug for Filter<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Filter { catalogue, allowance: _, sent, scope: _, stopped } = self;
        let mut filter = f.debug_struct("Filter");
        filter.field("catalogue", &catalogue.name).field("exporter", &sent.exporter()).field("stopped", stopped);
        filter.finish_non_exhaustive()
    }
}

/// Writes what passes of a signal's attributes. Says how many it has to do without, and the channels of the others.
fn sift<'v, E: Encoder>(
    signal: &'static Signal,
    consent: Consent,
    held: &[&'static str],
    given: impl Iterator<Item = (&'v str, Foreign<'v>)> + Clone,
    encoder: &mut E,
    counts: &mut Counts,
) -> (u32, Consent) {
    let mut refusals = Refusals::default();
    Sieve { encoder, consent, held, notes: &mut refusals }.attributes(&signal.attributes, given);
    for (why, path) in refusals.iter() {
        counts.add(why, format_args!("{}: attribute {path}", signal.name));
    }
    (refusals.dropped(), refusals.needs().and(signal.needs))
}

/// The body of a log record, when it passes.
fn sift_body(
    signal: &Signal,
    body: &Member,
    consent: Consent,
    held: &[&'static str],
    record: &SdkLogRecord,
    counts: &mut Counts,
) -> (Option<AnyValue>, Consent) {
    let (mut encoder, mut refusals) = (AnyValueEncoder::default(), Refusals::default());
    Sieve { encoder: &mut encoder, consent, held, notes: &mut refusals }.body(body, record.body().map(Foreign::Log));
    for (why, path) in refusals.iter() {
        counts.add(why, format_args!("{}: attribute {path}", signal.name));
    }
    let needs = refusals.needs().and(body.attribute.needs);
    match encoder.done.pop() {
        Some((_, value)) => (Some(value), needs),
        None => (None, Consent::Off),
    }
}

/// The attribute that names an event where the API has no other place for it.
const EVENT_NAME: &str = "event.name";

/// The name of an event: of the record, or of its attribute `event.name`.
fn event_name(record: &SdkLogRecord) -> Option<&str> {
    let attribute = || {
        record.attributes_iter().filter(|(key, _)| key.as_str() == EVENT_NAME).last().and_then(|(_, value)| match value
        {
            AnyValue::String(name) => Some(name.as_str()),
            _ => None,
        })
    };
    record.event_name().filter(|name| !name.is_empty()).or_else(attribute)
}

/// The parts of a span that no catalogue lists.
fn count_unlisted_parts(name: &str, span: &SpanData, counts: &mut Counts) {
    for event in span.events.iter() {
        counts.add(Why::Unknown, format_args!("{name}: event {}", event.name));
    }
    if matches!(&span.status, Status::Error { description } if !description.is_empty()) {
        counts.add(Why::Unknown, format_args!("{name}: status message"));
    }
    if !span.span_context.trace_state().header().is_empty() {
        counts.add(Why::Unknown, format_args!("{name}: trace state"));
    }
}

/// The members of a log record that no catalogue lists.
fn count_unlisted_members(signal: &Signal, record: &SdkLogRecord, counts: &mut Counts) {
    let name = &signal.name;
    let members = [
        ("body", record.body().is_some() && signal.body().is_none()),
        ("severity", record.severity_number().is_some() || record.severity_text().is_some()),
        ("target", record.target().is_some()),
    ];
    for (member, _) in members.into_iter().filter(|(_, is_there)| *is_there) {
        counts.add(Why::Unknown, format_args!("{name}: {member}"));
    }
}

/// Counts the parts of a scope besides its name and version, which every scope has and none keeps.
fn count_scope(name: &str, scope: &InstrumentationScope, counts: &mut Counts) {
    for attribute in scope.attributes() {
        counts.add(Why::Unknown, format_args!("{name}: scope attribute {}", attribute.key));
    }
    if scope.schema_url().is_some() {
        counts.add(Why::Unknown, format_args!("{name}: scope schema URL"));
    }
}

/// A log record with nothing in it. Only a provider can make one, and no member of one can be taken away.
fn blank_record() -> SdkLogRecord {
    static BLANK: OnceLock<SdkLogRecord> = OnceLock::new();
    let make = || {
        let provider = SdkLoggerProvider::builder().with_resource(Resource::builder_empty().build()).build();
        let record = provider.logger("candor").create_log_record();
        let _ = provider.shutdown(); // it has nothing to lose
        record
    };
    BLANK.get_or_init(make).clone()
}
