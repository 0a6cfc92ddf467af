//! Connections: many, slow, broken, and at the end.

use std::process::Stdio;
use std::thread;

use serde_json::json;

use crate::client::post;
use crate::{Listener, command, good, spans};

const JSON: &str = "content-type: application/json\r\n";

#[test]
fn one_connection_takes_many_requests() {
    let listener = Listener::start("");
    let mut client = listener.connect();
    (0..200).for_each(|_| assert_eq!(client.traces(good()).status, 200));
    assert_eq!(listener.stop().summary()["requests"], 200);
}

#[test]
fn requests_that_do_not_wait_for_answers() {
    let listener = Listener::start("");
    let mut client = listener.connect();
    let bad = post("/v1/traces", JSON, b"nonsense");
    client.write([post("/v1/traces", JSON, good()), bad, post("/v1/traces", JSON, good())].concat());
    let statuses = [(); 3].map(|()| client.read().expect("an answer").status);
    assert_eq!(statuses, [200, 400, 200]);
}

#[test]
fn two_hundred_connections() {
    let listener = Listener::start("");
    let mut clients: Vec<_> = (0..200).map(|_| listener.connect()).collect();
    for client in &mut clients {
        client.write(post("/v1/traces", JSON, good()));
    }
    for client in &mut clients {
        assert_eq!(client.read().expect("an answer").status, 200);
    }
    assert_eq!(listener.stop().summary()["spans"], 200);
}

#[test]
fn many_threads() {
    let listener = Listener::start("");
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut client = listener.connect();
                (0..50).for_each(|_| assert_eq!(client.traces(good()).status, 200));
            });
        }
    });
    assert_eq!(listener.stop().summary()["spans"], 400);
}

#[test]
fn a_connection_too_many_waits_for_its_turn() {
    let listener = Listener::start("--max-connections 1");
    let mut first = listener.connect();
    assert_eq!(first.traces(good()).status, 200);
    let mut second = listener.connect();
    second.write(post("/v1/traces", JSON, good()));
    assert_eq!(first.traces(good()).status, 200);
    drop(first);
    assert_eq!(second.read().expect("an answer").status, 200);
}

#[test]
fn slow_connections_keep_nobody_out_for_long() {
    let listener = Listener::start("--max-connections 2 --timeout 1");
    let mut slow = [listener.connect(), listener.connect()];
    slow.iter_mut().for_each(|client| client.write("POST /v1/tra"));
    assert_eq!(listener.connect().traces(good()).status, 200);
}

#[test]
fn clients_that_go_away() {
    let listener = Listener::start("");
    let request = post("/v1/traces", JSON, good());
    for length in (0..request.len()).step_by(20) {
        listener.connect().write(&request[..length]);
    }
    let mut client = listener.connect();
    client.write(&request);
    client.finish();
    assert_eq!(client.read().expect("an answer").status, 200, "it is still reading");
    assert_eq!(listener.connect().traces(good()).status, 200);
    assert_eq!(listener.stop().code, 0, "there was nothing wrong with what arrived");
}

#[test]
fn a_client_that_does_not_read_ends_with_the_others() {
    let listener = Listener::start("");
    let mut client = listener.connect();
    (0..50).for_each(|_| client.write(post("/v1/traces", JSON, good())));
    assert_eq!(listener.connect().traces(good()).status, 200);
    assert!(listener.stop().summary()["requests"].as_u64().is_some_and(|requests| requests >= 1));
}

#[test]
fn a_reader_who_takes_his_time_holds_nobody_up() {
    let listener = Listener::start("");
    let mut client = listener.connect();
    for number in 0..999 {
        let name = format!("{number} {}", "x".repeat(80));
        assert_eq!(client.traces(spans(&name, json!({})).to_string()).status, 200);
    }
    assert_eq!(listener.stop().lines.len(), 1000, "every finding and the summary");
}

// The end.

#[test]
fn signals_end_it_with_a_summary() {
    for signal in ["INT", "TERM"] {
        let listener = Listener::start("");
        let mut client = listener.connect();
        assert_eq!(client.traces(good()).status, 200);
        let ended = listener.end(signal);
        assert_eq!((ended.code, &ended.summary()["spans"]), (0, &1.into()), "{signal}");
    }
}

#[test]
fn an_open_request_comes_to_its_end() {
    let listener = Listener::start("");
    let mut client = listener.connect();
    let request = post("/v1/traces", &format!("{JSON}expect: 100-continue\r\n"), good());
    let body = request.len() - good().len();
    // It asks for the body, so the request is under way.
    assert_eq!(client.send(&request[..body]).status, 100);
    thread::scope(|scope| {
        let ended = scope.spawn(|| listener.stop());
        client.write(&request[body..]);
        assert_eq!(client.read().expect("an answer").status, 200);
        assert!(client.read().is_none(), "and is closed");
        assert_eq!(ended.join().expect("an end").summary()["spans"], 1);
    });
}

#[test]
fn what_cannot_be_done_is_said_at_once() {
    let taken = Listener::start("");
    let cases = [
        (format!("--port {}", taken.port), "in use"),
        ("--forward localhost:4318".to_owned(), "--forward"),
        ("--forward ftp://localhost".to_owned(), "http"),
        ("--port 4317 --forward http://127.0.0.1:4317".to_owned(), "itself"),
        ("--max-connections 0".to_owned(), "--max-connections"),
        ("--timeout 0".to_owned(), "--timeout"),
        ("--consent some".to_owned(), "no channel `some`"),
        ("--capture Cargo.toml".to_owned(), "Cargo.toml"),
    ];
    for (arguments, why) in cases {
        let mut command = command(&arguments);
        command.current_dir(env!("CARGO_MANIFEST_DIR")).stderr(Stdio::piped());
        let output = command.output().expect("an end");
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{arguments}: {said}");
        assert!(said.contains(why), "{arguments}: {said}");
    }
}
