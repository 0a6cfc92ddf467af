//! Random catalogues, and pairs of them that differ in a few parts.

use std::fmt::Write;

use candor_schema::{Catalogue, Join, load_str};
use proptest::prelude::*;
use proptest::sample::select;

pub const HEAD: &str = "
candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo
";

pub fn load(text: &str) -> Option<Catalogue> {
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
    /// The destination of signals that name none, and of those that do: one of [`DESTINATIONS`] each.
    destinations: Vec<usize>,
}

/// The destinations that reports may have, each with its form.
const DESTINATIONS: [&str; 6] = [
    "url: https://a.example.com",
    "url: https://b.example.com",
    "url: https://a.example.com/track, form: json, body: {event: $name, properties: $attributes}",
    "url: https://a.example.com/track, form: json, body: {event: $name, properties: $attributes, at: $time_ms}",
    "url: https://a.example.com/track, form: json, body: {event: $name, \"...\": $attributes, lost: $dropped}",
    "url: https://b.example.com/track, form: json, method: PUT, body: {event: $name, properties: $attributes}",
];

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
    nullable: bool,
}

impl Attribute {
    fn ty(&self) -> &'static str {
        self.family[self.ty % self.family.len()]
    }

    /// A JSON value is not sent unless somebody was asked.
    fn collected(&self) -> &'static str {
        if self.ty().starts_with("json") { "opt_in" } else { self.collected }
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
    /// True if it goes to the second destination.
    aside: bool,
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
    &["{enum: [a, b]}", "{enum: [a], other: b}", "{enum: [a, b], other: abcd}", "{enum: [a, abcd], other: b}"],
    &["{enum: [1, 0.5, true, a]}", "{enum: [1, true, a]}", "{enum: [1, 9], other: 10}", "int, minimum: 1, maximum: 10"],
    &[
        "{map: int, keys: {max_length: 3}}, max_items: 2, minimum: 0, maximum: 10",
        "{map: int, keys: {max_length: 4}}, max_items: 2, minimum: 0, maximum: 10",
        "{map: int, keys: {max_length: 3}}, max_items: 3, minimum: 0, maximum: 10",
        "{map: int, keys: {max_length: 3}}, max_items: 2, minimum: 0, maximum: 9",
        "{map: int, keys: {enum: [a, b]}}, max_items: 2, minimum: 0, maximum: 10",
        "{map: int, keys: {enum: [a, b, abcd]}}, max_items: 2, minimum: 0, maximum: 10",
        "{map: int, keys: {pattern: '^[a-z]{1,4}$'}}, max_items: 2, minimum: 0, maximum: 10",
    ],
    &[
        "{map: {enum: [a, b]}, keys: {max_length: 3}}, max_items: 1",
        "{map: {enum: [a]}, keys: {max_length: 3}}, max_items: 1",
        "{map: {enum: [a], other: b}, keys: {max_length: 3}}, max_items: 1",
    ],
    &[
        "json, max_depth: 1, max_length: 7",
        "json, max_depth: 2, max_length: 7",
        "json, max_depth: 1, max_length: 6",
        "json, max_depth: 0, max_length: 7",
        "string, max_length: 3",
    ],
];

const PART_TYPES: &[&[&str]] =
    &[&["part", "[part]", "int", "{map: part, keys: {max_length: 3}}, max_items: 1"], &["part"]];
const THING_TYPES: &[&[&str]] =
    &[&["thing", "[thing]", "[thing], max_items: 1", "int", "{map: thing, keys: {enum: [a, b]}}"]];

pub fn pair() -> impl Strategy<Value = (String, String)> {
    let part = prop::bool::weighted(0.05);
    (parts(), parts(), prop::collection::vec(part, 96)).prop_map(|(old, other, mask)| {
        let new = old.mixed(&other, &mask);
        (old.write(), new.write())
    })
}

pub fn written() -> impl Strategy<Value = String> {
    parts().prop_map(|parts| parts.write())
}

fn parts() -> impl Strategy<Value = Parts> {
    let collected = || select(vec!["default", "default", "default", "opt_in", "crash", "speed"]);
    let present = || prop::bool::weighted(0.85);
    let requirement = || select(vec!["required", "optional"]);
    let attribute = move |types: &'static [&'static [&'static str]]| {
        let name = prop::option::weighted(0.15, select(vec!["p", "q"]));
        let parts = (present(), collected(), name, select(types), any::<usize>(), prop::bool::weighted(0.15));
        parts.prop_map(|(present, collected, name, family, ty, nullable)| Attribute {
            present,
            collected,
            name,
            family,
            ty,
            nullable,
        })
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
        (prop::bool::weighted(0.3), [joined(), joined()]),
    )
        .prop_map(|(present, event, collected, name, carried, body, (aside, joined))| Signals {
            present,
            event,
            collected,
            name,
            carried,
            body,
            aside,
            joined,
        });
    let everywhere = move || prop::collection::vec(prop::option::weighted(0.15, requirement()), ATTRIBUTES);
    let everywhere = (everywhere(), everywhere());
    let on = prop::collection::vec(prop::bool::ANY, CHANNELS.len());
    let on = (on, prop::collection::vec(0..DESTINATIONS.len(), 2));
    (attributes, (fields(SCALARS), fields(PART + 1)), prop::collection::vec(signal, 3), everywhere, on).prop_map(
        |((mut attributes, part, things), (of_part, of_thing), signals, (common, resource), (on, destinations))| {
            attributes.push(part);
            attributes.extend(things);
            Parts { attributes, fields: vec![of_part, of_thing], signals, common, resource, on, destinations }
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
            mix(&mut mine.nullable, &other.nullable, take());
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
            mix(&mut mine.aside, &other.aside, take());
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
        for (mine, other) in mixed.destinations.iter_mut().zip(&other.destinations) {
            mix(mine, other, take());
        }
        mixed
    }

    fn write(&self) -> String {
        let mut text = format!("{HEAD}endpoints:\n");
        let aside = self.signals.iter().any(|signal| signal.present && signal.aside);
        for (name, destination) in ["main", "aside"].iter().zip(&self.destinations).take(if aside { 2 } else { 1 }) {
            let _ = writeln!(text, "  {name}: {{{}}}", DESTINATIONS[*destination]);
        }
        text += "consent:\n  opt_in: share\n  channels:\n";
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
        let is_default = |id: &usize| self.attributes[*id].collected() == "default";
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
            let attribute = self.attributes[*id];
            let (collected, ty, row) = (attribute.collected(), attribute.ty(), row(attribute.collected()));
            let name = attribute.name.map_or(String::new(), |name| format!(", name: {name}"));
            let name = if attribute.nullable { format!("{name}, nullable: true") } else { name };
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
            let Signals { event, collected, name, carried, body, aside, joined, .. } = signal;
            let mut joins = String::new();
            let name = name.map_or_else(|| format!("S{at}"), str::to_owned);
            let text = if *event { &mut events } else { &mut text };
            let endpoint = if *aside { "aside" } else { "main" };
            let _ = writeln!(
                text,
                "  s{at}:\n    name: {name}\n    collected: {collected}\n    endpoint: {endpoint}\n    brief: s{at}\n    attributes:\n      sure: optional"
            );
            for (join, spans) in Join::ALL.into_iter().zip(joined).take(if *event { 1 } else { 2 }) {
                let spans: Vec<_> = SPANS.iter().zip(spans).filter(|(_, is)| **is).map(|(span, _)| *span).collect();
                let _ = writeln!(joins, "    {}: [{}]", join.key(), spans.join(", "));
            }
            for id in &ids {
                if let Some(requirement) = carried[*id] {
                    let is_there = is_default(id) || self.attributes[*id].collected() == *collected;
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
