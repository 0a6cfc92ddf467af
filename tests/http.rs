//! OTLP over HTTP against a collector that answers as it is told: retries, partial success, and whatever else a network
//! comes up with.

#[path = "support/collector.rs"]
mod collector;
mod demo;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use candor::{Builder, Consent, Pipeline, Stats};
use candor_validate::otlp_write::{put_bytes, put_message, put_varint};
use collector::{Answer, Collector};
use demo::{NOTHING, Noted, catalogue};

const LIMIT: Duration = Duration::from_secs(20);

fn builder(endpoint: String) -> Builder {
    Pipeline::builder(catalogue()).consent(Consent::Default).endpoint(endpoint)
}

/// Emits so many spans against a collector that gives these answers, and flushes. How many requests came, and what became
/// of the spans.
#[track_caller]
fn check(answers: impl IntoIterator<Item = Answer>, emitted: u64, requests: usize, sent: u64) -> Collector {
    let collector = Collector::start(answers);
    let (pipeline, _) = builder(collector.endpoint()).timeout(Duration::from_secs(1)).build();
    (0..emitted).for_each(|_| pipeline.emit(&NOTHING));
    assert!(pipeline.flush(LIMIT));
    let seen = collector.requests();
    assert_eq!(pipeline.stats().totals(), Stats { emitted, sent, dropped: emitted - sent, ..Stats::default() });
    assert_eq!(seen.len(), requests, "{seen:?}");
    for request in seen {
        assert_eq!(request.payloads(catalogue()).len() as u64, emitted, "every attempt is the whole batch");
    }
    collector
}

#[test]
fn spans_and_events_go_to_their_own_paths() {
    let collector = Collector::start([Answer::ok()]);
    let (pipeline, _) = builder(format!("{}/", collector.endpoint())).build();
    pipeline.emit(&NOTHING);
    pipeline.emit(&Noted { flag: true, secret: None });
    assert!(pipeline.flush(LIMIT));
    let requests = collector.requests();
    let targets: Vec<&str> = requests.iter().map(|request| request.target.as_str()).collect();
    assert_eq!(targets, ["POST /v1/traces", "POST /v1/logs"]);
    for request in &requests {
        assert_eq!(request.header("content-type"), Some("application/x-protobuf"));
        assert_eq!(request.header("content-encoding"), None, "too short to gain from it");
        assert_eq!(request.payloads(catalogue()).len(), 1);
    }
    assert_eq!(collector.connections(), 1, "the connection is kept");
}

#[test]
fn longer_bodies_are_compressed() {
    let collector = check([Answer::ok()], 1_000, 1, 1_000);
    let request = &collector.requests()[0];
    assert_eq!(request.header("content-encoding"), Some("gzip"));
    assert!(request.body.len() < request.plain().len() / 2, "{} bytes", request.body.len());
}

#[test]
fn a_collector_that_is_busy_is_tried_again() {
    for status in [429, 502, 503, 504] {
        check([Answer::status(status, "", b"busy"), Answer::ok()], 3, 2, 3);
    }
}

#[test]
fn retry_after_is_honoured() {
    let busy = Answer::status(503, "retry-after: 1\r\n", b"");
    let collector = check([busy.clone(), busy, Answer::ok()], 3, 3, 3);
    let arrived: Vec<Instant> = collector.requests().iter().map(|request| request.arrived).collect();
    for pair in arrived.windows(2) {
        let pause = pair[1] - pair[0];
        assert!(pause >= Duration::from_secs(1) && pause < Duration::from_secs(5), "{pause:?}");
    }
}

#[test]
fn a_retry_after_that_makes_no_sense_is_like_none() {
    for header in ["retry-after: soon\r\n", "retry-after: -1\r\n", "retry-after: Wed, 21 Oct 2015 07:28:00 GMT\r\n"] {
        check([Answer::status(503, header, b""), Answer::ok()], 1, 2, 1);
    }
}

#[test]
fn what_the_collector_does_not_want_is_dropped() {
    for status in [400, 401, 404, 413, 500, 501] {
        check([Answer::status(status, "retry-after: 0\r\n", b"no")], 3, 1, 0);
    }
}

#[test]
fn redirects_are_not_followed() {
    let elsewhere = Collector::start([Answer::ok()]);
    for status in [301, 302, 303, 307, 308] {
        let location = format!("location: {}/v1/traces\r\n", elsewhere.endpoint());
        check([Answer::status(status, &location, b"")], 3, 1, 0);
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn partial_success_is_counted() {
    for (rejected, sent) in [(Some(2), 1), (None, 3), (Some(1_000), 0), (Some(-1), 3)] {
        let mut response = Vec::new();
        put_message(&mut response, 1, |partial_success| {
            rejected.into_iter().for_each(|count: i64| put_varint(partial_success, 1, count as u64));
            put_bytes(partial_success, 2, b"no");
        });
        check([Answer::status(200, "", &response)], 3, 1, sent);
    }
}

#[test]
fn garbage_behind_a_success_counts_as_sent() {
    let long = vec![b'x'; 1 << 20];
    for body in [&b"<html>captive portal</html>"[..], &[0xff; 100], &[0x0a, 0xff, 0xff, 0xff], &[0x0a], &long] {
        check([Answer::status(200, "content-type: text/html\r\n", body)], 3, 1, 3);
    }
    check([Answer::status(202, "", b"")], 3, 1, 3);
    check([Answer::raw("HTTP/1.1 204 As told\r\n\r\n")], 3, 1, 3);
}

#[test]
fn an_answer_that_ends_within_its_body_was_a_success() {
    // The request was taken: sending it again would double it.
    check([Answer::raw("HTTP/1.1 200 As told\r\ncontent-length: 100\r\n\r\nhalf")], 3, 1, 3);
    check([Answer::raw("HTTP/1.1 200 As told\r\ntransfer-encoding: chunked\r\n\r\n40\r\nhalf")], 3, 1, 3);
}

#[test]
fn a_connection_that_ends_before_the_answer_is_tried_again() {
    for answer in ["", "HTTP/1.", "HTTP/1.1 200 As told\r\ncontent-le", "garbage\r\n\r\n", "SSH-2.0-OpenSSH_9.9\r\n"] {
        check([Answer::raw(answer), Answer::ok()], 3, 2, 3);
    }
}

#[test]
fn a_collector_that_closes_kept_connections_loses_nothing() {
    let collector = Collector::start([Answer::ok().and_close()]);
    let (pipeline, _) = builder(collector.endpoint()).build();
    for _ in 0..3 {
        pipeline.emit(&NOTHING);
        assert!(pipeline.flush(LIMIT));
    }
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 3, sent: 3, ..Stats::default() });
    assert_eq!(collector.requests().len(), 3);
}

#[test]
fn a_slow_collector_is_given_up_at_the_timeout() {
    let collector = Collector::start([Answer::ok().after(LIMIT), Answer::ok()]);
    let (pipeline, _) = builder(collector.endpoint()).timeout(Duration::from_millis(200)).build();
    pipeline.emit(&NOTHING);
    assert!(pipeline.flush(LIMIT));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 1, sent: 1, ..Stats::default() });
    let arrived: Vec<Instant> = collector.requests().iter().map(|request| request.arrived).collect();
    assert!(arrived.len() == 2 && arrived[1] - arrived[0] >= Duration::from_millis(200), "{arrived:?}");
}

#[test]
fn a_shutdown_waits_no_longer_than_its_limit_whatever_the_network_does() {
    let dead = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port"); // takes connections and says nothing
    let slow = Collector::start([Answer::ok().after(LIMIT)]);
    let busy = Collector::start([Answer::status(503, "retry-after: 60\r\n", b"")]);
    let silent_endpoint = format!("http://{}", silent.local_addr().expect("an address"));
    for endpoint in [format!("http://{dead}"), silent_endpoint, slow.endpoint(), busy.endpoint()] {
        let (pipeline, _) = builder(endpoint.clone()).build();
        (0..1_000).for_each(|_| pipeline.emit(&NOTHING));
        let start = Instant::now();
        pipeline.shutdown(Duration::from_millis(300));
        assert!(start.elapsed() < Duration::from_secs(2), "{endpoint}: {:?}", start.elapsed());
        let stats = pipeline.stats();
        assert_eq!((stats.sent, stats.dropped + stats.queued), (0, 1_000), "{endpoint}: {stats:?}");
    }
}

#[test]
fn an_endpoint_that_is_none_switches_off_and_costs_nothing() {
    for endpoint in ["", "nonsense", "ftp://127.0.0.1", "http://", "http://[::1", "unix:///run/collector"] {
        let (pipeline, decision) = builder(endpoint.to_owned()).build();
        pipeline.emit(&NOTHING);
        let start = Instant::now();
        assert!(pipeline.flush(LIMIT), "{endpoint}");
        assert!(start.elapsed() < Duration::from_secs(1), "{endpoint}: tried");
        assert_eq!(decision.consent, Consent::Off, "{endpoint}");
        assert_eq!(pipeline.stats().totals(), Stats::default(), "{endpoint}");
    }
}
