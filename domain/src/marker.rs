//! The marker: the names of the channels that a signal needs beyond `default`, as a text that travels with it.
//!
//! It is a claim of the sender, not a proof. Receivers hold a signal to it: what it does not cover is dropped.

use std::borrow::Cow;

use crate::{Consent, DEFAULT, OPT_IN};

/// Name of the attribute that says which channels a signal needs beyond `default`: their names, sorted, with commas.
pub const MARKER: &str = "candor.channels";

/// Name of the channel [`DEFAULT`] in stored files.
pub const DEFAULT_NAME: &str = "default";
/// Name of the channel [`OPT_IN`] in stored files and in markers.
pub const OPT_IN_NAME: &str = "opt_in";

/// The separator of two names.
const SEPARATOR: char = ',';

/// A channel by name and number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelName {
    /// Name in stored files and on the wire.
    pub name: Cow<'static, str>,
    /// Number in this build of the catalogue.
    pub number: u8,
}

impl ChannelName {
    /// A channel of the program itself.
    pub const fn new(name: &'static str, number: u8) -> Self {
        ChannelName { name: Cow::Borrowed(name), number }
    }
}

/// The channels of a catalogue that names none, as far as a marker names them.
pub const UNNAMED: &[ChannelName] = &[ChannelName::new(OPT_IN_NAME, OPT_IN)];

/// The names in a marker for a set, sorted. `names` are sorted and without `default`, which is never in a marker.
pub fn marker_names(names: &[ChannelName], needs: Consent) -> impl Iterator<Item = &str> + Clone {
    let beyond = needs.without(Consent::of(DEFAULT));
    let needed = names.iter().filter(move |channel| beyond.includes(Consent::of(channel.number)));
    needed.map(|channel| &*channel.name)
}

/// The text of a marker; `None` where nothing is needed beyond `default`.
pub fn marker(names: &[ChannelName], needs: Consent) -> Option<String> {
    let text = marker_names(names, needs).collect::<Vec<_>>().join(",");
    (!text.is_empty()).then_some(text)
}

/// The channels that a marker claims, with `default`. A name that the catalogue does not have claims nothing.
pub fn claimed(names: &[ChannelName], marker: &str) -> Consent {
    let number = |name: &str| names.iter().find(|channel| channel.name == name).map(|channel| channel.number);
    marker
        .split(SEPARATOR)
        .filter_map(number)
        .fold(Consent::of(DEFAULT), |claimed, channel| claimed.and(Consent::of(channel)))
}

/// Returns whether a text is a marker of channels that were granted: their names, each once, in order.
pub fn is_marker(text: &str, is_granted: impl Fn(&str) -> bool) -> bool {
    let names = text.split(SEPARATOR);
    names.clone().all(is_granted) && names.clone().zip(names.skip(1)).all(|(first, second)| first < second)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[ChannelName] =
        &[ChannelName::new("crashes", 2), ChannelName::new("opt_in", OPT_IN), ChannelName::new("speed", 20)];

    #[test]
    fn a_marker_says_what_is_needed_beyond_the_default() {
        let needs = Consent::of(20).and(Consent::of(2)).and(Consent::of(DEFAULT));
        assert_eq!(marker(NAMES, needs).as_deref(), Some("crashes,speed"));
        assert_eq!(claimed(NAMES, "crashes,speed"), needs);
        assert_eq!(marker(NAMES, Consent::of(DEFAULT)), None);
        assert_eq!(claimed(NAMES, "crash,,default,SPEED"), Consent::of(DEFAULT));
    }

    #[test]
    fn only_granted_names_in_order_are_a_marker() {
        let is = |text: &str| is_marker(text, |name| ["crashes", "opt_in"].contains(&name));
        assert!(is("crashes") && is("opt_in") && is("crashes,opt_in"));
        assert!(!is("") && !is("opt_in,crashes") && !is("crashes,crashes") && !is("crashes,") && !is("speed"));
    }
}
