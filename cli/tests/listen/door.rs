//! Senders: programs of this machine, under its names; pages only where their origin is allowed.

use crate::client::{Response, bare_request, post};
use crate::{Listener, good};

const JSON: &str = "content-type: application/json\r\n";

#[track_caller]
fn send(listener: &Listener, headers: &str) -> Response {
    listener.connect().send(bare_request("POST", "/v1/traces", &format!("{headers}{JSON}"), good()))
}

#[test]
fn a_name_that_leads_here_is_no_name_of_this_machine() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = Listener::start(&format!("--capture {}", folder.path().display()));
    let own = format!("host: 127.0.0.1:{}\r\n", listener.port);
    for host in [own.as_str(), "host: localhost\r\n", "host: LocalHost.:1\r\n", "host: [::1]:4318\r\n"] {
        assert_eq!(send(&listener, host).status, 200, "{host}");
    }
    for host in [
        "host: evil.test\r\n",
        "host: evil.test:4318\r\n",
        "host: localhost.evil.test\r\n",
        "host: 192.168.1.2\r\n",
        "host: 0.0.0.0\r\n",
        "host: localhost@evil.test\r\n",
        "host: \r\n",
        "",
        "host: localhost\r\nhost: evil.test\r\n",
    ] {
        assert!(matches!(send(&listener, host).status, 400 | 403), "{host}");
    }
    let absolute = bare_request("POST", "http://evil.test/v1/traces", &format!("host: localhost\r\n{JSON}"), good());
    assert_eq!(listener.connect().send(absolute).status, 403);
    assert_eq!(listener.stop().summary()["requests"], 4);
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 4);
}

#[test]
fn another_host_may_be_allowed() {
    let listener = Listener::start("--allow-host host.docker.internal --allow-host other.test");
    assert_eq!(send(&listener, "host: HOST.docker.internal:4318\r\n").status, 200);
    assert_eq!(send(&listener, "host: other.test\r\n").status, 200);
    let refused = send(&listener, "host: third.test\r\n");
    assert_eq!(refused.status, 403);
    let words = "`third.test` is not a name of this machine; --allow-host allows a name";
    assert_eq!(refused.json()["message"], words);
}

#[test]
fn pages_are_refused() {
    let listener = Listener::start("");
    for origin in ["http://evil.test", "http://localhost:3000", "null", "http://127.0.0.1"] {
        let response = send(&listener, &format!("host: localhost\r\norigin: {origin}\r\n"));
        assert_eq!((response.status, response.header("access-control-allow-origin")), (403, None), "{origin}");
    }
    let ended = listener.stop();
    assert_eq!((ended.code, &ended.summary()["refused"]["403"]), (2, &4.into()), "no request arrived");
}

#[test]
fn pages_of_an_allowed_origin_may_send() {
    let listener = Listener::start("--allow-origin http://localhost:3000");
    let origin = "host: localhost\r\norigin: http://localhost:3000\r\n";
    let asks = "access-control-request-method: POST\r\naccess-control-request-headers: content-type,x-key\r\n";
    let preflight = listener.connect().send(bare_request("OPTIONS", "/v1/traces", &format!("{origin}{asks}"), ""));
    let said = ["access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers", "vary"];
    let said = said.map(|name| preflight.header(name));
    let expected = [Some("http://localhost:3000"), Some("POST"), Some("content-type,x-key"), Some("origin")];
    assert_eq!((preflight.status, said), (204, expected));
    let response = send(&listener, origin);
    let allowed = response.header("access-control-allow-origin");
    assert_eq!((response.status, allowed), (200, Some("http://localhost:3000")));
    let refused = listener.connect().send(bare_request("POST", "/v1/nothing", origin, ""));
    assert_eq!(refused.header("access-control-allow-origin"), Some("http://localhost:3000"), "it can be read");

    let other = "host: localhost\r\norigin: http://localhost:3001\r\n";
    assert_eq!(send(&listener, other).status, 403);
    assert_eq!(
        listener.connect().send(bare_request("OPTIONS", "/v1/traces", &format!("{other}{asks}"), "")).status,
        403
    );
    let rebound = "host: evil.test\r\norigin: http://localhost:3000\r\n";
    assert_eq!(send(&listener, rebound).status, 403);
    assert_eq!(listener.stop().summary()["requests"], 1);
}

// Clients that speak something else.

#[test]
fn grpc_is_told_what_to_send_instead() {
    let listener = Listener::start("");
    let mut client = listener.connect();
    // The connection preface and a SETTINGS frame, as gRPC's libraries begin. They wait for an answer then.
    client.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    let response = client.read().expect("an answer, at once");
    let words = String::from_utf8(response.body).expect("UTF-8");
    assert!(response.status == 400 && words.contains("OTLP/HTTP") && words.contains("gRPC"), "{words}");
    assert!(client.read().is_none(), "and is closed");
    assert_eq!(listener.connect().traces(good()).status, 200);
    let ended = listener.stop();
    assert_eq!((ended.code, ended.findings()), (1, vec!["1 unreadable request".to_owned()]));
    assert!(ended.lines[0]["finding"]["message"].as_str().is_some_and(|said| said.contains("OTLP/HTTP")));
}

#[test]
fn a_preface_in_pieces_and_what_only_begins_like_one() {
    let listener = Listener::start("");
    let mut client = listener.connect();
    for piece in ["P", "RI * HT", "TP/2.0\r\n\r\nSM\r\n\r\n"] {
        client.write(piece);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(client.read().map(|response| response.status), Some(400));
    let request = post("/v1/traces", JSON, good());
    let mut client = listener.connect();
    client.write(&request[..1]);
    std::thread::sleep(std::time::Duration::from_millis(100));
    client.write(&request[1..]);
    assert_eq!(client.read().map(|response| response.status), Some(200), "POST begins with P, too");
}

#[test]
fn tls_is_told_to_come_without() {
    let listener = Listener::start("");
    let mut client = listener.connect();
    client.write(b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03");
    let words = String::from_utf8(client.read().expect("an answer").body).expect("UTF-8");
    assert!(words.contains("TLS"), "{words}");
}
