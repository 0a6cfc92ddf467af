//! The schemas, held against payloads: what is accepted by default, and what after opting in.

mod support;

use std::collections::HashSet;
use std::sync::LazyLock;

use candor_codegen::json_schema::{payload_schema, plan, render, signal_schema};
use candor_schema::{Catalogue, Consent};
use jsonschema::Validator;
use serde_json::{Value, json};
use support::{DEMO, catalogue};

/// The validators for any signal: by default, and opted in.
static ANY: LazyLock<[Validator; 2]> = LazyLock::new(|| {
    let demo = catalogue(DEMO);
    LEVELS.map(|level| compile(&payload_schema(&demo, level)))
});

const LEVELS: [Consent; 2] = [Consent::Default, Consent::OptedIn];

#[track_caller]
fn compile(schema: &Value) -> Validator {
    assert!(jsonschema::meta::is_valid(schema), "{schema:#}");
    jsonschema::validator_for(schema).unwrap_or_else(|error| panic!("{error}"))
}

/// Holds a payload against the schemas of both levels, those for any signal and those for its own.
#[track_caller]
fn check(payload: &Value, by_default: bool, opted_in: bool) {
    assert!(opted_in || !by_default, "the wider level accepts what the narrower one does");
    let accepted = ANY.each_ref().map(|validator| validator.is_valid(payload));
    assert_eq!(accepted, [by_default, opted_in], "{payload:#}\n{:?}", messages(payload));
    let demo = catalogue(DEMO);
    let Some(signal) = demo.signals().iter().find(|signal| payload["name"] == *signal.name) else { return };
    let own = LEVELS.map(|level| {
        let schema = signal_schema(&demo, signal, level);
        schema.is_some_and(|schema| compile(&schema).is_valid(payload))
    });
    assert_eq!(own, accepted, "any signal and {} disagree on {payload:#}", signal.id);
}

fn messages(payload: &Value) -> Vec<String> {
    ANY.iter().flat_map(|validator| validator.iter_errors(payload)).map(|error| error.to_string()).collect()
}

fn started() -> Value {
    json!({
        "kind": "span",
        "name": "Started",
        "startTimeUnixNano": "1763654951939149000",
        "endTimeUnixNano": "1763654951939149001",
        "attributes": { "mode": "fast", "runs": 3, "steps": [{ "id": 1 }] },
    })
}

fn crashed() -> Value {
    json!({ "kind": "event", "name": "demo.crashed", "timeUnixNano": "1", "attributes": { "runs": 0 } })
}

/// `Started` with one more attribute, or another one.
fn with(name: &str, value: Value) -> Value {
    let mut payload = started();
    payload["attributes"][name] = value;
    payload
}

fn with_step(step: Value) -> Value {
    with("steps", json!([step]))
}

/// `payload` with one more member, or another one.
fn member(mut payload: Value, name: &str, value: Value) -> Value {
    payload[name] = value;
    payload
}

#[track_caller]
fn accepted(payload: &Value) {
    check(payload, true, true);
}

#[track_caller]
fn refused(payload: &Value) {
    check(payload, false, false);
}

#[track_caller]
fn only_opted_in(payload: &Value) {
    check(payload, false, true);
}

#[test]
fn good_payloads() {
    accepted(&started());
    accepted(&crashed());
    for (name, value) in [
        ("runs", json!(0)),
        ("runs", json!(100)),
        ("total", json!(i64::MIN)),
        ("total", json!(i64::MAX)),
        ("ratio", json!(0.5)),
        ("ratio", json!(1)),
        ("ratio", json!(f64::MAX)),
        ("at", json!("2026-11-20T16:09:11.939149Z")),
        ("version", json!("123b")),
        ("verbose", json!(false)),
        ("tags", json!([])),
        ("tags", json!(["äöü", "🦙🦙🦙"])),
        ("steps", json!([])),
        ("last_step", json!({ "id": 2, "kind": "read", "part": { "size": 0 } })),
    ] {
        accepted(&with(name, value));
    }
}

#[test]
fn values_outside_their_domain() {
    for (name, value) in [
        ("mode", json!("medium")),
        ("mode", json!("Fast")),
        ("mode", json!(null)),
        ("runs", json!(-1)),
        ("runs", json!(101)),
        ("runs", json!(1.5)),
        ("runs", json!("3")),
        ("runs", json!(true)),
        ("total", json!(i64::MAX as u64 + 1)),
        ("total", json!(1e19)),
        ("ratio", json!(0.4999)),
        ("ratio", json!("1")),
        ("at", json!("2026-11-20 16:09:11Z")),
        ("at", json!("2026-11-20T16:09:11+01:00")),
        ("at", json!(1763654951)),
        ("version", json!("1234b")),
        ("version", json!("")),
        ("version", json!("12\n")),
        ("verbose", json!("false")),
        ("verbose", json!(0)),
        ("verbose", json!(null)),
        ("tags", json!(["long"])),
        ("tags", json!(["a", "b", "c"])),
        ("tags", json!([null])),
        ("tags", json!("a")),
        ("last_step", json!(null)),
        ("last_step", json!([{ "id": 1 }])),
        ("steps", json!([[]])),
        ("steps", json!("[{\"id\":1}]")),
    ] {
        refused(&with(name, value));
    }
}

#[test]
fn unknown_attribute() {
    refused(&with("secret", json!("sk-…")));
}

#[test]
fn unknown_member() {
    refused(&member(started(), "events", json!([])));
}

#[test]
fn opt_in_attribute() {
    only_opted_in(&with("goal", json!("to win")));
    refused(&with("goal", json!("too long a goal")));
}

#[test]
fn opt_in_field() {
    only_opted_in(&with_step(json!({ "id": 1, "text": "yours" })));
    only_opted_in(&with_step(json!({ "id": 1, "text": null })));
    refused(&with_step(json!({ "id": 1, "text": "longer than that" })));
}

#[test]
fn opt_in_signal() {
    let explained = member(started(), "name", json!("Explained"));
    only_opted_in(&member(explained.clone(), "attributes", json!({ "goal": "to win" })));
    refused(&member(explained.clone(), "attributes", json!({})));
    refused(&explained);
}

#[test]
fn optional_fields_may_be_null() {
    accepted(&with_step(json!({ "id": 1, "kind": null, "part": null })));
    refused(&with_step(json!({ "id": null })));
    refused(&with_step(json!({ "id": 1, "part": { "size": null } })));
}

#[test]
fn required_fields() {
    refused(&with_step(json!({})));
    refused(&with_step(json!({ "id": 1, "part": {} })));
    refused(&member(with_step(json!({})), "droppedAttributesCount", json!(1)));
}

#[test]
fn unknown_field() {
    refused(&with_step(json!({ "id": 1, "api_key": "sk-…" })));
    refused(&with_step(json!({ "id": 1, "part": { "size": 1, "colour": "red" } })));
}

#[test]
fn required_attributes_may_have_been_left_out() {
    let mut payload = started();
    payload["attributes"] = json!({ "steps": [] });
    refused(&payload);
    accepted(&member(payload.clone(), "droppedAttributesCount", json!(2)));
    for count in [json!(0), json!(-1), json!(4_294_967_296_u64), json!("1"), json!(null)] {
        refused(&member(payload.clone(), "droppedAttributesCount", count));
    }
}

#[test]
fn missing_members() {
    for name in ["kind", "name", "startTimeUnixNano", "endTimeUnixNano", "attributes"] {
        let mut payload = started();
        payload.as_object_mut().expect("it is an object").remove(name);
        let accepted = ANY.each_ref().map(|validator| validator.is_valid(&payload));
        assert_eq!(accepted, [false, false], "{name}");
    }
}

#[test]
fn envelope() {
    let (trace, span) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    accepted(&member(member(started(), "traceId", json!(trace)), "spanId", json!(span)));
    refused(&member(started(), "parentSpanId", json!(span)));
    refused(&member(started(), "links", json!([])));
    refused(&member(crashed(), "traceId", json!(trace)));
    accepted(&member(started(), "status", json!({ "code": 2 })));
    refused(&member(started(), "status", json!({ "code": 2, "message": "what the user wrote" })));
    refused(&member(started(), "status", json!({ "code": 3 })));
    refused(&member(started(), "traceId", json!(span)));
    refused(&member(started(), "spanId", json!(span.to_uppercase())));
    refused(&member(started(), "startTimeUnixNano", json!(1)));
    refused(&member(crashed(), "status", json!({ "code": 2 })));
    refused(&member(crashed(), "startTimeUnixNano", json!("1")));
}

#[test]
fn unknown_signals_have_one_clear_message() {
    let renamed = member(started(), "name", json!("Stopped"));
    refused(&renamed);
    insta::assert_debug_snapshot!(messages(&renamed), @r#"
    [
        "\"Stopped\" is not one of \"Started\"",
        "\"Stopped\" is not one of \"Started\" or \"Explained\"",
    ]
    "#);
    refused(&member(crashed(), "kind", json!("span")));
    refused(&member(started(), "kind", json!("metric")));
    refused(&json!("Started"));
    refused(&json!(null));
}

#[test]
fn missing_required_attribute_has_one_clear_message() {
    let mut payload = started();
    payload["attributes"] = json!({ "mode": "fast", "steps": [] });
    insta::assert_debug_snapshot!(messages(&payload), @r#"
    [
        "\"runs\" is a required property",
        "\"runs\" is a required property",
    ]
    "#);
}

#[test]
fn every_file_is_a_schema() {
    let artefacts = render(&plan(&catalogue(DEMO)));
    let mut ids = Vec::new();
    for artefact in &artefacts {
        let schema: Value = serde_json::from_str(&artefact.text).expect(&artefact.path);
        compile(&schema);
        ids.extend(schema["$id"].as_str().map(str::to_owned));
        assert!(artefact.text.ends_with("}\n"));
    }
    insta::assert_debug_snapshot!(artefacts.iter().map(|artefact| &artefact.path).collect::<Vec<_>>(), @r#"
    [
        "json-schema/payload.default.schema.json",
        "json-schema/started.default.schema.json",
        "json-schema/crashed.default.schema.json",
        "json-schema/payload.opted_in.schema.json",
        "json-schema/started.opted_in.schema.json",
        "json-schema/explained.opted_in.schema.json",
        "json-schema/crashed.opted_in.schema.json",
        "json-schema/catalogue.schema.json",
    ]
    "#);
    insta::assert_debug_snapshot!(ids, @r#"
    [
        "urn:candor:demo:1.2.0:payload:default",
        "urn:candor:demo:1.2.0:started:default",
        "urn:candor:demo:1.2.0:crashed:default",
        "urn:candor:demo:1.2.0:payload:opted_in",
        "urn:candor:demo:1.2.0:started:opted_in",
        "urn:candor:demo:1.2.0:explained:opted_in",
        "urn:candor:demo:1.2.0:crashed:opted_in",
    ]
    "#);
}

#[test]
fn schemas_are_the_same_every_time() {
    assert_eq!(render(&plan(&catalogue(DEMO))), render(&plan(&catalogue(DEMO))));
}

#[test]
fn signals_and_objects_of_the_same_name() {
    let demo = catalogue(
        "
candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo
rows: {usage: {title: Usage, personal: none}}
attributes:
  parts: {row: usage, collected: default, type: [payload], brief: parts}
  size: {row: usage, collected: default, type: int, brief: size}
objects: {payload: {fields: {size: size}}}
spans:
  payload: {name: Payload, collected: default, brief: a payload, attributes: {parts: required}}
",
    );
    assert_eq!(HashSet::<_>::from_iter(paths(&demo)).len(), 5);
    let payload = member(started(), "name", json!("Payload"));
    let payload = member(payload, "attributes", json!({ "parts": [{ "size": 1 }] }));
    let validator = compile(&payload_schema(&demo, Consent::Default));
    assert!(validator.is_valid(&payload));
    assert!(!validator.is_valid(&member(payload, "attributes", json!({ "parts": [{ "length": 1 }] }))));
}

#[test]
fn nothing_by_default() {
    let demo = catalogue(
        "
candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo
consent: {opt_in: share}
rows: {usage: {title: Usage, personal: none}}
attributes: {size: {row: usage, collected: opt_in, type: int, brief: size}}
spans: {stored: {name: Stored, collected: opt_in, brief: it was stored, attributes: {size: required}}}
",
    );
    let payload = member(started(), "name", json!("Stored"));
    let payload = member(payload, "attributes", json!({ "size": 1 }));
    assert!(!compile(&payload_schema(&demo, Consent::Default)).is_valid(&payload));
    assert!(compile(&payload_schema(&demo, Consent::OptedIn)).is_valid(&payload));
    assert_eq!(signal_schema(&demo, &demo.signals()[0], Consent::Default), None);
    assert_eq!(paths(&demo).len(), 4);
}

fn paths(catalogue: &Catalogue) -> Vec<String> {
    render(&plan(catalogue)).into_iter().map(|artefact| artefact.path).collect()
}

#[test]
fn one_object_in_full() {
    let schema = payload_schema(&catalogue(DEMO), Consent::OptedIn);
    insta::assert_snapshot!(format!("{:#}", schema["$defs"]["step"]), @r##"
    {
      "description": "one step",
      "type": "object",
      "properties": {
        "id": {
          "description": "number of a step (Usage, collected by default)",
          "type": "integer",
          "minimum": -9223372036854775808,
          "maximum": 9223372036854775807
        },
        "kind": {
          "description": "kind of a step (Usage, collected by default)",
          "type": [
            "string",
            "null"
          ],
          "enum": [
            "read",
            "write",
            null
          ]
        },
        "part": {
          "description": "part of a step (Usage, collected by default)",
          "anyOf": [
            {
              "$ref": "#/$defs/part"
            },
            {
              "type": "null"
            }
          ]
        },
        "text": {
          "description": "text of a step (yours) (Details, collected after opting in)",
          "type": [
            "string",
            "null"
          ],
          "maxLength": 8
        }
      },
      "additionalProperties": false,
      "required": [
        "id"
      ]
    }
    "##);
}
