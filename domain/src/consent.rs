//! Consent: the set of channels that were granted.

use std::fmt;
use std::ops::Range;

/// The channel of what a catalogue collects by default.
pub const DEFAULT: u8 = 0;
/// The channel of what a catalogue collects only after the opt-in.
pub const OPT_IN: u8 = 1;
/// The numbers of the channels that a catalogue names and that are off until the user grants them.
pub const NAMED_OFF: Range<u8> = 2..20;
/// The numbers of the channels that a catalogue names and that are on by default.
pub const NAMED_ON: Range<u8> = 20..Consent::MOST_CHANNELS;

/// A set of at most 30 channels: those that were granted, or those that something needs.
///
/// Data passes if all channels that it needs were granted. Sets have no order: of two, neither need hold the other.
///
/// A channel's number says whether it is on by default: 0 is the channel of what is collected by default, 1 the one
/// behind the opt-in, [`NAMED_OFF`] and [`NAMED_ON`] are those that a catalogue names. So [`Consent::Default`] is the same
/// constant for every catalogue; it holds the channels that are on by default, and numbers that the catalogue does not
/// use. Numbers are of one build of a catalogue. Files and the wire have names.
///
/// ```
/// use candor_domain::{Consent, OPT_IN};
///
/// assert!(Consent::OptedIn.includes(Consent::Default) && !Consent::Default.includes(Consent::OptedIn));
/// assert_eq!(Consent::Default.and(Consent::of(OPT_IN)), Consent::OptedIn);
/// assert_eq!(Consent::Off.to_string(), "off");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Consent(u32);

#[allow(non_upper_case_globals, reason = "they read as the choices that people know")]
impl Consent {
    /// Nothing: nothing is built, queued, written or sent.
    pub const Off: Consent = Consent(0);
    /// The channels that are on by default: the one of what is collected by default, and those that were named so.
    pub const Default: Consent = Consent::of(DEFAULT).and(Consent::range(NAMED_ON));
    /// The channels that are on by default, and the opt-in channel.
    pub const OptedIn: Consent = Consent::Default.and(Consent::of(OPT_IN));
}

impl Consent {
    /// Most channels in a set. The other two bits of the number are the runtime's.
    pub const MOST_CHANNELS: u8 = 30;

    /// One channel alone. A channel that cannot be in a set gives the empty set.
    pub const fn of(channel: u8) -> Self {
        if channel < Self::MOST_CHANNELS { Consent(1 << channel) } else { Consent::Off }
    }

    const fn range(channels: Range<u8>) -> Self {
        Consent(((1 << (channels.end - channels.start)) - 1) << channels.start)
    }

    /// Returns whether a channel is on until the user switches it off.
    pub const fn is_default(channel: u8) -> bool {
        Consent::Default.includes(Consent::of(channel))
    }

    /// The channels of both.
    #[inline]
    #[must_use]
    pub const fn and(self, other: Consent) -> Self {
        Consent(self.0 | other.0)
    }

    /// The channels that are in both.
    #[inline]
    #[must_use]
    pub const fn common(self, other: Consent) -> Self {
        Consent(self.0 & other.0)
    }

    /// Removes the channels of another set.
    #[inline]
    #[must_use]
    pub const fn without(self, other: Consent) -> Self {
        Consent(self.0 & !other.0)
    }

    /// Returns whether all channels of another set are in this one.
    #[inline(always)]
    pub const fn includes(self, needed: Consent) -> bool {
        needed.0 & !self.0 == 0
    }

    /// Returns whether no channel was granted.
    #[inline(always)]
    pub const fn is_off(self) -> bool {
        self.0 == 0
    }

    /// Returns whether the opt-in channel was granted.
    #[inline(always)]
    pub const fn is_opted_in(self) -> bool {
        self.includes(Consent::of(OPT_IN))
    }

    /// The set as a number: bit `n` is channel `n`.
    #[inline(always)]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The set that a number is. Bits beyond the last channel are ignored.
    #[inline(always)]
    pub const fn from_bits(bits: u32) -> Self {
        Consent(bits & ((1 << Self::MOST_CHANNELS) - 1))
    }

    /// The channels, in ascending order.
    pub fn channels(self) -> impl Iterator<Item = u8> {
        (0..Self::MOST_CHANNELS).filter(move |channel| self.includes(Consent::of(*channel)))
    }
}

impl fmt::Display for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [(Consent::Off, "off"), (Consent::Default, "default"), (Consent::OptedIn, "opted-in")];
        if let Some((_, name)) = named.iter().find(|(consent, _)| consent == self) {
            return f.write_str(name);
        }
        let by_default = self.includes(Consent::of(DEFAULT));
        let listed = if by_default { self.without(Consent::Default) } else { *self };
        let missing = if by_default { Consent::Default.without(*self) } else { Consent::Off };
        let word = |channel: u8| if channel == OPT_IN { "opt-in".to_owned() } else { format!("channel {channel}") };
        let mut words: Vec<String> = by_default.then(|| "default".to_owned()).into_iter().collect();
        words.extend(listed.channels().map(word));
        f.write_str(&words.join("+"))?;
        missing.channels().try_for_each(|channel| write!(f, "-channel {channel}"))
    }
}

impl fmt::Debug for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Consent({self})")
    }
}

/// Proof that a channel was granted: without it, an attribute of that channel cannot be recorded.
#[derive(Debug, Clone, Copy)]
pub struct Granted<const CHANNEL: u8>(());

impl<const CHANNEL: u8> Granted<CHANNEL> {
    /// The proof, if the channel is in the set. It proves what the caller believes: the sieve asks again.
    #[inline(always)]
    pub const fn by(consent: Consent) -> Option<Self> {
        if consent.includes(Consent::of(CHANNEL)) { Some(Granted(())) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets() {
        let crash = Consent::of(7);
        assert_eq!(crash.and(Consent::Default).to_string(), "default+channel 7");
        assert_eq!(crash.and(Consent::of(OPT_IN)).channels().collect::<Vec<_>>(), [1, 7]);
        assert!(Consent::OptedIn.includes(Consent::Off) && !crash.includes(Consent::Default));
        assert_eq!(Consent::OptedIn.without(Consent::of(OPT_IN)), Consent::Default);
        assert_eq!(Consent::of(30), Consent::Off);
        assert_eq!(Consent::from_bits(u32::MAX).channels().count(), 30);
        assert!(Consent::is_default(20) && !Consent::is_default(19) && !Consent::is_default(OPT_IN));
        assert_eq!(Consent::Default.without(Consent::of(20)).to_string(), "default-channel 20");
        assert_eq!(Consent::Default.channels().count(), 1 + NAMED_ON.len());
        assert!(Granted::<OPT_IN>::by(Consent::OptedIn).is_some() && Granted::<OPT_IN>::by(crash).is_none());
    }
}
