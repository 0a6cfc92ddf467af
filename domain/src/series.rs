//! The domains of a metric: of its numbers, and of its labels, which are counted, because they make its series.
//!
//! The attributes of a metric are labels: each combination of their values is a series of its own. Their domains are
//! closed, so the number of series is known before the program runs.

use crate::{Domain, Instrument, Measure, Member, NumberType};

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

    /// The number of values that it has as a label, its absence included unless it is required.
    pub fn choices(&self, required: bool) -> Option<u64> {
        Some(self.count()?.saturating_add(u64::from(!required)))
    }
}

impl Member {
    /// The number of values that it can have as a label, its absence included unless it is required. `None` where its
    /// domain is not closed.
    pub fn choices(&self) -> Option<u64> {
        if self.attribute.nullable {
            return None;
        }
        self.attribute.domain.choices(self.required)
    }
}

/// The number of series that labels make: the product of their choices. `None` where one is not closed, or beyond 64
/// bits.
pub fn series(labels: &[Member]) -> Option<u64> {
    labels.iter().try_fold(1_u64, |product, label| product.checked_mul(label.choices()?))
}

/// The largest number of series of one metric.
pub const MOST_SERIES: u64 = 2_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_counted_or_open() {
        assert_eq!(Domain::Boolean.count(), Some(2));
        assert_eq!(Domain::Int { minimum: -2, maximum: 2 }.count(), Some(5));
        assert_eq!(Domain::Int { minimum: i64::MIN, maximum: i64::MAX }.count(), None);
        assert_eq!(Domain::Double { minimum: 0.0, maximum: 1.0 }.count(), None);
        assert_eq!([true, false].map(|required| Domain::Boolean.choices(required)), [Some(2), Some(3)]);
    }
}
