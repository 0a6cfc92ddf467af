//! RFC 3339 in UTC, from 1970 to 9999, with up to nanoseconds: what a catalogue calls a `timestamp`.

/// As a regular expression: the same as `candor_schema::TIMESTAMP_PATTERN`, which a test compares.
pub const TIMESTAMP_PATTERN: &str = concat!(
    "^(19[7-9][0-9]|[2-9][0-9]{3})-",
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))",
    "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?Z$"
);

/// Whether a text is a timestamp: what the pattern says, a few times faster.
pub(super) fn is_timestamp(text: &[u8]) -> bool {
    parse(text).is_some()
}

fn parse(text: &[u8]) -> Option<()> {
    let (date, time) = (text.get(..11)?, text.get(11..)?);
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T'] = date else { return None };
    let &[h1, h2, b':', i1, i2, b':', s1, s2, ref fraction @ .., b'Z'] = time else { return None };
    let year = 100 * pair(y1, y2)? + pair(y3, y4)?;
    let (month, day) = (pair(m1, m2)?, pair(d1, d2)?);
    let days = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    let is_fraction = match fraction {
        [] => true,
        [b'.', digits @ ..] => (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    let is_time = pair(h1, h2)? < 24 && pair(i1, i2)? < 60 && pair(s1, s2)? < 60;
    (year >= 1970 && (1..=days).contains(&day) && is_time && is_fraction).then_some(())
}

fn pair(tens: u8, ones: u8) -> Option<u32> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    Some(10 * digit(tens)? + digit(ones)?)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use regex::Regex;

    use super::*;

    static PATTERN: LazyLock<Regex> = LazyLock::new(|| Regex::new(TIMESTAMP_PATTERN).expect("a pattern"));

    proptest! {
        #[test]
        fn what_the_pattern_says(
            date in "(19(69|70|99)|[0-9]{4})-[01][0-9]-[0-3][0-9]",
            time in "[Tt ]?[012][0-9]:[0-6][0-9]:[0-6][0-9]([.][0-9]{0,10})?[Zz]?",
        ) {
            let text = date + &time;
            prop_assert_eq!(is_timestamp(text.as_bytes()), PATTERN.is_match(&text), "{}", text);
        }

        #[test]
        fn every_day(month in 0..14, day in 0..33) {
            let text = format!("2026-{month:02}-{day:02}T00:00:00Z");
            prop_assert_eq!(is_timestamp(text.as_bytes()), PATTERN.is_match(&text), "{}", text);
        }
    }
}
