//! The validator, built from a catalogue, built from constants, and generated.

use candor::Consent;
use candor_codegen::vectors::{Signal, SignalVector, Value, json_text, voices};
use candor_validate::Validator;

use crate::compare::{Tally, given, run, tag, word};
use crate::subjects::{AtConsent, Subject, consent, subjects};

#[test]
fn the_validator_of_the_catalogue() {
    let subjects = subjects();
    run_judge("the validator of the catalogue", &subjects, voices::VALIDATOR, |subject| {
        let mut validators = AtConsent::new(|consent| Validator::new(&subject.catalogue, consent));
        move |consent, payload: &str| validators.get(consent).is_valid(payload.as_bytes())
    });
}

#[test]
fn the_validator_of_the_constants() {
    let subjects = subjects();
    run_judge("the validator of the constants", &subjects, voices::VALIDATOR, |subject| {
        let mut validators = AtConsent::new(|consent| candor::validate::validator(subject.constants, consent));
        move |consent, payload: &str| validators.get(consent).is_valid(payload.as_bytes())
    });
}

#[test]
fn the_generated_validator() {
    let subjects = subjects();
    let generated: Vec<_> = subjects.into_iter().filter(|subject| subject.name == "crewai").collect();
    run_judge("the generated validator", &generated, voices::VALIDATOR, |_| {
        |consent, payload: &str| candor_crewai::validate::is_valid(consent, payload.as_bytes())
    });
}

/// Holds verdicts on payloads against the vectors: on the members as they are, and on what a filter leaves of them.
pub fn run_judge<'s, J>(voice: &'static str, subjects: &'s [Subject], name: &str, start: impl Fn(&'s Subject) -> J)
where
    J: FnMut(Consent, &str) -> bool,
{
    let mut tally = Tally::new(voice);
    run(&mut tally, subjects, name, |subject| {
        let mut judge = start(subject);
        move |signal: &Signal, vector: &SignalVector, tally: &mut Tally| {
            tally.said();
            let consent = consent(subject, &vector.consent);
            for (payload, expected, what) in payloads(signal, vector) {
                if judge(consent, &payload) != expected {
                    let kind = kind(signal, vector, what, !expected);
                    tally.differs(kind, || format!("{payload}\n      {}", given(vector)));
                }
            }
        }
    });
    tally.finish();
}

/// The payloads of a vector, whether each is valid, and what it is.
pub fn payloads(signal: &Signal, vector: &SignalVector) -> Vec<(String, bool, &'static str)> {
    let mut payloads = vec![(payload(signal, &vector.members, 0), vector.valid, "given")];
    if let Some(kept) = &vector.filtered.payload {
        payloads.push((payload(signal, kept, vector.filtered.dropped), true, "filtered"));
    }
    payloads
}

fn payload(signal: &Signal, members: &[(String, Value)], dropped: u32) -> String {
    let attributes = json_text::write(&Value::Object(members.to_vec())).expect("JSON");
    let name = json_text::write(&Value::text(&signal.name)).expect("JSON");
    let times = match signal.kind {
        "span" => r#""startTimeUnixNano":"1","endTimeUnixNano":"2""#,
        _ => r#""timeUnixNano":"1""#,
    };
    let dropped = if dropped > 0 { format!(r#","droppedAttributesCount":{dropped}"#) } else { String::new() };
    format!(r#"{{"kind":"{}","name":{name},{times},"attributes":{attributes}{dropped}}}"#, signal.kind)
}

/// Names the kind of a difference: after the one member that is outside its domain, where it is one.
pub fn kind(signal: &Signal, vector: &SignalVector, what: &str, accepted: bool) -> String {
    let verdict = if accepted { "accepted" } else { "refused" };
    let types = |(key, value): &(String, Value)| {
        let known = signal.members.iter().find(|member| member.name == *key);
        let domain = known.map_or("nothing known", |member| word(&member.attribute.domain));
        format!("{} for {domain}", tag(value))
    };
    let mut types: Vec<_> = vector.members.iter().map(types).collect();
    types.sort();
    types.dedup();
    let odd: Vec<_> = types.into_iter().filter(|kind| !is_usual(kind)).collect();
    let odd = if odd.is_empty() { "a usual type for each".to_owned() } else { odd.join(", ") };
    format!("a payload is {verdict} as {what}: {odd}")
}

fn is_usual(kind: &str) -> bool {
    [
        "boolean for a boolean",
        "int for an int",
        "double for a double",
        "text for a text",
        "text for an enum",
        "list for a list",
    ]
    .contains(&kind)
}
