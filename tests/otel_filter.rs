//! Hand-written OpenTelemetry calls through the filter: what the catalogue lists and consent allows arrives as it was
//! given, everything else stays here and is counted.

mod demo;

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

/// What came out of the filter, and what did not.
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
    let attributes: Vec<_> = sent.signals[0].attributes.iter().map(|pair| (pair.key.as_str(), &pair.value)).collect();
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

mod values {
    use super::*;

    #[test]
    fn false_zero_and_empty_text_arrive() {
        check_kept("number", Value::I64(0));
        check_kept("ratio", Value::F64(0.0));
        check_kept("word", "".into());
        check_kept("words", texts([]));
        check_kept("words", texts([""]));
        check_kept("parts.json", "[]".into());
        // `flag` is false in every case.
    }

    #[test]
    fn values_inside_their_domain_arrive() {
        check_kept("number", Value::I64(-5));
        check_kept("any_number", Value::I64(i64::MIN));
        check_kept("ratio", Value::F64(1.0));
        check_kept("word", "äöüßé".into());
        check_kept("hex", "beef".into());
        check_kept("moment", "2026-11-20T16:09:11.939149Z".into());
        check_kept("colour", "light blue".into());
        check_kept("colours", texts(["red", "green"]));
        check_kept("secret", "s".into());
    }

    #[test]
    fn values_outside_their_domain_are_left_out() {
        check_refused("number", Value::I64(11));
        check_refused("ratio", Value::F64(1.5));
        check_refused("ratio", Value::F64(f64::NAN));
        check_refused("word", "sixsix".into());
        check_refused("hex", "BEEF".into());
        check_refused("hex", "beef\n".into());
        check_refused("moment", "yesterday".into());
        check_refused("moment", "2026-02-29T00:00:00Z".into());
        check_refused("moment", "2026-11-20T16:09:11+01:00".into());
        check_refused("colour", "purple".into());
        check_refused("colour", "Red".into());
    }

    #[test]
    fn values_of_another_type_are_left_out() {
        check_refused("number", Value::F64(1.5));
        check_refused("number", Value::F64(f64::NAN));
        check_refused("number", "1".into());
        check_refused("number", Value::Bool(true));
        check_refused("ratio", Value::Bool(true));
        check_refused("word", Value::I64(1));
        check_refused("word", texts(["a"]));
        check_refused("moment", Value::I64(0));
        check_refused("colour", Value::Array(Array::Bool(vec![true])));
        check_refused("words", "a".into());
        check_refused("secret", Value::Bool(false));
    }

    #[test]
    fn a_whole_number_is_one_however_it_was_written() {
        check(Consent::Default, [("number", Value::F64(1.0))], &[("number", Value::I64(1))], 0, &[]);
        check(Consent::Default, [("ratio", Value::I64(1))], &[("ratio", Value::F64(1.0))], 0, &[]);
    }

    #[test]
    fn a_long_text_is_cut_where_the_catalogue_says_so() {
        let stops = [("Everything: attribute cut_word", Why::Cut, 1)];
        check(Consent::Default, [("cut_word", "äöüßéx".into())], &[("cut_word", "äöüßé".into())], 0, &stops);
    }

    #[test]
    fn one_bad_item_costs_that_item() {
        let stops = [("Everything: attribute words", Why::Value, 1)];
        let given = [("words", texts(["one", "toolong", "two"]))];
        check(Consent::Default, given, &[("words", texts(["one", "two"]))], 1, &stops);
    }

    #[test]
    fn a_list_that_is_too_long_ends_early() {
        let stops = [("Everything: attribute colours", Why::Value, 1)];
        let given = [("colours", texts(["red", "red", "green", "green"]))];
        check(Consent::Default, given, &[("colours", texts(["red", "red"]))], 1, &stops);
    }

    #[test]
    fn of_an_attribute_given_twice_the_last_counts() {
        let stops = [("Everything: attribute number", Why::Duplicate, 2)];
        let given = [("number", Value::I64(1)), ("number", Value::I64(2)), ("number", Value::I64(3))];
        check(Consent::Default, given, &[("number", Value::I64(3))], 2, &stops);
    }

    #[test]
    fn unknown_attributes_are_left_out() {
        let stops = [
            ("Everything: attribute note", Why::Unknown, 1),
            ("Everything: attribute parts_json", Why::Unknown, 1),
            ("Everything: attribute user.email", Why::Unknown, 2),
        ];
        let email = || ("user.email", Value::from("a@b"));
        let given = [email(), email(), ("note", "a field's name".into()), ("parts_json", "a key, not a name".into())];
        check(Consent::OptedIn, given, &[], 4, &stops);
    }

    #[test]
    fn a_missing_required_attribute_is_said_on_the_span() {
        let sent = send_spans(Consent::Default, |tracer| emit_span(tracer, "Everything", []));
        assert_eq!(sent.signals[0].dropped_attributes_count, 1);
        check_stops(&sent.stops, &[("Everything: attribute flag", Why::Missing, 1)]);
    }
}

mod consent {
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
        assert_eq!(sent.signals[0].attributes.len(), 2);
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
        assert_eq!(sent(Consent::OptedIn), Some(2));
        assert_eq!(sent(Consent::Default), Some(1));
        assert_eq!(sent(Consent::Off), None);
        assert_eq!(sent(Consent::OptedIn), Some(2));
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
}

mod objects {
    use super::*;

    const GIVEN: &str = r#" [{"size?": 3, "name": "a\"b", "note": "hush"}, {"name": "too long"}, {"name": "", "size?": 99, "api_key": "k"}] "#;

    fn check_text(consent: Consent, key: &'static str, given: &'static str, expected: &'static str, dropped: u32) {
        let sent = send_spans(consent, |tracer| {
            emit_span(tracer, "Everything", [("flag", Value::Bool(false)), (key, given.into())]);
        });
        assert_eq!(sent.signals[0].attributes[1], KeyValue::new(key, expected));
        assert_eq!(sent.signals[0].dropped_attributes_count, dropped);
    }

    #[test]
    fn json_text_is_filtered_field_by_field() {
        let sent = send_spans(Consent::Default, |tracer| {
            emit_span(tracer, "Everything", [("flag", Value::Bool(false)), ("parts.json", GIVEN.into())]);
        });
        assert_eq!(
            sent.signals[0].attributes[1],
            KeyValue::new("parts.json", r#"[{"size?":3,"name":"a\"b"},{"name":""}]"#)
        );
        assert_eq!(sent.signals[0].dropped_attributes_count, 3);
        let stops = [
            ("Everything: attribute parts.json", Why::Value, 1),
            ("Everything: attribute parts.json.api_key", Why::Unknown, 1),
            ("Everything: attribute parts.json.note", Why::Consent, 1),
            ("Everything: attribute parts.json.size?", Why::Value, 1),
        ];
        check_stops(&sent.stops, &stops);
    }

    #[test]
    fn opt_in_fields_only_after_the_opt_in() {
        let given = r#"{"name":"a","size?":null,"note":"hush"}"#;
        check_text(Consent::Default, "part_one", given, r#"{"name":"a"}"#, 0);
        check_text(Consent::OptedIn, "part_one", given, r#"{"name":"a","note":"hush"}"#, 0);
    }

    #[test]
    fn a_required_field_that_is_missing_costs_the_object() {
        let given = r#"[{"note":"n"},{"name":7},{"name":"b"}]"#;
        check_text(Consent::Default, "parts", given, r#"[{"name":"b"}]"#, 2);
    }

    #[test]
    fn what_is_no_json_or_another_structure_is_left_out() {
        for text in ["", "hush", "{", "7", "[7]x", r#"[[{"name":"a"}]]"#, r#"{"name":"a"}"#] {
            let sent = send_spans(Consent::Default, |tracer| {
                emit_span(tracer, "Everything", [("flag", true.into()), ("parts.json", text.into())]);
            });
            assert!(sent.signals[0].dropped_attributes_count == 1, "{text}");
            assert!(sent.signals[0].attributes.iter().all(|pair| !pair.value.as_str().contains("name")), "{text}");
        }
        check_refused("part_one", texts(["{\"name\":\"a\"}"]));
    }

    #[test]
    fn hostile_json_is_left_out() {
        let deep = "[".repeat(100_000);
        let sent = send_spans(Consent::Default, |tracer| {
            let attributes = [KeyValue::new("flag", true), KeyValue::new("parts.json", deep)];
            drop(tracer.build(SpanBuilder::from_name("Everything").with_attributes(attributes)));
        });
        assert_eq!(sent.signals[0].attributes.len(), 1);
        check_text(Consent::Default, "part_one", r#"{"name":"hush","name":"last"}"#, r#"{"name":"last"}"#, 1);
    }
}

mod spans {
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
        assert_eq!(span.parent_span_id, SpanId::from(9));
        assert!(span.parent_span_is_remote && span.span_context.is_sampled());
        assert_eq!(span.span_kind, SpanKind::Server);
        assert_eq!(span.status, Status::error(""));
        assert!(span.start_time <= span.end_time);
        assert_eq!(span.span_context.trace_state(), &TraceState::NONE);
        assert_eq!(span.instrumentation_scope, InstrumentationScope::builder("demo").with_version("1.0.0").build());
        let stops = [("Everything: status message", Why::Unknown, 1), ("Everything: trace state", Why::Unknown, 1)];
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
    fn of_a_resource_only_the_catalogues_service_passes() {
        for (service, count) in [("demo", 0), ("another", 1)] {
            let resource = Resource::builder_empty()
                .with_attributes([KeyValue::new("service.name", service), KeyValue::new("host.name", "babbage")])
                .build();
            let sent = send_spans_of(Consent::Default, resource, InstrumentationScope::default(), |_| {});
            assert_eq!(sent.debug.contains("service.name"), count == 0);
            assert!(!sent.debug.contains("babbage") && !sent.debug.contains("another"));
            let of_service = sent.stops.iter().find(|stop| stop.key == "resource: attribute service.name");
            assert_eq!(of_service.map_or(0, |stop| stop.count), count);
            assert!(sent.stops.iter().any(|stop| stop.key == "resource: attribute host.name"));
        }
    }
}

mod logs {
    use super::*;

    #[test]
    fn a_listed_event_arrives_without_its_words() {
        let sent = send_logs(Consent::Default, |logger| {
            let attributes = [("flag", AnyValue::Boolean(false)), ("secret", "hush".into()), ("user", "hush".into())];
            emit_log(logger, Some("demo.noted"), attributes, |record| {
                record.set_body("hush".into());
                record.set_severity_text("hush");
                record.set_severity_number(Severity::Info);
                record.set_target("hush");
                record.set_timestamp(std::time::SystemTime::UNIX_EPOCH);
                record.set_trace_context(TraceId::from(7), SpanId::from(9), Some(TraceFlags::SAMPLED));
            });
        });
        let record = &sent.signals[0].record;
        assert_eq!(record.event_name(), Some("demo.noted"));
        let attributes: Vec<_> = record.attributes_iter().map(|(key, value)| (key.as_str(), value)).collect();
        assert_eq!(attributes, [("flag", &AnyValue::Boolean(false))]);
        assert_eq!(record.timestamp(), Some(std::time::SystemTime::UNIX_EPOCH));
        assert!(record.observed_timestamp().is_some());
        assert_eq!(record.trace_context().map(|context| context.span_id), Some(SpanId::from(9)));
        assert_eq!((record.body(), record.severity_text(), record.severity_number()), (None, None, None));
        assert_eq!(record.target(), None);
        assert_eq!(sent.signals[0].instrumentation.name(), "demo");
        assert_eq!(*sent.signals[0].resource, resource());
        let stops = [
            ("demo.noted: attribute secret", Why::Consent, 1),
            ("demo.noted: attribute user", Why::Unknown, 1),
            ("demo.noted: body", Why::Unknown, 1),
            ("demo.noted: severity", Why::Unknown, 1),
            ("demo.noted: target", Why::Unknown, 1),
        ];
        check_stops(&sent.stops, &stops);
    }

    #[test]
    fn everything_else_is_left_out_whole() {
        let sent = send_logs(Consent::OptedIn, |logger| {
            emit_log(logger, Some("demo.lost"), [("flag", true.into())], |_| {});
            emit_log(logger, Some("Everything"), [("flag", true.into())], |_| {});
            emit_log(logger, None, [("flag", true.into())], |record| record.set_body("hush".into()));
        });
        assert!(sent.signals.is_empty());
        let stops = [
            ("event Everything", Why::Unknown, 1),
            ("event demo.lost", Why::Unknown, 1),
            ("log record without an event name", Why::Unknown, 1),
        ];
        check_stops(&sent.stops, &stops);
    }

    #[test]
    fn bytes_and_maps_are_no_texts() {
        let map = AnyValue::from_iter([("name", "hush")]);
        let list = AnyValue::from_iter(["hush"]);
        for value in [AnyValue::from(&b"hush"[..]), map, list] {
            let sent = send_logs(Consent::OptedIn, |logger| {
                emit_log(logger, Some("demo.noted"), [("flag", true.into()), ("secret", value)], |_| {});
            });
            assert_eq!(sent.signals[0].record.attributes_iter().count(), 1);
            check_stops(&sent.stops, &[("demo.noted: attribute secret", Why::Value, 1)]);
        }
    }
}

mod canaries {
    use super::*;

    const CANARY: &str = "CANARY";

    fn canary_resource() -> Resource {
        let attributes = [KeyValue::new("CANARY", 1), KeyValue::new("service.name", CANARY)];
        Resource::builder_empty().with_schema_url(attributes, "https://CANARY.example/").build()
    }

    fn canary_scope() -> InstrumentationScope {
        InstrumentationScope::builder(CANARY)
            .with_version(CANARY)
            .with_schema_url("https://CANARY.example/")
            .with_attributes([KeyValue::new(CANARY, CANARY)])
            .build()
    }

    fn send_span(tracer: &SdkTracer, name: &'static str) {
        let json =
            r#"[{"name":"a","note":"CANARY","CANARY":1},{"name":"CANARY"},"CANARY",{"name":"b","size?":"CANARY"}]"#;
        let attributes = [
            ("flag", Value::from(CANARY)),
            ("number", CANARY.into()),
            ("word", CANARY.into()),
            ("cut_word", "12345CANARY".into()),
            ("hex", CANARY.into()),
            ("moment", CANARY.into()),
            ("colour", CANARY.into()),
            ("words", texts(["ok", CANARY])),
            ("parts", json.into()),
            ("parts.json", json.into()),
            ("part_one", r#"{"name":"a","note":"CANARY"}"#.into()),
            ("secret", CANARY.into()),
            ("CANARY", CANARY.into()),
        ];
        let state = TraceState::from_str("vendor=CANARY").expect("a trace state");
        let context = SpanContext::new(TraceId::from(7), SpanId::from(9), TraceFlags::SAMPLED, true, state);
        let canary = || vec![KeyValue::new(CANARY, CANARY), KeyValue::new("flag", true)];
        let builder = span(name, attributes);
        let mut span = tracer.build_with_context(builder, &Context::new().with_remote_span_context(context.clone()));
        span.set_status(Status::error(CANARY));
        span.add_event(CANARY, canary());
        span.add_link(context, canary());
    }

    #[test]
    fn no_canary_in_a_span_gets_out() {
        for consent in [Consent::Off, Consent::Default] {
            let sent = send_spans_of(consent, canary_resource(), canary_scope(), |tracer| {
                send_span(tracer, "Everything");
                send_span(tracer, "Hidden");
                send_span(tracer, CANARY);
            });
            assert_eq!(sent.signals.len(), usize::from(consent == Consent::Default));
            assert!(!sent.debug.contains(CANARY), "{}", sent.debug);
            if consent == Consent::Off {
                continue;
            }
            let attributes: Vec<_> =
                sent.signals[0].attributes.iter().map(|pair| (pair.key.as_str(), pair.value.as_str())).collect();
            let parts = r#"[{"name":"a"},{"name":"b"}]"#;
            let expected = [
                ("cut_word", "12345"),
                ("words", "[\"ok\"]"),
                ("parts", parts),
                ("parts.json", parts),
                ("part_one", r#"{"name":"a"}"#),
            ];
            assert_eq!(attributes, expected.map(|(key, value)| (key, value.into())));
            // Six values, one item, in each of the lists of parts one field, two items and one unknown field.
            assert_eq!(sent.signals[0].dropped_attributes_count, 6 + 1 + 2 * 4 + 1);
        }
    }

    #[test]
    fn the_counts_of_a_canary_span_add_up() {
        let sent = send_spans_of(Consent::Default, canary_resource(), canary_scope(), |tracer| {
            (0..3).for_each(|_| send_span(tracer, "Everything"));
            send_span(tracer, CANARY);
        });
        let count = |why| sent.stops.iter().filter(|stop| stop.why == why).map(|stop| stop.count).sum::<u64>();
        // Of the resource two attributes and the schema URL, and the unlisted span. Of each span an unknown attribute
        // and two unknown fields, an event, a link, the status message, the trace state, the scope's attribute and URL.
        assert_eq!(count(Why::Unknown), 3 + 1 + 3 * (1 + 2 + 6));
        // The secret, and a note in each of three objects.
        assert_eq!(count(Why::Consent), 3 * (1 + 3));
        assert_eq!(count(Why::Cut), 3);
        // What the spans say of themselves, without what was unknown: an object counts once, whatever is wrong in it.
        let said: u32 = sent.signals.iter().map(|span| span.dropped_attributes_count).sum();
        assert_eq!(count(Why::Value), u64::from(said) - 3 * (1 + 2));
    }

    #[test]
    fn no_canary_in_a_log_record_gets_out() {
        for consent in [Consent::Off, Consent::Default] {
            let sent = send_logs_of(demo::catalogue(), consent, canary_resource(), canary_scope(), |logger| {
                for name in [Some("demo.noted"), Some("CANARY"), None] {
                    let nested = AnyValue::from_iter([(CANARY, AnyValue::from_iter([CANARY]))]);
                    let attributes = [("flag", CANARY.into()), ("secret", CANARY.into()), (CANARY, nested.clone())];
                    emit_log(logger, name, attributes, |record| {
                        record.set_body(nested);
                        record.set_severity_text(CANARY);
                        record.set_target(CANARY);
                    });
                }
            });
            assert_eq!(sent.signals.len(), usize::from(consent == Consent::Default));
            assert!(!sent.debug.contains(CANARY), "{}", sent.debug);
        }
    }
}

/// Log records can have maps. The events of `demo.yaml` have no objects, so here is a catalogue whose event does.
mod maps {
    use candor::{Attribute, Domain, Encoding, ObjectInfo, OptInAttribute, Signal, define, kind};

    use super::*;

    static CATALOGUE: Catalogue = Catalogue {
        name: "maps",
        title: "Maps",
        version: "1.0.0",
        service: "maps",
        endpoints: &[],
        opt_in: None,
        opt_out: &[],
        channels: &[],
        ask: None,
        signals: &[&OPENED],
        disclosure: candor::Disclosure::NONE,
    };
    static OPENED: Signal = define::event(
        "maps",
        "opened",
        "Opened",
        candor::DEFAULT,
        const { &[define::optional(&BOOKS.info), define::optional(&BOOKS_JSON.info)] },
    );
    static BOOKS: Books = define::attribute("books", "books", "Books", BOOK_LIST);
    static BOOKS_JSON: Books =
        define::attribute("books.json", "books.json", "Books", BOOK_LIST).encoded(Encoding::Json);
    static TITLE: OptInAttribute<kind::Text> = define::attribute("title", "title", "Books", define::text(20));
    static PAGES: Attribute<kind::Int> = define::attribute("pages", "pages", "Books", define::int(1, 9999));
    static RATING: Attribute<kind::Double> = define::attribute("rating", "rating", "Books", define::double(0.0, 5.0));
    static BOOK: ObjectInfo = define::object(
        "maps",
        "book",
        const {
            &[
                define::optional_field("title", &TITLE.info),
                define::required_field("pages", &PAGES.info),
                define::optional_field("rating", &RATING.info),
            ]
        },
    );
    const BOOK_LIST: Domain = define::list(const { &define::structure(&BOOK) }, usize::MAX);
    type Books = Attribute<kind::List<kind::Structure<{ candor::domain_id("maps/objects/book") }>>>;

    fn book<const N: usize>(fields: [(&'static str, AnyValue); N]) -> AnyValue {
        AnyValue::from_iter(fields)
    }

    #[track_caller]
    fn check(consent: Consent, key: &'static str, given: AnyValue, expected: AnyValue, stops: &[(&str, Why, u64)]) {
        let scope = InstrumentationScope::default();
        let resource = Resource::builder_empty().build();
        let sent = send_logs_of(&CATALOGUE, consent, resource, scope, |logger| {
            emit_log(logger, Some("Opened"), [(key, given)], |_| {});
        });
        let attributes: Vec<_> = sent.signals[0].record.attributes_iter().cloned().collect();
        assert_eq!(attributes, [(key.into(), expected)]);
        check_stops(&sent.stops, stops);
    }

    #[test]
    fn maps_are_filtered_field_by_field() {
        let good = || book([("title", "T".into()), ("pages", 10.into())]);
        let given = AnyValue::from_iter([
            good(),
            book([("title", "T".into()), ("pages", 10.into()), ("rating", 9.0.into()), ("isbn", "i".into())]),
            book([("title", "T".into())]),
            book([("title", 7.into()), ("pages", 10.into())]),
        ]);
        let stops = [
            ("Opened: attribute books", Why::Value, 1),
            ("Opened: attribute books.isbn", Why::Unknown, 1),
            ("Opened: attribute books.rating", Why::Value, 1),
            ("Opened: attribute books.title", Why::Value, 1),
        ];
        let expected = AnyValue::from_iter([good(), good(), book([("pages", 10.into())])]);
        check(Consent::OptedIn, "books", given, expected, &stops);
    }

    #[test]
    fn opt_in_fields_only_after_the_opt_in() {
        let given = || book([("title", "T".into()), ("pages", 10.into())]);
        check(Consent::OptedIn, "books", AnyValue::from_iter([given()]), AnyValue::from_iter([given()]), &[]);
        let expected = AnyValue::from_iter([book([("pages", 10.into())])]);
        let stops = [("Opened: attribute books.title", Why::Consent, 1)];
        check(Consent::Default, "books", AnyValue::from_iter([given()]), expected, &stops);
    }

    #[test]
    fn numbers_in_json_text_are_what_the_catalogue_says() {
        let given = r#"[{"pages": 10, "rating": 5}, {"pages": 10.0}, {"pages": 1e2}, {"pages": 18446744073709551615}]"#;
        let stops = [("Opened: attribute books.json", Why::Value, 1)];
        let expected = r#"[{"pages":10,"rating":5.0},{"pages":10},{"pages":100}]"#;
        check(Consent::Default, "books.json", given.into(), expected.into(), &stops);
    }
}

/// Schema = filter: what the filter lets through is accepted at that level of consent, and what is accepted the filter
/// does not change.
mod equality {
    use std::path::Path;

    use candor::otel::{emit, key_values};
    use candor::{AttributeInfo, Domain, Encoding, SignalKind};
    use candor_validate::{Item, Payload, Rule, Signals, Validator, payloads_from_otlp_protobuf};
    use demo::{Everything, NOTHING, Paint, Part};
    use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use opentelemetry_proto::tonic::logs::v1::{ResourceLogs, ScopeLogs};
    use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
    use proptest::collection::vec;
    use proptest::option::{of, weighted};
    use proptest::prelude::*;
    use proptest::test_runner::FileFailurePersistence;
    use prost::Message;
    use serde_json::{Map, Value as Json};

    use super::*;

    static CATALOGUE: LazyLock<candor_schema::Catalogue> = LazyLock::new(|| {
        candor_schema::load(Path::new("tests/fixtures/demo.yaml")).catalogue.expect("a catalogue without findings")
    });

    const LEVELS: [Consent; 2] = [Consent::Default, Consent::OptedIn];

    /// What is accepted at a level of consent.
    fn validator(consent: Consent) -> &'static Validator<'static> {
        static VALIDATORS: LazyLock<[Validator<'static>; 2]> =
            LazyLock::new(|| LEVELS.map(|consent| Validator::new(&CATALOGUE, consent)));
        &VALIDATORS[usize::from(consent == Consent::OptedIn)]
    }

    fn span_payload(span: SpanData) -> Payload {
        let resource_spans = group_spans_by_resource_and_scope(vec![span], &Default::default());
        only(Signals::Traces, &ExportTraceServiceRequest { resource_spans }.encode_to_vec())
    }

    fn log_payload(log: &LogDataWithResource) -> Payload {
        let scope_logs = vec![ScopeLogs { log_records: vec![(&log.record).into()], ..ScopeLogs::default() }];
        let resource_logs = vec![ResourceLogs { scope_logs, ..ResourceLogs::default() }];
        only(Signals::Logs, &ExportLogsServiceRequest { resource_logs }.encode_to_vec())
    }

    fn only(signals: Signals, request: &[u8]) -> Payload {
        let mut items = payloads_from_otlp_protobuf(&CATALOGUE, request, Some(signals)).expect("a request");
        match (items.pop(), items.pop()) {
            (Some(Item::Payload(payload)), None) => payload,
            other => panic!("one payload, not {other:?}"),
        }
    }

    /// The span that an exporter gets, without any filter.
    fn unfiltered(name: &'static str, attributes: Vec<KeyValue>) -> SpanData {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
        provider.tracer("").build(SpanBuilder::from_name(name).with_attributes(attributes)).end();
        exporter.get_finished_spans().expect("spans").remove(0)
    }

    fn filtered(consent: Consent, name: &'static str, attributes: Vec<KeyValue>) -> Option<SpanData> {
        send_spans(consent, |tracer| tracer.build(SpanBuilder::from_name(name).with_attributes(attributes)).end())
            .signals
            .pop()
    }

    /// Attributes as somebody may have set them: keys and values, mostly right.
    type Attributes = Vec<(String, Json)>;

    fn known(kind: SignalKind, name: &str) -> &'static [candor::Member] {
        let signals = demo::catalogue().signals;
        signals
            .iter()
            .find(|signal| signal.kind == kind && signal.name == name)
            .map(|signal| &*signal.attributes)
            .expect("a signal")
    }

    fn attributes(kind: SignalKind, name: &str) -> impl Strategy<Value = Attributes> + use<> {
        let known = known(kind, name);
        let right: Vec<_> = known
            .iter()
            .map(|known| {
                let name = known.name();
                let value = json(&known.attribute.domain).prop_map(move |value| (name.to_owned(), value));
                weighted(if known.required { 0.95 } else { 0.4 }, value)
            })
            .collect();
        let names: Vec<_> = known.iter().map(candor::Member::name).chain(["note", "user.email", ""]).collect();
        let wrong = (prop::sample::select(names).prop_map(str::to_owned), any_json());
        let wrong = prop_oneof![3 => Just(Vec::new()), 1 => vec(wrong, 1..4)];
        (right, wrong)
            .prop_map(|(right, wrong)| right.into_iter().flatten().chain(wrong).collect::<Vec<_>>())
            .prop_shuffle()
    }

    /// Values of a domain, mostly.
    fn json(domain: &'static Domain) -> BoxedStrategy<Json> {
        let right = match domain {
            Domain::String { .. } => text().prop_map(Json::from).boxed(),
            Domain::Boolean => any::<bool>().prop_map(Json::from).boxed(),
            Domain::Int { minimum, maximum } => (*minimum..=*maximum).prop_map(Json::from).boxed(),
            Domain::Double { minimum, maximum } => {
                let bounds = [0.0, -0.0, 1.0, *minimum, *maximum, 5e-324];
                let inside = prop::num::f64::NORMAL.prop_map(|value| value.fract());
                prop_oneof![prop::sample::select(bounds.to_vec()), inside].prop_map(Json::from).boxed()
            }
            Domain::Timestamp => {
                let texts = [
                    "1970-01-01T00:00:00Z",
                    "9999-12-31T23:59:59.999999999Z",
                    "2026-11-20T16:09:11.9Z",
                    "2026-04-31T00:00:00Z",
                    "2026-11-20",
                ];
                prop::sample::select(texts.to_vec()).prop_map(Json::from).boxed()
            }
            Domain::Enum(members) => {
                prop::sample::select(members.iter().map(str::to_owned).collect::<Vec<_>>()).prop_map(Json::from).boxed()
            }
            Domain::List { item, .. } => vec(json(item), 0..4).prop_map(Json::from).boxed(),
            Domain::Object(object) => {
                let field = |field: &'static candor::Member| {
                    let value = json(&field.attribute.domain).prop_map(|value| (field.name().to_owned(), value));
                    weighted(if field.required { 0.95 } else { 0.5 }, value)
                };
                let fields: Vec<_> = object.fields.iter().map(field).collect();
                let unknown = weighted(0.05, ("[a-z]{0,3}", any_json()));
                let object = (fields, unknown).prop_map(|(fields, unknown)| {
                    Json::from(Map::from_iter(fields.into_iter().chain([unknown]).flatten()))
                });
                object.boxed()
            }
        };
        prop_oneof![30 => right, 1 => any_json()].boxed()
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            6 => "[0-9a-f]{4}",
            3 => "[a-z]{0,5}",
            1 => vec(any::<char>(), 0..8).prop_map(|chars| chars.into_iter().collect()),
            1 => "\\PC{0,120}",
        ]
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            any::<u64>().prop_map(Json::from),
            (0.1..0.9).prop_map(Json::from),
            text().prop_map(Json::from),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            let key = prop::sample::select(vec!["name", "size?", "note", "x"]).prop_map(str::to_owned);
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(Json::from),
                vec((key, inner), 0..4).prop_map(|fields| Json::from(Map::from_iter(fields))),
            ]
        })
    }

    /// As somebody would write it by hand with OpenTelemetry's types.
    fn key_value(known: &[candor::Member], (key, json): &(String, Json)) -> Option<KeyValue> {
        let info = known.iter().map(|known| &*known.attribute).find(|info| info.name == *key);
        let value = match info {
            Some(info) if info.encoding == Encoding::Json || has_objects(&info.domain) => json.to_string().into(),
            _ => value(json)?,
        };
        Some(KeyValue::new(key.clone(), value))
    }

    fn has_objects(domain: &Domain) -> bool {
        match domain {
            Domain::List { item, .. } => has_objects(item),
            domain => matches!(domain, Domain::Object(_)),
        }
    }

    fn value(json: &Json) -> Option<Value> {
        Some(match json {
            Json::Null => return None,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(value) => Value::I64(value),
                None => Value::F64(number.as_f64()?),
            },
            Json::String(text) => text.clone().into(),
            Json::Array(items) => Value::Array(match items.first() {
                Some(Json::Bool(_)) => Array::Bool(items.iter().filter_map(Json::as_bool).collect()),
                Some(Json::Number(number)) if number.is_i64() => {
                    Array::I64(items.iter().filter_map(Json::as_i64).collect())
                }
                Some(Json::Number(_)) => Array::F64(items.iter().filter_map(Json::as_f64).collect()),
                _ => Array::String(items.iter().filter_map(Json::as_str).map(|text| text.to_owned().into()).collect()),
            }),
            Json::Object(_) => json.to_string().into(),
        })
    }

    fn key_values_of(name: &str, attributes: &Attributes) -> Vec<KeyValue> {
        let known = known(SignalKind::Span, name);
        attributes.iter().filter_map(|attribute| key_value(known, attribute)).collect()
    }

    fn check_accepted(consent: Consent, payload: &Payload, but: &[Rule]) -> Result<(), TestCaseError> {
        for level in LEVELS.into_iter().filter(|level| level.includes(consent)) {
            let violations = validator(level).check_payload(payload);
            let fine = violations.iter().all(|violation| but.contains(&violation.rule));
            prop_assert!(fine, "{consent} at {level}: {violations:?} in {}", payload.value);
        }
        Ok(())
    }

    /// A null field is the same as none, and 1 as a number is the same as 1.0.
    fn normalised(json: &Json) -> Json {
        match json {
            Json::Array(items) => items.iter().map(normalised).collect(),
            Json::Object(map) => {
                let fields = map.iter().filter(|(_, value)| !value.is_null());
                Json::from_iter(fields.map(|(key, value)| (key.clone(), normalised(value))))
            }
            Json::Number(number) => Json::from(number.as_f64()),
            other => other.clone(),
        }
    }

    /// The attributes without what is collected only after the opt-in, at every depth.
    fn without_opt_in(known: &[candor::Member], attributes: &Attributes) -> Attributes {
        let strip = |(key, value): &(String, Json)| {
            let info = known.iter().map(|known| &*known.attribute).find(|info| info.name == *key);
            let value = info.map_or(Some(value.clone()), |info| strip(info, value))?;
            Some((key.clone(), value))
        };
        attributes.iter().filter_map(strip).collect()
    }

    fn strip(info: &AttributeInfo, value: &Json) -> Option<Json> {
        Consent::Default.includes(info.needs).then(|| strip_parts(&info.domain, value))
    }

    fn strip_parts(domain: &Domain, value: &Json) -> Json {
        match (domain, value) {
            (Domain::List { item, .. }, Json::Array(items)) => {
                items.iter().map(|value| strip_parts(item, value)).collect()
            }
            (Domain::Object(object), Json::Object(map)) => {
                let field = |key: &str| object.fields.iter().find(|field| field.name() == key);
                let strip = |(key, value): (&String, &Json)| {
                    let value = field(key).map_or(Some(value.clone()), |field| strip(&field.attribute, value))?;
                    Some((key.clone(), value))
                };
                Json::Object(map.iter().filter_map(strip).collect())
            }
            (_, value) => value.clone(),
        }
    }

    fn everything() -> impl Strategy<Value = Everything> {
        let parts = || of(vec(part(), 0..3));
        let paints = of(vec(prop_oneof![Just(Paint::Red), Just(Paint::Green)], 0..4));
        (any::<bool>(), of(text()), of(vec(text(), 0..4)), paints, parts(), parts(), of(part()), of(text())).prop_map(
            |(flag, word, words, colours, parts, json, part_one, secret)| Everything {
                flag,
                cut_word: word.clone().map(Into::into),
                word,
                words,
                colours,
                secret_parts: parts.clone(),
                parts,
                json,
                part_one,
                secret: secret.map(Into::into),
                ..NOTHING
            },
        )
    }

    fn part() -> impl Strategy<Value = Part> {
        (text(), of(-7..=12_i8), text()).prop_map(|(name, size, note)| Part {
            name: name.into(),
            size,
            note: note.into(),
        })
    }

    fn config() -> ProptestConfig {
        let seeds = FileFailurePersistence::Direct("tests/otel_filter.proptest-regressions");
        ProptestConfig { cases: 500, failure_persistence: Some(Box::new(seeds)), ..ProptestConfig::default() }
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn what_the_filter_lets_through_is_accepted(attributes in attributes(SignalKind::Span, "Everything")) {
            for consent in LEVELS {
                let span = filtered(consent, "Everything", key_values_of("Everything", &attributes)).expect("a span");
                check_accepted(consent, &span_payload(span), &[])?;
            }
        }

        #[test]
        fn opt_in_spans_are_accepted(attributes in attributes(SignalKind::Span, "Hidden")) {
            let attributes = key_values_of("Hidden", &attributes);
            prop_assert!(filtered(Consent::Default, "Hidden", attributes.clone()).is_none());
            let span = filtered(Consent::OptedIn, "Hidden", attributes).expect("a span");
            check_accepted(Consent::OptedIn, &span_payload(span), &[])?;
        }

        #[test]
        fn what_is_accepted_the_filter_does_not_change(attributes in attributes(SignalKind::Span, "Everything")) {
            let attributes = key_values_of("Everything", &attributes);
            let raw = span_payload(unfiltered("Everything", attributes.clone()));
            for consent in LEVELS {
                if validator(consent).check_payload(&raw).is_empty() {
                    let span = filtered(consent, "Everything", attributes.clone()).expect("a span");
                    prop_assert_eq!(span.dropped_attributes_count, 0);
                    let kept = span_payload(span).value["attributes"].clone();
                    prop_assert_eq!(normalised(&kept), normalised(&raw.value["attributes"]));
                }
            }
        }

        #[test]
        fn what_consent_keeps_back_leaves_no_trace(attributes in attributes(SignalKind::Span, "Everything")) {
            let without = without_opt_in(known(SignalKind::Span, "Everything"), &attributes);
            let sent = [attributes, without].map(|attributes| {
                filtered(Consent::Default, "Everything", key_values_of("Everything", &attributes)).expect("a span")
            });
            prop_assert_eq!(&sent[0].attributes, &sent[1].attributes);
            prop_assert_eq!(sent[0].dropped_attributes_count, sent[1].dropped_attributes_count);
        }

        /// One filter, two ways in: what an emitter gives after the opt-in becomes what it gives without.
        #[test]
        fn emitters_and_hand_written_calls_get_the_same(value in everything()) {
            for consent in LEVELS {
                let sent = send_spans(consent, |tracer| emit(tracer, Consent::OptedIn, &value));
                prop_assert_eq!(&sent.signals[0].attributes, &key_values(consent, &value).0);
            }
        }

        /// A log record of the SDK has no count of dropped attributes, so a missing one cannot be excused on the wire.
        #[test]
        fn events_are_accepted_but_for_what_is_missing(attributes in attributes(SignalKind::Event, "demo.noted")) {
            let known = known(SignalKind::Event, "demo.noted");
            for consent in LEVELS {
                let sent = send_logs(consent, |logger| {
                    let mut record = logger.create_log_record();
                    record.set_event_name("demo.noted");
                    for pair in attributes.iter().filter_map(|attribute| key_value(known, attribute)) {
                        record.add_attribute(pair.key, any_value(pair.value));
                    }
                    logger.emit(record);
                });
                check_accepted(consent, &log_payload(&sent.signals[0]), &[Rule::MissingKey])?;
            }
        }
    }

    fn any_value(value: Value) -> AnyValue {
        match value {
            Value::Bool(value) => value.into(),
            Value::I64(value) => value.into(),
            Value::F64(value) => value.into(),
            Value::String(text) => text.into(),
            Value::Array(items) => AnyValue::from_iter([items.to_string()]),
            other => panic!("no such value: {other:?}"),
        }
    }

    /// The test above is worth something: a fair part of what it makes is accepted as it is.
    #[test]
    fn some_attributes_are_accepted_as_they_are() {
        use proptest::strategy::ValueTree;
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let strategy = attributes(SignalKind::Span, "Everything");
        let accepted = |consent, attributes: &Attributes| {
            let raw = span_payload(unfiltered("Everything", key_values_of("Everything", attributes)));
            validator(consent).check_payload(&raw).is_empty()
        };
        let made: Vec<_> = (0..300).map(|_| strategy.new_tree(&mut runner).expect("attributes").current()).collect();
        let of = |consent| made.iter().filter(|attributes| accepted(consent, attributes)).count();
        assert!(of(Consent::OptedIn) > 20, "{}", of(Consent::OptedIn));
    }
}
