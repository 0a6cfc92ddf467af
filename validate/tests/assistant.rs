//! Traffic of a command-line assistant in JavaScript, held against the catalogue of its page: what differs was labelled by
//! hand, and the audit finds it and little else.
//!
//! Logs name their event in the attribute `event.name`, what is undefined is an empty value, and there are metrics.
//! `{ghp}` and `{key}` stand for tokens, and `~home` for the folder of homes, so that no scanner minds the files.

mod common;

use std::collections::BTreeSet;

use candor_schema::Catalogue;
use candor_validate::audit::{Audit, Finding, Granted, Report};
use candor_validate::read;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/assistant");

fn catalogue() -> Catalogue {
    let text = std::fs::read_to_string(format!("{FOLDER}/telemetry.yaml")).expect("the catalogue");
    candor_schema::load_str("telemetry.yaml", &text).catalogue.expect("no errors")
}

/// A capture with its tokens and paths put together.
fn capture(name: &str) -> String {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}")).expect("a capture");
    let (token, key) = (format!("ghp_{}", "aB3dE5gH7j".repeat(4)), "aB3dE5gH7jK9mN2pQ4sT");
    text.replace("{ghp}", &token).replace("{key}", key).replace("~home", "home")
}

fn report(catalogue: &Catalogue) -> Report {
    let mut audit = Audit::new(catalogue);
    for (name, granted) in
        [("later.ndjson", Granted::Default), ("default.ndjson", Granted::Default), ("shared.ndjson", Granted::OptedIn)]
    {
        audit.begin(name, granted);
        for item in read(catalogue, capture(name).as_bytes()).expect("it can be read") {
            audit.add(&item);
        }
    }
    audit.report()
}

/// A difference between page and traffic, as a person wrote it down: the rules that name it, and the place.
struct Label {
    rules: Vec<String>,
    subject: String,
}

fn labels() -> Vec<Label> {
    let text = std::fs::read_to_string(format!("{FOLDER}/labels.txt")).expect("the labels");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let label = |line: &str| {
        let (rules, subject) = line.split_once(": ").expect("rules and a place");
        Label { rules: rules.split(" or ").map(str::to_owned).collect(), subject: subject.to_owned() }
    };
    lines.map(label).collect()
}

impl Label {
    fn names(&self, finding: &Finding) -> bool {
        self.subject == finding.subject && self.rules.iter().any(|rule| rule == finding.rule.name())
    }
}

#[test]
fn what_differs_from_the_page_is_found_and_little_else() {
    let catalogue = catalogue();
    let (report, labels) = (report(&catalogue), labels());
    let breaches: Vec<&Finding> = report.findings.iter().filter(|finding| finding.harm.is_breach()).collect();
    let missed: Vec<_> = labels
        .iter()
        .filter(|label| !breaches.iter().any(|finding| label.names(finding)))
        .map(|label| &label.subject)
        .collect();
    let surplus: Vec<_> = breaches
        .iter()
        .filter(|finding| !labels.iter().any(|label| label.names(finding)))
        .map(|finding| format!("{}: {} {}", finding.rule, finding.subject, finding.message))
        .collect();
    let precision = 1.0 - surplus.len() as f64 / breaches.len() as f64;
    println!("{} of {} found, precision {precision:.3}", labels.len() - missed.len(), labels.len());
    println!("missed: {missed:#?}\nfalse alarms: {surplus:#?}");
    assert!(labels.len() >= 60, "{}", labels.len());
    assert!((labels.len() - missed.len()) * 60 >= 58 * labels.len(), "missed: {missed:#?}");
    assert!(precision >= 0.95, "{precision:.3}: {surplus:#?}");
}

#[test]
fn what_the_page_says_is_no_breach() {
    let report = report(&catalogue());
    let disclosed: BTreeSet<String> = report
        .findings
        .iter()
        .filter(|finding| !finding.harm.is_breach())
        .map(|finding| format!("{} {}", finding.rule, finding.subject))
        .collect();
    assert_eq!(
        disclosed,
        BTreeSet::from(["email `prompt`", "email `user.email`", "home_path `prompt`"].map(str::to_owned))
    );
}

#[test]
fn a_name_that_was_probably_meant_is_told() {
    let report = report(&catalogue());
    let message = |subject: &str| {
        report.findings.iter().find(|finding| finding.subject == subject).map(|finding| finding.message.as_str())
    };
    assert_eq!(
        message("the event `quill.conversation_finish`"),
        Some("is in no row of the page; did you mean `quill.conversation_finished`, which was never seen?")
    );
    assert_eq!(message("the event `quill.update_check`"), Some("is in no row of the page"));
}
