//! The parts of a catalogue that were seen.

use candor_schema::{AttributeId, Catalogue, Collected, Row, RowId, Signal};

use crate::audit::{Capture, RowCoverage};

/// The attributes and signals that were seen.
#[derive(Debug)]
pub(super) struct Coverage {
    attributes: Vec<bool>,
    signals: Vec<bool>,
}

impl Coverage {
    pub fn new(catalogue: &Catalogue) -> Self {
        Coverage {
            attributes: vec![false; catalogue.attributes().len()],
            signals: vec![false; catalogue.signals().len()],
        }
    }

    pub fn see(&mut self, id: AttributeId) {
        self.attributes[id.index()] = true;
    }

    /// Notes a signal by its position in the catalogue.
    pub fn see_signal(&mut self, index: usize) {
        self.signals[index] = true;
    }

    pub fn rows(&self, catalogue: &Catalogue, captures: &[Capture]) -> Vec<RowCoverage> {
        let ids = (0..).map_while(|position| catalogue.row_id(position));
        ids.zip(catalogue.rows()).map(|(id, row)| self.row(catalogue, id, row, captures)).collect()
    }

    fn row(&self, catalogue: &Catalogue, id: RowId, row: &Row, captures: &[Capture]) -> RowCoverage {
        let channels = catalogue.row_channels(id);
        let attributes = catalogue.attributes().iter().zip(&self.attributes);
        let own = attributes.filter(|(attribute, _)| attribute.row == id);
        let signals = catalogue.signals().iter().zip(&self.signals);
        let own_signals = signals.filter(|(signal, _)| signal.row == Some(id));
        let unseen = own.clone().filter(|(_, seen)| !**seen).map(|(attribute, _)| attribute.id.to_string());
        let unseen_signals = own_signals.clone().filter(|(_, seen)| !**seen).map(|(signal, _)| signal.name.to_string());
        RowCoverage {
            row: row.title.clone(),
            collected: channels.iter().map(|one| catalogue.channel_name(*one)).collect::<Vec<_>>().join(", "),
            granted: captures.iter().any(|capture| channels.iter().any(|one| capture.granted.allows(*one))),
            attributes: own.count(),
            never_seen: unseen.collect(),
            signals: own_signals.count(),
            signals_never_seen: unseen_signals.collect(),
        }
    }

    /// Signals that were never seen.
    pub fn unseen<'c>(&self, catalogue: &'c Catalogue) -> impl Iterator<Item = &'c Signal> {
        catalogue.signals().iter().zip(&self.signals).filter(|(_, seen)| !**seen).map(|(signal, _)| signal)
    }

    /// Names of signals that were never seen and that these captures could hold.
    pub fn never_sent(&self, catalogue: &Catalogue, captures: &[Capture]) -> Vec<String> {
        let allowed = |collected: Collected| captures.iter().any(|capture| capture.granted.allows(collected));
        let signals = catalogue.signals().iter().zip(&self.signals);
        let unseen = signals.filter(|(signal, seen)| !**seen && allowed(signal.collected));
        unseen.map(|(signal, _)| signal.name.to_string()).collect()
    }
}
