//! Numbers at the bounds of domains, of 64 bits and of what doubles can say exactly.

use fastrand::Rng;

use super::model::Value;

const TWO_TO_53: i64 = 1 << 53;
const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

/// Numbers as JSON may write them.
const RAW: [&str; 22] = [
    "0",
    "-0",
    "3.0",
    "3.5",
    "-5.0",
    "1e0",
    "1E2",
    "100e-2",
    "1e17",
    "1e-400",
    "1e400",
    "-1e400",
    "9007199254740993.0",
    "9223372036854775807",
    "9223372036854775807.0",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775808.0",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "123456789012345678901234567890",
];

const DOUBLES: [f64; 16] = [
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    -0.0,
    0.0,
    0.1,
    1.0,
    -3.0,
    5e-324,
    -2.2e-308,
    1e17,
    f64::MAX,
    f64::MIN,
    TWO_TO_63,
    -TWO_TO_63,
    9_223_372_036_854_774_784.0, // the last double before 2^63
];

const WHOLE: [i64; 10] =
    [0, -1, 1, TWO_TO_53 - 1, TWO_TO_53, TWO_TO_53 + 1, -TWO_TO_53, -TWO_TO_53 - 1, i64::MAX, i64::MIN];

/// A whole number between bounds, in most cases written as one.
pub fn whole(minimum: Option<i64>, maximum: Option<i64>, random: &mut Rng) -> Value {
    let (least, most) = (minimum.unwrap_or(i64::MIN), maximum.unwrap_or(i64::MAX));
    let low = least.max(-1000).min(most);
    let number = random.i64(low..=most.min(low.saturating_add(2000)));
    match random.u8(..10) {
        0 => Value::Double(number as f64),
        1 => Value::Raw(format!("{number}.0")),
        2 => Value::Raw(number.to_string()),
        _ => Value::Int(number),
    }
}

/// A number about the bounds, in any of its spellings.
pub fn whole_edge(minimum: Option<i64>, maximum: Option<i64>, random: &mut Rng) -> Value {
    let bounds = [minimum, maximum].into_iter().flatten();
    let near = bounds.flat_map(|bound| [bound.saturating_sub(1), bound, bound.saturating_add(1)]);
    let numbers: Vec<i64> = near.chain(WHOLE).collect();
    let number = random.choice(numbers).unwrap_or_default();
    match random.u8(..9) {
        0 => Value::Double(number as f64),
        1 => Value::Double(number as f64 + 0.5),
        2 => Value::Raw(format!("{number}.0")),
        3 => Value::Raw(format!("{number}")),
        4..=6 => anything(random),
        _ => Value::Int(number),
    }
}

/// A number between bounds.
pub fn double(minimum: Option<f64>, maximum: Option<f64>, random: &mut Rng) -> Value {
    let least = minimum.unwrap_or(-1e6).min(maximum.unwrap_or(f64::MAX));
    let most = maximum.unwrap_or(1e6).max(least);
    let number = (least + random.f64() * (most - least)).clamp(least, most);
    let whole = number.trunc();
    match random.u8(..8) {
        0 if (least..=most).contains(&whole) => Value::Double(whole),
        1 if (least..=most).contains(&whole) && whole.abs() < 1e15 => Value::Int(whole as i64),
        2 if number.is_finite() => Value::Raw(format!("{number:?}")),
        _ => Value::Double(number),
    }
}

/// A number about the bounds, as a double or a whole number.
pub fn double_edge(minimum: Option<f64>, maximum: Option<f64>, random: &mut Rng) -> Value {
    let bounds = [minimum, maximum].into_iter().flatten();
    let near: Vec<f64> = bounds.flat_map(|bound| [bound.next_down(), bound, bound.next_up()]).collect();
    match random.u8(..4) {
        0 => anything(random),
        1 => Value::Int(random.choice(WHOLE).unwrap_or_default()),
        _ => Value::Double(random.choice(near).unwrap_or(1.5)),
    }
}

/// A number of any kind.
pub fn anything(random: &mut Rng) -> Value {
    match random.u8(..4) {
        0 => Value::Double(random.choice(DOUBLES).unwrap_or_default()),
        1 => Value::Int(random.choice(WHOLE).unwrap_or_default()),
        _ => Value::Raw(random.choice(RAW).unwrap_or_default().to_owned()),
    }
}
