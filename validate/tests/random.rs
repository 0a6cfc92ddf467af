//! Random bytes: nothing panics, and the two forms of OTLP say the same.

mod common;

use std::collections::HashSet;
use std::sync::LazyLock;

use candor_schema::{Catalogue, Consent};
use candor_validate::{Item, Signals, Validator, payloads_from_otlp_json, payloads_from_otlp_protobuf, read};
use common::{catalogue, fixture};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, EntityRef, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message;
use serde_json::{Value, json};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(catalogue);

fn any_value() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        text().prop_map(Any::StringValue),
        any::<bool>().prop_map(Any::BoolValue),
        any::<i64>().prop_map(Any::IntValue),
        any::<f64>().prop_filter("JSON has it", |value| value.is_finite()).prop_map(Any::DoubleValue),
        vec(any::<u8>(), 0..4).prop_map(Any::BytesValue),
    ];
    let value = leaf.prop_recursive(3, 16, 4, |inner| {
        let inner = inner.prop_map(|value| AnyValue { value: Some(value) });
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|values| Any::ArrayValue(ArrayValue { values })),
            vec((text(), inner), 0..4).prop_map(|pairs| Any::KvlistValue(KeyValueList {
                values: pairs.into_iter().map(|(key, value)| pair(key, Some(value))).collect(),
            })),
        ]
    });
    proptest::option::weighted(0.9, value).prop_map(|value| AnyValue { value })
}

fn pair(key: String, value: Option<AnyValue>) -> KeyValue {
    KeyValue { key, value, ..KeyValue::default() }
}

/// Few texts, so that keys meet, and some that mean something to the catalogue.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "",
            "text",
            "agents",
            "service.name",
            "demo-telemetry",
            "[{\"role\":\"a\",\"role\":0}]"
        ])
        .prop_map(str::to_owned),
        "\\PC{0,6}",
    ]
}

fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    vec((text(), proptest::option::weighted(0.9, any_value())), 0..5)
        .prop_map(|pairs| pairs.into_iter().map(|(key, value)| pair(key, value)).collect())
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just("Started".to_owned()), Just("Opened".to_owned()), text()]
}

fn id() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..17)
}

fn small() -> impl Strategy<Value = u32> {
    0_u32..3
}

fn span() -> impl Strategy<Value = Span> {
    let event = (any::<u64>(), text(), attributes(), small()).prop_map(|(time, name, attributes, dropped)| Event {
        time_unix_nano: time,
        name,
        attributes,
        dropped_attributes_count: dropped,
    });
    let link = (id(), text(), attributes(), small()).prop_map(|(id, state, attributes, small)| Link {
        trace_id: id.clone(),
        span_id: id,
        trace_state: state,
        attributes,
        dropped_attributes_count: small,
        flags: small,
    });
    let status = proptest::option::of((text(), 0..3).prop_map(|(message, code)| Status { message, code }));
    let head = (id(), text(), id(), name(), 0..6, any::<[u64; 2]>());
    let tail = (attributes(), vec(event, 0..3), vec(link, 0..3), status, small());
    (head, tail).prop_map(
        |((id, state, parent, name, kind, [start, end]), (attributes, events, links, status, small))| Span {
            trace_id: id.clone(),
            span_id: id,
            trace_state: state,
            parent_span_id: parent,
            flags: small,
            name,
            kind,
            start_time_unix_nano: start,
            end_time_unix_nano: end,
            attributes,
            dropped_attributes_count: small,
            events,
            dropped_events_count: small,
            links,
            dropped_links_count: small,
            status,
        },
    )
}

fn log_record() -> impl Strategy<Value = LogRecord> {
    let body = proptest::option::of(any_value());
    (any::<[u64; 2]>(), 0..25, text(), body, attributes(), id(), name(), small()).prop_map(
        |([time, observed], severity, severity_text, body, attributes, id, name, small)| LogRecord {
            time_unix_nano: time,
            observed_time_unix_nano: observed,
            severity_number: severity,
            severity_text,
            body,
            attributes,
            dropped_attributes_count: small,
            flags: small,
            trace_id: id.clone(),
            span_id: id,
            event_name: name,
        },
    )
}

fn around() -> impl Strategy<Value = (Option<Resource>, Option<InstrumentationScope>, String)> {
    let entity = (text(), vec(text(), 0..2)).prop_map(|(text, keys)| EntityRef {
        schema_url: text.clone(),
        r#type: text,
        id_keys: keys.clone(),
        description_keys: keys,
    });
    let resource = (attributes(), small(), vec(entity, 0..2)).prop_map(|(attributes, dropped, entity_refs)| Resource {
        attributes,
        dropped_attributes_count: dropped,
        entity_refs,
    });
    let scope = (text(), attributes(), small()).prop_map(|(name, attributes, dropped)| InstrumentationScope {
        name,
        version: "1".to_owned(),
        attributes,
        dropped_attributes_count: dropped,
    });
    (proptest::option::of(resource), proptest::option::of(scope), text())
}

#[track_caller]
fn check_same(json: Value, protobuf: &[u8], signals: Signals) {
    let from_json = payloads_from_otlp_json(&CATALOGUE, &json.to_string()).expect("a request");
    let from_protobuf = payloads_from_otlp_protobuf(&CATALOGUE, protobuf, Some(signals)).expect("a request");
    assert_eq!(from_json, from_protobuf, "{json}");
    check_nothing_lost(&json, &from_json);
}

/// Every text of the request is in a payload. Not looked for: where something is noted instead of kept.
#[track_caller]
fn check_nothing_lost(request: &Value, items: &[Item]) {
    let mut arrived = HashSet::new();
    for item in items {
        match item {
            Item::Payload(payload) if payload.duplicates.is_empty() => collect_texts(&payload.value, &mut arrived),
            _ => return,
        }
    }
    let mut sent = HashSet::new();
    collect_sent(request, &mut sent);
    for text in sent {
        let is_structure = text.is_empty() || text == "service.name" || text == "demo-telemetry";
        let is_json = text.starts_with('[');
        assert!(is_structure || is_json || arrived.contains(&text), "{text:?} of {request} is lost");
    }
}

fn collect_texts(value: &Value, texts: &mut HashSet<String>) {
    match value {
        Value::String(text) => drop(texts.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        Value::Object(members) => {
            texts.extend(members.keys().cloned());
            members.values().for_each(|member| collect_texts(member, texts));
        }
        _ => {}
    }
}

fn is_something(value: &Value) -> bool {
    value.as_object().is_some_and(|members| members.values().any(|value| !value.is_null()))
}

/// The texts of a request but for those that are numbers, ids, or the name and version of a scope.
fn collect_sent(value: &Value, texts: &mut HashSet<String>) {
    const TEXTS: [&str; 9] =
        ["stringValue", "bytesValue", "key", "name", "traceState", "message", "severityText", "eventName", "schemaUrl"];
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_sent(item, texts)),
        // An empty value is absence.
        Value::Object(members) if members.contains_key("key") && !members.get("value").is_some_and(is_something) => {}
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(text) if TEXTS.contains(&key.as_str()) => drop(texts.insert(text.clone())),
                    scope if key == "scope" => collect_sent(&scope["attributes"], texts),
                    member => collect_sent(member, texts),
                }
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn spans_are_the_same_in_json_and_protobuf((resource, scope, url) in around(), spans in vec(span(), 0..3)) {
        let scope_spans = vec![ScopeSpans { scope, spans, schema_url: url.clone() }];
        let request = ExportTraceServiceRequest {
            resource_spans: vec![ResourceSpans { resource, scope_spans, schema_url: url }],
        };
        check_same(serde_json::to_value(&request).expect("JSON"), &request.encode_to_vec(), Signals::Traces);
    }

    #[test]
    fn logs_are_the_same_in_json_and_protobuf((resource, scope, url) in around(), log_records in vec(log_record(), 0..3)) {
        let scope_logs = vec![ScopeLogs { scope, log_records, schema_url: url.clone() }];
        let request = ExportLogsServiceRequest {
            resource_logs: vec![ResourceLogs { resource, scope_logs, schema_url: url }],
        };
        check_same(serde_json::to_value(&request).expect("JSON"), &request.encode_to_vec(), Signals::Logs);
    }

    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..256)) {
        read_and_check(&bytes);
    }

    #[test]
    fn random_bytes_after_a_magic_never_panic(
        magic in prop::sample::select(vec![&b"\x1f\x8b\x08\x00"[..], b"\x0a", b"{\"kind\":", b"[", b"{\"resourceSpans\":[{"]),
        bytes in vec(any::<u8>(), 0..256),
    ) {
        read_and_check(&[magic, &bytes].concat());
    }

    #[test]
    fn changed_captures_never_panic(
        name in prop::sample::select(vec!["hier_default.otlp.pb", "v1.8.0.seq_default.otlp.json"]),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = fixture(name);
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        read_and_check(&bytes);
    }

    #[test]
    fn random_payloads_never_panic(
        key in "\\PC{0,8}",
        text in "\\PC{0,8}",
        name in prop::sample::select(vec!["Started", "Opened", "Watched", "", "~/"]),
    ) {
        let value = json!({
            "kind": "span", "name": name, key.clone(): text.clone(), "resource": {key.clone(): text.clone()},
            "attributes": {key.clone(): text.clone(), "agents": [{key: text}]},
        });
        read_and_check(value.to_string().as_bytes());
    }
}

static VALIDATOR: LazyLock<Validator<'static>> = LazyLock::new(|| Validator::new(&CATALOGUE, Consent::Default));

fn read_and_check(bytes: &[u8]) {
    for item in read(&CATALOGUE, bytes).unwrap_or_default() {
        if let Item::Payload(payload) = item {
            VALIDATOR.check_payload(&payload);
        }
    }
}
