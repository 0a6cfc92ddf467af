//! Values of a payload, to compare with Rust's.

use std::fmt;
use std::ops::Index;

use candor_domain::JsonValue;

/// A value of a payload.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Null, and what is not there.
    Null,
    /// A boolean.
    Boolean(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Double(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Data>),
    /// An object or a map, with its members in order.
    Object(Vec<(String, Data)>),
}

static NULL: Data = Data::Null;

impl Data {
    pub(super) fn parse(json: &str) -> Data {
        JsonValue::parse(json).map_or(Data::Null, |value| Data::of(&value))
    }

    fn of(value: &JsonValue<'_>) -> Data {
        match value {
            JsonValue::Null | JsonValue::Broken => Data::Null,
            JsonValue::Boolean(value) => Data::Boolean(*value),
            JsonValue::Number(digits) => match digits.parse() {
                Ok(value) => Data::Int(value),
                Err(_) => digits.parse().map_or(Data::Null, Data::Double),
            },
            JsonValue::Text(text) => Data::Text(text.clone().into_owned()),
            JsonValue::List(items) => Data::List(items.iter().map(Data::of).collect()),
            JsonValue::Object(members) => {
                Data::Object(members.iter().map(|(key, value)| (key.clone().into_owned(), Data::of(value))).collect())
            }
        }
    }

    /// The member of an object with this key.
    pub fn get(&self, key: &str) -> Option<&Data> {
        self.members().iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// The members of an object; of anything else, none.
    pub fn members(&self) -> &[(String, Data)] {
        if let Data::Object(members) = self { members } else { &[] }
    }

    /// The items of a list; of anything else, none.
    pub fn items(&self) -> &[Data] {
        if let Data::List(items) = self { items } else { &[] }
    }

    /// The text, of a text.
    pub fn text(&self) -> Option<&str> {
        if let Data::Text(text) = self { Some(text) } else { None }
    }
}

/// The member with this key; null where there is none.
impl Index<&str> for Data {
    type Output = Data;

    fn index(&self, key: &str) -> &Data {
        self.get(key).unwrap_or(&NULL)
    }
}

/// The item at this position; null where there is none.
impl Index<usize> for Data {
    type Output = Data;

    fn index(&self, position: usize) -> &Data {
        self.items().get(position).unwrap_or(&NULL)
    }
}

/// JSON.
impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Data::Null => f.write_str("null"),
            Data::Boolean(value) => write!(f, "{value}"),
            Data::Int(value) => write!(f, "{value}"),
            Data::Double(value) => write!(f, "{value:?}"),
            Data::Text(text) => write_text(f, text),
            Data::List(items) => {
                f.write_str("[")?;
                for (position, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if position > 0 { "," } else { "" })?;
                }
                f.write_str("]")
            }
            Data::Object(members) => {
                f.write_str("{")?;
                for (position, (key, value)) in members.iter().enumerate() {
                    f.write_str(if position > 0 { "," } else { "" })?;
                    write_text(f, key)?;
                    write!(f, ":{value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let mut out = crate::encode::Buffer::growing();
    crate::encode::quote(&mut out, text);
    f.write_str(std::str::from_utf8(out.bytes()).unwrap_or_default())
}

impl PartialEq<str> for Data {
    fn eq(&self, other: &str) -> bool {
        self.text() == Some(other)
    }
}

impl PartialEq<&str> for Data {
    fn eq(&self, other: &&str) -> bool {
        self.text() == Some(*other)
    }
}

impl PartialEq<String> for Data {
    fn eq(&self, other: &String) -> bool {
        self.text() == Some(other.as_str())
    }
}

impl PartialEq<bool> for Data {
    fn eq(&self, other: &bool) -> bool {
        *self == Data::Boolean(*other)
    }
}

impl PartialEq<i64> for Data {
    fn eq(&self, other: &i64) -> bool {
        *self == Data::Int(*other)
    }
}

/// A whole number in a payload is the double of the same value.
impl PartialEq<f64> for Data {
    fn eq(&self, other: &f64) -> bool {
        match self {
            Data::Double(value) => value == other,
            Data::Int(value) => *value as f64 == *other,
            _ => false,
        }
    }
}

impl<T> PartialEq<[T]> for Data
where
    Data: PartialEq<T>,
{
    fn eq(&self, other: &[T]) -> bool {
        matches!(self, Data::List(items) if items.len() == other.len() && items.iter().zip(other).all(|(a, b)| a == b))
    }
}

impl<T, const N: usize> PartialEq<[T; N]> for Data
where
    Data: PartialEq<T>,
{
    fn eq(&self, other: &[T; N]) -> bool {
        <Data as PartialEq<[T]>>::eq(self, other)
    }
}
