//! The notice and the commands say nothing but what is so.

use candor::{Consent, Reason, host};

use crate::{EXPORTED, Fixture, agreed, grown, quiet, ran_elsewhere, scrapbook};

/// A notice, word for word.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn it_says_where_data_goes_and_how_to_switch_it_off() {
    if ran_elsewhere("notice::it_says_where_data_goes_and_how_to_switch_it_off") {
        return;
    }
    let fixture = Fixture::new();
    let builder = || fixture.builder(agreed()).settings_command("notebook telemetry");
    let (pipeline, _) = builder().endpoint("http://collector.example:4318").build();
    let first = "Notebook reports how it is used.";
    let intro = "It helps us to know which formats to work on.";
    let what = ["Collected by default: Usage.", "Only with `share_titles`: Titles, Places."];
    let variables = "set NOTEBOOK_NO_TELEMETRY=1 or DO_NOT_TRACK=1 or OTEL_SDK_DISABLED=1.";
    let off = format!("To switch it off, run `notebook telemetry off`, or {variables}");
    let to = "It goes to http://collector.example:4318.";
    let run = "Nothing is reported in this run.";
    check(&pipeline.notice_due().expect("a notice").to_string(), &[first, intro, what[0], what[1], to, &off, run]);
    let (pipeline, _) = fixture.builder(agreed()).settings_command("").build();
    let off = format!("To switch it off, {variables}");
    let unknown = "The program decides where it goes.";
    check(&pipeline.notice_due().expect("a notice").to_string(), &[first, intro, what[0], what[1], unknown, &off, run]);
    let program = std::env::args().next().expect("a name");
    let program = program.rsplit('/').next().expect("a name");
    let (pipeline, _) = fixture.builder(agreed()).build();
    let named = format!("run `{program} telemetry off`");
    assert!(pipeline.notice_due().expect("a notice").to_string().contains(&named), "{named}");
}

#[test]
fn what_is_new_is_named_and_held_back() {
    let fixture = Fixture::new();
    fixture.store(agreed()).choose(Consent::Default).expect("a writable folder");
    let (pipeline, _) = fixture.builder(grown()).build();
    let notice = pipeline.notice_due().expect("a notice").to_string();
    assert!(notice.contains("Since you last saw this, Notebook goes further:\n  span Exported: longer\n"), "{notice}");
    assert!(notice.ends_with("\n  span Opened\nThis is held back in this run."), "{notice}");
}

/// A notice about opt-in data alone does not say that anything is reported by default.
#[test]
fn a_catalogue_of_which_everything_is_opt_in() {
    if ran_elsewhere("notice::a_catalogue_of_which_everything_is_opt_in") {
        return;
    }
    let fixture = Fixture::new();
    let (pipeline, _) = fixture.builder(quiet()).settings_command("quiet telemetry").build();
    let expected = [
        "Quiet reports nothing unless you opt in.",
        "It helps us to know what is used.",
        "Only with `share_usage`: Usage.",
        "It would go to https://quiet.example.",
        "To opt in, run `quiet telemetry share`.",
        "To switch it off, run `quiet telemetry off`, or set QUIET_NO_TELEMETRY=1 or DO_NOT_TRACK=1 or OTEL_SDK_DISABLED=1.",
    ];
    check(&pipeline.notice_due().expect("a notice").to_string(), &expected);
    let nothing = "nothing is collected by default: nothing is reported without `quiet telemetry share`";
    let said = host::choose(&pipeline, Consent::Default).expect("a writable folder");
    assert!(said.ends_with(nothing) && !said.contains("reports how it is used"), "{said}");
    assert!(host::status(&pipeline).lines().any(|line| line == nothing));
    let said = host::choose(&pipeline, Consent::OptedIn).expect("a writable folder");
    assert!(!said.contains(nothing) && said.contains("telemetry: opted-in (chosen on"), "{said}");
    assert!(!host::status(&pipeline).contains(nothing));
    let (pipeline, _) = fixture.builder(scrapbook()).build();
    assert!(!host::choose(&pipeline, Consent::Default).expect("a writable folder").contains("nothing is collected"));
}

/// A program that cannot send has nothing to tell.
#[test]
fn without_a_destination_there_is_no_notice() {
    let fixture = Fixture::new();
    let (pipeline, decision) = candor::Pipeline::builder(agreed()).store(fixture.store(agreed())).build();
    assert_eq!((decision.consent, pipeline.notice_due()), (Consent::Off, None));
}

/// Any catalogue can be off until somebody said yes: a notice that was shown is not enough.
#[test]
fn off_until_asked() {
    if ran_elsewhere("notice::off_until_asked") {
        return;
    }
    let fixture = Fixture::new();
    let build = || fixture.builder(agreed()).ask_first(true).build();
    let report = |pipeline: &candor::Pipeline| {
        pipeline.emit(&EXPORTED);
        assert!(pipeline.flush(std::time::Duration::from_secs(10)));
        fixture.payloads(agreed()).len()
    };
    for run in 0..3 {
        let (pipeline, decision) = build();
        assert_eq!((decision.consent, decision.reason), (Consent::Off, Reason::NotAsked), "run {run}");
        assert!(pipeline.notice_due().is_some() && !host::greet(&pipeline), "run {run}");
        pipeline.notice_shown().expect("a writable folder");
        assert_eq!(report(&pipeline), 0, "run {run}");
    }
    let (pipeline, _) = build();
    pipeline.choose(Consent::Default).expect("a writable folder");
    assert_eq!((report(&pipeline), pipeline.notice_due()), (1, None), "a yes counts at once");
    assert_eq!(build().1.consent, Consent::Default, "and is remembered");
    build().0.choose(Consent::Off).expect("a writable folder");
    assert_eq!(build().0.notice_due(), None, "whoever said no is not asked again");
    let (pipeline, decision) =
        candor::Pipeline::builder(agreed()).transport(crate::Keep(fixture.sent.clone())).ask_first(true).build();
    assert_eq!(decision.reason, Reason::NotAsked, "without a store, too");
    pipeline.set_consent(Consent::Default);
    assert_eq!(pipeline.consent(), Consent::Default);
}
