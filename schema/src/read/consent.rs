//! The switches that a user has.

use super::Reader;
use super::keys::{CONSENT_KEYS, OPT_OUT_KEYS};
use super::node::{Node, Value};
use crate::checks;
use crate::model::{ConsentModel, OptOutKind, OptOutModel};

impl Reader<'_> {
    pub(super) fn consent(&mut self, node: &Node) -> Option<ConsentModel> {
        let map = self.mapping(node, "`consent`", CONSENT_KEYS)?;
        Some(ConsentModel {
            opt_in: map.optional(self, "opt_in", Reader::text),
            opt_out: map.list(self, "opt_out", Reader::opt_out),
        })
    }

    /// The name of a variable, or a mapping with one kind of switch.
    fn opt_out(&mut self, node: &Node) -> Option<OptOutModel> {
        if !matches!(node.value, Value::Mapping(_)) {
            return Some(OptOutModel { kind: OptOutKind::Variable, name: self.text(node)?, off_when: None });
        }
        let map = self.mapping(node, "an opt-out", OPT_OUT_KEYS)?;
        let kinds: Vec<OptOutKind> = OptOutKind::WORDS
            .iter()
            .filter(|word| map.get(word).is_some())
            .filter_map(|word| OptOutKind::from_word(word))
            .collect();
        let off_when = map.optional(self, "off_when", Reader::boolean);
        match kinds[..] {
            [kind] => Some(OptOutModel { kind, name: map.required(self, kind.word(), Reader::text)?, off_when }),
            [] => {
                map.missing(self, OptOutKind::Variable.word());
                None
            }
            [first, second, ..] => {
                let message = format!("an opt-out is either a `{}` or a `{}`", first.word(), second.word());
                self.findings
                    .push(checks::wrong_type::CHECK.at(node.place, message).help("write an entry of its own for each"));
                self.losses += 1;
                None
            }
        }
    }
}
