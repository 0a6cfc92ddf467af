//! Payloads of a catalogue, most of them sound, and what can be wrong with them.

use candor_domain::Scalar;
use candor_schema::{Attribute, Catalogue, Collected, Domain, Signal, SignalKind};
use fastrand::Rng;

use crate::node::Node;

/// Patterns, and texts that match them.
pub const PATTERNS: [(&str, &[&str]); 17] = [
    ("^[0-9a-f]{4}$", &["00ff", "beef"]),
    ("^[0-9]{1,20}$", &["0", "1795190951945980484"]),
    ("^[A-Za-z_][0-9A-Za-z_]*$", &["a", "_9", "snake_case"]),
    ("^[0-9]+[.][0-9]+(a[0-9]+)?$", &["1.0", "0.12a3"]),
    ("^(ab|cd)+$", &["ab", "abcdab"]),
    ("^[^\\n]{0,3}$", &["", "abc", "ä😀\"", "\r\\"]),
    ("^$", &[""]),
    ("^ä+$", &["ä", "äää"]),
    ("^[ -~]*$", &["", "a\"b\\c", "~ ~"]),
    ("^a\\/b-?$", &["a/b", "a/b-"]),
    ("^x{2,}y?$", &["xx", "xxxy"]),
    ("^[\\-a]{1,2}[0-9]{0,2}$", &["-", "a-", "-a12"]),
    // Those of CrewAI's catalogue.
    ("^[0-9A-Za-z._:/@+-]*$", &["", "gpt-4o", "ollama/llama3.1:8b@sha+1"]),
    ("^[0-9A-Za-z._+-]+$", &["1.15.30", "1.0a1+local-2"]),
    ("^[0-9a-f]{32}$", &["ffac19590ce26aa74080def0fbaf333f"]),
    ("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", &["14bd94d6-ae64-452e-a4e2-43d00664513b"]),
    ("^[0-9]+[.][0-9]+[.][0-9]+((a|b|rc)[0-9]+)?[+]?$", &["3.12.1", "3.12.1rc2+"]),
];

/// A payload that may be sent, with what is collected only after opt-in if it is shared.
pub fn random(catalogue: &Catalogue, shared: bool, random: &mut Rng) -> Node {
    let signals = catalogue.signals().iter();
    let signals: Vec<_> = signals.filter(|signal| shared || signal.collected == Collected::Default).collect();
    Payloads { catalogue, shared }.payload(signals[random.usize(..signals.len())], random)
}

struct Payloads<'c> {
    catalogue: &'c Catalogue,
    shared: bool,
}

impl Payloads<'_> {
    fn payload(&self, signal: &Signal, random: &mut Rng) -> Node {
        let mut members = vec![("kind".to_owned(), Node::text(signal.kind.word()))];
        let mut add = |name: &str, node: Node| members.push((name.to_owned(), node));
        add("name", Node::text(&*signal.name));
        let is_span = signal.kind == SignalKind::Span;
        for time in if is_span { &["startTimeUnixNano", "endTimeUnixNano"][..] } else { &["timeUnixNano"] } {
            add(time, Node::text(PATTERNS[1].1[random.usize(..2)]));
        }
        add("attributes", self.attributes(signal, random));
        let mut maybe = |name: &str, fits: bool, node: Node| {
            if fits && random.usize(..6) == 0 {
                add(name, node);
            }
        };
        let (trace, span) = (Node::text("212a42dbb825fddc6d5bf0ce2b768a4a"), Node::text("5ce6324982f2300d"));
        let (belongs, links) = (!signal.relations.parents.is_empty(), !signal.relations.links_to.is_empty());
        maybe("traceId", is_span || belongs, trace.clone());
        maybe("spanId", is_span || belongs, span.clone());
        maybe("parentSpanId", is_span && belongs, span.clone());
        let link = Node::Object(vec![("traceId".to_owned(), trace), ("spanId".to_owned(), span)]);
        maybe("links", links, Node::List(vec![link; 2]));
        maybe("status", is_span, Node::Object(vec![("code".to_owned(), Node::Number("2".to_owned()))]));
        maybe("droppedAttributesCount", true, Node::Number("4294967295".to_owned()));
        Node::Object(members)
    }

    fn attributes(&self, signal: &Signal, random: &mut Rng) -> Node {
        let mut members = Vec::new();
        for own in &signal.attributes {
            let attribute = self.catalogue.attribute(own.attribute);
            if own.required || self.is_there(attribute, random) {
                let is_null = attribute.nullable && random.usize(..4) == 0;
                let value = if is_null { Node::Null } else { self.value(&attribute.domain, random) };
                members.push((attribute.name.to_string(), value));
            }
        }
        Node::Object(members)
    }

    fn is_there(&self, attribute: &Attribute, random: &mut Rng) -> bool {
        (self.shared || attribute.collected == Collected::Default) && random.usize(..3) > 0
    }

    fn value(&self, domain: &Domain, random: &mut Rng) -> Node {
        match domain {
            Domain::String { max_length, pattern } => {
                let most = if *max_length == usize::MAX { 12 } else { *max_length };
                Node::Text(match pattern {
                    Some(pattern) => matching(pattern.source(), most, random).to_owned(),
                    None => text(most, random),
                })
            }
            Domain::Boolean => Node::Bool(random.bool()),
            Domain::Int { minimum, maximum } => {
                let (minimum, maximum) = (*minimum, *maximum);
                Node::Number(integer([minimum, maximum, 0.clamp(minimum, maximum)][random.usize(..3)], random))
            }
            Domain::Double { minimum, maximum } => {
                let (minimum, maximum) = (*minimum, *maximum);
                let middle = minimum / 2.0 + maximum / 2.0;
                Node::Number(double([minimum, maximum, middle][random.usize(..3)], random))
            }
            Domain::Timestamp => {
                const TIMES: [&str; 3] =
                    ["1970-01-01T00:00:00Z", "2024-02-29T23:59:59.999999999Z", "9999-12-31T00:00:00.1Z"];
                Node::text(TIMES[random.usize(..TIMES.len())])
            }
            Domain::Enum(members) => match random.choice(members.iter()).expect("a member") {
                Scalar::Text(text) => Node::text(text),
                Scalar::Boolean(value) => Node::Bool(value),
                number => Node::Number(number.to_string()),
            },
            Domain::Object(object) => {
                let mut members = Vec::new();
                for field in &self.catalogue.object_of(object).expect("an object").fields {
                    let attribute = self.catalogue.attribute(field.attribute);
                    if field.required || self.is_there(attribute, random) {
                        let is_null = !field.required && random.usize(..4) == 0;
                        let value = if is_null { Node::Null } else { self.value(&attribute.domain, random) };
                        members.push((field.name.clone(), value));
                    }
                }
                Node::Object(members)
            }
            Domain::List { item, max_items } => {
                let most = (*max_items).min(3);
                Node::List((0..random.usize(..=most)).map(|_| self.value(item, random)).collect())
            }
            Domain::Map { key, value, max_items } => {
                let mut members: Vec<(String, Node)> = Vec::new();
                for _ in 0..random.usize(..=(*max_items).min(3)) {
                    let Node::Text(key) = self.value(key, random) else { unreachable!("keys are texts") };
                    if members.iter().all(|(known, _)| *known != key) {
                        members.push((key, self.value(value, random)));
                    }
                }
                Node::Object(members)
            }
            Domain::Json { max_depth, .. } => json_value(*max_depth, random),
        }
    }
}

/// A JSON value, sometimes one that is nested just as deeply as it may be, or too deeply.
fn json_value(depth: usize, random: &mut Rng) -> Node {
    match random.usize(..16) {
        0 => (0..depth + random.usize(..2)).fold(any_json(0, random), |inner, _| Node::List(vec![inner])),
        _ => any_json(depth, random),
    }
}

/// A JSON value that is nested as deeply as it may be, or less deeply.
fn any_json(depth: usize, random: &mut Rng) -> Node {
    match random.usize(..if depth == 0 { 3 } else { 6 }) {
        0 => Node::Bool(random.bool()),
        1 => Node::text(text(5, random)),
        2 => Node::Number("2.5e3".to_owned()),
        3 | 4 => Node::List((0..random.usize(..3)).map(|_| any_json(depth - 1, random)).collect()),
        _ => Node::Object(vec![("a".to_owned(), any_json(depth - 1, random))]),
    }
}

/// A text that matches, and is not too long if there is one.
fn matching(pattern: &str, most: usize, random: &mut Rng) -> &'static str {
    let (_, texts) = PATTERNS.iter().find(|(known, _)| *known == pattern).expect("a pattern with examples");
    let fitting: Vec<_> = texts.iter().filter(|text| text.chars().count() <= most).collect();
    if fitting.is_empty() { texts[0] } else { fitting[random.usize(..fitting.len())] }
}

/// Makes a text as long as it may be, or shorter, in characters of all lengths.
fn text(most: usize, random: &mut Rng) -> String {
    const CHARACTERS: [char; 12] = ['a', 'b', 'Z', '0', ' ', '"', '\\', '\n', 'ä', '€', '😀', '\u{7f}'];
    let variety = if random.bool() { 5 } else { CHARACTERS.len() };
    let most = most.min(300);
    let length = if random.bool() { most } else { random.usize(..=most) };
    (0..length).map(|_| CHARACTERS[random.usize(..variety)]).collect()
}

fn integer(value: i64, random: &mut Rng) -> String {
    match random.usize(..24) {
        0 => format!("{value}.0"),
        1 => format!("{value}e0"),
        2 => format!("{value}.000E+00"),
        3 => format!("{value}0e-1"),
        4 if value == 0 => "-0".to_owned(),
        5 => format!("{:e}", value as f64),
        _ => value.to_string(),
    }
}

fn double(value: f64, random: &mut Rng) -> String {
    match random.usize(..4) {
        0 => format!("{value:e}"),
        1 => format!("{value}"),
        2 => format!("{value:?}").replace("e", "E+0").replace("+0-", "-"),
        _ => format!("{value:?}"),
    }
}

/// Changes a payload in up to two places. Not every change makes it worse.
pub fn change(catalogue: &Catalogue, payload: &mut Node, random: &mut Rng) {
    let changes = [0, 0, 0, 1, 1, 2][random.usize(..6)];
    for _ in 0..changes {
        let number = random.usize(..payload.size());
        match random.usize(..12) {
            0 => change_head(catalogue, payload, random),
            1 => leave_out(payload, random),
            2 | 3 => *payload.place(number) = anything(random),
            4 => nest(payload.place(number), random),
            _ => change_place(payload.place(number), random),
        }
    }
}

/// Another signal, or none.
fn change_head(catalogue: &Catalogue, payload: &mut Node, random: &mut Rng) {
    let key = if random.bool() { "kind" } else { "name" };
    let signals = catalogue.signals();
    let others = [
        Node::text(&*signals[random.usize(..signals.len())].name),
        Node::text("span"),
        Node::text("event"),
        Node::text("metric"),
        Node::text(""),
        Node::Null,
    ];
    if let Some(value) = payload.member(key) {
        *value = others[random.usize(..others.len())].clone();
    }
}

/// Attributes are left out, and it is said.
fn leave_out(payload: &mut Node, random: &mut Rng) {
    if let Some(attributes) = payload.member("attributes").and_then(Node::members).filter(|members| !members.is_empty())
    {
        attributes.remove(random.usize(..attributes.len()));
    }
    const COUNTS: [&str; 6] = ["1", "1.0", "0", "4294967296", "-1", "1e1"];
    let counts = if random.bool() { &COUNTS[..1] } else { &COUNTS };
    let count = Node::Number(counts[random.usize(..counts.len())].to_owned());
    if let Some(members) =
        payload.members().filter(|members| members.iter().all(|(key, _)| key != "droppedAttributesCount"))
    {
        members.push(("droppedAttributesCount".to_owned(), count));
    }
}

fn anything(random: &mut Rng) -> Node {
    const NUMBERS: [&str; 16] = [
        "0",
        "-0",
        "-0.0",
        "1",
        "2.5",
        "1e400",
        "-1e400",
        "1e-400",
        "0e999999999999",
        "18446744073709551615",
        "18446744073709551616",
        "9223372036854775808",
        "-9223372036854775809",
        // No double, and nearest to one that is no bound: a schema compares digits, not what is sent.
        "9007199254740997",
        "01",
        "1.",
    ];
    match random.usize(..8) {
        0 => Node::Null,
        1 => Node::Bool(random.bool()),
        2 => Node::Text(text(9, random)),
        3 => Node::List(vec![]),
        4 => Node::Object(vec![]),
        _ => Node::Number(NUMBERS[random.usize(..NUMBERS.len())].to_owned()),
    }
}

/// Nesting of up to and beyond what is read.
fn nest(node: &mut Node, random: &mut Rng) {
    let depth = [1, 3, 120, 124, 125, 126, 127, 128, 200][random.usize(..9)];
    for _ in 0..depth {
        let inner = std::mem::replace(node, Node::Null);
        *node = if random.bool() { Node::List(vec![inner]) } else { Node::Object(vec![("a".to_owned(), inner)]) };
    }
}

fn change_place(node: &mut Node, random: &mut Rng) {
    match node {
        Node::Null | Node::Bool(_) => *node = anything(random),
        Node::Number(number) => {
            *number = match random.usize(..6) {
                0 => format!("{number}1"),
                1 => format!("-{number}"),
                2 => format!("{number}.5"),
                3 => format!("{number}e1"),
                4 => number.trim_start_matches('-').to_owned(),
                _ => number.replace('0', "1"),
            }
        }
        Node::Text(text) => match random.usize(..6) {
            0 => text.push('a'),
            1 => text.push('😀'),
            2 => drop(text.pop()),
            3 => *text = text.to_uppercase(),
            4 => text.push('\n'),
            _ => *text = text.chars().rev().collect(),
        },
        Node::List(items) => match items.last().cloned() {
            None => items.push(anything(random)),
            Some(last) if random.bool() => items.extend(vec![last; random.usize(1..6)]),
            Some(_) => drop(items.pop()),
        },
        Node::Object(members) if members.is_empty() => members.push(("a".to_owned(), Node::Null)),
        Node::Object(members) => {
            let at = random.usize(..members.len());
            match random.usize(..6) {
                0 => drop(members.remove(at)),
                1 => members.push(members[at].clone()),
                2 => members.push((
                    ["api_key", "resource", "scope", "timeUnixNano"][random.usize(..4)].to_owned(),
                    anything(random),
                )),
                3 => members[at].0.push('x'),
                4 => members[at].1 = Node::Null,
                _ => random.shuffle(members),
            }
        }
    }
}
