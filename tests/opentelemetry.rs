//! The same signals through a user's own OpenTelemetry provider: attributes arrive with their types, objects as JSON
//! text, and nothing that consent does not allow.

mod demo;

use std::time::{Duration, SystemTime};

use candor::{Consent, Telemetry};
use demo::{Colour, Everything, Hidden, NOTHING, Noted, Paint, part};
use opentelemetry::trace::{SpanKind, Status, TracerProvider};
use opentelemetry::{Array, Value};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};

/// The spans that an exporter of the user's gets.
fn exported<T: Telemetry>(consent: Consent, value: &T) -> Vec<SpanData> {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    candor::otel::emit(&provider.tracer("demo"), consent, value);
    exporter.get_finished_spans().expect("spans")
}

/// One span with these attributes, in this order.
#[track_caller]
fn check<T: Telemetry>(consent: Consent, value: &T, expected: &[(&str, Value)]) {
    let spans = exported(consent, value);
    assert_eq!(spans.len(), 1);
    let attributes: Vec<_> = spans[0].attributes.iter().map(|pair| (pair.key.as_str(), pair.value.clone())).collect();
    assert_eq!(attributes, expected);
}

fn texts(texts: &[&'static str]) -> Value {
    Value::Array(Array::String(texts.iter().map(|text| (*text).into()).collect()))
}

#[test]
fn a_span_with_its_name() {
    let spans = exported(Consent::Default, &NOTHING);
    assert_eq!(spans[0].name, "Everything");
    assert_eq!(spans[0].span_kind, SpanKind::Internal);
    assert_eq!(spans[0].status, Status::Unset);
    assert!(spans[0].span_context.is_valid());
    assert_eq!(exported(Consent::Default, &Noted { flag: true, secret: None })[0].name, "demo.noted");
}

#[test]
fn false_zero_and_empty_text_arrive_with_their_types() {
    let value = Everything {
        number: Some(0),
        ratio: Some(0.0),
        word: Some(String::new()),
        words: Some(Vec::new()),
        json: Some(Vec::new()),
        ..NOTHING
    };
    let expected = [
        ("flag", Value::Bool(false)),
        ("number", Value::I64(0)),
        ("ratio", Value::F64(0.0)),
        ("word", Value::from("")),
        ("words", texts(&[])),
        ("parts.json", Value::from("[]")),
    ];
    check(Consent::Default, &value, &expected);
}

#[test]
fn every_plain_type() {
    let value = Everything {
        flag: true,
        number: Some(-5),
        any_number: Some(i64::MAX as u64),
        any_ratio: Some(-0.5e-300),
        numbers: Some(vec![1, 2]),
        hex: Some("beef".into()),
        moment: Some(SystemTime::UNIX_EPOCH + Duration::from_millis(1500)),
        colour: Some(Colour::LightBlue),
        colours: Some(vec![Paint::Green, Paint::Red]),
        words: Some(vec!["a".to_owned(), String::new()]),
        ..NOTHING
    };
    let expected = [
        ("flag", Value::Bool(true)),
        ("number", Value::I64(-5)),
        ("any_number", Value::I64(i64::MAX)),
        ("any_ratio", Value::F64(-0.5e-300)),
        ("numbers", Value::Array(Array::I64(vec![1, 2]))),
        ("hex", Value::from("beef")),
        ("moment", Value::from("1970-01-01T00:00:01.500000000Z")),
        ("colour", Value::from("light blue")),
        ("colours", texts(&["green", "red"])),
        ("words", texts(&["a", ""])),
    ];
    check(Consent::Default, &value, &expected);
}

#[test]
fn objects_are_json_text() {
    let parts = || vec![part("a\"b", Some(0), "hush"), part("", None, "hush")];
    let value =
        Everything { parts: Some(parts()), json: Some(parts()), part_one: Some(part("c", None, "hush")), ..NOTHING };
    let list = r#"[{"name":"a\"b","size?":0},{"name":""}]"#;
    let expected = [
        ("flag", Value::Bool(false)),
        ("parts", Value::from(list)),
        ("parts.json", Value::from(list)),
        ("part_one", Value::from(r#"{"name":"c"}"#)),
    ];
    check(Consent::Default, &value, &expected);
}

#[test]
fn opt_in_attributes_and_fields_only_with_consent() {
    let value = Everything {
        part_one: Some(part("c", None, "hush")),
        secret: Some("s".into()),
        secret_number: Some(0),
        secret_parts: Some(vec![part("d", None, "hush")]),
        ..NOTHING
    };
    check(Consent::Default, &value, &[("flag", Value::Bool(false)), ("part_one", Value::from(r#"{"name":"c"}"#))]);
    let expected = [
        ("flag", Value::Bool(false)),
        ("part_one", Value::from(r#"{"name":"c","note":"hush"}"#)),
        ("secret", Value::from("s")),
        ("secret_number", Value::I64(0)),
        ("secret_parts", Value::from(r#"[{"name":"d","note":"hush"}]"#)),
        ("candor.channels", Value::from("opt_in")),
    ];
    check(Consent::OptedIn, &value, &expected);
}

#[test]
fn a_signal_that_consent_does_not_allow_is_no_span() {
    let hidden = Hidden { flag: true, secret: "s" };
    assert!(exported(Consent::Off, &NOTHING).is_empty());
    assert!(exported(Consent::Off, &hidden).is_empty());
    assert!(exported(Consent::Default, &hidden).is_empty());
    let marker = ("candor.channels", Value::from("opt_in"));
    check(Consent::OptedIn, &hidden, &[("flag", Value::Bool(true)), ("secret", Value::from("s")), marker]);
}

#[test]
fn values_outside_their_domain_do_not_pass() {
    let value = Everything {
        number: Some(11),
        ratio: Some(f64::NAN),
        word: Some("toolong".to_owned()),
        cut_word: Some("toolong".into()),
        words: Some(vec!["toolong".to_owned(), "ok".to_owned()]),
        parts: Some(vec![part("toolong", None, ""), part("ok", Some(11), "")]),
        part_one: Some(part("toolong", None, "")),
        ..NOTHING
    };
    let expected = [
        ("flag", Value::Bool(false)),
        ("cut_word", Value::from("toolo")),
        ("words", texts(&["ok"])),
        ("parts", Value::from(r#"[{"name":"ok"}]"#)),
    ];
    check(Consent::Default, &value, &expected);
    assert_eq!(candor::otel::key_values(Consent::Default, &value).1.dropped, 7);
}
