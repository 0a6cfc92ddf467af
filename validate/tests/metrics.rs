//! Metrics: each data point of a listed one is a payload; what is forwarded is what the validator and the schema accept.

use std::path::Path;
use std::sync::LazyLock;

use candor_codegen::json_schema::payload_schema;
use candor_schema::{Catalogue, Consent, load};
use candor_validate::{Allow, Item, Passed, Payload, Request, Signals, Stopped, Validator};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/metrics/telemetry.yaml");
    load(&path).catalogue.expect("a catalogue without findings")
});

const LEVELS: [Consent; 2] = [Consent::Default, Consent::OptedIn];

/// A payload is accepted at these levels: by the validator, which agrees with the JSON Schema.
#[track_caller]
fn accepted(payload: &Value) -> [bool; 2] {
    static VOICES: LazyLock<[(Validator<'static>, jsonschema::Validator); 2]> = LazyLock::new(|| {
        let schema = |level| jsonschema::validator_for(&payload_schema(&CATALOGUE, level)).expect("a schema");
        LEVELS.map(|level| (Validator::new(&CATALOGUE, level), schema(level)))
    });
    VOICES.each_ref().map(|(validator, schema)| {
        let valid = validator.is_valid(payload.to_string().as_bytes());
        assert_eq!(schema.is_valid(payload), valid, "schema and validator disagree: {payload:#}");
        valid
    })
}

#[track_caller]
fn check(payload: &Value, expected: [bool; 2]) {
    assert_eq!(accepted(payload), expected, "{payload:#}\n{:?}", messages(payload));
}

fn messages(payload: &Value) -> Vec<String> {
    let validator = Validator::new(&CATALOGUE, Consent::OptedIn);
    let violations = validator.check(payload.to_string().as_bytes());
    violations.into_iter().map(|violation| format!("{}: {}", violation.pointer, violation.message)).collect()
}

fn requests() -> Value {
    json!({
        "kind": "metric", "name": "gate.requests", "instrument": "counter", "unit": "{request}",
        "startTimeUnixNano": "1", "timeUnixNano": "2", "value": 3,
        "attributes": {"http.request.method": "GET", "secure": true, "status_class": 2},
    })
}

fn latency() -> Value {
    json!({
        "kind": "metric", "name": "gate.latency", "instrument": "histogram", "unit": "ms",
        "startTimeUnixNano": "1", "timeUnixNano": "2",
        "bucketCounts": [0, 2, 1, 0, 0], "explicitBounds": [1.0, 5.0, 25.0, 100.0], "sum": 12.5,
        "attributes": {"http.request.method": "_OTHER"},
    })
}

fn with(mut payload: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    payload.pointer_mut(parent).expect("it is there")[key] = value;
    payload
}

fn without(mut payload: Value, key: &str) -> Value {
    payload.as_object_mut().expect("an object").remove(key).expect("it was there");
    payload
}

#[test]
fn points_that_are_as_the_catalogue_says() {
    for payload in [requests(), latency()] {
        check(&payload, [true, true]);
    }
    let size = json!({
        "kind": "metric", "name": "gate.cache.size", "instrument": "gauge", "unit": "By",
        "startTimeUnixNano": "0", "timeUnixNano": "2", "value": -1.5, "attributes": {},
    });
    check(&size, [true, true]);
    check(&with(size, "/attributes/shard", json!(7)), [false, true]);
    let evictions = json!({
        "kind": "metric", "name": "gate.cache.evictions", "instrument": "counter",
        "startTimeUnixNano": "1", "timeUnixNano": "2", "value": 0.5, "channels": "opt_in", "attributes": {},
    });
    check(&evictions, [false, true]);
}

#[test]
fn each_number_is_held_to_its_instrument() {
    for (pointer, value) in [
        ("/value", json!(-1)),
        ("/value", json!(1.5)),
        ("/value", json!("3")),
        ("/value", json!(null)),
        ("/instrument", json!("gauge")),
        ("/unit", json!("1")),
        ("/sum", json!(1)),
        ("/min", json!(1)),
        ("/exemplars", json!([])),
        ("/description", json!("the secret of it")),
        ("/traceId", json!("0af7651916cd43dd8448eb211c80319c")),
        ("/attributes/path", json!("/srv/somebody")),
        ("/attributes/status_class", json!(6)),
        ("/attributes/http.request.method", json!("BREW")),
    ] {
        check(&with(requests(), pointer, value), [false, false]);
    }
    for (pointer, value) in [
        ("/bucketCounts", json!([0, 2, 1, 0])),
        ("/bucketCounts", json!([0, 2, 1, 0, 0, 0])),
        ("/bucketCounts", json!([0, 2, 1, 0, -1])),
        ("/bucketCounts", json!({})),
        ("/explicitBounds", json!([1, 5, 25])),
        ("/explicitBounds", json!([1, 5, 25, 101])),
        ("/sum", json!("12")),
        ("/value", json!(1)),
        ("/count", json!(3)),
    ] {
        check(&with(latency(), pointer, value), [false, false]);
    }
    for key in ["value", "instrument", "unit", "timeUnixNano", "startTimeUnixNano", "attributes"] {
        check(&without(requests(), key), [false, false]);
    }
    for key in ["bucketCounts", "explicitBounds", "sum"] {
        check(&without(latency(), key), [false, false]);
    }
}

/// The part of a payload that may be kept.
fn kept(payload: &Value, level: Consent) -> Option<Value> {
    let allow = Allow::new(&CATALOGUE, level);
    let kept = allow.pass_payload(payload.to_string().as_bytes(), &mut Stopped::default()).expect("a payload");
    kept.map(|kept| serde_json::from_slice(&kept).expect("JSON"))
}

#[test]
fn a_payload_is_kept_with_what_may_be_kept() {
    assert_eq!(kept(&requests(), Consent::Default), Some(requests()));
    assert_eq!(kept(&latency(), Consent::Default), Some(latency()));
    let wide = with(with(requests(), "/attributes/path", json!("/ada")), "/exemplars", json!([{"user": "ada"}]));
    assert_eq!(kept(&wide, Consent::Default), Some(with(requests(), "/droppedAttributesCount", json!(1))));
    for (pointer, value) in
        [("/value", json!("3")), ("/value", json!(-1)), ("/unit", json!("ms")), ("/instrument", json!(1))]
    {
        assert_eq!(kept(&with(requests(), pointer, value), Consent::Default), None);
    }
    assert_eq!(kept(&with(latency(), "/explicitBounds", json!([1])), Consent::OptedIn), None);
}

#[test]
fn a_violation_says_what_is_wrong() {
    let wrong = with(with(latency(), "/bucketCounts", json!([1])), "/unit", json!("s"));
    assert_eq!(
        messages(&without(wrong, "sum")),
        [
            "/bucketCounts: `bucketCounts` is a list of 1 item; exactly 5 are expected",
            "/sum: `sum` is missing",
            "/unit: `unit` is a text of 1 character and none of `ms`",
        ]
        .map(str::to_owned)
    );
}

fn point(extra: Value) -> Value {
    let mut point = json!({"startTimeUnixNano": "1", "timeUnixNano": "2", "attributes": [
        {"key": "http.request.method", "value": {"stringValue": "GET"}},
        {"key": "secure", "value": {"boolValue": true}},
        {"key": "status_class", "value": {"intValue": "2"}},
    ]});
    point.as_object_mut().expect("an object").extend(extra.as_object().cloned().expect("an object"));
    point
}

fn sum(points: Value) -> Value {
    metric(json!({
        "name": "gate.requests", "unit": "{request}",
        "sum": {"aggregationTemporality": 1, "isMonotonic": true, "dataPoints": points},
    }))
}

fn metric(metric: Value) -> Value {
    json!({"resourceMetrics": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "gate"}}]},
        "scopeMetrics": [{"metrics": [metric]}]}]})
}

fn request(json: &Value) -> Request {
    Request::from_json(Signals::Metrics, json.to_string().as_bytes()).expect("a request")
}

fn payloads(request: &Request) -> Vec<Payload> {
    let items = request.items(&CATALOGUE).into_iter();
    items
        .map(|item| match item {
            Item::Payload(payload) => payload,
            Item::Unreadable(why) => panic!("{}", why.why),
        })
        .collect()
}

fn pass(json: &Value, level: Consent) -> (Passed, Vec<String>) {
    let mut stopped = Stopped::default();
    let passed = Allow::new(&CATALOGUE, level).pass(&request(json), &mut stopped);
    let mut stopped: Vec<_> = stopped.iter().map(|(key, why, count)| format!("{count} {} {key}", why.name())).collect();
    stopped.sort();
    (passed, stopped)
}

#[test]
fn each_data_point_is_a_payload() {
    let request = request(&sum(json!([point(json!({"asInt": "3"})), point(json!({"asDouble": 4.0}))])));
    assert_eq!(request.len(), 2);
    let values: Vec<_> = payloads(&request).into_iter().map(|payload| payload.value).collect();
    assert_eq!(values, [requests(), with(requests(), "/value", json!(4.0))]);
    values.iter().for_each(|value| check(value, [true, true]));
}

#[test]
fn what_passes_is_what_the_catalogue_lists() {
    let leaky = point(json!({
        "asInt": "3",
        "exemplars": [{"asInt": "3", "filteredAttributes": [{"key": "user", "value": {"stringValue": "ada"}}]}],
    }));
    let mut wide = leaky.clone();
    wide["attributes"].as_array_mut().expect("a list").push(json!({"key": "path", "value": {"stringValue": "/ada"}}));
    let mut sent = sum(json!([leaky, wide, point(json!({"asInt": "-1"}))]));
    sent["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["description"] = json!("of ada");
    let (passed, stopped) = pass(&sent, Consent::Default);
    assert_eq!(
        stopped,
        [
            "1 unknown gate.requests `path`",
            "1 unknown gate.requests member `description`",
            "1 value gate.requests `value`",
            "2 unknown gate.requests member `exemplars`",
        ]
        .map(str::to_owned)
    );
    assert_eq!(passed.signals, 2);
    assert!(!passed.body.windows(3).any(|bytes| bytes == b"ada"));
    let again = Request::from_protobuf(Signals::Metrics, &passed.body).expect("a request");
    payloads(&again).iter().for_each(|payload| check(&payload.value, [true, true]));
}

#[test]
fn histograms_pass_with_their_own_bounds_only() {
    let histogram = |bounds: Value| {
        metric(json!({"name": "gate.latency", "unit": "ms", "histogram": {"aggregationTemporality": 2, "dataPoints": [
            point(json!({"count": "3", "sum": 12.5, "bucketCounts": ["0", "2", "1", "0", "0"], "explicitBounds": bounds,
                "min": 1.5, "max": 6.25}))]}}))
    };
    let (passed, stopped) = pass(&histogram(json!([1, 5, 25, 100])), Consent::Default);
    assert_eq!(passed.signals, 1);
    assert_eq!(
        stopped,
        [
            "1 unknown gate.latency `secure`",
            "1 unknown gate.latency `status_class`",
            "1 unknown gate.latency member `max`",
            "1 unknown gate.latency member `min`",
        ]
        .map(str::to_owned)
    );
    let again = Request::from_protobuf(Signals::Metrics, &passed.body).expect("a request");
    check(&payloads(&again)[0].value, [true, true]);
    let (passed, stopped) = pass(&histogram(json!([1, 2, 3, 4])), Consent::Default);
    assert_eq!((passed.signals, stopped), (0, vec!["1 value gate.latency `value`".to_owned()]));
}

#[test]
fn metrics_of_other_names_units_and_instruments_stop() {
    let other = |name: &str, unit: &str, data: &str| {
        let sent = metric(json!({"name": name, "unit": unit, data: {"dataPoints": [point(json!({"asInt": "3"}))]}}));
        let (passed, stopped) = pass(&sent, Consent::OptedIn);
        assert_eq!(passed, Passed::default());
        stopped.concat()
    };
    assert_eq!(other("gate.users", "1", "gauge"), "1 unknown metric `gate.users`");
    assert_eq!(other("gate.requests", "{request}", "gauge"), "1 value metric `gate.requests`");
    assert_eq!(other("gate.requests", "ms", "sum"), "1 value metric `gate.requests`");
}

#[test]
fn a_point_is_held_to_its_marker() {
    let sent = |marker: &[Value]| {
        let mut attributes = vec![json!({"key": "shard", "value": {"intValue": "3"}})];
        attributes.extend_from_slice(marker);
        let point = json!({"timeUnixNano": "2", "asDouble": 7.0, "attributes": attributes});
        metric(json!({"name": "gate.cache.size", "unit": "By", "gauge": {"dataPoints": [point]}}))
    };
    let marker = json!({"key": "candor.channels", "value": {"stringValue": "opt_in"}});
    let shown = |json: &Value, level| {
        let (passed, _) = pass(json, level);
        let again = Request::from_protobuf(Signals::Metrics, &passed.body).expect("a request");
        payloads(&again)[0].value["attributes"].clone()
    };
    assert_eq!(shown(&sent(std::slice::from_ref(&marker)), Consent::OptedIn), json!({"shard": 3}));
    assert_eq!(shown(&sent(std::slice::from_ref(&marker)), Consent::Default), json!({}));
    assert_eq!(shown(&sent(&[]), Consent::OptedIn), json!({}));
}

fn number() -> impl Strategy<Value = Value> {
    let texts = ["0", "-1", "3", "9223372036854775807", "9223372036854775808", "NaN", "1.5"].map(Value::from);
    prop_oneof![
        select(texts.to_vec()),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|value| json!(value)),
        Just(Value::Null),
        Just(json!([1])),
    ]
}

fn attribute() -> impl Strategy<Value = Value> {
    let keys = ["http.request.method", "secure", "status_class", "shard", "path", "candor.channels"];
    let values = [
        json!({"stringValue": "GET"}),
        json!({"stringValue": "BREW"}),
        json!({"stringValue": "opt_in"}),
        json!({"boolValue": true}),
        json!({"intValue": "2"}),
        json!({"intValue": "99"}),
        json!({"doubleValue": 2.0}),
        json!({}),
    ];
    (select(keys.to_vec()), select(values.to_vec())).prop_map(|(key, value)| json!({"key": key, "value": value}))
}

fn any_metric() -> impl Strategy<Value = Value> {
    let names = ["gate.requests", "gate.open", "gate.latency", "gate.cache.size", "gate.cache.evictions", "other"];
    let units = ["{request}", "", "ms", "By"];
    let points = prop::collection::vec(
        (
            select(vec!["asInt", "asDouble", "sum", "nothing"]),
            number(),
            prop::collection::vec(attribute(), 0..4),
            prop::collection::vec(number(), 0..6),
            select(vec![json!([1, 5, 25, 100]), json!([1, 5]), json!([])]),
        )
            .prop_map(|(key, value, attributes, counts, bounds)| {
                json!({key: value, "attributes": attributes, "bucketCounts": counts, "explicitBounds": bounds,
                    "timeUnixNano": "2", "startTimeUnixNano": "1"})
            }),
        0..3,
    );
    (
        select(names.to_vec()),
        select(units.to_vec()),
        select(vec!["gauge", "sum", "histogram", "summary"]),
        points,
        any::<bool>(),
    )
        .prop_map(|(name, unit, data, points, is_monotonic)| {
            json!({"name": name, "unit": unit,
                data: {"dataPoints": points, "isMonotonic": is_monotonic, "aggregationTemporality": 1}})
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Labels that have to be there cannot be made up, so their absence is no fault of what passed.
    #[test]
    fn what_passes_is_accepted(sent in any_metric(), level in select(LEVELS.to_vec())) {
        let (passed, _) = pass(&metric(sent), level);
        if passed.signals == 0 {
            return Ok(());
        }
        let again = Request::from_protobuf(Signals::Metrics, &passed.body).expect("a request");
        let payloads = payloads(&again);
        prop_assert_eq!(payloads.len(), passed.signals);
        for payload in &payloads {
            let text = payload.value.to_string();
            let kept = Allow::new(&CATALOGUE, level).pass_payload(text.as_bytes(), &mut Stopped::default()).expect("a payload");
            let kept: Value = serde_json::from_slice(&kept.expect("it may be kept")).expect("JSON");
            prop_assert!(accepted(&kept)[usize::from(level == Consent::OptedIn)], "{:#}\n{:?}", kept, messages(&kept));
        }
        for payload in payloads {
            let whole = with(payload.value, "/droppedAttributesCount", json!(1));
            prop_assert!(accepted(&whole)[usize::from(level == Consent::OptedIn)], "{:#}\n{:?}", whole, messages(&whole));
        }
    }
}
