//! The signals of a catalogue that can be joined with one another.

use candor_domain::{Consent, Join};

use super::{Catalogue, Signal};
use crate::SignalKind;

impl Catalogue {
    /// The span with this key.
    pub fn span(&self, key: &str) -> Option<&Signal> {
        self.signals.iter().find(|signal| signal.kind == SignalKind::Span && signal.id == key)
    }

    /// Returns whether a signal may be joined with some span at a consent. A span of the catalogue needs its own channels
    /// for that; one of another process needs none.
    pub fn may_join(&self, signal: &candor_domain::Signal, join: Join, consent: Consent) -> bool {
        signal.may_join(join, consent, self.signals.iter().map(|signal| &signal.info))
    }
}
