//! Bodies of a program's own with places for the attributes of the process and for the marker of channels: what is sent at
//! each consent, what readers make of it, what a gate keeps. The catalogue is `tests/fixtures/process-bodies.yaml`.

use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use candor::{Consent, Delivery, Destination, Pipeline, SignalKind, Telemetry, Transport, TransportError};
use candor_codegen::json_schema::body_schema;
use candor_schema::Catalogue;
use candor_validate::{Allow, Item, MAX_MEMORY, Stopped, Validator, Why, read_each_body};
use serde_json::{Value, json};

const FILE: &str = "tests/fixtures/process-bodies.yaml";
const LIMIT: Duration = Duration::from_secs(20);

static CHECKED: LazyLock<Catalogue> =
    LazyLock::new(|| candor_schema::load(Path::new(FILE)).catalogue.expect("a catalogue without findings"));

fn catalogue() -> &'static candor::Catalogue {
    candor::catalogue!("tests/fixtures/process-bodies.yaml")
}

/// A consent with the channel that the catalogue names.
fn with_crashes(consent: Consent) -> Consent {
    consent.and(CHECKED.head().consent_of(["crash_reports"]).expect("a channel"))
}

#[derive(Debug, Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/process-bodies.yaml", resource)]
struct Process {
    os_type: Os,
    cores: Option<i64>,
    host: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/process-bodies.yaml", attribute = "os_type")]
enum Os {
    Linux,
}

#[derive(Debug, Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/process-bodies.yaml", attribute = "place")]
enum PlaceOfCrash {
    Parser,
}

#[derive(Debug, Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/process-bodies.yaml", event = "used")]
struct Used {
    runs: i64,
    note: Option<&'static str>,
}

#[derive(Debug, Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/process-bodies.yaml", event = "crashed")]
struct Crashed {
    place: Option<PlaceOfCrash>,
    note: Option<&'static str>,
}

const PROCESS: Process = Process { os_type: Os::Linux, cores: Some(4), host: Some("babbage") };
const USED: Used = Used { runs: 3, note: Some("a note") };
const CRASHED: Crashed = Crashed { place: Some(PlaceOfCrash::Parser), note: Some("a note") };

/// Requests, each with the name of its endpoint.
type Requests = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A transport that keeps what it is given, or is away.
#[derive(Clone, Default)]
struct Kept {
    requests: Requests,
    is_away: bool,
}

impl Transport for Kept {
    fn send(&mut self, _: SignalKind, _: &[u8]) -> Result<Delivery, TransportError> {
        unreachable!("a pipeline says where to")
    }

    fn send_to(&mut self, to: Destination<'_>, body: &[u8]) -> Result<Delivery, TransportError> {
        if self.is_away {
            let (message, cause) = ("away".to_owned(), candor::Cause::Busy);
            return Err(TransportError { message, retry: candor::Retry::After(Duration::ZERO), cause });
        }
        self.requests.lock().expect("a list").push((to.endpoint.to_owned(), body.to_vec()));
        Ok(Delivery::default())
    }
}

impl Kept {
    fn pipeline(&self, consent: Consent, process: Process) -> Pipeline {
        Pipeline::builder(catalogue()).consent(consent).resource(process).transport(self.clone()).build().0
    }

    /// The requests since the last look.
    fn take(&self) -> Vec<(String, Vec<u8>)> {
        std::mem::take(&mut *self.requests.lock().expect("a list"))
    }

    /// The only request since the last look, without its times.
    fn only(&self) -> Value {
        let [(_, request)] = &self.take()[..] else { panic!("one request") };
        without_times(request)
    }
}

fn without_times(request: &[u8]) -> Value {
    let mut request: Value = serde_json::from_slice(request).expect("JSON");
    if let Some(events) = request.get_mut("events").and_then(Value::as_array_mut) {
        events.iter_mut().for_each(|event| drop(event.as_object_mut().expect("an object").remove("at")));
    }
    request
}

/// Emits a signal, and gives the request, which every reader reads as the preview that was made before.
#[track_caller]
fn sent<T: Telemetry>(consent: Consent, process: &Process, endpoint: &str, value: &T) -> Value {
    let kept = Kept::default();
    let pipeline = kept.pipeline(consent, process.clone());
    let preview: Value = serde_json::from_str(&pipeline.preview(value).expect("a preview")).expect("JSON");
    pipeline.emit(value);
    assert!(pipeline.flush(LIMIT));
    let [(to, request)] = &kept.take()[..] else { panic!("one request") };
    assert_eq!(to, endpoint);
    let read = payloads(endpoint, request, consent);
    let decoded: Vec<Value> = candor::decode_body(catalogue(), endpoint, request)
        .iter()
        .map(|payload| serde_json::from_str(payload).expect("JSON"))
        .collect();
    assert_eq!(read, decoded);
    for member in ["name", "attributes", "resource", "channels", "droppedAttributesCount"] {
        assert_eq!(read[0].get(member), preview.get(member), "{member}");
    }
    without_times(request)
}

/// The payloads of a request as the validator reads them; all are fine at this consent.
#[track_caller]
fn payloads(endpoint: &str, request: &[u8], consent: Consent) -> Vec<Value> {
    let mut found = Vec::new();
    read_each_body(&CHECKED, endpoint, request, MAX_MEMORY, |item| match item {
        Item::Payload(payload) => {
            assert_eq!(Validator::new(&CHECKED, consent).check_payload(&payload), []);
            found.push(payload.value);
        }
        Item::Unreadable(part) => panic!("{part:?}"),
    })
    .expect("JSON");
    found
}

#[test]
fn a_request_says_of_the_process_what_is_allowed() {
    assert_eq!(
        sent(Consent::Default, &PROCESS, "usage", &USED),
        json!({"cpu": 4, "os.type": "linux", "token": "public", "events": [{"event": "Used", "runs": 3}]})
    );
    assert_eq!(
        sent(Consent::OptedIn, &Process { cores: Some(65), ..PROCESS }, "usage", &USED),
        json!({"os.type": "linux", "host.name": "babbage", "token": "public", "events":
            [{"event": "Used", "channels": "opt_in", "runs": 3, "note": "a note"}]})
    );
}

#[test]
fn a_body_without_a_batch_says_it_in_each_request() {
    let consent = with_crashes(Consent::Default);
    assert_eq!(
        sent(consent, &PROCESS, "crash", &CRASHED),
        json!({"machine": {"os.type": "linux", "cores": 4}, "data": {"place": "parser"}, "channels": "crash_reports"})
    );
    assert_eq!(
        sent(with_crashes(Consent::OptedIn), &PROCESS, "crash", &CRASHED),
        json!({"host": "babbage", "machine": {"os.type": "linux", "cores": 4},
            "data": {"place": "parser", "note": "a note"}, "channels": "crash_reports,opt_in"})
    );
    let kept = Kept::default();
    let pipeline = kept.pipeline(consent, PROCESS);
    (0..3).for_each(|_| pipeline.emit(&CRASHED));
    assert!(pipeline.flush(LIMIT));
    let requests = kept.take();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|(_, body)| without_times(body)["machine"]["cores"] == 4));
}

#[test]
fn consent_that_shrinks_counts_for_the_next_request() {
    let kept = Kept::default();
    let pipeline = kept.pipeline(Consent::OptedIn, PROCESS);
    pipeline.emit(&USED);
    assert!(pipeline.flush(LIMIT));
    assert_eq!(kept.only()["host.name"], "babbage");
    pipeline.set_consent(Consent::Default);
    pipeline.emit(&USED);
    assert!(pipeline.flush(LIMIT));
    assert_eq!(kept.only().get("host.name"), None);
}

#[test]
fn an_unknown_process_leaves_its_places_empty() {
    let kept = Kept::default();
    let builder = Pipeline::builder(catalogue()).consent(Consent::Default).transport(kept.clone());
    let (pipeline, _) = builder.build();
    pipeline.emit(&USED);
    assert!(pipeline.flush(LIMIT));
    let [(_, request)] = &kept.take()[..] else { panic!("one request") };
    assert_eq!(payloads("usage", request, Consent::Default).len(), 1, "of the process nothing is demanded");
    assert_eq!(without_times(request), json!({"token": "public", "events": [{"event": "Used", "runs": 3}]}));
}

#[test]
fn a_record_that_tells_of_the_process_needs_its_permission() {
    for (opted_in, resent) in [(true, 1), (false, 0)] {
        let folder = tempfile::tempdir().expect("a folder");
        let away = Kept { is_away: true, ..Kept::default() };
        let builder = Pipeline::builder(catalogue()).resource(PROCESS).spool(folder.path());
        let (pipeline, _) = builder.consent(Consent::OptedIn).transport(away).build();
        pipeline.emit(&Used { note: None, ..USED });
        assert!(pipeline.flush(LIMIT));
        assert_eq!(pipeline.stats().spooled, 1);
        let consent = if opted_in { Consent::OptedIn } else { Consent::Default };
        let (kept, builder) = (Kept::default(), Pipeline::builder(catalogue()).resource(PROCESS).spool(folder.path()));
        let (pipeline, _) = builder.consent(consent).transport(kept.clone()).build();
        pipeline.emit(&Used { runs: 8, note: None });
        assert!(pipeline.flush(LIMIT));
        let old = |(_, body): &&(String, Vec<u8>)| without_times(body)["events"][0]["runs"] == 3;
        assert_eq!(kept.take().iter().filter(old).count(), resent, "{consent:?}");
    }
}

/// The part of a document that passes, and what is stopped.
#[track_caller]
fn passed(consent: Consent, document: &Value) -> (Value, Vec<(String, Why)>) {
    passed_by(Allow::new(&CHECKED, consent), consent, document)
}

#[track_caller]
fn passed_by(allow: Allow<'_>, consent: Consent, document: &Value) -> (Value, Vec<(String, Why)>) {
    let mut stopped = Stopped::default();
    let passed = allow.pass_body(document.to_string().as_bytes(), &mut stopped);
    let passed = passed.expect("of a declared form");
    assert!(payloads(&passed.endpoint.name, &passed.body, consent).len() == passed.signals);
    let passed = serde_json::from_slice(&passed.body).expect("JSON");
    (passed, stopped.iter().map(|(what, why, _)| (what.to_owned(), why)).collect())
}

#[test]
fn a_gate_filters_the_process_and_holds_a_signal_to_its_marker() {
    let used = |channels: &str| json!({"event": "Used", "at": 1, "channels": channels, "runs": 3, "note": "a note"});
    let viewed = json!({"event": "Viewed", "at": 1, "runs": 3});
    let request = json!({"cpu": 4, "os.type": "beos", "host.name": "babbage", "secret": 1, "token": "public",
        "events": [used("opt_in"), used("crash_reports"), viewed]});
    let (found, stopped) = passed(Consent::OptedIn, &request);
    let kept = json!({"cpu": 4, "host.name": "babbage", "token": "public", "events": [
        {"event": "Used", "at": 1, "runs": 3, "note": "a note"}, {"event": "Used", "at": 1, "runs": 3}]});
    assert_eq!(found, kept, "without its marker, a signal is collected by default, and no marker goes on");
    assert_eq!(
        stopped,
        [
            ("Used `note`".to_owned(), Why::Consent),
            ("event `Viewed`".to_owned(), Why::Consent),
            ("resource `os.type`".to_owned(), Why::Value),
            ("resource `secret`".to_owned(), Why::Unknown),
        ]
    );
    let (found, _) = passed(Consent::Default, &request);
    assert_eq!(found["host.name"], Value::Null);
    let crash = json!({"host": "babbage", "machine": {"os.type": "linux", "cores": 65}, "data": {"place": "parser"},
        "channels": "crash_reports"});
    let (found, _) = passed(with_crashes(Consent::Default), &crash);
    assert_eq!(found, json!({"machine": {"os.type": "linux"}, "data": {"place": "parser"}}));
}

#[test]
fn a_gate_for_any_consent_knows_no_more_than_the_marker() {
    let used = json!({"event": "Used", "at": 1, "channels": "opt_in", "runs": 3, "note": "a note"});
    let request = json!({"cpu": 4, "host.name": "babbage", "token": "public", "events": [used]});
    let (found, _) = passed_by(Allow::marked(&CHECKED), Consent::OptedIn, &request);
    let kept = json!({"event": "Used", "at": 1, "runs": 3, "note": "a note"});
    assert_eq!(found, json!({"cpu": 4, "token": "public", "events": [kept]}), "the process has no marker");
}

#[test]
fn the_schema_of_a_body_knows_the_process_and_the_marker() {
    let consent = with_crashes(Consent::Default);
    let signal = CHECKED.signals().iter().find(|signal| signal.name == "Crashed").expect("a signal");
    let schema = jsonschema::validator_for(&body_schema(&CHECKED, signal, consent).expect("a body")).expect("a schema");
    let good = json!({"machine": {"os.type": "linux", "cores": 4}, "data": {}, "channels": "crash_reports"});
    assert!(schema.is_valid(&good));
    assert!(schema.is_valid(&json!({"machine": {}, "data": {}})));
    for wrong in [
        json!({"machine": {"cores": 65}, "data": {}}),
        json!({"machine": {"host.name": "babbage"}, "data": {}}),
        json!({"host": "babbage", "machine": {}, "data": {}}),
        json!({"machine": {}, "data": {}, "channels": "opt_in"}),
        json!({"data": {}}),
    ] {
        assert!(!schema.is_valid(&wrong), "{wrong}");
    }
}
