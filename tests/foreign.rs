//! Candor's output in OpenTelemetry's own programs: its Python classes decode what is sent, a foreign collector passes
//! it on, and a foreign client is read and held against the catalogue.

mod demo;
#[path = "support/python.rs"]
mod python;
#[path = "../examples/tour/receiver.rs"]
mod receiver;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant, SystemTime};

use candor::{Consent, Delivery, Http, Pipeline, SignalKind, Stats, Telemetry, Transport};
use candor_schema::Catalogue;
use candor_validate::{Item, Payload, Validator};
use demo::{Colour, Everything, Hidden, NOTHING, Noted, Paint, catalogue, part};
use python::{Python, environment, environment_where_packaged, say_skipped};
use receiver::Receiver;
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(5);
const LEVELS: [Consent; 2] = [Consent::Default, Consent::OptedIn];

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    candor_schema::load(Path::new("tests/fixtures/demo.yaml")).catalogue.expect("a catalogue without findings")
});

// OpenTelemetry's classes.

/// OpenTelemetry's classes read from the pipeline's bytes what the preview shows and the fields say, at both levels.
#[track_caller]
fn check<T: Telemetry>(values: &[T]) {
    let Some(python) = opentelemetry() else { return };
    let (mut requests, mut expected) = (Vec::new(), Vec::new());
    for (consent, value) in LEVELS.into_iter().flat_map(|consent| values.iter().map(move |value| (consent, value))) {
        requests.extend(sent(consent, |pipeline| pipeline.emit(value)));
        expected.extend(candor::payload(consent, value));
    }
    let decoded = decode(&python, &requests);
    let shown = requests.iter().flat_map(|(kind, body)| candor::decode(catalogue(), *kind, body));
    assert_eq!(lines(decoded.iter().cloned()), lines(shown.map(parse)));
    assert_eq!(lines(decoded.iter().map(bare)), lines(expected.into_iter().map(|payload| bare(&parse(payload)))));
}

/// With `google.protobuf` and OpenTelemetry's messages for it, and the SDK.
fn opentelemetry() -> Option<Python> {
    let packages =
        ["opentelemetry-proto==1.45.2", "opentelemetry-sdk==1.45.2", "opentelemetry-exporter-otlp-proto-http==1.45.2"];
    environment("opentelemetry", &packages)
}

fn nothing_at_all() -> Everything {
    Everything {
        number: Some(0),
        any_number: Some(0),
        ratio: Some(0.0),
        any_ratio: Some(-0.0),
        numbers: Some(vec![0]),
        word: Some(String::new()),
        cut_word: Some(Cow::Borrowed("")),
        words: Some(vec![String::new()]),
        parts: Some(vec![part("", Some(0), "")]),
        json: Some(vec![part("", Some(0), "")]),
        part_one: Some(part("", Some(0), "")),
        secret: Some(Cow::Borrowed("")),
        secret_number: Some(0),
        secret_parts: Some(vec![part("", Some(0), "")]),
        ..NOTHING
    }
}

fn empty_lists() -> Everything {
    Everything {
        numbers: Some(Vec::new()),
        colours: Some(Vec::new()),
        words: Some(Vec::new()),
        parts: Some(Vec::new()),
        json: Some(Vec::new()),
        secret_parts: Some(Vec::new()),
        ..NOTHING
    }
}

fn every_type() -> Everything {
    let parts =
        || vec![part("a\"\\b", Some(-5), "hush"), part("ä\n\u{1}😀", None, "\u{7f}\u{2028}"), part("", Some(10), "")];
    Everything {
        flag: true,
        number: Some(-5),
        any_number: Some(1 << 53 | 1),
        ratio: Some(0.1),
        any_ratio: Some(-0.5e-300),
        numbers: Some(vec![-5, 0, 10]),
        word: Some("\"\\\n\t\u{0}".to_owned()),
        cut_word: Some("äöüßé".into()),
        hex: Some("beef".into()),
        moment: Some(SystemTime::UNIX_EPOCH + Duration::new(1_795_190_951, 939_149_000)),
        colour: Some(Colour::LightBlue),
        colours: Some(vec![Paint::Red, Paint::Green]),
        words: Some(vec!["one".to_owned(), String::new(), "😀😀😀😀😀".to_owned()]),
        parts: Some(parts()),
        json: Some(parts()),
        part_one: Some(part("one", None, "hush")),
        secret: Some("s".repeat(100).into()),
        secret_number: Some(-1),
        secret_parts: Some(parts()),
    }
}

fn out_of_domain() -> Everything {
    Everything {
        number: Some(11),
        any_number: Some(u64::MAX),
        ratio: Some(f64::NAN),
        numbers: Some(vec![1, 99, 2]),
        word: Some("sixsix".to_owned()),
        cut_word: Some("sixsix".into()),
        hex: Some("BEEF".into()),
        parts: Some(vec![part("too long", None, ""), part("fits", Some(99), "")]),
        ..NOTHING
    }
}

#[test]
fn false_zero_and_empty_text_are_there() {
    check(&[nothing_at_all()]);
}

#[test]
fn empty_lists_are_there() {
    check(&[empty_lists()]);
}

#[test]
fn every_type_and_every_encoding() {
    check(&[every_type()]);
}

#[test]
fn integers_are_exact_at_their_extremes() {
    let pairs = [(i64::MAX as u64, i64::MIN), (1 << 53 | 1, -1 << 53 | 1), (0x7f, 0x80), (0x3fff, 0x4000)];
    check(&pairs.map(|(one, other)| Everything { any_number: Some(one), secret_number: Some(other), ..NOTHING }));
}

#[test]
fn doubles_are_exact_at_their_extremes() {
    let doubles = [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 0.1 + 0.2, -0.0];
    check(&doubles.map(|double| Everything { ratio: Some(1.0), any_ratio: Some(double), ..NOTHING }));
}

#[test]
fn what_was_left_out_is_counted() {
    check(&[out_of_domain()]);
}

#[test]
fn events_are_log_records_with_a_name() {
    check(&[Noted { flag: false, secret: Some("") }, Noted { flag: true, secret: None }]);
}

#[test]
fn an_opt_in_signal() {
    check(&[Hidden { flag: false, secret: "" }]);
}

#[test]
fn spans_share_requests_and_every_id_is_another() {
    let Some(python) = opentelemetry() else { return };
    let requests = sent(Consent::Default, |pipeline| (0..200).for_each(|_| pipeline.emit(&nothing_at_all())));
    let decoded = decode(&python, &requests);
    assert!(decoded.len() == 200 && requests.len() < 20, "{} spans in {}", decoded.len(), requests.len());
    for (id, digits) in [("traceId", 32), ("spanId", 16)] {
        let ids: BTreeSet<&str> = decoded.iter().filter_map(|payload| payload[id].as_str()).collect();
        assert_eq!(ids.len(), 200, "{id}");
        assert!(ids.iter().all(|id| id.len() == digits && id.bytes().any(|digit| digit != b'0')), "{ids:?}");
    }
}

#[test]
fn a_failed_span_has_its_time_and_its_status() {
    let Some(python) = opentelemetry() else { return };
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock").as_nanos();
    let before = now();
    let requests = sent(Consent::Default, |pipeline| {
        let span = pipeline.start(|| NOTHING);
        std::thread::sleep(Duration::from_millis(2));
        span.fail();
    });
    let span = decode(&python, &requests).remove(0);
    let time = |name: &str| span[name].as_str().and_then(|time| time.parse::<u128>().ok()).expect("nanoseconds");
    let (start, end) = (time("startTimeUnixNano"), time("endTimeUnixNano"));
    assert!(before <= start && start + 2_000_000 <= end && end <= now(), "{before}, {span}");
    assert_eq!(span["status"], json!({"code": 2}));
}

type Requests = Vec<(SignalKind, Vec<u8>)>;

/// The requests that a pipeline makes.
fn sent(consent: Consent, emit: impl FnOnce(&Pipeline)) -> Requests {
    let (pipeline, requests) = recording(consent, |_: SignalKind, _: &[u8]| Ok(Delivery::default()));
    emit(&pipeline);
    assert!(pipeline.shutdown(LIMIT));
    std::mem::take(&mut *requests.lock().expect("a list"))
}

/// A pipeline that sends by way of `transport` and keeps what it sent.
fn recording(consent: Consent, mut transport: impl Transport) -> (Pipeline, Arc<Mutex<Requests>>) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let list = requests.clone();
    let transport = move |kind: SignalKind, body: &[u8]| {
        list.lock().expect("a list").push((kind, body.to_vec()));
        transport.send(kind, body)
    };
    (Pipeline::builder(catalogue()).consent(consent).transport(transport).build().0, requests)
}

/// Decodes requests with OpenTelemetry's classes. The validator makes payloads of their JSON.
fn decode(python: &Python, requests: &[(SignalKind, Vec<u8>)]) -> Vec<Value> {
    let hex = |body: &[u8]| body.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let line = |(kind, body): &(SignalKind, Vec<u8>)| format!("{} {}\n", kind.word(), hex(body));
    let decoded = run(python.script("decode.py"), &requests.iter().map(line).collect::<String>());
    decoded.lines().flat_map(|request| payloads(request.as_bytes())).map(|payload| payload.value).collect()
}

/// Returns the output of a script that reads `input`.
#[track_caller]
fn run(mut script: Command, input: &str) -> String {
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("Python");
    let written = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("an end");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && written.is_ok(), "{said}");
    assert_eq!(said, "", "the script complains");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn parse(json: impl AsRef<str>) -> Value {
    serde_json::from_str(json.as_ref()).expect("JSON")
}

/// Returns the part that does not depend on when it was sent.
fn bare(payload: &Value) -> Value {
    const CHANCE: [&str; 5] = ["traceId", "spanId", "startTimeUnixNano", "endTimeUnixNano", "timeUnixNano"];
    let mut payload = payload.clone();
    payload.as_object_mut().expect("a payload").retain(|name, _| !CHANCE.contains(&name.as_str()));
    payload
}

/// Writes payloads as text, which also tells 0.0 from -0.0; keys are in the order of the alphabet.
fn lines(payloads: impl Iterator<Item = Value>) -> Vec<String> {
    payloads.map(line).collect()
}

fn line(mut payload: Value) -> String {
    payload.sort_all_objects();
    payload.to_string()
}

// A foreign collector.

/// rotel as a child: it listens for OTLP/HTTP and passes everything on.
struct Collector {
    child: Child,
    endpoint: String,
}

impl Collector {
    /// `None` where its program cannot be loaded, though it is packaged.
    fn start(python: &Python, receiver: &Receiver) -> Option<Collector> {
        const NOT_LOADABLE: i32 = 3;
        let mut script = python.script("collector.py");
        script.arg(receiver.endpoint()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = script.spawn().expect("Python");
        let mut endpoint = String::new();
        BufReader::new(child.stdout.as_mut().expect("a pipe")).read_line(&mut endpoint).expect("a line");
        if endpoint.is_empty() {
            let output = child.wait_with_output().expect("an end");
            let why = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(NOT_LOADABLE), "{why}");
            say_skipped("rotel", why.trim().lines().last().unwrap_or_default());
            return None;
        }
        Some(Collector { child, endpoint: endpoint.trim().to_owned() })
    }

    /// It ends when its standard input does, also when the test panics.
    fn stop(mut self) {
        drop(self.child.stdin.take());
        let mut said = String::new();
        self.child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("UTF-8");
        assert!(self.child.wait().expect("an end").success(), "{said}");
    }
}

#[test]
fn a_foreign_collector_loses_nothing_and_changes_nothing() {
    let Some(python) = environment_where_packaged("rotel", &["rotel==0.0.1a15"]) else { return };
    let receiver = Receiver::start().expect("a port");
    let Some(collector) = Collector::start(&python, &receiver) else { return };

    let (pipeline, requests) = recording(Consent::Default, Http::new(&collector.endpoint, LIMIT));
    let emitted = emit_all(&pipeline);
    assert!(pipeline.shutdown(LIMIT));
    let count = emitted.len() as u64;
    assert_eq!(pipeline.stats().totals(), Stats { emitted: count, sent: count, ..pipeline.stats() });

    let arrived = wait_for(&receiver, emitted.len());
    let requests = std::mem::take(&mut *requests.lock().expect("a list"));
    check_same(read(requests.into_iter().map(|(_, body)| body)), &arrived);
    check_same(emitted, &lines(arrived.iter().map(|payload| bare(&parse(payload)))));

    collector.stop();
    let late = read(receiver.take().into_iter().map(|request| request.body));
    assert_eq!(late, [""; 0], "more than was sent");
}

/// The same lines, in whatever order. Of many, only what differs is shown.
#[track_caller]
fn check_same(sent: Vec<String>, arrived: &[String]) {
    let only = |some: &[String], others: &[String]| some.iter().find(|line| !others.contains(line)).cloned();
    let (lost, new) = (only(&sent, arrived), only(arrived, &sent));
    assert_eq!((lost, new, arrived.len()), (None, None, sent.len()), "lost, new, and how many arrived");
}

/// Emits spans and events of every kind through handles of both consents; gives what each of them is without its time.
fn emit_all(pipeline: &Pipeline) -> Vec<String> {
    fn emit<T: Telemetry>(pipeline: &Pipeline, value: &T) -> Option<Value> {
        pipeline.emit(value);
        candor::payload(pipeline.consent(), value).map(|payload| bare(&parse(payload)))
    }
    let mut emitted = Vec::new();
    for round in 0..50 {
        for share in [false, true] {
            let pipeline = pipeline.sharing(share);
            for value in [nothing_at_all(), empty_lists(), every_type(), out_of_domain()] {
                emitted.extend(emit(&pipeline, &value));
            }
            let secret_number = Some(i64::MIN + round);
            let any_number = Some(i64::MAX as u64);
            emitted.extend(emit(&pipeline, &Everything { any_number, secret_number, ..NOTHING }));
            emitted.extend(emit(&pipeline, &Noted { flag: false, secret: Some("") }));
            emitted.extend(emit(&pipeline, &Hidden { flag: false, secret: "" }));
        }
    }
    lines(emitted.into_iter())
}

/// Returns what arrives, until that is `count` signals or it takes too long.
fn wait_for(receiver: &Receiver, count: usize) -> Vec<String> {
    let start = Instant::now();
    let mut arrived = Vec::new();
    while arrived.len() < count && start.elapsed() < LIMIT {
        std::thread::sleep(Duration::from_millis(10));
        arrived.extend(read(receiver.take().into_iter().map(|request| request.body)));
    }
    arrived
}

/// The payloads in bodies, ids and times included.
fn read(bodies: impl Iterator<Item = Vec<u8>>) -> Vec<String> {
    bodies.flat_map(|body| lines(payloads(&body).into_iter().map(|payload| payload.value))).collect()
}

fn payloads(request: &[u8]) -> Vec<Payload> {
    let payload = |item| match item {
        Item::Payload(payload) if payload.duplicates.is_empty() => payload,
        other => panic!("not as it should be: {other:?}"),
    };
    candor_validate::read(&CATALOGUE, request).expect("a request").into_iter().map(payload).collect()
}

// A foreign client.

/// A span that OpenTelemetry's SDK sends arrives with these attributes, and the catalogue refuses this of it by default.
#[track_caller]
fn check_client(span: Value, expected: Value, refused: &[&str]) {
    let Some(python) = opentelemetry() else { return };
    let receiver = Receiver::start().expect("a port");
    let mut client = python.script("client.py");
    client.arg(receiver.endpoint());
    run(client, &format!("{span}\n"));
    let mut payloads: Vec<_> = receiver.take().iter().flat_map(|request| payloads(&request.body)).collect();
    assert_eq!(payloads.len(), 1);
    let payload = payloads.remove(0);
    assert_eq!(line(payload.value["attributes"].clone()), line(expected));

    let level = Consent::Default;
    let validator = Validator::new(&CATALOGUE, level);
    let violations: Vec<String> =
        validator.check_payload(&payload).iter().map(|found| format!("{} {}", found.pointer, found.rule)).collect();
    assert_eq!(violations, refused);
}

#[test]
fn a_true_span_of_a_foreign_client_is_accepted() {
    let attributes = json!({
        "flag": false, "number": 0, "any_number": i64::MAX, "ratio": 0.0, "any_ratio": -0.0, "numbers": [0], "word": "",
        "cut_word": "äöüßé", "hex": "beef", "moment": "1970-01-01T00:00:00Z", "colour": "light blue", "colours": [],
        "part_one": {"name": "", "size?": 0}, "parts": [{"name": "x"}],
    });
    check_client(json!({"name": "Everything", "attributes": attributes}), attributes, &[]);
}

#[test]
fn what_the_catalogue_does_not_list_is_refused_by_name() {
    let attributes = json!({"flag": true, "api_key": "sk-secret", "secret": "", "number": 11, "word": 5, "hex": "Ada"});
    let refused = [
        "/attributes/api_key unknown_key",
        "/attributes/hex pattern",
        "/attributes/number out_of_range",
        "/attributes/secret not_allowed",
        "/attributes/word wrong_type",
    ];
    check_client(json!({"name": "Everything", "attributes": attributes}), attributes, &refused);
}

#[test]
fn what_a_foreign_client_adds_by_itself_is_refused_by_name() {
    let span = json!({
        "name": "Everything", "attributes": {"flag": true}, "exception": "of Ada's", "resource": {"host.name": "babbage"},
    });
    check_client(
        span,
        json!({"flag": true}),
        &["/events unknown_key", "/resource/host.name unknown_key", "/status/message unknown_key"],
    );
}

#[test]
fn a_span_that_nobody_knows_is_refused() {
    check_client(
        json!({"name": "Else", "attributes": {"flag": true}}),
        json!({"flag": true}),
        &["/name unknown_signal"],
    );
}
