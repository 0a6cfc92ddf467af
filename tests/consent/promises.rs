//! A catalogue that collects the same as before, and keeps less of what was promised around it: what switches it off, what
//! switches on the rest, and where it goes.

use std::process::Command;
use std::time::Duration;

use candor::{Catalogue, Consent, Disclosure, OptOut, Pipeline, Reason, define};

use crate::{EXPORTED, Fixture, agreed};

const BY_DEFAULT: &str = r#"{"same":true,"longer":"long"}}"#;
const SHARED: &str = r#"{"same":true,"longer":"long","title":"Taxes"}}"#;
const OPT_OUT: &str = "NOTEBOOK_NO_TELEMETRY";
const NO_TELEMETRY: OptOut = OptOut::Variable(OPT_OUT);
const QUIET: OptOut = OptOut::Variable("NOTEBOOK_QUIET");

/// `agreed.yaml` with another head.
fn changed(change: impl FnOnce(&mut Catalogue)) -> &'static Catalogue {
    let Catalogue { name, title, service, endpoints, opt_in, opt_out, signals, resource, .. } = *agreed();
    let (version, disclosure) = ("2.0.0", Disclosure::NONE);
    let own = Catalogue { name, title, version, service, endpoints, opt_in, opt_out, ..Catalogue::EMPTY };
    let mut catalogue = Catalogue { signals, resource, disclosure, ..own };
    change(&mut catalogue);
    Box::leak(Box::new(catalogue))
}

/// Checks what a user who chose this for one catalogue is told with the other, and what arrives before they have seen
/// it. After that, it is what arrived with the first.
#[track_caller]
fn check(choice: Consent, catalogues: [&'static Catalogue; 2], told: &[&str], before: &[&str]) {
    let fixture = Fixture::new();
    fixture.store(catalogues[0]).choose(choice).expect("a writable folder");
    let report = |pipeline: &Pipeline| {
        pipeline.emit(&EXPORTED);
        assert!(pipeline.flush(Duration::from_secs(10)));
        let payloads = fixture.payloads(agreed());
        fixture.sent.lock().expect("what was sent").clear();
        payloads
    };
    let first = report(&fixture.builder(catalogues[0]).build().0);
    let (pipeline, decision) = fixture.builder(catalogues[1]).build();
    assert_eq!(decision.consent, choice);
    assert_eq!(pipeline.notice_due().map(|notice| notice.added).unwrap_or_default(), told);
    assert_eq!(report(&pipeline), before);
    pipeline.notice_shown().expect("a writable folder");
    assert_eq!(pipeline.notice_due(), None);
    assert_eq!(report(&pipeline), before, "the run that shows it holds it back");
    let (next, _) = fixture.builder(catalogues[1]).build();
    assert_eq!((next.notice_due(), report(&next)), (None, first), "it is remembered");
}

#[test]
fn an_opt_out_that_went_is_told() {
    let gone = changed(|catalogue| catalogue.opt_out = &[]);
    let told = ["NOTEBOOK_NO_TELEMETRY no longer switches it off"];
    check(Consent::Default, [agreed(), gone], &told, &[BY_DEFAULT]);
    check(Consent::OptedIn, [agreed(), gone], &told, &[SHARED]);
}

#[test]
fn an_opt_out_that_came_or_always_counts_is_not() {
    let more = changed(|catalogue| catalogue.opt_out = &[QUIET, OptOut::Variable("DO_NOT_TRACK"), NO_TELEMETRY]);
    check(Consent::Default, [agreed(), more], &[], &[BY_DEFAULT]);
    let one = changed(|catalogue| catalogue.opt_out = &[QUIET, NO_TELEMETRY]);
    check(Consent::Default, [more, one], &[], &[BY_DEFAULT]);
}

/// Until somebody has seen that it does not, the variable that switched everything off does.
#[test]
fn an_opt_out_that_went_counts_until_that_was_seen() {
    if std::env::var_os(OPT_OUT).is_none() {
        let mut command = Command::new(std::env::current_exe().expect("this test"));
        command.args(["--exact", "promises::an_opt_out_that_went_counts_until_that_was_seen"]).env(OPT_OUT, "1");
        for name in candor::UNIVERSAL_OPT_OUTS {
            command.env_remove(name);
        }
        assert!(command.status().expect("a child").success());
        return;
    }
    let gone = changed(|catalogue| catalogue.opt_out = &[]);
    for explicit in [None, Some(Consent::OptedIn)] {
        let fixture = Fixture::new();
        fixture.store(agreed()).choose(Consent::Default).expect("a writable folder");
        let builder = explicit.into_iter().fold(fixture.builder(gone), |builder, consent| builder.consent(consent));
        let (pipeline, decision) = builder.build();
        let reason = Reason::Environment { variable: OPT_OUT.to_owned(), value: "1".to_owned() };
        assert_eq!((decision.consent, decision.reason), (Consent::Off, reason));
        assert_eq!(fixture.store(gone).decide(None).consent, Consent::Off, "the store says the same");
        assert_eq!(pipeline.notice_due(), None, "whoever is off is not asked");
        pipeline.emit(&EXPORTED);
        assert!(pipeline.flush(Duration::from_secs(10)));
        assert!(fixture.payloads(gone).is_empty());
        pipeline.notice_shown().expect("a writable folder");
        assert_eq!(pipeline.consent(), Consent::Off, "in the run that shows it, what was promised before counts");
        let builder = explicit.into_iter().fold(fixture.builder(gone), |builder, consent| builder.consent(consent));
        assert_eq!(builder.build().1.consent, explicit.unwrap_or(Consent::Default));
        assert_eq!(fixture.store(gone).decide(None).consent, Consent::Default, "it is remembered");
    }
}

#[test]
fn another_switch_holds_back_what_it_switches() {
    let renamed = changed(|catalogue| catalogue.opt_in = Some("share_all"));
    check(Consent::OptedIn, [agreed(), renamed], &["`share_all` is what opts in"], &[BY_DEFAULT]);
    check(Consent::Default, [agreed(), renamed], &[], &[BY_DEFAULT]);
    check(Consent::Default, [agreed(), changed(|catalogue| catalogue.opt_in = None)], &[], &[BY_DEFAULT]);
}

#[test]
fn another_destination_holds_back_everything() {
    let here = changed(|catalogue| catalogue.endpoints = const { &[define::otlp("default", "https://one.example")] });
    let there = changed(|catalogue| catalogue.endpoints = const { &[define::otlp("default", "https://two.example")] });
    check(Consent::Default, [agreed(), here], &["everything goes to https://one.example"], &[]);
    check(Consent::Default, [here, there], &["everything goes to https://two.example"], &[]);
    let gone = ["everything goes where the program says, and not to https://one.example"];
    check(Consent::OptedIn, [here, agreed()], &gone, &[]);
}
