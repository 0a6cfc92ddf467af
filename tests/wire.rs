//! Requests on the wire: they decode with OpenTelemetry's own types, and hold nothing from the environment.

mod demo;
#[path = "../examples/tour/receiver.rs"]
mod receiver;

use std::io::Read;
use std::process::Command;
use std::time::{Duration, SystemTime};

use candor::{Consent, Granted, Pipeline, Recorder, Signal, Telemetry};
use demo::{Colour, Everything, NOTHING, Noted, Paint, catalogue, part};
use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind};
use prost::Message;
use receiver::{Receiver, Request};

fn span(request: &[u8]) -> Span {
    let mut request = ExportTraceServiceRequest::decode(request).expect("a request for spans");
    let mut group = request.resource_spans.remove(0);
    assert!(request.resource_spans.is_empty());
    let mut scope = group.scope_spans.remove(0);
    assert!(group.scope_spans.is_empty() && scope.spans.len() == 1);
    check_around(group.resource, scope.scope);
    scope.spans.remove(0)
}

fn record(request: &[u8]) -> LogRecord {
    let mut request = ExportLogsServiceRequest::decode(request).expect("a request for log records");
    let mut group = request.resource_logs.remove(0);
    assert!(request.resource_logs.is_empty());
    let mut scope = group.scope_logs.remove(0);
    assert!(group.scope_logs.is_empty() && scope.log_records.len() == 1);
    check_around(group.resource, scope.scope);
    scope.log_records.remove(0)
}

/// The resource is the catalogue's service and nothing else; the scope is the catalogue.
fn check_around(resource: Option<Resource>, scope: Option<InstrumentationScope>) {
    let service = Resource { attributes: pairs([("service.name", text("demo"))]), ..Resource::default() };
    assert_eq!(resource, Some(service));
    let (name, version) = ("demo".to_owned(), "1.0.0".to_owned());
    assert_eq!(scope, Some(InstrumentationScope { name, version, ..InstrumentationScope::default() }));
}

/// The attributes of the span that is sent for a value.
#[track_caller]
fn check<const N: usize>(consent: Consent, value: &Everything, expected: [(&str, Value); N]) {
    let request = candor::request(catalogue(), consent, value).expect("a request");
    assert_eq!(span(&request).attributes, pairs(expected));
}

fn pairs<const N: usize>(pairs: [(&str, Value); N]) -> Vec<KeyValue> {
    let pair = |(key, value)| KeyValue { key: String::from(key), value: Some(any(value)), ..KeyValue::default() };
    pairs.into_iter().map(pair).collect()
}

fn any(value: Value) -> AnyValue {
    AnyValue { value: Some(value) }
}

fn text(text: &str) -> Value {
    Value::StringValue(text.to_owned())
}

fn list<const N: usize>(items: [Value; N]) -> Value {
    Value::ArrayValue(ArrayValue { values: items.into_iter().map(any).collect() })
}

fn map<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::KvlistValue(KeyValueList { values: pairs(fields) })
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_nanos() as u64
}

#[test]
fn a_span() {
    let before = now();
    let span = span(&candor::request(catalogue(), Consent::Default, &NOTHING).expect("a request"));
    assert_eq!(span.name, "Everything");
    assert_eq!(span.kind(), SpanKind::Internal);
    assert!(span.trace_id.len() == 16 && span.trace_id.iter().any(|byte| *byte != 0));
    assert!(span.span_id.len() == 8 && span.span_id.iter().any(|byte| *byte != 0));
    assert!(before <= span.start_time_unix_nano && span.start_time_unix_nano <= span.end_time_unix_nano);
    assert!(span.end_time_unix_nano <= now());
    let flag = pairs([("flag", Value::BoolValue(false))]);
    // Everything else is unset: no parent, no events, no links, no status, no trace state.
    let Span { trace_id, span_id, name, start_time_unix_nano, end_time_unix_nano, .. } = span.clone();
    let kind = SpanKind::Internal.into();
    let ids = Span { trace_id, span_id, name, kind, start_time_unix_nano, end_time_unix_nano, ..Span::default() };
    assert_eq!(span, Span { attributes: flag, ..ids });
}

#[test]
fn ids_are_random() {
    let ids = || span(&candor::request(catalogue(), Consent::Default, &NOTHING).expect("a request"));
    let (one, other) = (ids(), ids());
    assert!(one.trace_id != other.trace_id && one.span_id != other.span_id);
}

/// The attribute that tells gates which permission a signal needs beyond the default.
fn marker() -> (&'static str, Value) {
    ("candor.channels", text("opt_in"))
}

#[test]
fn an_event() {
    let before = now();
    let noted = Noted { flag: false, secret: Some("") };
    let record = record(&candor::request(catalogue(), Consent::OptedIn, &noted).expect("a request"));
    let time_unix_nano = record.time_unix_nano;
    assert!(before <= time_unix_nano && time_unix_nano <= now());
    let attributes = pairs([("flag", Value::BoolValue(false)), ("secret", text("")), marker()]);
    let event_name = "demo.noted".to_owned();
    // Everything else is unset: no body, no severity, no trace.
    assert_eq!(record, LogRecord { time_unix_nano, event_name, attributes, ..LogRecord::default() });
}

#[test]
fn false_zero_and_empty_text_are_there() {
    let value =
        Everything { number: Some(0), ratio: Some(0.0), word: Some(String::new()), words: Some(Vec::new()), ..NOTHING };
    let expected = [
        ("flag", Value::BoolValue(false)),
        ("number", Value::IntValue(0)),
        ("ratio", Value::DoubleValue(0.0)),
        ("word", text("")),
        ("words", list([])),
    ];
    check(Consent::Default, &value, expected);
}

#[test]
fn every_plain_type() {
    let value = Everything {
        flag: true,
        number: Some(-5),
        any_number: Some(i64::MAX as u64),
        any_ratio: Some(f64::MAX),
        numbers: Some(vec![-1, 0]),
        word: Some("äöü😀\u{0}".to_owned()),
        moment: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_190_951)),
        colour: Some(Colour::LightBlue),
        colours: Some(vec![Paint::Green]),
        ..NOTHING
    };
    let expected = [
        ("flag", Value::BoolValue(true)),
        ("number", Value::IntValue(-5)),
        ("any_number", Value::IntValue(i64::MAX)),
        ("any_ratio", Value::DoubleValue(f64::MAX)),
        ("numbers", list([Value::IntValue(-1), Value::IntValue(0)])),
        ("word", text("äöü😀\u{0}")),
        ("moment", text("2026-11-20T16:09:11Z")),
        ("colour", text("light blue")),
        ("colours", list([text("green")])),
    ];
    check(Consent::Default, &value, expected);
}

#[test]
fn objects_are_maps_or_json_as_the_catalogue_says() {
    let parts = || vec![part("a\"b", Some(0), "hush"), part("", None, "hush")];
    let value =
        Everything { parts: Some(parts()), json: Some(parts()), part_one: Some(part("c", None, "hush")), ..NOTHING };
    let expected = [
        ("flag", Value::BoolValue(false)),
        ("parts", list([map([("name", text("a\"b")), ("size?", Value::IntValue(0))]), map([("name", text(""))])])),
        ("parts.json", text(r#"[{"name":"a\"b","size?":0},{"name":""}]"#)),
        ("part_one", map([("name", text("c"))])),
    ];
    check(Consent::Default, &value, expected);
    let expected = [
        ("flag", Value::BoolValue(false)),
        ("part_one", map([("name", text("c")), ("note", text("hush"))])),
        ("secret_parts", list([map([("name", text("d")), ("note", text(""))])])),
        marker(),
    ];
    let one = Some(part("c", None, "hush"));
    let value = Everything { part_one: one, secret_parts: Some(vec![part("d", None, "")]), ..NOTHING };
    check(Consent::OptedIn, &value, expected);
}

/// Lengths of more than one byte, at every depth.
#[test]
fn long_values() {
    let long = "ä".repeat(100);
    let part = |name: &'static str| demo::Part { note: long.clone().into(), ..part(name, None, "") };
    let value = Everything { secret: Some(long.clone().into()), secret_parts: Some(vec![part("d"); 300]), ..NOTHING };
    let one = map([("name", text("d")), ("note", text(&long))]);
    let parts = Value::ArrayValue(ArrayValue { values: vec![any(one); 300] });
    check(
        Consent::OptedIn,
        &value,
        [("flag", Value::BoolValue(false)), ("secret", text(&long)), ("secret_parts", parts), marker()],
    );
}

/// An implementation by hand that makes the proof of consent itself.
struct Careless;

impl Telemetry for Careless {
    type Catalogue = ();

    const SIGNAL: &'static Signal = &candor_crewai::signals::CREW_CREATED;

    fn record<R: Recorder>(&self, recorder: &mut R) {
        if let Some(made_up) = Granted::by(Consent::OptedIn) {
            recorder.optional_in(made_up, &candor_crewai::attributes::CREW_INPUTS, "canary");
        }
    }
}

#[test]
fn a_proof_that_is_made_up_proves_nothing() {
    let sent = |consent| candor::request(&candor_crewai::CATALOGUE, consent, &Careless).expect("a request");
    assert!(holds(&sent(Consent::OptedIn), "canary"));
    assert!(!holds(&sent(Consent::Default), "canary"));
}

#[test]
fn what_was_left_out_is_counted() {
    let value = Everything { number: Some(11), word: Some("toolong".to_owned()), ..NOTHING };
    let sent = span(&candor::request(catalogue(), Consent::Default, &value).expect("a request"));
    assert_eq!((sent.dropped_attributes_count, sent.attributes.len()), (2, 1));
    let long = "s".repeat(101);
    let noted = Noted { flag: true, secret: Some(&long) };
    let record = record(&candor::request(catalogue(), Consent::OptedIn, &noted).expect("a request"));
    assert_eq!((record.dropped_attributes_count, record.attributes.len()), (1, 1));
}

// A process of its own, with an environment of its own, and a receiver.

const ENDPOINT: &str = "CANDOR_TEST_ENDPOINT";
const COUNT: usize = 30;

/// The child process. Not a test by itself: without an endpoint it is done at once.
#[test]
fn child() {
    let Ok(endpoint) = std::env::var(ENDPOINT) else { return };
    let builder = Pipeline::builder(catalogue()).consent(Consent::OptedIn).endpoint(endpoint);
    let (pipeline, decision) = builder.build();
    println!("decided: {} because {}", decision.consent, decision.reason);
    for _ in 0..COUNT {
        pipeline.emit(&Everything { secret: Some("s".into()), ..NOTHING });
        pipeline.emit(&Noted { flag: true, secret: None });
    }
    assert!(pipeline.shutdown(Duration::from_secs(10)));
    println!("{:?}", pipeline.stats());
}

/// Runs [`child`] with these variables and none that could disturb it; gives what it says.
fn run_child(receiver: &Receiver, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    for (name, _) in std::env::vars_os() {
        let known = name.to_string_lossy().to_uppercase();
        if known.contains("PROXY") || known.starts_with("OTEL_") || OPT_OUTS.contains(&&*known) {
            command.env_remove(name);
        }
    }
    command.args(["--exact", "child", "--nocapture"]).env(ENDPOINT, receiver.endpoint());
    let output = command.envs(variables.iter().copied()).output().expect("a child");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    said
}

/// The two that always count, and the catalogue's own.
const OPT_OUTS: [&str; 3] = ["DO_NOT_TRACK", "OTEL_SDK_DISABLED", "DEMO_NO_TELEMETRY"];

fn inflated(request: &Request) -> Vec<u8> {
    if !request.headers.iter().any(|header| header.eq_ignore_ascii_case("content-encoding: gzip")) {
        return request.body.clone();
    }
    let mut body = Vec::new();
    GzDecoder::new(&*request.body).read_to_end(&mut body).expect("gzip");
    body
}

fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[test]
fn requests_go_to_their_paths_as_protobuf() {
    let receiver = Receiver::start().expect("a receiver");
    let said = run_child(&receiver, &[]);
    assert!(said.contains("decided: opted-in because the application set it"), "{said}");
    let mut requests = receiver.take();
    requests.sort_by(|a, b| a.target.cmp(&b.target));
    let targets: Vec<_> = requests.iter().map(|request| &*request.target).collect();
    assert_eq!(targets, ["POST /v1/logs", "POST /v1/traces"]);
    for request in &requests {
        let types = request.headers.iter().filter(|header| header.to_lowercase().starts_with("content-type:"));
        assert_eq!(types.collect::<Vec<_>>(), ["content-type: application/x-protobuf"]);
    }
    let records = ExportLogsServiceRequest::decode(&*inflated(&requests[0])).expect("log records");
    assert_eq!(records.resource_logs[0].scope_logs[0].log_records.len(), COUNT);
    let spans = ExportTraceServiceRequest::decode(&*inflated(&requests[1])).expect("spans");
    assert_eq!(spans.resource_spans[0].scope_spans[0].spans.len(), COUNT);
}

/// The user's own OpenTelemetry has credentials and names in the environment. None of them is for us.
#[test]
fn nothing_of_the_environment_is_on_the_wire() {
    let (receiver, users_own) = (Receiver::start().expect("a receiver"), Receiver::start().expect("a receiver"));
    let variables = [
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer canary-1,x-canary-2=canary-3"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-canary-4=canary-5"),
        ("OTEL_RESOURCE_ATTRIBUTES", "user.name=canary-6,canary-7=1"),
        ("OTEL_SERVICE_NAME", "canary-8"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &users_own.endpoint()),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &users_own.endpoint()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "none"),
        ("USER", "canary-9"),
    ];
    run_child(&receiver, &variables);
    let requests = receiver.take();
    assert_eq!(requests.len(), 2);
    assert!(users_own.take().is_empty(), "the user's own backend is not ours");
    for request in &requests {
        let everything = format!("{}{}", request.target, request.headers.join("\n")).to_lowercase();
        assert!(!everything.contains("canary") && !everything.contains("authorization"), "{everything}");
        let body = inflated(request);
        assert!(!holds(&body, "canary") && !holds(&body, "user.name"), "{}", String::from_utf8_lossy(&body));
    }
}

#[test]
fn not_one_request_when_a_variable_says_no() {
    let receiver = Receiver::start().expect("a receiver");
    for variable in OPT_OUTS {
        for spelling in ["1", "true", "TRUE", "yes", "on", "perhaps"] {
            let said = run_child(&receiver, &[(variable, spelling)]);
            let reason = format!("decided: off because the environment has {variable}={spelling}");
            assert!(said.contains(&reason), "{said}");
            assert!(said.contains("Stats { emitted: 0, sent: 0, dropped: 0"), "{said}");
            assert_eq!(receiver.take().len(), 0, "{variable}={spelling}");
        }
    }
}

#[test]
fn a_variable_that_says_nothing_changes_nothing() {
    let receiver = Receiver::start().expect("a receiver");
    for (variable, spelling) in OPT_OUTS.into_iter().zip(["0", "false", ""]) {
        run_child(&receiver, &[(variable, spelling)]);
        assert_eq!(receiver.take().len(), 2, "{variable}={spelling}");
    }
}

/// The same bytes whoever asks: `request` is what a pipeline sends.
#[test]
fn the_requests_of_a_pipeline_are_those_of_a_preview() {
    fn shown<T: Telemetry>(value: &T) -> String {
        candor::preview(catalogue(), Consent::OptedIn, value).expect("a payload")
    }
    let receiver = Receiver::start().expect("a receiver");
    run_child(&receiver, &[]);
    let attributes = |payload: &str| payload[payload.find("\"attributes\"").expect("attributes")..].to_owned();
    let expected =
        [shown(&Everything { secret: Some("s".into()), ..NOTHING }), shown(&Noted { flag: true, secret: None })];
    for request in receiver.take() {
        let is_trace = request.target.ends_with("/v1/traces");
        let kind = if is_trace { candor::SignalKind::Span } else { candor::SignalKind::Event };
        for sent in candor::decode(catalogue(), kind, &inflated(&request)) {
            assert_eq!(attributes(&sent), attributes(&expected[usize::from(!is_trace)]));
        }
    }
}
