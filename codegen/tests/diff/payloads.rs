//! Payloads at the edges of what a catalogue admits.

use candor_schema::{Attribute, Catalogue, Consent, Domain, Example, Signal, SignalAttribute, SignalKind, admits};
use serde_json::{Map, Value, json};

/// Payloads of all that is sent at a consent: what is required, and one value more or another one in each.
pub fn payloads(catalogue: &Catalogue, consent: Consent) -> Vec<Value> {
    let resources = carried((catalogue, consent), &catalogue.resource().attributes);
    let resources: Vec<_> =
        resources.into_iter().map(|resource| Some(resource).filter(|it| *it != json!({}))).collect();
    let mut payloads = Vec::new();
    for signal in catalogue.signals().iter().filter(|signal| consent.includes(signal.info.needs)) {
        let (body, own): (Vec<_>, Vec<_>) =
            signal.attributes.iter().copied().partition(|own| signal.body == Some(own.attribute));
        // A body is an object's only property here.
        let bodies = carried((catalogue, consent), &body)
            .into_iter()
            .map(|body| body.as_object().and_then(|it| it.values().next().cloned()));
        let (attributes, bodies) = (carried((catalogue, consent), &own), bodies.collect::<Vec<_>>());
        let least = (&attributes[0], &bodies[0], &resources[0]);
        payloads.extend(attributes.iter().map(|attributes| payload(signal, attributes, least.1, least.2)));
        payloads.extend(bodies.iter().map(|body| payload(signal, least.0, body, least.2)));
        payloads.extend(resources.iter().map(|resource| payload(signal, least.0, least.1, resource)));
        payloads.extend(joined(payload(signal, least.0, least.1, least.2)));
    }
    payloads
}

/// Payloads with the ids of another span, in each place that there is for them.
fn joined(payload: Value) -> impl Iterator<Item = Value> {
    let (trace, span) = ("212a42dbb825fddc6d5bf0ce2b768a4a", "5ce6324982f2300d");
    let link = json!([{ "traceId": trace, "spanId": span }]);
    let ids = [("traceId", json!(trace)), ("spanId", json!(span)), ("parentSpanId", json!(span)), ("links", link)];
    ids.into_iter().map(move |(member, id)| {
        let mut payload = payload.clone();
        payload[member] = id;
        payload
    })
}

fn carried(sent: Sent<'_>, attributes: &[SignalAttribute]) -> Vec<Value> {
    let properties = attributes.iter().map(|own| {
        let attribute = sent.0.attribute(own.attribute);
        Property { name: &attribute.name, attribute, required: own.required }
    });
    objects(sent, properties, false)
}

fn payload(signal: &Signal, attributes: &Value, body: &Option<Value>, resource: &Option<Value>) -> Value {
    let (kind, name) = (signal.kind.word(), &signal.name);
    let mut payload = match signal.kind {
        SignalKind::Span => {
            json!({ "kind": kind, "name": name, "startTimeUnixNano": "1", "endTimeUnixNano": "2", "attributes": attributes })
        }
        SignalKind::Event => json!({ "kind": kind, "name": name, "timeUnixNano": "1", "attributes": attributes }),
        SignalKind::Metric => unreachable!("these catalogues have no metrics"),
    };
    for (member, value) in [("body", body), ("resource", resource)] {
        if let Some(value) = value {
            payload[member] = value.clone();
        }
    }
    payload
}

/// A catalogue, and the consent at which something is sent.
type Sent<'c> = (&'c Catalogue, Consent);

struct Property<'c> {
    name: &'c str,
    attribute: &'c Attribute,
    required: bool,
}

/// Objects with what is required, and with each value of each property besides.
fn objects<'c>(sent: Sent<'c>, properties: impl Iterator<Item = Property<'c>>, nullable: bool) -> Vec<Value> {
    let properties = properties.filter(|property| sent.1.includes(property.attribute.needs));
    let values: Vec<_> = properties
        .map(|Property { name, attribute, required }| {
            let null = (attribute.nullable || nullable && !required).then_some(Value::Null);
            (name, required, values(sent, &attribute.domain).into_iter().chain(null).collect::<Vec<_>>())
        })
        .collect();
    let least: Map<String, Value> = values
        .iter()
        .filter(|(_, required, _)| *required)
        .filter_map(|(name, _, values)| Some(((*name).to_owned(), values.first()?.clone())))
        .collect();
    let more = values.iter().flat_map(|(name, _, values)| values.iter().map(move |value| (*name, value)));
    let more = more.map(|(name, value)| {
        let mut object = least.clone();
        object.insert(name.to_owned(), value.clone());
        Value::Object(object)
    });
    std::iter::once(Value::Object(least.clone())).chain(more).collect()
}

/// Values of a domain, those at its bounds among them.
fn values(sent: Sent<'_>, domain: &Domain) -> Vec<Value> {
    match domain {
        Domain::Object(object) => objects(sent, fields(sent.0, &object.id), true),
        Domain::List { item, max_items } => {
            let items = values(sent, item);
            let single = items.iter().map(|item| json!([item]));
            let many = if *max_items == usize::MAX { 5 } else { *max_items };
            let many = items.first().map(|item| Value::from(vec![item.clone(); many]));
            std::iter::once(json!([])).chain(single).chain(many).collect()
        }
        Domain::Map { key, value, max_items } => maps(&values(sent, key), &values(sent, value), *max_items),
        Domain::Json { .. } => json_values(),
        _ => scalars().into_iter().filter(|value| admits(domain, &example(value)).is_ok()).collect(),
    }
}

/// Maps without an entry, with each key and with each value, and with as many entries as there may be.
fn maps(keys: &[Value], values: &[Value], max_items: usize) -> Vec<Value> {
    let keys: Vec<&str> = keys.iter().filter_map(Value::as_str).collect();
    let (Some(key), Some(first)) = (keys.first(), values.first()) else { return vec![json!({})] };
    let of_keys = keys.iter().map(|key| json!({ *key: first }));
    let of_values = values.iter().map(|value| json!({ *key: value }));
    let many: Map<String, Value> = keys.iter().take(max_items).map(|key| ((*key).to_owned(), first.clone())).collect();
    std::iter::once(json!({})).chain(of_keys).chain(of_values).chain([many.into()]).collect()
}

/// Values at the edges of a depth and of a length.
fn json_values() -> Vec<Value> {
    let texts = ["abcd", "abcde", "äöüß"].map(Value::from);
    let parts = [json!([]), json!([null]), json!([[]]), json!([[[]]]), json!({ "a": 1 }), json!({ "a": 12 })];
    [json!(1), json!(123_456), json!(1_234_567), json!(true)].into_iter().chain(texts).chain(parts).collect()
}

fn fields<'c>(catalogue: &'c Catalogue, id: &str) -> impl Iterator<Item = Property<'c>> {
    let object = catalogue.object_named(id).expect("an object");
    object.fields.iter().map(|field| {
        let attribute = catalogue.attribute(field.attribute);
        Property { name: &field.name, attribute, required: field.required }
    })
}

fn scalars() -> Vec<Value> {
    let numbers = [-1, 0, 1, 2, 9, 10, 11, 12, i64::MIN, i64::MAX].map(Value::from);
    let doubles = [0.25, 0.5, 0.75, 9.5, -1.0e300, 1.0e300].map(Value::from);
    let texts = ["", "a", "b", "abc", "abcd", "abcde", "A", "12", "äöüß", "2026-11-20T16:09:11Z"].map(Value::from);
    let others = [json!(true), json!(false)];
    numbers.into_iter().chain(doubles).chain(texts).chain(others).collect()
}

fn example(value: &Value) -> Example {
    match value {
        Value::Bool(value) => Example::Boolean(*value),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| Example::Double(number.as_f64().expect("a number")), Example::Int)
        }
        value => Example::Text(value.as_str().expect("a text").to_owned()),
    }
}
