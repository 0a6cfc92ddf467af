//! The catalogue's expectations, in tables that are made once.

use std::collections::HashMap;

use candor_schema::{
    AttributeId, Catalogue, Domain, Field, Identifier, IdentifierScope, Object, ObjectId, Signal, SignalKind,
};

use crate::audit::coverage::Coverage;
use crate::audit::names::is_same;

/// A catalogue by the names on the wire.
#[derive(Debug)]
pub(super) struct Expected<'c> {
    pub catalogue: &'c Catalogue,
    signals: HashMap<SignalKind, HashMap<&'c str, ExpectedSignal<'c>>>,
    objects: Vec<HashMap<&'c str, &'c Field>>,
    /// Attributes that every signal carries: those of the catalogue, and of a kind those that all of it carry.
    common: HashMap<&'c str, AttributeId>,
    /// The attributes of the process.
    process: HashMap<&'c str, AttributeId>,
    everywhere: HashMap<SignalKind, HashMap<&'c str, AttributeId>>,
    /// Attributes that any signal carries under this name.
    anywhere: HashMap<&'c str, Vec<AttributeId>>,
    has_signal_ids: bool,
}

/// A signal with its attributes by name.
#[derive(Debug)]
pub(super) struct ExpectedSignal<'c> {
    /// Position in [`Catalogue::signals`].
    pub index: usize,
    pub signal: &'c Signal,
    attributes: HashMap<&'c str, AttributeId>,
}

impl<'c> Expected<'c> {
    pub fn new(catalogue: &'c Catalogue) -> Self {
        let name = |id: AttributeId| &*catalogue.attribute(id).name;
        let mut signals: HashMap<_, HashMap<_, _>> = HashMap::new();
        let mut anywhere: HashMap<&str, Vec<AttributeId>> = HashMap::new();
        for (index, signal) in catalogue.signals().iter().enumerate() {
            let own = signal.attributes.iter().map(|own| own.attribute).filter(|id| signal.body != Some(*id));
            let attributes: HashMap<_, _> = own.map(|id| (name(id), id)).collect();
            for (name, id) in &attributes {
                anywhere.entry(name).or_default().push(*id);
            }
            let expected = ExpectedSignal { index, signal, attributes };
            signals.entry(signal.kind).or_default().insert(&*signal.name, expected);
        }
        let fields = |object: &'c Object| object.fields.iter().map(|field| (field.name.as_str(), field)).collect();
        Expected {
            catalogue,
            signals,
            objects: catalogue.objects().iter().map(fields).collect(),
            common: catalogue.common().iter().map(|own| (name(own.attribute), own.attribute)).collect(),
            process: catalogue.resource().attributes.iter().map(|own| (name(own.attribute), own.attribute)).collect(),
            everywhere: SignalKind::ALL.map(|kind| (kind, everywhere(catalogue, kind))).into(),
            anywhere,
            has_signal_ids: catalogue.attributes().iter().any(|attribute| {
                attribute.identifier.as_ref().is_some_and(|it| it.scope == Some(IdentifierScope::Signal))
            }),
        }
    }

    pub fn signal(&self, kind: SignalKind, name: &str) -> Option<&ExpectedSignal<'c>> {
        self.signals.get(&kind)?.get(name)
    }

    /// A signal that was not seen yet and whose name is nearly this one.
    pub fn near(&self, kind: SignalKind, name: &str, coverage: &Coverage) -> Option<&ExpectedSignal<'c>> {
        let mut unseen = coverage.unseen(self.catalogue).filter(|signal| signal.kind == kind);
        self.signal(kind, &unseen.find(|signal| is_same(name, &signal.name))?.name)
    }

    /// The attribute of this name that a signal carries. A signal that the catalogue does not list carries the common ones.
    pub fn attribute(
        &self,
        kind: Option<SignalKind>,
        signal: Option<&ExpectedSignal<'c>>,
        name: &str,
    ) -> Option<AttributeId> {
        let of_kind = || kind.and_then(|kind| self.everywhere.get(&kind)?.get(name));
        let found = match signal {
            Some(signal) => signal.attributes.get(name),
            None => self.common.get(name).or_else(of_kind),
        };
        found.copied()
    }

    /// The attribute of the process of this name.
    pub fn of_process(&self, name: &str) -> Option<AttributeId> {
        self.process.get(name).copied()
    }

    /// Finds the attribute of a name that is in any signal: the most open of them.
    pub fn anywhere(&self, name: &str) -> Option<AttributeId> {
        let attributes = self.anywhere.get(name)?.iter().copied();
        attributes.min_by_key(|id| self.catalogue.attribute(*id).collected.number())
    }

    pub fn field(&self, object: ObjectId, name: &str) -> Option<&'c Field> {
        self.objects[object.index()].get(name).copied()
    }

    /// Returns true if the texts of an attribute have a shape: a pattern, or that of a timestamp.
    pub fn has_pattern(&self, id: AttributeId) -> bool {
        let domain = self.catalogue.attribute(id).domain.innermost();
        matches!(domain, Domain::String { pattern: Some(_), .. } | Domain::Timestamp)
    }

    /// The title of the row that discloses an attribute.
    pub fn row(&self, id: AttributeId) -> &'c str {
        &self.catalogue.row(self.catalogue.attribute(id).row).title
    }

    /// Returns true if some identifier is said to be new in each signal.
    pub fn has_signal_ids(&self) -> bool {
        self.has_signal_ids
    }

    /// Returns true for an identifier that is said to be random.
    pub fn is_random(&self, id: AttributeId) -> bool {
        self.catalogue.attribute(id).identifier.as_ref().is_some_and(Identifier::is_random)
    }
}

/// The attributes that all signals of a kind carry, where there are several.
fn everywhere(catalogue: &Catalogue, kind: SignalKind) -> HashMap<&str, AttributeId> {
    let signals: Vec<&Signal> = catalogue.signals().iter().filter(|signal| signal.kind == kind).collect();
    let Some((first, others)) = signals.split_first().filter(|(_, others)| !others.is_empty()) else {
        return HashMap::new();
    };
    let carries = |signal: &&Signal, id| signal.attributes.iter().any(|own| own.attribute == id);
    let own = first.attributes.iter().map(|own| own.attribute);
    let common = own.filter(|id| others.iter().all(|other| carries(other, *id)));
    common.map(|id| (&*catalogue.attribute(id).name, id)).collect()
}
