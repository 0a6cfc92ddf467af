//! Spans: structure stays, everything in words that the catalogue does not list goes.

use super::*;

#[test]
fn an_unlisted_span_is_left_out_whole() {
    let sent = send_spans(Consent::OptedIn, |tracer| {
        emit_span(tracer, "Tea Break", [("flag", Value::Bool(true))]);
        emit_span(tracer, "demo.noted", [("flag", Value::Bool(true))]);
    });
    assert!(sent.signals.is_empty());
    check_stops(&sent.stops, &[("span Tea Break", Why::Unknown, 1), ("span demo.noted", Why::Unknown, 1)]);
}

#[test]
fn structure_stays() {
    let parent = SpanContext::new(
        TraceId::from(7),
        SpanId::from(9),
        TraceFlags::SAMPLED,
        true,
        TraceState::from_str("vendor=hush").expect("a trace state"),
    );
    let sent = send_spans(Consent::Default, |tracer| {
        let builder = span("Everything", [("flag", Value::Bool(true))]).with_kind(SpanKind::Server);
        let mut span = tracer.build_with_context(builder, &Context::new().with_remote_span_context(parent));
        span.set_status(Status::error("hush"));
    });
    let span = &sent.signals[0];
    assert_eq!(span.span_context.trace_id(), TraceId::from(7));
    assert_eq!(span.parent_span_id, SpanId::INVALID, "the catalogue lists no parent");
    assert!(!span.parent_span_is_remote && span.span_context.is_sampled());
    assert_eq!(span.span_kind, SpanKind::Server);
    assert_eq!(span.status, Status::error(""));
    assert!(span.start_time <= span.end_time);
    assert_eq!(span.span_context.trace_state(), &TraceState::NONE);
    assert_eq!(span.instrumentation_scope, InstrumentationScope::builder("demo").with_version("1.0.0").build());
    let stops = ["parent", "status message", "trace state"];
    let stops = stops.map(|what| (format!("Everything: {what}"), Why::Unknown, 1));
    let stops = stops.each_ref().map(|(key, why, count)| (key.as_str(), *why, *count));
    check_stops(&sent.stops, &stops);
}

#[test]
fn an_ok_status_stays_ok() {
    let sent = send_spans(Consent::Default, |tracer| {
        let mut span = tracer.build(span("Everything", [("flag", Value::Bool(true))]));
        span.set_status(Status::Ok);
    });
    assert_eq!(sent.signals[0].status, Status::Ok);
}

#[test]
fn what_tracing_adds_to_every_span_is_left_out_without_noise() {
    let sent = send_spans(Consent::Default, |tracer| {
        let added = ["code.file.path", "code.line.number", "thread.id", "thread.name", "busy_ns", "idle_ns"];
        let added = added.map(|key| (key, Value::from("hush")));
        let others = [("flag", Value::Bool(true)), ("codec", Value::from("hush"))];
        drop(tracer.build(span("Everything", others.into_iter().chain(added).collect::<Vec<_>>())));
    });
    let span = &sent.signals[0];
    assert_eq!((span.attributes.len(), span.dropped_attributes_count), (1, 1));
    check_stops(&sent.stops, &[("Everything: attribute codec", Why::Unknown, 1)]);
}

#[test]
fn of_a_resource_only_the_catalogues_service_passes() {
    for (service, count) in [("demo", 0), ("another", 1), ("unknown_service:notes", 0)] {
        let resource = Resource::builder_empty()
            .with_attributes([KeyValue::new("service.name", service), KeyValue::new("host.name", "babbage")])
            .build();
        let sent = send_spans_of(Consent::Default, resource, InstrumentationScope::default(), |_| {});
        assert!(sent.debug.contains("service.name") && sent.debug.contains("demo"));
        assert!(!sent.debug.contains("babbage") && !sent.debug.contains("another") && !sent.debug.contains("unknown"));
        let of_service = sent.stops.iter().find(|stop| stop.key == "resource: attribute service.name");
        assert_eq!(of_service.map_or(0, |stop| stop.count), count);
        assert!(sent.stops.iter().any(|stop| stop.key == "resource: attribute host.name"));
    }
}
