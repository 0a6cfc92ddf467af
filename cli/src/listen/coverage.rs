//! The parts of a catalogue that were seen.

use candor_schema::{AttributeId, Catalogue, Signal, SignalKind};
use candor_validate::Payload;
use serde::Serialize;
use serde_json::Value;

/// Signals counted, attributes ticked off.
#[derive(Debug, Clone)]
pub struct Coverage {
    pub spans: u64,
    pub events: u64,
    /// Data points of metrics.
    pub data_points: u64,
    /// By position in the catalogue.
    signals: Vec<u64>,
    unlisted: u64,
    attributes: Vec<bool>,
}

/// The same for people and programs.
#[derive(Debug, Serialize)]
pub struct CoverageReport {
    /// Names, and how many of each came.
    pub signals: Vec<(String, u64)>,
    /// The number of signals that the catalogue does not list.
    pub unlisted: u64,
    pub rows: Vec<RowSeen>,
}

/// The part of a row that was seen.
#[derive(Debug, Serialize)]
pub struct RowSeen {
    pub title: String,
    pub attributes_seen: usize,
    pub attributes: usize,
}

/// The signal of the catalogue that a payload says it is, with its position.
pub fn signal<'c>(catalogue: &'c Catalogue, payload: &Payload) -> Option<(usize, &'c Signal)> {
    let (kind, name) = (payload.value["kind"].as_str()?, payload.value["name"].as_str()?);
    catalogue.signals().iter().enumerate().find(|(_, signal)| signal.kind.word() == kind && signal.name == name)
}

impl Coverage {
    pub fn new(catalogue: &Catalogue) -> Self {
        let signals = vec![0; catalogue.signals().len()];
        let attributes = vec![false; catalogue.attributes().len()];
        Coverage { spans: 0, events: 0, data_points: 0, signals, unlisted: 0, attributes }
    }

    /// The number of signals that came.
    pub fn signals_seen(&self) -> u64 {
        self.spans + self.events + self.data_points
    }

    pub fn add(&mut self, catalogue: &Catalogue, payload: &Payload) {
        match payload.value["kind"].as_str().and_then(SignalKind::of_word) {
            Some(SignalKind::Span) => self.spans += 1,
            Some(SignalKind::Metric) => self.data_points += 1,
            Some(SignalKind::Event) | None => self.events += 1,
        }
        let Some((position, signal)) = signal(catalogue, payload) else {
            self.unlisted += 1;
            return;
        };
        self.signals[position] += 1;
        for carried in &signal.attributes {
            let name = &catalogue.attribute(carried.attribute).name;
            self.tick(catalogue, carried.attribute, &payload.value["attributes"][&**name]);
        }
    }

    /// An attribute, and the fields in its objects.
    fn tick(&mut self, catalogue: &Catalogue, id: AttributeId, value: &Value) {
        if value.is_null() {
            return;
        }
        self.attributes[id.index()] = true;
        let Some(object) = catalogue.attribute(id).domain.object().and_then(|object| catalogue.object_of(object))
        else {
            return;
        };
        for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
            for field in &object.fields {
                self.tick(catalogue, field.attribute, &value[field.name.as_str()]);
            }
        }
    }

    pub fn absorb(&mut self, other: &Coverage) {
        self.spans += other.spans;
        self.events += other.events;
        self.data_points += other.data_points;
        self.unlisted += other.unlisted;
        self.signals.iter_mut().zip(&other.signals).for_each(|(count, more)| *count += more);
        self.attributes.iter_mut().zip(&other.attributes).for_each(|(seen, also)| *seen |= also);
    }

    pub fn report(&self, catalogue: &Catalogue) -> CoverageReport {
        let signals = catalogue.signals().iter().zip(&self.signals);
        let rows = catalogue.rows().iter().enumerate().map(|(position, row)| {
            let attributes = catalogue.attributes().iter().zip(&self.attributes);
            let own: Vec<_> = attributes.filter(|(attribute, _)| attribute.row.index() == position).collect();
            let seen = own.iter().filter(|(_, seen)| **seen).count();
            RowSeen { title: row.title.clone(), attributes_seen: seen, attributes: own.len() }
        });
        CoverageReport {
            signals: signals.map(|(signal, count)| (signal.name.to_string(), *count)).collect(),
            unlisted: self.unlisted,
            rows: rows.collect(),
        }
    }
}
