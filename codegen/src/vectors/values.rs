//! Values for a domain: inside it, at its bounds and just beyond, and of other types.

use fastrand::Rng;

use super::model::{Attribute, Domain, Member, Value};
use super::{json_text, numbers, pattern_text, times};

/// The distance by which a value strays from its domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// Inside, as far as that can be told.
    Inside,
    /// At a bound, or just beyond one.
    Edge,
    /// A value of any type.
    Anywhere,
}

/// A value for an attribute, which may be JSON text where that is allowed.
pub fn for_attribute(attribute: &Attribute, aim: Aim, random: &mut Rng) -> Value {
    if aim == Aim::Inside && random.u8(..8) == 0 && !attribute.examples.is_empty() {
        return random.choice(&attribute.examples).cloned().unwrap_or(Value::Null);
    }
    let value = for_domain(&attribute.domain, aim, random);
    if attribute.may_be_json && random.u8(..3) == 0 { as_json_text(value, aim, random) } else { value }
}

/// The same value as JSON text; now and then as a text that is none.
fn as_json_text(value: Value, aim: Aim, random: &mut Rng) -> Value {
    const BROKEN: [&str; 8] = ["", "{", "[1,]", "[] []", "{\"a\":}", "nul", "[\"\\x\"]", "[01]"];
    match json_text::write(&value) {
        Some(_) if aim != Aim::Inside && random.u8(..4) == 0 => text(random.choice(BROKEN).unwrap_or_default()),
        Some(json) if random.bool() => text(&format!(" {json}\n")),
        Some(json) => text(&json),
        None => value,
    }
}

/// A value for a domain.
pub fn for_domain(domain: &Domain, aim: Aim, random: &mut Rng) -> Value {
    if aim == Aim::Anywhere {
        return anything(random);
    }
    let inside = aim == Aim::Inside;
    match domain {
        Domain::Boolean => Value::Boolean(random.bool()),
        Domain::Int { minimum, maximum } if inside => numbers::whole(*minimum, *maximum, random),
        Domain::Int { minimum, maximum } => numbers::whole_edge(*minimum, *maximum, random),
        Domain::Double { minimum, maximum } if inside => numbers::double(*minimum, *maximum, random),
        Domain::Double { minimum, maximum } => numbers::double_edge(*minimum, *maximum, random),
        Domain::Timestamp if inside => text(&times::sound(random)),
        Domain::Timestamp => text(&times::edge(random)),
        Domain::OneOf(members) => one_of(members, inside, random),
        Domain::Text { max_length, pattern: None } => plain_text(*max_length, inside, random),
        Domain::Text { pattern: Some(pattern), .. } => patterned(pattern, inside, random),
        Domain::List { item, max_items } => list(item, *max_items, inside, random),
        Domain::Object { fields, .. } => object(fields, inside, random),
    }
}

/// A text.
pub fn text(text: &str) -> Value {
    Value::text(text)
}

/// The same members in the types that programs have: no numbers as JSON writes them, and whole numbers for ints only.
pub fn settle(known: &[Member], members: &mut [(String, Value)]) {
    for (key, value) in members {
        let member = known.iter().find(|member| member.name == *key);
        *value = settled(member.map(|member| &member.attribute.domain), value);
    }
}

fn settled(domain: Option<&Domain>, value: &Value) -> Value {
    match (domain, value) {
        (_, Value::Raw(text)) => {
            let number = text.parse().map(Value::Int).or_else(|_| text.parse().map(Value::Double));
            number.map_or(Value::Null, |number| settled(domain, &number))
        }
        (Some(Domain::Double { .. }), Value::Int(number)) => Value::Double(*number as f64),
        (Some(Domain::Int { .. }), Value::Double(double)) if double.trunc() == *double => Value::Int(*double as i64),
        (Some(Domain::List { item, .. }), Value::List(items)) => {
            Value::List(items.iter().map(|value| settled(Some(item), value)).collect())
        }
        (Some(Domain::Object { fields, .. }), Value::Object(members)) => {
            let mut members = members.clone();
            settle(fields, &mut members);
            Value::Object(members)
        }
        _ => value.clone(),
    }
}

/// A value of any type.
pub fn anything(random: &mut Rng) -> Value {
    match random.u8(..10) {
        0 => Value::Null,
        1 => Value::Boolean(random.bool()),
        2 | 3 => numbers::anything(random),
        4 => text(random.choice(["", "1", "true", "null", "[]", "{}", "3.0"]).unwrap_or_default()),
        5 => odd_text(random),
        6 => Value::List(Vec::new()),
        7 => Value::List((0..random.usize(1..3)).map(|_| anything(random)).collect()),
        8 => Value::Object(Vec::new()),
        _ => Value::Object(vec![("name".to_owned(), anything(random))]),
    }
}

/// Texts that readers stumble over.
fn odd_text(random: &mut Rng) -> Value {
    const TEXTS: [&str; 10] =
        ["", " ", "\0", "\u{7f}", "\u{feff}a", "e\u{301}", "\u{202e}abc", "a\"b\\c/d", "\u{fffd}", "👩‍👩‍👧"];
    const HALVES: [&[u16]; 4] = [&[0xd83d], &[0xde00], &[0xde00, 0xd83d], &[0x61, 0xd83d, 0x62]];
    match random.u8(..3) {
        0 => Value::Text(random.choice(HALVES).unwrap_or_default().to_vec()),
        _ => text(random.choice(TEXTS).unwrap_or_default()),
    }
}

/// Long texts are rare, as they take long to carry around.
fn plain_text(max_length: Option<usize>, inside: bool, random: &mut Rng) -> Value {
    const LONG: usize = 300;
    let most = max_length.unwrap_or(20);
    let is_rare = most > LONG && random.usize(..most / 20) != 0;
    let character = random.choice(["a", "ß", "€", "😀"]).unwrap_or_default();
    match random.u8(..4) {
        0 if !inside => odd_text(random),
        _ if is_rare => text(&character.repeat(random.usize(..12))),
        1 | 2 if !inside => text(&character.repeat(most + random.usize(..2))),
        3 if !inside => text(&format!("{}{character}", "a".repeat(most.saturating_sub(random.usize(..2))))),
        _ => text(&character.repeat(random.usize(..=most.min(12)))),
    }
}

fn patterned(pattern: &str, inside: bool, random: &mut Rng) -> Value {
    let sample = pattern_text::sample(pattern, random);
    if inside {
        return text(&sample);
    }
    let mut characters: Vec<char> = sample.chars().collect();
    let at = random.usize(..=characters.len());
    match random.u8(..6) {
        0 => text(&format!("{sample}\n")),
        1 => text(&format!("\n{sample}")),
        2 => odd_text(random),
        3 => text(&sample.to_uppercase()),
        4 => {
            characters.insert(at, random.choice(['g', '0', ' ', '٣', 'é']).unwrap_or('g'));
            text(&characters.into_iter().collect::<String>())
        }
        _ => text(&characters.into_iter().take(at).collect::<String>()),
    }
}

fn one_of(members: &[String], inside: bool, random: &mut Rng) -> Value {
    let member = random.choice(members).map(String::as_str).unwrap_or_default();
    match random.u8(..5) {
        _ if inside => text(member),
        0 => text(&member.to_uppercase()),
        1 => text(&format!("{member} ")),
        2 => text(&member.chars().skip(1).collect::<String>()),
        3 => odd_text(random),
        _ => text(member),
    }
}

fn list(item: &Domain, max_items: Option<usize>, inside: bool, random: &mut Rng) -> Value {
    const LONG: usize = 20;
    let most = max_items.unwrap_or(3);
    let usual = random.usize(..=most.min(3));
    if inside {
        return Value::List((0..usual).map(|_| for_domain(item, Aim::Inside, random)).collect());
    }
    let is_rare = most > LONG && random.usize(..most) != 0;
    let length = if is_rare { usual } else { (most + random.usize(..4)).saturating_sub(1) };
    let mut items: Vec<Value> = (0..length).map(|_| for_domain(item, Aim::Inside, random)).collect();
    for _ in 0..random.choice([0, 0, 1, 2]).unwrap_or_default() {
        let stray = match random.u8(..5) {
            0 => Value::Null,
            1 => anything(random),
            _ => for_domain(item, Aim::Edge, random),
        };
        items.insert(random.usize(..=items.len()), stray);
    }
    Value::List(items)
}

fn object(fields: &[Member], inside: bool, random: &mut Rng) -> Value {
    let mut members: Vec<(String, Value)> = Vec::new();
    for field in fields {
        let aim = if !inside && random.u8(..4) == 0 { Aim::Edge } else { Aim::Inside };
        if field.required || random.bool() {
            members.push((field.name.clone(), for_domain(&field.attribute.domain, aim, random)));
        }
    }
    if !inside {
        (0..random.usize(..3)).for_each(|_| change(fields, &mut members, random));
    }
    Value::Object(members)
}

/// Counts the places in a value of a domain that may be wrong by themselves.
pub fn places(domain: &Domain) -> usize {
    match domain {
        Domain::List { item, .. } => 1 + places(item),
        Domain::Object { fields, .. } => 1 + fields.iter().map(|field| places(&field.attribute.domain)).sum::<usize>(),
        _ => 1,
    }
}

/// A value in which one place is at a bound.
pub fn probe(domain: &Domain, random: &mut Rng) -> Value {
    match domain {
        Domain::List { item, .. } if random.usize(..=places(item)) > 0 => Value::List(vec![probe(item, random)]),
        Domain::Object { fields, .. } if random.usize(..places(domain)) > 0 => {
            let counted = fields.iter().flat_map(|field| vec![field; places(&field.attribute.domain)]);
            let Some(probed) = random.choice(counted.collect::<Vec<_>>()) else { return Value::Object(Vec::new()) };
            let others = fields.iter().filter(|field| field.required && field.name != probed.name);
            let mut members: Vec<_> = others
                .map(|field| (field.name.clone(), for_domain(&field.attribute.domain, Aim::Inside, random)))
                .collect();
            members.push((probed.name.clone(), probe(&probed.attribute.domain, random)));
            Value::Object(members)
        }
        _ => for_domain(domain, Aim::Edge, random),
    }
}

/// Makes one thing different: a value, a member that is gone, that is there twice, or that nobody knows.
pub fn change(known: &[Member], members: &mut Vec<(String, Value)>, random: &mut Rng) {
    let Some(member) = random.choice(known) else { return };
    let aim = random.choice([Aim::Inside, Aim::Edge, Aim::Edge, Aim::Anywhere]).unwrap_or(Aim::Edge);
    let value = if random.u8(..8) == 0 { Value::Null } else { for_attribute(&member.attribute, aim, random) };
    let place = members.iter().position(|(key, _)| *key == member.name);
    match (random.u8(..8), place) {
        (0, Some(place)) => drop(members.remove(place)),
        (1, _) => members.insert(random.usize(..=members.len()), (unknown_key(member, random), value)),
        (2 | 3, _) | (_, None) => members.insert(random.usize(..=members.len()), (member.name.clone(), value)),
        (_, Some(place)) => members[place].1 = value,
    }
}

fn unknown_key(near: &Member, random: &mut Rng) -> String {
    let key = random.choice(["else", "else", "", "ä", "😀", "attributes"]).unwrap_or_default();
    match random.u8(..3) {
        0 => near.name.to_uppercase() + "_",
        1 => format!("{} ", near.name),
        _ => key.to_owned(),
    }
}
