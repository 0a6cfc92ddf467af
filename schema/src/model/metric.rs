//! The part of a metric that spans and events do not have, as written.

use candor_domain::{Instrument, NumberType, Period};

use super::Number;
use super::located::Located;
use super::words::words;

/// The instrument of a metric and its numbers, as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MeasureModel {
    /// The instrument.
    pub instrument: Option<Located<InstrumentWord>>,
    /// The type of its numbers.
    pub value: Option<Located<ValueWord>>,
    /// The unit of its numbers, in UCUM.
    pub unit: Option<Located<String>>,
    /// The upper bounds of a histogram's buckets.
    pub bounds: Vec<Located<Number>>,
    /// The time from one report to the next.
    pub interval: Option<Located<Period>>,
}

/// The seconds between two reports of a metric that does not say it: OpenTelemetry's default.
pub const USUAL_INTERVAL: u64 = 60;

words!(
    /// The instrument of a metric.
    InstrumentWord {
        /// A sum that only grows.
        Counter = "counter",
        /// A sum that grows and shrinks.
        UpDownCounter = "up_down_counter",
        /// The last value.
        Gauge = "gauge",
        /// The distribution of values over buckets.
        Histogram = "histogram",
    }
);

words!(
    /// The type of a metric's numbers.
    ValueWord {
        /// Whole numbers of 64 bits.
        Int = "int",
        /// Finite doubles.
        Double = "double",
    }
);

impl From<InstrumentWord> for Instrument {
    fn from(word: InstrumentWord) -> Self {
        match word {
            InstrumentWord::Counter => Instrument::Counter,
            InstrumentWord::UpDownCounter => Instrument::UpDownCounter,
            InstrumentWord::Gauge => Instrument::Gauge,
            InstrumentWord::Histogram => Instrument::Histogram,
        }
    }
}

impl From<ValueWord> for NumberType {
    fn from(word: ValueWord) -> Self {
        match word {
            ValueWord::Int => NumberType::Int,
            ValueWord::Double => NumberType::Double,
        }
    }
}

#[cfg(feature = "json-schema")]
pub(super) use form::MetricForm;

/// The keys of a metric for the published schema. The reader puts them into a signal.
#[cfg(feature = "json-schema")]
mod form {
    use schemars::JsonSchema;

    use super::{InstrumentWord, Number, ValueWord};
    use crate::model::{Collected, DeprecatedModel, Entries, Located, Requirement, Stability};

    /// A metric. Each combination of its attributes' values is a series.
    #[derive(JsonSchema)]
    #[schemars(deny_unknown_fields, rename = "Metric")]
    #[expect(dead_code, reason = "only its schema is used")]
    pub struct MetricForm {
        /// Name on the wire.
        #[schemars(required)]
        name: Option<Located<String>>,
        /// The channel that it is sent through, as a whole: `default`, `opt_in`, or one that the catalogue names.
        #[schemars(required)]
        collected: Option<Located<Collected>>,
        /// The fact that it measures, as a phrase.
        #[schemars(required)]
        brief: Option<Located<String>>,
        /// The instrument.
        #[schemars(required)]
        instrument: Option<Located<InstrumentWord>>,
        /// The type of its numbers.
        #[schemars(required)]
        value: Option<Located<ValueWord>>,
        /// Unit of its numbers, in UCUM as OpenTelemetry writes it: `ms`, `s`, `By`, `1`, `{request}`.
        unit: Option<Located<String>>,
        /// The upper bounds of a histogram's buckets, ascending. Each bound is in its bucket; the last bucket has none.
        #[schemars(default)]
        bounds: Vec<Located<Number>>,
        /// The time from one report to the next. `60s` when missing.
        #[schemars(with = "Option<String>", regex(pattern = "^[1-9][0-9]*[smhdw]$"))]
        interval: Option<Located<String>>,
        /// The row that discloses that and when it is sent; the brief becomes part of the row. Needed when the metric has
        /// no attributes of its own.
        row: Option<Located<String>>,
        /// The endpoint that it goes to, by its name under `endpoints`. The first when missing.
        endpoint: Option<Located<String>>,
        /// Its attributes, and whether each must be there. Their domains are closed: booleans, enums and ranges of whole
        /// numbers. Common attributes are not among them.
        #[schemars(default)]
        attributes: Entries<Located<Requirement>>,
        /// Version of the disclosure that first listed it.
        #[schemars(default, schema_with = "crate::version::schema")]
        since: Option<Located<String>>,
        /// Set when it is on its way out.
        deprecated: Option<DeprecatedModel>,
        /// OpenTelemetry's stability level.
        stability: Option<Located<Stability>>,
        /// Checks whose findings about this are taken back, by code, and why: `W0304: it is the name of a column`.
        #[schemars(default)]
        allow: Entries<Located<String>>,
    }
}
