//! Judges values that have no parts, and whether one domain covers another. As naive as
//! [`reference`](super::reference), which it is a part of.

use std::cell::RefCell;
use std::collections::HashMap;

use regex_lite::Regex;

use super::model::{Domain, Value};

/// The value as it passes, where the domain admits it: a whole double becomes an int where an int is asked for, and a
/// whole number a double. `None` also for lists and objects.
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
        Domain::OneOf(members) => members.contains(&value.as_text()?).then(|| value.clone()),
        Domain::Text { max_length, pattern } => {
            let text = value.as_text()?;
            let is_short = max_length.is_none_or(|most| text.chars().count() <= most);
            let is_like = pattern.as_ref().is_none_or(|pattern| matches(pattern, &text));
            (is_short && is_like).then(|| value.clone())
        }
        Domain::Object { .. } | Domain::List { .. } => None,
    }
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
        (old @ (Domain::Text { .. } | Domain::OneOf(_)), Domain::OneOf(members)) => {
            members.iter().all(|member| scalar(old, &Value::text(member)).is_some())
        }
        (Domain::Object { id, .. }, Domain::Object { id: other, .. }) => id == other,
        (Domain::List { item, max_items }, Domain::List { item: other, max_items: most }) => {
            at_most(*max_items, *most) && covers(item, other)
        }
        _ => false,
    }
}

/// Returns true if a bound, which may be missing, is within another.
fn at_most(old: Option<usize>, new: Option<usize>) -> bool {
    old.is_none_or(|old| new.is_some_and(|new| new <= old))
}
