//! Texts that are points in time, and those that nearly are.

use fastrand::Rng;

/// A point in time that is in the calendar.
pub fn sound(random: &mut Rng) -> String {
    const DATES: [&str; 7] =
        ["1970-01-01", "2026-11-20", "2024-02-29", "2000-02-29", "2026-02-28", "2026-04-30", "9999-12-31"];
    let date = pick(&DATES, random);
    format!("{date}T{}{}Z", pick(&["00:00:00", "16:09:11", "23:59:59"], random), pick(&FRACTIONS[..4], random))
}

/// The same with one part that may be wrong.
pub fn edge(random: &mut Rng) -> String {
    const YEARS: [&str; 12] =
        ["1969", "1970", "1999", "2000", "2024", "2026", "1900", "2100", "2400", "9999", "10000", "0000"];
    const DAYS: [&str; 9] = ["02-30", "04-31", "06-30", "12-31", "13-01", "00-10", "01-00", "1-01", "01-1"];
    const CLOCKS: [&str; 7] = ["23:59:59", "00:00:00", "24:00:00", "23:60:00", "23:59:60", "1:00:00", "23:59"];
    const ZONES: [&str; 5] = ["z", "+00:00", "", "Z\n", " Z"];
    let (mut year, mut day, mut clock, mut fraction) = ("2026", "12-31", "16:09:11", "");
    let (mut between, mut zone) = ("T", "Z");
    match random.u8(..9) {
        0..=2 => (year, day) = (pick(&YEARS, random), "02-29"),
        3 => (year, day) = (pick(&YEARS, random), pick(&DAYS, random)),
        4 => day = pick(&DAYS, random),
        5 => clock = pick(&CLOCKS, random),
        6 => fraction = pick(&FRACTIONS, random),
        7 => between = pick(&["t", " ", ""], random),
        _ => zone = pick(&ZONES, random),
    }
    format!("{year}-{day}{between}{clock}{fraction}{zone}")
}

const FRACTIONS: [&str; 8] = ["", ".1", ".939149", ".000000001", ".1234567890", ".", ".٣", ",5"];

fn pick<'t>(texts: &[&'t str], random: &mut Rng) -> &'t str {
    random.choice(texts).copied().unwrap_or_default()
}
