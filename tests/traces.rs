//! Spans that belong together: what is sent of parents, links, status and ids, and what is not.

#[cfg(feature = "stored")]
#[path = "support/unseen.rs"]
mod unseen;

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use candor::{Catalogue, Consent, Delivery, OPT_IN, Pipeline, Remote, SignalKind, Telemetry};
use candor_validate::Validator;
use serde_json::Value;

const HEADER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn catalogue() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/traces.yaml")
}

#[derive(Debug, Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/traces.yaml", attribute = "table")]
enum Table {
    Users,
    #[allow(dead_code, reason = "the catalogue lists it")]
    Orders,
}

#[derive(Debug, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/traces.yaml", span = "request")]
struct Request {
    runs: i64,
}

#[derive(Debug, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/traces.yaml", span = "query")]
struct Query {
    table: Table,
}

#[derive(Debug, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/traces.yaml", span = "session")]
struct Session {
    plan: Option<&'static str>,
}

#[derive(Debug, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/traces.yaml", event = "slow")]
struct Slow {
    table: Table,
}

/// The payloads that are sent while `use_it` runs, by name.
fn sent(consent: Consent, use_it: impl FnOnce(&Pipeline)) -> Vec<Value> {
    let payloads = Arc::new(Mutex::new(Vec::new()));
    let taken = payloads.clone();
    let transport = move |kind: SignalKind, body: &[u8]| {
        taken.lock().expect("a list").extend(candor::decode(catalogue(), kind, body));
        Ok(Delivery::default())
    };
    let (pipeline, _) = Pipeline::builder(catalogue()).consent(consent).transport(transport).build();
    use_it(&pipeline);
    assert!(pipeline.shutdown(Duration::from_secs(10)));
    let schema =
        candor_schema::load(std::path::Path::new("tests/fixtures/traces.yaml")).catalogue.expect("a catalogue");
    let validator = Validator::new(&schema, consent);
    let payloads = payloads.lock().expect("a list");
    for payload in payloads.iter() {
        assert_eq!(validator.check(payload.as_bytes()), [], "{payload}");
    }
    payloads.iter().map(|payload| serde_json::from_str(payload).expect("JSON")).collect()
}

#[track_caller]
fn find<'p>(payloads: &'p [Value], name: &str) -> &'p Value {
    payloads.iter().find(|payload| payload["name"] == name).unwrap_or_else(|| panic!("no {name} in {payloads:#?}"))
}

fn request() -> Request {
    Request { runs: 1 }
}

fn query() -> Query {
    Query { table: Table::Users }
}

#[test]
fn children_and_events_tell_their_parents_across_threads() {
    let payloads = sent(Consent::Default, |telemetry| {
        let request = telemetry.start(request);
        let context = request.context();
        thread::spawn(move || {
            let query = context.start(query);
            query.emit(&Slow { table: Table::Users });
            query.end();
        })
        .join()
        .expect("no panic");
        request.fail();
    });
    let (request, query, slow) =
        (find(&payloads, "Request"), find(&payloads, "Query"), find(&payloads, "serving.slow"));
    assert_eq!((&request["parentSpanId"], &request["status"]["code"]), (&Value::Null, &Value::from(2)));
    assert_eq!((&query["parentSpanId"], &query["traceId"]), (&request["spanId"], &request["traceId"]));
    assert_eq!((&slow["spanId"], &slow["traceId"]), (&query["spanId"], &query["traceId"]));
    assert_ne!(query["spanId"], request["spanId"]);
    assert_eq!(query["status"], Value::Null);
}

#[test]
fn spans_without_a_context_stand_for_themselves() {
    let payloads = sent(Consent::Default, |telemetry| {
        let request = telemetry.start(request);
        telemetry.emit(&query());
        telemetry.emit(&Slow { table: Table::Users });
        drop(request);
    });
    let (request, query) = (find(&payloads, "Request"), find(&payloads, "Query"));
    assert_ne!(request["traceId"], query["traceId"]);
    assert_eq!(query["parentSpanId"], Value::Null);
    assert_eq!(find(&payloads, "serving.slow")["traceId"], Value::Null);
}

#[test]
fn a_span_that_is_not_sent_is_told_to_nobody() {
    let payloads = sent(Consent::Default, |telemetry| {
        let session = telemetry.start(|| Session { plan: None });
        let mut query = session.start(query);
        query.link(&session.context());
        session.emit(&Query { table: Table::Orders });
    });
    assert_eq!(payloads.len(), 2);
    for payload in &payloads {
        assert_eq!((&payload["parentSpanId"], &payload["links"]), (&Value::Null, &Value::Null));
    }
    assert_ne!(payloads[0]["traceId"], payloads[1]["traceId"]);
}

#[test]
fn a_parent_whose_consent_is_withdrawn_while_it_runs_is_not_told() {
    let payloads = sent(Consent::OptedIn, |telemetry| {
        let session = telemetry.start(|| Session { plan: None });
        let mut query = session.start(query);
        query.link(&session.context());
        telemetry.set_consent(Consent::Default);
        query.end();
    });
    assert_eq!(payloads.len(), 1);
    let query = find(&payloads, "Query");
    assert_eq!(
        (&query["parentSpanId"], &query["links"], &query["channels"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
}

#[test]
fn a_child_of_a_span_behind_a_permission_says_that_it_needs_it() {
    let payloads = sent(Consent::Default.and(Consent::of(OPT_IN)), |telemetry| {
        let session = telemetry.start(|| Session { plan: Some("index") });
        session.start(query).end();
    });
    let (session, query) = (find(&payloads, "Session"), find(&payloads, "Query"));
    assert_eq!(query["parentSpanId"], session["spanId"]);
    assert_eq!(query["channels"], "opt_in");
}

#[test]
fn spans_of_other_processes_come_and_go_as_headers() {
    let payloads = sent(Consent::Default, |telemetry| {
        let context: candor::Context<Remote> = telemetry.remote(HEADER);
        let mut first = context.start(request);
        let header = first.traceparent().expect("it is sent");
        let second = telemetry.remote(&header).start(|| Request { runs: 2 });
        first.link(&context);
        first.link(&second.context());
        telemetry.remote("00-nonsense").start(|| Request { runs: 3 }).end();
    });
    let by_runs = |runs: i64| payloads.iter().find(|payload| payload["attributes"]["runs"] == runs).expect("a span");
    let (first, second, third) = (by_runs(1), by_runs(2), by_runs(3));
    assert_eq!((&first["traceId"], &first["parentSpanId"]), (&HEADER[3..35].into(), &HEADER[36..52].into()));
    assert_eq!((&second["traceId"], &second["parentSpanId"]), (&first["traceId"], &first["spanId"]));
    assert_eq!(
        (&first["links"][0]["spanId"], &first["links"][1]["spanId"]),
        (&HEADER[36..52].into(), &second["spanId"])
    );
    assert_eq!(third["parentSpanId"], Value::Null);
    assert_ne!(third["traceId"], first["traceId"]);
}

#[test]
fn off_starts_nothing_and_hands_out_nothing() {
    let payloads = sent(Consent::Off, |telemetry| {
        let request = telemetry.start(|| -> Request { panic!("built while off") });
        assert_eq!(request.traceparent(), None);
        request.context().emit_with(|| -> Query { panic!("built while off") });
        request.start(|| -> Query { panic!("built while off") }).fail();
    });
    assert_eq!(payloads, [] as [Value; 0]);
}

#[test]
fn links_are_bounded() {
    let payloads = sent(Consent::Default, |telemetry| {
        let mut request = telemetry.start(request);
        (0..200).for_each(|_| request.link(&telemetry.remote(HEADER)));
    });
    assert_eq!(find(&payloads, "Request")["links"].as_array().map(Vec::len), Some(128));
}

/// A user agreed before there were parents: until they saw the new page, everything stands for itself.
#[cfg(feature = "stored")]
#[test]
fn what_can_newly_be_joined_waits_for_the_notice() {
    if unseen::tested_in_a_child("what_can_newly_be_joined_waits_for_the_notice") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let open = |catalogue: &'static Catalogue, payloads: Arc<Mutex<Vec<String>>>| {
        let transport = move |kind: SignalKind, body: &[u8]| {
            payloads.lock().expect("a list").extend(candor::decode(catalogue, kind, body));
            Ok(Delivery::default())
        };
        let store = candor::Store::at(catalogue, folder.path());
        Pipeline::builder(catalogue).store(store).transport(transport).build().0
    };
    open(candor::catalogue!("tests/fixtures/traces-before.yaml"), Arc::default()).notice_shown().expect("a store");
    let parents = |shown: bool| {
        let payloads = Arc::new(Mutex::new(Vec::new()));
        let pipeline = open(catalogue(), payloads.clone());
        let request = pipeline.remote(HEADER).start(request);
        request.start(query).end();
        assert_eq!(request.traceparent().is_some(), shown);
        request.end();
        assert!(pipeline.shutdown(Duration::from_secs(10)));
        let notice = pipeline.notice_due().map(|notice| notice.to_string());
        pipeline.notice_shown().expect("a store");
        let payloads = payloads.lock().expect("a list");
        (payloads.len(), payloads.iter().filter(|payload| payload.contains("parentSpanId")).count(), notice)
    };
    let (sent, joined, notice) = parents(false);
    assert_eq!((sent, joined), (2, 0));
    let notice = notice.expect("a notice");
    assert!(notice.contains("span Query belongs to the span request"), "{notice}");
    assert_eq!(parents(true), (2, 2, None));
}
