//! Random pairs of catalogues, one made from the other: whatever a report can say by default in the new one and could not
//! in the old one, `diff` says *widens*.
//!
//! Both validators are asked what a report may say: the JSON Schemas, and the one that `candor_validate` builds at run
//! time. They have to agree about every payload.

use std::fmt::Write;

use candor_codegen::json_schema::payload_schema;
use candor_schema::{
    Catalogue, Class, Collected, Consent, Domain, Example, Join, Signal, SignalAttribute, SignalKind, admits, diff, load_str,
};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// The number of pairs to try: `CANDOR_PAIRS`, or this many.
fn pairs() -> u32 {
    std::env::var("CANDOR_PAIRS").ok().and_then(|pairs| pairs.parse().ok()).unwrap_or(10_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: pairs(), max_global_rejects: 1 << 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_widens_unnoticed((old, new) in pair()) {
        let (Some(before), Some(after)) = (load(&old), load(&new)) else { return Err(TestCaseError::reject("no catalogue")) };
        let diff = diff(&before, &after);
        if let Some(payload) = widening(&before, &after) {
            prop_assert!(diff.has(Class::Widens), "{payload:#}\nold:{old}\nnew:{new}\n{:#?}", diff.changes);
        }
    }

}

proptest! {
    #[test]
    fn nothing_changed_is_no_change(catalogue in written()) {
        let Some(catalogue) = load(&catalogue) else { return Err(TestCaseError::reject("no catalogue")) };
        prop_assert_eq!(diff(&catalogue, &catalogue).changes, []);
    }
}

/// A payload that the new catalogue accepts by default and the old one does not.
fn widening(old: &Catalogue, new: &Catalogue) -> Option<Value> {
    let [before, after] = [Validators::new(old), Validators::new(new)];
    payloads(new).into_iter().find(|payload| after.accept(payload) && !before.accept(payload))
}

/// Both validators of a catalogue, by default.
struct Validators<'c> {
    schema: jsonschema::Validator,
    own: candor_validate::Validator<'c>,
}

impl<'c> Validators<'c> {
    fn new(catalogue: &'c Catalogue) -> Self {
        let schema = payload_schema(catalogue, Consent::Default);
        Validators {
            schema: jsonschema::validator_for(&schema).expect("a schema"),
            own: candor_validate::Validator::new(catalogue, Consent::Default),
        }
    }

    #[track_caller]
    fn accept(&self, payload: &Value) -> bool {
        let accepts = self.schema.is_valid(payload);
        assert_eq!(self.own.is_valid(payload.to_string().as_bytes()), accepts, "the validators disagree: {payload:#}");
        accepts
    }
}

#[test]
fn a_widening_is_seen() {
    let maximum = |maximum: u32| {
        load(&format!(
            "{HEAD}rows: {{usage: {{title: Usage, personal: none}}}}
attributes: {{runs: {{row: usage, collected: default, type: int, maximum: {maximum}, brief: runs}}}}
spans: {{started: {{name: Started, collected: default, brief: it started, attributes: {{runs: required}}}}}}
"
        ))
        .expect("a catalogue")
    };
    let payload = widening(&maximum(9), &maximum(10)).expect("10 was refused");
    assert_eq!(payload["attributes"], json!({ "runs": 10 }));
    assert_eq!(widening(&maximum(10), &maximum(9)), None);
}

// Catalogues.

const HEAD: &str = "
candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo
";

fn load(text: &str) -> Option<Catalogue> {
    load_str("telemetry.yaml", text).catalogue
}

/// Everything that may differ, each part on its own.
#[derive(Debug, Clone)]
struct Parts {
    attributes: Vec<Attribute>,
    fields: Vec<Fields>,
    signals: Vec<Signals>,
    common: Vec<Option<&'static str>>,
    resource: Vec<Option<&'static str>>,
    /// The state of each named channel: true if it is on by default.
    on: Vec<bool>,
}

/// The named channels, each with its row and an attribute that is always there.
const CHANNELS: [(&str, &str, &str); 2] = [("crash", "crashes", "failed"), ("speed", "timing", "slow")];

/// The spans that are always there, one of them behind a permission, and that of another process.
const SPANS: [&str; 3] = ["plain", "all", "remote"];

#[derive(Debug, Clone, Copy)]
struct Attribute {
    present: bool,
    collected: &'static str,
    name: Option<&'static str>,
    /// One of these types, by its position.
    family: &'static [&'static str],
    ty: usize,
}

impl Attribute {
    fn ty(&self) -> &'static str {
        self.family[self.ty % self.family.len()]
    }
}

/// The fields of an object: the attribute of each, and whether it has to be there.
type Fields = Vec<Option<(usize, &'static str)>>;

#[derive(Debug, Clone)]
struct Signals {
    present: bool,
    event: bool,
    collected: &'static str,
    name: Option<&'static str>,
    carried: Vec<Option<&'static str>>,
    /// The attribute that is the body of an event, if it carries it.
    body: Option<usize>,
    /// The spans that it belongs to, and those that it links to if it is a span, by their position in [`SPANS`].
    joined: [Vec<bool>; 2],
}

/// Attributes that are no objects; one that may be a `part`, which has those as fields; then those that may be a
/// `thing`, which has any of them.
const SCALARS: usize = 4;
const PART: usize = SCALARS;
const ATTRIBUTES: usize = PART + 3;

/// Types that are alike stand together: an edit is mostly one of a bound.
const TYPES: &[&[&str]] = &[
    &["boolean"],
    &["timestamp"],
    &[
        "int",
        "int, minimum: 0",
        "int, maximum: 10",
        "int, minimum: 0, maximum: 10",
        "int, minimum: 1, maximum: 10",
        "int, minimum: 0, maximum: 9",
    ],
    &["double", "double, minimum: 0", "double, minimum: 0.5, maximum: 10", "double, minimum: -1, maximum: 11"],
    &["string, max_length: 3", "string, max_length: 4"],
    &[
        "string, pattern: '^[a-z]{1,4}$'",
        "string, pattern: '^[a-z]{1,3}$'",
        "string, pattern: '^[a-z]{1,4}$', max_length: 3",
        "string, max_length: 3",
    ],
    &["{enum: [a, b]}", "{enum: [b, a]}", "{enum: [a, b, abcd]}", "{enum: [a]}", "string, max_length: 3"],
    &["[int]", "[int], max_items: 2", "[int], max_items: 3, minimum: 0"],
    &["[string], max_items: 2, max_length: 3", "[string], max_items: 2, max_length: 4"],
    &["[{enum: [a, b]}]", "[{enum: [a]}]"],
    &["double, minimum: 0", "int, minimum: 0, maximum: 10", "double, minimum: 0.5, maximum: 10"],
];

const PART_TYPES: &[&[&str]] = &[&["part", "[part]", "int"], &["part"]];
const THING_TYPES: &[&[&str]] = &[&["thing", "[thing]", "[thing], max_items: 1", "int"]];

fn pair() -> impl Strategy<Value = (String, String)> {
    let part = prop::bool::weighted(0.05);
    (parts(), parts(), prop::collection::vec(part, 96)).prop_map(|(old, other, mask)| {
        let new = old.mixed(&other, &mask);
        (old.write(), new.write())
    })
}

fn written() -> impl Strategy<Value = String> {
    parts().prop_map(|parts| parts.write())
}

fn parts() -> impl Strategy<Value = Parts> {
    let collected = || select(vec!["default", "default", "default", "opt_in", "crash", "speed"]);
    let present = || prop::bool::weighted(0.85);
    let requirement = || select(vec!["required", "optional"]);
    let attribute = move |types: &'static [&'static [&'static str]]| {
        let name = prop::option::weighted(0.15, select(vec!["p", "q"]));
        let parts = (present(), collected(), name, select(types), any::<usize>());
        parts.prop_map(|(present, collected, name, family, ty)| Attribute { present, collected, name, family, ty })
    };
    let attributes = (
        prop::collection::vec(attribute(TYPES), SCALARS),
        attribute(PART_TYPES),
        prop::collection::vec(attribute(THING_TYPES), ATTRIBUTES - PART - 1),
    );
    let fields =
        move |attributes: usize| prop::collection::vec(prop::option::weighted(0.7, (0..attributes, requirement())), 3);
    let joined = || prop::collection::vec(prop::bool::weighted(0.2), SPANS.len());
    let signal = (
        present(),
        prop::bool::weighted(0.3),
        collected(),
        prop::option::weighted(0.2, select(vec!["One", "Two"])),
        prop::collection::vec(prop::option::weighted(0.6, requirement()), ATTRIBUTES),
        prop::option::weighted(0.4, 0..ATTRIBUTES),
        [joined(), joined()],
    )
        .prop_map(|(present, event, collected, name, carried, body, joined)| Signals {
            present,
            event,
            collected,
            name,
            carried,
            body,
            joined,
        });
    let everywhere = move || prop::collection::vec(prop::option::weighted(0.15, requirement()), ATTRIBUTES);
    let everywhere = (everywhere(), everywhere());
    let on = prop::collection::vec(prop::bool::ANY, CHANNELS.len());
    (attributes, (fields(SCALARS), fields(PART + 1)), prop::collection::vec(signal, 3), everywhere, on).prop_map(
        |((mut attributes, part, things), (of_part, of_thing), signals, (common, resource), on)| {
            attributes.push(part);
            attributes.extend(things);
            Parts { attributes, fields: vec![of_part, of_thing], signals, common, resource, on }
        },
    )
}

impl Parts {
    /// Mixes these parts with those of `other` where the mask says so.
    fn mixed(&self, other: &Parts, mask: &[bool]) -> Parts {
        let mut mask = mask.iter().copied().cycle();
        let mut take = || mask.next().unwrap_or_default();
        let mut mixed = self.clone();
        for (mine, other) in mixed.attributes.iter_mut().zip(&other.attributes) {
            mix(&mut mine.present, &other.present, take());
            mix(&mut mine.collected, &other.collected, take());
            mix(&mut mine.name, &other.name, take());
            mix(&mut mine.family, &other.family, take());
            mix(&mut mine.ty, &other.ty, take() || take());
        }
        for (mine, other) in mixed.fields.iter_mut().flatten().zip(other.fields.iter().flatten()) {
            mix(mine, other, take());
        }
        for (mine, other) in mixed.signals.iter_mut().zip(&other.signals) {
            mix(&mut mine.present, &other.present, take());
            mix(&mut mine.event, &other.event, take());
            mix(&mut mine.collected, &other.collected, take());
            mix(&mut mine.name, &other.name, take());
            for (mine, other) in mine.carried.iter_mut().zip(&other.carried) {
                mix(mine, other, take());
            }
            mix(&mut mine.body, &other.body, take());
            for (mine, other) in mine.joined.iter_mut().flatten().zip(other.joined.iter().flatten()) {
                mix(mine, other, take());
            }
        }
        for (mine, other) in mixed.common.iter_mut().zip(&other.common) {
            mix(mine, other, take());
        }
        for (mine, other) in mixed.on.iter_mut().zip(&other.on) {
            mix(mine, other, take());
        }
        for (mine, other) in mixed.resource.iter_mut().zip(&other.resource) {
            mix(mine, other, take());
        }
        mixed
    }

    fn write(&self) -> String {
        let mut text = format!("{HEAD}consent:\n  opt_in: share\n  channels:\n");
        for ((name, ..), on) in CHANNELS.iter().zip(&self.on) {
            let default = if *on { "on" } else { "off" };
            let _ = writeln!(text, "    {name}: {{title: {name}, brief: {name}, default: {default}}}");
        }
        // An object without fields is none, and neither is what has its type.
        let part = usable_fields(&self.fields[0], |id| self.attributes[id].present);
        let usable = |id: usize, thing: bool| {
            let (present, ty) = (self.attributes[id].present, self.attributes[id].ty());
            present && (!part.is_empty() || !ty.contains("part")) && (thing || !ty.contains("thing"))
        };
        let thing = usable_fields(&self.fields[1], |id| usable(id, true));
        let ids: Vec<usize> = (0..ATTRIBUTES).filter(|id| usable(*id, !thing.is_empty())).collect();
        let is_default = |id: &usize| self.attributes[*id].collected == "default";
        let row = |collected: &str| match collected {
            "default" => "always",
            "opt_in" => "asked",
            name => CHANNELS.iter().find(|(channel, ..)| *channel == name).expect("a channel").1,
        };
        text += "rows:\n  always: {title: Always, personal: none}\n  asked: {title: Asked, personal: none}\n";
        text += "  crashes: {title: Crashes, personal: none}\n  timing: {title: Timing, personal: none}\nattributes:\n";
        for (channel, row, attribute) in CHANNELS {
            let _ = writeln!(
                text,
                "  {attribute}: {{row: {row}, collected: {channel}, type: boolean, brief: {attribute}}}"
            );
        }
        text += "  sure: {row: always, collected: default, type: boolean, brief: sure}\n";
        text += "  maybe: {row: asked, collected: opt_in, type: boolean, brief: maybe}\n";
        for id in &ids {
            let (Attribute { collected, name, .. }, ty) = (self.attributes[*id], self.attributes[*id].ty());
            let row = row(collected);
            let name = name.map_or(String::new(), |name| format!(", name: {name}"));
            let _ = writeln!(text, "  a{id}: {{row: {row}, collected: {collected}, type: {ty}{name}, brief: a{id}}}");
        }
        let mut objects = String::new();
        for (object, fields) in [("part", part), ("thing", thing)] {
            if ids.iter().any(|id| self.attributes[*id].ty().contains(object)) {
                let _ = writeln!(objects, "  {object}:\n    fields:");
                for (at, (id, requirement)) in &fields {
                    let requirement = if is_default(id) { requirement } else { "optional" };
                    let _ = writeln!(objects, "      f{at}: {{attribute: a{id}, requirement: {requirement}}}");
                }
            }
        }
        if !objects.is_empty() {
            let _ = write!(text, "objects:\n{objects}");
        }
        // Every attribute is carried, whatever the other signals do.
        text += "spans:\n  all:\n    name: All\n    collected: opt_in\n    brief: all\n    attributes:\n      sure: required\n      maybe: optional\n      failed: optional\n      slow: optional\n";
        for id in ids.iter().filter(|id| self.attributes[**id].name.is_none()) {
            let _ = writeln!(text, "      a{id}: optional");
        }
        text += "  plain: {name: Plain, collected: default, brief: plain, attributes: {sure: optional}}\n";
        let mut events = String::new();
        for (at, signal) in self.signals.iter().enumerate().filter(|(_, signal)| signal.present) {
            let Signals { event, collected, name, carried, body, joined, .. } = signal;
            let mut joins = String::new();
            let name = name.map_or_else(|| format!("S{at}"), str::to_owned);
            let text = if *event { &mut events } else { &mut text };
            let _ = writeln!(
                text,
                "  s{at}:\n    name: {name}\n    collected: {collected}\n    brief: s{at}\n    attributes:\n      sure: optional"
            );
            for (join, spans) in Join::ALL.into_iter().zip(joined).take(if *event { 1 } else { 2 }) {
                let spans: Vec<_> = SPANS.iter().zip(spans).filter(|(_, is)| **is).map(|(span, _)| *span).collect();
                let _ = writeln!(joins, "    {}: [{}]", join.key(), spans.join(", "));
            }
            for id in &ids {
                if let Some(requirement) = carried[*id] {
                    let is_there = is_default(id) || self.attributes[*id].collected == *collected;
                    let requirement = if is_there { requirement } else { "optional" };
                    let _ = writeln!(text, "      a{id}: {requirement}");
                }
            }
            let body = body.filter(|id| *event && ids.contains(id) && carried[*id].is_some());
            body.into_iter().for_each(|id| _ = writeln!(text, "    body: a{id}"));
            text.push_str(&joins);
        }
        if !events.is_empty() {
            let _ = write!(text, "events:\n{events}");
        }
        for (section, listed) in [("common", &self.common), ("resource", &self.resource)] {
            let listed: Vec<_> = ids
                .iter()
                .filter_map(|id| {
                    let requirement = if is_default(id) { listed[*id]? } else { "optional" };
                    listed[*id].map(|_| format!("a{id}: {requirement}"))
                })
                .collect();
            let _ = writeln!(text, "{section}: {{{}}}", listed.join(", "));
        }
        text
    }
}

/// The fields that an object has, where these attributes can be used.
fn usable_fields(fields: &Fields, usable: impl Fn(usize) -> bool) -> Vec<(usize, (usize, &'static str))> {
    let fields = fields.iter().enumerate().filter_map(|(at, field)| Some((at, (*field)?)));
    fields.filter(|(_, field)| usable(field.0)).collect()
}

fn mix<T: Clone>(mine: &mut T, other: &T, take: bool) {
    if take {
        mine.clone_from(other);
    }
}

// Payloads.

/// Payloads of all that is sent by default: what is required, and one value more or another one in each.
fn payloads(catalogue: &Catalogue) -> Vec<Value> {
    let resources = carried(catalogue, &catalogue.resource().attributes);
    let resources: Vec<_> =
        resources.into_iter().map(|resource| Some(resource).filter(|it| *it != json!({}))).collect();
    let mut payloads = Vec::new();
    for signal in catalogue.signals().iter().filter(|signal| signal.collected.is_by_default()) {
        let (body, own): (Vec<_>, Vec<_>) =
            signal.attributes.iter().copied().partition(|own| signal.body == Some(own.attribute));
        // A body is an object's only property here.
        let bodies = carried(catalogue, &body)
            .into_iter()
            .map(|body| body.as_object().and_then(|it| it.values().next().cloned()));
        let (attributes, bodies) = (carried(catalogue, &own), bodies.collect::<Vec<_>>());
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

fn carried(catalogue: &Catalogue, attributes: &[SignalAttribute]) -> Vec<Value> {
    let properties = attributes.iter().map(|own| {
        let attribute = catalogue.attribute(own.attribute);
        (&*attribute.name, attribute.collected, &attribute.domain, own.required)
    });
    objects(catalogue, properties, false)
}

fn payload(signal: &Signal, attributes: &Value, body: &Option<Value>, resource: &Option<Value>) -> Value {
    let (kind, name) = (signal.kind.word(), &signal.name);
    let mut payload = match signal.kind {
        SignalKind::Span => {
            json!({ "kind": kind, "name": name, "startTimeUnixNano": "1", "endTimeUnixNano": "2", "attributes": attributes })
        }
        SignalKind::Event => json!({ "kind": kind, "name": name, "timeUnixNano": "1", "attributes": attributes }),
    };
    for (member, value) in [("body", body), ("resource", resource)] {
        if let Some(value) = value {
            payload[member] = value.clone();
        }
    }
    payload
}

/// Objects with what is required, and with each value of each property besides.
fn objects<'c>(
    catalogue: &'c Catalogue,
    properties: impl Iterator<Item = (&'c str, Collected, &'c Domain, bool)>,
    nullable: bool,
) -> Vec<Value> {
    let properties = properties.filter(|(_, collected, ..)| collected.is_by_default());
    let values: Vec<_> = properties
        .map(|(name, _, domain, required)| {
            let null = (nullable && !required).then_some(Value::Null);
            (name, required, values(catalogue, domain).into_iter().chain(null).collect::<Vec<_>>())
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
fn values(catalogue: &Catalogue, domain: &Domain) -> Vec<Value> {
    match domain {
        Domain::Object(object) => objects(catalogue, fields(catalogue, &object.id), true),
        Domain::List { item, max_items } => {
            let items = values(catalogue, item);
            let single = items.iter().map(|item| json!([item]));
            let many = if *max_items == usize::MAX { 5 } else { *max_items };
            let many = items.first().map(|item| Value::from(vec![item.clone(); many]));
            std::iter::once(json!([])).chain(single).chain(many).collect()
        }
        _ => scalars().into_iter().filter(|value| admits(domain, &example(value)).is_ok()).collect(),
    }
}

fn fields<'c>(catalogue: &'c Catalogue, id: &str) -> impl Iterator<Item = (&'c str, Collected, &'c Domain, bool)> {
    let object = catalogue.object_named(id).expect("an object");
    object.fields.iter().map(|field| {
        let attribute = catalogue.attribute(field.attribute);
        (field.name.as_str(), attribute.collected, &attribute.domain, field.required)
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
