//! JSON as it was written: members in their order, and none lost when a key is there twice.
//!
//! `serde_json::Value` keeps the last of two equal keys and says nothing. What is to be judged must not lose anything,
//! so text is read into [`Json`] first; [`Json::to_value`] keeps the first of them and notes the others.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A JSON value with its members as written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Reads one JSON text. Nesting deeper than 128 is refused, so whatever walks the result may recurse.
pub(crate) fn parse(text: &str) -> Result<Json, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

impl Json {
    /// The plain value, with the first of equal keys.
    pub(crate) fn to_value(&self) -> Noted {
        let mut duplicates = Duplicates::default();
        let value = self.to_value_at(&mut String::new(), &mut duplicates);
        (value, duplicates)
    }

    fn to_value_at(&self, pointer: &mut String, duplicates: &mut Duplicates) -> Value {
        match self {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(value) => Value::Number(value.clone()),
            Json::Text(value) => Value::String(value.clone()),
            Json::List(items) => {
                let at = |(index, item): (usize, &Json)| {
                    descend(pointer, &index.to_string(), |pointer| item.to_value_at(pointer, duplicates))
                };
                Value::Array(items.iter().enumerate().map(at).collect())
            }
            Json::Object(members) => {
                let mut map = Map::new();
                for (key, member) in members {
                    descend(pointer, key, |pointer| match map.contains_key(key) {
                        true => duplicates.note(pointer),
                        false => {
                            map.insert(key.clone(), member.to_value_at(pointer, duplicates));
                        }
                    });
                }
                Value::Object(map)
            }
        }
    }

    /// The whole number that this is, as a number or as its digits.
    pub(crate) fn as_integer<T: TryFrom<i128> + std::str::FromStr>(&self) -> Option<T> {
        match self {
            Json::Number(number) => T::try_from(integral(number)?).ok(),
            Json::Text(digits) => digits.parse().ok(),
            _ => None,
        }
    }
}

/// JSON knows one kind of number: 3.0 is the integer 3. Beyond 2^53 a double no longer says which integer was meant.
fn integral(number: &Number) -> Option<i128> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let exact = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    exact.or_else(|| {
        let double = number.as_f64()?;
        (double.fract() == 0.0 && double.abs() < EXACT).then_some(double as i128)
    })
}

/// Runs `work` with `key` appended to a JSON Pointer, and takes it away again.
fn descend<R>(pointer: &mut String, key: &str, work: impl FnOnce(&mut String) -> R) -> R {
    let length = pointer.len();
    push_key(pointer, key);
    let result = work(pointer);
    pointer.truncate(length);
    result
}

/// `pointer` with one more key, escaped as RFC 6901 says.
pub(crate) fn join(pointer: &str, key: &str) -> String {
    let mut pointer = pointer.to_owned();
    push_key(&mut pointer, key);
    pointer
}

fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    for character in key.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// A value, and the keys in it that were there more than once.
pub(crate) type Noted = (Value, Duplicates);

/// JSON Pointers of keys that were there more than once.
///
/// Stops noting after [`Duplicates::MOST_BYTES`]: a small text with one long key can hold many pointers that repeat it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Duplicates {
    pub(crate) pointers: Vec<String>,
    bytes: usize,
}

impl Duplicates {
    const MOST_BYTES: usize = 1 << 20;

    pub(crate) fn note(&mut self, pointer: &str) {
        if self.bytes < Self::MOST_BYTES && self.pointers.last().is_none_or(|last| last != pointer) {
            self.bytes += pointer.len() + 1;
            self.pointers.push(pointer.to_owned());
        }
    }

    /// Takes over what was noted in the member `key`.
    pub(crate) fn adopt(&mut self, key: &str, inner: &Duplicates) {
        for pointer in &inner.pointers {
            self.note(&(join("", key) + pointer));
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        // JSON text has no other than finite numbers.
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = access.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, value: Value, duplicates: &[&str]) {
        let (read, noted) = parse(text).expect("JSON").to_value();
        assert_eq!(read, value);
        assert_eq!(noted.pointers, duplicates);
    }

    #[test]
    fn the_first_of_equal_keys_stays_and_the_others_are_noted() {
        check(r#"{"a":1,"b":2,"a":3}"#, serde_json::json!({"a": 1, "b": 2}), &["/a"]);
    }

    #[test]
    fn equal_keys_are_noted_where_they_stand() {
        check(r#"[{"a/b":{"~":1,"~":2}}]"#, serde_json::json!([{"a/b": {"~": 1}}]), &["/0/a~1b/~0"]);
    }

    #[test]
    fn numbers_stay_exact() {
        check(
            "[9223372036854775807,-9223372036854775808,18446744073709551615,328.4450730000117]",
            serde_json::json!([i64::MAX, i64::MIN, u64::MAX, 328.445_073_000_011_7]),
            &[],
        );
    }

    #[test]
    fn pointers_to_equal_keys_are_bounded() {
        let members: String = (0..2000).map(|n| format!(r#","k{n}":1,"k{n}":2"#)).collect();
        let text = format!(r#"{{"{}":{{"x":0{members}}}}}"#, "long".repeat(25_000));
        let (_, noted) = parse(&text).expect("JSON").to_value();
        assert!(!noted.pointers.is_empty() && noted.pointers.len() < 20, "{}", noted.pointers.len());
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert!(parse(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn integers_as_numbers_or_digits() {
        let integer = |text| parse(text).expect("JSON").as_integer::<i64>();
        assert_eq!(integer("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(integer("\"-9223372036854775808\""), Some(i64::MIN));
        assert_eq!(integer("5.0"), Some(5));
        for none in ["9223372036854775808", "5.5", "1e300", "\"\"", "\" 5\"", "\"5.0\"", "true", "null"] {
            assert_eq!(integer(none), None, "{none}");
        }
    }
}
