//! Identifiers and lengths of time.

use super::keys::IDENTIFIER_KEYS;
use super::mapping::Reader;
use super::node::{Node, Value};
use crate::checks;
use crate::finding::quote;
use crate::model::{IdentifierModel, IdentifierScope, IdentifierSource, IdentifierWord, Located, Period};

impl Reader<'_> {
    /// One word, or a mapping.
    pub(super) fn identifier(&mut self, node: &Node) -> Option<Located<IdentifierModel>> {
        let value = match &node.value {
            Value::Mapping(_) => self.identifier_mapping(node)?,
            _ => IdentifierModel::Word(self.word(node, IdentifierWord::WORDS, IdentifierWord::from_word)?.value),
        };
        Some(Located { value, place: node.place })
    }

    fn identifier_mapping(&mut self, node: &Node) -> Option<IdentifierModel> {
        let map = self.mapping(node, "`identifier`", IDENTIFIER_KEYS)?;
        Some(IdentifierModel::Mapping {
            source: map
                .required(self, "source", |r, n| r.word(n, IdentifierSource::WORDS, IdentifierSource::from_word)),
            of: map.list(self, "of", Reader::text),
            salted: map.optional(self, "salted", Reader::boolean),
            scope: map.optional(self, "scope", |r, n| r.word(n, IdentifierScope::WORDS, IdentifierScope::from_word)),
            rotates: map.optional(self, "rotates", Reader::period),
        })
    }

    /// A length of time, such as `90d`.
    pub(super) fn period(&mut self, node: &Node) -> Option<Located<Period>> {
        let text = match &node.value {
            Value::Text(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            _ => {
                self.wrong_type(node, "a length of time, such as 30d");
                return None;
            }
        };
        match text.parse() {
            Ok(value) => Some(Located { value, place: node.place }),
            Err(fault) => {
                self.losses += 1;
                let message = format!("the length of time {} {fault}", quote(&text));
                self.findings.push(checks::bad_period::CHECK.at(node.place, message).help(checks::bad_period::HELP));
                None
            }
        }
    }
}
