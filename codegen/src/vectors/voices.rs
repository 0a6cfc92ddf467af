//! The vectors that a voice cannot say, with the reasons. A voice has to say what none of these rules names.

use super::domain::{is_digits, scalar};
use super::json_text;
use super::model::{Attribute, Domain, Member, Signal, Skip, Value};

/// The runtime's filter behind the emitters.
pub const RUNTIME: &str = "runtime";
/// The filter around OpenTelemetry's exporters.
pub const OTEL_FILTER: &str = "otel_filter";
/// The forwarder of OTLP requests.
pub const ALLOW: &str = "allow";
/// The validator, however it was built.
pub const VALIDATOR: &str = "validator";
/// The generated JSON Schemas.
pub const JSON_SCHEMA: &str = "json_schema";
/// The emitters that are generated in TypeScript.
pub const TYPESCRIPT: &str = "typescript";
/// The readers of bodies of a program's own.
pub const BODIES: &str = "bodies";
/// The examples of a catalogue.
pub const EXAMPLES: &str = "examples";

/// The voices that cannot say these members at this consent.
pub fn skips(signal: &Signal, consent: &[String], members: &[(String, Value)]) -> Vec<Skip> {
    let first = |rules: &[Rule]| rules.iter().find(|rule| (rule.1)(signal, members)).map(|rule| rule.0);
    let off = consent.is_empty().then_some("nothing is judged while consent is off");
    let voices = [
        (RUNTIME, first(RUNTIME_RULES)),
        (OTEL_FILTER, first(OTEL_RULES)),
        (VALIDATOR, off.or_else(|| first(VALIDATOR_RULES))),
        (TYPESCRIPT, first(TYPESCRIPT_RULES)),
        (BODIES, off.or_else(|| first(VALIDATOR_RULES))),
        (JSON_SCHEMA, off.or_else(|| first(VALIDATOR_RULES)).or_else(|| first(SCHEMA_RULES))),
    ];
    let skip = |(voice, why): (&str, Option<&str>)| Some(Skip { voice: voice.to_owned(), why: why?.to_owned() });
    voices.into_iter().filter_map(skip).collect()
}

/// The voices that cannot say one value of an attribute.
pub fn skips_of_value(domain: &Domain, value: &Value) -> Vec<Skip> {
    let is_no_example = |value: &Value| {
        !matches!(value, Value::Boolean(_) | Value::Int(_) | Value::Double(_) | Value::List(_))
            && value.as_text().is_none()
    };
    let why = match (domain, value) {
        (Domain::List { .. }, value) if !matches!(value, Value::List(_)) => "one item is an example of a list",
        (Domain::Map { .. }, _) => "one value is an example of a map",
        (Domain::Json { .. }, Value::List(_)) => "an example of a JSON value has no parts",
        (_, value) if value.any(&is_no_example) => {
            "an example is a boolean, a number of its own type, a text or a list"
        }
        _ => return Vec::new(),
    };
    vec![Skip { voice: EXAMPLES.to_owned(), why: why.to_owned() }]
}

/// A thing that cannot be said, and a test for it.
type Rule = (&'static str, fn(&Signal, &[(String, Value)]) -> bool);

const RUNTIME_RULES: &[Rule] = &[
    ("an emitter has no unknown keys", |signal, members| has_unknown(&signal.members, members)),
    ("an emitter records each attribute once", |_, members| has_twice(members)),
    ("an emitter's texts are whole", |_, members| any(members, is_half)),
    ("an emitter that may say null says it for what it leaves out", |signal, members| {
        lacks_null(&signal.members, members)
    }),
    ("an emitter takes no JSON text", |signal, members| {
        each(signal, members, |own, value| own.may_be_json && matches!(value, Value::Text(_)))
    }),
    ("an emitter's numbers have the type of their attribute", |signal, members| {
        each(signal, members, |own, value| crosses(&own.domain, value))
    }),
];

const OTEL_RULES: &[Rule] = &[
    ("OpenTelemetry's API has no null", |_, members| any(members, |value| *value == Value::Null)),
    ("OpenTelemetry's API has no null", |signal, members| {
        each(signal, members, |own, value| holds_nullable(own) && means_null(value))
    }),
    ("OpenTelemetry's maps have no order: any entry may be one too many", |signal, members| {
        signal.kind == "event" && each(signal, members, |own, value| is_too_many(&own.domain, value))
    }),
    ("OpenTelemetry's texts are whole", |_, members| any(members, is_half)),
    ("OpenTelemetry's numbers are ints or doubles", |_, members| any(members, |value| matches!(value, Value::Raw(_)))),
    ("OpenTelemetry's maps have each key once", |_, members| {
        any(members, |value| match value {
            Value::Object(pairs) => has_twice(pairs),
            _ => false,
        })
    }),
    ("a span's attributes have no structure", |signal, members| {
        let is_flat = |signal: &Signal, key: &str, value: &Value| {
            let is_json = signal.members.iter().any(|own| own.name == key && own.attribute.may_be_json);
            is_json && !value.any(&is_not_json) || !is_structure(value)
        };
        signal.kind == "span" && !members.iter().all(|(key, value)| is_flat(signal, key, value))
    }),
];

const TYPESCRIPT_RULES: &[Rule] = &[
    ("an object has each key once", |_, members| {
        has_twice(members) || any(members, |value| matches!(value, Value::Object(pairs) if has_twice(pairs)))
    }),
    ("an emitter takes no JSON text", |signal, members| {
        each(signal, members, |own, value| own.may_be_json && matches!(value, Value::Text(_)))
    }),
    ("JavaScript does not tell 3 from 3.0", |signal, members| {
        each(signal, members, |own, value| holds_json(&own.domain) && value.any(&is_whole_double))
    }),
];

const VALIDATOR_RULES: &[Rule] = &[("JSON has no such number", |_, members| any(members, is_not_json))];

const SCHEMA_RULES: &[Rule] = &[
    ("a parsed object has each key once", |_, members| {
        has_twice(members) || any(members, |value| matches!(value, Value::Object(pairs) if has_twice(pairs)))
    }),
    ("JSON's readers refuse half a surrogate pair", |_, members| any(members, is_half)),
    ("JSON Schema does not count the characters of a JSON value", |signal, members| {
        each(signal, members, |own, value| is_long_json(&own.domain, value))
    }),
    ("JSON Schema does not see digits beyond 64 bits", |_, members| any(members, is_beyond)),
];

fn any(members: &[(String, Value)], test: fn(&Value) -> bool) -> bool {
    members.iter().any(|(_, value)| value.any(&test))
}

fn has_twice(members: &[(String, Value)]) -> bool {
    members.iter().enumerate().any(|(position, (key, _))| members[..position].iter().any(|(other, _)| other == key))
}

/// Returns true if a member, or one inside a known object, is not in the catalogue.
fn has_unknown(known: &[Member], members: &[(String, Value)]) -> bool {
    members.iter().any(|(key, _)| known.iter().all(|member| member.name != *key))
}

/// Returns true if an attribute that may be null is left out, here or in an object.
fn lacks_null(known: &[Member], members: &[(String, Value)]) -> bool {
    known.iter().any(|member| match members.iter().find(|(key, _)| *key == member.name) {
        None => member.attribute.nullable,
        Some((_, value)) => lacks_null_inside(&member.attribute.domain, value),
    })
}

fn lacks_null_inside(domain: &Domain, value: &Value) -> bool {
    match (domain, value) {
        (Domain::Object { fields, .. }, Value::Object(pairs)) => lacks_null(fields, pairs),
        (Domain::List { item, .. }, Value::List(items)) => items.iter().any(|value| lacks_null_inside(item, value)),
        (Domain::Map { value: domain, .. }, Value::Object(entries)) => {
            entries.iter().any(|(_, value)| lacks_null_inside(domain, value))
        }
        _ => false,
    }
}

/// Returns true if an attribute, or a field of its objects, may be null.
fn holds_nullable(attribute: &Attribute) -> bool {
    fn inside(domain: &Domain) -> bool {
        match domain {
            Domain::Object { fields, .. } => fields.iter().any(|field| holds_nullable(&field.attribute)),
            Domain::List { item, .. } => inside(item),
            Domain::Map { value, .. } => inside(value),
            _ => false,
        }
    }
    attribute.nullable || inside(&attribute.domain)
}

/// Returns true if a JSON text has null in it.
fn means_null(value: &Value) -> bool {
    let json = value.as_text().and_then(|text| json_text::parse(&text));
    json.is_some_and(|json| json.any(&|value| *value == Value::Null))
}

/// Returns true if this holds for an attribute and its value, or for a part of either.
fn each(signal: &Signal, members: &[(String, Value)], test: fn(&Attribute, &Value) -> bool) -> bool {
    let of = |key: &str| signal.members.iter().find(|member| member.name == *key);
    members.iter().any(|(key, value)| of(key).is_some_and(|member| test(&member.attribute, value)))
}

/// Returns true if a JSON value is admitted but for its length.
fn is_long_json(domain: &Domain, value: &Value) -> bool {
    match (domain, value) {
        (Domain::Json { max_depth, .. }, value) => {
            let unbounded = Domain::Json { max_depth: *max_depth, max_length: usize::MAX };
            scalar(&unbounded, value).is_some() && scalar(domain, value).is_none()
        }
        (Domain::Object { fields, .. }, Value::Object(pairs)) => pairs.iter().any(|(key, value)| {
            let field = fields.iter().find(|field| field.name == *key);
            field.is_some_and(|field| is_long_json(&field.attribute.domain, value))
        }),
        (Domain::List { item, .. }, Value::List(items)) => items.iter().any(|value| is_long_json(item, value)),
        (Domain::Map { value: domain, .. }, Value::Object(pairs)) => {
            pairs.iter().any(|(_, value)| is_long_json(domain, value))
        }
        _ => false,
    }
}

/// Returns true if a map has too many entries, refused ones included.
fn is_too_many(domain: &Domain, value: &Value) -> bool {
    match (domain, value) {
        (Domain::Map { value: domain, max_items, .. }, Value::Object(pairs)) => {
            max_items.is_some_and(|most| pairs.len() > most)
                || pairs.iter().any(|(_, value)| is_too_many(domain, value))
        }
        (Domain::Object { fields, .. }, Value::Object(pairs)) => pairs.iter().any(|(key, value)| {
            let field = fields.iter().find(|field| field.name == *key);
            field.is_some_and(|field| is_too_many(&field.attribute.domain, value))
        }),
        (Domain::List { item, .. }, Value::List(items)) => items.iter().any(|value| is_too_many(item, value)),
        _ => false,
    }
}

/// Returns true for a number of one type where one of the other is asked for, or an object that no struct can be.
fn crosses(domain: &Domain, value: &Value) -> bool {
    match (domain, value) {
        (Domain::Json { .. }, _) => false, // as JSON text
        (_, Value::Raw(text)) => !is_digits(text) || !matches!(domain, Domain::Int { .. }),
        (Domain::Int { .. }, Value::Double(_)) | (Domain::Double { .. }, Value::Int(_)) => true,
        (Domain::List { item, .. }, Value::List(items)) => items.iter().any(|value| crosses(item, value)),
        (Domain::Object { fields, .. }, Value::Object(pairs)) => {
            let crosses_in = |(key, value): &(String, Value)| {
                fields.iter().any(|field| field.name == *key && crosses(&field.attribute.domain, value))
            };
            has_unknown(fields, pairs) || has_twice(pairs) || pairs.iter().any(crosses_in)
        }
        // A map's last of equal keys counts to a filter, its first to an emitter.
        (Domain::Map { value: domain, .. }, Value::Object(pairs)) => {
            has_twice(pairs) || pairs.iter().any(|(_, value)| crosses(domain, value))
        }
        (_, Value::List(_) | Value::Object(_)) => value.any(&|value| matches!(value, Value::Raw(_))),
        _ => false,
    }
}

/// Returns true for a value that a list of one type cannot be.
fn is_structure(value: &Value) -> bool {
    let kind = |value: &Value| match value {
        Value::Boolean(_) => Some(0),
        Value::Int(_) => Some(1),
        Value::Double(_) => Some(2),
        Value::Text(_) => Some(3),
        _ => None,
    };
    match value {
        Value::Object(_) => true,
        Value::List(items) => items.iter().any(|item| kind(item).is_none() || kind(item) != kind(&items[0])),
        _ => false,
    }
}

/// Returns true if a domain admits JSON values, whose numbers have no type but that of the value.
fn holds_json(domain: &Domain) -> bool {
    match domain {
        Domain::Json { .. } => true,
        Domain::List { item, .. } => holds_json(item),
        Domain::Map { value, .. } => holds_json(value),
        Domain::Object { fields, .. } => fields.iter().any(|field| holds_json(&field.attribute.domain)),
        _ => false,
    }
}

fn is_whole_double(value: &Value) -> bool {
    match value {
        Value::Double(double) => double.trunc() == *double,
        Value::Raw(text) => !is_digits(text) && text.parse().is_ok_and(|double: f64| double.trunc() == double),
        _ => false,
    }
}

fn is_half(value: &Value) -> bool {
    matches!(value, Value::Text(_)) && value.as_text().is_none()
}

fn is_not_json(value: &Value) -> bool {
    match value {
        Value::Double(double) => !double.is_finite(),
        Value::Raw(text) => text.parse::<f64>().map_or(true, |double| !double.is_finite()),
        _ => false,
    }
}

fn is_beyond(value: &Value) -> bool {
    matches!(value, Value::Raw(text) if is_digits(text) && text.parse::<i64>().is_err())
}
