//! Metrics: the instrument, the numbers that it takes, and how many series there can be.
//!
//! The attributes of a metric are labels: each combination of their values is a series of its own. Their domains are
//! closed, so the number of series is known before the program runs.

use std::borrow::Cow;

use crate::{Domain, Member, Period, Scalar, Shared};

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
    /// The domain of a data point's value; for a histogram, of its sum.
    pub const fn domain(&self) -> Domain {
        let smallest_int = if self.instrument.is_monotonic() { 0 } else { i64::MIN };
        let smallest = if self.instrument.is_monotonic() { 0.0 } else { f64::MIN };
        match (self.instrument, self.number) {
            (Instrument::Counter | Instrument::UpDownCounter | Instrument::Gauge, NumberType::Int) => {
                Domain::Int { minimum: smallest_int, maximum: i64::MAX }
            }
            _ => Domain::Double { minimum: smallest, maximum: f64::MAX },
        }
    }

    /// The interval in words, after *every*: `60 seconds`.
    pub fn every(&self) -> String {
        Period::of_seconds(self.interval).every()
    }

    /// The bucket of a histogram that a value falls into: bounds are inclusive, as in OpenTelemetry.
    #[inline]
    pub fn bucket(&self, value: f64) -> usize {
        self.bounds.partition_point(|bound| *bound < value)
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
    /// Every instrument.
    pub const ALL: [Instrument; 4] =
        [Instrument::Counter, Instrument::UpDownCounter, Instrument::Gauge, Instrument::Histogram];

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

    /// The instrument of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Instrument::ALL.into_iter().find(|instrument| instrument.word() == word)
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

impl Domain {
    /// The number of values that it admits, where they can be counted: booleans, enums and ranges of whole numbers.
    pub fn count(&self) -> Option<u64> {
        match self {
            Domain::Boolean => Some(2),
            Domain::Enum(members) => u64::try_from(members.len()).ok(),
            Domain::Int { minimum, maximum } if minimum <= maximum => maximum.abs_diff(*minimum).checked_add(1),
            _ => None,
        }
    }

    /// The position of a value among those that can be counted, from 0.
    pub fn ordinal(&self, value: Scalar<'_>) -> Option<u64> {
        match (self, value) {
            (Domain::Boolean, Scalar::Boolean(value)) => Some(u64::from(value)),
            (Domain::Int { minimum, maximum }, Scalar::Int(value)) => {
                (*minimum..=*maximum).contains(&value).then(|| value.abs_diff(*minimum))
            }
            (Domain::Enum(members), value) => members.position(value).map(|at| at as u64),
            _ => None,
        }
    }
}

impl Member {
    /// The number of values that it can have as a label, its absence included unless it is required. `None` where its
    /// domain is not closed.
    pub fn choices(&self) -> Option<u64> {
        if self.attribute.nullable {
            return None;
        }
        self.attribute.domain.count()?.checked_add(u64::from(!self.required))
    }
}

/// The number of series that labels make: the product of their choices. `None` where one is not closed, or beyond 64
/// bits.
pub fn series(labels: &[Member]) -> Option<u64> {
    labels.iter().try_fold(1_u64, |product, label| product.checked_mul(label.choices()?))
}

/// The largest number of series of one metric.
pub const MOST_SERIES: u64 = 2_000;

/// The largest number of buckets of one histogram.
pub const MOST_BUCKETS: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(bounds: Vec<f64>) -> Measure {
        let instrument = Instrument::Histogram;
        Measure { instrument, number: NumberType::Double, unit: "ms".into(), bounds: bounds.into(), interval: 60 }
    }

    #[test]
    fn bounds_are_inclusive() {
        let measure = histogram(vec![1.0, 5.0]);
        let buckets = [0.0, 1.0, 1.5, 5.0, 5.1, f64::MAX].map(|value| measure.bucket(value));
        assert_eq!(buckets, [0, 0, 1, 1, 2, 2]);
        assert_eq!(histogram(Vec::new()).bucket(7.0), 0);
    }

    #[test]
    fn domains_are_counted_or_open() {
        assert_eq!(Domain::Boolean.count(), Some(2));
        assert_eq!(Domain::Int { minimum: -2, maximum: 2 }.count(), Some(5));
        assert_eq!(Domain::Int { minimum: i64::MIN, maximum: i64::MAX }.count(), None);
        assert_eq!(Domain::Double { minimum: 0.0, maximum: 1.0 }.count(), None);
        assert_eq!(Domain::Int { minimum: -2, maximum: 2 }.ordinal(Scalar::Int(2)), Some(4));
        assert_eq!(Domain::Int { minimum: -2, maximum: 2 }.ordinal(Scalar::Int(3)), None);
    }
}
