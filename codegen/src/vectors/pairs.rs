//! Pairs of domains that differ in one bound, in their type, or not at all.

use fastrand::Rng;

use super::domain::covers;
use super::model::{Domain, PairVector, Value};

/// A domain and one that is near it, in either order.
pub fn pair(domain: &Domain, random: &mut Rng) -> PairVector {
    let near = if random.u8(..6) == 0 { domain.clone() } else { near(domain, random) };
    let (old, new) = if random.bool() { (domain.clone(), near) } else { (near, domain.clone()) };
    PairVector { covers: covers(&old, &new), old, new }
}

fn near(domain: &Domain, random: &mut Rng) -> Domain {
    match domain {
        Domain::Boolean | Domain::Object { .. } => Domain::Timestamp,
        Domain::Timestamp => Domain::Text { max_length: None, pattern: None },
        Domain::Text { max_length, pattern } => text(*max_length, pattern.as_ref(), random),
        Domain::Int { minimum, maximum } => int(*minimum, *maximum, random),
        Domain::Double { minimum, maximum } => double(*minimum, *maximum, random),
        Domain::OneOf { members, other } => one_of(members, other.as_deref(), random),
        Domain::List { item, max_items } => match random.u8(..3) {
            0 => Domain::List { item: item.clone(), max_items: length(*max_items, random) },
            1 => (**item).clone(),
            _ => Domain::List { item: Box::new(near(item, random)), max_items: *max_items },
        },
        Domain::Map { key, value, max_items } => {
            let (mut key, mut value, mut max_items) = (key.clone(), value.clone(), *max_items);
            match random.u8(..3) {
                0 => key = Box::new(Domain::Text { max_length: Some(random.usize(1..20)), pattern: None }),
                1 => value = Box::new(near(&value, random)),
                _ => max_items = length(max_items, random),
            }
            Domain::Map { key, value, max_items }
        }
        Domain::Json { max_depth, max_length } => match random.u8(..3) {
            0 => Domain::Json {
                max_depth: (max_depth + 1).saturating_sub(2 * random.usize(..2)),
                max_length: *max_length,
            },
            1 => Domain::Json { max_depth: *max_depth, max_length: max_length + 1 - 2 * random.usize(..2) },
            _ => Domain::Boolean,
        },
    }
}

fn length(bound: Option<usize>, random: &mut Rng) -> Option<usize> {
    match (bound, random.u8(..3)) {
        (None, _) => Some(5),
        (Some(_), 0) => None,
        (Some(bound), 1) => Some(bound + 1),
        (Some(bound), _) => Some(bound.saturating_sub(1)),
    }
}

fn text(max_length: Option<usize>, pattern: Option<&String>, random: &mut Rng) -> Domain {
    match random.u8(..4) {
        0 => Domain::Text { max_length, pattern: if pattern.is_some() { None } else { Some("^[a-z]*$".into()) } },
        1 => Domain::Text { max_length, pattern: Some("^[a-z]{2}$".into()) },
        2 => {
            let members = vec![Value::text(&"a".repeat(max_length.unwrap_or(4).min(40))), Value::text("é😀")];
            Domain::OneOf { members, other: None }
        }
        _ => Domain::Text { max_length: length(max_length, random), pattern: pattern.cloned() },
    }
}

fn int(minimum: Option<i64>, maximum: Option<i64>, random: &mut Rng) -> Domain {
    // Beyond this, not every whole number is a double.
    const EXACT: i64 = 1 << 53;
    match (random.u8(..4), minimum, maximum) {
        (0, Some(least), Some(most)) if least >= -EXACT && most <= EXACT => {
            Domain::Double { minimum: Some(least as f64 + f64::from(random.u8(..2))), maximum: Some(most as f64) }
        }
        (0, ..) => Domain::Double { minimum: None, maximum: None },
        (1, ..) => Domain::Int { minimum: moved(minimum, random), maximum },
        (2, ..) => Domain::Int { minimum: None, maximum },
        _ => Domain::Int { minimum, maximum: moved(maximum, random) },
    }
}

fn moved(bound: Option<i64>, random: &mut Rng) -> Option<i64> {
    match bound {
        None => None,
        Some(bound) if random.bool() => Some(bound.saturating_add(1)),
        Some(bound) => Some(bound.saturating_sub(1)),
    }
}

fn double(minimum: Option<f64>, maximum: Option<f64>, random: &mut Rng) -> Domain {
    let moved = |bound: Option<f64>, up: bool| bound.map(|bound| if up { bound.next_up() } else { bound.next_down() });
    match random.u8(..4) {
        0 => Domain::Double { minimum: moved(minimum, random.bool()), maximum },
        1 => Domain::Double { minimum, maximum: moved(maximum, random.bool()) },
        2 => Domain::Double { minimum: None, maximum },
        _ => Domain::Int { minimum: Some(0), maximum: Some(1) },
    }
}

fn one_of(members: &[Value], other: Option<&Value>, random: &mut Rng) -> Domain {
    let same = |members: Vec<Value>| Domain::OneOf { members, other: other.cloned().map(Box::new) };
    match random.u8(..6) {
        0 if members.len() > 1 => same(members.iter().skip(1).cloned().collect()),
        1 => same(members.iter().cloned().chain([Value::text("another")]).collect()),
        2 => same(members.iter().cloned().chain([Value::Int(7)]).collect()),
        3 => opened(members, other),
        turn => without_members(members, other, usize::from(turn == 4)),
    }
}

/// An open enum closed with the same members, or a closed one opened.
fn opened(members: &[Value], other: Option<&Value>) -> Domain {
    match other {
        Some(other) => Domain::OneOf { members: members.iter().chain([other]).cloned().collect(), other: None },
        None => Domain::OneOf { members: members.to_vec(), other: Some(Box::new(Value::text("what is left"))) },
    }
}

/// The type of the members, with bounds that all of them keep, or all but the largest.
fn without_members(members: &[Value], other: Option<&Value>, less: usize) -> Domain {
    let all = || members.iter().chain(other);
    let whole = |member: &Value| if let Value::Int(number) = member { Some(*number) } else { None };
    if let Some(largest) = all().filter_map(whole).max() {
        return Domain::Int { minimum: None, maximum: Some(largest - less as i64) };
    }
    let texts = all().filter_map(Value::as_text);
    let longest = texts.map(|text| text.chars().count()).max().unwrap_or_default();
    Domain::Text { max_length: Some(longest.saturating_sub(less)), pattern: None }
}
