//! Limits of a client: bytes, time.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;

use crate::client::{gzip, post};
use crate::{Listener, good};

const JSON: &str = "content-type: application/json\r\n";

/// A good request of so many bytes.
fn of_length(length: usize) -> String {
    let good = good();
    let padding = " ".repeat(length - good.len());
    good + &padding
}

#[test]
fn bodies_as_sent() {
    let listener = Listener::start("--max-body 1000");
    let mut client = listener.connect();
    assert_eq!(client.traces(of_length(1000)).status, 200);
    assert_eq!(client.traces(of_length(1001)).status, 413);
    assert_eq!(client.traces(of_length(900_000)).status, 413);
    assert_eq!(client.traces(good()).status, 200, "the client wrote all of it, and goes on");
    let chunk = of_length(1001);
    let head = format!("POST /v1/traces HTTP/1.1\r\nhost: localhost\r\n{JSON}transfer-encoding: chunked\r\n\r\n");
    assert_eq!(client.send(format!("{head}3e9\r\n{chunk}\r\n0\r\n\r\n")).status, 413);
    assert_eq!(listener.stop().findings(), ["3 too_large request"]);
}

#[test]
fn what_is_far_too_long_is_not_waited_for() {
    let listener = Listener::start("");
    let head = format!("POST /v1/traces HTTP/1.1\r\nhost: localhost\r\n{JSON}content-length: {}\r\n\r\n", u64::MAX / 2);
    assert_eq!(listener.connect().send(head).status, 413);
    assert_eq!(listener.connect().traces(good()).status, 200);
}

#[test]
fn bodies_when_inflated() {
    let listener = Listener::start("--max-body 100000");
    let mut client = listener.connect();
    let headers = format!("{JSON}content-encoding: gzip\r\n");
    let mut send = |length| client.send(post("/v1/traces", &headers, gzip(of_length(length)))).status;
    assert_eq!([send(100_000), send(100_001), send(50_000_000), send(1000)], [200, 413, 413, 200]);
}

#[test]
fn signals_in_a_request() {
    let request = |count| {
        let spans = ScopeSpans { spans: vec![Span::default(); count], ..ScopeSpans::default() };
        let group = ResourceSpans { scope_spans: vec![spans], ..ResourceSpans::default() };
        let request = ExportTraceServiceRequest { resource_spans: vec![group] };
        post("/v1/traces", "content-type: application/x-protobuf\r\n", request.encode_to_vec())
    };
    let listener = Listener::start("");
    let mut client = listener.connect();
    assert_eq!(client.send(request(100)).status, 200);
    assert_eq!(client.send(request(70_000)).status, 413);
    assert_eq!(listener.stop().summary()["spans"], 100);
}

#[test]
fn findings_are_told_apart_up_to_a_number() {
    let listener = Listener::start("--max-findings 2");
    let mut client = listener.connect();
    for name in ["a", "b", "c", "d", "a"] {
        assert_eq!(client.traces(crate::spans(name, serde_json::json!({})).to_string()).status, 200);
    }
    let ended = listener.stop();
    assert_eq!(ended.findings(), ["2 unknown_signal a", "1 unknown_signal b"]);
    assert_eq!(ended.summary()["more_findings"], 2);
}

// Time. Nothing here waits but for the listener's own limit.

#[test]
fn a_head_that_never_ends() {
    let listener = Listener::start("--timeout 1");
    let mut client = listener.connect();
    client.write("POST /v1/traces HTTP/1.1\r\nhost: ");
    assert!(client.read().is_none());
    assert_eq!(listener.connect().traces(good()).status, 200);
}

#[test]
fn a_body_that_never_ends() {
    let listener = Listener::start("--timeout 1");
    let mut client = listener.connect();
    client.write(format!("POST /v1/traces HTTP/1.1\r\nhost: localhost\r\n{JSON}content-length: 100\r\n\r\n{{"));
    assert_eq!(client.read().expect("an answer").status, 408);
    assert!(client.read().is_none());
}

#[test]
fn a_quiet_connection_is_closed() {
    let listener = Listener::start("--timeout 1");
    let mut client = listener.connect();
    assert_eq!(client.traces(good()).status, 200);
    assert!(client.read().is_none());
}
