//! OTLP's names of events and scopes, wherever they stand.

mod common;

use common::{catalogue, payloads};
use serde_json::{Value, json};

#[test]
fn an_event_is_named_by_its_member_or_its_attribute() {
    let named = |record: Value| {
        let request = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]});
        let payload = payloads(&catalogue(), request.to_string().as_bytes()).remove(0);
        (payload.value["name"].clone(), payload.value["attributes"].clone(), payload.value["body"].clone())
    };
    let attribute = |name: &str| json!([{"key": "event.name", "value": {"stringValue": name}}]);
    assert_eq!(named(json!({"attributes": attribute("Opened")})), (json!("Opened"), json!({}), Value::Null));
    assert_eq!(
        named(json!({"eventName": "Opened", "attributes": attribute("Opened"), "body": {"stringValue": "Opened"}})),
        (json!("Opened"), json!({}), Value::Null)
    );
    assert_eq!(named(json!({"eventName": "", "attributes": attribute("Closed")})).0, "Closed");
    // The body is the name where the catalogue has no event of the other one.
    let short = json!({"attributes": attribute("x"), "body": {"stringValue": "Opened"}});
    assert_eq!(named(short), (json!("Opened"), json!({"event.name": "x"}), Value::Null));
    assert_eq!(
        named(json!({"eventName": "Opened", "attributes": attribute("other"), "body": {"stringValue": "said"}})),
        (json!("Opened"), json!({"event.name": "other"}), json!("said"))
    );
}

#[test]
fn the_scope_is_named_beside_the_payload() {
    let request = json!({"resourceSpans": [{"scopeSpans": [{"scope": {"name": "a", "version": "1"}, "spans": [{"name": "x"}]}]}]});
    let payload = payloads(&catalogue(), request.to_string().as_bytes()).remove(0);
    let scope = payload.scope.expect("a scope");
    assert_eq!((scope.name.as_str(), scope.version.as_str()), ("a", "1"));
    assert_eq!(payload.value["scope"], Value::Null);
}
