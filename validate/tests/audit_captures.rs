//! The audit of real captures: what a reader of the page finds by hand.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use candor_schema::Catalogue;
use candor_validate::audit::{Audit, Granted, Harm, Rule};
use candor_validate::{Item, Payload, read};
use common::{captures, crewai, fixture};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(crewai);

const DEFAULT: Granted = Granted::Default;
const OPTED_IN: Granted = Granted::OptedIn;

/// The findings of a fixture, by rule, with their places.
fn of_fixture(name: &str, granted: Granted) -> BTreeMap<Rule, BTreeSet<String>> {
    let catalogue = &*CATALOGUE;
    let mut audit = Audit::new(catalogue);
    audit.begin(name, granted);
    for item in read(catalogue, &fixture(name)).expect("a capture") {
        audit.add(&item);
    }
    let mut found = BTreeMap::<_, BTreeSet<_>>::new();
    for finding in audit.report().findings {
        found.entry(finding.rule).or_default().insert(finding.subject);
    }
    found
}

fn subjects(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| format!("`{text}`")).collect()
}

/// CrewAI 1.8.0 sends what its page says, and fingerprints; its key of a crew is a hash of the keys in it.
#[test]
fn an_old_capture_at_the_default() {
    let found = of_fixture("v1.8.0.seq_default.otlp.json", DEFAULT);
    let fingerprints = [
        "agent_fingerprint",
        "crew_fingerprint",
        "crew_fingerprint_created_at",
        "task_fingerprint",
        "task_fingerprint_created_at",
    ];
    let expected = [(Rule::UnknownAttribute, subjects(&fingerprints)), (Rule::NotRandom, subjects(&["crew_key"]))];
    assert_eq!(found, BTreeMap::from(expected));
}

#[test]
fn an_old_capture_after_opt_in() {
    let found = of_fixture("v1.8.0.seq_share.otlp.json", OPTED_IN);
    let rules: Vec<Rule> = found.keys().copied().collect();
    assert_eq!(rules, [Rule::HashedText, Rule::UnknownAttribute, Rule::UnknownField, Rule::NotRandom]);
    let keys = ["crew_agents[].key", "crew_tasks[].agent_key", "crew_tasks[].key", "task_key"];
    assert_eq!(found[&Rule::HashedText], subjects(&keys));
}

#[test]
fn an_old_capture_after_opt_in_as_if_there_were_none() {
    let found = of_fixture("v1.8.0.seq_share.otlp.json", DEFAULT);
    let withheld = &found[&Rule::NotAllowed];
    for expected in ["`crew_agents[].goal`", "`crew_tasks[].description`", "`cpus`", "`crew_inputs`", "`task_output`"] {
        assert!(withheld.contains(expected), "{expected}: {withheld:#?}");
    }
}

#[test]
fn every_unlisted_key_of_the_fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let names = ["v1.8.0.seq_default.otlp.json", "v1.8.0.seq_share.otlp.json", "hier_default.otlp.json"];
    let found = check_unlisted(names.map(|name| folder.join(name)));
    assert!(found > 20, "{found}");
}

#[test]
fn every_unlisted_key_of_every_capture() {
    let Some(folder) = captures() else { return };
    let found =
        check_unlisted(std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()));
    assert!(found > 100, "{found}");
}

/// Every pair of span and key that the catalogue does not have is found, and no other. Returns their number.
fn check_unlisted(captures: impl IntoIterator<Item = PathBuf>) -> usize {
    let catalogue = &*CATALOGUE;
    let mut audit = Audit::new(catalogue);
    let mut expected = BTreeSet::new();
    for path in captures {
        let granted = if path.to_string_lossy().contains("_share") { OPTED_IN } else { DEFAULT };
        audit.begin(&path.to_string_lossy(), granted);
        for item in read(catalogue, &std::fs::read(&path).expect("a file")).expect("a capture") {
            let Item::Payload(payload) = &item else { panic!("{item:?}") };
            expected.extend(unlisted(catalogue, payload));
            audit.add(&item);
        }
    }
    let report = audit.report();
    let unlisted = [Rule::UnknownAttribute, Rule::MisplacedAttribute];
    let found: BTreeSet<(String, String)> = report
        .findings
        .iter()
        .filter(|finding| unlisted.contains(&finding.rule))
        .flat_map(|finding| finding.signals.keys().map(|signal| (signal.clone(), finding.subject.replace('`', ""))))
        .collect();
    assert_eq!(found, expected);
    // No opt-in attribute is in a capture without consent, and no secret in any.
    assert!(!report.findings.iter().any(|finding| matches!(finding.rule, Rule::NotAllowed | Rule::CopiedText)));
    assert!(!report.findings.iter().any(|finding| finding.harm == Harm::Secret));
    found.len()
}

fn unlisted(catalogue: &Catalogue, payload: &Payload) -> Vec<(String, String)> {
    let name = payload.value["name"].as_str().expect("a name");
    let signal = catalogue.signals().iter().find(|signal| signal.name == name);
    let common = catalogue.common().iter().map(|own| &*catalogue.attribute(own.attribute).name);
    let known: Vec<&str> = match signal {
        Some(signal) => signal.attributes.iter().map(|own| &*catalogue.attribute(own.attribute).name).collect(),
        None => common.collect(),
    };
    let keys = payload.value["attributes"].as_object().expect("attributes").keys();
    keys.filter(|key| !known.contains(&key.as_str())).map(|key| (name.to_owned(), key.clone())).collect()
}
