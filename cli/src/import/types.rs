//! Types, units and closed sets from what people write of an attribute: a word for its type, a description, an example.

use candor_schema::Unit;
use serde_json::Value;

use super::draft::{DraftType, is_timestamp};

/// The words that a source has for an attribute.
#[derive(Debug, Default, Clone, Copy)]
pub struct Said<'t> {
    /// Its name, on the wire or for people.
    pub name: &'t str,
    /// Its description.
    pub text: &'t str,
    /// A word for its type.
    pub ty: &'t str,
    /// Its unit.
    pub unit: &'t str,
    /// A value.
    pub example: &'t str,
}

/// The type that follows from them, and more.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    pub kind: DraftType,
    /// In UCUM.
    pub unit: Option<String>,
    pub nullable: bool,
    pub examples: Vec<Value>,
    /// True if the words name a type that does not admit the example.
    pub contradicts: bool,
}

/// Decides on a type. A word for it counts most, then the description, then the example.
pub fn guess(said: &Said<'_>) -> Guess {
    let example = read_example(said.example);
    let text = said.text.to_lowercase();
    let by_word = type_word(said.ty);
    let by_text = by_text(&text, said.text);
    let unit = unit(said, &text).or_else(|| example.as_ref().and_then(|(_, unit)| unit.clone()));
    let example = example.map(|(values, _)| values);
    let by_example = || example.as_ref().and_then(|values| of_values(values, said.name, &text));
    let mut kind = match (by_word, by_text) {
        (Some(kind), _) => kind,
        (None, Some(kind)) => agreed(kind, by_example()),
        (None, None) => by_example().or_else(|| unit.as_ref().map(|_| number_of(&text))).unwrap_or(DraftType::TEXT),
    };
    let values = example.unwrap_or_default();
    let (examples, others): (Vec<_>, Vec<_>) = values.into_iter().partition(|value| kind.admit(value));
    let unit = unit.filter(|_| innermost(&kind).is_number());
    Guess { unit, nullable: is_nullable(&text), contradicts: !others.is_empty(), examples, kind }
}

/// Returns the type that the words name, unless the example shows another one: a list, or a text.
fn agreed(by_text: DraftType, by_example: Option<DraftType>) -> DraftType {
    match (by_text, by_example) {
        (_, Some(list @ DraftType::List { .. })) => list,
        (DraftType::Int { minimum, .. }, Some(double @ DraftType::Double { .. })) => match minimum {
            Some(_) => DraftType::Double { minimum: Some(0.0), maximum: None },
            None => double,
        },
        (words, Some(text @ DraftType::Text { .. })) if words.is_number() => text,
        (words, _) => words,
    }
}

fn innermost(kind: &DraftType) -> &DraftType {
    if let DraftType::List { item, .. } = kind { innermost(item) } else { kind }
}

/// A word such as `string`, `int[]` or `list of numbers`.
pub fn type_word(word: &str) -> Option<DraftType> {
    let word = word.trim().trim_matches('`').to_lowercase();
    for (start, end) in [("list of ", ""), ("array of ", ""), ("list<", ">"), ("array<", ">"), ("[", "]"), ("", "[]")] {
        if let Some(item) = word.strip_prefix(start).and_then(|rest| rest.strip_suffix(end)).filter(|i| *i != word) {
            let item = item.trim();
            return type_word(item.strip_suffix('s').filter(|one| type_word(one).is_some()).unwrap_or(item))
                .map(DraftType::list);
        }
    }
    let members: Vec<_> = word.split('|').map(|member| member.trim().trim_matches(['`', '"', '\''])).collect();
    if members.len() > 1 && members.iter().all(|member| is_member(member)) {
        return Some(DraftType::closed(members));
    }
    Some(match word.as_str() {
        "string" | "str" | "text" | "varchar" | "keyword" | "文字列" | "cadena" | "chaîne" => DraftType::TEXT,
        "boolean" | "bool" | "flag" | "booleano" | "booléen" => DraftType::Boolean,
        "int" | "integer" | "int32" | "int64" | "long" | "i32" | "i64" | "entero" | "inteiro" => DraftType::INT,
        "uint" | "uint32" | "uint64" | "u32" | "u64" | "usize" | "counter" | "count" => DraftType::COUNT,
        "double" | "float" | "number" | "decimal" | "f32" | "f64" | "float64" | "real" => DraftType::DOUBLE,
        "timestamp" | "datetime" | "date-time" | "date time" => DraftType::Timestamp,
        "uuid" | "guid" => DraftType::Text { max_length: 36, pattern: Some(UUID.to_owned()) },
        "list" | "array" | "string array" | "strings" => DraftType::list(DraftType::TEXT),
        _ => return None,
    })
}

/// A UUID, in either case.
pub const UUID: &str = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";

/// Words that say what a value is. In each group, more languages than English stand at the end.
const BOOLEAN: [&str; 14] = [
    "`true` if",
    "`true` when",
    "true if",
    "true when",
    "whether",
    "boolean",
    "true/false",
    "`true` or `false`",
    "true or false",
    "as a flag",
    "yes or no",
    "booleana",
    "booleano",
    "منطقي",
];
const DOUBLE: [&str; 13] = [
    "average",
    "mean",
    "median",
    "ratio",
    "percentage",
    "percent of",
    "score",
    "(float)",
    "(double)",
    "probability",
    "fraction",
    "(실수)",
    "عدد عشري",
];
const COUNT: [&str; 25] = [
    "number of",
    "numbers of",
    "count of",
    "count searches",
    "total number",
    "how many",
    "amount of",
    "sum of",
    "size of",
    "length of",
    "in integer",
    "(integer)",
    "highest",
    "lowest",
    "largest value",
    "total capacity",
    "position of",
    "quantity of",
    "número de",
    "quantidade de",
    "nombre de",
    "anzahl",
    "عدد",
    "횟수",
    "작업 수",
];

/// Returns the type that a description names. It is given in lower case and as written.
fn by_text(text: &str, written: &str) -> Option<DraftType> {
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| has_phrase(text, phrase));
    let starts = |phrases: &[&str]| phrases.iter().any(|phrase| text.starts_with(phrase));
    if let Some(members) = leading_members(written) {
        return Some(if members == ["true", "false"] { DraftType::Boolean } else { DraftType::closed(members) });
    }
    if starts(&["list of ", "array of ", "an array ", "a list "]) {
        return Some(DraftType::list(DraftType::TEXT));
    }
    if has(&BOOLEAN) || starts(&["that a "]) {
        return Some(DraftType::Boolean);
    }
    if has(&DOUBLE) {
        return Some(DraftType::Double { minimum: Some(0.0), maximum: None });
    }
    let is_count =
        has(&COUNT) || starts(&["max ", "maximum ", "min ", "minimum ", "total ", "최대 "]) || text.ends_with(" 수");
    is_count.then_some(DraftType::COUNT)
}

/// Returns true if a text has a phrase that is no part of longer words.
fn has_phrase(text: &str, phrase: &str) -> bool {
    let is_letter = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    let edges = (is_letter(phrase.chars().next()), is_letter(phrase.chars().next_back()));
    text.match_indices(phrase).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !(edges.0 && is_letter(before) || edges.1 && is_letter(after) && phrase.is_ascii())
    })
}

/// The members of a closed set: a description that starts with them, as code, or has them after “one of”.
fn leading_members(written: &str) -> Option<Vec<&str>> {
    let start = match written.to_ascii_lowercase().find("one of") {
        Some(at) => written.get(at + "one of".len()..)?.trim_start_matches([':', ' ']),
        None => written,
    };
    let mut members = Vec::new();
    let mut rest = start;
    while let Some((code, after)) = rest.strip_prefix('`').and_then(|rest| rest.split_once('`')) {
        members.push(code);
        rest = after.trim_start_matches([',', ' ', '/', '|']);
        rest = rest.strip_prefix("or ").or_else(|| rest.strip_prefix("and ")).unwrap_or(rest);
    }
    let ends =
        rest.is_empty() || rest.starts_with(['.', ',', ';', '(', ')', '-', '–', ':']) || rest.starts_with("depending");
    let is_closed = members.len() > 1 && ends && members.iter().all(|member| is_member(member));
    is_closed.then_some(members)
}

fn is_member(member: &str) -> bool {
    !member.is_empty() && member.len() <= 64 && !member.contains(char::is_whitespace) && type_word_is_none(member)
}

fn type_word_is_none(member: &str) -> bool {
    !["string", "int", "integer", "number", "null", "none", "boolean", "bool", "float"].contains(&member)
}

fn is_nullable(text: &str) -> bool {
    ["otherwise `null`", "otherwise `none`", "otherwise null", "or `null`", "(nullable)", "`null` if", "`null` when"]
        .iter()
        .any(|words| text.contains(words))
}

/// The values of an example, and the unit that stands behind a number. A code span is a value.
fn read_example(text: &str) -> Option<(Vec<Value>, Option<String>)> {
    let text = text.trim();
    if text.is_empty() || ["n/a", "—", "–", "-", "none"].contains(&text.to_lowercase().as_str()) {
        return None;
    }
    let spans: Vec<_> = text.split('`').collect();
    let between_spans = spans.iter().step_by(2).all(|between| matches!(between.trim(), "" | "," | "or" | "/"));
    if spans.len() >= 3 && spans.len() % 2 == 1 && between_spans {
        return Some((spans.iter().skip(1).step_by(2).map(|span| value(span)).collect(), None));
    }
    if let Some((number, unit)) = number_with_unit(text) {
        return Some((vec![number], Some(unit.to_owned())));
    }
    Some((vec![value(text)], None))
}

/// A value as it is written: JSON, or else a text. A number that starts with zeros is a text.
fn value(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(Value::Null | Value::Object(_)) | Err(_) => {}
        Ok(value) => return value,
    }
    match text.to_lowercase().as_str() {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => Value::from(text.trim_matches(['"', '\''])),
    }
}

/// `57ms`, `16 GB`
fn number_with_unit(text: &str) -> Option<(Value, &'static str)> {
    let digits = text.find(|char: char| !char.is_ascii_digit() && char != '.')?;
    let unit = ucum(text[digits..].trim())?;
    let number: Value = serde_json::from_str(&text[..digits]).ok()?;
    Some((number, unit))
}

/// The type of which all values are.
fn of_values(values: &[Value], name: &str, text: &str) -> Option<DraftType> {
    let is_version =
        |text: &str| text.to_lowercase().split(|char: char| !char.is_alphabetic()).any(|word| word == "version");
    let kind = match values.first()? {
        Value::Bool(_) => DraftType::Boolean,
        Value::Number(_) if is_version(name) || is_version(text) => return Some(DraftType::TEXT),
        Value::Number(_) if values.iter().all(|value| value.is_i64() || value.is_u64()) => DraftType::INT,
        Value::Number(_) => DraftType::DOUBLE,
        Value::String(text) if is_timestamp(text) => DraftType::Timestamp,
        Value::Array(items) => DraftType::list(of_values(items, name, "").unwrap_or(DraftType::TEXT)),
        _ => DraftType::TEXT,
    };
    Some(kind)
}

fn number_of(text: &str) -> DraftType {
    if text.contains("in seconds") { DraftType::DOUBLE } else { DraftType::INT }
}

/// The unit in a column of its own, in the description, or at the end of the name.
fn unit(said: &Said<'_>, text: &str) -> Option<String> {
    if !said.unit.trim().is_empty() {
        return ucum_of(said.unit);
    }
    let word = |rest: &str| -> Option<&'static str> {
        let rest = rest.trim_start_matches([' ', '`']);
        ucum(rest.split(|char: char| !char.is_alphanumeric() && char != '%').next()?)
    };
    let behind = |words: &str| text.match_indices(words).find_map(|(at, found)| word(&text[at + found.len()..]));
    let said_of = [" in ", "(in ", "number of ", " em ", " ("];
    let last = said.name.rsplit(['_', '.', '-', ' ']).next().filter(|last| *last != said.name);
    let others = [("초 단위", "s"), ("بالثواني", "s"), ("em segundos", "s")];
    let found = said_of.iter().find_map(|words| behind(words));
    let found = found.or_else(|| others.iter().find(|(words, _)| text.contains(words)).map(|(_, unit)| *unit));
    found.or_else(|| last.filter(|last| last.len() > 1).and_then(ucum)).map(str::to_owned)
}

/// A unit in UCUM, whether it was written so or not. What is no measure becomes a count of such things.
pub fn ucum_of(word: &str) -> Option<String> {
    let word = word.trim().trim_matches('`');
    let known = ucum(word).map(str::to_owned).or_else(|| Unit::of(word).map(|_| word.to_owned()));
    known.or_else(|| Some(format!("{{{word}}}")).filter(|count| Unit::of(count).is_some()))
}

/// A unit that people write, in UCUM.
pub fn ucum(word: &str) -> Option<&'static str> {
    Some(match word.trim().trim_matches('`').to_lowercase().as_str() {
        "bytes" | "byte" | "by" | "b" | "octets" => "By",
        "kb" | "kilobytes" | "kilobyte" => "kBy",
        "mb" | "megabytes" | "megabyte" => "MBy",
        "gb" | "gigabytes" | "gigabyte" => "GBy",
        "kib" | "kibibytes" => "KiBy",
        "mib" | "mebibytes" => "MiBy",
        "gib" | "gibibytes" => "GiBy",
        "nanoseconds" | "nanosecond" | "ns" | "nanos" => "ns",
        "microseconds" | "microsecond" | "us" | "µs" | "micros" => "us",
        "milliseconds" | "millisecond" | "ms" | "millis" | "msec" => "ms",
        "seconds" | "second" | "s" | "secs" | "sec" | "segundos" => "s",
        "minutes" | "minute" | "mins" | "min" => "min",
        "hours" | "hour" | "h" => "h",
        "days" | "day" | "d" => "d",
        "weeks" | "week" => "wk",
        "percent" | "%" | "pct" => "%",
        _ => return None,
    })
}
