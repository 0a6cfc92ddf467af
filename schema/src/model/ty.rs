//! The type of an attribute as written.

use candor_domain::Choice;

use super::{Located, Personal};

/// An attribute's type as written.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeModel {
    /// `string`, `boolean`, `int`, `double`, `timestamp`, `json` or an object's name.
    Named(String),
    /// `{enum: [...]}`
    Enum(EnumModel),
    /// `[T]`
    List(Box<Located<TypeModel>>),
    /// `{map: T, keys: …}`
    Map(MapModel),
}

/// A map: the type of its values, and what its keys may be.
#[derive(Debug, Clone, PartialEq)]
pub struct MapModel {
    /// The type of its values.
    pub value: Box<Located<TypeModel>>,
    /// Its keys.
    pub keys: Located<KeysModel>,
}

/// The keys of a map, which are data like its values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeysModel {
    /// The only keys that there may be.
    pub members: Vec<Located<String>>,
    /// Regular expression that the whole key matches.
    pub pattern: Option<Located<String>>,
    /// Longest key, in characters.
    pub max_length: Option<Located<i64>>,
    /// The declaration on personal data in keys. Where they may hold some, the attribute may.
    pub personal: Option<Located<Personal>>,
}

/// An enum: its members, and the one that stands for everything else.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EnumModel {
    /// The members that are listed.
    pub members: Vec<MemberModel>,
    /// The member of an open enum that every unknown value becomes.
    pub other: Option<MemberModel>,
}

impl EnumModel {
    /// Every member that may be sent, the one for unknown values last.
    pub fn all(&self) -> impl Iterator<Item = &MemberModel> {
        self.members.iter().chain(&self.other)
    }

    /// The texts of all members, and their names for code.
    pub fn texts(&self) -> Vec<(String, Option<&str>)> {
        self.all().map(MemberModel::texts).collect()
    }
}

/// A member of an enum: its value, or a mapping that also has a name for code.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberModel {
    /// The value on the wire: a text, a number or a boolean.
    pub value: Located<Choice>,
    /// The name for code, where that does not follow from the value: lower case, digits and `_`.
    pub name: Option<Located<String>>,
}

impl MemberModel {
    /// The value as a text, and the name for code.
    pub fn texts(&self) -> (String, Option<&str>) {
        (self.value.value.to_string(), self.name.as_ref().map(|name| name.value.as_str()))
    }
}
