//! Metrics as written.

use super::keys::METRIC_KEYS;
use super::mapping::Reader;
use super::node::Node;
use crate::Place;
use crate::model::*;
use crate::unread::Part;

impl Reader<'_> {
    /// A metric is a signal with an instrument.
    pub(super) fn metric(&mut self, node: &Node, name: Place) -> Option<SignalModel> {
        let Some(map) = self.entry(node, "a metric", METRIC_KEYS, name) else {
            self.unread.parts.insert(Part::Carried);
            return Some(SignalModel { measure: Some(MeasureModel::default()), ..SignalModel::default() });
        };
        if map.unread_nested {
            self.unread.parts.insert(Part::Carried);
        }
        let measure = MeasureModel {
            instrument: map
                .required(self, "instrument", |r, n| r.word(n, InstrumentWord::WORDS, InstrumentWord::from_word)),
            value: map.required(self, "value", |r, n| r.word(n, ValueWord::WORDS, ValueWord::from_word)),
            unit: map.optional(self, "unit", Reader::unit),
            bounds: map.list(self, "bounds", Reader::number),
            interval: map.optional(self, "interval", Reader::period),
        };
        Some(SignalModel {
            name: map.required(self, "name", Reader::text),
            collected: map.required(self, "collected", Reader::collected),
            brief: map.required(self, "brief", Reader::text),
            row: map.optional(self, "row", Reader::text),
            endpoint: map.optional(self, "endpoint", Reader::text),
            attributes: map.entries(self, "attributes", Part::Carried, Reader::carried),
            since: map.optional(self, "since", Reader::version),
            deprecated: map.optional(self, "deprecated", Reader::deprecated),
            stability: map.optional(self, "stability", Reader::stability),
            allow: self.waivers(&map),
            measure: Some(measure),
            ..SignalModel::default()
        })
    }
}
