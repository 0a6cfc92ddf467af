//! Identifiers as written.

use candor_domain::Period;

use super::located::Located;
use super::words::words;

/// An identifier as written: one word, or a mapping.
#[derive(Debug, Clone, PartialEq)]
pub enum IdentifierModel {
    /// The short form.
    Word(IdentifierWord),
    /// The origin, and the scope in which it stays the same.
    Mapping {
        /// The origin.
        source: Option<Located<IdentifierSource>>,
        /// The sources that it is computed or read from: attributes, or words.
        of: Vec<Located<String>>,
        /// Set if a secret that never leaves is hashed with it.
        salted: Option<Located<bool>>,
        /// The scope in which it stays the same.
        scope: Option<Located<IdentifierScope>>,
        /// The time after which another one takes its place.
        rotates: Option<Located<Period>>,
    },
}

impl IdentifierModel {
    /// The entries of `of`.
    pub fn of(&self) -> &[Located<String>] {
        match self {
            IdentifierModel::Word(_) => &[],
            IdentifierModel::Mapping { of, .. } => of,
        }
    }

    /// The origin, if that is said.
    pub fn source(&self) -> Option<IdentifierSource> {
        match self {
            IdentifierModel::Word(IdentifierWord::Random) => Some(IdentifierSource::Random),
            IdentifierModel::Word(IdentifierWord::ContentHash) => Some(IdentifierSource::Hash),
            IdentifierModel::Word(IdentifierWord::Stable) => None,
            IdentifierModel::Mapping { source, .. } => source.as_ref().map(|source| source.value),
        }
    }

    /// The scope, if that is said.
    pub fn scope(&self) -> Option<IdentifierScope> {
        match self {
            IdentifierModel::Word(_) => None,
            IdentifierModel::Mapping { scope, .. } => scope.as_ref().map(|scope| scope.value),
        }
    }
}

words!(
    /// An identifier in one word.
    IdentifierWord {
        /// Drawn at random, anew for every run or object. What is drawn once and kept is `stable`.
        Random = "random",
        /// Computed from content: the same content gives the same identifier.
        ContentHash = "content_hash",
        /// Kept, however it was made: the same person or installation gives the same identifier.
        Stable = "stable",
    }
);

words!(
    /// The origin of an identifier.
    IdentifierSource {
        /// Drawn at random, from nothing.
        Random = "random",
        /// Computed as a hash of what `of` lists.
        Hash = "hash",
        /// Read from the machine: its id, its processor, its network card.
        Hardware = "hardware",
        /// Given by an account that the user has.
        Account = "account",
    }
);

words!(
    /// The scope in which an identifier stays the same.
    IdentifierScope {
        /// One signal: the next one has another.
        Signal = "signal",
        /// One run of the program.
        Run = "run",
        /// The installation, in all runs.
        Installation = "installation",
        /// The machine, in all its installations.
        Machine = "machine",
        /// A person's account, on all machines.
        Account = "account",
    }
);
