//! The part of a metric that passes: the data points of a listed one, with the numbers of its instrument.
//!
//! Exemplars, descriptions, metadata, and the smallest and largest values never pass: no catalogue lists them. A metric with
//! another instrument, unit or bounds than the catalogue's does not pass at all. A data point has no place for the number of
//! attributes that were left out, so they are only counted here.

use candor_domain::{Domain, Instrument, Measure, Signal, SignalKind};
use candor_schema::Consent;

use super::{Allow, Pass, count_rest, is_nothing};
use crate::draft::{Fields, double};
use crate::engine::words;
use crate::json::Json;
use crate::metric::Data;
use crate::otlp_write::{put_bytes, put_fixed64, put_message, put_varint};
use crate::stopped::{Stopped, Why};

impl<'c> Allow<'c> {
    /// Writes what passes of a metric, and returns the number of data points in it.
    pub(super) fn metric(&self, metric: &Json, stopped: &mut Stopped) -> (Option<Vec<u8>>, usize) {
        let nothing = (None, 0);
        let Some(mut fields) = Fields::of(metric) else { return nothing };
        let name = fields.get("name").and_then(Json::as_text).unwrap_or_default();
        let Some(signal) = self.known(SignalKind::Metric, name, Consent::from_bits(u32::MAX), stopped) else {
            return nothing;
        };
        let Some(measure) = &signal.measure else { return nothing };
        let unit = fields.get("unit").and_then(Json::as_text).unwrap_or_default();
        let data = Data::of(&mut fields);
        let fits = data.as_ref().is_some_and(|data| data.instrument == measure.instrument && unit == measure.unit);
        let Some(data) = data.filter(|_| fits) else {
            stopped.add(format!("{} {}", SignalKind::Metric.word(), words::key(name)), Why::Value);
            return nothing;
        };
        let description = fields.get("description").filter(|text| !is_nothing(text));
        if description.is_some_and(|text| self.brief(signal) != text.as_text()) {
            stopped.add(format!("{name} member `description`"), Why::Unknown);
        }
        count_rest(&fields, name, stopped);
        count_rest(data.fields(), name, stopped);
        let points: Vec<_> =
            data.points.iter().filter_map(|point| self.point(signal, measure, point, stopped)).collect();
        if points.is_empty() {
            return nothing;
        }
        (Some(write(signal, measure, data.temporality, &points)), points.len())
    }

    fn brief(&self, signal: &Signal) -> Option<&'c str> {
        let listed = self.catalogue.signal(&signal.id)?;
        Some(&listed.brief)
    }

    /// Writes what passes of a data point.
    fn point(&self, signal: &'c Signal, measure: &Measure, point: &Json, stopped: &mut Stopped) -> Option<Vec<u8>> {
        let mut fields = Fields::of(point)?;
        let consent = self.claimed(fields.clone().get("attributes"));
        self.known(SignalKind::Metric, &signal.name, consent, stopped)?;
        let mut pass = Pass { consent, signal, joins: [false; 2], stopped, out: Vec::new() };
        pass.time(2, &mut fields, "startTimeUnixNano");
        pass.time(3, &mut fields, "timeUnixNano");
        let is_measured = match measure.instrument {
            Instrument::Histogram => pass.histogram(measure, &mut fields),
            _ => pass.value(measure, &mut fields),
        };
        if !is_measured {
            pass.stop(Why::Value, "value");
            return None;
        }
        let attributes = if measure.instrument == Instrument::Histogram { 9 } else { 7 };
        pass.sift(attributes, &mut fields);
        let flags = if measure.instrument == Instrument::Histogram { 10 } else { 8 };
        if let Some(value) = pass.member(&mut fields, "flags", Json::as_integer::<u32>) {
            put_varint(&mut pass.out, flags, u64::from(value & 1));
        }
        count_rest(&fields, &signal.name, pass.stopped);
        Some(pass.out)
    }
}

impl Pass<'_, '_> {
    /// Writes the value of a data point. Returns false if there is none that its instrument can have.
    fn value(&mut self, measure: &Measure, fields: &mut Fields<'_>) -> bool {
        let (int, number) = (fields.get("asInt"), fields.get("asDouble"));
        match measure.domain() {
            Domain::Int { minimum, maximum } => {
                // A whole number may come as a double.
                let value = int.or(number).and_then(Json::as_integer::<i64>);
                let Some(value) = value.filter(|value| (minimum..=maximum).contains(value)) else { return false };
                put_fixed64(&mut self.out, 6, value as u64);
            }
            domain => {
                let of_int = int.and_then(Json::as_integer::<i64>).map(|value| value as f64);
                let Some(value) = of_int.or_else(|| finite(number?)).filter(|value| admits(&domain, *value)) else {
                    return false;
                };
                put_fixed64(&mut self.out, 4, value.to_bits());
            }
        }
        true
    }

    /// Writes the numbers of a histogram. Returns false if they are not those of its buckets.
    fn histogram(&mut self, measure: &Measure, fields: &mut Fields<'_>) -> bool {
        let (count, sum) = (fields.get("count").and_then(Json::as_integer::<u64>), fields.get("sum").and_then(finite));
        let Some(counts) = buckets(measure, fields, |_| true) else { return false };
        let total = counts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count as u64));
        let (Some(sum), Some(total)) = (sum, total) else { return false };
        if count.is_some_and(|count| count != total) {
            return false;
        }
        put_fixed64(&mut self.out, 4, total);
        put_fixed64(&mut self.out, 5, sum.to_bits());
        put_bytes(&mut self.out, 6, &counts.iter().flat_map(|count| count.to_le_bytes()).collect::<Vec<_>>());
        put_bytes(&mut self.out, 7, &measure.bounds.iter().flat_map(|bound| bound.to_le_bytes()).collect::<Vec<_>>());
        true
    }
}

pub(super) fn admits(domain: &Domain, value: f64) -> bool {
    matches!(domain, Domain::Double { minimum, maximum } if (*minimum..=*maximum).contains(&value))
}

pub(super) fn finite(json: &Json) -> Option<f64> {
    double(json)?.as_f64()
}

/// The counts of a histogram's buckets, if they and the bounds are those of the metric. Each number is one that `is_one`
/// takes for one.
pub(super) fn buckets(measure: &Measure, fields: &mut Fields<'_>, is_one: fn(&Json) -> bool) -> Option<Vec<i64>> {
    let count = |json: &Json| json.as_integer::<i64>().filter(|count| *count >= 0 && is_one(json));
    let counts = numbers(fields.get("bucketCounts"), count)?;
    let bounds = numbers(fields.get("explicitBounds"), |json| finite(json).filter(|_| is_one(json)))?;
    (counts.len() == measure.bounds.len() + 1 && bounds == *measure.bounds).then_some(counts)
}

fn numbers<T>(json: Option<&Json>, read: impl Fn(&Json) -> Option<T>) -> Option<Vec<T>> {
    match json {
        None => Some(Vec::new()),
        Some(Json::List(items)) => items.iter().map(read).collect(),
        Some(_) => None,
    }
}

fn write(signal: &Signal, measure: &Measure, temporality: Option<u64>, points: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    put_bytes(&mut out, 1, signal.name.as_bytes());
    if !measure.unit.is_empty() {
        put_bytes(&mut out, 3, measure.unit.as_bytes());
    }
    let field = match measure.instrument {
        Instrument::Gauge => 5,
        Instrument::Counter | Instrument::UpDownCounter => 7,
        Instrument::Histogram => 9,
    };
    put_message(&mut out, field, |data| {
        points.iter().for_each(|point| put_bytes(data, 1, point));
        if let Some(temporality) = temporality {
            put_varint(data, 2, temporality);
        }
        if measure.instrument.is_monotonic() {
            put_varint(data, 3, 1);
        }
    });
    out
}
