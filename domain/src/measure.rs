//! Metrics: the instrument and the numbers that it takes.

use std::borrow::Cow;

use crate::{Period, Shared};

/// The part of a metric that spans and events do not have.
#[derive(Debug, Clone)]
pub struct Measure {
    /// The instrument.
    pub instrument: Instrument,
    /// The type of its numbers.
    pub number: NumberType,
    /// The unit of its numbers, in UCUM; empty where the catalogue says none.
    pub unit: Cow<'static, str>,
    /// The upper bounds of a histogram's buckets, ascending. The last bucket has none.
    pub bounds: Shared<[f64]>,
    /// The seconds from one report to the next.
    pub interval: u64,
}

impl Measure {
    /// The interval in words, after *every*: `60 seconds`.
    pub fn every(&self) -> String {
        Period::of_seconds(self.interval).every()
    }
}

/// The instruments of OpenTelemetry that a catalogue can list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Instrument {
    /// A sum that only grows.
    Counter,
    /// A sum that grows and shrinks.
    UpDownCounter,
    /// The last value.
    Gauge,
    /// The distribution of values over buckets.
    Histogram,
}

impl Instrument {
    /// The word in catalogues and payloads.
    pub const fn word(self) -> &'static str {
        match self {
            Instrument::Counter => "counter",
            Instrument::UpDownCounter => "up_down_counter",
            Instrument::Gauge => "gauge",
            Instrument::Histogram => "histogram",
        }
    }

    /// The words for it on a page.
    pub const fn words(self) -> &'static str {
        match self {
            Instrument::UpDownCounter => "up-down counter",
            other => other.word(),
        }
    }

    /// Returns whether its sum never shrinks.
    pub const fn is_monotonic(self) -> bool {
        matches!(self, Instrument::Counter)
    }
}

/// The type of a metric's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberType {
    /// Whole numbers of 64 bits.
    Int,
    /// Finite doubles.
    Double,
}

impl NumberType {
    /// The word in catalogues.
    pub const fn word(self) -> &'static str {
        match self {
            NumberType::Int => "int",
            NumberType::Double => "double",
        }
    }
}

/// The largest number of buckets of one histogram.
pub const MOST_BUCKETS: usize = 100;
