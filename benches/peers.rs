//! The peers, each emitting the same event its own way.

pub mod by_hand;
pub mod metrique;

use std::hint::black_box;

use opentelemetry::trace::{Span, Tracer, TracerProvider};
use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, SpanData, SpanExporter};
use prost::Message;
use tracing_subscriber::layer::SubscriberExt;

use crate::event::{EVENT, catalogue};
use crate::{Cost, measure, measure_short};

/// Takes finished spans and forgets them, or makes bytes of them first.
#[derive(Debug)]
struct Exporter {
    encode: bool,
}

impl SpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        if self.encode {
            let resource = ResourceAttributesWithSchema::default();
            let request =
                ExportTraceServiceRequest { resource_spans: group_spans_by_resource_and_scope(batch, &resource) };
            black_box(request.encode_to_vec());
        } else {
            black_box(&batch);
        }
        Ok(())
    }
}

fn attributes() -> Vec<KeyValue> {
    let tools: Vec<StringValue> = EVENT.tools.iter().map(|tool| tool.clone().into()).collect();
    vec![
        KeyValue::new("process", EVENT.process.clone()),
        KeyValue::new("agents", EVENT.agents),
        KeyValue::new("tasks", EVENT.tasks),
        KeyValue::new("iterations", EVENT.iterations),
        KeyValue::new("attempts", EVENT.attempts),
        KeyValue::new("memory", EVENT.memory),
        KeyValue::new("verbose", EVENT.verbose),
        KeyValue::new("quality", EVENT.quality),
        KeyValue::new("goal", EVENT.goal.clone()),
        KeyValue::new("backstory", EVENT.backstory.clone()),
        KeyValue::new("output", EVENT.output.clone()),
        KeyValue::new("tools", Value::Array(Array::String(tools))),
    ]
}

fn emit(tracer: &impl Tracer) {
    let mut span = tracer.start("Crew Done");
    for attribute in attributes() {
        span.set_attribute(attribute);
    }
    span.end();
}

fn provider(encode: bool) -> (SdkTracerProvider, SdkTracer) {
    let provider = SdkTracerProvider::builder().with_batch_exporter(Exporter { encode }).build();
    let tracer = provider.tracer("bench");
    (provider, tracer)
}

fn opentelemetry(encode: bool) -> Cost {
    let (provider, tracer) = provider(encode);
    measure(|| emit(&tracer), || provider.force_flush().expect("flushed"))
}

/// Span, batch processor, exporter that discards.
pub fn opentelemetry_discard() -> Cost {
    opentelemetry(false)
}

/// So many spans, for counting instructions.
pub fn opentelemetry_times(times: usize) {
    let (_provider, tracer) = provider(false);
    (0..times).for_each(|_| emit(&tracer));
}

/// The same, to OTLP bytes.
pub fn opentelemetry_bytes() -> Cost {
    opentelemetry(true)
}

fn traced() {
    tracing::info_span!(
        "Crew Done",
        process = EVENT.process.as_str(),
        agents = EVENT.agents,
        tasks = EVENT.tasks,
        iterations = EVENT.iterations,
        attempts = EVENT.attempts,
        memory = EVENT.memory,
        verbose = EVENT.verbose,
        quality = EVENT.quality,
        goal = EVENT.goal.as_str(),
        backstory = EVENT.backstory.as_str(),
        output = EVENT.output.as_str(),
        tools = ?EVENT.tools,
    )
    .in_scope(|| ());
}

/// `tracing` with `tracing-opentelemetry`, batch processor, exporter that discards.
pub fn tracing() -> Cost {
    let (provider, tracer) = provider(false);
    let subscriber = tracing_subscriber::registry().with(tracing_opentelemetry::layer().with_tracer(tracer));
    tracing::subscriber::with_default(subscriber, || measure(traced, || provider.force_flush().expect("flushed")))
}

/// `tracing` without any subscriber.
pub fn tracing_off() -> Cost {
    measure_short(traced)
}

/// `opentelemetry` with its no-op provider.
pub fn opentelemetry_off() -> Cost {
    let tracer = opentelemetry::trace::noop::NoopTracer::new();
    measure(|| (0..100).for_each(|_| emit(&tracer)), || ()).per(100.0)
}

/// Only prost's encoding of a message that is there already.
pub fn prost_encode() -> Cost {
    let request = candor::request(catalogue(), candor::Consent::OptedIn, &*EVENT).expect("a request");
    let message = ExportTraceServiceRequest::decode(&*request).expect("OTLP");
    let mut bytes = Vec::with_capacity(request.len());
    measure_short(|| {
        bytes.clear();
        black_box(&message).encode(&mut bytes).expect("room");
    })
}
