//! A consent, less the part that its user has not agreed to yet.

use std::collections::HashMap;
use std::sync::Arc;

use candor_domain::Join;

use crate::{Consent, Signal};

/// A [`Consent`], less the attributes that the catalogue lists since the user agreed to it.
///
/// [`Pipeline::allowance`](crate::Pipeline::allowance) gives it. A [`Consent`] alone is one that holds nothing back.
#[derive(Debug, Clone)]
pub struct Allowance {
    consent: Consent,
    held: Option<Arc<Held>>,
}

/// The part of a catalogue that the user has not agreed to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    /// By the signal's key, all of it or some attributes.
    signals: HashMap<String, HeldPart>,
    /// Spans that a signal may not be joined with yet: its key, the way, and the span's key.
    joins: Vec<(&'static str, Join, &'static str)>,
    /// The keys of the spans whose ids may not be handed on yet.
    propagation: Vec<&'static str>,
    /// The attributes of the process, by their keys in the catalogue.
    process: Vec<&'static str>,
}

#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "stored"), expect(dead_code, reason = "without a stored agreement nothing is held back"))]
pub(crate) enum HeldPart {
    /// The whole signal.
    All,
    /// Some attributes, by their keys in the catalogue, at any depth.
    Attributes(Vec<&'static str>),
}

impl From<Consent> for Allowance {
    fn from(consent: Consent) -> Self {
        Allowance { consent, held: None }
    }
}

impl Allowance {
    /// The consent behind it.
    pub fn consent(&self) -> Consent {
        self.consent
    }

    /// The keys of the attributes that a signal has to do without; `None` when it may not leave at all.
    #[inline]
    pub(crate) fn held(&self, signal: &Signal) -> Option<&[&'static str]> {
        if !self.consent.includes(signal.needs) {
            return None;
        }
        match &self.held {
            None => Some(&[]),
            Some(held) => held.of(signal),
        }
    }

    /// The keys of the attributes that the resource has to do without.
    pub(crate) fn held_of_process(&self) -> &[&'static str] {
        self.held.as_ref().map_or(&[], |held| &held.process)
    }

    /// Returns whether a signal may not be joined with a span of this key yet.
    pub(crate) fn holds_join(&self, signal: &Signal, join: Join, span: &str) -> bool {
        let is_it = |(own, way, key): &(&str, Join, &str)| *own == signal.id && *way == join && *key == span;
        self.held.as_ref().is_some_and(|held| held.joins.iter().any(is_it))
    }

    /// Returns whether the id of a span may not be handed to other processes yet.
    pub(crate) fn holds_propagation(&self, signal: &Signal) -> bool {
        self.held.as_ref().is_some_and(|held| held.propagation.iter().any(|own| *own == signal.id))
    }

    pub(crate) fn holding(consent: Consent, held: Arc<Held>) -> Self {
        Allowance { consent, held: Some(held) }
    }
}

impl Held {
    #[cold]
    fn of(&self, signal: &Signal) -> Option<&[&'static str]> {
        match self.signals.get(&*signal.id) {
            None => Some(&[]),
            Some(HeldPart::Attributes(attributes)) => Some(attributes),
            Some(HeldPart::All) => None,
        }
    }
}

#[cfg(feature = "stored")]
impl Held {
    pub fn is_empty(&self) -> bool {
        self.signals.is_empty() && self.joins.is_empty() && self.propagation.is_empty() && self.process.is_empty()
    }

    pub fn insert(&mut self, signal: &Signal, part: HeldPart) {
        self.signals.insert(signal.id.to_string(), part);
    }

    pub fn hold_join(&mut self, signal: &'static Signal, join: Join, span: &'static str) {
        self.joins.push((&signal.id, join, span));
    }

    pub fn hold_propagation(&mut self, signal: &'static Signal) {
        self.propagation.push(&signal.id);
    }

    pub fn hold_of_process(&mut self, attribute: &'static str) {
        self.process.push(attribute);
    }
}
