//! Lengths of time as a catalogue writes them: `90d`, `12h`, `30m`, `45s`, `2w`.
//!
//! A year has no unit, because its length varies: write `365d`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A length of time: a whole number of one unit, as it was written.
///
/// `14d` and `2w` differ as texts and are equally long, so compare [`seconds`](Period::seconds).
///
/// ```
/// use candor_domain::{Period, PeriodFault};
///
/// let month: Period = "30d".parse()?;
/// assert_eq!((month.to_string(), month.words()), ("30d".to_owned(), "30 days".to_owned()));
/// assert_eq!(month.seconds(), 30 * 24 * 60 * 60);
/// assert_eq!("90".parse::<Period>(), Err(PeriodFault::NoUnit));
/// # Ok::<(), PeriodFault>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    count: u32,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
}

/// The fault of a text that is no [`Period`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodFault {
    /// It is a number alone.
    NoUnit,
    /// Its unit is none of `s`, `m`, `h`, `d` and `w`.
    UnknownUnit,
    /// It does not start with a whole number.
    NoNumber,
    /// Its number starts with a zero and is another one.
    LeadingZero,
    /// It is zero, which is no length of time.
    Zero,
    /// It is longer than [`Period::LONGEST`].
    TooLong,
}

impl Unit {
    const ALL: [Unit; 5] = [Unit::Second, Unit::Minute, Unit::Hour, Unit::Day, Unit::Week];

    const fn letter(self) -> &'static str {
        match self {
            Unit::Second => "s",
            Unit::Minute => "m",
            Unit::Hour => "h",
            Unit::Day => "d",
            Unit::Week => "w",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Unit::Second => "second",
            Unit::Minute => "minute",
            Unit::Hour => "hour",
            Unit::Day => "day",
            Unit::Week => "week",
        }
    }

    const fn seconds(self) -> u64 {
        match self {
            Unit::Second => 1,
            Unit::Minute => 60,
            Unit::Hour => 60 * 60,
            Unit::Day => 24 * 60 * 60,
            Unit::Week => 7 * 24 * 60 * 60,
        }
    }
}

impl Period {
    /// The longest length of time, in seconds: 1000 years of 365 days.
    pub const LONGEST: u64 = 1000 * 365 * Unit::Day.seconds();

    /// A length in the largest unit that is exact, weeks excepted; whole days where it is too long for that.
    ///
    /// ```
    /// use candor_domain::Period;
    ///
    /// assert_eq!(Period::of_seconds(30 * 24 * 60 * 60).to_string(), "30d");
    /// assert_eq!(Period::of_seconds(90).to_string(), "90s");
    /// ```
    pub fn of_seconds(seconds: u64) -> Period {
        let exact = |unit: &&Unit| seconds.is_multiple_of(unit.seconds());
        let units = [Unit::Day, Unit::Hour, Unit::Minute, Unit::Second];
        let unit = units.iter().find(exact).copied().unwrap_or(Unit::Second);
        match u32::try_from(seconds / unit.seconds()) {
            Ok(count) => Period { count, unit },
            Err(_) => Period { count: (seconds / Unit::Day.seconds()).min(u32::MAX.into()) as u32, unit: Unit::Day },
        }
    }

    /// The length in seconds.
    pub const fn seconds(self) -> u64 {
        self.count as u64 * self.unit.seconds()
    }

    /// The length.
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.seconds())
    }

    /// The length in words: `30 days`, `1 week`.
    pub fn words(self) -> String {
        format!("{} {}{}", self.count, self.unit.word(), if self.count == 1 { "" } else { "s" })
    }

    /// The words behind “every”: `day`, `30 days`.
    pub fn every(self) -> String {
        if self.count == 1 { self.unit.word().to_owned() } else { self.words() }
    }
}

impl FromStr for Period {
    type Err = PeriodFault;

    fn from_str(text: &str) -> Result<Self, PeriodFault> {
        let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
        let (digits, letter) = text.split_at(end);
        let unit = Unit::ALL.into_iter().find(|unit| unit.letter() == letter);
        let unit = match (digits, letter) {
            ("", _) => return Err(PeriodFault::NoNumber),
            (_, "") => return Err(PeriodFault::NoUnit),
            _ => unit.ok_or(PeriodFault::UnknownUnit)?,
        };
        let period = Period { count: digits.parse().map_err(|_| PeriodFault::TooLong)?, unit };
        match period.seconds() {
            1.. if digits.starts_with('0') => Err(PeriodFault::LeadingZero),
            0 => Err(PeriodFault::Zero),
            seconds if seconds > Period::LONGEST => Err(PeriodFault::TooLong),
            _ => Ok(period),
        }
    }
}

/// Writes it as a catalogue does.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.letter())
    }
}

impl fmt::Display for PeriodFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PeriodFault::NoUnit => "has no unit",
            PeriodFault::UnknownUnit => "has an unknown unit",
            PeriodFault::NoNumber => "does not start with a whole number",
            PeriodFault::LeadingZero => "starts with a zero",
            PeriodFault::Zero => "is zero",
            PeriodFault::TooLong => "is longer than 1000 years",
        })
    }
}

impl std::error::Error for PeriodFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(u64, &str, &str), PeriodFault>) {
        let found = text.parse::<Period>().map(|period| (period.seconds(), period.words(), period.every()));
        let expected = expected.map(|(seconds, words, every)| (seconds, words.to_owned(), every.to_owned()));
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn lengths() {
        check("45s", Ok((45, "45 seconds", "45 seconds")));
        check("30m", Ok((1800, "30 minutes", "30 minutes")));
        check("12h", Ok((43_200, "12 hours", "12 hours")));
        check("1d", Ok((86_400, "1 day", "day")));
        check("1w", Ok((604_800, "1 week", "week")));
        check("365000d", Ok((Period::LONGEST, "365000 days", "365000 days")));
    }

    #[test]
    fn faults() {
        check("", Err(PeriodFault::NoNumber));
        check("d", Err(PeriodFault::NoNumber));
        check("-1d", Err(PeriodFault::NoNumber));
        check("+1d", Err(PeriodFault::NoNumber));
        check(" 1d", Err(PeriodFault::NoNumber));
        check("90", Err(PeriodFault::NoUnit));
        check("1y", Err(PeriodFault::UnknownUnit));
        check("1D", Err(PeriodFault::UnknownUnit));
        check("1.5h", Err(PeriodFault::UnknownUnit));
        check("1d ", Err(PeriodFault::UnknownUnit));
        check("1 d", Err(PeriodFault::UnknownUnit));
        check("1h30m", Err(PeriodFault::UnknownUnit));
        check("١d", Err(PeriodFault::NoNumber));
        check("0d", Err(PeriodFault::Zero));
        check("00w", Err(PeriodFault::Zero));
        check("007d", Err(PeriodFault::LeadingZero));
        check("365001d", Err(PeriodFault::TooLong));
        check("99999999999999999999d", Err(PeriodFault::TooLong));
    }

    #[test]
    fn it_is_written_as_it_was_read() {
        for text in ["45s", "30m", "12h", "90d", "2w"] {
            assert_eq!(text.parse::<Period>().map(|period| period.to_string()), Ok(text.to_owned()));
        }
    }
}
