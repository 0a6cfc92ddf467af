//! The channels that a catalogue names: their numbers here, their names everywhere else.

use candor_domain::{DEFAULT_NAME, OPT_IN_NAME};

use crate::{Catalogue, Consent, DEFAULT, OPT_IN};

/// A permission with a switch of its own, which the catalogue names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// Name in stored files, on the wire and on command lines.
    pub name: &'static str,
    /// Number in this build of the catalogue: that of [`Granted`](crate::Granted) and [`Attribute`](crate::Attribute).
    pub number: u8,
    /// Name for people.
    pub title: &'static str,
    /// The data that is collected through it, as a phrase.
    pub brief: &'static str,
    /// The channel itself, and what is granted with it.
    pub grants: Consent,
}

impl Channel {
    /// Returns whether it is on until the user switches it off.
    pub const fn is_on(&self) -> bool {
        Consent::is_default(self.number)
    }
}

impl Catalogue {
    /// The channel of this name: `default`, `opt_in` where there is a switch for it, or one that the catalogue names.
    pub fn channel(&self, name: &str) -> Option<u8> {
        match name {
            DEFAULT_NAME => Some(DEFAULT),
            OPT_IN_NAME => self.opt_in.map(|_| OPT_IN),
            name => self.channels.iter().find(|channel| channel.name == name).map(|channel| channel.number),
        }
    }

    /// The name of a channel that the catalogue has.
    pub fn channel_name(&self, number: u8) -> Option<&'static str> {
        match number {
            DEFAULT => Some(DEFAULT_NAME),
            OPT_IN => Some(OPT_IN_NAME),
            number => self.channels.iter().find(|channel| channel.number == number).map(|channel| channel.name),
        }
    }

    /// The names of the channels in a set that the catalogue has, sorted.
    pub fn channel_names(&self, consent: Consent) -> Vec<&'static str> {
        let mut names: Vec<_> = consent.channels().filter_map(|number| self.channel_name(number)).collect();
        names.sort_unstable();
        names
    }

    /// A set with a channel, and with what is granted with it.
    pub fn granting(&self, consent: Consent, channel: u8) -> Consent {
        let known = self.channels.iter().find(|known| known.number == channel);
        self.tidied(consent.and(known.map_or(Consent::of(channel), |known| known.grants)))
    }

    /// A set without a channel, and without those that it would be granted with. Where the catalogue names no channels, the
    /// opt-in comes with the default.
    pub fn refusing(&self, consent: Consent, channel: u8) -> Consent {
        if channel == DEFAULT && self.channels.is_empty() {
            return Consent::Off;
        }
        let with = self.channels.iter().filter(|known| known.grants.includes(Consent::of(channel)));
        let consent = with.fold(consent, |consent, known| consent.without(Consent::of(known.number)));
        self.tidied(consent.without(Consent::of(channel)))
    }

    /// A set whose numbers that are no channel of this catalogue stand as in [`Consent::Default`]: there with `default`,
    /// and not without it. So equal permissions are equal sets.
    pub(crate) fn tidied(&self, consent: Consent) -> Consent {
        let known = self.channels.iter().fold(Consent::of(DEFAULT).and(Consent::of(OPT_IN)), |known, channel| {
            known.and(Consent::of(channel.number))
        });
        let others = Consent::Default.without(known);
        let consent = consent.without(Consent::from_bits(u32::MAX).without(known));
        if consent.includes(Consent::of(DEFAULT)) { consent.and(others) } else { consent }
    }

    /// A set in the words of people: `off`, `default`, `opted-in`, or the names of its channels.
    pub fn describe(&self, consent: Consent) -> String {
        let consent = self.tidied(consent);
        match consent {
            Consent::Off | Consent::Default | Consent::OptedIn if self.channels.is_empty() => consent.to_string(),
            Consent::Off => consent.to_string(),
            consent => {
                let mut numbers: Vec<u8> = consent.channels().collect();
                numbers.retain(|number| self.channel_name(*number).is_some());
                let names: Vec<_> = numbers.into_iter().filter_map(|number| self.channel_name(number)).collect();
                names.join(", ")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_named_channels() {
        let channel = |name, number, grants| Channel { name, number, title: "", brief: "", grants };
        let basic = channel("basic", 20, Consent::of(20));
        let crashes = channel("crashes", 2, Consent::of(2));
        let traces = channel("traces", 3, Consent::of(3).and(Consent::of(2)).and(Consent::of(20)));
        let channels: &'static [Channel] = Box::leak(Box::new([basic, crashes, traces]));
        let catalogue = Catalogue { channels, opt_in: Some("share"), ..Catalogue::EMPTY };
        assert_eq!(catalogue.describe(Consent::Default), "default, basic");
        let without = catalogue.refusing(Consent::Default, 20);
        assert_eq!(catalogue.describe(without), "default");
        assert_eq!(catalogue.granting(without, 20), Consent::Default);
        let traced = catalogue.granting(Consent::Off, 3);
        assert_eq!(catalogue.channel_names(traced), ["basic", "crashes", "traces"]);
        assert_eq!(catalogue.channel_names(catalogue.refusing(traced, 2)), ["basic"]);
        assert_eq!(catalogue.granting(Consent::Off, DEFAULT), catalogue.refusing(Consent::Default, 20));
        assert_eq!(catalogue.channel("share"), None);
        assert_eq!(Catalogue::EMPTY.channel("opt_in"), None);
        assert_eq!(Catalogue::EMPTY.granting(Consent::Off, DEFAULT), Consent::Default);
    }
}
