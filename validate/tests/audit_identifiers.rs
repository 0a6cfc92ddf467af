//! Identifiers that stay the same for longer than the page says, and random ones that are none.

use std::path::Path;

use candor_schema::Catalogue;
use candor_validate::Payload;
use candor_validate::audit::{Audit, Granted, Rule};
use serde_json::{Value, json};

fn catalogue() -> Catalogue {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/installed.yaml");
    candor_schema::load(&path).catalogue.expect("a catalogue without findings")
}

/// A span with these attributes, which ended at this time.
fn span(end: u32, attributes: &Value) -> Value {
    json!({ "kind": "span", "name": "Worked", "startTimeUnixNano": "1764000000000000000",
        "endTimeUnixNano": format!("17640000000000{end:05}"), "attributes": attributes })
}

/// The rules and messages that these captures break.
fn found(captures: &[&[Value]]) -> Vec<(Rule, String)> {
    let catalogue = catalogue();
    let mut audit = Audit::new(&catalogue);
    for (position, capture) in captures.iter().enumerate() {
        audit.begin(&format!("capture {position}"), Granted::Default);
        capture.iter().for_each(|payload| audit.add_payload(&Payload::from(payload.clone())));
    }
    let findings = audit.report().findings;
    findings.into_iter().map(|finding| (finding.rule, format!("{} {}", finding.subject, finding.message))).collect()
}

#[test]
fn a_number_of_a_run_is_another_one_in_the_next() {
    let run = |id: &str| span(1, &json!({ "run": id }));
    assert_eq!(found(&[&[run("a"), run("a")], &[run("b")]]), []);
    let same = found(&[&[run("a")], &[run("b")], &[run("a")]]);
    assert_eq!(same.len(), 1, "{same:?}");
    assert_eq!(same[0].0, Rule::Lasting);
    assert!(same[0].1.ends_with("is said to be new in each run, and is the same in several captures"), "{same:?}");
}

#[test]
fn a_number_of_a_signal_is_another_one_in_the_next() {
    let signal = |end: u32, id: &str| span(end, &json!({ "signal": id }));
    assert_eq!(found(&[&[signal(1, "a"), signal(2, "b")], &[signal(3, "c")]]), []);
    assert_eq!(found(&[&[signal(1, "a"), signal(1, "a")]]), [], "the same request was sent twice");
    let same = found(&[&[signal(1, "a"), signal(2, "a")]]);
    assert_eq!(same.len(), 1, "{same:?}");
    assert_eq!(same[0].0, Rule::Lasting);
}

#[test]
fn a_number_of_an_installation_may_stay() {
    let copy = span(1, &json!({ "copy": "a3c711a3-1f5b-4dde-88e1-d6145db822c4" }));
    let other = span(2, &json!({ "copy": "a3c711a3-1f5b-4dde-88e1-d6145db822c4" }));
    assert_eq!(found(&[&[copy.clone(), other.clone()], &[copy, other]]), []);
}

/// A UUID of a computed version is not random, however the identifier is written.
#[test]
fn a_random_number_is_not_computed() {
    let computed = found(&[&[span(1, &json!({ "copy": "f4e754cf-bed7-5e09-9b1c-1f0f7f3c5d11" }))]]);
    assert_eq!(computed.len(), 1, "{computed:?}");
    assert_eq!(computed[0].0, Rule::NotRandom);
}
