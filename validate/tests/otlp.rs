//! From OTLP to the payload form: what a sender put in is there, under a name.

mod common;

use candor_validate::{Item, Signals, payloads_from_otlp_json, payloads_from_otlp_protobuf};
use common::{catalogue, log_request, payloads, request};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use serde_json::{Value, json};

/// Reads one span of the signal `Started` and compares what is beside name and times.
#[track_caller]
fn check_span(span: Value, expected: Value) {
    check_duplicates(span, expected, &[]);
}

#[track_caller]
fn check_duplicates(mut span: Value, mut expected: Value, duplicates: &[&str]) {
    span["name"] = json!("Started");
    check_request(&request(span).to_string(), &mut expected, duplicates);
}

#[track_caller]
fn check_request(request: &str, expected: &mut Value, duplicates: &[&str]) {
    let payloads = payloads(&catalogue(), request.as_bytes());
    let head = json!({"kind": "span", "name": "Started", "startTimeUnixNano": "0", "endTimeUnixNano": "0"});
    for (key, value) in head.as_object().expect("an object") {
        expected.as_object_mut().expect("an object").entry(key).or_insert(value.clone());
    }
    assert_eq!([&payloads[0].value], [&*expected]);
    assert_eq!(payloads[0].duplicates, duplicates);
}

/// Reads one attribute of the signal `Started`.
#[track_caller]
fn check_attribute(key: &str, value: Value, expected: Value) {
    check_span(json!({"attributes": [{"key": key, "value": value}]}), json!({"attributes": {key: expected}}));
}

#[track_caller]
fn check_log(record: Value, expected: Value) {
    let payloads = payloads(&catalogue(), log_request(record).to_string().as_bytes());
    assert_eq!([&payloads[0].value], [&expected]);
}

/// Reads a request, and gives the reasons why a part of it cannot be read.
#[track_caller]
fn check_unreadable(request: Value, expected: &[&str]) {
    let items = payloads_from_otlp_json(&catalogue(), &request.to_string()).expect("a request");
    let unreadable = items.iter().filter_map(|item| match item {
        Item::Unreadable(unreadable) => Some(format!("{}: {}", unreadable.origin, unreadable.why)),
        Item::Payload(_) => None,
    });
    assert_eq!(unreadable.collect::<Vec<_>>(), expected);
}

// Values.

#[test]
fn false_zero_and_the_empty_text_are_values() {
    check_attribute("flag", json!({"boolValue": false}), json!(false));
    check_attribute("runs", json!({"intValue": "0"}), json!(0));
    check_attribute("runs", json!({"intValue": 0}), json!(0));
    check_attribute("score", json!({"doubleValue": 0.0}), json!(0.0));
    check_attribute("text", json!({"stringValue": ""}), json!(""));
    check_attribute("tags", json!({"arrayValue": {"values": [{"stringValue": ""}]}}), json!([""]));
    check_attribute("tags", json!({"arrayValue": {}}), json!([]));
    check_attribute("boss", json!({"kvlistValue": {"values": []}}), json!({}));
}

#[test]
fn integers_are_exact_over_64_bits() {
    for value in [i64::MIN, -9_007_199_254_740_993, 9_007_199_254_740_993, i64::MAX] {
        check_attribute("runs", json!({"intValue": value.to_string()}), json!(value));
        check_attribute("runs", json!({"intValue": value}), json!(value));
    }
}

#[test]
fn doubles_stay_doubles() {
    check_attribute("score", json!({"doubleValue": 12}), json!(12.0));
    check_attribute("score", json!({"doubleValue": "0.1"}), json!(0.1));
    check_attribute("score", json!({"doubleValue": 328.445_073_000_011_7}), json!(328.445_073_000_011_7));
}

#[test]
fn numbers_that_json_does_not_have_stay_as_written() {
    for value in ["NaN", "Infinity", "-Infinity"] {
        check_attribute("text", json!({"doubleValue": value}), json!({"doubleValue": value}));
    }
}

#[test]
fn bytes_stay_as_written() {
    check_attribute("text", json!({"bytesValue": "c2VjcmV0"}), json!({"bytesValue": "c2VjcmV0"}));
}

#[test]
fn values_that_are_none_stay_as_written() {
    for value in [
        json!({"intValue": "12a"}),
        json!({"intValue": "9223372036854775808"}),
        json!({"boolValue": "false"}),
        json!({"stringValue": 5}),
        json!({"stringValue": "a", "intValue": "1"}),
        json!({"newValue": "a"}),
        json!({"arrayValue": {"values": [], "more": 1}}),
        json!({"arrayValue": {"values": 5}}),
        json!({"kvlistValue": {"values": [5]}}),
    ] {
        check_attribute("text", value.clone(), value);
    }
}

#[test]
fn an_empty_value_is_absence() {
    for empty in [
        json!({"key": "text"}),
        json!({"key": "text", "value": {}}),
        json!({"key": "text", "value": {"stringValue": null}}),
    ] {
        check_span(json!({"attributes": [empty]}), json!({"attributes": {}}));
    }
    check_attribute("text", json!({"stringValue": "a", "intValue": null}), json!("a"));
    check_attribute("tags", json!({"arrayValue": {"values": [{"stringValue": "a"}, {}, null]}}), json!(["a"]));
    // The key of what the catalogue does not list was sent all the same.
    check_attribute("other", json!({}), Value::Null);
}

#[test]
fn a_pair_with_more_than_key_and_value_stays_as_written() {
    check_span(
        json!({"attributes": [{"key": "text", "value": {"stringValue": "a"}, "secret": 1}]}),
        json!({"attributes": {"text": {"value": "a", "secret": 1}}}),
    );
}

#[test]
fn maps_and_lists_are_json() {
    let role = |role: &str| json!({"kvlistValue": {"values": [{"key": "role", "value": {"stringValue": role}}]}});
    check_attribute("boss", role("a"), json!({"role": "a"}));
    check_attribute(
        "agents",
        json!({"arrayValue": {"values": [role("a"), role("b")]}}),
        json!([{"role": "a"}, {"role": "b"}]),
    );
}

#[test]
fn json_in_a_text_is_json_where_the_catalogue_has_objects() {
    check_attribute("agents", json!({"stringValue": r#"[{"role": "a", "n": 0}]"#}), json!([{"role": "a", "n": 0}]));
    check_attribute("boss", json!({"stringValue": r#"{"role": "a"}"#}), json!({"role": "a"}));
    check_attribute("text", json!({"stringValue": r#"{"role": "a"}"#}), json!(r#"{"role": "a"}"#));
    check_attribute("unheard_of", json!({"stringValue": "[]"}), json!("[]"));
}

#[test]
fn broken_json_in_a_text_stays_a_text() {
    check_attribute("agents", json!({"stringValue": "[{'role': 'a'}]"}), json!("[{'role': 'a'}]"));
    let deep = "[".repeat(1000);
    check_attribute("agents", json!({"stringValue": deep}), json!(deep));
}

// Keys that are there more than once.

#[test]
fn the_first_of_equal_attributes_stays_and_the_other_is_noted() {
    let pair = |text: &str| json!({"key": "text", "value": {"stringValue": text}});
    check_duplicates(
        json!({"attributes": [pair("a"), pair("b")]}),
        json!({"attributes": {"text": "a"}}),
        &["/attributes/text"],
    );
}

#[test]
fn equal_keys_in_maps_are_noted() {
    let pair = json!({"key": "role", "value": {"stringValue": "a"}});
    let map = json!({"kvlistValue": {"values": [pair, pair]}});
    check_duplicates(
        json!({"attributes": [{"key": "agents", "value": {"arrayValue": {"values": [map]}}}]}),
        json!({"attributes": {"agents": [{"role": "a"}]}}),
        &["/attributes/agents/0/role"],
    );
}

#[test]
fn equal_keys_in_json_in_a_text_are_noted() {
    check_duplicates(
        json!({"attributes": [{"key": "agents", "value": {"stringValue": r#"[{"role": 1, "role": 2}]"#}}]}),
        json!({"attributes": {"agents": [{"role": 1}]}}),
        &["/attributes/agents/0/role"],
    );
}

#[test]
fn equal_members_of_otlp_itself_are_noted() {
    let around = |span: &str| format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}"#);
    let empty = json!({"attributes": {}});
    check_request(&around(r#"{"name":"Started","name":"secret"}"#), &mut empty.clone(), &["/name"]);
    check_request(
        &around(r#"{"name":"Started","attributes":[{"key":"text","value":{"stringValue":"a","stringValue":"b"}}]}"#),
        &mut json!({"attributes": {"text": {"stringValue": "a"}}}),
        &["/attributes/text/stringValue"],
    );
    check_request(
        &around(r#"{"name":"Started","status":{"message":"","message":"secret"}}"#),
        &mut json!({"attributes": {}, "status": {"code": 0}}),
        &["/status/message"],
    );
}

// What the payload form has no place for.

#[test]
fn structure_is_left_out() {
    check_span(
        json!({
            "kind": 1, "flags": 257, "traceState": "", "parentSpanId": "", "status": {}, "events": [], "links": [],
            "droppedAttributesCount": 0, "droppedEventsCount": 0, "droppedLinksCount": "0", "attributes": null,
        }),
        json!({"attributes": {}}),
    );
    check_span(
        json!({"kind": "SPAN_KIND_INTERNAL", "status": {"code": "STATUS_CODE_UNSET"}}),
        json!({"attributes": {}}),
    );
}

#[test]
fn optional_members() {
    check_span(
        json!({
            "traceId": "5B8EFFF798038103D269B633813FC60C", "spanId": "EEE19B7EC3C1B174", "parentSpanId": "eee19b7ec3c1b173",
            "startTimeUnixNano": 1_544_712_660_000_000_000_u64, "endTimeUnixNano": "1544712661000000000",
            "droppedAttributesCount": 3, "status": {"code": "STATUS_CODE_ERROR"},
        }),
        json!({
            "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "parentSpanId": "eee19b7ec3c1b173",
            "startTimeUnixNano": "1544712660000000000", "endTimeUnixNano": "1544712661000000000",
            "droppedAttributesCount": 3, "status": {"code": 2}, "attributes": {},
        }),
    );
}

#[test]
fn a_span_keeps_what_has_no_place() {
    let pair = json!({"key": "exception", "value": {"stringValue": "secret"}});
    check_span(
        json!({
            "status": {"code": 2, "message": "secret"},
            "traceState": "a=secret",
            "events": [{"name": "exception", "timeUnixNano": "5", "attributes": [pair]}],
            "links": [{"traceId": "AB", "spanId": "", "attributes": [pair], "flags": 1}],
            "droppedEventsCount": 1,
            "droppedLinksCount": "2",
            "secret": {"a": [1, null]},
        }),
        json!({
            "attributes": {},
            "status": {"code": 2, "message": "secret"},
            "traceState": "a=secret",
            "events": [{"name": "exception", "timeUnixNano": "5", "attributes": {"exception": "secret"}}],
            "links": [{"traceId": "ab", "attributes": {"exception": "secret"}}],
            "droppedEventsCount": 1,
            "droppedLinksCount": 2,
            "secret": {"a": [1, null]},
        }),
    );
}

#[test]
fn structure_of_another_type_is_kept() {
    check_span(
        json!({
            "kind": "secret", "flags": "secret", "traceId": "secret", "startTimeUnixNano": "secret",
            "droppedAttributesCount": "secret", "status": {"code": "secret"},
        }),
        json!({
            "spanKind": "secret", "flags": "secret", "traceId": "secret", "startTimeUnixNano": "secret",
            "droppedAttributesCount": "secret", "status": {"code": "secret"}, "attributes": {},
        }),
    );
    check_span(json!({"kind": 77, "status": "secret"}), json!({"attributes": {}, "spanKind": 77, "status": "secret"}));
}

#[test]
fn resource_and_scope_are_kept_with_each_signal() {
    let pair = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let request = json!({"resourceSpans": [{
        "resource": {"attributes": [pair("service.name", "demo-telemetry"), pair("host.name", "babbage")]},
        "schemaUrl": "https://example.com/secret",
        "scopeSpans": [{
            "scope": {"name": "demo", "version": "1.0.0", "attributes": [pair("user", "ada")]},
            "spans": [{"name": "Started"}, {"name": "Ended"}],
        }],
    }]});
    for payload in payloads(&catalogue(), request.to_string().as_bytes()) {
        let expected = json!({"host.name": "babbage", "schemaUrl": "https://example.com/secret"});
        assert_eq!(payload.value["resource"], expected);
        assert_eq!(payload.value["scope"], json!({"user": "ada"}));
    }
}

#[test]
fn the_catalogues_service_is_left_out_and_another_is_not() {
    let around = |service: &str| {
        json!({"resourceSpans": [{
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]},
            "scopeSpans": [{"spans": [{"name": "Started"}]}],
        }]})
    };
    let resource =
        |service| payloads(&catalogue(), around(service).to_string().as_bytes())[0].value.get("resource").cloned();
    assert_eq!(resource("demo-telemetry"), None);
    assert_eq!(resource("other"), Some(json!({"service.name": "other"})));
}

#[test]
fn what_belongs_to_no_signal_is_unreadable() {
    let pair = json!({"key": "host.name", "value": {"stringValue": "babbage"}});
    check_unreadable(
        json!({"resourceSpans": [{"resource": {"attributes": [pair]}}]}),
        &["/resourceSpans/0: a resource without any signal that could be read, but with `host.name`"],
    );
    check_unreadable(
        json!({"resourceSpans": [{"scopeSpans": [{"scope": {"attributes": [pair]}, "spans": []}]}]}),
        &["/resourceSpans/0/scopeSpans/0: a scope without any signal that could be read, but with `host.name`"],
    );
    check_unreadable(
        json!({"resourceSpans": [{"instrumentationLibrarySpans": []}]}),
        &["/resourceSpans/0: a resource without any signal that could be read, but with `instrumentationLibrarySpans`"],
    );
    check_unreadable(
        json!({"resourceSpans": [], "resourceProfiles": []}),
        &["whole file: unexpected field `resourceProfiles` in a request for spans, logs or metrics"],
    );
}

#[test]
fn a_broken_span_leaves_the_others_readable() {
    let request = json!({"resourceSpans": [{"scopeSpans": [{"spans": [
        5, {"name": "Started", "attributes": {"text": "a"}}, {"name": "Started", "attributes": [5]}, {"name": "Ended"},
    ]}]}]});
    check_unreadable(
        request.clone(),
        &[
            "/resourceSpans/0/scopeSpans/0/spans/0: a span is not an object",
            "/resourceSpans/0/scopeSpans/0/spans/1: `attributes` is not a list",
            "/resourceSpans/0/scopeSpans/0/spans/2: an attribute is not an object",
        ],
    );
    let items = payloads_from_otlp_json(&catalogue(), &request.to_string()).expect("a request");
    assert!(matches!(&items[3], Item::Payload(payload) if payload.value["name"] == "Ended"));
}

#[test]
fn a_heavy_resource_is_not_multiplied() {
    let text = "a".repeat(1 << 20);
    let spans = vec![json!({"name": "Started"}); 300];
    check_unreadable(
        json!({"resourceSpans": [{
            "resource": {"attributes": [{"key": "text", "value": {"stringValue": text}}]},
            "scopeSpans": [{"spans": spans}],
        }]}),
        &["/resourceSpans/0: the resource carries too much to be put with each of its 300 signals"],
    );
}

// Log records.

#[test]
fn an_event() {
    check_log(
        json!({
            "timeUnixNano": "5", "observedTimeUnixNano": "6", "eventName": "Opened", "severityNumber": 0,
            "severityText": "", "body": {}, "flags": 1, "traceId": "AB", "spanId": "CD",
            "attributes": [
                {"key": "text", "value": {"stringValue": "a"}},
                {"key": "agents", "value": {"stringValue": "[]"}},
            ],
        }),
        json!({
            "kind": "event", "name": "Opened", "timeUnixNano": "5", "traceId": "ab", "spanId": "cd",
            "attributes": {"text": "a", "agents": []},
        }),
    );
}

#[test]
fn an_event_without_time_has_that_of_its_observation() {
    let expected = json!({"kind": "event", "name": "Opened", "timeUnixNano": "6", "attributes": {}});
    check_log(json!({"eventName": "Opened", "observedTimeUnixNano": "6"}), expected.clone());
    check_log(json!({"eventName": "Opened", "timeUnixNano": 0, "observedTimeUnixNano": 6}), expected);
}

#[test]
fn a_log_record_keeps_what_has_no_place() {
    check_log(
        json!({
            "severityNumber": "SEVERITY_NUMBER_WARN2", "severityText": "secret", "body": {"stringValue": ""},
            "observedTimeUnixNano": "secret", "secret": "",
        }),
        json!({
            "kind": "event", "name": "", "timeUnixNano": "secret", "attributes": {}, "severityNumber": 14,
            "severityText": "secret", "body": "", "observedTimeUnixNano": "secret", "secret": "",
        }),
    );
}

#[test]
fn severities_by_name() {
    for (name, number) in
        [("TRACE", 1), ("TRACE2", 2), ("DEBUG", 5), ("INFO", 9), ("WARN4", 16), ("ERROR", 17), ("FATAL4", 24)]
    {
        let payloads = payloads(
            &catalogue(),
            log_request(json!({"severityNumber": format!("SEVERITY_NUMBER_{name}")})).to_string().as_bytes(),
        );
        assert_eq!(payloads[0].value["severityNumber"], number, "{name}");
    }
}

// Protobuf.

fn trace_bytes(request: Value) -> Vec<u8> {
    let request: ExportTraceServiceRequest = serde_json::from_value(request).expect("a request");
    request.encode_to_vec()
}

fn log_bytes(request: Value) -> Vec<u8> {
    let request: ExportLogsServiceRequest = serde_json::from_value(request).expect("a request");
    request.encode_to_vec()
}

#[track_caller]
fn check_protobuf(bytes: &[u8], signals: Option<Signals>, kind: &str) {
    let items = payloads_from_otlp_protobuf(&catalogue(), bytes, signals).expect("a request");
    assert!(matches!(&items[..], [Item::Payload(payload)] if payload.value["kind"] == kind), "{items:#?}");
}

#[test]
fn spans_and_logs_are_told_apart() {
    let attributes = json!([{"key": "text", "value": {"stringValue": "a"}}]);
    for span in [
        json!({"name": "Started", "traceId": "5b8efff798038103d269b633813fc60c"}),
        json!({"name": "Started", "attributes": attributes}),
        json!({"startTimeUnixNano": "5"}),
        json!({}),
    ] {
        check_protobuf(&trace_bytes(request(span)), None, "span");
    }
    for record in [
        json!({"eventName": "Opened"}),
        json!({"timeUnixNano": "5"}),
        json!({"observedTimeUnixNano": "5"}),
        json!({"attributes": attributes}),
        json!({"severityNumber": 9}),
        json!({"droppedAttributesCount": 1}),
        json!({"flags": 1}),
    ] {
        check_protobuf(&log_bytes(log_request(record)), None, "event");
    }
}

#[test]
fn whoever_knows_says_what_a_body_is() {
    let record = json!({"severityText": "a"});
    check_protobuf(&log_bytes(log_request(record.clone())), None, "span");
    check_protobuf(&log_bytes(log_request(record)), Some(Signals::Logs), "event");
    let span = trace_bytes(request(json!({"traceId": "5b8efff798038103d269b633813fc60c"})));
    assert!(payloads_from_otlp_protobuf(&catalogue(), &span, Some(Signals::Logs)).is_err());
}

#[test]
fn an_unknown_field_of_protobuf_is_kept() {
    // resourceSpans { scopeSpans { spans { name: "Started", 99: "secret" } } }
    let mut bytes = b"\x0a\x16\x12\x14\x12\x12\x2a\x07Started\x9a\x06\x06secret".to_vec();
    check_protobuf(&bytes, None, "span");
    let items = payloads_from_otlp_protobuf(&catalogue(), &bytes, None).expect("a request");
    assert!(matches!(&items[0], Item::Payload(payload) if payload.value["unknownField99"] == "c2VjcmV0"));
    bytes.pop();
    assert!(payloads_from_otlp_protobuf(&catalogue(), &bytes, None).is_err());
}

#[test]
fn a_name_that_is_there_twice_in_protobuf_is_noted() {
    let bytes = b"\x0a\x15\x12\x13\x12\x11\x2a\x07Started\x2a\x06secret";
    let items = payloads_from_otlp_protobuf(&catalogue(), bytes, None).expect("a request");
    let Item::Payload(payload) = &items[0] else { panic!("{items:?}") };
    assert_eq!((payload.value["name"].as_str(), &payload.duplicates[..]), (Some("Started"), &["/name".to_owned()][..]));
}
