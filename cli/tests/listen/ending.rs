//! The end: what was received is judged, or the exit says that it was not.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::{gzip, post};
use crate::{Listener, good, spans};

const JSON: &str = "content-type: application/json\r\n";

/// A request that takes its time, and has something wrong in it.
fn slow() -> String {
    let mut request = spans("Everything", json!({"flag": 1}));
    let spans = request["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array_mut().expect("spans");
    let span = spans[0].clone();
    spans.extend(vec![span; 12_000]);
    request.to_string()
}

#[test]
fn what_is_being_looked_at_is_judged_before_the_end() {
    let listener = Listener::start("");
    let mut clients: Vec<_> = (0..6).map(|_| listener.connect()).collect();
    for client in &mut clients {
        client.write(post("/v1/traces", JSON, slow()));
    }
    // All of them are received, and at most two are looked at.
    std::thread::sleep(Duration::from_millis(300));
    let ended = listener.stop();
    let summary = ended.summary();
    assert_eq!((ended.code, &summary["not_judged"]), (1, &0.into()), "{summary}");
    assert_eq!(summary["spans"].as_u64().map(|spans| spans % 12_001), Some(0));
    assert_eq!(summary["requests"], 6, "{summary}");
}

#[test]
fn a_client_that_goes_away_does_not_take_its_telemetry_along() {
    let listener = Listener::start("");
    let mut client = listener.connect();
    client.write(post("/v1/traces", JSON, slow()));
    std::thread::sleep(Duration::from_millis(200));
    drop(client);
    let ended = listener.stop();
    assert_eq!((ended.code, &ended.summary()["spans"]), (1, &12_001.into()));
}

#[test]
fn what_cannot_be_judged_in_time_is_said() {
    let spans = vec!["{}"; 60_000].join(",");
    let body = gzip(format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{spans}]}}]}}]}}"#));
    let listener = Listener::start("");
    let mut clients: Vec<_> = (0..8).map(|_| listener.connect()).collect();
    for client in &mut clients {
        client.write(post("/v1/traces", &format!("{JSON}content-encoding: gzip\r\n"), &body));
    }
    std::thread::sleep(Duration::from_millis(300));
    // Whoever insists is heard.
    let id = listener.child.id().to_string();
    let again = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        std::process::Command::new("kill").args(["-s", "TERM", &id]).status().expect("kill")
    });
    let since = Instant::now();
    let ended = listener.stop();
    again.join().expect("sent");
    let not_judged = ended.summary()["not_judged"].as_u64().expect("a number");
    assert!(ended.code == 2 && not_judged > 0, "{} {not_judged}", ended.code);
    assert!(since.elapsed() < Duration::from_secs(5));
}

#[test]
fn no_request_is_no_success() {
    let listener = Listener::start("");
    assert_eq!(listener.stop().code, 2);
    let listener = Listener::start("");
    assert_eq!(listener.connect().traces(good()).status, 200);
    assert_eq!(listener.stop().code, 0);
}
