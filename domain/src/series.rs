//! The domains of a metric: of its numbers, and of its labels, which are counted, because they make its series.

use crate::{Domain, Instrument, Measure, Member, NumberType, Scalar};

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

#[cfg(test)]
mod tests {
    use super::*;

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
