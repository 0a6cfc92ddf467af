//! Bodies of a program's own: each endpoint gets its signals in its form, and what is sent is read again by everybody.

#[path = "support/collector.rs"]
mod collector;

use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime};

use candor::{
    Catalogue, Consent, Content, Delivery, Destination, Method, Pipeline, Retry, SignalKind, Stats, Telemetry,
    Transport, TransportError,
};
use candor_validate::{Item, MAX_MEMORY, Validator, read, read_each_body};
use collector::{Answer, Collector};
use proptest::prelude::*;
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(20);
const FILE: &str = "tests/fixtures/endpoints.yaml";

#[derive(Debug, Default, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/endpoints.yaml", event = "started")]
struct Started {
    runs: u64,
    os_type: Option<Os>,
}

#[derive(Debug, Default, Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/endpoints.yaml", event = "used")]
struct Used {
    runs: i64,
    part: Option<Part>,
    parts: Option<Vec<Part>>,
    note: Option<String>,
    os_type: Option<Os>,
}

#[derive(Debug, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/endpoints.yaml", event = "viewed")]
struct Viewed {
    runs: u64,
    os_type: Option<Os>,
}

#[derive(Debug, Default, Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/endpoints.yaml", span = "crashed")]
struct Crashed {
    runs: i64,
    ratio: Option<f64>,
    note: Option<String>,
    os_type: Option<Os>,
}

#[derive(Debug, Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/endpoints.yaml", object = "part")]
struct Part {
    size: i64,
    note: Option<String>,
}

#[derive(Debug, Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/endpoints.yaml", attribute = "os_type")]
enum Os {
    Linux,
    Macos,
}

fn catalogue() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/endpoints.yaml")
}

static CHECKED: LazyLock<candor_schema::Catalogue> =
    LazyLock::new(|| candor_schema::load(Path::new(FILE)).catalogue.expect("a catalogue without findings"));

/// The payloads of a request that went to this endpoint, as the validator reads it. All are fine at this consent.
#[track_caller]
fn payloads(endpoint: &str, consent: Consent, body: &[u8]) -> Vec<Value> {
    let mut found = Vec::new();
    read_each_body(&CHECKED, endpoint, body, MAX_MEMORY, |item| match item {
        Item::Payload(payload) => {
            let violations = Validator::new(&CHECKED, consent).check_payload(&payload);
            assert!(violations.is_empty(), "{violations:?} in {}", String::from_utf8_lossy(body));
            found.push(payload.value);
        }
        Item::Unreadable(part) => panic!("{part:?} in {}", String::from_utf8_lossy(body)),
    })
    .expect("JSON");
    let unnamed: Vec<Value> = read(&CHECKED, body)
        .expect("JSON")
        .into_iter()
        .map(|item| match item {
            Item::Payload(payload) => payload.value,
            Item::Unreadable(part) => panic!("{part:?}"),
        })
        .collect();
    assert_eq!(found, unnamed, "its form says whose body it is");
    found
}

/// A transport that keeps what it is given, with its destination.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Request>>>);

type Request = (String, Content, Vec<u8>);

impl Transport for Kept {
    fn send(&mut self, kind: SignalKind, body: &[u8]) -> Result<Delivery, TransportError> {
        panic!("{kind:?} without a destination: {body:?}")
    }

    fn send_to(&mut self, to: Destination<'_>, body: &[u8]) -> Result<Delivery, TransportError> {
        self.0.lock().expect("what was kept").push((to.endpoint.to_owned(), to.content, body.to_vec()));
        Ok(Delivery::default())
    }
}

#[test]
fn each_endpoint_gets_its_signals_in_its_form() {
    let kept = Kept::default();
    let (pipeline, _) = Pipeline::builder(catalogue()).consent(Consent::Default).transport(kept.clone()).build();
    pipeline.emit(&Started { runs: 1, os_type: None });
    let part = Part { size: 7, note: Some("secret".to_owned()) };
    pipeline.emit(&Used {
        runs: 2,
        part: Some(part.clone()),
        parts: Some(vec![part]),
        note: Some("secret".to_owned()),
        os_type: Some(Os::Linux),
    });
    pipeline.emit(&Used { runs: 3, ..Used::default() });
    pipeline.emit(&Viewed { runs: 4, os_type: Some(Os::Macos) });
    pipeline.emit(&Crashed { runs: 5, ratio: Some(0.5), ..Crashed::default() });
    pipeline.emit(&Crashed { runs: 6, ..Crashed::default() });
    assert!(pipeline.flush(LIMIT));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 5, sent: 5, ..Stats::default() });
    let mut requests = kept.0.lock().expect("what was kept").clone();
    requests.sort_by_key(|(endpoint, _, body)| (endpoint.clone(), body.len()));
    let said: Vec<_> = requests.iter().map(|(endpoint, content, _)| (endpoint.as_str(), *content)).collect();
    let put = Content::Json(Method::Put);
    let otlp = Content::Otlp(SignalKind::Event);
    assert_eq!(said, [("crash", put), ("crash", put), ("main", otlp), ("usage", Content::Json(Method::Post))]);
    let crash: Value = serde_json::from_slice(&requests[1].2).expect("JSON");
    let at = crash["at"].as_u64().expect("a time");
    assert_eq!(crash, json!({"runs": 5, "ratio": 0.5, "$schema": "$crash", "at": at, "began": at / 1_000_000}));
    let usage: Value = serde_json::from_slice(&requests[3].2).expect("JSON");
    assert_eq!((&usage["api_key"], usage["batch"].as_array().map(Vec::len)), (&json!("phc_example"), Some(2)));
    let first = &usage["batch"][0];
    assert_eq!(
        first["context"],
        json!({"os": "linux", "part": {"size": 7}, "library": {"name": "endpoints", "version": 1}})
    );
    assert_eq!(first["properties"], json!({"runs": 2, "parts": [{"size": 7}]}));
    assert_ne!(first["messageId"], usage["batch"][1]["messageId"]);
    assert!(!requests.iter().any(|(_, _, body)| String::from_utf8_lossy(body).contains("secret")));
    assert_eq!(payloads("usage", Consent::Default, &requests[3].2).len(), 2);
    assert_eq!(payloads("crash", Consent::Default, &requests[0].2)[0]["attributes"], json!({"runs": 6}));
}

#[test]
fn a_preview_shows_what_is_sent() {
    let value = Used { runs: -1, note: Some("a \"note\"\n".to_owned()), os_type: Some(Os::Linux), ..Used::default() };
    let request = candor::request(catalogue(), Consent::OptedIn, &value).expect("allowed");
    let sent = candor::decode_body(catalogue(), "usage", &request);
    let preview: Value =
        serde_json::from_str(&candor::preview(catalogue(), Consent::OptedIn, &value).expect("allowed")).expect("JSON");
    assert_eq!(preview["attributes"], json!({"os.type": "linux", "note": "a \"note\"\n"}));
    assert_eq!(preview["droppedAttributesCount"], 1);
    assert_eq!(sent.len(), 1);
    assert_eq!(candor::preview(catalogue(), Consent::Default, &Viewed { runs: 1, os_type: None }), None);
}

#[test]
fn a_transport_of_otlp_sends_no_json() {
    let otlp = |_: SignalKind, _: &[u8]| Ok(Delivery::default());
    let (pipeline, _) = Pipeline::builder(catalogue()).consent(Consent::Default).transport(otlp).build();
    pipeline.emit(&Started::default());
    pipeline.emit(&Used::default());
    assert!(pipeline.flush(LIMIT));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 2, sent: 1, dropped: 1, ..Stats::default() });
    assert_eq!(pipeline.last_failure().as_deref(), Some("the transport sends OTLP only"));
}

#[test]
fn a_server_gets_json() {
    let server = Collector::start([Answer::status(503, "retry-after: 0\r\n", b""), Answer::status(202, "", b"thanks")]);
    let builder = Pipeline::builder(catalogue()).consent(Consent::Default);
    let builder = builder.endpoint(server.endpoint()).endpoint_of("usage", format!("{}/v1/batch", server.endpoint()));
    let (pipeline, _) = builder.endpoint_of("crash", format!("{}/report?project=7", server.endpoint())).build();
    (0..200).for_each(|runs| pipeline.emit(&Used { runs, ..Used::default() }));
    pipeline.emit(&Crashed { runs: 1, ..Crashed::default() });
    assert!(pipeline.flush(LIMIT));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 201, sent: 201, ..Stats::default() });
    let requests = server.requests();
    let mut targets: Vec<&str> = requests.iter().map(|request| request.target.as_str()).collect();
    targets.sort_unstable();
    targets.dedup();
    assert_eq!(targets, ["POST /v1/batch", "PUT /report?project=7"]);
    for request in &requests {
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(request.header("content-encoding"), None, "not every server takes gzip");
    }
    let batches = requests.iter().filter(|request| request.target == "POST /v1/batch");
    let largest = batches.map(|request| payloads("usage", Consent::Default, &request.body).len()).max();
    assert!(largest > Some(1), "{largest:?}");
    let addresses: Vec<&str> = pipeline.endpoints().map(|(name, _)| name).collect();
    assert_eq!(addresses, ["main", "usage", "crash"]);
}

#[test]
fn an_endpoint_that_is_away_keeps_nobody_waiting() {
    let folder = tempfile::tempdir().expect("a folder");
    let sent = Kept::default();
    let away = Arc::new(Mutex::new(true));
    let (kept, is_away) = (sent.clone(), away.clone());
    struct Away(Kept, Arc<Mutex<bool>>);
    impl Transport for Away {
        fn send(&mut self, _: SignalKind, _: &[u8]) -> Result<Delivery, TransportError> {
            unreachable!("a pipeline says where to")
        }
        fn send_to(&mut self, to: Destination<'_>, body: &[u8]) -> Result<Delivery, TransportError> {
            if to.endpoint == "usage" && *self.1.lock().expect("a flag") {
                return Err(TransportError {
                    message: "away".to_owned(),
                    retry: Retry::After(Duration::ZERO),
                    cause: candor::Cause::Busy,
                });
            }
            self.0.send_to(to, body)
        }
    }
    let builder = Pipeline::builder(catalogue()).consent(Consent::Default).transport(Away(kept, is_away));
    let (pipeline, _) = builder.spool(folder.path()).build();
    pipeline.emit(&Used { runs: 1, ..Used::default() });
    pipeline.emit(&Used { runs: 2, ..Used::default() });
    pipeline.emit(&Started { runs: 3, os_type: None });
    assert!(pipeline.flush(LIMIT));
    let stats = pipeline.stats();
    assert_eq!((stats.sent, stats.spooled, stats.dropped), (1, 2, 0));
    let names: Vec<String> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(names.iter().all(|name| name.ends_with("-1-1.candor")), "{names:?}");
    *away.lock().expect("a flag") = false;
    pipeline.emit(&Started { runs: 4, os_type: None });
    assert!(pipeline.flush(LIMIT));
    assert_eq!(pipeline.stats().resent, 2);
    let requests = sent.0.lock().expect("what was kept").clone();
    let usage = requests.iter().find(|(endpoint, _, _)| endpoint == "usage").expect("it was sent later");
    assert_eq!(payloads("usage", Consent::Default, &usage.2).len(), 2);
}

#[test]
fn a_body_costs_no_allocation() {
    let (pipeline, _) = Pipeline::builder(catalogue()).consent(Consent::OptedIn).transport(Kept::default()).build();
    let part = Part { size: 1, note: Some("note".to_owned()) };
    let value =
        Used { runs: 1, part: Some(part), parts: None, note: Some("note".to_owned()), os_type: Some(Os::Linux) };
    (0..10).for_each(|_| pipeline.emit(&value));
    let counted = allocation_counter::measure(|| (0..100).for_each(|_| pipeline.emit(&value)));
    assert_eq!(counted.count_total, 0);
}

#[test]
fn the_notice_names_every_destination() {
    let notice = catalogue().notice();
    let line = "It goes to https://telemetry.example.com:4318 and to https://usage.example.com/v1/batch and to \
                https://crash.example.com/report?project=7.";
    assert!(notice.contains(line), "{notice}");
}

fn used() -> impl Strategy<Value = Used> {
    let text = || proptest::option::of("\\PC{0,45}|[\\\\\"\n\u{1}é]{0,5}");
    let part = || (any::<i64>(), text()).prop_map(|(size, note)| Part { size, note });
    let os = proptest::option::of(prop_oneof![Just(Os::Linux), Just(Os::Macos)]);
    let parts = proptest::option::of(proptest::collection::vec(part(), 0..3));
    (any::<i64>(), proptest::option::of(part()), parts, text(), os)
        .prop_map(|(runs, part, parts, note, os_type)| Used { runs, part, parts, note, os_type })
}

/// The attributes by the wire and straight from the fields, as unordered JSON.
#[track_caller]
fn same<T: Telemetry>(consent: Consent, endpoint: &str, value: &T) {
    let request = candor::request(catalogue(), consent, value).expect("allowed");
    let direct: Value = serde_json::from_str(&candor::payload(consent, value).expect("allowed")).expect("JSON");
    let [read] = &payloads(endpoint, consent, &request)[..] else { panic!("one signal") };
    assert_eq!(read["attributes"], direct["attributes"]);
    assert_eq!(read["name"], direct["name"]);
}

proptest! {
    #[test]
    fn what_is_written_is_read_and_fine(value in used(), opted_in in any::<bool>(), ratio in any::<f64>()) {
        let consent = if opted_in { Consent::OptedIn } else { Consent::Default };
        same(consent, "usage", &value);
        let crashed = Crashed { runs: value.runs, ratio: Some(ratio), note: value.note.clone(), os_type: value.os_type };
        same(consent, "crash", &crashed);
    }
}

#[test]
fn times_are_as_the_placeholder_says() {
    let before = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("now").as_millis() as u64;
    let request = candor::request(catalogue(), Consent::Default, &Used::default()).expect("allowed");
    let read = &payloads("usage", Consent::Default, &request)[0]["timeUnixNano"];
    let time: u64 = read.as_str().expect("digits").parse().expect("digits");
    assert!(time.is_multiple_of(1_000_000) && (before..before + 60_000).contains(&(time / 1_000_000)), "{time}");
}

/// The verdict of a body's schema, and that of the form and the validator.
fn verdicts(endpoint: &str, signal: &str, consent: Consent, document: &Value) -> (bool, bool) {
    let signal = CHECKED.signal(signal).expect("a signal");
    let schema = candor_codegen::json_schema::body_schema(&CHECKED, signal, consent).expect("a schema");
    let by_schema = jsonschema::validator_for(&schema).expect("a schema").is_valid(document);
    let mut fine = false;
    let read = read_each_body(&CHECKED, endpoint, document.to_string().as_bytes(), MAX_MEMORY, |item| {
        let validator = Validator::new(&CHECKED, consent);
        fine = matches!(item, Item::Payload(payload) if payload.value["name"] == *signal.name
            && validator.check_payload(&payload).is_empty());
    });
    (by_schema, read.is_ok() && fine)
}

/// The document with one member or item changed, taken out or added, at a place that the numbers choose.
fn changed(document: &Value, mut place: usize, to: usize) -> Value {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(2.0),
        json!(""),
        json!("Used"),
        json!([]),
        json!({}),
        json!({"size": 1}),
        json!("2026-11-30T12:00:00Z"),
        json!(ID),
        json!(u64::MAX),
        json!("linux"),
    ];
    let mut changed = document.clone();
    let mut value = &mut changed;
    loop {
        let keys: Vec<String> = match value.as_object() {
            Some(object) if !object.is_empty() => object.keys().cloned().collect(),
            _ => break,
        };
        let (key, deeper) = (keys[place % keys.len()].clone(), place / keys.len());
        place = deeper / 4;
        let new = values[to % values.len()].clone();
        match deeper % 4 {
            0 => {
                value.as_object_mut().expect("an object").remove(&key);
                return changed;
            }
            1 => {
                value[["more", "note", "runs", "lost", "os"][place % 5]] = new;
                return changed;
            }
            2 => {
                value[&key] = new;
                return changed;
            }
            _ => value = &mut value[&key],
        }
    }
    *value = values[to % values.len()].clone();
    changed
}

const ID: &str = "7b1f0f3e-3c1d-4f6a-9b7e-0123456789ab";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// The schema of a body and the inverse of its template, with the validator behind it, give the same verdict.
    #[test]
    fn the_schema_says_what_the_reader_says(
        value in used(),
        opted_in in any::<bool>(),
        place in any::<usize>(),
        to in any::<usize>(),
        change in 0..3_usize,
    ) {
        let consent = if opted_in { Consent::OptedIn } else { Consent::Default };
        let crashed = Crashed { runs: value.runs, ratio: None, note: value.note.clone(), os_type: value.os_type };
        let bodies = [
            ("usage", "used", candor::request(catalogue(), consent, &value).expect("allowed")),
            ("crash", "crashed", candor::request(catalogue(), consent, &crashed).expect("allowed")),
        ];
        for (endpoint, signal, body) in bodies {
            let mut document: Value = serde_json::from_slice(&body).expect("JSON");
            if let Some(signal) = document.pointer("/batch/0") {
                document = signal.clone();
            }
            for turn in 0..change {
                document = changed(&document, place.rotate_left(turn as u32 * 7), to.rotate_left(turn as u32 * 5));
            }
            let (by_schema, by_reader) = verdicts(endpoint, signal, consent, &document);
            prop_assert!(change > 0 || by_schema, "it refuses what was sent: {document}");
            prop_assert_eq!(by_schema, by_reader, "{} at {:?}: {}", signal, consent, document);
        }
    }
}
