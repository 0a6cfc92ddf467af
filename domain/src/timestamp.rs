//! Timestamps: RFC 3339 in UTC, from 1970 to 9999, with up to nanoseconds.

/// The regular expression of timestamps, for readers that know nothing else. 29 February is only in
/// leap years: every fourth, of the centuries every fourth.
pub const TIMESTAMP_PATTERN: &str = concat!(
    "^((19[7-9][0-9]|[2-9][0-9]{3})-",
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))",
    "|(19(7[26]|8[048]|9[26])|[2-9][0-9](0[48]|[2468][048]|[13579][26])|([2468][048]|[3579][26])00)-02-29)",
    "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?Z$"
);

/// Returns whether a text is a timestamp: the same as [`TIMESTAMP_PATTERN`], without a regular expression.
pub fn is_timestamp(text: &[u8]) -> bool {
    parse(text).is_some()
}

/// The nanoseconds since 1970 of a timestamp; after 2262 as many as 63 bits hold.
pub(crate) fn unix_nano(text: &str) -> Option<u64> {
    let (seconds, fraction) = parse(text.as_bytes())?;
    let digits = fraction.get(1..).unwrap_or_default();
    let nanos =
        digits.iter().chain([b'0'; 9].iter()).take(9).fold(0, |nanos, digit| 10 * nanos + u64::from(digit - b'0'));
    Some(seconds.saturating_mul(1_000_000_000).saturating_add(nanos).min(i64::MAX as u64))
}

/// The seconds since 1970, and the fraction with its point.
fn parse(text: &[u8]) -> Option<(u64, &[u8])> {
    let (date, time) = (text.get(..11)?, text.get(11..)?);
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T'] = date else { return None };
    let &[h1, h2, b':', i1, i2, b':', s1, s2, ref fraction @ .., b'Z'] = time else { return None };
    let year = 100 * pair(y1, y2)? + pair(y3, y4)?;
    let (month, day) = (pair(m1, m2)?, pair(d1, d2)?);
    let (hours, minutes, seconds) = (pair(h1, h2)?, pair(i1, i2)?, pair(s1, s2)?);
    let is_day = (1..=days(year, month)).contains(&day);
    let is_time = hours < 24 && minutes < 60 && seconds < 60;
    let is_one = year >= 1970 && is_day && is_time && is_fraction(fraction);
    let of_day = u64::from(3600 * hours + 60 * minutes + seconds);
    is_one.then(|| (86_400 * days_since_1970(year, month, day) + of_day, fraction))
}

/// The days from 1 January 1970 to a day that is not before it.
fn days_since_1970(year: u32, month: u32, day: u32) -> u64 {
    let before = year - 1;
    let leaps = |year: u32| year / 4 - year / 100 + year / 400;
    let of_years = 365 * (year - 1970) + leaps(before) - leaps(1969);
    u64::from(of_years + (1..month).map(|month| days(year, month)).sum::<u32>() + day - 1)
}

/// The number of days in a month; zero where there is no such month.
fn days(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

fn is_fraction(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b'.', digits @ ..] => (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn pair(tens: u8, ones: u8) -> Option<u32> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    Some(10 * digit(tens)? + digit(ones)?)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::Pattern;

    static PATTERN: LazyLock<Pattern> = LazyLock::new(|| Pattern::of(TIMESTAMP_PATTERN.to_owned()));

    proptest! {
        #[test]
        fn what_the_pattern_says(
            date in "(19(69|70|99)|[0-9]{4})-[01][0-9]-[0-3][0-9]",
            time in "[Tt ]?[012][0-9]:[0-6][0-9]:[0-6][0-9]([.][0-9]{0,10})?[Zz]?",
        ) {
            let text = date + &time;
            prop_assert_eq!(is_timestamp(text.as_bytes()), PATTERN.matches(&text), "{}", text);
        }
    }

    #[test]
    fn the_pattern_knows_every_29_february() {
        for year in 1960..=9999 {
            for day in ["02-28", "02-29", "02-30"] {
                let text = format!("{year}-{day}T00:00:00Z");
                assert_eq!(is_timestamp(text.as_bytes()), PATTERN.matches(&text), "{text}");
            }
        }
        let leap = |year| is_timestamp(format!("{year}-02-29T00:00:00Z").as_bytes());
        assert_eq!([1970, 1972, 2000, 2026, 2028, 2100, 2400].map(leap), [false, true, true, false, true, false, true]);
    }
}
