//! Lists, maps and JSON values: inside their domains, and just beyond.

use fastrand::Rng;

use super::model::{Domain, Value};
use super::values::{Aim, anything, for_domain};

/// A list.
pub fn list(item: &Domain, max_items: Option<usize>, inside: bool, random: &mut Rng) -> Value {
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

/// A map: too many entries, a key twice, a key or a value that is not admitted.
pub fn map(key: &Domain, value: &Domain, max_items: Option<usize>, inside: bool, random: &mut Rng) -> Value {
    let most = max_items.unwrap_or(3);
    let length =
        if inside { random.usize(..=most.min(3)) } else { (most + random.usize(..3)).saturating_sub(1).min(20) };
    let mut entries: Vec<(String, Value)> = Vec::new();
    for _ in 0..length {
        let name = for_domain(key, Aim::Inside, random).as_text().unwrap_or_default();
        if entries.iter().all(|(other, _)| *other != name) {
            entries.push((name, for_domain(value, Aim::Inside, random)));
        }
    }
    for _ in 0..if inside { 0 } else { random.usize(..3) } {
        let aim = if random.bool() { Aim::Edge } else { Aim::Inside };
        let name = for_domain(key, aim, random).as_text().unwrap_or_default();
        let stray = match random.u8(..5) {
            0 => Value::Null,
            1 => anything(random),
            2 => for_domain(value, Aim::Edge, random),
            _ => for_domain(value, Aim::Inside, random),
        };
        let name = random.choice(&entries).map(|(other, _)| other.clone()).filter(|_| random.bool()).unwrap_or(name);
        entries.insert(random.usize(..=entries.len()), (name, stray));
    }
    Value::Object(entries)
}

/// Any JSON value: short and flat, or as long and as deep as is admitted and a little more.
pub fn json(max_depth: usize, max_length: usize, inside: bool, random: &mut Rng) -> Value {
    if inside {
        let value = small(max_depth.min(2), random);
        return if max_length > 60 { value } else { Value::Int(1) };
    }
    match random.u8(..6) {
        0 | 1 => nested(max_depth + random.usize(..3), random),
        2 | 3 => long(max_length, max_depth, random),
        4 => anything(random),
        _ => odd(max_depth, random),
    }
}

/// A value that every domain of some length admits.
fn small(depth: usize, random: &mut Rng) -> Value {
    match random.u8(..8) {
        0 | 1 if depth > 0 => Value::List((0..random.usize(..3)).map(|_| small(depth - 1, random)).collect()),
        2 | 3 if depth > 0 => {
            let keys = ["a", "é", "key \"\n\""].into_iter().filter(|_| random.bool());
            let keys: Vec<&str> = keys.collect();
            Value::Object(keys.into_iter().map(|key| (key.to_owned(), small(depth - 1, random))).collect())
        }
        4 => Value::Boolean(random.bool()),
        5 => Value::Int(random.i64(-99..99)),
        6 => Value::Raw("1.50".to_owned()),
        _ => Value::text(random.choice(["", "text", "é\t"]).unwrap_or_default()),
    }
}

/// Lists and objects in each other, so many levels deep.
fn nested(depth: usize, random: &mut Rng) -> Value {
    match depth.checked_sub(1) {
        None => small(0, random),
        Some(inner) if random.bool() => Value::List(vec![Value::Null, nested(inner, random)]),
        Some(inner) => Value::Object(vec![("a".to_owned(), nested(inner, random))]),
    }
}

/// A value whose text has about so many characters.
fn long(length: usize, depth: usize, random: &mut Rng) -> Value {
    let character = random.choice(["a", "é", "\n", "\u{1}", "\\"]).unwrap_or_default();
    let width = match character {
        "\n" | "\\" => 2,
        "\u{1}" => 6,
        _ => 1,
    };
    let is_listed = depth > 0 && random.bool();
    let around = if is_listed { 4 } else { 2 };
    let count = length.saturating_sub(around) / width + random.usize(..2);
    let text = Value::text(&character.repeat(count));
    if is_listed { Value::List(vec![text]) } else { text }
}

/// Values that JSON cannot say, or that have no one meaning.
fn odd(depth: usize, random: &mut Rng) -> Value {
    if depth == 0 {
        return Value::Double(f64::NAN);
    }
    match random.u8(..4) {
        0 => Value::List(vec![Value::Double(f64::INFINITY)]),
        1 => Value::List(vec![Value::Raw("18446744073709551616".to_owned())]),
        2 => Value::List(vec![Value::Text(vec![0xd83d])]),
        _ => Value::Object(vec![("a".to_owned(), Value::Int(1)), ("a".to_owned(), Value::Null)]),
    }
}
