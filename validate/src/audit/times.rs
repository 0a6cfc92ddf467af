//! Points in time: OTLP's are in nanoseconds since 1970, and an end does not come before its start.

use serde_json::{Map, Value};

use crate::audit::Rule;
use crate::audit::ledger::Hit;
use crate::audit::walk::Walk;

impl<'w> Walk<'w, '_> {
    /// The times of a signal, of an event of a span, or of a data point.
    pub fn times(&mut self, members: &'w Map<String, Value>) {
        for (key, value) in members.iter().filter(|(key, _)| key.ends_with("imeUnixNano")) {
            if let Some(unit) = nanos(value).and_then(other_unit) {
                let message = format!("is a time in {unit}; it should be in nanoseconds");
                self.inside(key, |walk| walk.note(Hit::new(Rule::Time), None, message));
            }
        }
        let [start, end] = ["startTimeUnixNano", "endTimeUnixNano"].map(|key| members.get(key).and_then(nanos));
        if start.zip(end).is_some_and(|(start, end)| end > 0 && end < start) {
            self.inside("endTimeUnixNano", |walk| walk.note(Hit::new(Rule::Time), None, "comes before the start"));
        }
    }
}

fn nanos(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// The unit in which a number says a time of our days, where that is not nanoseconds. Small numbers say nothing.
fn other_unit(number: u64) -> Option<&'static str> {
    match number {
        1_000_000_000..100_000_000_000 => Some("seconds"),
        1_000_000_000_000..100_000_000_000_000 => Some("milliseconds"),
        1_000_000_000_000_000..100_000_000_000_000_000 => Some("microseconds"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        for (number, unit) in [
            (0, None),
            (1_000, None),
            (1_795_190_951, Some("seconds")),
            (1_795_190_951_945, Some("milliseconds")),
            (1_795_190_951_945_980, Some("microseconds")),
            (1_795_190_951_945_980_484, None),
        ] {
            assert_eq!(other_unit(number), unit, "{number}");
        }
    }
}
