//! Judges values that have no parts, and whether one domain covers another. As naive as
//! [`reference`](super::reference), which it is a part of.

use std::cell::RefCell;
use std::collections::HashMap;

use regex_lite::Regex;

use super::model::{Domain, Value};

/// The value as it passes, where the domain admits it: a whole double becomes an int where an int is asked for, and a
/// whole number a double. `None` also for lists, maps and objects.
pub fn scalar(domain: &Domain, value: &Value) -> Option<Value> {
    match domain {
        Domain::Boolean => matches!(value, Value::Boolean(_)).then(|| value.clone()),
        Domain::Int { minimum, maximum } => {
            let number = whole_number(value)?;
            let is_inside = minimum.is_none_or(|least| number >= least) && maximum.is_none_or(|most| number <= most);
            is_inside.then_some(Value::Int(number))
        }
        Domain::Double { minimum, maximum } => {
            let number = number(value)?;
            let is_inside = minimum.is_none_or(|least| number >= least) && maximum.is_none_or(|most| number <= most);
            is_inside.then_some(Value::Double(number))
        }
        Domain::Timestamp => is_timestamp(&value.as_text()?).then(|| value.clone()),
        Domain::OneOf { members, other } => {
            members.iter().chain(other.as_deref()).find(|member| means(member, value)).cloned()
        }
        Domain::Text { max_length, pattern } => {
            let text = value.as_text()?;
            let is_short = max_length.is_none_or(|most| text.chars().count() <= most);
            let is_like = pattern.as_ref().is_none_or(|pattern| matches(pattern, &text));
            (is_short && is_like).then(|| value.clone())
        }
        Domain::Json { max_depth, max_length } => {
            json(value, *max_depth).filter(|json| json_length(json) <= *max_length)
        }
        Domain::Object { .. } | Domain::List { .. } | Domain::Map { .. } => None,
    }
}

/// The member that a value becomes which an open enum does not list.
pub fn replacement(domain: &Domain, value: &Value) -> Option<Value> {
    let Domain::OneOf { members, other: Some(other) } = domain else { return None };
    let is_alike = |member: &Value| match member {
        Value::Text(_) => value.as_text().is_some(),
        Value::Boolean(_) => matches!(value, Value::Boolean(_)),
        _ => number(value).is_some(),
    };
    let is_known = scalar(domain, value).is_some() || !members.iter().chain([&**other]).any(is_alike);
    (!is_known).then(|| (**other).clone())
}

/// Returns true if a value is this member of an enum. A number is if it means the same.
fn means(member: &Value, value: &Value) -> bool {
    match member {
        Value::Int(member) => whole_number(value) == Some(*member),
        Value::Double(member) => number(value) == Some(*member),
        member => member == value,
    }
}

/// A JSON value with its numbers as they are sent: digits of 64 bits as they are, others as doubles. `None` where it is
/// nested too deeply, has a key twice, or has something that JSON cannot say.
fn json(value: &Value, depth: usize) -> Option<Value> {
    Some(match value {
        Value::Null | Value::Boolean(_) | Value::Int(_) => value.clone(),
        Value::Text(_) => Value::text(&value.as_text()?),
        Value::Raw(text) if is_digits(text) && text.parse::<i64>().is_ok() => Value::Int(text.parse().ok()?),
        Value::Double(_) | Value::Raw(_) => Value::Double(number(value)?),
        Value::List(items) => {
            let inner = depth.checked_sub(1)?;
            Value::List(items.iter().map(|item| json(item, inner)).collect::<Option<_>>()?)
        }
        Value::Object(members) => {
            let inner = depth.checked_sub(1)?;
            let is_twice = |at: usize, key: &String| members[..at].iter().any(|(other, _)| other == key);
            if members.iter().enumerate().any(|(at, (key, _))| is_twice(at, key)) {
                return None;
            }
            let member = |(key, value): &(String, Value)| Some((key.clone(), json(value, inner)?));
            Value::Object(members.iter().map(member).collect::<Option<_>>()?)
        }
    })
}

/// Counts the characters of a JSON value's text without white space.
fn json_length(value: &Value) -> usize {
    let commas = |count: usize| count.saturating_sub(1);
    match value {
        Value::Null => 4,
        Value::Boolean(value) => value.to_string().len(),
        Value::Int(number) => number.to_string().len(),
        Value::Double(number) => format!("{number:?}").len(),
        Value::Raw(text) => text.len(),
        Value::Text(_) => quoted_length(&value.as_text().unwrap_or_default()),
        Value::List(items) => 2 + commas(items.len()) + items.iter().map(json_length).sum::<usize>(),
        Value::Object(members) => {
            let member = |(key, value): &(String, Value)| quoted_length(key) + 1 + json_length(value);
            2 + commas(members.len()) + members.iter().map(member).sum::<usize>()
        }
    }
}

fn quoted_length(text: &str) -> usize {
    let length = |character: char| match character {
        '"' | '\\' | '\n' | '\r' | '\t' => 2,
        '\0'..='\u{1f}' => 6,
        _ => 1,
    };
    2 + text.chars().map(length).sum::<usize>()
}

/// Returns true if a text has more characters than this.
pub fn too_long(value: &Value, most: usize) -> bool {
    value.as_text().is_some_and(|text| text.chars().count() > most)
}

/// Digits are exact. Everything else that is a number goes by its double, which has to be whole and of 64 bits.
fn whole_number(value: &Value) -> Option<i64> {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    match value {
        Value::Int(number) => Some(*number),
        Value::Raw(text) if is_digits(text) => text.parse().ok(),
        _ => {
            let double = number(value)?;
            let is_whole = double.trunc() == double && (-TWO_TO_63..TWO_TO_63).contains(&double);
            is_whole.then_some(double as i64)
        }
    }
}

/// The nearest double. NaN and infinities are no numbers.
fn number(value: &Value) -> Option<f64> {
    let double = match value {
        Value::Int(number) => *number as f64,
        Value::Double(double) => *double,
        Value::Raw(text) => text.parse().ok()?,
        _ => return None,
    };
    double.is_finite().then_some(double)
}

/// Returns true if a number is written with neither a point nor an exponent.
pub fn is_digits(text: &str) -> bool {
    !text.contains(['.', 'e', 'E'])
}

/// A pattern that does not compile matches nothing.
pub fn matches(pattern: &str, text: &str) -> bool {
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Option<Regex>>> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|compiled| {
        let regex = compiled.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    })
}

/// RFC 3339 in UTC, from 1970 to 9999, with at most nine digits of a fraction, and a day that is in the calendar.
fn is_timestamp(text: &str) -> bool {
    let parts = || {
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        let (clock, fraction) = time.split_once('.').map_or((time, "0"), |(clock, fraction)| (clock, fraction));
        let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
        let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
        let is_fraction = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
        let is_date = year >= 1970 && (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
        Some(is_fraction && is_date && hour <= 23 && minute <= 59 && second <= 59)
    };
    parts().unwrap_or(false)
}

/// Three numbers of so many digits.
fn numbers(text: &str, between: char, digits: [usize; 3]) -> Option<[u32; 3]> {
    let parts: Vec<&str> = text.split(between).collect();
    let mut numbers = [0; 3];
    if parts.len() != 3 {
        return None;
    }
    for ((part, digits), number) in parts.iter().zip(digits).zip(&mut numbers) {
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = part.parse().ok().filter(|_| is_number)?;
    }
    Some(numbers)
}

fn days_of(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Returns true if `old` admits everything that `new` does, as far as their bounds tell. Of two types, an int may be
/// inside a double, and an enum inside a text; of two patterns, only the same one is known to admit as much.
pub fn covers(old: &Domain, new: &Domain) -> bool {
    match (old, new) {
        (Domain::Boolean, Domain::Boolean) | (Domain::Timestamp, Domain::Timestamp) => true,
        (Domain::Int { minimum, maximum }, Domain::Int { minimum: least, maximum: most }) => {
            let (lowest, highest) = (minimum.unwrap_or(i64::MIN), maximum.unwrap_or(i64::MAX));
            least.unwrap_or(i64::MIN) >= lowest && most.unwrap_or(i64::MAX) <= highest
        }
        (Domain::Double { minimum, maximum }, Domain::Double { minimum: least, maximum: most }) => {
            let (lowest, highest) = (minimum.unwrap_or(f64::MIN), maximum.unwrap_or(f64::MAX));
            least.unwrap_or(f64::MIN) >= lowest && most.unwrap_or(f64::MAX) <= highest
        }
        (Domain::Double { minimum, maximum }, Domain::Int { minimum: least, maximum: most }) => {
            let (lowest, highest) = (minimum.unwrap_or(f64::MIN), maximum.unwrap_or(f64::MAX));
            least.unwrap_or(i64::MIN) as f64 >= lowest && most.unwrap_or(i64::MAX) as f64 <= highest
        }
        (Domain::Text { max_length, pattern }, Domain::Text { max_length: most, pattern: other }) => {
            at_most(*max_length, *most) && (pattern.is_none() || pattern == other)
        }
        (Domain::OneOf { other: None, .. }, Domain::OneOf { other: Some(_), .. }) => false,
        (old, Domain::OneOf { members, other }) => {
            members.iter().chain(other.as_deref()).all(|member| scalar(old, member).is_some())
        }
        (Domain::Object { id, .. }, Domain::Object { id: other, .. }) => id == other,
        (Domain::List { item, max_items }, Domain::List { item: other, max_items: most }) => {
            at_most(*max_items, *most) && covers(item, other)
        }
        (Domain::Map { key, value, max_items }, Domain::Map { key: keys, value: values, max_items: most }) => {
            at_most(*max_items, *most) && covers(key, keys) && covers(value, values)
        }
        (Domain::Json { max_depth, max_length }, Domain::Json { max_depth: deepest, max_length: longest }) => {
            deepest <= max_depth && longest <= max_length
        }
        _ => false,
    }
}

/// Returns true if a bound, which may be missing, is within another.
fn at_most(old: Option<usize>, new: Option<usize>) -> bool {
    old.is_none_or(|old| new.is_some_and(|new| new <= old))
}
