//! JSON as it was written: members in their order, and none lost if a key is repeated.
//!
//! `serde_json::Value` keeps the last of two equal keys and says nothing. A judged payload must not lose anything, so text
//! is read into [`Json`] first. [`Json::to_value`] keeps the first value of equal keys and notes the others: the validator
//! refuses such a payload, and the audit looks at every value. Of an attribute that is forwarded, the last value counts.
//!
//! The reader of `candor_domain` (`domain/src/json.rs`) is another one on purpose: see there.
//!
//! Digits are exact: no number is rounded into 64 bits. A value that JSON cannot hold becomes a [`Broken`] one and costs
//! only itself.

mod documents;
mod read;

use serde_json::{Map, Number, Value};

pub(crate) use documents::{Document, Unread, documents};
use read::Reader;

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

/// Reads one JSON text. A value that JSON cannot hold whole becomes a [`Broken`] one. Whatever walks the result may
/// recurse: nesting deeper than 128 is such a value.
pub(crate) fn parse(text: impl AsRef<[u8]>) -> Result<Json, String> {
    let bytes = text.as_ref();
    let mut reader = Reader::new(bytes, 0);
    reader.skip_space();
    let json = reader.document().map_err(|fault| fault.describe(bytes, 0))?;
    reader.skip_space();
    match reader.is_at_end() {
        true => Ok(json),
        false => Err(reader.surplus().describe(bytes, 0)),
    }
}

/// The reason why a value cannot be read. In a payload it is an object with one member of this name, which no domain
/// admits; the member is the value as near as a text comes to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    LoneSurrogate,
    NotUtf8,
    Escape,
    ControlCharacter,
    TooLarge,
    TooDeep,
    NotJson,
}

impl Broken {
    const ALL: [Broken; 7] = [
        Broken::LoneSurrogate,
        Broken::NotUtf8,
        Broken::Escape,
        Broken::ControlCharacter,
        Broken::TooLarge,
        Broken::TooDeep,
        Broken::NotJson,
    ];

    fn name(self) -> &'static str {
        match self {
            Broken::LoneSurrogate => "loneSurrogate",
            Broken::NotUtf8 => "notUtf8",
            Broken::Escape => "badEscape",
            Broken::ControlCharacter => "controlCharacter",
            Broken::TooLarge => "tooLarge",
            Broken::TooDeep => "tooDeep",
            Broken::NotJson => "notJson",
        }
    }

    /// Goes after the subject.
    fn why(self) -> &'static str {
        match self {
            Broken::LoneSurrogate => "is a text with a lone surrogate",
            Broken::NotUtf8 => "is a text that is not UTF-8",
            Broken::Escape => "is a text with an escape that JSON does not have",
            Broken::ControlCharacter => "is a text with a control character that is not escaped",
            Broken::TooLarge => "is a number too large for a double",
            Broken::TooDeep => "is nested too deep",
            Broken::NotJson => "is no value that JSON has",
        }
    }

    fn of(name: &str) -> Option<Self> {
        Broken::ALL.into_iter().find(|broken| broken.name() == name)
    }
}

/// Returns the reason why a value of a payload could not be read, in words that go after its name; `None` when it
/// could.
pub(crate) fn why_broken(value: &Value) -> Option<&'static str> {
    let Value::Object(members) = value else { return None };
    let (name, _) = members.iter().next().filter(|(_, text)| members.len() == 1 && text.is_string())?;
    Broken::of(name).map(Broken::why)
}

impl Json {
    /// Appends the JSON text, every member as it was written.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Json::Null => out.extend_from_slice(b"null"),
            Json::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Json::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Json::Text(text) => candor_domain::quote(out, text),
            Json::List(items) => {
                out.push(b'[');
                for (place, item) in items.iter().enumerate() {
                    out.extend((place > 0).then_some(b','));
                    item.write(out);
                }
                out.push(b']');
            }
            Json::Object(members) => {
                out.push(b'{');
                for (place, (key, value)) in members.iter().enumerate() {
                    out.extend((place > 0).then_some(b','));
                    candor_domain::quote(out, key);
                    out.push(b':');
                    value.write(out);
                }
                out.push(b'}');
            }
        }
    }

    pub(crate) fn of_broken(broken: Broken, text: String) -> Self {
        Json::Object(vec![(broken.name().to_owned(), Json::Text(text))])
    }

    /// Returns the reason why it could not be read, if it is such a value.
    pub(crate) fn broken(&self) -> Option<Broken> {
        match self {
            Json::Object(members) => match members.as_slice() {
                [(name, Json::Text(_))] => Broken::of(name),
                _ => None,
            },
            _ => None,
        }
    }

    /// A text, also one that could not be read whole.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            Json::Object(members) if self.broken().is_some() => members[0].1.as_text(),
            _ => None,
        }
    }

    /// A whole number from the smallest `i64` to the largest `u64`.
    fn whole(value: i128) -> Self {
        let number = i64::try_from(value).map(Number::from).or_else(|_| u64::try_from(value).map(Number::from));
        number.map_or(Json::Null, Json::Number)
    }

    /// A finite double.
    fn double(value: f64) -> Self {
        Number::from_f64(value).map_or(Json::Null, Json::Number)
    }

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
                    descend(pointer, key, |pointer| {
                        let value = member.to_value_at(pointer, duplicates);
                        match map.contains_key(key) {
                            true => duplicates.note(pointer, value),
                            false => drop(map.insert(key.clone(), value)),
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

/// Digits are exact. With a fraction or an exponent it is the number that its double is, when that is whole and has 64
/// bits: `3.0` is the integer 3.
fn integral(number: &Number) -> Option<i128> {
    const MOST: f64 = 9_223_372_036_854_775_808.0;
    let exact = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    exact.or_else(|| {
        let double = number.as_f64()?;
        (double.fract() == 0.0 && (-MOST..MOST).contains(&double)).then_some(double as i128)
    })
}

/// Runs `work` with `key` appended to a JSON Pointer, and takes it away again.
pub(crate) fn descend<R>(pointer: &mut String, key: &str, work: impl FnOnce(&mut String) -> R) -> R {
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

/// The keys that a JSON Pointer leads through.
pub(crate) fn keys(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~"))
}

/// Appends a key to a JSON Pointer.
pub(crate) fn push_key(pointer: &mut String, key: &str) {
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

/// JSON Pointers of keys that were there more than once, and the values that came later.
///
/// Stops noting pointers after [`Duplicates::MOST_BYTES`]: a small text with one long key can hold many pointers that
/// repeat it. Values go on being noted, with no pointer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Duplicates {
    pub(crate) pointers: Vec<String>,
    pub(crate) values: Vec<(String, Value)>,
    bytes: usize,
}

impl Duplicates {
    const MOST_BYTES: usize = 1 << 20;

    pub(crate) fn note(&mut self, pointer: &str, value: Value) {
        self.note_pointer(pointer);
        self.note_value(pointer, value);
    }

    /// About how many bytes they take as JSON.
    pub(crate) fn weight(&self) -> usize {
        let of_value = |(pointer, value): &(String, Value)| pointer.len() + value.to_string().len();
        self.pointers.iter().map(String::len).chain(self.values.iter().map(of_value)).sum()
    }

    fn note_pointer(&mut self, pointer: &str) {
        if self.bytes < Self::MOST_BYTES && self.pointers.last().is_none_or(|last| last != pointer) {
            self.bytes += pointer.len() + 1;
            self.pointers.push(pointer.to_owned());
        }
    }

    fn note_value(&mut self, pointer: &str, value: Value) {
        let has_room = self.bytes < Self::MOST_BYTES;
        self.bytes += if has_room { pointer.len() + 1 } else { 0 };
        self.values.push((if has_room { pointer.to_owned() } else { String::new() }, value));
    }

    /// Takes over what was noted in the member `key`.
    pub(crate) fn adopt(&mut self, key: &str, inner: Duplicates) {
        let outer = join("", key);
        inner.pointers.iter().for_each(|pointer| self.note_pointer(&format!("{outer}{pointer}")));
        inner.values.into_iter().for_each(|(pointer, value)| self.note_value(&format!("{outer}{pointer}"), value));
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
        assert!(parse("[".repeat(100_000)).is_err());
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
