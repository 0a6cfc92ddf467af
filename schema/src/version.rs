//! Versions of a disclosure: `1.4.0`, `1.4`, or the day of a release, `2026-11-30`. All of them compare.

/// The numbers of a version, by which versions compare: `1.4` is `1.4.0`, and a day is newer than any usual number.
pub(crate) fn parts(version: &str) -> Option<[u64; 3]> {
    if is_day(version) {
        return numbers(version, '-').and_then(|numbers| numbers.try_into().ok());
    }
    match numbers(version, '.')?[..] {
        [major, minor] => Some([major, minor, 0]),
        [major, minor, patch] => Some([major, minor, patch]),
        _ => None,
    }
}

/// The grammar, for a message's help.
pub(crate) const FORMS: &str = "write two or three numbers, such as 1.4 or 1.4.0, or a day, such as 2026-11-30";

/// Returns whether this is a day that was or will be: `YYYY-MM-DD`.
pub(crate) fn is_day(text: &str) -> bool {
    let shape = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    let Some(Ok([year, month, day])) = numbers(text, '-').map(<[u64; 3]>::try_from) else { return false };
    shape && (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day)
}

/// A step between two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Major,
    Minor,
    Patch,
}

/// The version that follows, written as this one is: two numbers stay two, and a day is followed by today or, if it is
/// not over yet, by the day after.
pub(crate) fn next(version: &str, step: Step, today: &str) -> String {
    let [major, minor, patch] = parts(version).unwrap_or_default();
    let two = version.split('.').count() == 2;
    match step {
        _ if is_day(version) && today > version => today.to_owned(),
        _ if is_day(version) => day_after(major, minor, patch),
        Step::Major if two => format!("{}.0", major.saturating_add(1)),
        Step::Minor | Step::Patch if two => format!("{major}.{}", minor.saturating_add(1)),
        Step::Major => format!("{}.0.0", major.saturating_add(1)),
        Step::Minor => format!("{major}.{}.0", minor.saturating_add(1)),
        Step::Patch => format!("{major}.{minor}.{}", patch.saturating_add(1)),
    }
}

/// Today in UTC, as `YYYY-MM-DD`.
pub(crate) fn today() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let (mut year, mut days) = (1970, since.as_secs() / 86_400);
    let days_of_year = |year| if is_leap(year) { 366 } else { 365 };
    while days >= days_of_year(year) {
        days -= days_of_year(year);
        year += 1;
    }
    let mut month = 1;
    while days >= days_of(year, month) {
        days -= days_of(year, month);
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", days + 1)
}

fn day_after(year: u64, month: u64, day: u64) -> String {
    let (year, month, day) = match (month, day) {
        (12, 31) => (year + 1, 1, 1),
        _ if day == days_of(year, month) => (year, month + 1, 1),
        _ => (year, month, day + 1),
    };
    format!("{year:04}-{month:02}-{day:02}")
}

fn days_of(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// The numbers between separators, if there is nothing else.
fn numbers(text: &str, separator: char) -> Option<Vec<u64>> {
    let number = |part: &str| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|_| digits)
    };
    text.split(separator).map(number).collect()
}

/// The JSON Schema of a version. Two numbers without quotes are a number to YAML.
#[cfg(feature = "json-schema")]
pub(crate) fn schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let pattern = "^([0-9]+\\.[0-9]+(\\.[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2})$";
    schemars::json_schema!({ "type": ["string", "number"], "pattern": pattern })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_compares() {
        let newer =
            [("1.4", "1.3.9"), ("1.4.1", "1.4"), ("1.10", "1.9"), ("2026-12-01", "2026-11-30"), ("2026-11-30", "9.0")];
        for (newer, older) in newer {
            assert!(parts(newer) > parts(older), "{newer} {older}");
        }
        assert_eq!(parts("1.4"), parts("1.4.0"));
        for none in ["", "1", "1.", "1.2.3.4", "v1.2", "1.2-rc1", "2026-02-29", "2026-13-01", "2026-1-1", "26-01-01"] {
            assert_eq!(parts(none), None, "{none}");
        }
    }

    #[test]
    fn what_follows_is_written_alike() {
        let check = |version: &str, step, expected: &str| assert_eq!(next(version, step, "2026-11-30"), expected);
        check("1.4.2", Step::Major, "2.0.0");
        check("1.4.2", Step::Minor, "1.5.0");
        check("1.4.2", Step::Patch, "1.4.3");
        check("1.4", Step::Major, "2.0");
        check("1.4", Step::Patch, "1.5");
        check("2024-05-01", Step::Major, "2026-11-30");
        check("2026-11-30", Step::Minor, "2026-12-01");
        check("2028-02-28", Step::Patch, "2028-02-29");
        check("2026-12-31", Step::Patch, "2027-01-01");
    }

    #[test]
    fn today_is_a_day() {
        assert!(is_day(&today()) && today().as_str() > "2026-01-01");
    }
}
