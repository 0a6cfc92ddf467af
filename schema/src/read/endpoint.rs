//! Endpoints and the templates of their bodies.

use super::keys::ENDPOINT_KEYS;
use super::mapping::Reader;
use super::node::{Node, Value};
use crate::Place;
use crate::model::{EndpointModel, FormWord, Located, MethodWord, TemplateModel};

impl Reader<'_> {
    pub(super) fn endpoint(&mut self, node: &Node, name: Place) -> Option<EndpointModel> {
        let Some(map) = self.entry(node, "an endpoint", ENDPOINT_KEYS, name) else {
            return Some(EndpointModel::default());
        };
        Some(EndpointModel {
            url: map.required(self, "url", Reader::text),
            brief: map.optional(self, "brief", Reader::text),
            form: map.optional(self, "form", |r, n| r.word(n, FormWord::WORDS, FormWord::from_word)),
            method: map.optional(self, "method", |r, n| r.word(n, MethodWord::WORDS, MethodWord::from_word)),
            body: map.optional(self, "body", Reader::template),
            batch: map.optional(self, "batch", Reader::template),
            allow: self.waivers(&map),
        })
    }

    fn template(&mut self, node: &Node) -> Option<Located<TemplateModel>> {
        let value = match &node.value {
            Value::Null => TemplateModel::Null,
            Value::Commented => {
                self.wrong_type(node, "a value");
                return None;
            }
            Value::Boolean(value) => TemplateModel::Boolean(*value),
            Value::Integer(value) => TemplateModel::Integer(*value),
            Value::Double(value) if value.is_finite() => TemplateModel::Double(*value),
            Value::Double(_) => {
                self.wrong_type(node, "a finite number");
                return None;
            }
            Value::Text(text) => TemplateModel::Text(text.clone()),
            Value::List(items) => TemplateModel::List(items.iter().filter_map(|item| self.template(item)).collect()),
            Value::Mapping(_) => {
                let pairs = self.mapping(node, "a template", &[])?.pairs;
                let read = |(key, value): &(Located<&str>, &Node)| {
                    Some((Located { value: key.value.to_owned(), place: key.place }, self.template(value)?))
                };
                TemplateModel::Map(pairs.iter().filter_map(read).collect())
            }
        };
        Some(Located { value, place: node.place })
    }
}
