//! Files with bodies of a program's own: `validate` and `audit` read them by the declared form.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{check, empty};

fn used(properties: Value) -> Value {
    json!({
        "type": "track", "event": "Used", "messageId": "7b1f0f3e-3c1d-4f6a-9b7e-0123456789ab",
        "timestamp": "2026-11-30T12:00:00Z", "context": {"library": {"name": "endpoints", "version": 1}},
        "properties": properties,
    })
}

fn sent(text: &str) -> TempDir {
    let folder = empty();
    let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/endpoints.yaml");
    fs::copy(catalogue, folder.path().join("telemetry.yaml")).expect("a copy");
    fs::write(folder.path().join("sent"), text).expect("written");
    folder
}

const RUN: &str = "validate --catalogue telemetry.yaml sent";

#[test]
fn documents_lines_lists_and_requests() {
    let (one, two) = (used(json!({"runs": 1})), used(json!({"runs": 2})));
    let crash = json!({"runs": 1, "$schema": "$crash", "at": 5, "began": 0});
    for (text, count) in [
        (one.to_string(), "1 signal: 1 fine"),
        (format!("{one}\n{two}\n{crash}\n"), "3 signals: 3 fine"),
        (json!([one, two]).to_string(), "2 signals: 2 fine"),
        (json!({"api_key": "phc_example", "batch": [one, two, one]}).to_string(), "3 signals: 3 fine"),
    ] {
        check(sent(&text).path(), RUN, 0, &[count]);
    }
}

#[test]
fn a_form_can_be_demanded() {
    let text = used(json!({"runs": 1})).to_string();
    check(sent(&text).path(), &format!("{RUN} --endpoint usage"), 0, &["1 signal: 1 fine"]);
    let other = ["unreadable", "not of the form of `crash`"];
    check(sent(&text).path(), &format!("{RUN} --endpoint crash"), 1, &other);
    check(sent(&text).path(), &format!("{RUN} --endpoint crsh"), 2, &["did you mean `crash`?"]);
    check(sent(&text).path(), &format!("{RUN} --endpoint main"), 2, &["gets OTLP"]);
}

#[test]
fn values_are_judged_as_everywhere() {
    let text = used(json!({"runs": -1, "note": "hello"})).to_string();
    let expected = ["out_of_range", "not_allowed", "1 signal: 0 fine, 1 refused"];
    check(sent(&text).path(), RUN, 1, &expected);
}

#[test]
fn a_form_without_a_count_of_losses_demands_nothing() {
    let crash = json!({"$schema": "$crash", "at": 5, "began": 0}).to_string();
    check(sent(&crash).path(), RUN, 0, &["1 signal: 1 fine"]);
    let usage = used(json!({}));
    check(sent(&usage.to_string()).path(), RUN, 1, &["missing_key"]);
    let mut counted = usage;
    counted["lost"] = json!(1);
    check(sent(&counted.to_string()).path(), RUN, 0, &["1 signal: 1 fine"]);
}

#[test]
fn the_audit_searches_bodies() {
    let text = used(json!({"runs": 1, "host": "ada@example.org"})).to_string();
    let audit = "audit telemetry.yaml sent";
    check(sent(&text).path(), audit, 1, &["host"]);
    check(sent(&used(json!({"runs": 1})).to_string()).path(), audit, 0, &["no promise is broken"]);
}
