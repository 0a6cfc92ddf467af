//! Another implementation of JSON Schema, Python's `jsonschema`, gives the same verdicts on the same generated files.
//!
//! One difference is known and left out: to Python's regular expressions `$` also stands before a newline at the end,
//! so it accepts `"1.2.3\n"` where `^[0-9.]+$` is asked for. JSON Schema says otherwise, and so do we.

mod crewai;
#[path = "support/python.rs"]
mod python;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use candor::Consent;
use candor_schema::{Catalogue, Collected, Domain};
use candor_validate::{Item, Validator, read};
use serde_json::{Map, Value, json};

const SCHEMAS: &str = "generated/json-schema";

/// A payload and the schema it is held against.
struct Case {
    schema: String,
    payload: Value,
}

fn catalogue() -> Catalogue {
    candor_schema::load(Path::new("schema/crewai")).catalogue.expect("no findings")
}

/// Our verdicts on all cases. A payload is only held against schemas of its own signal, so the level is enough.
fn ours(catalogue: &Catalogue, cases: &[Case]) -> Vec<bool> {
    let [default, opted_in] = [Consent::Default, Consent::OptedIn].map(|level| Validator::new(catalogue, level));
    let verdict = |case: &Case| {
        let validator = if case.schema.contains(".default.") { &default } else { &opted_in };
        validator.is_valid(case.payload.to_string().as_bytes())
    };
    cases.iter().map(verdict).collect()
}

fn emitted(consent: Consent) -> Vec<Value> {
    let payloads = crewai::payloads(consent);
    payloads.iter().map(|payload| serde_json::from_str(payload).expect("JSON")).collect()
}

fn captured() -> Vec<Value> {
    let files = ["v1.8.0.seq_default.otlp.json", "v1.8.0.seq_share.otlp.json", "hier_default.otlp.json"];
    let read = |name| {
        let bytes = fs::read(Path::new("validate/tests/fixtures").join(name)).expect("a capture");
        read(&catalogue(), &bytes).expect("a request")
    };
    let payload = |item| match item {
        Item::Payload(payload) => payload.value,
        Item::Unreadable(part) => panic!("{}", part.why),
    };
    files.into_iter().flat_map(read).map(payload).collect()
}

/// The schemas that a payload can be held against: that of its signal, and that for any, at both levels.
fn schemas(catalogue: &Catalogue, payload: &Value) -> Vec<String> {
    let signal = catalogue.signals().iter().find(|signal| payload["name"] == *signal.name);
    let stems = signal.map(|signal| &*signal.id).into_iter().chain(["payload"]);
    let files = stems.flat_map(|stem| ["default", "opted_in"].map(|level| format!("{stem}.{level}.schema.json")));
    files.filter(|file| Path::new(SCHEMAS).join(file).exists()).collect()
}

/// Every payload in which one thing is different: another value, an unknown key, or nothing.
fn mutations(payload: &Value) -> Vec<Value> {
    let mut mutated = Vec::new();
    for pointer in places(payload, String::new()) {
        let place = payload.pointer(&pointer).expect("a place");
        for other in others(place) {
            mutated.push(with(payload, &pointer, |place| *place = other.clone()));
        }
        if place.is_object() {
            mutated.push(with(payload, &pointer, |place| place["api_key"] = json!("sk-1")));
        }
        let members = place.as_object().into_iter().flat_map(Map::keys);
        for key in members {
            mutated.push(with(payload, &pointer, |place| drop(place.as_object_mut().expect("an object").remove(key))));
        }
    }
    mutated
}

/// The place itself and everything below it, as JSON Pointers.
fn places(value: &Value, pointer: String) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(key, value)| (key.replace('~', "~0"), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    let below =
        below.into_iter().flat_map(|(key, value)| places(value, format!("{pointer}/{}", key.replace('/', "~1"))));
    let below: Vec<_> = below.collect();
    std::iter::once(pointer).chain(below).collect()
}

fn with(payload: &Value, pointer: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut payload = payload.clone();
    change(payload.pointer_mut(pointer).expect("a place"));
    payload
}

/// Values of every type, the edges of numbers, and texts a little and much too long.
fn others(place: &Value) -> Vec<Value> {
    let mut others =
        vec![json!(null), json!(true), json!(-1), json!(0.5), json!(u64::MAX), json!(1e300), json!([]), json!({})];
    match place {
        Value::String(text) => {
            let long = "ä".repeat(257);
            others.extend([json!(""), json!("sequential"), json!(long), json!(format!("{text}x")), json!([text])]);
        }
        Value::Number(_) => {
            others.extend([json!(0), json!(1), json!(i64::MAX), json!(i64::MIN), json!("1"), json!(1.0)])
        }
        Value::Array(items) => {
            let item = items.first().cloned().unwrap_or(json!(0));
            others.extend([json!([item, 0]), json!([null]), Value::Array(vec![json!(""); 1025])]);
        }
        _ => {}
    }
    others
}

/// Payloads with texts that are longer than any attribute allows, and one at the limit of each.
fn lengths(catalogue: &Catalogue, payload: &Value) -> Vec<Value> {
    let mut payloads = Vec::new();
    for key in payload["attributes"].as_object().expect("attributes").keys() {
        let attribute = catalogue.attributes().iter().find(|attribute| attribute.name == *key);
        let Some(Domain::String { max_length, .. }) = attribute.map(|attribute| &attribute.domain) else { continue };
        for length in Some(*max_length).filter(|most| *most != usize::MAX).into_iter().flat_map(|most| [most, most + 1])
        {
            payloads.push(with(payload, "/attributes", |attributes| attributes[key] = json!("😀".repeat(length))));
        }
    }
    payloads
}

fn cases(catalogue: &Catalogue) -> Vec<Case> {
    let (default, opted_in) = (emitted(Consent::Default), emitted(Consent::OptedIn));
    let mutated = opted_in.iter().flat_map(|payload| [mutations(payload), lengths(catalogue, payload)].concat());
    let mut cases = Vec::new();
    for (number, payload) in mutated.enumerate() {
        // Each against the schemas of one level, in turn: it is a matter of seconds.
        let schemas = schemas(catalogue, &payload).into_iter().enumerate();
        let chosen = schemas.filter(|(index, _)| index % 2 == number % 2).map(|(_, schema)| schema);
        cases.extend(chosen.map(|schema| Case { schema, payload: payload.clone() }));
    }
    for payload in default.into_iter().chain(opted_in).chain(captured()) {
        let schemas = schemas(catalogue, &payload).into_iter();
        cases.extend(schemas.map(|schema| Case { schema, payload: payload.clone() }));
    }
    cases
}

/// Also the cases of the second opinion are sound: every signal, and each accepted where it should be.
#[test]
fn the_emitters_send_what_the_schemas_accept() {
    let catalogue = catalogue();
    for (consent, level) in [(Consent::Default, "default"), (Consent::OptedIn, "opted_in")] {
        let names: BTreeSet<String> = emitted(consent).iter().map(|payload| payload["name"].to_string()).collect();
        let expected = catalogue.signals().iter();
        let sent = expected.filter(|signal| consent == Consent::OptedIn || signal.collected == Collected::Default);
        assert_eq!(names, sent.map(|signal| json!(signal.name).to_string()).collect());
        for payload in emitted(consent) {
            for schema in schemas(&catalogue, &payload).into_iter().filter(|schema| schema.contains(level)) {
                let case = Case { schema, payload: payload.clone() };
                assert_eq!(ours(&catalogue, &[case]), [true], "{payload}");
            }
        }
    }
}

#[test]
fn python_gives_the_same_verdicts() {
    let Some(python) = python::environment("jsonschema", &["jsonschema==4.26.0"]) else { return };
    let catalogue = catalogue();
    let cases = cases(&catalogue);
    let ours = ours(&catalogue, &cases);
    let lines: String = cases.iter().map(|case| format!("{}\n", json!([case.schema, case.payload]))).collect();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("second-opinion.ndjson");
    fs::write(&file, lines).expect("written");
    let output = python.script("second_opinion.py").arg(SCHEMAS).arg(file).output().expect("Python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let theirs = String::from_utf8(output.stdout).expect("text");
    let theirs: Vec<bool> = theirs.lines().map(|line| line == "accepted").collect();
    assert_eq!(theirs.len(), cases.len());
    for ((case, ours), theirs) in cases.iter().zip(&ours).zip(&theirs) {
        assert_eq!(theirs, ours, "accepted by them (left), by us (right): {} {}", case.schema, case.payload);
    }
    let accepted = ours.iter().filter(|accepted| **accepted).count();
    eprintln!("{} payloads, {accepted} of them accepted", ours.len());
    assert!(accepted > 100 && ours.len() - accepted > 1000, "{accepted} of {}", ours.len());
}
