//! Points in time as bodies write them.

use crate::timestamp::unix_nano;
use crate::{JsonValue, Output, int_of_digits};

/// The spelling of a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Clock {
    /// RFC 3339 in UTC, with milliseconds.
    Text,
    /// Milliseconds since 1970, as a number.
    Milliseconds,
    /// Whole seconds since 1970, as a number.
    Seconds,
    /// Nanoseconds since 1970, as a number.
    Nanoseconds,
}

impl Clock {
    /// Every spelling.
    pub const ALL: [Clock; 4] = [Clock::Text, Clock::Milliseconds, Clock::Seconds, Clock::Nanoseconds];

    /// The end of a placeholder's name.
    pub const fn suffix(self) -> &'static str {
        match self {
            Clock::Text => "",
            Clock::Milliseconds => "_ms",
            Clock::Seconds => "_s",
            Clock::Nanoseconds => "_unix_nano",
        }
    }

    /// Nanoseconds of its smallest step.
    pub const fn step(self) -> u64 {
        match self {
            Clock::Text | Clock::Milliseconds => 1_000_000,
            Clock::Seconds => 1_000_000_000,
            Clock::Nanoseconds => 1,
        }
    }

    /// Appends a time as JSON.
    pub fn write<O: Output>(self, out: &mut O, unix_nano: u64) {
        match self {
            Clock::Text => write_text(out, unix_nano),
            // Below 2⁶³ unless the clock is 292 years from 1970.
            number => out.put_int(i64::try_from(unix_nano / number.step()).unwrap_or(i64::MAX)),
        }
    }

    /// Reads a time; `None` if the value is none in this spelling. Texts may have up to nanoseconds; after 2262, where 64
    /// bits end, all times are one.
    pub fn read(self, value: &JsonValue<'_>) -> Option<u64> {
        match (self, value) {
            (Clock::Text, JsonValue::Text(text)) => unix_nano(text),
            (Clock::Text, _) => None,
            (number, JsonValue::Number(digits)) => {
                let time = u64::try_from(int_of_digits(digits)?).ok()?.checked_mul(number.step())?;
                i64::try_from(time).is_ok().then_some(time)
            }
            _ => None,
        }
    }
}

/// `"2026-11-30T12:00:00.123Z"`
fn write_text<O: Output>(out: &mut O, unix_nano: u64) {
    let (seconds, millis) = (unix_nano / 1_000_000_000, (unix_nano / 1_000_000 % 1000) as u32);
    let (year, month, day) = civil(seconds / 86_400);
    let of_day = (seconds % 86_400) as u32;
    let mut text = *b"\"0000-00-00T00:00:00.000Z\"";
    let mut digits = |at: usize, length: usize, mut value: u32| {
        for place in (at..at + length).rev() {
            text[place] = b'0' + (value % 10) as u8;
            value /= 10;
        }
    };
    digits(1, 4, year);
    digits(6, 2, month);
    digits(9, 2, day);
    digits(12, 2, of_day / 3600);
    digits(15, 2, of_day / 60 % 60);
    digits(18, 2, of_day % 60);
    digits(21, 3, millis);
    out.put(&text);
}

/// Year, month and day of a day since 1970. <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>
fn civil(days: u64) -> (u32, u32, u32) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year as u32, month as u32, day as u32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(clock: Clock, unix_nano: u64) -> String {
        let mut out = Vec::new();
        clock.write(&mut out, unix_nano);
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn spellings() {
        let time = 1_796_040_000_123_456_789;
        assert_eq!(written(Clock::Text, time), "\"2026-11-30T12:00:00.123Z\"");
        assert_eq!(written(Clock::Milliseconds, time), "1796040000123");
        assert_eq!(written(Clock::Seconds, time), "1796040000");
        assert_eq!(written(Clock::Nanoseconds, time), "1796040000123456789");
        assert_eq!(written(Clock::Text, 951_782_400_000_000_000), "\"2000-02-29T00:00:00.000Z\"");
        let text = |text: &'static str| Clock::Text.read(&JsonValue::Text(text.into()));
        assert_eq!(text("2026-11-30T12:00:00.123456789Z"), Some(time));
        assert_eq!(text("2026-11-30T12:00:00Z"), Some(1_796_040_000_000_000_000));
        assert_eq!(text("2026-11-31T12:00:00Z"), None);
        assert_eq!(text("9999-12-31T23:59:59Z"), Some(i64::MAX as u64));
        assert_eq!(Clock::Seconds.read(&JsonValue::Number("1.5")), None);
        assert_eq!(Clock::Seconds.read(&JsonValue::Number("2.0")), Some(2_000_000_000));
        assert_eq!(Clock::Seconds.read(&JsonValue::Number("-1")), None);
        assert_eq!(Clock::Seconds.read(&JsonValue::Number("99999999999999999999")), None);
        assert_eq!(Clock::Milliseconds.read(&JsonValue::Text("5".into())), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(time in 0..=i64::MAX as u64) {
            for clock in Clock::ALL {
                let text = written(clock, time);
                let value = JsonValue::parse(&text).expect("JSON");
                prop_assert_eq!(clock.read(&value), Some(time / clock.step() * clock.step()), "{}", text);
            }
        }
    }
}
