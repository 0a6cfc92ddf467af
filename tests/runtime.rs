//! The runtime against a catalogue with every type: what arrives, what is held back, what is refused.

mod demo;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use candor::{Consent, Delivery, Pipeline, SignalKind, Stats, Telemetry};
use demo::{Colour, Everything, Hidden, NOTHING, Noted, Paint, Part, catalogue, part};

/// The `attributes` of what is sent for a value, and the count of dropped values behind it. The payload made straight
/// from the fields must say the same.
#[track_caller]
fn check<T: Telemetry>(consent: Consent, value: &T, expected: &str) {
    let attributes = |payload: String| payload[payload.find("\"attributes\":").expect("attributes") + 13..].to_owned();
    let sent = candor::preview(catalogue(), consent, value).map(attributes).unwrap_or_default();
    let direct = candor::payload(consent, value).map(attributes).unwrap_or_default();
    assert_eq!(sent, expected);
    assert_eq!(direct, expected, "the payload recorder and the wire differ");
}

#[track_caller]
fn check_default(value: &Everything, expected: &str) {
    check(Consent::Default, value, expected);
}

#[test]
fn false_zero_and_empty_text_arrive() {
    let value =
        Everything { number: Some(0), ratio: Some(0.0), word: Some(String::new()), words: Some(vec![]), ..NOTHING };
    check_default(&value, r#"{"flag":false,"number":0,"ratio":0.0,"word":"","words":[]}}"#);
}

#[test]
fn numbers_are_exact_over_their_whole_range() {
    let value = Everything { any_number: Some(i64::MAX as u64), ..NOTHING };
    check_default(&value, r#"{"flag":false,"any_number":9223372036854775807}}"#);
    let value = Everything { number: Some(-5), ratio: Some(0.1), ..NOTHING };
    check_default(&value, r#"{"flag":false,"number":-5,"ratio":0.1}}"#);
}

#[test]
fn values_outside_their_domain_are_left_out_and_counted() {
    for value in [
        Everything { number: Some(11), ..NOTHING },
        Everything { number: Some(-6), ..NOTHING },
        Everything { any_number: Some(u64::MAX), ..NOTHING },
        Everything { ratio: Some(1.5), ..NOTHING },
        Everything { ratio: Some(f64::NAN), ..NOTHING },
        Everything { ratio: Some(f64::INFINITY), ..NOTHING },
        Everything { word: Some("sixsix".to_owned()), ..NOTHING },
        Everything { hex: Some("beefs".into()), ..NOTHING },
        Everything { hex: Some("BEEF".into()), ..NOTHING },
        Everything { moment: Some(SystemTime::UNIX_EPOCH - Duration::from_secs(1)), ..NOTHING },
        Everything { moment: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40)), ..NOTHING },
    ] {
        check_default(&value, r#"{"flag":false},"droppedAttributesCount":1}"#);
    }
}

#[test]
fn lengths_count_characters_and_long_texts_are_cut_where_the_catalogue_says_so() {
    let value = Everything { word: Some("äöüßé".to_owned()), cut_word: Some("äöüßéx".into()), ..NOTHING };
    check_default(&value, r#"{"flag":false,"word":"äöüßé","cut_word":"äöüßé"}}"#);
}

#[test]
fn enums_timestamps_and_patterns() {
    let moment = SystemTime::UNIX_EPOCH + Duration::new(1_795_190_951, 939_149_000);
    let value = Everything {
        hex: Some("beef".into()),
        moment: Some(moment),
        colour: Some(Colour::LightBlue),
        colours: Some(vec![Paint::Red, Paint::Green, Paint::Red]),
        ..NOTHING
    };
    let expected = r#"{"flag":false,"hex":"beef","moment":"2026-11-20T16:09:11.939149000Z","colour":"light blue","colours":["red","green"]},"droppedAttributesCount":1}"#;
    check_default(&value, expected);
    check_default(&Everything { colour: Some(Colour::Red), ..NOTHING }, r#"{"flag":false,"colour":"red"}}"#);
}

#[test]
fn one_bad_item_costs_that_item() {
    let words = vec!["one".to_owned(), "toolong".to_owned(), "two".to_owned()];
    check_default(
        &Everything { words: Some(words), ..NOTHING },
        r#"{"flag":false,"words":["one","two"]},"droppedAttributesCount":1}"#,
    );
}

fn parts() -> Vec<Part> {
    vec![part("a\"b", Some(3), "hush"), part("too long", None, "hush"), part("", Some(99), "hush")]
}

#[test]
fn objects_without_a_required_field_are_left_out_as_a_whole() {
    // The second part lacks its name (too long); the third only its optional size (out of range).
    let value = Everything { parts: Some(parts()), ..NOTHING };
    check_default(
        &value,
        r#"{"flag":false,"parts":[{"name":"a\"b","size?":3},{"name":""}]},"droppedAttributesCount":2}"#,
    );
}

#[test]
fn json_encoding_and_map_encoding_give_the_same_payload() {
    let value = Everything { json: Some(parts()), part_one: Some(parts()[0].clone()), ..NOTHING };
    check_default(
        &value,
        r#"{"flag":false,"parts.json":[{"name":"a\"b","size?":3},{"name":""}],"part_one":{"name":"a\"b","size?":3}},"droppedAttributesCount":2}"#,
    );
    let request = candor::request(catalogue(), Consent::Default, &value).expect("a request");
    let text = String::from_utf8_lossy(&request);
    assert!(text.contains(r#"[{"name":"a\"b","size?":3},{"name":""}]"#), "JSON text on the wire");
}

#[test]
fn opt_in_attributes_and_fields_only_with_consent() {
    let value =
        Everything { secret: Some("s".into()), secret_number: Some(7), part_one: Some(parts()[0].clone()), ..NOTHING };
    check(Consent::Off, &value, "");
    check(Consent::Default, &value, r#"{"flag":false,"part_one":{"name":"a\"b","size?":3}}}"#);
    let all = r#"{"flag":false,"part_one":{"name":"a\"b","size?":3,"note":"hush"},"secret":"s","secret_number":7}}"#;
    check(Consent::OptedIn, &value, all);
}

#[test]
fn an_opt_in_signal_only_with_consent() {
    let value = Hidden { flag: true, secret: "s" };
    check(Consent::Default, &value, "");
    check(Consent::OptedIn, &value, r#"{"flag":true,"secret":"s"}}"#);
}

#[test]
fn events_are_log_records_with_a_name() {
    let value = Noted { flag: true, secret: Some("s") };
    let payload = candor::preview(catalogue(), Consent::OptedIn, &value).expect("a payload");
    assert!(payload.starts_with(r#"{"kind":"event","name":"demo.noted","timeUnixNano":""#), "{payload}");
    check(Consent::Default, &value, r#"{"flag":true}}"#);
}

/// A pipeline whose requests end up in a list, decoded.
fn recording(consent: Consent) -> (Pipeline, Arc<Mutex<Vec<String>>>) {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let list = sent.clone();
    let transport = move |kind: SignalKind, body: &[u8]| {
        list.lock().expect("a list").extend(candor::decode(catalogue(), kind, body));
        Ok(Delivery::default())
    };
    let (pipeline, _) = Pipeline::builder(catalogue()).consent(consent).transport(transport).build();
    (pipeline, sent)
}

const LIMIT: Duration = Duration::from_secs(10);

#[test]
fn spans_and_events_go_out_in_batches() {
    let (pipeline, sent) = recording(Consent::Default);
    for _ in 0..10 {
        pipeline.emit(&NOTHING);
        pipeline.emit(&Noted { flag: false, secret: None });
    }
    assert!(pipeline.flush(LIMIT));
    assert_eq!(sent.lock().expect("a list").len(), 20);
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 20, sent: 20, ..Stats::default() });
}

#[test]
fn each_instance_has_its_own_switch() {
    let (pipeline, sent) = recording(Consent::Default);
    let value = Everything { secret: Some("s".into()), ..NOTHING };
    pipeline.sharing(false).emit(&value);
    pipeline.sharing(true).emit(&value);
    pipeline.emit(&value);
    assert!(pipeline.flush(LIMIT));
    let with_secret: Vec<bool> = sent.lock().expect("a list").iter().map(|p| p.contains("secret")).collect();
    assert_eq!(with_secret, [false, true, false]);
}

#[test]
fn off_builds_nothing_and_drops_what_is_queued() {
    let (pipeline, sent) = recording(Consent::Default);
    pipeline.emit(&NOTHING);
    pipeline.set_consent(Consent::Off);
    pipeline.emit_with(|| -> Everything { panic!("built while off") });
    pipeline.sharing(true).emit(&NOTHING);
    assert!(pipeline.flush(LIMIT));
    assert!(sent.lock().expect("a list").is_empty());
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 1, dropped: 1, ..Stats::default() });
}

#[test]
fn running_spans_end_with_what_they_have() {
    let (pipeline, sent) = recording(Consent::Default);
    let mut span = pipeline.start(|| NOTHING);
    span.with(|span| span.number = Some(1));
    span.end();
    drop(pipeline.start(|| Everything { number: Some(2), ..NOTHING }));
    pipeline.start(|| Everything { number: Some(3), ..NOTHING }).fail();
    assert!(pipeline.flush(LIMIT));
    let sent = sent.lock().expect("a list");
    assert!(sent[0].contains("\"number\":1") && sent[1].contains("\"number\":2"), "{sent:?}");
    assert!(sent[2].ends_with(r#"{"flag":false,"number":3},"status":{"code":2}}"#), "{}", sent[2]);
}

#[test]
fn a_full_batch_drops_and_never_waits() {
    let (release, hold) = std::sync::mpsc::channel::<()>();
    let transport = move |_: SignalKind, _: &[u8]| {
        let _ = hold.recv(); // until the test lets go
        Ok(Delivery::default())
    };
    let builder = Pipeline::builder(catalogue()).consent(Consent::Default).transport(transport);
    let (pipeline, _) = builder.capacity(4096).build();
    for _ in 0..10_000 {
        pipeline.emit(&NOTHING);
    }
    let stats = pipeline.stats();
    assert_eq!(stats.emitted, 10_000);
    assert!(stats.dropped > 9_000, "{stats:?}");
    drop(release);
    assert!(pipeline.shutdown(LIMIT));
    let stats = pipeline.stats();
    assert_eq!(stats.emitted, stats.sent + stats.dropped, "{stats:?}");
}

#[test]
fn shutdown_waits_no_longer_than_its_limit() {
    let transport = |_: SignalKind, _: &[u8]| {
        std::thread::sleep(Duration::from_secs(30));
        Ok(Delivery::default())
    };
    let (pipeline, _) = Pipeline::builder(catalogue()).consent(Consent::Default).transport(transport).build();
    pipeline.emit(&NOTHING);
    let start = std::time::Instant::now();
    assert!(!pipeline.shutdown(Duration::from_millis(100)));
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn opt_outs_in_the_environment_come_first() {
    for (variable, value) in [("DEMO_NO_TELEMETRY", "1"), ("DO_NOT_TRACK", "TRUE"), ("OTEL_SDK_DISABLED", "perhaps")] {
        let environment = |name: &str| (name == variable).then(|| value.to_owned());
        let decision = candor::resolve_with(catalogue(), Some(Consent::OptedIn), environment);
        assert_eq!(decision.consent, Consent::Off, "{variable}={value}");
        assert_eq!(decision.reason.to_string(), format!("the environment has {variable}={value}"));
    }
}

#[test]
fn after_shutdown_signals_are_dropped_and_counted() {
    let (pipeline, sent) = recording(Consent::Default);
    pipeline.emit(&NOTHING);
    assert!(pipeline.shutdown(LIMIT));
    pipeline.emit(&NOTHING);
    assert!(pipeline.shutdown(LIMIT), "a second time");
    assert_eq!(sent.lock().expect("a list").len(), 1);
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 2, sent: 1, dropped: 1, ..Stats::default() });
}
