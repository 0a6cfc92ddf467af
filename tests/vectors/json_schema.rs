//! The generated JSON Schemas, by two implementations.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use candor::Consent;
use candor_codegen::json_schema::payload_schema;
use candor_codegen::vectors::{Domain, Signal, SignalVector, Value, voices};
use serde_json::Value as Json;

use crate::compare::{Tally, given, run};
use crate::python;
use crate::subjects::{AtConsent, Subject, consent, row, subjects};
use crate::validator::{kind, payloads, run_judge};

#[test]
fn the_json_schema() {
    let subjects = subjects();
    run_judge("the JSON Schema", &subjects, voices::JSON_SCHEMA, |subject| {
        let schema = |level| jsonschema::validator_for(&payload_schema(&subject.catalogue, level)).expect("a schema");
        let mut schemas = AtConsent::new(schema);
        move |consent, payload: &str| {
            let payload: Json = serde_json::from_str(payload).expect("JSON");
            schemas.get(consent).is_valid(&payload)
        }
    });
}

/// A line for the script, and what is expected of it.
struct Case {
    line: String,
    expected: bool,
    kind: String,
    vector: SignalVector,
}

#[test]
fn the_json_schema_in_python() {
    let Some(python) = python::environment("jsonschema", &["jsonschema==4.26.0"]) else { return };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vectors");
    fs::create_dir_all(&folder).expect("a folder");
    let (mut tally, mut cases) = (Tally::new("the JSON Schema in Python"), Vec::new());
    let subjects = subjects();
    let file = |subject: &Subject, consent: Consent| format!("{}.{}.schema.json", subject.name, consent.bits());
    for subject in &subjects {
        let consents: BTreeSet<_> = row(subject).signals.into_iter().map(|vector| vector.consent).collect();
        for consent in consents.iter().map(|channels| consent(subject, channels)) {
            let schema = payload_schema(&subject.catalogue, consent).to_string();
            fs::write(folder.join(file(subject, consent)), schema).expect("written");
        }
    }
    let cases_of = std::cell::RefCell::new(&mut cases);
    run(&mut tally, &subjects, voices::JSON_SCHEMA, |subject| {
        let cases = &cases_of;
        move |signal: &Signal, vector: &SignalVector, tally: &mut Tally| match ends_with_newline(signal, vector) {
            true => tally.skip("to Python's regular expressions, `$` stands before a last newline, too"),
            false => {
                tally.said();
                let schema = file(subject, consent(subject, &vector.consent));
                cases.borrow_mut().extend(payloads(signal, vector).into_iter().map(|(payload, expected, what)| Case {
                    line: ascii(&format!("[\"{schema}\",{payload}]\n")),
                    expected,
                    kind: kind(signal, vector, what, !expected),
                    vector: vector.clone(),
                }));
            }
        }
    });
    let file = folder.join("cases.ndjson");
    fs::write(&file, cases.iter().map(|case| case.line.as_str()).collect::<String>()).expect("written");
    let output = python.script("second_opinion.py").arg(&folder).arg(file).output().expect("Python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let verdicts = String::from_utf8(output.stdout).expect("text");
    assert_eq!(verdicts.lines().count(), cases.len());
    for (case, verdict) in cases.into_iter().zip(verdicts.lines()) {
        if case.expected != (verdict == "accepted") {
            tally.differs(case.kind, || format!("{}      {}", case.line, given(&case.vector)));
        }
    }
    tally.finish();
}

/// Escapes what Python may take for the end of a line.
fn ascii(text: &str) -> String {
    let escaped = |sign: char| match sign.is_ascii() {
        true => sign.to_string(),
        false => sign.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    };
    text.chars().map(escaped).collect()
}

fn ends_with_newline(signal: &Signal, vector: &SignalVector) -> bool {
    let is_matched = |domain: &Domain| {
        holds(domain, &|domain| matches!(domain, Domain::Timestamp | Domain::Text { pattern: Some(_), .. }))
    };
    let ends = |value: &Value| value.as_text().is_some_and(|text| text.ends_with('\n'));
    vector.members.iter().any(|(key, value)| {
        let known = signal.members.iter().find(|member| member.name == *key);
        known.is_some_and(|member| is_matched(&member.attribute.domain)) && value.any(&ends)
    })
}

/// Returns true if a domain or one inside it satisfies a condition.
fn holds(domain: &Domain, test: &dyn Fn(&Domain) -> bool) -> bool {
    let inside = match domain {
        Domain::List { item, .. } => holds(item, test),
        Domain::Object { fields, .. } => fields.iter().any(|field| holds(&field.attribute.domain, test)),
        _ => false,
    };
    inside || test(domain)
}
