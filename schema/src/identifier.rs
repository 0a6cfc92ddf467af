//! Identifiers as checked: where each comes from, and what it stays the same for.

use candor_domain::Period;

use crate::catalogue::ids::AttributeId;
pub use crate::model::{IdentifierScope, IdentifierSource, IdentifierWord};

/// An identifier: its origin, and the scope in which it stays the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Identifier {
    /// The word, where it was written as one.
    pub word: Option<IdentifierWord>,
    /// The origin. `None` for what only says that it is kept.
    pub source: Option<IdentifierSource>,
    /// The sources that it is computed or read from.
    pub of: Vec<IdentifierOf>,
    /// Set if a secret that never leaves is hashed with it.
    pub salted: bool,
    /// The scope in which it stays the same. `None` where that is not said.
    pub scope: Option<IdentifierScope>,
    /// The time after which another one takes its place.
    pub rotates: Option<Period>,
}

/// Something that an identifier is computed or read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentifierOf {
    /// An attribute.
    Attribute(AttributeId),
    /// Something that is no attribute, in words.
    Words(String),
}

/// The traceability of an identifier to a person: smaller is less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    source: u8,
    scope: u8,
    /// The time that it stays the same, in seconds.
    lasts: u64,
}

impl Identifier {
    /// Returns whether it is drawn at random.
    pub fn is_random(&self) -> bool {
        self.source == Some(IdentifierSource::Random)
    }

    /// Returns whether it stays the same from run to run, so that it tells that somebody is the same again.
    pub fn is_kept(&self) -> bool {
        let kept = matches!(self.source, None | Some(IdentifierSource::Hardware | IdentifierSource::Account));
        kept || self.scope.is_some_and(|scope| scope >= IdentifierScope::Installation)
    }

    /// Returns whether the runtime can make it: a random one that stays the same for an installation.
    pub fn is_installation(&self) -> bool {
        self.is_random() && self.scope == Some(IdentifierScope::Installation)
    }

    /// The attributes that it is computed from.
    pub fn attributes(&self) -> impl Iterator<Item = AttributeId> {
        self.of.iter().filter_map(|of| match of {
            IdentifierOf::Attribute(id) => Some(*id),
            IdentifierOf::Words(_) => None,
        })
    }

    /// Measures how traceable it is to a person, on each of its sides.
    pub(crate) fn reach(&self) -> Reach {
        let source = match (self.source, self.salted) {
            (Some(IdentifierSource::Random), _) => 0,
            (Some(IdentifierSource::Hash), true) => 1,
            (Some(IdentifierSource::Hash), false) => 2,
            (Some(IdentifierSource::Hardware), _) => 3,
            (Some(IdentifierSource::Account), _) => 4,
            (None, _) => 5,
        };
        let scope = match (self.scope, self.source) {
            (Some(scope), _) => scope,
            (None, Some(IdentifierSource::Hardware)) => IdentifierScope::Machine,
            (None, Some(IdentifierSource::Account) | None) => IdentifierScope::Account,
            (None, Some(IdentifierSource::Random | IdentifierSource::Hash)) => IdentifierScope::Run,
        };
        let kept = scope >= IdentifierScope::Installation;
        let lasts = if kept { self.rotates.map_or(u64::MAX, Period::seconds) } else { 0 };
        Reach { source, scope: scope as u8, lasts }
    }
}

impl Reach {
    /// Returns whether it leads further back than another in some way.
    pub fn exceeds(self, other: Reach) -> bool {
        self.source > other.source || self.scope > other.scope || self.lasts > other.lasts
    }

    /// Returns whether it cannot tell that somebody is the same in two runs.
    pub fn is_untraceable(self) -> bool {
        self.source == 0 && self.scope <= IdentifierScope::Run as u8
    }
}
