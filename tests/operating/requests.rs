//! Endpoints and options that cannot be right, and what reaches the collector of those that can.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use candor::{Builder, Consent, Pipeline, Reason, Telemetry};

use crate::collector::{Answer, Collector};
use crate::demo::{NOTHING, catalogue};
use crate::{LIMIT, builder};

/// The mistake is an error of `try_build`, and switches off what `build` makes; both say what to write.
#[track_caller]
fn refused(builder: impl Fn() -> Builder, says: &str) {
    let error = builder().try_build().expect_err("a mistake").to_string();
    assert!(error.contains(says), "{error}");
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hear = heard.clone();
    let (pipeline, decision) =
        builder().on_error(move |error| hear.lock().expect("a list").push(error.clone())).build();
    assert_eq!(decision.consent, Consent::Off);
    assert_eq!(decision.reason, Reason::Misconfigured { why: error.clone() });
    assert_eq!(pipeline.reload().reason, decision.reason, "it stays");
    let last = pipeline.stats().last_error.expect("an error");
    assert_eq!(last.why, error);
    assert_eq!(*heard.lock().expect("a list"), [last]);
    assert!(candor::host::status(&pipeline).contains(&error));
    for text in [&error, &decision.reason.to_string(), &format!("{pipeline:?}"), &candor::host::status(&pipeline)] {
        assert!(!text.contains("hush"), "a secret: {text}");
    }
}

#[test]
fn an_endpoint_that_cannot_be_right_says_what_to_write() {
    for (endpoint, says) in [
        ("", "the endpoint is empty: write its address"),
        ("localhost:4318", "has no scheme: write `http://localhost:4318`"),
        ("grpc://me:hush@collector.example:4317", "write `http://collector.example:4318`"),
        ("https://collector.example:4317", "write `https://collector.example:4318`"),
        ("https://collector.example/v1/traces", "write `https://collector.example`"),
        ("https://collector.example/v1/logs", "write `https://collector.example`"),
        ("https://collector.example?key=hush", "Builder::header"),
        ("https://me:hush@collector.example", "Builder::header"),
    ] {
        refused(|| builder().endpoint(endpoint), says);
        refused(|| builder().endpoint_of("default", endpoint), says);
    }
}

#[test]
fn a_header_that_cannot_be_right_says_so_and_never_its_value() {
    let with =
        |name: &'static str, value: &'static str| move || builder().endpoint("http://127.0.0.1:9").header(name, value);
    refused(with("x key", "hush"), "the header `x key` has a name");
    refused(with("", "hush"), "has a name");
    refused(with("x-key", "hush\r\nhost: elsewhere"), "the value of the header `x-key`");
    refused(with("Content-Type", "hush"), "the header `content-type` is written by the pipeline");
    let to = || builder().endpoint("http://127.0.0.1:9").header_of("elsewhere", "x-key", "hush");
    refused(to, "for the endpoint `elsewhere`, which is not there: write one of `default`");
}

#[test]
fn other_options_that_cannot_be_right_say_so() {
    let here = || builder().endpoint("http://127.0.0.1:9");
    refused(|| here().timeout(Duration::ZERO), "the timeout is zero");
    for pem in ["", "hush", "-----BEGIN CERTIFICATE-----\nhush\n-----END CERTIFICATE-----\n"] {
        refused(|| here().certificate_authority(pem), "holds no certificate: write the text of a PEM file");
    }
}

#[test]
fn a_transport_of_ones_own_has_no_such_mistakes() {
    let transport = |_: candor::SignalKind, _: &[u8]| Ok(candor::Delivery::default());
    let (_, decision) = builder().endpoint("anywhere").transport(transport).try_build().expect("no mistake");
    assert_eq!(decision.consent, Consent::Default);
}

#[test]
fn headers_reach_the_collector_and_nothing_shows_them() {
    let collector = Collector::start([Answer::status(503, "", b""), Answer::ok()]);
    let build = || builder().endpoint(collector.endpoint()).header("X-Key", "hush").header("x-tenant", "tea");
    let (pipeline, _) = build().try_build().expect("no mistake");
    pipeline.emit(&NOTHING);
    assert!(pipeline.flush(LIMIT));
    for request in collector.requests() {
        assert_eq!((request.header("x-key"), request.header("x-tenant")), (Some("hush"), Some("tea")));
    }
    assert_eq!(collector.requests().len(), 2);
    let shown = format!("{pipeline:?} {:?} {}", pipeline.stats(), candor::host::status(&pipeline));
    assert!(shown.contains("503") && !shown.contains("hush"), "{shown}");
}

/// Signals of a catalogue with three endpoints.
#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/endpoints.yaml", event = "started")]
struct Started {
    runs: u64,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/endpoints.yaml", span = "crashed")]
struct Crashed {
    runs: u64,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/endpoints.yaml", event = "used")]
struct Used {
    runs: u64,
}

#[test]
fn a_header_goes_to_its_own_endpoint_only() {
    let collectors = [(); 3].map(|()| Collector::start([Answer::ok()]));
    let [main, usage, crash] = collectors.each_ref().map(Collector::endpoint);
    let (pipeline, _) = Pipeline::builder(candor::catalogue!("tests/fixtures/endpoints.yaml"))
        .consent(Consent::Default)
        .endpoint(main)
        .endpoint_of("usage", format!("{usage}/v1/batch"))
        .endpoint_of("crash", format!("{crash}/report?project=7"))
        .header("x-main", "one")
        .header_of("crash", "x-crash", "two")
        .try_build()
        .expect("no mistake");
    pipeline.emit(&Started { runs: 1 });
    pipeline.emit(&Crashed { runs: 1 });
    pipeline.emit(&Used { runs: 1 });
    assert!(pipeline.flush(LIMIT));
    let seen = collectors.map(|collector| {
        let request = &collector.requests()[0];
        ["x-main", "x-crash"].map(|name| request.header(name).map(str::to_owned))
    });
    assert_eq!(seen, [[Some("one".to_owned()), None], [None, None], [None, Some("two".to_owned())]]);
}

#[test]
fn bodies_are_not_compressed_where_that_is_not_wanted() {
    let collector = Collector::start([Answer::ok()]);
    let (pipeline, _) = builder().endpoint(collector.endpoint()).gzip(false).build();
    (0..1_000).for_each(|_| pipeline.emit(&NOTHING));
    assert!(pipeline.flush(LIMIT));
    let requests = collector.requests();
    assert_eq!(requests[0].header("content-encoding"), None);
    assert_eq!(requests[0].payloads(catalogue()).len(), 1_000);
}

#[test]
fn a_request_ends_with_its_timeout() {
    let collector = Collector::start([Answer::ok().after(Duration::from_secs(60))]);
    let (pipeline, _) = builder().endpoint(collector.endpoint()).timeout(Duration::from_millis(50)).build();
    pipeline.emit(&NOTHING);
    assert!(!pipeline.flush(Duration::from_millis(400)));
    let error = pipeline.stats().last_error.expect("an error");
    assert!(error.why.contains("timeout"), "{error}");
}
