//! Channels by name, by number and as a set, in a checked catalogue.

use candor_domain::{Consent, DEFAULT, DEFAULT_NAME, OPT_IN, OPT_IN_NAME};

use crate::model::{ChannelModel, Collected, ConsentModel, Located};
use crate::{Ask, Catalogue, Channel, Head};

impl Head {
    /// The channels that the catalogue names, in the order written.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// Set if the program asks first.
    pub fn ask(&self) -> Option<&Ask> {
        self.ask.as_ref()
    }

    /// The number of a channel: of `default`, of `opt_in`, or of one that the catalogue names.
    pub fn channel_number(&self, name: &str) -> Option<u8> {
        let known = Collected::from_word(name).map(Collected::number);
        known.or_else(|| self.channels.iter().find(|channel| channel.name == name).map(|channel| channel.number))
    }

    /// The name of a channel that the catalogue has.
    pub fn channel_name(&self, number: u8) -> Option<&str> {
        match number {
            DEFAULT => Some(DEFAULT_NAME),
            OPT_IN => Some(OPT_IN_NAME),
            number => self.channels.iter().find(|channel| channel.number == number).map(|channel| &*channel.name),
        }
    }

    /// The set of exactly these channels.
    ///
    /// # Errors
    /// The first name that is no channel.
    pub fn consent_of<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Result<Consent, &'n str> {
        names.into_iter().try_fold(Consent::Off, |consent, name| match self.channel_number(name) {
            Some(number) => Ok(consent.and(Consent::of(number))),
            None => Err(name),
        })
    }

    /// The names of the channels in a set that the catalogue has, sorted.
    pub fn channel_names(&self, consent: Consent) -> Vec<&str> {
        let mut names: Vec<&str> = consent.channels().filter_map(|number| self.channel_name(number)).collect();
        names.sort_unstable();
        names
    }

    /// A set with all that its channels imply.
    pub fn closed(&self, consent: Consent) -> Consent {
        let granted = self.channels.iter().filter(|channel| consent.includes(Consent::of(channel.number)));
        granted.fold(consent, |consent, channel| consent.and(channel.grants))
    }
}

impl Catalogue {
    /// The name of the channel that something is collected through.
    pub fn channel_name(&self, collected: Collected) -> &str {
        self.head().channel_name(collected.number()).unwrap_or_default()
    }

    /// The channel that something is collected through, where the catalogue names it.
    pub fn channel(&self, collected: Collected) -> Option<&Channel> {
        self.head().channels().iter().find(|channel| channel.number == collected.number())
    }

    /// Words the condition of collection.
    pub fn when(&self, collected: Collected) -> String {
        match (collected, collected.is_by_default()) {
            (Collected::Default, _) => "by default".to_owned(),
            (Collected::OptIn, _) => "after opting in".to_owned(),
            (_, true) => format!("by default through `{}`", self.channel_name(collected)),
            (_, false) => format!("only with `{}`", self.channel_name(collected)),
        }
    }
}

/// The channels of a model that the checks found sound.
pub(crate) fn resolve_channels(consent: &ConsentModel) -> Option<Vec<Channel>> {
    let all: Vec<_> = consent.channels.iter().zip(consent.numbers()).collect();
    let text = |located: &Option<Located<String>>| located.as_ref().map(|located| located.value.clone());
    let resolve = |((name, channel), number): &(&(Located<String>, ChannelModel), u8)| {
        Some(Channel {
            name: name.value.clone(),
            number: *number,
            title: text(&channel.title)?,
            brief: text(&channel.brief)?,
            implies: channel.implies.iter().map(|name| name.value.clone()).collect(),
            grants: consent.grants(*number),
            place: name.place,
        })
    };
    all.iter().map(resolve).collect()
}
