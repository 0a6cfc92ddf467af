//! Units of numbers: UCUM's codes, as OpenTelemetry writes them. The grammar is here, and no list of every unit.
//!
//! ```text
//! unit   = part { ("/" | ".") part }
//! part   = "1" | "{" text "}" | [prefix] atom [exponent] [ "{" text "}" ]
//! ```

use crate::did_you_mean::near;

/// The unit of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit(String);

impl Unit {
    /// The unit of this UCUM code, if it is one that OpenTelemetry uses.
    pub fn of(code: &str) -> Option<Unit> {
        let fine = !code.is_empty() && parts_of(code)?.into_iter().all(is_part);
        fine.then(|| Unit(code.to_owned()))
    }

    /// The UCUM code.
    pub fn code(&self) -> &str {
        &self.0
    }

    /// The unit in English, where it has an everyday name: `milliseconds`.
    pub fn words(&self) -> Option<&'static str> {
        COMMON.iter().find(|common| common.code == self.0).map(|common| common.words)
    }

    /// Its length in nanoseconds, if it is a unit of time that never varies.
    pub fn nanoseconds(&self) -> Option<u64> {
        const SECOND: u64 = 1_000_000_000;
        Some(match self.code() {
            "ns" => 1,
            "us" => 1_000,
            "ms" => 1_000_000,
            "s" => SECOND,
            "min" => 60 * SECOND,
            "h" => 3600 * SECOND,
            "d" => 86_400 * SECOND,
            "wk" => 7 * 86_400 * SECOND,
            _ => return None,
        })
    }
}

/// A unit with an everyday name, and how else people write it.
struct Common {
    code: &'static str,
    words: &'static str,
    others: &'static [&'static str],
}

const fn common(code: &'static str, words: &'static str, others: &'static [&'static str]) -> Common {
    Common { code, words, others }
}

const COMMON: [Common; 19] = [
    common("ns", "nanoseconds", &["nanosecond", "nsec", "nanos"]),
    common("us", "microseconds", &["microsecond", "usec", "micros", "µs", "μs"]),
    common("ms", "milliseconds", &["millisecond", "msec", "millis", "msecs"]),
    common("s", "seconds", &["second", "sec", "secs"]),
    common("min", "minutes", &["minute", "mins"]),
    common("h", "hours", &["hour", "hr", "hrs"]),
    common("d", "days", &["day"]),
    common("wk", "weeks", &["week", "w"]),
    common("By", "bytes", &["byte", "b", "octets"]),
    common("kBy", "kilobytes", &["kilobyte", "kb", "kby"]),
    common("MBy", "megabytes", &["megabyte", "mb", "mby"]),
    common("GBy", "gigabytes", &["gigabyte", "gb", "gby"]),
    common("KiBy", "kibibytes", &["kibibyte", "kib"]),
    common("MiBy", "mebibytes", &["mebibyte", "mib"]),
    common("GiBy", "gibibytes", &["gibibyte", "gib"]),
    common("bit", "bits", &[]),
    common("%", "percent", &["pct", "percentage"]),
    common("Cel", "degrees Celsius", &["celsius", "°c", "degc"]),
    common("Hz", "hertz", &["hertz"]),
];

/// Units that take a prefix such as `k`. `By` and `bit` also take `Ki`, `Mi` and so on.
const METRIC: [&str; 19] =
    ["s", "m", "g", "L", "l", "By", "bit", "Hz", "J", "W", "V", "A", "K", "Pa", "N", "Ohm", "cd", "lm", "lx"];

/// Units that take none.
const PLAIN: [&str; 9] = ["min", "h", "d", "wk", "mo", "a", "%", "Cel", "deg"];

const PREFIXES: [&str; 20] =
    ["Y", "Z", "E", "P", "T", "G", "M", "k", "h", "da", "d", "c", "m", "u", "n", "p", "f", "a", "z", "y"];

const BINARY_PREFIXES: [&str; 4] = ["Ki", "Mi", "Gi", "Ti"];

/// Suggests a unit for a text that is none: of another spelling, of a near one, or a count of something.
pub(crate) fn meant(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let other = |common: &&Common| {
        common.code.to_lowercase() == lower || common.words == lower || common.others.contains(&lower.as_str())
    };
    if let Some(common) = COMMON.iter().find(other) {
        return Some(common.code.to_owned());
    }
    let spellings = COMMON.iter().flat_map(|common| [common.words].into_iter().chain(common.others.iter().copied()));
    let long = spellings.filter(|spelling| spelling.len() > 4);
    if let Some(near) = near(&lower, long).filter(|_| lower.len() > 4) {
        let common = COMMON.iter().find(|common| common.words == near.name || common.others.contains(&near.name));
        return common.map(|common| common.code.to_owned());
    }
    let bare = text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    bare.then(|| format!("{{{}}}", lower.strip_suffix('s').unwrap_or(&lower)))
}

/// The parts between `/` and `.`, none of which is inside braces. A leading `/` has `1` before it.
fn parts_of(code: &str) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut inside) = (Vec::new(), 0, false);
    for (position, char) in code.char_indices() {
        match char {
            '{' if inside => return None,
            '{' => inside = true,
            '}' if !inside => return None,
            '}' => inside = false,
            '/' | '.' if !inside => {
                parts.push(&code[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&code[start..]);
    (!inside).then_some(parts)
}

fn is_part(part: &str) -> bool {
    let (unit, annotation) = match part.split_once('{') {
        Some((unit, rest)) => (unit, rest.strip_suffix('}')),
        None => (part, Some("x")),
    };
    let Some(annotation) = annotation else { return false };
    let readable = !annotation.is_empty() && annotation.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    let alone = unit.is_empty() && part.starts_with('{');
    readable && (alone || unit == "1" || is_unit(unit))
}

/// Returns whether this is an atom with its prefix and exponent.
fn is_unit(unit: &str) -> bool {
    let atom = unit.trim_end_matches(|char: char| char.is_ascii_digit());
    let exponent = &unit[atom.len()..];
    let atom = atom.strip_suffix('-').filter(|_| !exponent.is_empty()).unwrap_or(atom);
    let prefixed = |prefixes: &[&str], atoms: &[&str]| {
        prefixes.iter().any(|prefix| atom.strip_prefix(prefix).is_some_and(|rest| atoms.contains(&rest)))
    };
    exponent.len() <= 1
        && (PLAIN.contains(&atom)
            || METRIC.contains(&atom)
            || prefixed(&PREFIXES, &METRIC)
            || prefixed(&BINARY_PREFIXES, &["By", "bit"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_opentelemetry() {
        let units = [
            "1",
            "%",
            "s",
            "ms",
            "us",
            "ns",
            "min",
            "h",
            "d",
            "By",
            "KiBy",
            "MiBy",
            "kBy",
            "bit",
            "Hz",
            "Cel",
            "{request}",
            "{request}/s",
            "By/s",
            "1/s",
            "J",
            "W",
            "V",
            "m/s",
            "m2",
            "{gc}.s",
            "By{heap}",
            "{cpu}",
            "mL",
            "s-1",
        ];
        for unit in units {
            assert!(Unit::of(unit).is_some(), "{unit}");
        }
    }

    #[test]
    fn what_is_none_and_what_was_meant() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(Unit::of(text), None, "{text}");
            assert_eq!(meant(text).as_deref(), expected, "{text}");
        };
        check("sec", Some("s"));
        check("seconds", Some("s"));
        check("milisecond", Some("ms"));
        check("MS", Some("ms"));
        check("µs", Some("us"));
        check("bytes", Some("By"));
        check("by", Some("By"));
        check("KB", Some("kBy"));
        check("MiB", Some("MiBy"));
        check("percent", Some("%"));
        check("requests", Some("{request}"));
        check("", None);
        check("{}", None);
        check("{a{b}}", None);
        check("{a b}", None);
        check("s//s", None);
        check("/s", None);
        check("kmin", Some("{kmin}"));
    }

    #[test]
    fn words_and_lengths() {
        let unit = |code: &str| Unit::of(code).expect(code);
        assert_eq!(unit("ms").words(), Some("milliseconds"));
        assert_eq!(unit("{request}").words(), None);
        assert_eq!(unit("h").nanoseconds(), Some(3_600_000_000_000));
        assert_eq!(unit("mo").nanoseconds(), None);
        assert_eq!(unit("By").nanoseconds(), None);
    }
}
