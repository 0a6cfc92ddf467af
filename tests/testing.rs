//! `candor::testing`: what a program's own tests see of its telemetry.

mod demo;

use std::process::Command;

use candor::testing::{Data, Recording, record};
use candor::{Consent, SignalKind, Telemetry};
use demo::{Everything, Hidden, NOTHING, Noted, catalogue, part};

#[test]
fn payloads_are_typed() {
    let sent = record(catalogue(), Consent::OptedIn, |telemetry| {
        let parts = Some(vec![part("a", Some(1), "first"), part("b", None, "second")]);
        telemetry.emit(&Everything {
            number: Some(3),
            ratio: Some(1.0),
            parts,
            secret: Some("hush".into()),
            ..NOTHING
        });
        telemetry.emit(&Noted { flag: true, secret: None });
    });
    assert_eq!(sent.len(), 2);
    let span = sent.one::<Everything>();
    assert_eq!((span.kind, span.consent), (SignalKind::Span, Consent::OptedIn));
    assert_eq!(span["flag"], false);
    assert_eq!(span["number"], 3);
    assert_eq!(span["ratio"], 1.0);
    assert_eq!(span["parts"][1]["name"], "b");
    assert_eq!(span["parts"][1]["size"], Data::Null);
    assert_eq!(span["secret"], "hush");
    assert_eq!(span.get("word"), None);
    assert_eq!(span.attributes()[0].0, "flag");
    assert_eq!(sent.of::<Noted<bool>>().len(), 1);
    assert_eq!(sent.one::<Noted<bool>>().consent, Consent::Default);
    assert!(!span.failed() && sent.of::<Hidden>().is_empty());
}

#[test]
fn the_clock_stands_still_and_ids_are_in_order() {
    let run = || {
        record(catalogue(), Consent::Default, |telemetry| {
            telemetry.emit(&NOTHING);
            telemetry.start(|| NOTHING).fail();
        })
    };
    let sent = run();
    assert_eq!(sent.payloads(), run().payloads());
    let spans = sent.of::<Everything>();
    assert_eq!(spans[0].member("traceId"), "00000000000000000000000000000001");
    assert_eq!(spans[1].member("spanId"), "0000000000000004");
    assert_eq!(spans[1].member("endTimeUnixNano"), "1000000000000000000");
    assert!(spans[1].failed() && !spans[0].failed());
}

#[test]
fn more_than_the_consent_is_found_and_named() {
    let sent = record(catalogue(), Consent::OptedIn, |telemetry| {
        telemetry.emit(&Everything { secret: Some("hush".into()), ..NOTHING });
        telemetry.emit(&Everything { parts: Some(vec![part("a", None, "a note")]), ..NOTHING });
        telemetry.emit(&Hidden { flag: true, secret: "hush" });
        telemetry.emit(&Noted { flag: true, secret: None });
    });
    sent.assert_nothing_beyond(Consent::OptedIn);
    let said = std::panic::catch_unwind(|| sent.assert_nothing_beyond(Consent::Default)).expect_err("more was sent");
    let said = said.downcast_ref::<String>().expect("a text");
    let everything = &<Everything as Telemetry>::SIGNAL.name;
    for line in [format!("span `{everything}`: `secret` needs `"), "span `Hidden` needs `".to_owned()] {
        assert!(said.contains(&line), "{said}");
    }
    assert!(!said.contains("noted"), "{said}");
    let sent = record(catalogue(), Consent::Default, |telemetry| {
        telemetry.emit(&Everything { secret: Some("hush".into()), ..NOTHING });
    });
    sent.assert_nothing_beyond(Consent::Default);
}

#[test]
fn refused_values_and_drops_fail_the_test() {
    let sent = record(catalogue(), Consent::Default, |telemetry| telemetry.emit(&NOTHING));
    sent.assert_nothing_refused();
    let sent = record(catalogue(), Consent::Default, |telemetry| {
        telemetry.emit(&Everything { number: Some(11), ..NOTHING });
    });
    let said = std::panic::catch_unwind(|| sent.assert_nothing_refused()).expect_err("a value was refused");
    assert!(said.downcast_ref::<String>().is_some_and(|said| said.contains("attribute number (value)")));
}

#[test]
fn exactly_one_means_one() {
    let sent = record(catalogue(), Consent::Default, |telemetry| (0..2).for_each(|_| telemetry.emit(&NOTHING)));
    let said = std::panic::catch_unwind(|| sent.one::<Everything>().clone()).expect_err("two were sent");
    assert!(said.downcast_ref::<String>().is_some_and(|said| said.starts_with("2 of span `everything` were sent")));
}

#[test]
fn a_recording_may_be_asked_again_and_consent_may_change() {
    let recording = Recording::start(catalogue(), Consent::Off);
    recording.pipeline().emit(&NOTHING);
    assert!(recording.sent().is_empty());
    recording.pipeline().set_consent(Consent::Default);
    recording.pipeline().emit(&NOTHING);
    assert_eq!(recording.sent().len(), 1);
    recording.pipeline().emit(&NOTHING);
    assert_eq!(recording.sent().len(), 2);
}

#[test]
fn no_variable_of_the_environment_counts() {
    if std::env::var_os("CANDOR_TEST_CHILD").is_some() {
        let sent = record(catalogue(), Consent::Default, |telemetry| telemetry.emit(&NOTHING));
        assert_eq!(sent.len(), 1);
        return;
    }
    for variable in ["DO_NOT_TRACK", "OTEL_SDK_DISABLED", "CI", "DEMO_NO_TELEMETRY"] {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", "no_variable_of_the_environment_counts"]).env("CANDOR_TEST_CHILD", "1");
        assert!(command.env(variable, "true").output().expect("a child").status.success(), "{variable}");
    }
}
