//! JSON of a program's own: taken on any path, judged by the declared form, and rebuilt before it is sent on.

use serde_json::{Value, json};

use crate::Listener;
use crate::client::{post, request};
use crate::forward::{Target, holds};

const CATALOGUE: &str = "endpoints.yaml";
const ID: &str = "7b1f0f3e-3c1d-4f6a-9b7e-0123456789ab";

fn used(properties: Value) -> Value {
    json!({
        "type": "track", "event": "Used", "messageId": ID, "timestamp": "2026-11-30T12:00:00.123Z",
        "context": {"os": "linux", "library": {"name": "endpoints", "version": 1}}, "properties": properties,
    })
}

fn batch(signals: &[Value]) -> String {
    json!({"api_key": "phc_example", "batch": signals}).to_string()
}

fn crashed(more: &Value) -> String {
    let mut body = json!({"runs": 1, "$schema": "$crash", "at": 1_796_040_000_123_456_789_u64, "began": 5});
    for (key, value) in more.as_object().expect("an object") {
        body[key] = value.clone();
    }
    body.to_string()
}

#[test]
fn bodies_are_taken_on_any_path_and_under_any_type() {
    let listener = Listener::start_for(CATALOGUE, "");
    let mut client = listener.connect();
    let taken = [
        post(
            "/v1/batch",
            "content-type: application/json\r\n",
            batch(&[used(json!({"runs": 1})), used(json!({"runs": 2}))]),
        ),
        post("/anywhere?at=all", "content-type: text/plain\r\n", used(json!({"runs": 3})).to_string()),
        request("PUT", "/report", "", crashed(&json!({}))),
    ];
    for request in taken {
        let response = client.send(request);
        assert_eq!((response.status, response.json()), (200, json!({})));
    }
    let ended = listener.stop();
    assert_eq!(
        (ended.code, ended.summary()["spans"].clone(), ended.summary()["events"].clone()),
        (0, json!(1), json!(3))
    );
    assert!(ended.findings().is_empty());
}

#[test]
fn what_is_wrong_with_a_body_is_found() {
    let listener = Listener::start_for(CATALOGUE, "");
    let mut client = listener.connect();
    let bad = [
        used(json!({"runs": -1})),
        used(json!({"runs": 1, "note": "CANARY"})),
        used(json!({"runs": 1, "host": "CANARY"})),
    ];
    assert_eq!(client.send(post("/", "", batch(&bad))).status, 200);
    let ended = listener.stop();
    assert_eq!(ended.code, 1);
    assert_eq!(ended.findings(), ["1 unknown_key Used", "1 not_allowed Used", "1 out_of_range Used"]);
}

#[test]
fn hostile_bodies_are_refused_with_a_reason() {
    let listener = Listener::start_for(CATALOGUE, "--max-findings 5");
    let deep = "[".repeat(100_000);
    let mut spoiled = used(json!({"runs": 1}));
    spoiled["host"] = json!("CANARY");
    let hostile = [
        String::new(),
        "{".to_owned(),
        "null".to_owned(),
        deep,
        "{\"event\":\"Used\"}".to_owned(),
        spoiled.to_string(),
        used(json!({"runs": 1})).to_string().replace(ID, "00000000-0000-1000-8000-000000000000"),
        used(json!({"runs": 1})).to_string().replace("\"Used\"", "\"Opened\""),
        batch(&[json!(1), json!({"event": "Used"})]),
        batch(&[]).replace("phc_example", "phc_other"),
    ];
    for body in hostile {
        let mut client = listener.connect();
        let response = client.send(post("/v1/batch", "content-type: application/json\r\n", &body));
        assert!([400, 413].contains(&response.status), "{}", body.chars().take(80).collect::<String>());
        let message = response.json()["message"].as_str().expect("a reason").to_owned();
        assert!(!message.is_empty() && !message.contains("CANARY"), "{message}");
    }
    let mut client = listener.connect();
    assert_eq!(client.send(request("GET", "/v1/batch", "", "")).status, 405);
    assert_eq!(client.send(post("/ok", "", used(json!({"runs": 1})).to_string())).status, 200, "it goes on");
}

#[test]
fn without_a_declared_form_other_paths_are_none() {
    let listener = Listener::start("");
    assert_eq!(listener.connect().send(post("/v1/batch", "", "{}")).status, 404);
}

#[test]
fn what_is_sent_on_is_rebuilt() {
    let target = Target::start(&["202 Accepted\r\n"]);
    let listener = target.listener_for(CATALOGUE, "");
    let mut client = listener.connect();
    let mut full =
        used(json!({"runs": 7, "note": "CANARY", "host": "CANARY", "parts": [{"size": 1, "note": "CANARY"}]}));
    full["context"]["part"] = json!({"size": 2, "note": "CANARY", "CANARY": 1});
    assert_eq!(client.send(post("/anywhere", "", batch(&[full, used(json!({"runs": 8}))]))).status, 200);
    assert_eq!(client.send(request("PUT", "/x", "", crashed(&json!({"note": "CANARY", "ratio": 0.5})))).status, 200);
    let received = target.received();
    let text = String::from_utf8(received.clone()).expect("UTF-8");
    assert!(!holds(&received, "CANARY"), "{text}");
    assert!(text.contains("post /v1/batch http/1.1") && text.contains("put /report?project=7 http/1.1"), "{text}");
    let properties = r#""properties":{"runs":7,"parts":[{"size":1}]},"lost":"#;
    assert!(text.contains(properties) && text.contains(r#""part":{"size":2}"#), "{text}");
    assert!(text.contains(r#"{"api_key":"phc_example","batch":[{"type":"track","event":"Used""#), "{text}");
    assert!(text.contains(r#"{"runs":1,"ratio":0.5,"$schema":"$crash","at":1796040000123456789,"began":5}"#), "{text}");
    assert!(text.contains(ID));
    assert_eq!(listener.stop().summary()["forwarded"]["signals"], json!(3));
}

#[test]
fn captures_of_bodies_are_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = Listener::start_for(CATALOGUE, &format!("--capture {}", folder.path().display()));
    let body = batch(&[used(json!({"runs": 1}))]);
    assert_eq!(listener.connect().send(post("/v1/batch", "", &body)).status, 200);
    listener.stop();
    assert_eq!(std::fs::read_to_string(folder.path().join("000001.body.json")).expect("a capture"), body);
}
