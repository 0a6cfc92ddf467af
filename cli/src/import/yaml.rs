//! YAML and JSON of others as a tree in which everything knows its line and column.
//!
//! The YAML itself is `serde-saphyr`'s business, with its limits on depth, aliases and size. Keys that are there twice are
//! mistakes, and merge keys are merged.

use std::fmt;
use std::path::Path;
use std::thread;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number};
use serde_saphyr::{Budget, Location, Options, Spanned};

use super::place::{SourceNote, SourcePlace};

/// A value, and its line and column from 1.
#[derive(Debug, Clone)]
pub struct Yaml {
    pub value: YamlValue,
    pub line: usize,
    pub column: usize,
}

/// A value without its place.
#[derive(Debug, Clone)]
pub enum YamlValue {
    Null,
    Boolean(bool),
    Number(Number),
    Text(String),
    List(Vec<Yaml>),
    /// In order, each key with its place.
    Mapping(Vec<(Yaml, Yaml)>),
}

/// Parses a text. JSON is read as the YAML that it nearly is.
///
/// # Errors
/// Says where it stops to be YAML, or what of it is too much.
pub fn parse(path: &Path, text: &str) -> Result<Yaml, SourceNote> {
    /// Room for the deepest text that the budget admits, in a build without optimisation.
    const STACK: usize = 64 << 20;
    thread::scope(|scope| {
        let reader = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || parse_here(path, text));
        let start = || SourcePlace::start_of(path);
        let reader = reader.map_err(|error| start().note(format!("no thread to read it: {error}")))?;
        reader.join().unwrap_or_else(|_| Err(start().note("it cannot be read".to_owned())))
    })
}

fn parse_here(path: &Path, text: &str) -> Result<Yaml, SourceNote> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_json = text.trim_start().starts_with(['{', '[']);
    let at = |line, column| SourcePlace { line, column, ..SourcePlace::start_of(path) };
    if is_json {
        if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
            return Err(at(error.line(), error.column()).note(format!("not JSON: {error}")));
        }
        return read(&json_as_yaml(text)).map_err(|(line, column, why)| at(line, column).note(why));
    }
    read(text).map_err(|(line, column, why)| at(line, column).note(format!("not YAML: {why}")))
}

fn read(text: &str) -> Result<Yaml, (usize, usize, String)> {
    serde_saphyr::from_str_with_options::<Yaml>(text, options()).map_err(|error| {
        let place = error.location().map_or((1, 1), |location| (location.line() as usize, location.column() as usize));
        let why = error.to_string();
        let why = why.split(" at line ").next().unwrap_or_default().lines().next().unwrap_or_default();
        let why = match why.strip_prefix("duplicate mapping key: ").and_then(|rest| rest.split(',').next()) {
            Some(key) => format!("the key `{key}` is there twice"),
            None => why.to_owned(),
        };
        (place.0.max(1), place.1.max(1), why)
    })
}

/// Room for a large registry, and not for a text that unfolds into more than it seems.
fn options() -> Options {
    let mut budget = Budget::default();
    budget.max_depth = 64;
    budget.max_nodes = 2_000_000;
    budget.max_events = 4_000_000;
    budget.max_recorded_anchor_events = 100_000;
    budget.enforce_alias_anchor_ratio = false;
    let mut options = Options::default();
    options.budget = Some(budget);
    options.alias_limits.max_total_replayed_events = 500_000;
    options.strict_booleans = true;
    options.with_snippet = false;
    options
}

/// JSON in what YAML shares with it: spaces for tabs, and one escape for what JSON writes as two surrogates.
fn json_as_yaml(json: &str) -> String {
    let mut yaml = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find(['\t', '\\']) {
        yaml += &rest[..at];
        rest = &rest[at..];
        let taken = match rest.as_bytes() {
            [b'\t', ..] => {
                yaml.push(' ');
                1
            }
            [_, b'u', ..] => match surrogates(rest) {
                Some(char) => {
                    yaml += &format!("\\U{:08x}", char as u32);
                    12
                }
                None => {
                    yaml.push('\\');
                    1
                }
            },
            _ => {
                let taken = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                yaml += &rest[..taken];
                taken
            }
        };
        rest = &rest[taken..];
    }
    yaml + rest
}

/// `\ud83d\ude00` at the start.
fn surrogates(text: &str) -> Option<char> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let high = unit(0).filter(|unit| (0xd800..0xdc00).contains(unit))?;
    char::decode_utf16([high, unit(6)?]).next()?.ok()
}

impl Yaml {
    pub fn place(&self, path: &SourcePlace) -> SourcePlace {
        SourcePlace { line: self.line, column: self.column, ..path.clone() }
    }

    /// The value of a key, unless it is null.
    pub fn get(&self, key: &str) -> Option<&Yaml> {
        let found = self.pairs().iter().find(|(own, _)| own.as_text() == Some(key));
        found.map(|(_, value)| value).filter(|value| !matches!(value.value, YamlValue::Null))
    }

    /// The pairs of a mapping; of anything else, none.
    pub fn pairs(&self) -> &[(Yaml, Yaml)] {
        match &self.value {
            YamlValue::Mapping(pairs) => pairs,
            _ => &[],
        }
    }

    /// The items of a list; of anything else, none.
    pub fn items(&self) -> &[Yaml] {
        match &self.value {
            YamlValue::List(items) => items,
            _ => &[],
        }
    }

    /// The items under a key.
    pub fn list(&self, key: &str) -> &[Yaml] {
        self.get(key).map_or(&[], Yaml::items)
    }

    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            YamlValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text under a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_text()
    }

    /// A text or a number, as a text.
    pub fn scalar(&self) -> Option<String> {
        match &self.value {
            YamlValue::Text(text) => Some(text.clone()),
            YamlValue::Number(number) => Some(number.to_string()),
            YamlValue::Boolean(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// The same as JSON, without places.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            YamlValue::Null => serde_json::Value::Null,
            YamlValue::Boolean(value) => (*value).into(),
            YamlValue::Number(number) => number.clone().into(),
            YamlValue::Text(text) => text.as_str().into(),
            YamlValue::List(items) => items.iter().map(Yaml::to_json).collect(),
            YamlValue::Mapping(pairs) => {
                let pair = |(key, value): &(Yaml, Yaml)| Some((key.scalar()?, value.to_json()));
                serde_json::Value::Object(pairs.iter().filter_map(pair).collect::<Map<_, _>>())
            }
        }
    }
}

impl<'de> Deserialize<'de> for Yaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<YamlValue>::deserialize(deserializer)?;
        let at: &Location = &spanned.referenced;
        Ok(Yaml { value: spanned.value, line: (at.line() as usize).max(1), column: (at.column() as usize).max(1) })
    }
}

impl<'de> Deserialize<'de> for YamlValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = YamlValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<YamlValue, E> {
        Ok(YamlValue::Null)
    }

    fn visit_none<E>(self) -> Result<YamlValue, E> {
        Ok(YamlValue::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<YamlValue, D::Error> {
        YamlValue::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<YamlValue, E> {
        Ok(YamlValue::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<YamlValue, E> {
        Ok(YamlValue::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<YamlValue, E> {
        Ok(YamlValue::Number(value.into()))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<YamlValue, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<YamlValue, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("a number that is none"))?;
        Ok(YamlValue::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<YamlValue, E> {
        Ok(YamlValue::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<YamlValue, E> {
        Ok(YamlValue::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<YamlValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(YamlValue::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<YamlValue, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = access.next_entry()? {
            pairs.push(pair);
        }
        Ok(YamlValue::Mapping(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let shown = match parse(Path::new("x"), text) {
            Ok(yaml) => yaml.to_json().to_string(),
            Err(note) => note.to_string(),
        };
        assert!(shown.starts_with(expected), "{text:?}: {shown}");
    }

    #[test]
    fn yaml_and_json() {
        check("a: &x {b: 1}\nc: {<<: *x, d: yes}", r#"{"a":{"b":1},"c":{"#);
        check("{\"a\":\t\"\\ud83d\\ude00\\/\\u00e9\\\\u\", \"b\": [1.5, null]}", r#"{"a":"😀/é\\u","b":[1.5,null]}"#);
        check("{\"a\": }", "x:1:7: not JSON: ");
        check("a: [\nb: {", "x:");
        check("a: 1\na: 2", "x:2:1: not YAML: ");
    }

    #[test]
    fn bombs_and_depth() {
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..9 {
            let before = format!("*a{},", level - 1).repeat(10);
            bomb += &format!("a{level}: &a{level} [{before}]\n");
        }
        check(&bomb, "x:");
        check(&"[".repeat(5000), "x:1:");
        check(&format!("{}1{}", "[".repeat(100), "]".repeat(100)), "x:1:");
    }

    #[test]
    fn places() {
        let yaml = parse(Path::new("x"), "groups:\n  - id: a\n    type: b\n").expect("YAML");
        let group = &yaml.list("groups")[0];
        let ty = group.get("type").expect("a type");
        assert_eq!((group.line, ty.line, ty.column), (2, 3, 11));
    }
}
