//! Requests and their answers, as OTLP/HTTP says.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use prost::Message;
use serde_json::json;

use crate::client::{Response, gzip, post, request};
use crate::{Listener, good};

const JSON: &str = "content-type: application/json\r\n";
const PROTOBUF: &str = "content-type: application/x-protobuf\r\n";

/// The answer to a request. After it, the same connection still works.
#[track_caller]
fn answer(request: impl AsRef<[u8]>) -> Response {
    let listener = Listener::start("");
    let mut client = listener.connect();
    let response = client.send(request);
    let after = if response.header("connection") == Some("close") { &mut listener.connect() } else { &mut client };
    assert_eq!(after.traces(good()).status, 200);
    response
}

#[track_caller]
fn check(request: impl AsRef<[u8]>, status: u16) -> Response {
    let response = answer(request);
    assert_eq!(response.status, status, "{}", String::from_utf8_lossy(&response.body));
    response
}

fn protobuf() -> Vec<u8> {
    let request: ExportTraceServiceRequest = serde_json::from_str(&good()).expect("a request");
    request.encode_to_vec()
}

#[test]
fn json_is_answered_in_json() {
    let response = check(post("/v1/traces", JSON, good()), 200);
    assert_eq!((response.header("content-type"), &*response.body), (Some("application/json"), &b"{}"[..]));
    check(post("/v1/traces", "Content-Type: Application/JSON; charset=utf-8\r\n", good()), 200);
}

#[test]
fn protobuf_is_answered_in_protobuf() {
    let response = check(post("/v1/traces", PROTOBUF, protobuf()), 200);
    assert_eq!((response.header("content-type"), &*response.body), (Some("application/x-protobuf"), &b""[..]));
}

#[test]
fn gzip_and_identity() {
    let headers = format!("{JSON}content-encoding: gzip\r\n");
    check(post("/v1/traces", &headers, gzip(good())), 200);
    check(post("/v1/traces", &format!("{PROTOBUF}content-encoding: GZIP\r\n"), gzip(protobuf())), 200);
    check(post("/v1/traces", &format!("{JSON}content-encoding: identity\r\n"), good()), 200);
}

#[test]
fn chunked_bodies() {
    let body = good();
    let head = format!("POST /v1/traces HTTP/1.1\r\nhost: localhost\r\n{JSON}transfer-encoding: chunked\r\n\r\n");
    let (one, other) = body.split_at(10);
    check(format!("{head}{:x}\r\n{one}\r\n{:x}\r\n{other}\r\n0\r\n\r\n", one.len(), other.len()), 200);
}

#[test]
fn logs() {
    let attribute = json!({"key": "flag", "value": {"boolValue": true}});
    let record = json!({"eventName": "demo.noted", "timeUnixNano": "1", "attributes": [attribute]});
    let body = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}).to_string();
    check(post("/v1/logs", JSON, &body), 200);
    let body: ExportLogsServiceRequest = serde_json::from_str(&body).expect("a request");
    check(post("/v1/logs", PROTOBUF, body.encode_to_vec()), 200);
}

#[test]
fn nothing_is_a_request_with_nothing_in_it() {
    check(post("/v1/traces", PROTOBUF, b""), 200);
    check(post("/v1/logs", JSON, b"{}"), 200);
    check(post("/v1/traces", JSON, b"{\"resourceSpans\": []}"), 200);
}

#[test]
fn metrics_are_taken_with_a_word() {
    let message = "the catalogue lists no metrics; they are searched and kept here";
    let response = check(post("/v1/metrics", JSON, b"{}"), 200);
    assert_eq!(response.json(), json!({"partialSuccess": {"rejectedDataPoints": "0", "errorMessage": message}}));
    let response = check(post("/v1/metrics", PROTOBUF, b"\n\0"), 200);
    // The same message in all three: 1 is what was rejected, 2 says why.
    let partial = ExportTraceServiceResponse::decode(&*response.body).expect("a response").partial_success;
    assert_eq!(partial.map(|partial| (partial.rejected_spans, partial.error_message)), Some((0, message.to_owned())));
}

#[test]
fn what_could_not_be_read_of_a_request_is_said() {
    let mut body: serde_json::Value = serde_json::from_str(&good()).expect("JSON");
    body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array_mut().expect("spans").push(json!(5));
    let response = check(post("/v1/traces", JSON, body.to_string()), 200);
    let partial = json!({"rejectedSpans": "1", "errorMessage": "parts of the request could not be read"});
    assert_eq!(response.json(), json!({ "partialSuccess": partial }));
}

#[test]
fn bad_requests_are_told_what_is_wrong() {
    let gzip_header = format!("{JSON}content-encoding: gzip\r\n");
    let cases: [(&str, Vec<u8>, u16, &str); 17] = [
        ("another path", post("/", JSON, good()), 404, "/v1/traces"),
        ("a path below", post("/v1/traces/", JSON, good()), 404, "/v1/traces"),
        ("another method", request("GET", "/v1/traces", "", b""), 405, "POST"),
        ("a preflight", request("OPTIONS", "/v1/traces", "", b""), 405, "POST"),
        ("no type", post("/v1/traces", "", good()), 415, "content type"),
        ("a browser's form", post("/v1/traces", "content-type: text/plain\r\n", good()), 415, "content type"),
        ("another encoding", post("/v1/traces", &format!("{JSON}content-encoding: br\r\n"), good()), 415, "gzip"),
        ("no gzip", post("/v1/traces", &gzip_header, good()), 400, "gzip"),
        ("gzip that breaks off", post("/v1/traces", &gzip_header, &gzip(good())[..30]), 400, "gzip"),
        ("no JSON", post("/v1/traces", JSON, b"nonsense"), 400, "not JSON"),
        ("no text", post("/v1/traces", JSON, b"\xff\xfe"), 400, "UTF-8"),
        ("an empty text", post("/v1/traces", JSON, b""), 400, "not JSON"),
        ("a list", post("/v1/traces", JSON, b"[]"), 400, "no JSON object"),
        (
            "no list of groups",
            post("/v1/traces", JSON, b"{\"resourceSpans\": 5}"),
            400,
            "`resourceSpans` is not a list",
        ),
        ("something else", post("/v1/traces", JSON, b"{\"query\": \"\"}"), 400, "`query`"),
        ("deep JSON", post("/v1/traces", JSON, "[".repeat(100_000)), 400, "not JSON"),
        ("JSON as protobuf", post("/v1/traces", PROTOBUF, good()), 400, "not OTLP protobuf"),
    ];
    let listener = Listener::start("");
    let mut client = listener.connect();
    for (case, request, status, why) in cases {
        let response = client.send(request);
        let body = String::from_utf8_lossy(&response.body).into_owned();
        assert!(response.status == status && body.contains(why), "{case}: {} {body}", response.status);
        assert_eq!(client.traces(good()).status, 200, "after {case}");
    }
    let ended = listener.stop();
    assert_eq!(ended.code, 1);
    assert_eq!(ended.summary()["refused"], json!({"400": 10, "404": 2, "405": 2, "415": 3}));
    assert_eq!(ended.summary()["spans"], 17);
}

#[test]
fn garbage_in_protobuf() {
    let listener = Listener::start("");
    let mut client = listener.connect();
    let good = protobuf();
    for length in 1..good.len() {
        let status = client.send(post("/v1/traces", PROTOBUF, &good[..length])).status;
        assert_eq!(status, 400, "cut to {length} bytes");
    }
    let mut random = 1_u32;
    for _ in 0..500 {
        let mut body = good.clone();
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let position = random as usize % body.len();
        body[position] ^= (random >> 24) as u8 | 1;
        let status = client.send(post("/v1/traces", PROTOBUF, &body)).status;
        assert!(matches!(status, 200 | 400), "{status}: byte {position} of {body:?}");
    }
    assert_eq!(client.send(post("/v1/traces", PROTOBUF, &good)).status, 200);
}

#[test]
fn what_is_no_http_ends_its_connection_only() {
    let listener = Listener::start("");
    let mut other = listener.connect();
    for nonsense in [
        "nonsense\r\n\r\n",
        "POST /v1/traces HTTP/1.1\r\nno colon\r\n\r\n",
        "\0\0\0\0",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut client = listener.connect();
        client.write(nonsense);
        client.finish();
        let status = client.read().map(|response| response.status);
        assert!(matches!(status, None | Some(400)), "{nonsense:?}: {status:?}");
        assert_eq!(other.traces(good()).status, 200);
    }
    let head = format!("POST /v1/traces HTTP/1.1\r\nhost: localhost\r\nlong: {}\r\n\r\n", "x".repeat(100_000));
    let mut client = listener.connect();
    client.write(head);
    assert_eq!(client.read().map(|response| response.status), Some(431));
}

#[test]
fn expecting_clients_are_told_to_continue() {
    let listener = Listener::start("");
    let mut client = listener.connect();
    let body = good();
    client.write(format!(
        "POST /v1/traces HTTP/1.1\r\nhost: localhost\r\n{JSON}expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        body.len()
    ));
    assert_eq!(client.read().expect("an answer").status, 100);
    assert_eq!(client.send(body).status, 200);
}
