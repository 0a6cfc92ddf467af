//! Spans, events and metrics as written.

use super::keys::{METRIC_KEYS, SIGNAL_KEYS};
use super::mapping::{Map, Reader};
use super::node::Node;
use crate::Place;
use crate::model::*;
use crate::unread::Part;

impl Reader<'_> {
    /// A span or an event.
    pub(super) fn signal(&mut self, node: &Node, name: Place) -> Option<SignalModel> {
        let Some(map) = self.carrier(node, "a signal", SIGNAL_KEYS, name) else { return Some(SignalModel::default()) };
        Some(SignalModel {
            every: map.optional(self, "every", Reader::period),
            body: map.optional(self, "body", Reader::text),
            parents: map.list(self, "parents", Reader::text),
            links_to: map.list(self, "links_to", Reader::text),
            propagates: map.optional(self, "propagates", Reader::boolean),
            ..self.any_signal(&map)
        })
    }

    /// A metric is a signal with an instrument.
    pub(super) fn metric(&mut self, node: &Node, name: Place) -> Option<SignalModel> {
        let Some(map) = self.carrier(node, "a metric", METRIC_KEYS, name) else {
            return Some(SignalModel { measure: Some(MeasureModel::default()), ..SignalModel::default() });
        };
        let measure = MeasureModel {
            instrument: map
                .required(self, "instrument", |r, n| r.word(n, InstrumentWord::WORDS, InstrumentWord::from_word)),
            value: map.required(self, "value", |r, n| r.word(n, ValueWord::WORDS, ValueWord::from_word)),
            unit: map.optional(self, "unit", Reader::unit),
            bounds: map.list(self, "bounds", Reader::number),
            interval: map.optional(self, "interval", Reader::period),
        };
        Some(SignalModel { measure: Some(measure), ..self.any_signal(&map) })
    }

    /// The keys of a signal. Where some could not be read, it may carry more than is known.
    fn carrier<'n>(
        &mut self,
        node: &'n Node,
        what: &'static str,
        known: &[&'static str],
        name: Place,
    ) -> Option<Map<'n>> {
        let map = self.entry(node, what, known, name);
        if map.as_ref().is_none_or(|map| map.unread_nested) {
            self.unread.parts.insert(Part::Carried);
        }
        map
    }

    /// The keys that signals of each kind have.
    fn any_signal(&mut self, map: &Map<'_>) -> SignalModel {
        SignalModel {
            name: map.required(self, "name", Reader::text),
            collected: map.required(self, "collected", Reader::collected),
            brief: map.required(self, "brief", Reader::text),
            row: map.optional(self, "row", Reader::text),
            endpoint: map.optional(self, "endpoint", Reader::text),
            attributes: map.entries(self, "attributes", Part::Carried, Reader::carried),
            since: map.optional(self, "since", Reader::version),
            deprecated: map.optional(self, "deprecated", Reader::deprecated),
            stability: map.optional(self, "stability", Reader::stability),
            allow: self.waivers(map),
            ..SignalModel::default()
        }
    }
}
