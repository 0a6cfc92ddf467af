//! The switches a user has, as written, and the channel that something is collected through.

use candor_domain::{Consent, DEFAULT, NAMED_OFF, NAMED_ON, OPT_IN};
#[cfg(feature = "json-schema")]
use schemars::JsonSchema;

use super::located::{Entries, Located};
use super::opt_out::OptOutModel;
use super::words::words;

/// The switches a user has. `OTEL_SDK_DISABLED` and `DO_NOT_TRACK` always count.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema), schemars(deny_unknown_fields, rename = "Consent"))]
pub struct ConsentModel {
    /// The switch that opts in, as users see it, such as `share_crew`.
    pub opt_in: Option<Located<String>>,
    /// Switches that turn everything off: environment variables, flags, settings, commands.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub opt_out: Vec<OptOutModel>,
    /// The question that the program asks before it reports anything; `true` asks without words of its own.
    pub ask: Option<Located<AskModel>>,
    /// Permissions with a switch of their own, beside `default` and `opt_in`, by name.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub channels: Entries<ChannelModel>,
}

impl ConsentModel {
    /// The number of each channel, in the order written. One beyond the most has a number that is in no set.
    pub fn numbers(&self) -> impl Iterator<Item = u8> {
        let (mut off, mut on) = (NAMED_OFF, NAMED_ON);
        let number = move |channel: &ChannelModel| if channel.is_on() { on.next() } else { off.next() };
        self.channels.iter().map(|(_, channel)| channel).map(number).map(|number| number.unwrap_or(u8::MAX))
    }

    /// A channel and all that it implies, directly or by way of others.
    pub fn grants(&self, channel: u8) -> Consent {
        let number = |name: &str| {
            let named = self.channels.names().zip(self.numbers()).find(|(known, _)| *known == name);
            Collected::from_word(name).map(Collected::number).or(named.map(|(_, number)| number))
        };
        let mut granted = Consent::of(channel);
        let mut waiting = vec![channel];
        while let Some(next) = waiting.pop() {
            let found = self.channels.iter().zip(self.numbers()).find(|(_, number)| *number == next);
            for name in found.iter().flat_map(|((_, channel), _)| &channel.implies) {
                let implied = number(&name.value).filter(|implied| !granted.includes(Consent::of(*implied)));
                granted = granted.and(implied.map_or(Consent::Off, Consent::of));
                waiting.extend(implied);
            }
        }
        granted
    }
}

/// The question that the program asks first, as written.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema), schemars(untagged, rename = "Ask"))]
pub enum AskModel {
    /// `true` or `false`.
    Flag(bool),
    /// The question.
    Question(String),
}

/// A permission with a switch of its own.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema), schemars(deny_unknown_fields, rename = "Channel"))]
pub struct ChannelModel {
    /// Name for people.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub title: Option<Located<String>>,
    /// The data that is collected through it, as a phrase: it introduces the channel on the page.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub brief: Option<Located<String>>,
    /// The default: `on` until the user switches it off, or `off` (when missing) until they switch it on.
    pub default: Option<Located<OnOff>>,
    /// The channels that are granted with it.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub implies: Vec<Located<String>>,
}

impl ChannelModel {
    /// Returns true if it is on by default.
    pub fn is_on(&self) -> bool {
        self.default.as_ref().is_some_and(|default| default.value == OnOff::On)
    }
}

words!(
    /// A switch.
    OnOff {
        /// On.
        On = "on",
        /// Off.
        Off = "off",
    }
);

/// The channel that something is collected through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collected {
    /// Always, until the user opts out.
    Default,
    /// Only after the user opted in.
    OptIn,
    /// Through a channel that the catalogue names, by its number.
    Channel(u8),
}

impl Collected {
    /// The words that every catalogue has.
    pub const WORDS: &'static [&'static str] = &["default", "opt_in"];

    /// The channel behind a word that every catalogue has.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "default" => Some(Collected::Default),
            "opt_in" => Some(Collected::OptIn),
            _ => None,
        }
    }

    /// The word that every catalogue has for it; none for a channel that the catalogue names.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Collected::Default => Some("default"),
            Collected::OptIn => Some("opt_in"),
            Collected::Channel(_) => None,
        }
    }

    /// The channel's number.
    pub fn number(self) -> u8 {
        match self {
            Collected::Default => DEFAULT,
            Collected::OptIn => OPT_IN,
            Collected::Channel(number) => number,
        }
    }

    /// The channel that it needs.
    pub fn needs(self) -> Consent {
        Consent::of(self.number())
    }

    /// Returns true if it is collected until the user says no.
    pub fn is_by_default(self) -> bool {
        Consent::is_default(self.number())
    }
}
