//! The parts and keys of a catalogue that could not be read, so that checks report nothing that only follows from that.

use std::collections::{BTreeSet, HashSet};

use crate::Place;

/// The parts that are missing from the model because they could not be read. Their mistakes are reported; a mistake
/// that only follows is not.
#[derive(Debug, Default)]
pub(crate) struct Unread {
    /// The parts of which something may be missing.
    pub parts: BTreeSet<Part>,
    /// The keys of which something may be missing, with the place of their entry's name. `ANY_KEY` where it may be any.
    pub keys: HashSet<(Place, &'static str)>,
}

/// Stands for whatever an unknown key was meant to be.
pub(crate) const ANY_KEY: &str = "";

impl Unread {
    /// Returns true if something may be missing from any of these parts.
    pub fn any(&self, parts: &[Part]) -> bool {
        parts.iter().any(|part| self.parts.contains(part))
    }

    /// Returns true if nothing is missing.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.keys.is_empty()
    }

    /// Returns true if something may be missing from this key of an entry.
    pub fn key(&self, entry: Place, key: &'static str) -> bool {
        self.keys.contains(&(entry, key)) || self.keys.contains(&(entry, ANY_KEY))
    }
}

/// A part of the catalogue that names of others depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Endpoints,
    Consent,
    Rows,
    Attributes,
    Objects,
    Signals,
    /// The attributes that signals and objects list, and the common ones.
    Carried,
}

impl Part {
    pub const ALL: [Part; 7] =
        [Part::Endpoints, Part::Consent, Part::Rows, Part::Attributes, Part::Objects, Part::Signals, Part::Carried];
}
