//! Handling (purpose, owner, retention), units and versions: how they are read, inherited and compared.

use candor_schema::Class::{self, AddsOptIn, Breaks, Narrows, Widens, Wording};
use candor_schema::{Catalogue, diff, load_str};

/// A catalogue whose row and attributes have these further keys.
fn text(row: &str, runs: &str, goal: &str) -> String {
    format!(
        "
candor: 1
name: demo
title: Demo
version: 1.4
service: demo
consent: {{opt_in: share}}
rows:
  usage: {{title: Usage, personal: none{row}}}
  details: {{title: Details, personal: none}}
attributes:
  runs: {{row: usage, collected: default, type: int, brief: runs{runs}}}
  goal: {{row: details, collected: opt_in, type: int, brief: goal{goal}}}
spans:
  started: {{name: Started, collected: default, brief: it started, attributes: {{runs: required, goal: optional}}}}
"
    )
}

#[track_caller]
fn load(text: &str) -> Catalogue {
    let loaded = load_str("telemetry.yaml", text);
    loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
}

/// The subjects, classes and sentences of what changed.
#[track_caller]
fn changes(old: &str, new: &str) -> Vec<(String, Vec<Class>, String)> {
    let diff = diff(&load(old), &load(new));
    diff.changes.into_iter().map(|change| (change.subject, change.classes, change.sentence)).collect()
}

/// Compares keys of `runs` there and back.
#[track_caller]
fn check(was: &str, is: &str, there: Option<Class>, back: Option<Class>) {
    let [was, is] = [was, is].map(|keys| text("", &format!(", {keys}").replace(", ,", ""), "").replace(", }", "}"));
    for (old, new, class) in [(&was, &is, there), (&is, &was, back)] {
        let found = changes(old, new);
        let classes: Vec<_> =
            found.iter().map(|(subject, classes, _)| (subject.as_str(), classes.as_slice())).collect();
        let class = class.map(|class| [class]);
        let expected: Vec<_> = class.iter().map(|class| ("attributes.runs", class.as_slice())).collect();
        assert_eq!(classes, expected, "{found:?}");
    }
}

#[test]
fn kept_longer_widens() {
    check("retention: 30d", "retention: 90d", Some(Widens), Some(Narrows));
    check("retention: 90d", "retention: until_deleted", Some(Widens), Some(Narrows));
    check("retention: session", "retention: 1h", Some(Widens), Some(Narrows));
    check("retention: 14d", "retention: 2w", None, None);
    check("retention: 30d", "", Some(Widens), Some(Narrows));
}

#[test]
fn ended_later_widens() {
    check("expires: 2999-01-01", "expires: 2999-02-01", Some(Widens), Some(Narrows));
    check("expires: 2.0", "expires: 2.1.0", Some(Widens), Some(Narrows));
    check("expires: 2.0", "expires: 2.0.0", None, None);
    check("expires: 2.0", "expires: 2999-01-01", Some(Widens), Some(Widens));
    check("expires: 2.0", "", Some(Widens), Some(Narrows));
}

#[test]
fn another_basis_or_purpose_widens() {
    check("legal_basis: consent", "legal_basis: legitimate_interests", Some(Widens), Some(Narrows));
    check("legal_basis: contract", "legal_basis: public_task", Some(Widens), Some(Widens));
    check("legal_basis: contract", "", Some(Widens), Some(Wording));
    check("purpose: one thing", "purpose: another", Some(Widens), Some(Widens));
    check("purpose: one thing", "", Some(Widens), Some(Wording));
    check("owner: us", "owner: them", Some(Wording), Some(Wording));
    check("links: ['https://a.example']", "", Some(Wording), Some(Wording));
}

#[test]
fn another_unit_breaks() {
    check("unit: ms", "unit: s", Some(Breaks), Some(Breaks));
    check("unit: ms", "", Some(Wording), Some(Wording));
    check("unit: 1", "unit: '1'", None, None);
}

#[test]
fn opt_in_attributes_add_opt_in() {
    let goal = |retention: &str| text("", "", &format!(", retention: {retention}"));
    assert_eq!(changes(&goal("1d"), &goal("2d"))[0].1, [AddsOptIn]);
}

/// One change of a row is one line, however many attributes inherit it.
#[test]
fn a_row_speaks_for_what_inherits() {
    let row = |retention: &str, runs: &str| text(&format!(", retention: {retention}"), runs, "");
    let sentence = "row `usage` was kept for 30 days and is kept for 90 days";
    let expected = [("rows.usage".to_owned(), vec![Widens], sentence.to_owned())];
    assert_eq!(changes(&row("30d", ""), &row("90d", "")), expected);
    let own = changes(&row("30d", ", retention: 10d"), &row("30d", ""));
    let sentence = "`runs` was kept for 10 days and is kept for 30 days";
    assert_eq!(own, [("attributes.runs".to_owned(), vec![Widens], sentence.to_owned())]);
    assert_eq!(changes(&row("30d", ""), &row("30d", ", retention: 30d")), []);
}

#[test]
fn an_attribute_inherits_its_rows() {
    let catalogue = load(&text(", owner: us, retention: 30d, links: ['https://a.example']", ", owner: me", ""));
    let runs = catalogue.attribute_named("runs").expect("an attribute");
    let handling = catalogue.handling(runs);
    assert_eq!(handling.owner.as_deref(), Some("me"));
    assert_eq!(handling.retention.as_ref().map(|retention| retention.words()).as_deref(), Some("for 30 days"));
    assert_eq!(handling.links, ["https://a.example"]);
    assert_eq!(runs.handling.retention, None);
}

/// A version of two numbers is a number to YAML, and `1.10` is not `1.1`.
#[test]
fn versions_need_no_quotes() {
    let version = |version: &str| {
        let catalogue = load(&text("", "", "").replace("version: 1.4", &format!("version: {version}")));
        catalogue.head().version().to_owned()
    };
    for written in ["1.4", "1.10", "2026-11-30", "1.4.0"] {
        assert_eq!(version(written), written);
        assert_eq!(version(&format!("'{written}'")), written);
    }
}

#[test]
fn the_suggested_version_is_written_alike() {
    let suggested = |version: &str| {
        let with = |keys: &str| text("", keys, "").replace("version: 1.4", &format!("version: {version}"));
        diff(&load(&with(", unit: ms")), &load(&with(", unit: s"))).suggested_version()
    };
    assert_eq!(suggested("1.4"), "2.0");
    assert_eq!(suggested("1.4.1"), "2.0.0");
    assert_eq!(suggested("2999-12-31"), "3000-01-01");
}

/// A released catalogue can no longer be changed, so nothing is said of its expiries.
#[test]
fn what_expired_is_a_warning_while_it_can_be_changed() {
    let text = text(", expires: 2020-01-01", "", "");
    let loaded = load_str("telemetry.yaml", &text);
    assert_eq!(loaded.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["W0341"]);
    assert!(loaded.catalogue.is_some());
    let waived = text.replace("expires: 2020-01-01", "expires: 2020-01-01, allow: {W0341: the last users are moving}");
    assert!(load_str("telemetry.yaml", &waived).findings.is_empty());
    assert!(candor_schema::load_texts([("telemetry.yaml".into(), text)]).findings.is_empty());
}
