//! A `Duration` is a value of a number in a unit of time: converted to the unit, whole for an int, inside the domain.

use std::sync::Arc;
use std::time::Duration;

use candor::{Consent, Telemetry};
use serde_json::{Value, json};

type Elapsed = Duration;

#[derive(Default, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/durations.yaml", span = "ran")]
struct Ran {
    took: Option<Duration>,
    waited: Option<Arc<std::time::Duration>>,
    steps: Option<Vec<Elapsed>>,
    days: Option<Elapsed>,
    size: Option<u64>,
}

/// Numbers still fit.
#[derive(Default, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/durations.yaml", span = "ran")]
struct InNumbers {
    took: Option<u32>,
    waited: Option<f32>,
    steps: Vec<i64>,
    days: Option<u128>,
    size: Option<i8>,
}

/// The attributes that leave, and how many values were left out.
fn sent<T: Telemetry>(value: &T) -> (Value, Value) {
    let payload = candor::payload(Consent::Default, value).expect("it is sent by default");
    let mut payload: Value = serde_json::from_str(&payload).expect("JSON");
    (payload["attributes"].take(), payload["droppedAttributesCount"].take())
}

#[test]
fn durations_are_converted_to_the_unit() {
    let ran = Ran {
        took: Some(Duration::from_micros(1_999_999)),
        waited: Some(Arc::new(Duration::from_millis(1_500))),
        steps: Some(vec![Duration::from_millis(2), Duration::from_nanos(999)]),
        days: Some(Duration::from_secs(86_400 * 3 - 1)),
        size: Some(7),
    };
    let expected = json!({ "took": 1999, "waited": 1.5, "steps": [2000, 0], "days": 2, "size": 7 });
    assert_eq!(sent(&ran), (expected, Value::Null));
}

#[test]
fn a_duration_outside_the_domain_is_left_out() {
    let took = Ran { took: Some(Duration::from_millis(60_001)), ..Ran::default() };
    assert_eq!(sent(&took), (json!({}), json!(1)));
    let most = Ran { took: Some(Duration::from_micros(60_000_999)), ..Ran::default() };
    assert_eq!(sent(&most), (json!({ "took": 60_000 }), Value::Null));
    let beyond = Ran { steps: Some(vec![Duration::MAX]), ..Ran::default() };
    assert_eq!(sent(&beyond), (json!({ "steps": [] }), json!(1)));
    let waited = Ran { waited: Some(Arc::new(Duration::MAX)), ..Ran::default() };
    assert_eq!(sent(&waited), (json!({}), json!(1)));
}

#[test]
fn numbers_are_taken_as_they_are() {
    let numbers = InNumbers { took: Some(5), waited: Some(0.5), steps: vec![1], days: Some(2), size: Some(3) };
    let expected = json!({ "took": 5, "waited": 0.5, "steps": [1], "days": 2, "size": 3 });
    assert_eq!(sent(&numbers), (expected, Value::Null));
}
