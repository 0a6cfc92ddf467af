//! JSON values whose fields nobody can list: measured, then written.

use std::collections::HashSet;

use crate::number::{double_of, int_of};
use crate::{At, Encoder, Given, JsonEncoder, Look, Misfit, Output, Scalar};

/// Counts the characters of a JSON text that is written to it, up to the longest that is admitted.
#[derive(Debug)]
pub struct Meter {
    characters: usize,
    most: usize,
    bytes: usize,
    last: Option<u8>,
}

impl Meter {
    /// Nothing is written yet, and no more than so many characters may be.
    pub fn new(most: usize) -> Self {
        Meter { characters: 0, most, bytes: 0, last: None }
    }

    /// Returns whether no more was written than is admitted.
    pub fn is_within(&self) -> bool {
        self.characters <= self.most
    }
}

impl Output for Meter {
    fn len(&self) -> usize {
        self.bytes
    }

    fn last(&self) -> Option<u8> {
        self.last
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        // Every character has one byte that continues none.
        self.characters += bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        self.last = bytes.last().copied().or(self.last);
    }

    /// A value is measured as a whole: nothing is taken back.
    fn rewind(&mut self, _: usize) {}
}

/// Judges any JSON value: its nesting, and the length of its text without white space.
pub(crate) fn judge<'v, G: Given<'v>>(value: G, max_depth: usize, max_length: usize) -> Result<(), Misfit> {
    let mut meter = Meter::new(max_length);
    write(value, &mut JsonEncoder { out: &mut meter }, At::Text, max_depth)?;
    if meter.is_within() { Ok(()) } else { Err(Misfit::TooLong) }
}

/// The same for a value without parts.
pub(crate) fn judge_scalar(value: Scalar<'_>, max_length: usize) -> Result<(), Misfit> {
    let mut meter = Meter::new(max_length);
    write_scalar(value, &mut JsonEncoder { out: &mut meter }, At::Text)?;
    if meter.is_within() { Ok(()) } else { Err(Misfit::TooLong) }
}

/// Writes any JSON value, null included. An object may not have a key twice: nobody could say what it means.
pub(crate) fn write<'v, G: Given<'v>, E: Encoder>(
    value: G,
    encoder: &mut E,
    at: At<'_>,
    depth: usize,
) -> Result<(), Misfit> {
    match value.look() {
        Look::Absent => encoder.null(at),
        Look::Text(text) => encoder.string(at, text),
        Look::Boolean(value) => encoder.boolean(at, value),
        Look::Int(value) => encoder.int(at, value),
        Look::Double(value) => write_scalar(Scalar::Double(value), encoder, at)?,
        Look::Digits(digits) => write_scalar(Scalar::Digits(digits), encoder, at)?,
        Look::List(items) => {
            let inner = depth.checked_sub(1).ok_or(Misfit::TooDeep)?;
            let list = encoder.begin_list(at);
            for item in items {
                write(item, encoder, At::Item, inner)?;
            }
            encoder.end_list(list);
        }
        Look::Object(fields) => {
            let inner = depth.checked_sub(1).ok_or(Misfit::TooDeep)?;
            let object = encoder.begin_object(at);
            let mut keys = HashSet::new();
            for (key, value) in fields {
                if !keys.insert(key) {
                    return Err(Misfit::Type);
                }
                write(value, encoder, At::Field(key), inner)?;
            }
            encoder.end_object(object);
        }
        Look::Unfit => return Err(Misfit::Type),
    }
    Ok(())
}

/// Writes a value without parts. Digits that no whole number of 64 bits has become the nearest double.
pub fn write_scalar<E: Encoder>(value: Scalar<'_>, encoder: &mut E, at: At<'_>) -> Result<(), Misfit> {
    match value {
        Scalar::Text(text) => encoder.string(at, text),
        Scalar::Boolean(value) => encoder.boolean(at, value),
        Scalar::Int(value) => encoder.int(at, value),
        Scalar::Digits(digits) if !digits.contains(['.', 'e', 'E']) && int_of(value).is_ok() => {
            encoder.int(at, int_of(value)?);
        }
        value => encoder.double(at, double_of(value)?),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::JsonValue;

    #[track_caller]
    fn check(text: &str, depth: usize, length: usize, expected: Result<(), Misfit>) {
        let value = JsonValue::parse(text).expect("JSON");
        assert_eq!(judge(&value, depth, length), expected, "{text}");
    }

    #[test]
    fn what_is_measured_is_the_text_without_white_space() {
        check("[ 1, null ]", 1, 8, Ok(()));
        check("[ 1, null ]", 1, 7, Err(Misfit::TooLong));
        check("\"\\u00e9\\n\"", 0, 5, Ok(())); // "é\n"
        check("[[]]", 1, 99, Err(Misfit::TooDeep));
        check("{\"a\": {}}", 2, 8, Ok(()));
        check("1.50", 0, 3, Ok(()));
        check("1e400", 0, 99, Err(Misfit::TooLarge));
    }

    #[test]
    fn what_has_no_one_meaning_is_refused() {
        check("{\"a\": 1, \"a\": 1}", 9, 99, Err(Misfit::Type));
        check("[\"\\ud800\"]", 9, 99, Err(Misfit::Type));
    }
}
