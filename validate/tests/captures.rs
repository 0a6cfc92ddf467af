//! Real telemetry of CrewAI: everything is read, and both of its forms give the same payloads.

mod common;

use std::collections::BTreeMap;
use std::fs;

use candor_validate::Payload;
use common::{captures, crewai, fixture, payloads};
use serde_json::Value;

fn values(payloads: &[Payload]) -> Vec<&Value> {
    payloads.iter().map(|payload| &payload.value).collect()
}

#[test]
fn json_and_protobuf_give_the_same_payloads() {
    let catalogue = crewai();
    let json = payloads(&catalogue, &fixture("hier_default.otlp.json"));
    assert!(json.len() > 5, "{}", json.len());
    assert_eq!(json, payloads(&catalogue, &fixture("hier_default.otlp.pb")));
}

#[test]
fn json_and_protobuf_of_every_capture_give_the_same_payloads() {
    let (Some(folder), catalogue) = (captures(), crewai()) else { return };
    let mut pairs = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "pb") {
            continue;
        }
        pairs += 1;
        let protobuf = payloads(&catalogue, &fs::read(&path).expect("a file"));
        // `flow_default.otlp.pb` is the first of the two requests of its run.
        let json = [path.with_extension("json"), path.with_extension("").with_extension("0.otlp.json")];
        let same = json.iter().filter_map(|json| fs::read(json).ok()).any(|json| {
            let json = payloads(&catalogue, &json);
            values(&json) == values(&protobuf)
        });
        assert!(same, "{}", path.display());
    }
    assert!(pairs >= 5, "{pairs}");
}

/// Counts spans and attributes with nothing but serde_json, and holds the payloads against that.
#[test]
fn every_attribute_of_every_capture_arrives() {
    let Some(folder) = captures() else { return };
    let catalogue = crewai();
    let mut files = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let bytes = fs::read(&path).expect("a file");
            assert_eq!(
                attributes_by_hand(&bytes),
                attributes_read(&payloads(&catalogue, &bytes)),
                "{}",
                path.display()
            );
            files += 1;
        }
    }
    assert!(files > 30, "{files}");
}

#[test]
fn every_attribute_of_the_fixtures_arrives() {
    for name in ["v1.8.0.seq_default.otlp.json", "v1.8.0.seq_share.otlp.json", "hier_default.otlp.json"] {
        let bytes = fixture(name);
        assert_eq!(attributes_by_hand(&bytes), attributes_read(&payloads(&crewai(), &bytes)), "{name}");
    }
}

type Counts = BTreeMap<(String, String), usize>;

fn attributes_by_hand(bytes: &[u8]) -> Counts {
    let request: Value = serde_json::from_slice(bytes).expect("JSON");
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let mut counts = Counts::new();
    for span in list(&request, "resourceSpans")
        .iter()
        .flat_map(|group| list(group, "scopeSpans"))
        .flat_map(|scope| list(&scope, "spans"))
    {
        for attribute in list(&span, "attributes") {
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            *counts.entry((text(&span["name"]), text(&attribute["key"]))).or_default() += 1;
        }
    }
    counts
}

fn attributes_read(payloads: &[Payload]) -> Counts {
    let mut counts = Counts::new();
    for payload in payloads {
        assert_eq!(payload.duplicates, [""; 0]);
        let name = payload.value["name"].as_str().expect("a name");
        for key in payload.value["attributes"].as_object().expect("attributes").keys() {
            *counts.entry((name.to_owned(), key.clone())).or_default() += 1;
        }
    }
    counts
}

#[test]
fn a_span_of_crewai() {
    let payloads = payloads(&crewai(), &fixture("v1.8.0.seq_default.otlp.json"));
    let created = &payloads[0];
    assert_eq!(created.origin.to_string(), "/resourceSpans/0/scopeSpans/0/spans/0");
    let mut value = created.value.clone();
    let attributes = value["attributes"].as_object_mut().expect("attributes");
    let agents = attributes.remove("crew_agents").expect("agents");
    let tasks = attributes.remove("crew_tasks").expect("tasks");
    assert_eq!(
        value,
        serde_json::json!({
            "kind": "span",
            "name": "Crew Created",
            "startTimeUnixNano": "1795190951945980484",
            "endTimeUnixNano": "1795190951947538059",
            "traceId": "212a42dbb825fddc6d5bf0ce2b768a4a",
            "spanId": "5ce6324982f2300d",
            "status": {"code": 1},
            "attributes": {
                "crewai_version": "1.8.0",
                "python_version": "3.11.7",
                "crew_key": "ffac19590ce26aa74080def0fbaf333f",
                "crew_id": "14bd94d6-ae64-452e-a4e2-43d00664513b",
                "crew_fingerprint": "c05c311c-f83f-4289-9506-0ce7c1e386d0",
                "crew_fingerprint_created_at": "2026-11-20T16:09:11.939149",
                "crew_process": "sequential",
                "crew_memory": false,
                "crew_number_of_tasks": 3,
                "crew_number_of_agents": 2,
            },
        })
    );
    assert_eq!(agents[0]["role"], "Senior Researcher");
    assert_eq!(agents[0]["verbose?"], false);
    assert_eq!(agents[0]["function_calling_llm"], "");
    assert_eq!(agents[1]["max_rpm"], Value::Null);
    assert_eq!(tasks.as_array().map(Vec::len), Some(3));
}
