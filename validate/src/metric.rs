//! Metrics of OTLP/JSON as payloads.
//!
//! Each data point of a metric that the catalogue lists is a payload, as a span is one. Other metrics are read whole, to be
//! searched: their texts, and the attributes of their data points and exemplars, which become objects wherever they stand.

use candor_schema::{Catalogue, Instrument, Signal, SignalKind};
use serde_json::Value;

use crate::draft::{Draft, Fields, Listed, double, list};
use crate::json::{Json, Noted};
use crate::signal::{begin, known, number_or_name};

/// The value of `kind` in the payload form.
pub(crate) const KIND: &str = "metric";

/// Reads a `Metric`: each data point of one that is listed, or else the whole.
pub(crate) fn read(catalogue: &Catalogue, metric: &Json) -> Result<Vec<Draft>, String> {
    let mut fields = Fields::of(metric).ok_or("a metric is not an object")?;
    let name = fields.get("name").and_then(Json::as_text).unwrap_or_default();
    let listed = known(catalogue, SignalKind::Metric, name);
    let unit = fields.get("unit");
    let description = fields.get("description");
    match listed.zip(Data::of(&mut fields)).filter(|(_, data)| !data.points.is_empty()) {
        None => Ok(vec![read_whole(metric)?]),
        Some((signal, data)) => {
            let point = |point| {
                let mut draft = read_point(catalogue, signal, &data, point)?;
                draft.put_text("unit", unit);
                draft.put_unless("description", description, |json| {
                    json.as_text().is_some_and(|text| text.is_empty() || text == signal.brief)
                });
                data.put_rest(&mut draft);
                put_unfolded_rest(&mut draft, &fields)?;
                Ok(draft)
            };
            data.points.iter().map(point).collect()
        }
    }
}

/// Counts the data points of a metric, which are at least as many as its payloads; a metric without any is one.
pub(crate) fn count(metric: &Json) -> usize {
    let points = Fields::of(metric).and_then(|mut fields| Data::of(&mut fields)).map_or(0, |data| data.points.len());
    points.max(1)
}

/// The one of `gauge`, `sum` and `histogram` that a metric has.
pub(crate) struct Data<'j> {
    pub instrument: Instrument,
    pub points: &'j [Json],
    /// 1 delta, 2 cumulative; `None` for a gauge, and for what is neither.
    pub temporality: Option<u64>,
    fields: Fields<'j>,
}

impl<'j> Data<'j> {
    /// `None` if it has none of them or several.
    pub fn of(fields: &mut Fields<'j>) -> Option<Self> {
        let data = ["gauge", "sum", "histogram"].map(|name| fields.get(name));
        let (at, json) = match data {
            [Some(gauge), None, None] => (Instrument::Gauge, gauge),
            [None, Some(sum), None] => (Instrument::UpDownCounter, sum),
            [None, None, Some(histogram)] => (Instrument::Histogram, histogram),
            _ => return None,
        };
        let mut fields = Fields::of(json)?;
        let points = match fields.get("dataPoints") {
            Some(Json::List(points)) => points.as_slice(),
            None => &[],
            Some(_) => return None,
        };
        let temporality = fields.clone().get("aggregationTemporality").filter(|_| at != Instrument::Gauge);
        let temporality = temporality.and_then(self::temporality);
        if temporality.is_some() {
            fields.get("aggregationTemporality"); // a gauge has none
        }
        let is_monotonic = at == Instrument::UpDownCounter && fields.get("isMonotonic") == Some(&Json::Bool(true));
        let instrument = if is_monotonic { Instrument::Counter } else { at };
        Some(Data { instrument, points, temporality, fields })
    }

    fn put_rest(&self, draft: &mut Draft) {
        draft.put_rest(&self.fields);
    }

    /// The members that nobody asked for.
    pub fn fields(&self) -> &Fields<'j> {
        &self.fields
    }
}

fn temporality(json: &Json) -> Option<u64> {
    const NAMES: [&str; 3] =
        ["AGGREGATION_TEMPORALITY_UNSPECIFIED", "AGGREGATION_TEMPORALITY_DELTA", "AGGREGATION_TEMPORALITY_CUMULATIVE"];
    number_or_name(json, &NAMES).filter(|number| *number <= 2)
}

fn read_point(catalogue: &Catalogue, signal: &Signal, data: &Data<'_>, point: &Json) -> Result<Draft, String> {
    let mut fields = Fields::of(point).ok_or("a data point is not an object")?;
    let mut draft = begin(catalogue, SignalKind::Metric, Value::from(&*signal.name), &mut fields)?;
    draft.put("instrument", Value::from(data.instrument.word()));
    draft.put_nanos("startTimeUnixNano", fields.get("startTimeUnixNano"));
    draft.put_nanos("timeUnixNano", fields.get("timeUnixNano"));
    match data.instrument {
        Instrument::Histogram => put_histogram(&mut draft, &mut fields),
        _ => put_value(&mut draft, &mut fields),
    }
    put_unfolded_rest(&mut draft, &fields)?;
    Ok(draft)
}

fn put_value(draft: &mut Draft, fields: &mut Fields<'_>) {
    match (fields.get("asInt"), fields.get("asDouble")) {
        (Some(json), _) => draft.put_noted("value", integer(json)),
        (None, Some(json)) => draft.put_noted("value", number(json)),
        (None, None) => {}
    }
}

/// The count is the sum of the buckets, and left out if it is.
fn put_histogram(draft: &mut Draft, fields: &mut Fields<'_>) {
    let buckets = fields.get("bucketCounts");
    let count = fields.get("count");
    let total = buckets.map_or(Some(0), total);
    draft.put_unless("count", count, |json| json.as_integer::<u64>() == total);
    let each = |json: &Json, read: fn(&Json) -> Noted| match json {
        Json::List(items) => list(items.iter().map(read).collect()),
        json => json.to_value(),
    };
    if let Some(json) = buckets {
        draft.put_noted("bucketCounts", each(json, integer));
    }
    draft.put_noted(
        "explicitBounds",
        fields.get("explicitBounds").map_or_else(|| list(Vec::new()), |it| each(it, number)),
    );
    if let Some(json) = fields.get("sum") {
        draft.put_noted("sum", number(json));
    }
}

/// The sum of a list of counts.
fn total(buckets: &Json) -> Option<u64> {
    let Json::List(items) = buckets else { return None };
    items.iter().try_fold(0_u64, |sum, item| sum.checked_add(item.as_integer()?))
}

fn integer(json: &Json) -> Noted {
    json.as_integer::<i64>().map_or_else(|| json.to_value(), |value| (Value::from(value), Default::default()))
}

fn number(json: &Json) -> Noted {
    double(json).map_or_else(|| json.to_value(), |value| (Value::Number(value), Default::default()))
}

/// Puts what no part of a data point or a metric asked for: exemplars, smallest and largest values, metadata.
fn put_unfolded_rest(draft: &mut Draft, fields: &Fields<'_>) -> Result<(), String> {
    for (key, json) in fields.rest().filter(|(_, json)| **json != Json::List(Vec::new())) {
        draft.put_noted(key, unfolded(key, json)?);
    }
    Ok(())
}

/// Reads a metric as it is.
fn read_whole(metric: &Json) -> Result<Draft, String> {
    let mut fields = Fields::of(metric).ok_or("a metric is not an object")?;
    let mut draft = Draft::default();
    draft.put("kind", Value::from(KIND));
    draft.put_noted("name", fields.get("name").unwrap_or(&Json::Text(String::new())).to_value());
    draft.put_text("description", fields.get("description"));
    draft.put_text("unit", fields.get("unit"));
    for (key, json) in fields.rest() {
        draft.put_noted(key, unfolded(key, json)?);
    }
    Ok(draft)
}

/// A part of a metric, with lists of `KeyValue` as objects.
fn unfolded(key: &str, json: &Json) -> Result<Noted, String> {
    match (key, json) {
        ("attributes" | "filteredAttributes" | "metadata", Json::List(_)) => {
            let mut attributes = Draft::default();
            attributes.put_attributes(Some(json), &|_| Listed::Not)?;
            Ok(attributes.finish())
        }
        (_, Json::Object(members)) => {
            let mut draft = Draft::default();
            for (key, json) in members {
                draft.put_noted(key, unfolded(key, json)?);
            }
            Ok(draft.finish())
        }
        (_, Json::List(items)) => {
            let items = items.iter().map(|item| unfolded("", item)).collect::<Result<_, _>>()?;
            Ok(list(items))
        }
        _ => Ok(json.to_value()),
    }
}
