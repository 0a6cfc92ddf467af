//! The head's `consent`, and the channel that an entry is collected through.

use super::keys::{CHANNEL_KEYS, CONSENT_KEYS};
use super::mapping::Reader;
use super::node::{Node, Value};
use crate::did_you_mean::near;
use crate::finding::quote;
use crate::model::*;
use crate::unread::Part;
use crate::{Label, Place, checks};

impl Reader<'_> {
    pub(super) fn consent(&mut self, node: &Node) -> Option<ConsentModel> {
        let map = self.mapping(node, "`consent`", CONSENT_KEYS)?;
        Some(ConsentModel {
            opt_in: map.optional(self, "opt_in", Reader::text),
            opt_out: map.list(self, "opt_out", Reader::opt_out),
            ask: map.optional(self, "ask", Reader::ask),
            channels: map.entries(self, "channels", Part::Consent, Reader::channel),
        })
    }

    /// Notes the channels, by which the sections say what they are collected through.
    pub(super) fn note_channels(&mut self, consent: &ConsentModel) {
        let names = consent.channels.names().map(str::to_owned);
        self.channels = names.zip(consent.numbers().map(Collected::Channel)).collect();
    }

    fn ask(&mut self, node: &Node) -> Option<Located<AskModel>> {
        let value = match &node.value {
            Value::Boolean(ask) => AskModel::Flag(*ask),
            Value::Text(question) => AskModel::Question(question.clone()),
            _ => {
                self.wrong_type(node, "a question, true or false");
                return None;
            }
        };
        Some(Located { value, place: node.place })
    }

    fn channel(&mut self, node: &Node, name: Place) -> Option<ChannelModel> {
        let Some(map) = self.entry(node, "a channel", CHANNEL_KEYS, name) else { return Some(ChannelModel::default()) };
        Some(ChannelModel {
            title: map.required(self, "title", Reader::text),
            brief: map.required(self, "brief", Reader::text),
            default: map.optional(self, "default", Reader::on_off),
            implies: map.list(self, "implies", Reader::text),
        })
    }

    /// `on` or `off`; whoever knows YAML's first version writes true or false.
    fn on_off(&mut self, node: &Node) -> Option<Located<OnOff>> {
        let value = match node.value {
            Value::Boolean(true) => OnOff::On,
            Value::Boolean(false) => OnOff::Off,
            _ => return self.word(node, OnOff::WORDS, OnOff::from_word),
        };
        Some(Located { value, place: node.place })
    }

    pub(super) fn collected(&mut self, node: &Node) -> Option<Located<Collected>> {
        let Value::Text(text) = &node.value else { return self.word(node, Collected::WORDS, Collected::from_word) };
        let named = self.channels.get(text).copied();
        if let Some(value) = Collected::from_word(text).or(named) {
            return Some(Located { value, place: node.place });
        }
        if self.unread.any(&[Part::Consent]) {
            self.losses += 1; // it may be one that could not be read
            return None;
        }
        if self.channels.is_empty() {
            return self.word(node, Collected::WORDS, Collected::from_word);
        }
        let names = Collected::WORDS.iter().copied().chain(self.channels.keys().map(String::as_str));
        let check = &checks::unknown_channel::CHECK;
        let message = format!("there is no channel {}", quote(text));
        self.losses += 1;
        // The same name in another place is the same mistake.
        let before = self.findings.iter_mut().find(|finding| finding.code == check.code && finding.message == message);
        match before {
            Some(first) => first.labels.push(Label { place: node.place, text: "named here as well".to_owned() }),
            None => {
                let finding = check.at(node.place, message).did_you_mean(near(text, names));
                self.findings.push(finding.help("add it under `consent.channels`, or name one that is there"));
            }
        }
        None
    }
}
