//! Channels as checked: permissions with a switch of their own.

use candor_domain::Consent;

use crate::Place;

/// A permission with a switch of its own, which the catalogue names.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Key in the catalogue. The wire and stored files have it.
    pub name: String,
    /// Its number in this build of the catalogue.
    pub number: u8,
    /// Name for people.
    pub title: String,
    /// The data that is collected through it, as a phrase.
    pub brief: String,
    /// The channels that are granted with it, as written.
    pub implies: Vec<String>,
    /// The channel itself and all that it implies, directly or by way of others.
    pub grants: Consent,
    /// The place in the source.
    pub place: Place,
}

impl Channel {
    /// Returns true if it is on until the user switches it off.
    pub fn is_on(&self) -> bool {
        Consent::is_default(self.number)
    }
}

/// The question that the program asks before it reports anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The question; `None` where the catalogue has no words of its own.
    pub question: Option<String>,
}
