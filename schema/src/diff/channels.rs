//! Channels compared: which there are, which are on by default, what they imply; and what moved from one to another.

use super::{At, Class, Comparison, Pair, pairs};
use crate::finding::quote;
use crate::{Channel, Collected, Consent};

impl<'c> Comparison<'c> {
    pub(super) fn channels(&mut self) {
        let (old, new) = (&self.old.head.channels, &self.new.head.channels);
        for pair in pairs(old, new, |channel| &*channel.name) {
            match pair {
                Pair::Added(channel) => self.added_channel(channel),
                Pair::Removed(channel) => {
                    let at = At::old(subject(channel), channel.place);
                    self.change(&at, [Class::Narrows], format!("there is no channel `{}` any more", channel.name));
                }
                Pair::Kept(was, is) => self.channel(was, is),
            }
        }
        let names = |channels: &'c [Channel]| -> Vec<&'c str> { channels.iter().map(|one| &*one.name).collect() };
        self.order(&At::whole("consent.channels"), &names(old), &names(new), "the channels");
        self.ask();
    }

    fn added_channel(&mut self, channel: &Channel) {
        let at = At::new(subject(channel), channel.place);
        let (class, when) =
            if channel.is_on() { (Class::Widens, "on by default") } else { (Class::AddsOptIn, "off by default") };
        self.change(&at, [class], format!("the channel `{}` ({}) is new, and {when}", channel.name, channel.brief));
    }

    fn channel(&mut self, was: &Channel, is: &Channel) {
        let (at, name) = (At::new(subject(is), is.place), &is.name);
        match (was.is_on(), is.is_on()) {
            (false, true) => {
                self.change(&at, [Class::Widens], format!("the channel `{name}` was off by default and is on"));
            }
            (true, false) => {
                self.change(&at, [Class::Narrows], format!("the channel `{name}` was on by default and is off"));
            }
            _ => {}
        }
        for implied in is.implies.iter().filter(|implied| !was.implies.contains(implied)) {
            let sentence = format!("whoever granted `{name}` grants `{implied}`, too");
            self.change(&at, [Class::Widens], sentence);
        }
        for implied in was.implies.iter().filter(|implied| !is.implies.contains(implied)) {
            self.change(&at, [Class::Narrows], format!("`{name}` no longer grants `{implied}`"));
        }
        self.wording(&at, &was.title, &is.title, || {
            format!("the channel `{name}` was called {} and is {}", quote(&was.title), quote(&is.title))
        });
        self.wording(&at, &was.brief, &is.brief, || format!("the channel `{name}` has another brief"));
    }

    fn ask(&mut self) {
        let at = At::new("consent.ask", self.new.head.place("consent.ask"));
        match (&self.old.head.ask, &self.new.head.ask) {
            (Some(_), None) => self.change(&at, [Class::Widens], "the program asked first and no longer asks"),
            (None, Some(_)) => self.change(&at, [Class::Narrows], "the program asks first"),
            (was, is) => self.wording(&at, was, is, || "the question that is asked first changed".to_owned()),
        }
    }

    /// Returns the effect of a move from one channel to another; `None` where it stayed. `sent` is its verb.
    pub(super) fn moved(&mut self, at: &At, what: &str, sent: &str, (was, is): (Collected, Collected)) {
        let (old, new) = (self.old, self.new);
        let from = old.channel_name(was);
        if from == new.channel_name(is) {
            return; // whether the channel itself is on by default is told of the channel
        }
        let class = match (was.is_by_default(), is.is_by_default()) {
            (false, true) => Class::Widens,
            (true, false) => Class::Narrows,
            // Whoever has the new permission had the old one before.
            _ if self.grants(is, from) => Class::Narrows,
            _ if old.head.channel_number(new.channel_name(is)).is_none() && !is.is_by_default() => Class::AddsOptIn,
            _ => Class::Widens,
        };
        let sentence = match (was, is) {
            (Collected::OptIn, Collected::Default) => format!("{what} was opt-in and is {sent} by default"),
            (Collected::Default, Collected::OptIn) => format!("{what} was {sent} by default and is opt-in"),
            _ => format!("{what} was {sent} {} and is {sent} {}", old.when(was), new.when(is)),
        };
        self.change(at, [class], sentence);
    }

    /// Returns true if a channel implied another one of this name, before and now.
    fn grants(&self, channel: Collected, other: &str) -> bool {
        let name = self.new.channel_name(channel);
        [&self.old.head, &self.new.head].into_iter().all(|head| {
            let numbers = head.channel_number(name).zip(head.channel_number(other));
            numbers.is_some_and(|(channel, other)| head.closed(Consent::of(channel)).includes(Consent::of(other)))
        })
    }
}

fn subject(channel: &Channel) -> String {
    format!("consent.channels.{}", channel.name)
}
