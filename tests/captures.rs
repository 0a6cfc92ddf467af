//! Two captures of real telemetry, of CrewAI 1.8.0, held against the catalogue: it names what the page never mentioned,
//! and nothing that it did. Two of 0.41.1, for which its own emitters were called with made-up values, against that of 2024.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use candor_schema::{Catalogue, Consent};
use candor_validate::{Item, Payload, Rule, Validator, read};
use serde_json::Value;

/// Spans and keys: `("Crew Created", "crew_agents[].goal")`.
type Keys = BTreeSet<(String, String)>;

/// The keys that every capture has and no row names.
const FINGERPRINTS: [(&str, &str); 9] = [
    ("Crew Created", "crew_fingerprint"),
    ("Crew Created", "crew_fingerprint_created_at"),
    ("Task Created", "crew_fingerprint"),
    ("Task Created", "task_fingerprint"),
    ("Task Created", "task_fingerprint_created_at"),
    ("Task Created", "agent_fingerprint"),
    ("Task Execution", "crew_fingerprint"),
    ("Task Execution", "task_fingerprint"),
    ("Task Execution", "agent_fingerprint"),
];

/// The keys that it has besides when `share_crew` is on.
const SHARED_FINGERPRINTS: [(&str, &str); 4] = [
    ("Crew Created", "crew_agents[].fingerprint"),
    ("Crew Created", "crew_agents[].fingerprint_created_at"),
    ("Crew Created", "crew_tasks[].fingerprint"),
    ("Crew Created", "crew_tasks[].fingerprint_created_at"),
];

/// The catalogue refuses these keys of a capture at `level` by this rule, and no others.
#[track_caller]
fn check(name: &str, level: Consent, rule: Rule, expected: &Keys) {
    for payloads in captures(name) {
        let refused = refused(&payloads, level);
        let by_rule: Keys = refused.iter().filter(|(_, found)| *found == rule).map(|(key, _)| key.clone()).collect();
        assert_eq!(&by_rule, expected);
    }
}

/// Everything that is refused in a capture, at a level, is unknown.
#[track_caller]
fn check_only_unknown(name: &str, level: Consent) {
    for payloads in captures(name) {
        for (key, rule) in refused(&payloads, level) {
            assert_eq!(rule, Rule::UnknownKey, "{key:?}");
        }
    }
}

fn catalogue() -> Catalogue {
    candor_schema::load(Path::new("schema/crewai")).catalogue.expect("no findings")
}

/// A capture of the repository, and that of the same name in the folder that `CANDOR_CAPTURES` names.
fn captures(name: &str) -> Vec<Vec<Payload>> {
    let further = std::env::var_os("CANDOR_CAPTURES").map(PathBuf::from);
    let folders = [PathBuf::from("validate/tests/fixtures")].into_iter().chain(further);
    let files = folders
        .map(|folder| folder.join(format!("v1.8.0.{name}.otlp.json")))
        .map(|path| std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    let payload = |item| match item {
        Item::Payload(payload) => payload,
        Item::Unreadable(part) => panic!("{}: {}", part.origin, part.why),
    };
    let captures: Vec<Vec<Payload>> =
        files.map(|bytes| read(&catalogue(), &bytes).expect("a request").into_iter().map(payload).collect()).collect();
    assert!(captures.iter().all(|payloads| payloads.len() == 8) && !captures.is_empty());
    captures
}

fn refused(payloads: &[Payload], level: Consent) -> BTreeSet<((String, String), Rule)> {
    let catalogue = catalogue();
    let validator = Validator::new(&catalogue, level);
    let mut refused = BTreeSet::new();
    for payload in payloads {
        for violation in validator.check_payload(payload) {
            let path = violation.pointer.strip_prefix("/attributes/").expect("an attribute");
            let parts: Vec<&str> = path.split('/').collect();
            let key = match parts[..] {
                [key] => key.to_owned(),
                [key, _, field] => format!("{key}[].{field}"),
                _ => panic!("{path}"),
            };
            refused.insert(((name(payload), key), violation.rule));
        }
    }
    refused
}

fn name(payload: &Payload) -> String {
    payload.value["name"].as_str().expect("a name").to_owned()
}

/// Every key in a capture, fields of objects included.
fn keys(payloads: &[Payload]) -> Keys {
    let mut keys = Keys::new();
    for payload in payloads {
        for (key, value) in payload.value["attributes"].as_object().expect("attributes") {
            keys.insert((name(payload), key.clone()));
            for field in value.as_array().into_iter().flatten().filter_map(Value::as_object).flat_map(|o| o.keys()) {
                keys.insert((name(payload), format!("{key}[].{field}")));
            }
        }
    }
    keys
}

fn set(keys: &[(&str, &str)]) -> Keys {
    keys.iter().map(|(span, key)| ((*span).to_owned(), (*key).to_owned())).collect()
}

#[test]
fn by_default_only_fingerprints_are_refused() {
    check("seq_default", Consent::Default, Rule::UnknownKey, &set(&FINGERPRINTS));
    check_only_unknown("seq_default", Consent::Default);
}

#[test]
fn with_the_opt_in_only_fingerprints_are_refused() {
    let expected = set(&[&FINGERPRINTS[..], &SHARED_FINGERPRINTS].concat());
    check("seq_share", Consent::OptedIn, Rule::UnknownKey, &expected);
    check_only_unknown("seq_share", Consent::OptedIn);
}

/// The two captures are of the same crew, so what the one has and the other has not is what the opt-in adds.
#[test]
fn without_the_opt_in_everything_that_it_adds_is_refused() {
    let (default, share) = (keys(&captures("seq_default")[0]), keys(&captures("seq_share")[0]));
    let fingerprints = set(&SHARED_FINGERPRINTS);
    let added: Keys = share.difference(&default).filter(|key| !fingerprints.contains(key)).cloned().collect();
    assert!(added.contains(&("Crew Created".to_owned(), "crew_agents[].backstory".to_owned())), "{added:?}");
    assert!(added.len() > 15, "{added:?}");
    check("seq_share", Consent::Default, Rule::NotAllowed, &added);
}

#[test]
fn what_is_sent_by_default_is_fine_for_whoever_opted_in() {
    check("seq_default", Consent::OptedIn, Rule::UnknownKey, &set(&FINGERPRINTS));
    check_only_unknown("seq_default", Consent::OptedIn);
}

/// The keys of the span Crew Created of CrewAI 0.41.1 that its catalogue refuses by a rule.
fn refused_of_2024(name: &str, level: Consent, rule: Rule) -> BTreeSet<String> {
    let catalogue = candor_schema::load(Path::new("schema/crewai-2024")).catalogue.expect("no findings");
    let path = format!("validate/tests/fixtures/v0.41.1.{name}.otlp.json");
    let bytes = std::fs::read(path).expect("the capture");
    let validator = Validator::new(&catalogue, level);
    let items = read(&catalogue, &bytes).expect("a request");
    let created = items.into_iter().find_map(|item| match item {
        Item::Payload(payload) => (payload.value["name"] == "Crew Created").then_some(payload),
        Item::Unreadable(part) => panic!("{}: {}", part.origin, part.why),
    });
    let violations = validator.check_payload(&created.expect("the span")).into_iter().filter(|one| one.rule == rule);
    let key = |pointer: &str| {
        let parts: Vec<&str> = pointer.trim_start_matches("/attributes/").split('/').collect();
        if let [key, _, field] = parts[..] { format!("{key}[].{field}") } else { parts.join("/") }
    };
    violations.map(|violation| key(&violation.pointer)).collect()
}

/// The page of 2024 said that no data is collected on these without `share_crew`.
#[test]
fn in_2024_texts_were_sent_without_the_opt_in() {
    let texts = ["crew_agents[].backstory", "crew_agents[].goal", "crew_tasks[].context", "crew_tasks[].description"];
    let expected: BTreeSet<String> = texts.map(str::to_owned).into();
    assert_eq!(refused_of_2024("direct_default", Consent::Default, Rule::NotAllowed), expected);
    assert_eq!(refused_of_2024("direct_share", Consent::OptedIn, Rule::NotAllowed), BTreeSet::new());
}

/// Nothing that the bullets name is unknown, and what they do not name is.
#[test]
fn in_2024_more_was_sent_than_the_bullets_name() {
    let unknown = refused_of_2024("direct_default", Consent::Default, Rule::UnknownKey);
    for key in ["crew_key", "crew_id", "platform", "platform_release", "platform_version", "crew_agents[].tools_names"]
    {
        assert!(unknown.contains(key), "{key}: {unknown:?}");
    }
    for key in ["cpus", "platform_system", "crew_agents[].role", "crew_tasks[].async_execution?", "crew_process"] {
        assert!(!unknown.contains(key), "{key}: {unknown:?}");
    }
    let printed = refused_of_2024("direct_default", Consent::Default, Rule::Pattern);
    assert_eq!(printed, BTreeSet::from(["crew_agents[].llm".to_owned()]));
}
