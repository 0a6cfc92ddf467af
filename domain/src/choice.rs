//! The members of an enum: texts, numbers and booleans.

use std::borrow::Cow;
use std::fmt;

use crate::number::{double_of, int_of};
use crate::{Scalar, Shared};

/// The members of an enum, in the catalogue's order. The last member of an *open* enum stands for every other value.
#[derive(Debug, Clone)]
pub struct Members {
    values: Values,
    is_open: bool,
}

#[derive(Debug, Clone)]
enum Values {
    /// Texts in the program itself.
    Texts(&'static [&'static str]),
    /// Members of any type.
    Any(Shared<[Choice]>),
}

/// One member of an enum.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// A text.
    Text(Cow<'static, str>),
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Double(f64),
}

impl Members {
    /// Texts.
    pub const fn texts(texts: &'static [&'static str]) -> Self {
        Members { values: Values::Texts(texts), is_open: false }
    }

    /// Members of any type.
    pub const fn any(members: Shared<[Choice]>) -> Self {
        Members { values: Values::Any(members), is_open: false }
    }

    /// The same, of which the last stands for every other value of a member's type.
    pub const fn open(mut self) -> Self {
        self.is_open = true;
        self
    }

    /// Returns whether the last member stands for every other value.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Returns the number of members.
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Texts(members) => members.len(),
            Values::Any(members) => members.len(),
        }
    }

    /// Returns whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The members, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Scalar<'_>> + ExactSizeIterator + Clone {
        (0..self.len()).map(|position| match &self.values {
            Values::Texts(members) => Scalar::Text(members[position]),
            Values::Any(members) => members[position].as_scalar(),
        })
    }

    /// The members, if all of them are texts.
    pub fn as_texts(&self) -> Option<Vec<&str>> {
        let text = |member| if let Scalar::Text(text) = member { Some(text) } else { None };
        self.iter().map(text).collect()
    }

    /// The position of a text among them.
    #[inline]
    pub fn position_of_text(&self, text: &str) -> Option<usize> {
        match &self.values {
            Values::Texts(members) => members.iter().position(|member| *member == text),
            Values::Any(members) => {
                members.iter().position(|member| matches!(member, Choice::Text(member) if member == text))
            }
        }
    }

    /// The position of a value among them. A number is a member if it means the same number.
    pub fn position(&self, value: Scalar<'_>) -> Option<usize> {
        self.iter().position(|member| is_same(member, value))
    }

    /// The member that passes for a value, and whether it replaces the value. An open enum has one for every value of a
    /// type that one of its members has.
    pub fn admit(&self, value: Scalar<'_>) -> Option<(Scalar<'_>, bool)> {
        match self.iter().find(|member| is_same(*member, value)) {
            Some(member) => Some((member, false)),
            None if self.is_open && self.has_type_of(value) => Some((self.iter().next_back()?, true)),
            None => None,
        }
    }

    /// Returns whether one of the members has the type of a value. Numbers are of one type.
    pub(crate) fn has_type_of(&self, value: Scalar<'_>) -> bool {
        self.iter().any(|member| match member {
            Scalar::Text(_) => matches!(value, Scalar::Text(_)),
            Scalar::Boolean(_) => matches!(value, Scalar::Boolean(_)),
            _ => double_of(value).is_ok(),
        })
    }
}

impl Choice {
    /// A text in the program itself.
    pub const fn text(text: &'static str) -> Self {
        Choice::Text(Cow::Borrowed(text))
    }

    /// The member as a value.
    pub fn as_scalar(&self) -> Scalar<'_> {
        match self {
            Choice::Text(text) => Scalar::Text(text),
            Choice::Boolean(value) => Scalar::Boolean(*value),
            Choice::Int(value) => Scalar::Int(*value),
            Choice::Double(value) => Scalar::Double(*value),
        }
    }
}

impl From<Scalar<'_>> for Choice {
    fn from(value: Scalar<'_>) -> Self {
        match value {
            Scalar::Text(text) | Scalar::Digits(text) => Choice::Text(text.to_owned().into()),
            Scalar::Boolean(value) => Choice::Boolean(value),
            Scalar::Int(value) => Choice::Int(value),
            Scalar::Double(value) => Choice::Double(value),
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_scalar().fmt(f)
    }
}

fn is_same(member: Scalar<'_>, value: Scalar<'_>) -> bool {
    match member {
        Scalar::Int(member) => int_of(value) == Ok(member),
        Scalar::Double(member) => double_of(value) == Ok(member),
        member => member == value,
    }
}

impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        self.is_open == other.is_open && self.iter().eq(other.iter())
    }
}

impl From<Vec<Choice>> for Members {
    fn from(members: Vec<Choice>) -> Self {
        Members::any(members.into())
    }
}

impl From<Vec<String>> for Members {
    fn from(members: Vec<String>) -> Self {
        members.into_iter().map(|member| Choice::Text(member.into())).collect::<Vec<_>>().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(members: &Members, value: Scalar<'_>, expected: Option<(Scalar<'_>, bool)>) {
        assert_eq!(members.admit(value), expected, "{value:?}");
    }

    #[test]
    fn numbers_are_members_by_what_they_mean() {
        let members = Members::from(vec![Choice::Int(3), Choice::Double(0.5), Choice::Boolean(true)]);
        check(&members, Scalar::Digits("3.0"), Some((Scalar::Int(3), false)));
        check(&members, Scalar::Double(3.0), Some((Scalar::Int(3), false)));
        check(&members, Scalar::Digits("5e-1"), Some((Scalar::Double(0.5), false)));
        check(&members, Scalar::Int(1), None); // `true` is no number
        check(&members, Scalar::Text("3"), None);
        check(&members, Scalar::Boolean(false), None);
    }

    #[test]
    fn what_is_unknown_becomes_the_last_member() {
        let members = Members::texts(&["a", "b", "other"]).open();
        check(&members, Scalar::Text("a"), Some((Scalar::Text("a"), false)));
        check(&members, Scalar::Text("other"), Some((Scalar::Text("other"), false)));
        check(&members, Scalar::Text("secret"), Some((Scalar::Text("other"), true)));
        check(&members, Scalar::Int(1), None);
        let codes = Members::from(vec![Choice::Int(200), Choice::text("other")]).open();
        check(&codes, Scalar::Digits("404"), Some((Scalar::Text("other"), true)));
        check(&codes, Scalar::Text("200"), Some((Scalar::Text("other"), true)));
        check(&codes, Scalar::Double(f64::NAN), None);
        check(&codes, Scalar::Boolean(true), None);
    }
}
