//! serde_json and `jsonschema`, and keys that are there twice.

use std::fmt;

use jsonschema::PatternOptions;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

pub struct Oracle(jsonschema::Validator);

impl Oracle {
    pub fn new(schema: &Value) -> Self {
        let options = jsonschema::options().with_pattern_options(PatternOptions::regex());
        Oracle(options.build(schema).expect("a schema"))
    }

    /// Returns true if the payload is accepted, and its value if it is JSON without keys that are there twice.
    pub fn verdict(&self, payload: &[u8]) -> (bool, Option<Value>) {
        let value = serde_json::from_slice(&beyond_64_bits(payload)).ok().map(|Unique(value)| value);
        (value.as_ref().is_some_and(|value| self.0.is_valid(value)), value)
    }
}

/// Digits below 64 bits may round to the smallest integer that has 64 bits. A schema cannot tell them apart, so they become
/// the double below it.
fn beyond_64_bits(payload: &[u8]) -> Vec<u8> {
    const BELOW: &[u8] = b"-9223372036854777856";
    let mut bytes = payload.to_vec();
    for at in 0..payload.len() {
        let is_part = |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'e' | b'E');
        let number = &payload[at..at + payload[at..].iter().take_while(is_part).count()];
        let is_smallest = number.len() == BELOW.len() && number.starts_with(b"-922337203685477");
        let number = std::str::from_utf8(number).ok().filter(|_| is_smallest);
        let is_beyond = |number: &&str| number.parse::<i64>().is_err() && number.parse() == Ok(i64::MIN as f64);
        if number.filter(|number| !number.contains(['.', 'e', 'E'])).is_some_and(|number| is_beyond(&number)) {
            bytes[at..at + BELOW.len()].copy_from_slice(BELOW);
        }
    }
    bytes
}

/// A value in which no key is there twice.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Unique;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Unique, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("not finite"))?;
        Ok(Unique(Value::Number(number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Unique, A::Error> {
        let mut items = Vec::new();
        while let Some(Unique(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Unique(Value::Array(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Unique, A::Error> {
        let mut members = Map::new();
        while let Some((key, Unique(value))) = access.next_entry()? {
            if members.insert(key, value).is_some() {
                return Err(A::Error::custom("a key is there twice"));
            }
        }
        Ok(Unique(Value::Object(members)))
    }
}
