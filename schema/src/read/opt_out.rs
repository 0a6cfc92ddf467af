//! Ways to switch everything off.

use super::keys::OPT_OUT_KEYS;
use super::mapping::Reader;
use super::node::{Node, Value};
use crate::checks;
use crate::model::{OptOutKind, OptOutModel};

impl Reader<'_> {
    /// The name of a variable, or a mapping with one kind of switch.
    pub(super) fn opt_out(&mut self, node: &Node) -> Option<OptOutModel> {
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
