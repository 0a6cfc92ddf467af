//! The memory of an audit from one payload to the next, all of it bounded.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use candor_schema::{AttributeId, Catalogue};

use crate::audit::Rule;
use crate::audit::copied::Copies;
use crate::audit::coverage::Coverage;
use crate::audit::hashed::{Hashes, Text};
use crate::audit::identity::Identities;
use crate::audit::lasting::Lasting;
use crate::audit::ledger::Ledger;
use crate::audit::names::{MANY, Name, Names};
use crate::audit::typed::Typed;
use crate::payload::Scope;

/// Most pointers and names that are shared. More than there are findings.
const MOST_TEXTS: usize = 20_000;

#[derive(Debug)]
pub(super) struct Memory {
    pub ledger: Ledger,
    pub coverage: Coverage,
    pub copies: Copies,
    pub hashes: Hashes,
    pub identities: Identities,
    pub lasting: Lasting,
    names: HashMap<Place, Names>,
    strays: HashMap<AttributeId, HashSet<u64>>,
    texts: HashSet<Arc<str>>,
    pub typed: Typed,
    /// The scope that was looked at last. Many signals have the same.
    pub scope: Option<Arc<Scope>>,
    hasher: RandomState,
}

/// The place of a name that the catalogue does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Signal,
    Attribute,
    Field,
    /// The resource or the scope.
    Context,
    /// Anything else that OTLP has.
    Part,
}

impl Place {
    pub fn rule(self) -> Rule {
        match self {
            Place::Signal => Rule::UnknownSignal,
            Place::Attribute => Rule::UnknownAttribute,
            Place::Field => Rule::UnknownField,
            Place::Context => Rule::UnknownContext,
            Place::Part => Rule::UnknownPart,
        }
    }
}

impl Memory {
    pub fn new(catalogue: &Catalogue) -> Self {
        Memory {
            ledger: Ledger::default(),
            coverage: Coverage::new(catalogue),
            copies: Copies::default(),
            hashes: Hashes::default(),
            identities: Identities::default(),
            lasting: Lasting::default(),
            names: HashMap::new(),
            strays: HashMap::new(),
            texts: HashSet::new(),
            typed: Typed::default(),
            scope: None,
            hasher: RandomState::new(),
        }
    }

    /// Takes in a text that the tester typed.
    pub fn add_typed(&mut self, text: &str) {
        if self.typed.add(text) {
            let text = Text { text: text.trim(), pointer: Arc::from("/typed"), is_opt_in: true };
            self.hashes.add_texts(&[text]);
        }
    }

    /// Returns the name under which an unlisted name is reported.
    pub fn call(&mut self, place: Place, name: &str) -> Name {
        self.names.entry(place).or_default().call(name)
    }

    /// A text to be kept in many places.
    pub fn share(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let shared = Arc::<str>::from(text);
        if self.texts.len() < MOST_TEXTS {
            self.texts.insert(Arc::clone(&shared));
        }
        shared
    }

    /// Notes a value outside a closed domain, and says whether there are many of that domain.
    pub fn strays(&mut self, id: AttributeId, value: &str) -> bool {
        let strays = self.strays.entry(id).or_default();
        if strays.len() <= MANY {
            strays.insert(self.hasher.hash_one(value));
        }
        strays.len() > MANY
    }

    /// The limits that were reached, in words.
    pub fn limits(&self) -> Vec<&'static str> {
        let names_are_full = self.names.values().any(Names::is_full);
        let limits = [
            (self.ledger.is_full(), "There are more findings than are kept."),
            (names_are_full, "There are more unknown names than are kept; the others are counted together."),
            (
                self.copies.forgot(),
                "There are more texts than are compared at a time; a copy far from its original may be missed.",
            ),
            (
                self.hashes.forgot(),
                "There are more hashes and texts than are compared at a time; a hash far from its text may be missed.",
            ),
            (
                self.identities.forgot() || self.lasting.forgot(),
                "There are more identifiers than are compared at a time.",
            ),
        ];
        limits.into_iter().filter(|(reached, _)| *reached).map(|(_, limit)| limit).collect()
    }
}
