//! The voices of bodies of a program's own: the same catalogues with one endpoint of such a form. `Allow` rebuilds its
//! requests, and the validator judges what the template's inverse reads.

use std::fmt::Write as _;

use candor_codegen::vectors::{Reason, Signal, SignalVector, Value, Why, json_text, voices};
use candor_schema::{Catalogue, load_str};
use candor_validate::{Allow, Item, MAX_MEMORY, Stopped, Validator, read_each_body};

use crate::allow::reasons;
use crate::compare::run_filter;
use crate::heard::{Heard, of_payload};
use crate::subjects::{AtConsent, Subject, consent, marker, subjects};
use crate::validator::run_judge;

/// The reasons that `Allow` names.
const SAYS: &[Why] = &[Why::Unknown, Why::Consent, Why::Value, Why::Duplicate, Why::Missing, Why::Cut, Why::Replaced];

/// The catalogue of a subject, with its signals going to an endpoint with a body. A subject without channels beyond
/// `default` has no marker.
fn with_bodies(subject: &Subject) -> &'static Catalogue {
    let marker = if subject.signals.iter().any(needs_more) { r#", "channels": "$channels""# } else { "" };
    let body =
        format!(r#"{{"event": "$name", "at": "$time_unix_nano", "lost": "$dropped"{marker}, "data": "$attributes"}}"#);
    let endpoints = format!(
        r#""endpoints": {{"main": {{"url": "https://a.example", "form": "json", "body": {body}, "batch": ["$signals"]}}}}, "#
    );
    let document = candor_codegen::document(&subject.catalogue);
    let (before, behind) = document.split_once("\"consent\":").expect("a consent");
    let before = before.split("\"endpoint\":").next().unwrap_or_default();
    let text = format!("{before}{endpoints}\"consent\":{behind}");
    let loaded = load_str("vectors.yaml", &text);
    Box::leak(Box::new(loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings))))
}

fn needs_more(signal: &Signal) -> bool {
    let beyond = |needs: &[String]| needs.iter().any(|channel| channel != "default");
    beyond(&signal.needs) || signal.members.iter().any(|member| beyond(&member.attribute.needs))
}

/// A request with one signal.
fn request(signal: &Signal, members: &[(String, Value)], more: &str) -> String {
    let name = json_text::write(&Value::text(&signal.name)).expect("JSON");
    let data = json_text::write(&Value::Object(members.to_vec())).expect("JSON");
    format!(r#"[[{{"event":{name},"at":1{more},"data":{data}}}]]"#)
}

/// The payloads of a request, as every reader has them.
fn read(catalogue: &Catalogue, request: &[u8]) -> Vec<candor_validate::Payload> {
    let mut payloads = Vec::new();
    read_each_body(catalogue, "main", request, MAX_MEMORY, |item| match item {
        Item::Payload(payload) => payloads.push(payload),
        Item::Unreadable(part) => panic!("{part:?} in {}", String::from_utf8_lossy(request)),
    })
    .expect("JSON");
    payloads
}

#[test]
fn what_may_be_forwarded_of_bodies() {
    run_filter("what may be forwarded of bodies", voices::BODIES, |subject| {
        let catalogue = with_bodies(subject);
        let mut allows = AtConsent::new(|consent| Allow::new(catalogue, consent));
        move |signal: &Signal, vector: &SignalVector| match vector.consent.is_empty() {
            true => Err("nothing is forwarded while consent is off"),
            false => Ok(hear(catalogue, allows.get(consent(subject, &vector.consent)), signal, vector)),
        }
    });
}

fn hear(catalogue: &Catalogue, allow: &Allow<'_>, signal: &Signal, vector: &SignalVector) -> Heard {
    let mut more = String::new();
    if let Some((_, names)) =
        marker(&vector.consent).filter(|_| catalogue.head().endpoints()[0].form.body().expect("a body").has_channels())
    {
        let _ = write!(more, r#","channels":{}"#, json_text::write(&names).expect("JSON"));
    }
    let mut stopped = Stopped::default();
    let request = request(signal, &vector.members, &more);
    let passed = allow.pass_body(request.as_bytes(), &mut stopped).expect("a request of the form");
    let [payload] = &read(catalogue, &passed.body)[..] else {
        assert_eq!(passed.signals, 0);
        return Heard::default();
    };
    let reasons: Vec<Reason> = reasons(signal, &stopped);
    Heard { reasons, says: SAYS, ..of_payload(signal, &payload.value.to_string()) }
}

#[test]
fn the_validator_of_bodies() {
    let subjects = subjects();
    run_judge("the validator of bodies", &subjects, voices::BODIES, |subject| {
        let catalogue = with_bodies(subject);
        let mut validators = AtConsent::new(|consent| Validator::new(catalogue, consent));
        move |consent, payload: &str| {
            let Some(Value::Object(members)) = json_text::parse(payload) else { panic!("no payload: {payload}") };
            let member = |name: &str| members.iter().find(|(key, _)| key == name).map(|(_, value)| value);
            let Some(Value::Object(attributes)) = member("attributes") else { panic!("no attributes: {payload}") };
            let more = member("droppedAttributesCount")
                .map(|count| format!(r#","lost":{}"#, json_text::write(count).expect("JSON")));
            let name = member("name").and_then(Value::as_text).expect("a name");
            let signal = subject.signals.iter().find(|signal| signal.name == name).expect("a signal");
            let request = request(signal, attributes, &more.unwrap_or_default());
            let payloads = read(catalogue, request.as_bytes());
            payloads.iter().all(|payload| validators.get(consent).check_payload(payload).is_empty())
        }
    });
}
