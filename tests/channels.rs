//! Channels that a catalogue names: what passes at any set of them, the marker, the stored choice, what a later version asks.

#[path = "support/unseen.rs"]
mod unseen;

use std::sync::{Arc, Mutex};

use candor::{
    Catalogue, Consent, DEFAULT, Delivery, OPT_IN, Pipeline, SignalKind, Store, Telemetry, TransportError, decode, host,
};
use candor_validate::{Allow, Request, Signals, Stopped, Validator};
use unseen::tested_in_a_child;

fn now() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/channels.yaml")
}

fn later() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/channels-later.yaml")
}

fn schema() -> candor_schema::Catalogue {
    candor_schema::load(std::path::Path::new("tests/fixtures/channels.yaml")).catalogue.expect("a sound catalogue")
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/channels.yaml", object = "frame")]
struct Frame {
    at: i64,
    value: Option<&'static str>,
    seen: Option<&'static str>,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/channels.yaml", span = "used")]
struct Used {
    dump: Option<&'static str>,
    runs: i64,
    took: Option<i64>,
    r#where: Option<&'static str>,
    note: Option<&'static str>,
    frame: Option<Frame>,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/channels.yaml", event = "crashed")]
struct Crashed {
    r#where: &'static str,
    runs: Option<i64>,
    dump: Option<&'static str>,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/channels-later.yaml", span = "used")]
struct UsedLater {
    runs: i64,
    took: Option<i64>,
    r#where: Option<&'static str>,
    dump: Option<&'static str>,
    note: Option<&'static str>,
}

const FULL: Used = Used {
    dump: Some("bytes"),
    runs: 3,
    took: Some(20),
    r#where: Some("main"),
    note: Some("mine"),
    frame: Some(Frame { at: 1, value: Some("bits"), seen: Some("here") }),
};

const CRASH: Crashed = Crashed { r#where: "main", runs: Some(1), dump: Some("bytes") };

/// The set of these channels and no other.
fn exactly(names: &[&str]) -> Consent {
    let number = |name: &&str| now().channel(name).expect("a channel");
    names.iter().map(number).fold(Consent::Off, |consent, number| consent.and(Consent::of(number)))
}

/// Attributes and marker of a payload.
fn parts(payload: &str) -> (String, Option<String>) {
    let payload: serde_json::Value = serde_json::from_str(payload).expect("JSON");
    let mut keys: Vec<_> = payload["attributes"].as_object().expect("attributes").keys().cloned().collect();
    keys.sort();
    (keys.join(" "), payload["channels"].as_str().map(str::to_owned))
}

#[test]
fn what_passes_and_its_marker_at_sets_of_channels() {
    let check = |channels: &[&str], attributes: &str, marker: Option<&str>| {
        let consent = exactly(channels);
        let expected = (attributes.to_owned(), marker.map(str::to_owned));
        let payload = candor::payload(consent, &FULL).expect("a payload");
        assert_eq!(parts(&payload), expected, "{channels:?}: {payload}");
        let wire = candor::preview(now(), consent, &FULL).expect("a payload");
        assert_eq!(parts(&wire), expected, "{channels:?}: {wire}");
    };
    check(&["default"], "runs", None);
    check(&["default", "speed"], "runs took", Some("speed"));
    check(&["default", "crash_reports"], "frame runs where", Some("crash_reports"));
    check(&["default", "dumps"], "dump runs", Some("dumps"));
    check(&["default", "opt_in", "speed"], "note runs took", Some("opt_in,speed"));
    check(
        &["default", "opt_in", "speed", "crash_reports", "dumps"],
        "dump frame note runs took where",
        Some("crash_reports,dumps,opt_in,speed"),
    );
    assert_eq!(candor::payload(exactly(&["crash_reports"]), &FULL), None, "the signal is collected by default");
    assert_eq!(candor::payload(exactly(&["default"]), &CRASH), None);
    let alone = candor::payload(exactly(&["crash_reports"]), &CRASH).expect("a payload");
    assert_eq!(parts(&alone), ("where".to_owned(), Some("crash_reports".to_owned())));
}

/// The default is what is on by default, for every catalogue; opting in adds `opt_in` and nothing else.
#[test]
fn the_names_of_sets() {
    let marker = |consent: Consent| parts(&candor::payload(consent, &FULL).expect("a payload")).1;
    assert_eq!(marker(Consent::Default).as_deref(), Some("speed"));
    assert_eq!(marker(Consent::OptedIn).as_deref(), Some("opt_in,speed"));
    assert_eq!(now().describe(Consent::Default), "default, speed");
}

/// Every voice says the same of the same payload, at every set of channels.
#[test]
fn validator_schema_and_filter_agree_at_every_set() {
    let catalogue = schema();
    let names = ["default", "opt_in", "speed", "crash_reports", "dumps"];
    let sets: Vec<Consent> = (0..1_u32 << names.len())
        .map(|bits| {
            let chosen: Vec<_> = (0..names.len()).filter(|at| bits & 1 << at != 0).map(|at| names[at]).collect();
            exactly(&chosen)
        })
        .collect();
    for given in &sets {
        let payloads = [candor::payload(*given, &FULL), candor::payload(*given, &CRASH)];
        for payload in payloads.into_iter().flatten() {
            let value: serde_json::Value = serde_json::from_str(&payload).expect("JSON");
            for set in sets.iter().filter(|set| !set.is_off()) {
                let accepted = Validator::new(&catalogue, *set).check(payload.as_bytes()).is_empty();
                let constants = candor::validate::validator(now(), *set).check(payload.as_bytes()).is_empty();
                let schema = candor_codegen::json_schema::payload_schema(&catalogue, *set);
                let by_schema = jsonschema::validator_for(&schema).expect("a schema").is_valid(&value);
                let needs = claimed(&payload);
                let expected = set.includes(needs);
                let (given, set) = (now().channel_names(*given), now().channel_names(*set));
                assert_eq!([accepted, constants, by_schema], [expected; 3], "{given:?} at {set:?}: {payload}");
            }
        }
    }
}

/// Returns the consent that a payload claims to need.
fn claimed(payload: &str) -> Consent {
    let (attributes, marker) = parts(payload);
    let marker: Vec<_> = marker.as_deref().map(|marker| marker.split(',').collect()).unwrap_or_default();
    let by_default = attributes.split(' ').any(|key| key == "runs") || payload.contains("\"name\":\"Used\"");
    let default = if by_default { exactly(&["default"]) } else { Consent::Off };
    exactly(&marker).and(default)
}

#[test]
fn a_gate_holds_a_signal_to_its_marker_and_takes_it_away() {
    let catalogue = schema();
    let all = Consent::from_bits(u32::MAX);
    let request = candor::request(now(), all, &FULL).expect("a request");
    let forward = |request: &[u8], consent: Consent| -> Vec<String> {
        let request = Request::from_protobuf(Signals::Traces, request).expect("a request");
        let passed = Allow::new(&catalogue, consent).pass(&request, &mut Stopped::default());
        decode(now(), SignalKind::Span, &passed.body)
    };
    let one = |payloads: Vec<String>| parts(payloads.first().expect("a payload"));
    assert_eq!(one(forward(&request, all)), ("dump frame note runs took where".to_owned(), None));
    // What went through one gate claims the default and no more.
    let again = Allow::new(&catalogue, all)
        .pass(&Request::from_protobuf(Signals::Traces, &request).expect("a request"), &mut Stopped::default());
    assert_eq!(one(forward(&again.body, all)), ("runs".to_owned(), None));
    assert_eq!(one(forward(&request, exactly(&["default", "speed"]))), ("runs took".to_owned(), None));
    // A marker that claims less than the signal has.
    let text = String::from_utf8_lossy(&request).into_owned();
    assert!(text.contains("crash_reports,dumps,opt_in,speed"), "{text}");
    let place = request.windows(8).position(|window| window == b",opt_in,").expect("the marker");
    let mut less = request.clone();
    less[place + 1..place + 7].copy_from_slice(b"opt_on");
    assert_eq!(one(forward(&less, all)), ("dump frame runs took where".to_owned(), None));
}

/// The requests that were handed over to be sent.
type Sent = Arc<Mutex<Vec<Vec<u8>>>>;

fn pipeline(catalogue: &'static Catalogue, folder: &std::path::Path) -> (Pipeline, Sent) {
    let sent = Sent::default();
    let kept = sent.clone();
    let transport = move |_: SignalKind, body: &[u8]| -> Result<Delivery, TransportError> {
        kept.lock().expect("no panic").push(body.to_vec());
        Ok(Delivery::default())
    };
    let store = Store::at(catalogue, folder);
    let (pipeline, _) =
        Pipeline::builder(catalogue).store(store).settings_command("app telemetry").transport(transport).build();
    (pipeline, sent)
}

fn file(folder: &std::path::Path) -> serde_json::Value {
    let text = std::fs::read_to_string(folder.join("telemetry.json")).expect("a file");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_program_grants_and_refuses_single_channels() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = pipeline(now(), folder.path());
    let names = |app: &Pipeline| now().describe(app.consent());
    host::choose(&app, Consent::Default).expect("a store");
    assert_eq!(names(&app), "default, speed");
    host::share(&app, "dumps").expect("a channel");
    assert_eq!(names(&app), "default, crash_reports, dumps, speed");
    assert_eq!(
        file(folder.path())["catalogues"]["channels"]["granted"],
        serde_json::json!(["crash_reports", "default", "dumps", "speed"])
    );
    // What implies a channel goes with it.
    host::unshare(&app, "crash_reports").expect("a channel");
    assert_eq!(names(&app), "default, speed");
    host::unshare(&app, "default").expect("a channel");
    assert_eq!(names(&app), "speed");
    let status = host::status(&app);
    assert!(status.contains("channel speed: on (Speed)") && status.contains("channel dumps: off (Dumps)"), "{status}");
    let (again, _) = pipeline(now(), folder.path());
    assert_eq!(names(&again), "speed");
    let unknown = host::share(&app, "crashes").expect_err("no such channel").to_string();
    assert!(unknown.contains("default, opt_in, speed, crash_reports, dumps"), "{unknown}");
    assert_eq!(names(&app.sharing(true)), "opt_in, speed");
    host::choose(&app, Consent::Off).expect("a store");
    assert_eq!((names(&app), names(&app.sharing(true))), ("off".to_owned(), "off".to_owned()));
}

/// In a later version channels have other numbers: names keep their permission, and a new name has none before the notice.
#[test]
fn a_later_version_turns_no_permission_into_another() {
    assert_ne!(now().channel("dumps"), later().channel("dumps"), "the numbers differ, or this shows nothing");
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = pipeline(now(), folder.path());
    host::choose(&app, Consent::Default).expect("a store");
    let (app, sent) = pipeline(later(), folder.path());
    // `speed` is gone, `pace` is new and on by default, and `crash_reports` was off when the user chose.
    assert_eq!(later().describe(app.consent()), "default, pace");
    let notice = app.notice_due().expect("a notice").to_string();
    assert!(notice.contains("`pace` (Pace) is on by default"), "{notice}");
    let used = UsedLater { runs: 1, took: Some(2), r#where: Some("main"), dump: Some("bytes"), note: Some("mine") };
    let emitted = |app: &Pipeline, sent: &Sent| {
        app.emit(&used);
        assert!(app.flush(std::time::Duration::from_secs(20)));
        let bodies = std::mem::take(&mut *sent.lock().expect("no panic"));
        let payloads = decode(later(), SignalKind::Span, bodies.first().expect("a request"));
        parts(payloads.first().expect("a payload"))
    };
    assert_eq!(emitted(&app, &sent), ("runs".to_owned(), None), "held back until the notice was shown");
    app.notice_shown().expect("a store");
    assert_eq!(emitted(&app, &sent).0, "runs", "held back in the run that shows the notice");
    let (app, sent) = pipeline(later(), folder.path());
    assert_eq!(emitted(&app, &sent), ("runs took".to_owned(), Some("pace".to_owned())));
    assert!(app.notice_due().is_none());
    host::share(&app, "dumps").expect("a channel");
    assert_eq!(emitted(&app, &sent).1.as_deref(), Some("crash_reports,dumps,pace"));
}

/// A channel that became on by default is held back from whoever only saw the notice.
#[test]
fn what_becomes_on_by_default_is_held_back_until_the_notice() {
    if tested_in_a_child("what_becomes_on_by_default_is_held_back_until_the_notice") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = pipeline(now(), folder.path());
    app.notice_shown().expect("a store");
    let (app, _) = pipeline(later(), folder.path());
    assert_eq!(later().describe(app.consent()), "default, crash_reports, pace");
    let notice = app.notice_due().expect("a notice").to_string();
    assert!(notice.contains("`crash_reports` (Crash reports) is on by default"), "{notice}");
    let used = UsedLater { runs: 1, took: Some(2), r#where: Some("main"), dump: None, note: None };
    let held = candor::payload(app.allowance(), &used).expect("a payload");
    assert_eq!(parts(&held), ("runs".to_owned(), None));
}

#[test]
fn an_application_sets_single_channels() {
    let channel = |name| now().channel(name).expect("a channel");
    let built = |builder: candor::Builder| builder.endpoint("http://127.0.0.1:1").build().0.consent();
    let builder = || Pipeline::builder(now()).consent(Consent::Default);
    let consent = built(builder().channel(channel("speed"), false).channel(channel("dumps"), true));
    assert_eq!(now().describe(consent), "default, crash_reports, dumps");
    assert!(built(builder().consent(Consent::Off).channel(channel("dumps"), true)).is_off());
    assert_eq!(built(builder().channel(29, true)), Consent::Default, "a number that the catalogue does not use");
    assert_eq!((channel("default"), channel("opt_in")), (DEFAULT, OPT_IN));
}
