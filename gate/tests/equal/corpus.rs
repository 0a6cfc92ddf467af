//! The corpus: captured requests, requests that try to bring something past the gate, and random ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use candor_codegen::embedded::embed;
use candor_gate::Gate;
use candor_schema::{Catalogue, SignalKind, load};
use candor_validate::Signals;
use serde_json::{Value, json};

/// A catalogue, as itself and as a gate opened it.
pub struct Opened {
    pub name: &'static str,
    pub document: String,
    catalogue: Catalogue,
    gate: Gate,
}

impl Opened {
    fn new(name: &'static str, path: &str) -> Self {
        let catalogue = load(&root().join(path)).catalogue.expect("no findings");
        let (_, document) = embed(&catalogue);
        let gate = Gate::open(document.as_bytes()).expect("the document of a catalogue");
        Opened { name, document, catalogue, gate }
    }

    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub fn gate(&self) -> &Gate {
        &self.gate
    }
}

pub fn catalogues() -> &'static [Opened; 3] {
    static CATALOGUES: LazyLock<[Opened; 3]> = LazyLock::new(|| {
        [
            Opened::new("crewai", "schema/crewai"),
            Opened::new("channels", "tests/fixtures/channels.yaml"),
            Opened::new("resource", "tests/fixtures/resource.yaml"),
        ]
    });
    &CATALOGUES
}

/// One request.
pub struct Case {
    pub name: String,
    pub catalogue: &'static Opened,
    pub signals: Signals,
    pub request: String,
}

/// All requests, the same in every run.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let [crewai, channels, resource] = catalogues();
    for path in captures() {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let request = fs::read_to_string(&path).expect("a capture");
        cases.push(Case { name, catalogue: crewai, signals: Signals::Traces, request });
    }
    for (name, span) in hostile_spans() {
        let request = traces(span).to_string();
        cases.push(Case { name: name.to_owned(), catalogue: channels, signals: Signals::Traces, request });
    }
    let mut random = fastrand::Rng::with_seed(11);
    for number in 0..1500 {
        let catalogue = [channels, resource, crewai][number % 3];
        let signals = [Signals::Traces, Signals::Logs][random.usize(..2)];
        let request = random_request(catalogue, signals, &mut random).to_string();
        cases.push(Case { name: format!("random {number}"), catalogue, signals, request });
    }
    cases
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn captures() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("validate/tests/fixtures")).expect("a folder");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".otlp.json"));
    files.sort();
    assert!(!files.is_empty());
    files
}

fn traces(span: Value) -> Value {
    json!({"resourceSpans": [{
        "resource": {"attributes": [pair("service.name", text("channels")), pair("host.name", text("CANARY"))]},
        "scopeSpans": [{"scope": {"name": "CANARY", "attributes": [pair("a", text("CANARY"))]}, "spans": [span]}],
    }]})
}

fn pair(key: &str, value: Value) -> Value {
    json!({"key": key, "value": value})
}

fn text(text: &str) -> Value {
    json!({"stringValue": text})
}

fn int(digits: &str) -> Value {
    json!({"intValue": digits})
}

fn span(attributes: Value) -> Value {
    json!({"name": "Used", "spanId": "0123456789abcdef", "startTimeUnixNano": "1", "attributes": attributes})
}

/// Spans that try to bring `CANARY` past the gate.
fn hostile_spans() -> Vec<(&'static str, Value)> {
    let runs = || pair("runs", int("1"));
    let with = |key: &str, value: Value| {
        let mut span = span(json!([runs()]));
        span[key] = value;
        span
    };
    vec![
        ("plain", span(json!([runs(), pair("took", int("2"))]))),
        ("equal keys, the first refused", span(json!([pair("runs", text("CANARY")), runs()]))),
        ("equal keys, the last refused", span(json!([runs(), pair("runs", text("CANARY"))]))),
        ("an unknown key", span(json!([runs(), pair("CANARY", text("CANARY"))]))),
        ("no permission", span(json!([runs(), pair("note", text("CANARY")), pair("dump", text("CANARY"))]))),
        (
            "a marker of nothing",
            span(json!([runs(), pair("note", text("CANARY")), pair("candor.channels", text("CANARY"))])),
        ),
        ("a marker that is no text", span(json!([runs(), pair("candor.channels", json!({"boolValue": true}))]))),
        (
            "links",
            with(
                "links",
                json!([{"traceId": "0123456789abcdef0123456789abcdef", "attributes": [pair("a", text("CANARY"))]}]),
            ),
        ),
        ("events", with("events", json!([{"name": "CANARY", "attributes": [pair("a", text("CANARY"))]}]))),
        ("a status with words", with("status", json!({"code": 2, "message": "CANARY"}))),
        ("a trace state", with("traceState", json!("CANARY=CANARY"))),
        ("another name", with("name", json!("CANARY"))),
        (
            "too long a text",
            span(json!([
                runs(),
                pair("where", text(&"CANARY".repeat(50))),
                pair("candor.channels", text("crash_reports"))
            ])),
        ),
        (
            "a map for a number",
            span(json!([pair("runs", json!({"kvlistValue": {"values": [pair("CANARY", text("CANARY"))]}}))])),
        ),
        (
            "bytes",
            span(json!([
                runs(),
                pair("where", json!({"bytesValue": "Q0FOQVJZ"})),
                pair("candor.channels", text("crash_reports"))
            ])),
        ),
        ("a whole double", span(json!([pair("runs", json!({"doubleValue": 3.0}))]))),
        ("a text for a number", span(json!([pair("runs", text("3"))]))),
        (
            "an object with more",
            span(json!([
                runs(),
                pair("candor.channels", text("crash_reports,dumps")),
                pair(
                    "frame",
                    json!({"kvlistValue": {"values": [pair("at", int("1")), pair("seen", text("s")), pair("value", text("v")), pair("x", text("CANARY"))]}})
                )
            ])),
        ),
        (
            "an object as JSON with equal keys",
            span(json!([
                runs(),
                pair("candor.channels", text("crash_reports,dumps")),
                pair("frame", text(r#"{"at":"CANARY","at":1,"seen":"s","value":"v"}"#))
            ])),
        ),
        ("dropped before", with("droppedAttributesCount", json!(3))),
        ("flags and kind", with("flags", json!(4_294_967_295_u32))),
        ("nothing", json!({})),
    ]
}

/// A request of signals that are of the catalogue or nearly.
fn random_request(opened: &Opened, signals: Signals, random: &mut fastrand::Rng) -> Value {
    let (kind, groups, scopes, elements) = match signals {
        Signals::Traces => (SignalKind::Span, "resourceSpans", "scopeSpans", "spans"),
        _ => (SignalKind::Event, "resourceLogs", "scopeLogs", "logRecords"),
    };
    let list = (0..random.usize(1..4)).map(|_| random_signal(opened.catalogue(), kind, random)).collect::<Vec<_>>();
    let names: Vec<_> =
        opened.catalogue().resource().info.attributes.iter().map(|member| member.name().to_owned()).collect();
    let mut process: Vec<_> = names.iter().map(|name| pair(name, random_value(random))).collect();
    process.push(pair("service.name", text(opened.catalogue().head().service())));
    json!({groups: [{"resource": {"attributes": process}, scopes: [{elements: list}]}]})
}

fn random_signal(catalogue: &Catalogue, kind: SignalKind, random: &mut fastrand::Rng) -> Value {
    let of_kind: Vec<_> = catalogue.signals().iter().filter(|signal| signal.kind == kind).collect();
    let Some(signal) = random.choice(&of_kind).filter(|_| random.u8(..20) > 0) else {
        return json!({"name": "CANARY"});
    };
    let mut attributes: Vec<Value> = Vec::new();
    for member in signal.info.attributes.iter() {
        if random.u8(..5) == 0 {
            continue;
        }
        attributes.push(pair(member.name(), random_value(random)));
    }
    if random.bool() {
        let markers = ["opt_in", "crash_reports", "crash_reports,dumps,opt_in,speed", "speed", "CANARY"];
        attributes.push(pair("candor.channels", text(markers[random.usize(..markers.len())])));
    }
    random.shuffle(&mut attributes);
    let name = if kind == SignalKind::Span { "name" } else { "eventName" };
    json!({name: &*signal.info.name, "traceId": "0123456789abcdef0123456789abcdef", "attributes": attributes,
        "droppedAttributesCount": random.u8(..2)})
}

fn random_value(random: &mut fastrand::Rng) -> Value {
    match random.u8(..10) {
        0 => text(""),
        1 => text("[{\"at\":1,\"seen\":\"s\",\"value\":\"v\"}]"),
        2 => text("{\"at\":1,\"seen\":\"s\",\"value\":\"v\",\"extra\":1}"),
        3 => json!({"boolValue": random.bool()}),
        4 => int(&random.i64(..).to_string()),
        5 => json!({"doubleValue": f64::from(random.i32(..)) / 4.0}),
        6 => json!({"arrayValue": {"values": [text("a"), int("3")]}}),
        7 => {
            json!({"kvlistValue": {"values": [pair("at", int("1")), pair("seen", text("s")), pair("value", text("v"))]}})
        }
        8 => json!({}),
        _ => int(&random.u8(..).to_string()),
    }
}
