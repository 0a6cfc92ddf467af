//! Forwarded requests: data that catalogue and consent allow, and not a byte more.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use candor_schema::{Catalogue, load};
use candor_validate::{Item, Signals, payloads_from_otlp_protobuf};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::client::post;
use crate::{Listener, good, opt_in, spans};

const JSON: &str = "content-type: application/json\r\n";

/// A target for forwarding: a server that answers as it is told and keeps every byte.
#[derive(Clone)]
pub struct Target {
    port: u16,
    received: Arc<Mutex<Vec<u8>>>,
}

impl Target {
    /// Gives these answers in turn, and the last one from then on.
    pub fn start(answers: &[&'static str]) -> Target {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let target = Target { port: listener.local_addr().expect("an address").port(), received: Arc::default() };
        let serving = target.clone();
        let answers = Arc::new(Mutex::new(answers.iter().rev().copied().collect::<Vec<_>>()));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (serving, answers) = (serving.clone(), answers.clone());
                thread::spawn(move || serving.serve(&stream, &answers));
            }
        });
        target
    }

    fn serve(&self, stream: &TcpStream, answers: &Mutex<Vec<&str>>) {
        let mut reader = BufReader::new(stream);
        while let Some(request) = read_request(&mut reader) {
            self.received.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&request);
            let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = if answers.len() > 1 { answers.pop() } else { answers.first().copied() };
            drop(answers);
            let answer = format!("HTTP/1.1 {}content-length: 0\r\n\r\n", answer.expect("an answer"));
            if (&mut &*stream).write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }

    fn listener(&self, arguments: &str) -> Listener {
        self.listener_for("demo.yaml", arguments)
    }

    /// The same for another catalogue of the fixtures.
    pub fn listener_for(&self, catalogue: &str, arguments: &str) -> Listener {
        Listener::start_for(catalogue, &format!("--forward http://127.0.0.1:{} {arguments}", self.port))
    }

    /// Everything that arrived, compressed bodies inflated.
    pub fn received(&self) -> Vec<u8> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Head and body.
fn read_request(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    if head.contains("content-encoding: gzip") {
        let compressed = std::mem::take(&mut body);
        GzDecoder::new(&*compressed).read_to_end(&mut body).ok()?;
    }
    Some([head.as_bytes(), &body].concat())
}

pub fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn demo() -> Catalogue {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/demo.yaml");
    load(&path).catalogue.expect("a catalogue")
}

/// The payloads of the one request that arrived.
fn payloads(received: &[u8]) -> Vec<Value> {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n").expect("a head") + 4;
    let items = payloads_from_otlp_protobuf(&demo(), &received[end..], Some(Signals::Traces)).expect("a request");
    let payload = |item| if let Item::Payload(payload) = item { payload.value } else { panic!("{item:?}") };
    items.into_iter().map(payload).collect()
}

/// A request that has the canary wherever OTLP lets something be written.
fn canaries() -> String {
    let canary = json!({"stringValue": "CANARY"});
    let attributes = json!([
        {"key": "secret", "value": canary}, {"key": "CANARY", "value": canary}, {"key": "word", "value": canary},
        {"key": "parts", "value": {"stringValue": "[{\"name\":\"a\",\"note\":\"CANARY\",\"CANARY\":\"CANARY\"}]"}},
        {"key": "flag", "value": {"boolValue": true}, "CANARY": "CANARY"},
    ]);
    let span = json!({
        "traceId": "0123456789abcdef0123456789abcdef", "spanId": "0123456789abcdef", "name": "Everything", "kind": 1,
        "startTimeUnixNano": "1", "endTimeUnixNano": "2", "attributes": attributes, "traceState": "CANARY",
        "status": {"code": 2, "message": "CANARY"}, "CANARY": "CANARY",
        "events": [{"name": "CANARY", "attributes": attributes}], "links": [{"traceState": "CANARY"}],
    });
    let unlisted = json!({"name": "CANARY", "attributes": attributes});
    let hidden = json!({"name": "Hidden", "attributes": attributes});
    json!({
        "resourceSpans": [{
            "resource": {"attributes": attributes}, "schemaUrl": "CANARY",
            "scopeSpans": [{
                "scope": {"name": "CANARY", "version": "CANARY", "attributes": attributes}, "schemaUrl": "CANARY",
                "spans": [span, unlisted, hidden],
            }],
        }],
    })
    .to_string()
}

#[test]
fn only_what_is_allowed_reaches_the_socket() {
    let target = Target::start(&["200 OK\r\n"]);
    let listener = target.listener("");
    let head = format!("{JSON}authorization: CANARY\r\ncanary: CANARY\r\ntracestate: CANARY\r\n");
    assert_eq!(listener.connect().send(post("/v1/traces", &head, canaries())).status, 200);
    let received = target.received();
    assert!(!holds(&received, "CANARY") && !holds(&received, "canary"), "{}", String::from_utf8_lossy(&received));
    assert!(received.starts_with(b"post /v1/traces http/1.1\r\n"), "{}", String::from_utf8_lossy(&received));
    let expected = json!({
        "kind": "span", "name": "Everything", "traceId": "0123456789abcdef0123456789abcdef", "spanId": "0123456789abcdef",
        "startTimeUnixNano": "1", "endTimeUnixNano": "2", "status": {"code": 2},
        "attributes": {"flag": true, "parts": [{"name": "a"}]}, "droppedAttributesCount": 3,
    });
    assert_eq!(payloads(&received), [expected]);

    let ended = listener.stop();
    let forwarded = &ended.summary()["forwarded"];
    assert_eq!((&forwarded["requests"], &forwarded["signals"]), (&1.into(), &1.into()));
    let stopped = forwarded["stopped"].as_array().expect("counts");
    for stop in [json!(["Everything `secret`", "consent", 1]), json!(["span `Hidden`", "consent", 1])] {
        assert!(stopped.contains(&stop), "{stopped:?}");
    }
}

#[test]
fn consent_lets_more_pass() {
    let target = Target::start(&["200 OK\r\n"]);
    let claiming = spans("Everything", json!({"flag": true, "secret": "CANARY", "candor.channels": "opt_in"}));
    assert_eq!(target.listener("--consent opted-in").connect().traces(claiming.to_string()).status, 200);
    assert_eq!(payloads(&target.received())[0]["attributes"], json!({"flag": true, "secret": "CANARY"}));
}

#[test]
fn off_and_nothing_send_nothing() {
    let target = Target::start(&["200 OK\r\n"]);
    for (arguments, request) in [
        ("--consent off", good()),
        ("", spans("Hidden", json!({"flag": true})).to_string()),
        ("", "{}".to_owned()),
        ("", "nonsense".to_owned()),
    ] {
        let listener = target.listener(arguments);
        listener.connect().traces(request);
        listener.connect().send(post("/v1/metrics", JSON, b"{}"));
    }
    assert_eq!(target.received(), b"");
}

#[test]
fn a_target_that_is_away_for_a_while() {
    let target = Target::start(&["503 Busy\r\nretry-after: 7\r\n", "429 Slow down\r\n", "200 OK\r\n"]);
    let listener = target.listener("");
    let mut client = listener.connect();
    let answers = [(); 3].map(|()| client.traces(opt_in()));
    assert_eq!(answers.each_ref().map(|answer| answer.status), [503, 503, 200]);
    assert_eq!(answers.each_ref().map(|answer| answer.header("retry-after")), [Some("7"), Some("1"), None]);
    let ended = listener.stop();
    assert_eq!(ended.findings(), ["1 not_allowed Everything"], "a request that comes again is counted once");
    assert_eq!(ended.summary()["spans"], 1);
    let forwarded = json!({
        "requests": 1, "signals": 1, "rejected_signals": 0, "stopped": [["Everything `secret`", "consent", 1]],
    });
    assert_eq!(ended.summary()["forwarded"], forwarded);
}

#[test]
fn a_target_that_asks_for_a_pause_that_nobody_takes() {
    let answers = [
        "503 Busy\r\nretry-after: 99999999\r\n",
        "429 Slow down\r\nretry-after: 99999999999999999999999\r\n",
        "503 Busy\r\nretry-after: -1\r\n",
        "503 Busy\r\nretry-after: 0\r\n",
    ];
    let listener = Target::start(&answers).listener("");
    let mut client = listener.connect();
    let pauses = [(); 4].map(|()| client.traces(good()).header("retry-after").map(str::to_owned));
    assert_eq!(pauses.each_ref().map(Option::as_deref), [Some("60"), Some("60"), Some("1"), Some("1")]);
}

#[test]
fn a_target_that_is_not_there() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address").port();
    let listener = Listener::start(&format!("--forward http://127.0.0.1:{nobody}"));
    let answer = listener.connect().traces(opt_in());
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    assert_eq!(listener.connect().traces("{}").status, 200, "nothing to send on");
    assert_eq!(listener.stop().findings(), ["1 not_allowed Everything"], "it is looked at all the same");
}

#[test]
fn a_target_that_never_answers() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = silent.local_addr().expect("an address").port();
    let listener = Listener::start(&format!("--timeout 1 --forward http://127.0.0.1:{port}"));
    let mut waiting = listener.connect();
    waiting.write(post("/v1/traces", JSON, good()));
    assert_eq!(listener.connect().traces("{}").status, 200, "others do not wait");
    assert_eq!(waiting.read().expect("an answer").status, 503);
}

#[test]
fn a_target_that_refuses_for_good() {
    let target = Target::start(&["400 Bad\r\n", "302 Found\r\nlocation: http://127.0.0.1:1/\r\n"]);
    let listener = target.listener("");
    let mut client = listener.connect();
    for status in [400, 302] {
        let message = format!("the forward target answered {status}");
        let partial = json!({"partialSuccess": {"rejectedSpans": "1", "errorMessage": message}});
        assert_eq!(client.traces(good()).json(), partial);
    }
    assert_eq!(listener.stop().summary()["forwarded"]["rejected_signals"], 2);
}
