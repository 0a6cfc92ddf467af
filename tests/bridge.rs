//! Spans that last, through a tracer of the user's: times, status, parents and links arrive, and no others.

use std::thread;
use std::time::Duration;

use candor::otel::Bridge;
use candor::{Consent, OPT_IN, Telemetry};
use opentelemetry::trace::{SpanId, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracer, SdkTracerProvider, SpanData};

#[derive(Debug, Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/traces.yaml", attribute = "table")]
enum Table {
    Users,
    #[allow(dead_code, reason = "the catalogue lists it")]
    Orders,
}

#[derive(Debug, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/traces.yaml", span = "request")]
struct Request {
    runs: i64,
}

#[derive(Debug, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/traces.yaml", span = "query")]
struct Query {
    table: Table,
}

#[derive(Debug, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/traces.yaml", span = "session")]
struct Session {
    plan: Option<&'static str>,
}

/// The spans that an exporter of the user's gets, by name.
fn exported(consent: Consent, use_it: impl FnOnce(&Bridge<SdkTracer>, &SdkTracer)) -> Vec<SpanData> {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let tracer = provider.tracer("serving");
    use_it(&Bridge::new(tracer.clone(), move || consent), &tracer);
    exporter.get_finished_spans().expect("spans")
}

#[track_caller]
fn find<'s>(spans: &'s [SpanData], name: &str) -> &'s SpanData {
    spans.iter().find(|span| span.name == name).expect("a span of this name")
}

#[test]
fn start_end_status_and_parents_are_kept() {
    let spans = exported(Consent::Default, |bridge, _| {
        let mut request = bridge.start(|| Request { runs: 0 });
        request.with(|request| request.runs = 7);
        let context = request.context();
        thread::spawn(move || {
            let query = context.start(|| Query { table: Table::Users });
            thread::sleep(Duration::from_millis(5));
            query.end();
        })
        .join()
        .expect("no panic");
        request.fail();
    });
    let (request, query) = (find(&spans, "Request"), find(&spans, "Query"));
    assert_eq!(query.parent_span_id, request.span_context.span_id());
    assert_eq!(query.span_context.trace_id(), request.span_context.trace_id());
    assert_eq!((&request.status, &query.status), (&Status::error(""), &Status::Unset));
    assert!(query.end_time.duration_since(query.start_time).expect("it ends later") >= Duration::from_millis(5));
    assert!(request.start_time <= query.start_time && query.end_time <= request.end_time);
    assert_eq!(request.attributes[0].value.to_string(), "7");
}

#[test]
fn the_active_span_is_no_parent() {
    let spans = exported(Consent::Default, |bridge, tracer| {
        tracer.in_span("by hand", |active| {
            bridge.start(|| Request { runs: 1 }).end();
            candor::otel::emit(tracer, Consent::Default, &Query { table: Table::Users });
            assert!(active.span().span_context().is_valid());
        });
    });
    for name in ["Request", "Query"] {
        assert_eq!(find(&spans, name).parent_span_id, SpanId::INVALID);
        assert_ne!(find(&spans, name).span_context.trace_id(), find(&spans, "by hand").span_context.trace_id());
    }
}

#[test]
fn links_and_parents_behind_a_permission_need_it() {
    for (consent, links) in [(Consent::Default, 0), (Consent::Default.and(Consent::of(OPT_IN)), 1)] {
        let spans = exported(consent, |bridge, _| {
            let session = bridge.start(|| Session { plan: None });
            let mut query = session.context().start(|| Query { table: Table::Users });
            query.link(&session.context());
        });
        let query = find(&spans, "Query");
        assert_eq!(query.links.len(), links);
        assert_eq!(query.parent_span_id == SpanId::INVALID, links == 0);
        assert_eq!(spans.len(), 1 + links);
    }
}

#[test]
fn off_starts_nothing() {
    let spans = exported(Consent::Off, |bridge, _| bridge.start(|| -> Request { panic!("built while off") }).end());
    assert!(spans.is_empty());
}
