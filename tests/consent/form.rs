//! The form of the stored file: its schema, its fingerprint as another implementation would make it, and the first form.

use std::collections::BTreeMap;
use std::fs;

use candor::{Catalogue, Consent, Reason, Store, domain_id};
use serde_json::{Value, json};

use crate::doubt::chosen;
use crate::{Fixture, agreed, grown, quiet, ran_elsewhere, scrapbook};

const SCHEMA: &str = candor_codegen::json_schema::STORED;
const FIRST_FORM: &str = include_str!("../fixtures/consent/first-form.json");

fn notes() -> &'static Catalogue {
    candor::catalogue!("examples/notes/telemetry.yaml")
}

/// Lists the faults of a file, by the schema.
fn errors(text: &str) -> Vec<String> {
    let schema = serde_json::from_str(SCHEMA).expect("JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    validator.iter_errors(&serde_json::from_str(text).expect("JSON")).map(|error| error.to_string()).collect()
}

/// The fingerprint of an entry.
fn fingerprint(catalogue: &str, entry: &Value) -> String {
    fn write(value: &Value) -> String {
        let Value::Object(members) = value else { return value.to_string() };
        let sorted: BTreeMap<_, _> = members.iter().collect();
        let members: Vec<_> = sorted.into_iter().map(|(name, value)| format!("{name:?}:{}", write(value))).collect();
        format!("{{{}}}", members.concat())
    }
    let mut covered = entry.clone();
    covered.as_object_mut().expect("an entry").remove("fingerprint");
    let text = write(&covered);
    format!("{:016x}", domain_id(&format!("{catalogue:?}{}", &text[1..text.len() - 1])))
}

/// The file of the notebook with these members in its entry, and the fingerprint that belongs to them.
pub fn with_members(text: &str, members: &[(&str, &str)]) -> String {
    let mut file: Value = serde_json::from_str(text).expect("JSON");
    let entry = &mut file["catalogues"]["notebook"];
    for (name, value) in members {
        entry[name] = serde_json::from_str(value).expect("JSON");
    }
    entry["fingerprint"] = fingerprint("notebook", entry).into();
    serde_json::to_string(&file).expect("JSON")
}

#[test]
fn the_schema_describes_what_is_written() {
    let fixture = Fixture::new();
    let text = |store: &Store| fs::read_to_string(store.folder().expect("a folder").join("telemetry.json"));
    for catalogue in [agreed(), grown(), scrapbook(), quiet(), notes()] {
        let store = fixture.store(catalogue);
        store.notice_shown().expect("a writable folder");
        assert_eq!(errors(&text(&store).expect("a file")), [""; 0]);
        for choice in [Consent::Off, Consent::Default, Consent::OptedIn] {
            store.choose(choice).expect("a writable folder");
            let text = text(&store).expect("a file");
            assert_eq!(errors(&text), [""; 0], "{text}");
            let file: Value = serde_json::from_str(&text).expect("JSON");
            let entry = &file["catalogues"][catalogue.name];
            let granted = match choice {
                Consent::Off => json!([]),
                Consent::Default => json!(["default"]),
                _ => json!(["default", "opt_in"]),
            };
            assert_eq!(entry["granted"], granted);
            assert_eq!(entry["fingerprint"], fingerprint(catalogue.name, entry));
        }
    }
    let path = fixture.store(agreed()).folder().expect("a folder").join("telemetry.json");
    fs::write(&path, "{").expect("a writable folder");
    fixture.store(agreed()).choose(Consent::Default).expect("a writable folder");
    let text = fs::read_to_string(path).expect("a file");
    assert!(errors(&text).is_empty() && text.contains("\"others\": \"off\""), "{text}");
}

/// Fields of later versions of this library have their place already; unknown ones have none.
#[test]
fn the_schema_and_the_reader_agree_about_members() {
    let library = r#"{"version": "1.0.0", "date": "2026-01-01T00:00:00Z", "granted": ["default"],
        "agreed": {"endpoint": null, "opt_out": [], "opt_in": null, "items": {"span Sent": {"channels": ["crashes"]}}}}"#;
    let cases = [
        (
            "installation_id",
            r#"{"id": "a3c711a3-1f5b-4dde-88e1-d6145db822c4", "drawn": "2026-01-01T00:00:00.5Z"}"#,
            true,
        ),
        ("installation_id", r#"{"id": "a3c711a3-1f5b-4dde-88e1-d6145db822c4"}"#, false),
        ("installation_id", "5", false),
        ("reported", r#"{"event Alive": "2026-01-01T00:00:00Z"}"#, true),
        ("reported", r#"["event Alive"]"#, false),
        ("libraries", &format!("{{\"paper\": {library}}}"), true),
        ("libraries", r#"{"paper": {}}"#, false),
        ("declined", r#""0123456789abcdef""#, true),
        ("channels", r#"["default"]"#, false),
        ("choice", r#""off""#, false),
        ("granted", r#""off""#, false),
    ];
    for (name, value, good) in cases {
        let (fixture, path) = chosen(Consent::Default);
        let text = with_members(&fs::read_to_string(&path).expect("a file"), &[(name, value)]);
        fs::write(&path, &text).expect("a writable folder");
        assert_eq!(errors(&text).is_empty(), good, "{name}: {value}");
        let stored = fixture.store(agreed()).read();
        let read = if good { (Some(Consent::Default), false) } else { (None, true) };
        assert_eq!((stored.choice, stored.problem.is_some()), read, "{name}: {value}");
    }
}

/// A set of channels that this version of the library has no name for is in doubt.
#[test]
fn only_known_sets_of_channels_are_a_choice() {
    let cases = [
        (r#"["default"]"#, Some(Consent::Default)),
        ("[]", Some(Consent::Off)),
        (r#"["default", "opt_in"]"#, Some(Consent::OptedIn)),
        (r#"["opt_in"]"#, None),
        (r#"["opt_in", "default"]"#, None),
        (r#"["default", "default"]"#, None),
        (r#"["default", "performance"]"#, None),
        (r#"["performance"]"#, None),
    ];
    for (granted, choice) in cases {
        let (fixture, path) = chosen(Consent::OptedIn);
        let text = with_members(&fs::read_to_string(&path).expect("a file"), &[("granted", granted)]);
        fs::write(&path, text).expect("a writable folder");
        let store = fixture.store(agreed());
        assert_eq!(store.read().choice, choice, "{granted}");
        assert_eq!(store.decide(None).consent, choice.unwrap_or(Consent::Off), "{granted}");
    }
}

/// A file of the first form, in the words of the program that wrote it.
fn first_form(from: &str, to: &str) -> (Fixture, Store) {
    let fixture = Fixture::new();
    let store = fixture.store(notes());
    let folder = store.folder().expect("a folder");
    fs::create_dir_all(folder).expect("a folder");
    assert!(FIRST_FORM.contains(from), "{from}");
    fs::write(folder.join("telemetry.json"), FIRST_FORM.replace(from, to)).expect("a writable folder");
    (fixture, store)
}

#[test]
fn the_first_form_is_read_and_kept() {
    if ran_elsewhere("form::the_first_form_is_read_and_kept") {
        return;
    }
    let words = [("share", Consent::OptedIn), ("on", Consent::Default), ("off", Consent::Off)];
    for (word, choice) in words {
        let (fixture, store) = first_form("\"share\"", &format!("\"{word}\""));
        let stored = store.read();
        assert_eq!((stored.choice, stored.version.as_deref(), stored.problem), (Some(choice), Some("1.0.0"), None));
        let (pipeline, decision) = fixture.builder(notes()).build();
        assert!(matches!(decision.reason, Reason::Stored { .. }), "{decision:?}");
        assert_eq!((decision.consent, pipeline.notice_due()), (choice, None), "it is what they agreed to");
        fixture.store(agreed()).notice_shown().expect("a writable folder");
        assert_eq!((store.read().choice, store.read().date), (Some(choice), stored.date), "{word} stays beside others");
        store.notice_shown().expect("a writable folder");
        assert_eq!(store.read().choice, Some(choice));
    }
    let (_fixture, store) = first_form("\"share\"", "null");
    assert_eq!((store.read().choice, store.decide(None).reason), (None, Reason::Default), "only the notice was shown");
}

#[test]
fn a_damaged_file_of_the_first_form_means_off() {
    let damages = [
        ("\"share\"", "\"everything\""),
        ("\"maximum\": 100000", "\"maximum\": 200000"),
        ("\"candor\": 1,", "\"candor\": 1, \"more\": 1,"),
        ("\"candor\": 1,", "\"candor\": 2,"),
        ("\"by_default\": false", "\"by_default\": true"),
    ];
    for (from, to) in damages {
        let (_fixture, store) = first_form(from, to);
        assert!(store.read().problem.is_some(), "{to}");
        assert_eq!(store.decide(None).consent, Consent::Off, "{to}");
        assert!(store.notice_shown().is_err(), "{to}");
    }
}

#[test]
fn what_the_first_form_agreed_to_is_compared() {
    let (fixture, store) = first_form("\"share\"", "\"on\"");
    let compact: String = FIRST_FORM.lines().map(|line| line.trim().replace("\": ", "\":")).collect();
    let pages = r#""span Exported: pages":{"by_default":true,"values":{"int":{"minimum":0,"maximum":100000}}},"#;
    let less = compact.replace(pages, "");
    assert_ne!(less, compact);
    // The fingerprint of that form is over the list alone, as it was written.
    let agreed = |text: &str| text[text.find("\"agreed\":").expect("a list") + 9..text.len() - 1].to_owned();
    let fingerprint = |text: &str| format!("{:016x}", domain_id(&agreed(text)));
    assert!(compact.contains(&fingerprint(&compact)));
    let less = less.replace(&fingerprint(&compact), &fingerprint(&less));
    fs::write(store.folder().expect("a folder").join("telemetry.json"), less).expect("a writable folder");
    let (pipeline, decision) = fixture.builder(notes()).build();
    assert_eq!(decision.consent, Consent::OptedIn, "{}", decision.reason);
    assert_eq!(pipeline.notice_due().expect("a notice").added, ["span Exported: pages"]);
}
