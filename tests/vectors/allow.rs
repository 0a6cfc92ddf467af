//! The voice of `Allow`: OTLP requests in JSON, rebuilt for forwarding.

use candor_codegen::vectors::{Domain, Reason, Signal, SignalVector, Value, Why, json_text, voices};
use candor_validate::{Allow, DecodeError, Item, Request, Signals, Stopped};

use crate::compare::run_filter;
use crate::heard::{Heard, of_payload};
use crate::subjects::{AtConsent, Subject, consent, marker};

/// It does not name what is missing.
const SAYS: &[Why] = &[Why::Unknown, Why::Consent, Why::Value, Why::Duplicate, Why::Missing, Why::Cut, Why::Replaced];

#[test]
fn what_may_be_forwarded() {
    run_filter("what may be forwarded", voices::ALLOW, |subject| {
        let mut allows = AtConsent::new(|consent| Allow::new(&subject.catalogue, consent));
        move |signal: &Signal, vector: &SignalVector| match vector.consent.is_empty() {
            true => Err("nothing is forwarded while consent is off"),
            false => hear(subject, allows.get(consent(subject, &vector.consent)), signal, vector),
        }
    });
}

fn hear(subject: &Subject, allow: &Allow<'_>, signal: &Signal, vector: &SignalVector) -> Result<Heard, &'static str> {
    let known = |key: &str| signal.members.iter().find(|member| member.name == *key);
    if vector
        .members
        .iter()
        .any(|(key, value)| known(key).is_some_and(|member| is_beyond_for_double(&member.attribute.domain, value)))
    {
        return Err("OTLP's whole numbers have 64 bits and no negative zero");
    }
    let request = Request::from_json(signals(signal), request(signal, &claiming(vector)).as_bytes());
    Ok(forwarded(subject, allow, signal, request))
}

/// Returns true if digits beyond 64 bits, or a negative zero, stand where a double is asked for. Where an int is, they
/// are a wrong `intValue`.
fn is_beyond_for_double(domain: &Domain, value: &Value) -> bool {
    match (domain, value) {
        (Domain::Double { .. }, Value::Raw(text)) => {
            !text.contains(['.', 'e', 'E']) && (text == "-0" || text.parse::<i64>().is_err())
        }
        (Domain::List { item, .. }, Value::List(items)) => items.iter().any(|value| is_beyond_for_double(item, value)),
        (Domain::Json { .. }, value) => value.any(&|value| {
            matches!(value, Value::Raw(text) if !text.contains(['.', 'e', 'E']) && text.parse::<i64>().is_err())
        }),
        (Domain::OneOf { .. }, Value::Raw(text)) => !text.contains(['.', 'e', 'E']) && text.parse::<i64>().is_err(),
        (Domain::Map { value: domain, .. }, Value::Object(members)) => {
            members.iter().any(|(_, value)| is_beyond_for_double(domain, value))
        }
        (Domain::Object { fields, .. }, Value::Object(members)) => members.iter().any(|(key, value)| {
            let field = fields.iter().find(|field| field.name == *key);
            field.is_some_and(|field| is_beyond_for_double(&field.attribute.domain, value))
        }),
        _ => false,
    }
}

/// The members of a vector, with the marker of all that it may need.
pub fn claiming(vector: &SignalVector) -> Vec<(String, Value)> {
    vector.members.iter().cloned().chain(marker(&vector.consent)).collect()
}

/// Returns the request that a signal belongs to.
pub fn signals(signal: &Signal) -> Signals {
    if signal.kind == "span" { Signals::Traces } else { Signals::Logs }
}

/// Forwards a request with one signal. Of one that cannot be read, nothing is forwarded.
pub fn forwarded(
    subject: &Subject,
    allow: &Allow<'_>,
    signal: &Signal,
    request: Result<Request, DecodeError>,
) -> Heard {
    let Ok(request) = request else { return Heard::default() };
    let mut stopped = Stopped::default();
    let passed = allow.pass(&request, &mut stopped);
    if passed.signals == 0 {
        return Heard::default();
    }
    let request = Request::from_protobuf(signals(signal), &passed.body).expect("a request");
    let items = request.items(&subject.catalogue);
    let [Item::Payload(payload)] = &items[..] else { panic!("one signal: {items:?}") };
    Heard { reasons: reasons(signal, &stopped), says: SAYS, ..of_payload(signal, &payload.value.to_string()) }
}

/// The vector as OTLP/JSON. Half a surrogate pair is an escape.
fn request(signal: &Signal, members: &[(String, Value)]) -> String {
    let attributes = key_values(members);
    let name = json_text::write(&Value::text(&signal.name)).expect("JSON");
    match signal.kind {
        "span" => format!(
            r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"name":{name},"attributes":{attributes}}}]}}]}}]}}"#
        ),
        _ => format!(
            r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"eventName":{name},"attributes":{attributes}}}]}}]}}]}}"#
        ),
    }
}

fn key_values(members: &[(String, Value)]) -> String {
    let pair = |(key, value): &(String, Value)| {
        format!(r#"{{"key":{},"value":{}}}"#, json_text::write(&Value::text(key)).expect("JSON"), any_value(value))
    };
    format!("[{}]", members.iter().map(pair).collect::<Vec<_>>().join(","))
}

fn any_value(value: &Value) -> String {
    match value {
        Value::Null => "{}".to_owned(),
        Value::Boolean(value) => format!(r#"{{"boolValue":{value}}}"#),
        Value::Int(value) => format!(r#"{{"intValue":"{value}"}}"#),
        Value::Double(value) if value.is_nan() => r#"{"doubleValue":"NaN"}"#.to_owned(),
        Value::Double(value) if value.is_infinite() => {
            format!(r#"{{"doubleValue":"{}Infinity"}}"#, if *value < 0.0 { "-" } else { "" })
        }
        Value::Double(value) => format!(r#"{{"doubleValue":{value:?}}}"#),
        Value::Raw(text) if text.contains(['.', 'e', 'E']) => format!(r#"{{"doubleValue":{text}}}"#),
        Value::Raw(digits) => format!(r#"{{"intValue":"{digits}"}}"#),
        Value::Text(_) => format!(r#"{{"stringValue":{}}}"#, json_text::write(value).expect("JSON")),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(any_value).collect();
            format!(r#"{{"arrayValue":{{"values":[{}]}}}}"#, items.join(","))
        }
        Value::Object(members) => format!(r#"{{"kvlistValue":{{"values":{}}}}}"#, key_values(members)),
    }
}

/// Lists what was stopped of the signal's attributes.
pub fn reasons(signal: &Signal, stopped: &Stopped) -> Vec<Reason> {
    let prefix = format!("{} `", signal.name);
    let reason = |(key, why, count): (&str, candor_validate::Why, u64)| {
        let path = key.strip_prefix(&prefix)?.strip_suffix('`')?.to_owned();
        let why = match why {
            candor_validate::Why::Unknown => Why::Unknown,
            candor_validate::Why::Consent => Why::Consent,
            candor_validate::Why::Value => Why::Value,
            candor_validate::Why::Duplicate => Why::Duplicate,
            candor_validate::Why::Missing => Why::Missing,
            candor_validate::Why::Cut => Why::Cut,
            candor_validate::Why::Replaced => Why::Replaced,
        };
        Some(Reason { path, why, count: count as u32 })
    };
    stopped.iter().filter_map(reason).collect()
}
