//! Forwarding of foreign OTLP: everything that the catalogue lists and consent allows, as it was given, and not a byte
//! of anything else.

use std::path::Path;
use std::sync::LazyLock;

use candor_schema::{Catalogue, Consent};
use candor_validate::{
    Allow, Item, Passed, Payload, Request, Signals, Stopped, Validator, payloads_from_otlp_protobuf,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    candor_schema::load(Path::new("tests/fixtures/demo.yaml")).catalogue.expect("a catalogue without findings")
});

const LEVELS: [Consent; 2] = [Consent::Default, Consent::OptedIn];

/// A text that no default attribute of the catalogue can hold: they have 5 characters at most.
const CANARY: &str = "CANARY";

fn validator(level: Consent) -> &'static Validator<'static> {
    static VALIDATORS: LazyLock<[Validator<'static>; 2]> =
        LazyLock::new(|| LEVELS.map(|level| Validator::new(&CATALOGUE, level)));
    &VALIDATORS[usize::from(level == Consent::OptedIn)]
}

/// A request as `candor listen` reads it.
fn request(signals: Signals, json: &Value) -> Request {
    Request::from_json(signals, json.to_string().as_bytes()).expect("a request")
}

/// Rebuilds a request: what passes, and what did not: key, reason, count.
fn pass(signals: Signals, json: &Value, level: Consent) -> (Passed, Vec<String>) {
    let mut stopped = Stopped::default();
    let passed = Allow::new(&CATALOGUE, level).pass(&request(signals, json), &mut stopped);
    let mut stopped: Vec<_> = stopped.iter().map(|(key, why, count)| format!("{count} {} {key}", why.name())).collect();
    stopped.sort();
    (passed, stopped)
}

fn payloads(items: Vec<Item>) -> Vec<Payload> {
    items.into_iter().filter_map(|item| if let Item::Payload(payload) = item { Some(payload) } else { None }).collect()
}

/// The payloads of what passed.
fn read(signals: Signals, passed: &Passed) -> Vec<Payload> {
    let items = payloads_from_otlp_protobuf(&CATALOGUE, &passed.body, Some(signals)).expect("OTLP");
    assert_eq!(items.len(), passed.signals);
    payloads(items)
}

fn traces(span: Value) -> Value {
    json!({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})
}

fn logs(record: Value) -> Value {
    json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
}

/// One attribute of the span that has all of them: what passes of it by default, and what is stopped.
#[track_caller]
fn check(key: &str, value: Value, expected: Value, stopped: &[&str]) {
    check_at(Consent::Default, key, value, expected, stopped);
}

#[track_caller]
fn check_at(level: Consent, key: &str, value: Value, expected: Value, stopped: &[&str]) {
    let flag = json!({"key": "flag", "value": {"boolValue": false}});
    let span = json!({"name": "Everything", "attributes": [flag, {"key": key, "value": value}, marker("opt_in")]});
    let (passed, stops) = pass(Signals::Traces, &traces(span), level);
    let payload = read(Signals::Traces, &passed).remove(0);
    assert_eq!(payload.value["attributes"][key], expected);
    assert_eq!(stops, stopped);
    assert_eq!(validator(level).check_payload(&payload), []);
}

/// The attribute that says which permissions a signal needs.
fn marker(channels: &str) -> Value {
    json!({"key": "candor.channels", "value": {"stringValue": channels}})
}

/// A span, and what of it passes beside its name, its times and a flag.
#[track_caller]
fn check_span(mut span: Value, mut expected: Value, stopped: &[&str]) {
    span["name"] = json!("Everything");
    span["attributes"] = json!([{"key": "flag", "value": {"boolValue": true}}]);
    let (passed, stops) = pass(Signals::Traces, &traces(span), Consent::OptedIn);
    let head = json!({"kind": "span", "name": "Everything", "startTimeUnixNano": "0", "endTimeUnixNano": "0", "attributes": {"flag": true}});
    for (key, value) in head.as_object().expect("an object") {
        expected.as_object_mut().expect("an object").entry(key).or_insert(value.clone());
    }
    assert_eq!(read(Signals::Traces, &passed)[0].value, expected);
    assert_eq!(stops, stopped);
}

// Values.

#[test]
fn false_zero_and_empty_text_pass() {
    check("number", json!({"intValue": 0}), json!(0), &[]);
    check("any_ratio", json!({"doubleValue": 0.0}), json!(0.0), &[]);
    check("word", json!({"stringValue": ""}), json!(""), &[]);
    check("numbers", json!({"arrayValue": {"values": [{"intValue": "0"}]}}), json!([0]), &[]);
    check("words", json!({"arrayValue": {}}), json!([]), &[]);
}

#[test]
fn numbers_are_exact_and_of_the_catalogues_type() {
    check("any_number", json!({"intValue": i64::MIN.to_string()}), json!(i64::MIN), &[]);
    check("any_number", json!({"doubleValue": 3.0}), json!(3), &[]);
    check("any_ratio", json!({"intValue": 3}), json!(3.0), &[]);
    check("any_ratio", json!({"doubleValue": 5e-324}), json!(5e-324), &[]);
}

#[test]
fn objects_pass_field_by_field_however_they_are_written() {
    let value = json!({"kvlistValue": {"values": [
        {"key": "name", "value": {"stringValue": "a"}}, {"key": "note", "value": {"stringValue": "hush"}}]}});
    check("part_one", value.clone(), json!({"name": "a"}), &["1 consent Everything `part_one.note`"]);
    check_at(Consent::OptedIn, "part_one", value, json!({"name": "a", "note": "hush"}), &[]);

    let text = json!({"stringValue": r#"[{"name": "a", "note": "hush", "size?": null, "else": 1}]"#});
    let stopped = ["1 consent Everything `parts.json.note`", "1 unknown Everything `parts.json.else`"];
    check("parts.json", text, json!([{"name": "a"}]), &stopped);
}

#[test]
fn what_is_of_another_type_or_outside_its_domain_stays_here() {
    let cases = [
        ("number", json!({"stringValue": "1"})),
        ("number", json!({"boolValue": true})),
        ("number", json!({"intValue": 11})),
        ("number", json!({"doubleValue": 0.5})),
        ("any_ratio", json!({"doubleValue": "NaN"})),
        ("ratio", json!({"doubleValue": 1.5})),
        ("word", json!({"stringValue": "sixsix"})),
        ("word", json!({"intValue": 6})),
        ("word", json!({"bytesValue": "c2VjcmV0"})),
        ("hex", json!({"stringValue": "BEEF"})),
        ("hex", json!({"stringValue": "beef\n"})),
        ("moment", json!({"stringValue": "yesterday"})),
        ("colour", json!({"stringValue": "blue"})),
        ("part_one", json!({"stringValue": "{\"name\": "})),
        ("part_one", json!({"arrayValue": {"values": []}})),
        ("part_one", json!({"kvlistValue": {"values": []}})),
        ("words", json!({"stringValue": "word"})),
    ];
    for (key, value) in cases {
        check(key, value, Value::Null, &[&format!("1 value Everything `{key}`")]);
    }
}

#[test]
fn a_bad_item_costs_the_item() {
    let values = json!({"values": [{"intValue": 99}, {"intValue": 1}, {"stringValue": "2"}, {}, {"intValue": 3}]});
    check("numbers", json!({"arrayValue": values}), json!([1, 3]), &["2 value Everything `numbers`"]);
    let many: Vec<_> = (0..9).map(|number| json!({"intValue": number})).collect();
    check("numbers", json!({"arrayValue": {"values": many}}), json!([0, 1, 2]), &["1 value Everything `numbers`"]);
}

#[test]
fn a_text_is_cut_where_the_catalogue_says_so() {
    check("cut_word", json!({"stringValue": "äöüßéè"}), json!("äöüßé"), &["1 cut Everything `cut_word`"]);
}

#[test]
fn of_equal_keys_the_last_counts() {
    let pair = |value: &str| json!({"key": "word", "value": {"stringValue": value}});
    let flag = json!({"key": "flag", "value": {"boolValue": true}});
    let span = json!({"name": "Everything", "attributes": [flag, pair("a"), pair("b")]});
    let (passed, stopped) = pass(Signals::Traces, &traces(span), Consent::Default);
    let payload = &read(Signals::Traces, &passed)[0].value;
    assert_eq!((&payload["attributes"]["word"], &payload["droppedAttributesCount"]), (&json!("b"), &json!(1)));
    assert_eq!(stopped, ["1 duplicate Everything `word`"]);
    let text = json!({"stringValue": r#"{"name": "a", "name": "b"}"#});
    check("part_one", text, json!({"name": "b"}), &["1 duplicate Everything `part_one.name`"]);
}

#[test]
fn what_is_missing_is_counted_and_what_consent_keeps_back_is_not() {
    let secret = json!({"key": "secret", "value": {"stringValue": "hush"}});
    let span = json!({"name": "Everything", "droppedAttributesCount": 2, "attributes": [secret]});
    let (passed, _) = pass(Signals::Traces, &traces(span), Consent::Default);
    assert_eq!(read(Signals::Traces, &passed)[0].value["droppedAttributesCount"], 3);
}

// Signals.

#[test]
fn signals_pass_by_name_and_consent() {
    let attributes = json!([{"key": "flag", "value": {"boolValue": true}}, {"key": "secret", "value": {"stringValue": ""}}, marker("opt_in")]);
    let span = |name: &str| traces(json!({"name": name, "attributes": attributes}));
    assert_eq!(pass(Signals::Traces, &span("Hidden"), Consent::Default).1, ["1 consent span `Hidden`"]);
    assert_eq!(pass(Signals::Traces, &span("Hidden"), Consent::OptedIn).0.signals, 1);
    let (passed, stopped) = pass(Signals::Traces, &span("Tea \u{1b}[2J Break"), Consent::OptedIn);
    assert_eq!((passed, stopped), (Passed::default(), vec!["1 unknown span `Tea \\u{1b}[2J Break`".to_owned()]));
    // A span is no event of that name, and a request for spans passes no events.
    assert_eq!(pass(Signals::Traces, &span("demo.noted"), Consent::OptedIn).0, Passed::default());
    let record = logs(json!({"eventName": "demo.noted", "attributes": attributes}));
    assert_eq!(pass(Signals::Logs, &record, Consent::Default).0.signals, 1);
    assert_eq!(pass(Signals::Traces, &record, Consent::OptedIn).1, ["1 unknown request member `resourceLogs`"]);
}

#[test]
fn what_a_span_is_without_words_passes() {
    let (trace, span) = ("0123456789abcdef0123456789ABCDEF", "fedcba9876543210");
    let given = json!({
        "traceId": trace, "spanId": span, "parentSpanId": span, "kind": 3, "flags": 0x101,
        "startTimeUnixNano": "1795190951939149000", "endTimeUnixNano": 1795190951939149001_u64, "status": {"code": 2},
    });
    let expected = json!({
        "traceId": trace.to_lowercase(), "spanId": span,
        "startTimeUnixNano": "1795190951939149000", "endTimeUnixNano": "1795190951939149001", "status": {"code": 2},
    });
    check_span(given, expected, &["1 unknown Everything `parentSpanId`"]);
}

/// Passes a request of the catalogue with traces through a gate. Gives the signal, and what was stopped.
#[track_caller]
fn joined(signals: Signals, given: &Value, level: Consent) -> (Value, Vec<String>) {
    let catalogue = candor_schema::load(Path::new("tests/fixtures/traces.yaml")).catalogue.expect("a catalogue");
    let mut stopped = Stopped::default();
    let passed = Allow::new(&catalogue, level).pass(&request(signals, given), &mut stopped);
    let items = payloads_from_otlp_protobuf(&catalogue, &passed.body, Some(signals)).expect("OTLP");
    let payload = payloads(items).remove(0).value.to_string();
    assert_eq!(Validator::new(&catalogue, level).check(payload.as_bytes()), [], "{payload}");
    let stopped = stopped.iter().map(|(key, why, count)| format!("{count} {} {key}", why.name())).collect();
    (serde_json::from_str(&payload).expect("JSON"), stopped)
}

#[test]
fn parents_and_links_pass_where_the_catalogue_lists_them() {
    let (trace, span) = ("0123456789abcdef0123456789abcdef", "fedcba9876543210");
    let link = json!({"traceId": trace, "spanId": span});
    let told = json!({"traceId": trace, "spanId": span, "traceState": CANARY, "attributes": [{"key": CANARY}]});
    let given = |name: &str, attribute: Value, channels: &str| {
        let marker = json!({"key": "candor.channels", "value": {"stringValue": channels}});
        traces(json!({
            "name": name, "traceId": trace, "spanId": span, "parentSpanId": span, "attributes": [attribute, marker],
            "startTimeUnixNano": "1", "endTimeUnixNano": "2", "links": [told, {"traceId": CANARY}],
        }))
    };
    let table = json!({"key": "table", "value": {"stringValue": "users"}});
    let runs = json!({"key": "runs", "value": {"intValue": "1"}});
    let (query, stopped) = joined(Signals::Traces, &given("Query", table.clone(), "opt_in"), Consent::OptedIn);
    assert_eq!((&query["parentSpanId"], &query["links"]), (&json!(span), &json!([link])));
    let expected = [
        "1 value Query `link`",
        "1 unknown Query link member `attributes`",
        "1 unknown Query link member `traceState`",
    ];
    assert_eq!(stopped, expected);
    // It links to nothing but a span that needs a permission.
    let (query, stopped) = joined(Signals::Traces, &given("Query", table.clone(), ""), Consent::OptedIn);
    assert_eq!((&query["parentSpanId"], &query["links"]), (&json!(span), &Value::Null));
    assert_eq!(stopped, ["2 unknown Query `link`"]);
    let (lone, stopped) = joined(Signals::Traces, &given("Lone", runs.clone(), ""), Consent::Default);
    assert_eq!((&lone["parentSpanId"], &lone["links"]), (&Value::Null, &Value::Null));
    assert_eq!(stopped, ["2 unknown Lone `link`", "1 unknown Lone `parentSpanId`"]);

    let event = |name: &str, attribute: &Value| {
        logs(
            json!({"eventName": name, "timeUnixNano": "1", "traceId": trace, "spanId": span, "attributes": [attribute]}),
        )
    };
    let (slow, stopped) = joined(Signals::Logs, &event("serving.slow", &table), Consent::Default);
    assert_eq!((&slow["spanId"], &slow["traceId"], stopped.len()), (&json!(span), &json!(trace), 0));
    let (quiet, stopped) = joined(Signals::Logs, &event("serving.quiet", &runs), Consent::Default);
    assert_eq!((&quiet["spanId"], &quiet["traceId"], stopped.len()), (&Value::Null, &Value::Null, 2));
}

#[test]
fn nothing_hides_in_ids_times_kinds_flags_and_codes() {
    let given = json!({
        "traceId": "43414e415259", "spanId": "CANARY", "kind": 999, "startTimeUnixNano": "CANARY", "flags": "CANARY",
        "status": {"code": 77, "message": "CANARY", "else": "CANARY"}, "traceState": "CANARY=1", "unknownField99": "CANARY",
        "events": [{"name": "CANARY"}], "links": [{"traceState": "CANARY"}], "droppedLinksCount": 0,
    });
    let stopped = [
        "1 unknown Everything `link`",
        "1 unknown Everything member `events`",
        "1 unknown Everything member `traceState`",
        "1 unknown Everything member `unknownField99`",
        "1 unknown Everything status member `else`",
        "1 unknown Everything status member `message`",
        "1 value Everything `code`",
        "1 value Everything `flags`",
        "1 value Everything `kind`",
        "1 value Everything `spanId`",
        "1 value Everything `startTimeUnixNano`",
        "1 value Everything `traceId`",
    ];
    check_span(given, json!({}), &stopped);
}

#[test]
fn of_a_log_record_neither_body_nor_severity_passes() {
    let record = json!({
        "eventName": "demo.noted", "timeUnixNano": "7", "observedTimeUnixNano": "8", "severityNumber": 9,
        "severityText": "CANARY", "body": {"stringValue": "CANARY"}, "attributes": [{"key": "flag", "value": {"boolValue": true}}],
    });
    let (passed, stopped) = pass(Signals::Logs, &logs(record), Consent::Default);
    let expected = json!({"kind": "event", "name": "demo.noted", "timeUnixNano": "7", "attributes": {"flag": true}});
    assert_eq!(read(Signals::Logs, &passed)[0].value, expected);
    let members = ["body", "severityNumber", "severityText"];
    assert_eq!(stopped, members.map(|member| format!("1 unknown demo.noted member `{member}`")));
}

#[test]
fn of_resource_and_scope_only_the_own_service_passes() {
    let attribute = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let request = |service: &str| {
        json!({"resourceSpans": [{
            "resource": {"attributes": [attribute("service.name", service), attribute("host.name", CANARY)]},
            "schemaUrl": CANARY,
            "scopeSpans": [{
                "scope": {"name": CANARY, "version": CANARY, "attributes": [attribute("key", CANARY)]},
                "spans": [{"name": "Everything", "attributes": [{"key": "flag", "value": {"boolValue": true}}]}],
            }],
        }]})
    };
    let scope = ["1 unknown resource `host.name`", "1 unknown resource member `schemaUrl`", "1 unknown scope `key`"];
    let (passed, stopped) = pass(Signals::Traces, &request("demo"), Consent::OptedIn);
    assert!(holds(&passed.body, "service.name") && !holds(&passed.body, CANARY));
    assert_eq!(stopped, scope);
    let (passed, stopped) = pass(Signals::Traces, &request(CANARY), Consent::OptedIn);
    assert!(!holds(&passed.body, "service.name") && !holds(&passed.body, CANARY));
    assert_eq!(stopped, [scope[0], "1 unknown resource `service.name`", scope[1], scope[2]]);
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

// Anything.

fn any_value() -> impl Strategy<Value = Value> {
    let texts = [
        "",
        "word",
        "sixsix",
        "red",
        "light blue",
        "beef",
        "BEEF",
        "2026-11-20T16:09:11Z",
        CANARY,
        r#"{"name": "a", "note": "CANARY", "size?": 3}"#,
        r#"[{"name": "CANARY"}, {"name": "b", "else": "CANARY"}, 5]"#,
    ];
    let leaf = prop_oneof![
        select(texts.to_vec()).prop_map(|text| json!({"stringValue": text})),
        any::<bool>().prop_map(|value| json!({"boolValue": value})),
        select(vec![-6, -5, 0, 10, 11, i64::MAX, i64::MIN]).prop_map(|value| json!({"intValue": value.to_string()})),
        select(vec![json!(0.0), json!(-0.0), json!(0.5), json!(3.0), json!(1e300), json!("NaN")])
            .prop_map(|value| json!({"doubleValue": value})),
        Just(json!({"bytesValue": "Q0FOQVJZ"})),
        Just(json!({})),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let key = select(vec!["name", "size?", "note", "else"]);
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(|values| json!({"arrayValue": {"values": values}})),
            vec((key, inner), 0..4).prop_map(|pairs| json!({"kvlistValue": {"values": key_values(pairs)}})),
        ]
    })
}

fn key_values<K: AsRef<str>>(pairs: Vec<(K, Value)>) -> Vec<Value> {
    pairs.into_iter().map(|(key, value)| json!({"key": key.as_ref(), "value": value})).collect()
}

fn attributes() -> impl Strategy<Value = Vec<Value>> {
    let keys: Vec<String> = CATALOGUE.attributes().iter().map(|attribute| attribute.name.to_string()).collect();
    let key = prop_oneof![9 => select(keys), 1 => Just(CANARY.to_owned())];
    vec((key, any_value()), 0..8).prop_map(key_values)
}

/// A member that may be there or not, and is never what it should be.
fn stray() -> impl Strategy<Value = Value> {
    let stray = select(vec![
        json!({"status": {"code": 1, "message": CANARY}}),
        json!({"traceState": CANARY}),
        json!({"events": [{"name": CANARY}]}),
        json!({"links": [{"traceId": "", "traceState": CANARY}]}),
        json!({"traceId": "43414e415259", "spanId": "43414e415259"}),
        json!({"body": {"stringValue": CANARY}, "severityText": CANARY}),
        json!({"droppedAttributesCount": 4, "flags": 1, "kind": 2, "CANARY": CANARY}),
    ]);
    proptest::option::of(stray).prop_map(Option::unwrap_or_default)
}

/// The request, whose signals say that they need the opt-in.
fn claiming(json: &Value) -> Value {
    let mut json = json.clone();
    for path in ["/resourceSpans/0/scopeSpans/0/spans/0", "/resourceLogs/0/scopeLogs/0/logRecords/0"] {
        let attributes = json.pointer_mut(path).and_then(|element| element["attributes"].as_array_mut());
        attributes.expect("attributes").push(marker("opt_in"));
    }
    json
}

/// Without the marker, a signal claims no more than the default.
#[test]
fn what_the_marker_does_not_cover_is_dropped() {
    let secret = json!({"key": "secret", "value": {"stringValue": "hush"}});
    let flag = json!({"key": "flag", "value": {"boolValue": true}});
    let check = |marker: Option<Value>, expected: Value| {
        let attributes: Vec<_> = [flag.clone(), secret.clone()].into_iter().chain(marker).collect();
        let span = json!({"name": "Everything", "attributes": attributes});
        let (passed, stopped) = pass(Signals::Traces, &traces(span), Consent::OptedIn);
        assert_eq!(read(Signals::Traces, &passed)[0].value["attributes"], expected);
        assert!(!holds(&passed.body, "candor.channels"));
        let dropped = if expected.get("secret").is_none() { vec!["1 consent Everything `secret`"] } else { Vec::new() };
        assert_eq!(stopped, dropped);
    };
    check(None, json!({"flag": true}));
    check(Some(marker("opt_in")), json!({"flag": true, "secret": "hush"}));
    check(Some(marker("default")), json!({"flag": true}));
    check(Some(marker("opt-in")), json!({"flag": true}));
    check(Some(json!({"key": "candor.channels", "value": {"intValue": "1"}})), json!({"flag": true}));
}

fn any_request() -> impl Strategy<Value = (Signals, Value)> {
    let signals = prop_oneof![
        (select(vec!["Everything", "Hidden", CANARY]), Just(Signals::Traces)),
        (select(vec!["demo.noted", CANARY]), Just(Signals::Logs)),
    ];
    (signals, attributes(), stray(), proptest::option::of(attributes())).prop_map(
        |((name, signals), attributes, stray, resource)| {
            let mut element = json!({"name": name, "eventName": name, "attributes": attributes});
            let stray = stray.as_object().cloned().unwrap_or_default();
            element.as_object_mut().expect("an object").extend(stray);
            let resource = json!({"attributes": resource.unwrap_or_default()});
            let group = json!({"resource": resource, "scopeSpans": [{"spans": [element]}], "scopeLogs": [{"logRecords": [element]}]});
            (signals, json!({"resourceSpans": [group], "resourceLogs": [group]}))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_passes_is_accepted((signals, json) in any_request()) {
        for level in LEVELS {
            let (passed, _) = pass(signals, &claiming(&json), level);
            for payload in read(signals, &passed) {
                prop_assert_eq!(validator(level).check_payload(&payload), []);
            }
        }
    }

    #[test]
    fn no_byte_passes_that_consent_keeps_back((signals, json) in any_request()) {
        let (passed, _) = pass(signals, &json, Consent::Default);
        prop_assert!(!holds(&passed.body, CANARY));
    }

    #[test]
    fn what_is_accepted_passes_unchanged((signals, json) in any_request()) {
        for level in LEVELS {
            let kind = match signals { Signals::Traces => "span", Signals::Logs | Signals::Metrics => "event" };
            let json = if level == Consent::OptedIn { claiming(&json) } else { json.clone() };
            let given = payloads(request(signals, &json).items(&CATALOGUE));
            let given: Vec<_> = given.iter().filter(|payload| payload.value["kind"] == kind).collect();
            if let [given] = given[..] && validator(level).check_payload(given).is_empty() {
                let (passed, _) = pass(signals, &json, level);
                let mut given = given.value.clone();
                given.as_object_mut().expect("an object").remove("channels"); // it was for this gate
                prop_assert_eq!(&read(signals, &passed)[0].value, &given);
            }
        }
    }
}
