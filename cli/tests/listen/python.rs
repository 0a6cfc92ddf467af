//! A real program in another language: OpenTelemetry's SDK for Python.

#[path = "../../../tests/support/python.rs"]
mod environment;

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::{Ended, Listener};

/// Sends spans with the SDK, and returns the findings.
fn found(consent: &str, spans: &[Value]) -> Option<Ended> {
    let packages =
        ["opentelemetry-proto==1.45.2", "opentelemetry-sdk==1.45.2", "opentelemetry-exporter-otlp-proto-http==1.45.2"];
    let python = environment::environment("opentelemetry", &packages)?;
    let listener = Listener::start(&format!("--consent {consent}"));
    let mut client = python.script("client.py");
    client.arg(format!("http://127.0.0.1:{}", listener.port)).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut client = client.spawn().expect("Python");
    let lines: String = spans.iter().map(|span| format!("{span}\n")).collect();
    client.stdin.take().expect("a pipe").write_all(lines.as_bytes()).expect("written");
    let output = client.wait_with_output().expect("an end");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    Some(listener.stop())
}

#[test]
fn a_true_span() {
    let span = json!({"name": "Everything", "attributes": {"flag": true, "number": 0, "parts": "[{\"name\":\"\"}]"}});
    let Some(ended) = found("default", &[span.clone(), span]) else { return };
    assert_eq!((ended.code, ended.findings()), (0, Vec::new()));
    assert_eq!(ended.summary()["spans"], 2);
}

#[test]
fn everything_that_the_catalogue_does_not_know() {
    let span = json!({
        "name": "Everything", "attributes": {"flag": 1, "secret": "hush", "api_key": "hush", "number": 11},
        "resource": {"host.name": "babbage"}, "exception": "of Ada's",
    });
    let Some(ended) = found("default", &[span, json!({"name": "Else", "attributes": {}})]) else { return };
    let findings = ended.summary()["findings"].as_array().expect("findings").iter();
    let words = |finding: &Value| {
        ["rule", "signal", "place"].map(|key| finding[key].as_str().expect("a text").to_owned()).join(" ")
    };
    let expected = [
        "unknown_signal Else /name",
        "unknown_key Everything /attributes/api_key",
        "wrong_type Everything /attributes/flag",
        "out_of_range Everything /attributes/number",
        "not_allowed Everything /attributes/secret",
        "unknown_key Everything /events",
        "unknown_key Everything /resource/host.name",
        "unknown_key Everything /status/message",
        "secret Everything /attributes/api_key",
    ];
    assert_eq!(findings.map(words).collect::<Vec<_>>(), expected);
    assert_eq!(ended.code, 1);
}
