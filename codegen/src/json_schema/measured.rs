//! The members of a payload with the numbers of a metric: one payload is one data point.

use candor_schema::{Domain, Instrument, Measure};
use serde_json::{Value, json};

use crate::types::json_schema;

/// The members that the instrument has, each of which must be there.
pub(super) fn measured(measure: &Measure) -> Vec<(&'static str, Value)> {
    let mut members = vec![("instrument", json!({ "const": measure.instrument.word() }))];
    if !measure.unit.is_empty() {
        members.push(("unit", json!({ "const": measure.unit })));
    }
    let number = json_schema(&measure.domain(), false);
    if measure.instrument != Instrument::Histogram {
        members.push(("value", number));
        return members;
    }
    let buckets = measure.bounds.len() + 1;
    let count = json_schema(&Domain::Int { minimum: 0, maximum: i64::MAX }, false);
    members
        .push(("bucketCounts", json!({ "type": "array", "items": count, "minItems": buckets, "maxItems": buckets })));
    members.push(("explicitBounds", json!({ "const": &*measure.bounds })));
    members.push(("sum", number));
    members
}
