//! Consent: asked for every batch, and nothing of what it holds back.

use super::*;

#[test]
fn opt_in_attributes_leave_no_trace_without_the_opt_in() {
    let stops = [("Everything: attribute secret", Why::Consent, 1)];
    check(Consent::Default, [("secret", "hush".into())], &[], 0, &stops);
}

#[test]
fn opt_in_spans_only_after_the_opt_in() {
    let hidden = |tracer: &_| emit_span(tracer, "Hidden", [("flag", Value::Bool(true)), ("secret", "hush".into())]);
    let sent = send_spans(Consent::Default, hidden);
    assert!(sent.signals.is_empty());
    check_stops(&sent.stops, &[("span Hidden", Why::Consent, 1)]);
    let sent = send_spans(Consent::OptedIn, hidden);
    let marker = sent.signals[0].attributes.last().map(|pair| (pair.key.as_str(), pair.value.clone()));
    assert_eq!(marker, Some(("candor.channels", "opt_in".into())));
    assert_eq!(sent.signals[0].attributes.len(), 3);
    check_stops(&sent.stops, &[]);
}

#[test]
fn it_is_asked_for_every_batch() {
    let (pipeline, _) = candor::Pipeline::builder(demo::catalogue())
        .consent(Consent::OptedIn)
        .transport(|_, _: &[u8]| Ok(candor::Delivery::default()))
        .build();
    let exporter = InMemorySpanExporter::default();
    let source = pipeline.clone();
    let filter = Filter::new(demo::catalogue(), move || source.consent(), exporter.clone());
    let provider = SdkTracerProvider::builder().with_simple_exporter(filter).build();
    let tracer = provider.tracer("by hand");
    let sent = |consent| {
        pipeline.set_consent(consent);
        exporter.reset();
        emit_span(&tracer, "Everything", [("flag", true.into()), ("secret", "hush".into())]);
        exporter.get_finished_spans().expect("spans").first().map(|span| span.attributes.len())
    };
    assert_eq!(sent(Consent::OptedIn), Some(3), "with the marker");
    assert_eq!(sent(Consent::Default), Some(1));
    assert_eq!(sent(Consent::Off), None);
    assert_eq!(sent(Consent::OptedIn), Some(3), "with the marker");
}

#[test]
fn nothing_is_enabled_passed_on_or_counted_while_it_is_off() {
    let sent = send_spans(Consent::Off, |tracer| {
        emit_span(tracer, "Everything", [("flag", Value::Bool(true))]);
        emit_span(tracer, "Tea Break", []);
    });
    assert!(sent.signals.is_empty() && sent.stops.is_empty());
    let sent = send_logs(Consent::Off, |logger| {
        assert!(!logger.event_enabled(Severity::Info, "demo", Some("demo.noted")));
        emit_log(logger, Some("demo.noted"), [("flag", true.into())], |_| {});
    });
    assert!(sent.signals.is_empty() && sent.stops.is_empty());
}
