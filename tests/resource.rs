//! Attributes of the process, bodies of log records and what every signal has to carry: typed, filtered, and the same in
//! every voice. The catalogue is `tests/fixtures/resource.yaml`.

use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use candor::{Consent, Delivery, Pipeline, SignalKind, Telemetry};
use candor_codegen::json_schema::payload_schema;
use candor_schema::Catalogue;
use candor_validate::audit::{Audit, Granted};
use candor_validate::{Allow, Item, Payload, Request, Signals, Stopped, Validator, payloads_from_otlp_protobuf, read};
use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider};
use opentelemetry::{Key, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{InMemoryLogExporter, SdkLoggerProvider};
use proptest::prelude::*;
use serde_json::{Value, json};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    candor_schema::load(Path::new("tests/fixtures/resource.yaml")).catalogue.expect("a catalogue without findings")
});

fn catalogue() -> &'static candor::Catalogue {
    candor::catalogue!("tests/fixtures/resource.yaml")
}

const LEVELS: [Consent; 2] = [Consent::Default, Consent::OptedIn];

#[derive(Debug, Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/resource.yaml", attribute = "os_type")]
enum Os {
    Linux,
    Windows,
}

#[derive(Debug, Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/resource.yaml", attribute = "message")]
enum Message {
    Late,
}

#[derive(Debug, Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/resource.yaml", resource)]
struct Process {
    os_type: Os,
    version: Option<String>,
    cores: Option<i64>,
    host: Option<String>,
}

#[derive(Debug, Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/resource.yaml", span = "started")]
struct Started {
    session: &'static str,
    runs: i64,
}

#[derive(Debug, Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/resource.yaml", event = "ended")]
struct Ended {
    session: &'static str,
    message: Message,
}

#[derive(Debug, Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/resource.yaml", event = "noted")]
struct Noted {
    session: String,
    report: Option<String>,
    runs: Option<i64>,
}

const STARTED: Started = Started { session: "a", runs: 3 };
const ENDED: Ended = Ended { session: "a", message: Message::Late };

fn process() -> Process {
    Process { os_type: Os::Linux, version: Some("1.2.3".into()), cores: Some(4), host: Some("babbage".into()) }
}

type Requests = Arc<Mutex<Vec<(SignalKind, Vec<u8>)>>>;

/// A pipeline, and the requests that it sends.
struct Sent {
    pipeline: Pipeline,
    requests: Requests,
}

impl Sent {
    fn of(consent: Consent, process: Option<Process>) -> Sent {
        let requests = Requests::default();
        let list = requests.clone();
        let transport = move |kind: SignalKind, body: &[u8]| {
            list.lock().expect("a list").push((kind, body.to_vec()));
            Ok(Delivery::default())
        };
        let builder = Pipeline::builder(catalogue()).consent(consent).transport(transport);
        let builder = if let Some(process) = process { builder.resource(process) } else { builder };
        Sent { pipeline: builder.build().0, requests }
    }

    /// The payload of a signal as it was sent, which the preview and the validator read alike.
    fn payload<T: Telemetry>(&self, value: &T) -> Value {
        self.pipeline.emit(value);
        assert!(self.pipeline.flush(Duration::from_secs(10)));
        let (kind, body) = self.requests.lock().expect("a list").pop().expect("a request");
        let preview = candor::decode(catalogue(), kind, &body).pop().expect("a preview");
        let payload = only(&body).value;
        assert_eq!(payload, only(preview.as_bytes()).value);
        payload
    }
}

fn only(bytes: &[u8]) -> Payload {
    let mut items = read(&CATALOGUE, bytes).expect("telemetry");
    match (items.pop(), items.pop()) {
        (Some(Item::Payload(payload)), None) => payload,
        other => panic!("one payload, not {other:?}"),
    }
}

/// Lists the validator's refusals of a payload, and checks that the JSON Schema says the same.
fn refusals(level: Consent, payload: &Value) -> Vec<String> {
    static SCHEMAS: LazyLock<[jsonschema::Validator; 2]> = LazyLock::new(|| {
        LEVELS.map(|level| jsonschema::validator_for(&payload_schema(&CATALOGUE, level)).expect("a schema"))
    });
    let violations = Validator::new(&CATALOGUE, level).check(payload.to_string().as_bytes());
    let of_schema = SCHEMAS[usize::from(level == Consent::OptedIn)].is_valid(payload);
    assert_eq!(violations.is_empty(), of_schema, "{payload}: {violations:?}");
    assert_eq!(
        candor::validate::validator(catalogue(), level).check(payload.to_string().as_bytes()).len(),
        violations.len()
    );
    violations.into_iter().map(|violation| format!("{} {}", violation.pointer, violation.message)).collect()
}

// The emitter.

#[test]
fn the_resource_goes_with_each_request_as_far_as_it_is_allowed() {
    for (consent, expected) in [
        (Consent::Default, json!({"os.type": "linux", "service.version": "1.2.3", "host.cpu.cores": 4})),
        (
            Consent::OptedIn,
            json!({"os.type": "linux", "service.version": "1.2.3", "host.cpu.cores": 4, "host.name": "babbage"}),
        ),
    ] {
        let sent = Sent::of(consent, Some(process()));
        for payload in [sent.payload(&STARTED), sent.payload(&ENDED)] {
            assert_eq!(payload["resource"], expected);
            assert_eq!(refusals(consent, &payload), [""; 0]);
        }
    }
}

#[test]
fn a_wider_consent_takes_more_of_the_process_along_and_a_narrower_one_less() {
    let sent = Sent::of(Consent::Default, Some(process()));
    assert_eq!(sent.payload(&STARTED)["resource"].get("host.name"), None);
    sent.pipeline.set_consent(Consent::OptedIn);
    assert_eq!(sent.payload(&STARTED)["resource"]["host.name"], "babbage");
    sent.pipeline.set_consent(Consent::Default);
    assert_eq!(sent.payload(&STARTED)["resource"].get("host.name"), None);
}

#[test]
fn what_the_process_is_not_allowed_to_say_is_left_out_and_counted() {
    let version = Some("unreleased".to_owned());
    let sent = Sent::of(Consent::Default, Some(Process { version, ..process() }));
    let payload = sent.payload(&STARTED);
    assert_eq!(payload["resource"], json!({"os.type": "linux", "host.cpu.cores": 4}));
    assert_eq!(payload["droppedAttributesCount"], 1);
    assert_eq!(refusals(Consent::Default, &payload), [""; 0]);
}

#[test]
fn a_process_that_says_nothing_lacks_what_is_required() {
    let payload = Sent::of(Consent::Default, None).payload(&STARTED);
    assert_eq!(payload.get("resource"), None);
    assert_eq!(payload["droppedAttributesCount"], 1);
    assert_eq!(refusals(Consent::Default, &payload), [""; 0]);
}

#[test]
fn a_preview_shows_the_resource() {
    let sent = Sent::of(Consent::Default, Some(process()));
    let preview = sent.pipeline.preview(&ENDED).expect("a preview");
    let mut sent = sent.payload(&ENDED);
    let mut preview: Value = serde_json::from_str(&preview).expect("JSON");
    for payload in [&mut sent, &mut preview] {
        payload["timeUnixNano"] = json!("0");
    }
    assert_eq!(sent, preview);
}

#[test]
fn a_body_is_no_attribute_on_the_wire() {
    let payload = Sent::of(Consent::Default, Some(process())).payload(&ENDED);
    assert_eq!((&payload["body"], &payload["attributes"]), (&json!("late"), &json!({"session": "a"})));
    let direct: Value =
        serde_json::from_str(&candor::payload(Consent::Default, &ENDED).expect("a payload")).expect("JSON");
    assert_eq!((&direct["body"], &direct["attributes"]), (&json!("late"), &json!({"session": "a"})));
}

#[test]
fn a_body_waits_for_its_consent_and_keeps_to_its_domain() {
    let noted = |report: &str| Noted { session: "a".into(), report: Some(report.into()), runs: Some(1) };
    let payload = Sent::of(Consent::Default, Some(process())).payload(&noted("it burns"));
    assert_eq!(payload.get("body"), None);
    assert_eq!(payload.get("droppedAttributesCount"), None);
    let opted_in = Sent::of(Consent::OptedIn, Some(process()));
    assert_eq!(opted_in.payload(&noted("it burns"))["body"], "it burns");
    let payload = opted_in.payload(&noted(&"x".repeat(41)));
    assert_eq!((payload.get("body"), &payload["droppedAttributesCount"]), (None, &json!(1)));
}

// The validator and the schemas.

fn ended(change: impl FnOnce(&mut Value)) -> Value {
    let mut payload = json!({
        "kind": "event", "name": "Ended", "timeUnixNano": "1", "attributes": {"session": "a"}, "body": "ok",
        "resource": {"os.type": "macos"},
    });
    change(&mut payload);
    payload
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Value), expected: &[&str]) {
    assert_eq!(refusals(Consent::Default, &ended(change)), expected);
}

#[test]
fn resource_and_body_are_held_against_the_catalogue() {
    refused(|_| {}, &[]);
    refused(|payload| payload["resource"]["telemetry.sdk.name"] = json!("candor"), &[]);
    let host = "/resource/host.name `resource.host.name` (Texts) is collected only after opt-in";
    refused(|payload| payload["resource"]["host.name"] = json!("babbage"), &[host]);
    let unknown = "/resource/session `session` of the resource is not listed for it in the catalogue";
    refused(|payload| payload["resource"]["session"] = json!("a"), &[unknown]);
    let cores =
        "/resource/host.cpu.cores `resource.host.cpu.cores` is an integer outside its range; expected at least 1";
    refused(|payload| payload["resource"]["host.cpu.cores"] = json!(0), &[cores]);
    let missing = "/resource/os.type `resource.os.type` is missing";
    refused(|payload| payload["resource"] = json!({}), &[missing]);
    refused(|payload| _ = payload.as_object_mut().map(|members| members.remove("resource")), &[missing]);
    refused(
        |payload| payload["body"] = json!("fine"),
        &["/body `body` is a text of 4 characters and none of `ok`, `late`, `broken`"],
    );
    refused(|payload| _ = payload.as_object_mut().map(|members| members.remove("body")), &["/body `body` is missing"]);
    let attribute = "/attributes/message `message` is in the catalogue, but not for the event `Ended`";
    refused(|payload| payload["attributes"]["message"] = json!("ok"), &[attribute]);
    refused(|payload| payload["attributes"] = json!({}), &["/attributes/session `session` is missing"]);
}

#[test]
fn nothing_is_demanded_where_values_were_left_out() {
    refused(
        |payload| {
            payload["droppedAttributesCount"] = json!(1);
            payload["attributes"] = json!({});
            payload.as_object_mut().map(|members| (members.remove("resource"), members.remove("body")));
        },
        &[],
    );
}

// What foreign programs send.

/// Without the mark of a permission a signal holds to the default.
fn foreign(level: Consent) -> Value {
    let mark = json!({"key": "candor.channels", "value": {"stringValue": "opt_in"}});
    let marks = if level == Consent::OptedIn { vec![mark] } else { Vec::new() };
    let mut attributes = vec![
        json!({"key": "session", "value": {"stringValue": "a"}}),
        json!({"key": "report", "value": {"stringValue": "CANARY"}}),
    ];
    attributes.extend(marks);
    json!({"resourceLogs": [{
        "resource": {"attributes": [
            {"key": "service.name", "value": {"stringValue": "resource"}},
            {"key": "os.type", "value": {"stringValue": "linux"}},
            {"key": "host.cpu.cores", "value": {"intValue": "0"}},
            {"key": "host.name", "value": {"stringValue": "babbage"}},
            {"key": "process.pid", "value": {"intValue": "7"}},
        ]},
        "scopeLogs": [{"logRecords": [{
            "timeUnixNano": "1", "eventName": "Noted", "body": {"stringValue": "it burns"},
            "attributes": attributes,
        }]}],
    }]})
}

#[test]
fn what_passes_on_is_what_the_catalogue_lists_for_the_process() {
    for (level, resource, body) in [
        (Consent::Default, json!({"os.type": "linux"}), None),
        (Consent::OptedIn, json!({"os.type": "linux", "host.name": "babbage"}), Some(json!("it burns"))),
    ] {
        let request = Request::from_json(Signals::Logs, foreign(level).to_string().as_bytes()).expect("a request");
        let mut stopped = Stopped::default();
        let passed = Allow::new(&CATALOGUE, level).pass(&request, &mut stopped);
        let items = payloads_from_otlp_protobuf(&CATALOGUE, &passed.body, Some(Signals::Logs)).expect("OTLP");
        let [Item::Payload(payload)] = &items[..] else { panic!("one payload: {items:?}") };
        assert_eq!(payload.value["resource"], resource);
        assert_eq!(payload.value.get("body"), body.as_ref());
        assert_eq!(payload.value["droppedAttributesCount"], 3, "cores, the process id, an attribute that is the body");
        assert_eq!(refusals(level, &payload.value), [""; 0]);
        assert!(!passed.body.windows(6).any(|bytes| bytes == b"CANARY"));
        let keys: Vec<_> = stopped.iter().map(|(key, _, _)| key).collect();
        assert!(keys.contains(&"resource `process.pid`") && keys.contains(&"resource `host.cpu.cores`"), "{keys:?}");
        assert_eq!(keys.contains(&"resource `host.name`"), level == Consent::Default, "{keys:?}");
    }
}

#[test]
fn the_audit_knows_the_resource_and_the_body() {
    let items = read(&CATALOGUE, foreign(Consent::Default).to_string().as_bytes()).expect("telemetry");
    let mut audit = Audit::new(&CATALOGUE);
    audit.begin("capture", Granted::Default);
    items.iter().for_each(|item| audit.add(item));
    let report = audit.report();
    let mut found: Vec<_> =
        report.findings.iter().map(|finding| format!("{} {}", finding.rule.name(), finding.subject)).collect();
    found.sort();
    for expected in [
        "not_allowed `host.name` of the resource",
        "not_allowed `body`",
        "unknown_context `process.pid` of the resource",
    ] {
        assert!(found.iter().any(|found| found == expected), "{expected}: {found:#?}");
    }
    assert!(!found.iter().any(|found| found.contains("os.type")), "{found:#?}");
}

// OpenTelemetry's SDK.

#[test]
fn the_filter_around_opentelemetry_keeps_what_is_listed_and_follows_consent() {
    let consent = Arc::new(Mutex::new(Consent::Default));
    let now = consent.clone();
    let exporter = InMemoryLogExporter::default();
    let filter = candor::otel::Filter::new(catalogue(), move || *now.lock().expect("a consent"), exporter.clone());
    let stopped = filter.stopped();
    let resource = Resource::builder_empty().with_attributes([
        KeyValue::new("service.name", "resource"),
        KeyValue::new("os.type", "linux"),
        KeyValue::new("host.name", "babbage"),
        KeyValue::new("process.pid", 7),
    ]);
    let provider = SdkLoggerProvider::builder().with_simple_exporter(filter).with_resource(resource.build()).build();
    let logger = provider.logger("by hand");
    for level in [Consent::Default, Consent::OptedIn, Consent::Default] {
        *consent.lock().expect("a consent") = level;
        let mut record = logger.create_log_record();
        record.set_event_name("Noted");
        record.set_body(AnyValue::from("it burns"));
        record.add_attribute("session", "a");
        logger.emit(record);
        let sent = exporter.get_emitted_logs().expect("log records").pop().expect("a log record");
        let says = |key: &'static str| sent.resource.get(&Key::from_static_str(key)).map(|value| value.to_string());
        assert_eq!(says("service.name").as_deref(), Some("resource"));
        assert_eq!(says("os.type").as_deref(), Some("linux"));
        assert_eq!(says("process.pid"), None);
        assert_eq!(says("host.name").is_some(), level == Consent::OptedIn);
        assert_eq!(sent.record.body().is_some(), level == Consent::OptedIn);
    }
    let keys: Vec<_> = stopped.list().into_iter().map(|stop| stop.key).collect();
    assert_eq!(keys, ["Noted: attribute report", "resource: attribute host.name", "resource: attribute process.pid"]);
}

// Schema = filter.

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_sent_is_accepted(
        version in proptest::option::of("[0-9]{1,2}[.][0-9][.][0-9]|[a-z]{0,3}"),
        cores in proptest::option::of(-2_i64..1100),
        host in proptest::option::of("[a-z]{0,70}"),
        session in "[a-z]{0,10}",
        report in proptest::option::of("[a-z ]{0,50}"),
        runs in proptest::option::of(-2_i64..5),
        opted_in: bool,
    ) {
        let consent = LEVELS[usize::from(opted_in)];
        let sent = Sent::of(consent, Some(Process { os_type: Os::Windows, version, cores, host, }));
        let payload = sent.payload(&Noted { session, report, runs });
        prop_assert_eq!(refusals(consent, &payload), [""; 0]);
        prop_assert_eq!(refusals(Consent::OptedIn, &payload), [""; 0]);
        let directly: Value = serde_json::from_str(&candor::resource(consent, &process())).expect("JSON");
        prop_assert_eq!(directly.get("host.name").is_some(), opted_in);
    }
}
