//! Parents and links of hand-written spans: those that the catalogue lists pass, others do not.

use super::*;
use opentelemetry::trace::Link;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor};

fn traces() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/traces.yaml")
}

/// Sends spans in one batch. Gives those that passed, and what was stopped, but for attributes that were not there.
fn send(batch: impl FnOnce(&SdkTracer)) -> (Vec<SpanData>, Vec<String>) {
    let exporter = InMemorySpanExporter::default();
    let filter = Filter::new(traces(), || Consent::Default, exporter.clone());
    let stopped = filter.stopped();
    let config = BatchConfigBuilder::default().with_scheduled_delay(std::time::Duration::from_secs(60)).build();
    let processor = BatchSpanProcessor::builder(filter).with_batch_config(config).build();
    let resource = Resource::builder_empty().with_attribute(KeyValue::new("service.name", "serving")).build();
    let provider = SdkTracerProvider::builder().with_span_processor(processor).with_resource(resource).build();
    batch(&provider.tracer("by hand"));
    provider.force_flush().expect("a flush");
    let stops = stopped.list().into_iter().filter(|stop| stop.why != Why::Missing);
    (exporter.get_finished_spans().expect("spans"), stops.map(|stop| stop.key).collect())
}

#[track_caller]
fn find<'s>(spans: &'s [SpanData], name: &str) -> &'s SpanData {
    spans.iter().find(|span| span.name == name).expect("a span of this name")
}

fn other(span: u64, is_remote: bool) -> SpanContext {
    SpanContext::new(TraceId::from(7), SpanId::from(span), TraceFlags::SAMPLED, is_remote, TraceState::NONE)
}

#[test]
fn a_parent_in_the_same_batch_is_known_by_its_name() {
    let (spans, stops) = send(|tracer| {
        for parent in ["Request", "Lone"] {
            let parent = tracer.build_with_context(span(parent, []), &Context::new());
            let context = Context::new().with_span(parent);
            tracer.build_with_context(span("Query", []), &context).end();
            context.span().end();
        }
    });
    let queries: Vec<_> = spans.iter().filter(|span| span.name == "Query").map(|span| span.parent_span_id).collect();
    assert_eq!(queries, [find(&spans, "Request").span_context.span_id(), SpanId::INVALID]);
    assert_eq!(stops, ["Query: parent"]);
}

#[test]
fn a_parent_of_another_process_passes_where_the_catalogue_says_so() {
    let (spans, stops) = send(|tracer| {
        let context = Context::new().with_remote_span_context(other(9, true));
        for name in ["Request", "Query", "Lone"] {
            tracer.build_with_context(span(name, []), &context).end();
        }
    });
    let parents = ["Request", "Query", "Lone"].map(|name| find(&spans, name).parent_span_id);
    assert_eq!(parents, [SpanId::from(9), SpanId::INVALID, SpanId::INVALID]);
    assert!(find(&spans, "Request").parent_span_is_remote && !find(&spans, "Query").parent_span_is_remote);
    assert_eq!(stops, ["Lone: parent", "Query: parent"]);
}

#[test]
fn links_pass_where_the_catalogue_says_so_and_without_attributes() {
    let (spans, stops) = send(|tracer| {
        for name in ["Request", "Query", "Lone"] {
            let link = Link::new(other(9, true), vec![KeyValue::new("hush", "hush")], 0);
            let builder = span(name, []).with_links(vec![link]);
            tracer.build_with_context(builder, &Context::new()).end();
        }
    });
    let links = ["Request", "Query", "Lone"].map(|name| find(&spans, name).links.len());
    assert_eq!(links, [1, 0, 0], "the only span that a query may link to needs a permission");
    let link = &find(&spans, "Request").links[0];
    assert_eq!((link.span_context.span_id(), link.attributes.len()), (SpanId::from(9), 0));
    assert_eq!(stops, ["Lone: link", "Query: link", "Request: link attribute hush"]);
}
