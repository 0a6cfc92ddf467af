//! Personal data: declared by each attribute or once by its row, and asked for of what is written today.

use candor_schema::model::Personal;
use candor_schema::{Catalogue, Class, Loaded, diff, load_past, load_str};

fn text(row: &str, attribute: &str) -> String {
    format!(
        "candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo
rows: {{usage: {{title: Usage{row}}}, sent: {{title: Sent}}}}
attributes:
  runs: {{row: usage, collected: default, type: int, brief: number of runs{attribute}}}
  days: {{row: usage, collected: default, type: int, brief: number of days{attribute}}}
spans:
  started: {{name: Started, collected: default, brief: it started, row: sent, attributes: {{runs: required, days: optional}}}}
"
    )
}

fn codes(loaded: &Loaded) -> Vec<&str> {
    loaded.findings.iter().map(|finding| finding.code).collect()
}

#[track_caller]
fn said(row: &str, attribute: &str) -> Option<Personal> {
    let loaded = load_str("telemetry.yaml", &text(row, attribute));
    let catalogue = loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings));
    catalogue.attributes()[0].personal
}

#[test]
fn a_row_speaks_for_its_attributes() {
    assert_eq!(said(", personal: none", ""), Some(Personal::None));
    assert_eq!(said(", personal: possible", ""), Some(Personal::Possible));
}

#[test]
fn an_attribute_speaks_for_itself() {
    assert_eq!(said("", ", personal: none"), Some(Personal::None));
    assert_eq!(said(", personal: none", ", personal: possible"), Some(Personal::Possible));
    assert_eq!(said(", personal: possible", ", personal: none"), Some(Personal::None));
}

#[test]
fn silence_is_one_error_a_row() {
    let loaded = load_str("telemetry.yaml", &text("", ""));
    assert_eq!(codes(&loaded), ["E0220"]);
    assert!(loaded.catalogue.is_none());
    let finding = &loaded.findings[0];
    assert!(finding.message.contains("`runs`") && finding.message.contains("`days`"), "{}", finding.message);
    assert!(finding.help.as_ref().is_some_and(|help| help.contains("in the row `usage`")), "{finding:#?}");
}

#[test]
fn a_mistaken_word_is_one_mistake() {
    assert_eq!(codes(&load_str("telemetry.yaml", &text(", personal: nil", ""))), ["E0009"]);
    assert_eq!(codes(&load_str("telemetry.yaml", &text(", persnal: none", ""))), ["E0003"]);
    let of_one = text("", "").replace("brief: number of runs", "brief: number of runs, personal: nil");
    let loaded = load_str("telemetry.yaml", &of_one.replace("of days", "of days, personal: none"));
    assert_eq!(codes(&loaded), ["E0009"]);
}

/// The document of a built program that said nothing.
fn document() -> String {
    let json = r#"{"candor": 1, "name": "demo", "title": "Demo", "version": "1.0.0", "service": "demo",
"rows": {"usage": {"title": "Usage"}, "sent": {"title": "Sent"}},
"attributes": {"runs": {"row": "usage", "collected": "default", "type": "int", "brief": "number of runs"},
"days": {"row": "usage", "collected": "default", "type": "int", "brief": "number of days"}},
"spans": {"started": {"name": "Started", "collected": "default", "brief": "it started", "row": "sent",
"attributes": {"runs": "required", "days": "optional"}}}}"#;
    json.to_owned()
}

#[test]
fn what_was_released_may_be_silent() {
    let loaded = load_str("document", &document());
    let catalogue = loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings));
    assert_eq!(catalogue.attributes()[0].personal, None);

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("telemetry.yaml");
    std::fs::write(&path, text("", "")).expect("written");
    assert!(candor_schema::load(&path).catalogue.is_none());
    assert_eq!(load_past(&path).catalogue.expect("nothing else is wrong").attributes()[0].personal, None);
}

fn silent() -> Catalogue {
    load_str("document", &document()).catalogue.expect("it may be silent")
}

#[track_caller]
fn check(old: &Catalogue, row: &str, attribute: &str, expected: &[(&str, Class)]) {
    let loaded = load_str("telemetry.yaml", &text(row, attribute));
    let new = loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings));
    let changes = diff(old, &new).changes;
    let found: Vec<_> = changes.iter().map(|change| (change.subject.as_str(), change.classes[0])).collect();
    assert_eq!(found, expected, "{changes:#?}");
}

#[test]
fn silence_was_published_as_none() {
    let both = |class| [("attributes.runs", class), ("attributes.days", class)];
    check(&silent(), "", ", personal: none", &both(Class::Wording));
    check(&silent(), ", personal: none", "", &both(Class::Wording));
    check(&silent(), "", ", personal: possible", &both(Class::Widens));
}

#[test]
fn the_word_of_a_row_of_signals_is_a_promise() {
    let sent = |word: &str| {
        let text = text(", personal: none", "").replace("{title: Sent}", &format!("{{title: Sent{word}}}"));
        load_str("telemetry.yaml", &text).catalogue.expect("it is sound")
    };
    let check = |was: &str, is: &str, expected: &[Class]| {
        let changes = diff(&sent(was), &sent(is)).changes;
        let found: Vec<_> = changes.iter().map(|change| change.classes[0]).collect();
        assert_eq!(found, expected, "{changes:#?}");
    };
    check("", ", personal: none", &[Class::Wording]);
    check(", personal: none", ", personal: possible", &[Class::Widens]);
    check(", personal: possible", ", personal: none", &[Class::Widens]);
}
