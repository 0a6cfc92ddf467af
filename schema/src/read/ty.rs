//! Reads the type of an attribute: its name, a list, a map or an enum with its members.

use candor_domain::Choice;

use super::keys::{MAP_KEYS, MEMBER_KEYS, TYPE_KEYS};
use super::mapping::Reader;
use super::node::{Node, Value};
use crate::checks;
use crate::model::{EnumModel, KeysModel, Located, MapModel, MemberModel, TypeModel};

impl Reader<'_> {
    pub(super) fn ty(&mut self, node: &Node) -> Option<Located<TypeModel>> {
        let value = match &node.value {
            Value::Text(name) => TypeModel::Named(name.clone()),
            Value::Mapping(_) => self.ty_with_keys(node)?,
            Value::List(items) => match items.as_slice() {
                [item] => TypeModel::List(Box::new(self.ty(item)?)),
                _ => {
                    self.findings.push(
                        checks::wrong_type::CHECK
                            .at(node.place, "a list type has exactly one item type")
                            .help("write `[string]` for a list of texts"),
                    );
                    self.losses += 1;
                    return None;
                }
            },
            _ => {
                self.wrong_type(node, "a type");
                return None;
            }
        };
        Some(Located { value, place: node.place })
    }

    /// An enum or a map.
    fn ty_with_keys(&mut self, node: &Node) -> Option<TypeModel> {
        let before = self.losses;
        let map = self.mapping(node, "a type", TYPE_KEYS)?;
        let strays: [&str; 2] = if map.get("map").is_some() { ["enum", "other"] } else { ["keys", "keys"] };
        if let Some(stray) = strays.into_iter().find_map(|key| map.get(key)) {
            let finding = checks::wrong_type::CHECK.at(stray.place, "a type is either an enum or a map");
            self.findings.push(finding.help("write `{enum: […], other: …}`, or `{map: int, keys: {max_length: 40}}`"));
            return None;
        }
        let ty = if map.get("map").is_some() {
            let value = map.optional(self, "map", Reader::ty);
            let keys = map.required(self, "keys", Reader::keys);
            TypeModel::Map(MapModel { value: Box::new(value?), keys: keys? })
        } else {
            map.required(self, "enum", |_, _| Some(()))?;
            let members = map.list(self, "enum", Reader::member);
            TypeModel::Enum(EnumModel { members, other: map.optional(self, "other", Reader::member) })
        };
        (self.losses == before).then_some(ty)
    }

    fn keys(&mut self, node: &Node) -> Option<Located<KeysModel>> {
        let map = self.mapping(node, "`keys`", MAP_KEYS)?;
        let value = KeysModel {
            members: map.list(self, "enum", Reader::text),
            pattern: map.optional(self, "pattern", Reader::text),
            max_length: map.optional(self, "max_length", Reader::integer),
            personal: map.optional(self, "personal", Reader::personal),
        };
        Some(Located { value, place: node.place })
    }

    fn member(&mut self, node: &Node) -> Option<MemberModel> {
        if !matches!(node.value, Value::Mapping(_)) {
            return Some(MemberModel { value: self.choice(node)?, name: None });
        }
        let map = self.mapping(node, "a member", MEMBER_KEYS)?;
        let value = map.required(self, "value", Reader::choice);
        let name = map.optional(self, "name", Reader::text);
        Some(MemberModel { value: value?, name })
    }

    fn choice(&mut self, node: &Node) -> Option<Located<Choice>> {
        let value = match &node.value {
            Value::Text(text) => Choice::Text(text.clone().into()),
            Value::Boolean(value) => Choice::Boolean(*value),
            Value::Integer(_) => Choice::Int(self.integer(node)?.value),
            Value::Double(value) if value.is_finite() => Choice::Double(*value),
            _ => {
                self.wrong_type(node, "a text, a number, true or false");
                return None;
            }
        };
        Some(Located { value, place: node.place })
    }
}
