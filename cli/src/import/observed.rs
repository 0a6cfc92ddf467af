//! Values that a program sent, as far as a type and its bounds need them. It keeps no value but those of small closed sets.

use std::collections::BTreeMap;

use candor_schema::model::Encoding;
use serde_json::Value;

use super::draft::{DraftType, is_timestamp};
use super::types::UUID;

/// Deepest nesting that is looked at.
const DEEPEST: usize = 8;
/// Most members of an object that are told apart.
const MOST_MEMBERS: usize = 300;
/// Most different texts of a closed set.
const MOST_VALUES: usize = 8;

/// The values of one attribute, or of one member of an object.
#[derive(Debug, Default)]
pub struct Observed {
    pub count: u64,
    nulls: u64,
    booleans: u64,
    integers: Range<i64>,
    doubles: Range<f64>,
    texts: Texts,
    lists: u64,
    longest_list: usize,
    item: Option<Box<Observed>>,
    objects: u64,
    pub members: BTreeMap<String, Observed>,
    /// Values that were not looked at: too deep, or of too many names.
    pub unseen: u64,
}

#[derive(Debug)]
struct Range<N> {
    count: u64,
    bounds: Option<(N, N)>,
}

impl<N> Default for Range<N> {
    fn default() -> Self {
        Range { count: 0, bounds: None }
    }
}

impl<N: PartialOrd + Copy> Range<N> {
    fn add(&mut self, value: N) {
        self.count += 1;
        let (least, most) = self.bounds.unwrap_or((value, value));
        self.bounds = Some((if value < least { value } else { least }, if value > most { value } else { most }));
    }
}

/// Texts: their lengths and their form.
#[derive(Debug, Default)]
struct Texts {
    count: u64,
    longest: usize,
    timestamps: u64,
    uuids: u64,
    hex: BTreeMap<usize, u64>,
    /// The different texts, while they are few and mere words.
    values: Vec<String>,
    are_many: bool,
    /// Texts that are JSON, and the JSON.
    json: u64,
    inner: Option<Box<Observed>>,
}

/// A type that admits everything that was observed.
pub struct Learnt {
    pub kind: LearntType,
    pub encoding: Option<Encoding>,
    /// The number of values of other types, which it does not admit.
    pub others: u64,
}

/// A type, in which objects are not yet named.
pub enum LearntType {
    Plain(DraftType),
    Object,
    ListOfObjects(u64),
}

impl Observed {
    pub fn add(&mut self, value: &Value) {
        self.add_at(value, 0);
    }

    fn add_at(&mut self, value: &Value, depth: usize) {
        self.count += 1;
        match value {
            Value::Null => self.nulls += 1,
            Value::Bool(_) => self.booleans += 1,
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(integer), _) => self.integers.add(integer),
                (None, Some(double)) => self.doubles.add(double),
                (None, None) => self.unseen += 1,
            },
            Value::String(text) => self.texts.add(text, depth),
            _ if depth == DEEPEST => self.unseen += 1,
            Value::Array(items) => {
                self.lists += 1;
                self.longest_list = self.longest_list.max(items.len());
                let inner = self.item.get_or_insert_default();
                items.iter().for_each(|item| inner.add_at(item, depth + 1));
            }
            Value::Object(members) => {
                self.objects += 1;
                for (name, value) in members {
                    if self.members.contains_key(name) || self.members.len() < MOST_MEMBERS {
                        self.members.entry(name.clone()).or_default().add_at(value, depth + 1);
                    } else {
                        self.unseen += 1;
                    }
                }
            }
        }
    }

    /// Returns true for a member that every object had, and never as null.
    pub fn is_always_there(&self, member: &Observed) -> bool {
        member.count == self.objects && member.nulls == 0
    }

    /// The members of the object that a value is, or that the items of a list are, or that its text is.
    pub fn structure(&self) -> &Observed {
        let inner = self.texts.inner.as_deref().filter(|_| self.texts.json > 0);
        match (inner, &self.item) {
            (Some(inner), _) => inner.structure(),
            (None, Some(item)) if self.lists > 0 => item.structure(),
            _ => self,
        }
    }

    /// Decides on a type: the one that most values have.
    pub fn learn(&self) -> Learnt {
        let numbers = self.integers.count + self.doubles.count;
        let counts = [self.booleans, numbers, self.texts.count, self.lists, self.objects];
        let most = counts.iter().copied().max().unwrap_or_default();
        let others = counts.iter().sum::<u64>() - most;
        let plain = |kind| Learnt { kind: LearntType::Plain(kind), encoding: None, others };
        match counts.iter().position(|count| *count == most && most > 0) {
            Some(0) => plain(DraftType::Boolean),
            Some(1) => plain(self.number()),
            Some(2) => self.texts.learn(others),
            Some(3) => Learnt { kind: self.list(), encoding: None, others: others + self.bad_items() },
            Some(4) => Learnt { kind: LearntType::Object, encoding: None, others },
            _ => plain(DraftType::TEXT),
        }
    }

    fn number(&self) -> DraftType {
        let (integers, doubles) = (self.integers.bounds, self.doubles.bounds);
        let Some((least, most)) = doubles else {
            let (least, most) = integers.unwrap_or_default();
            let minimum = if least < 0 { below(least) } else { Some(0) };
            return DraftType::Int { minimum, maximum: above(most) };
        };
        let (low, high) = integers.map_or((least, most), |(low, high)| (least.min(low as f64), most.max(high as f64)));
        let bound = |value: f64| 10f64.powf(value.abs().max(1.0).log10().ceil());
        let minimum = if low < 0.0 { -bound(low) } else { 0.0 };
        DraftType::Double { minimum: Some(minimum), maximum: Some(bound(high)) }
    }

    fn list(&self) -> LearntType {
        let most = above(self.longest_list as i64).unwrap_or(i64::MAX) as u64;
        let Some(item) = self.item.as_deref().filter(|item| item.count > item.nulls) else {
            return LearntType::Plain(DraftType::List { item: Box::new(DraftType::TEXT), max_items: most });
        };
        match item.learn().kind {
            LearntType::Plain(item @ DraftType::List { .. }) => LearntType::Plain(item),
            LearntType::Plain(item) => LearntType::Plain(DraftType::List { item: Box::new(item), max_items: most }),
            LearntType::Object | LearntType::ListOfObjects(_) => LearntType::ListOfObjects(most),
        }
    }

    /// Items that the type of a list does not admit: lists in lists, and JSON in texts.
    fn bad_items(&self) -> u64 {
        self.item.as_deref().map_or(0, |item| item.lists + item.learn().others)
    }
}

impl Texts {
    fn add(&mut self, text: &str, depth: usize) {
        self.count += 1;
        self.longest = self.longest.max(text.chars().count());
        self.timestamps += u64::from(is_timestamp(text));
        self.uuids += u64::from(is_uuid(text));
        if text.len() >= 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) && self.hex.len() < 2
        {
            *self.hex.entry(text.len()).or_default() += 1;
        }
        if !self.are_many && !self.values.iter().any(|known| known == text) {
            self.are_many = !is_word(text) || self.values.len() == MOST_VALUES;
            self.values.push(text.to_owned());
        }
        if self.are_many {
            self.values.clear();
        }
        let is_json = depth == 0 && text.starts_with(['{', '[']);
        if let Some(json) = is_json.then(|| serde_json::from_str::<Value>(text).ok()).flatten() {
            self.json += 1;
            self.inner.get_or_insert_default().add_at(&json, 1);
        }
    }

    fn learn(&self, others: u64) -> Learnt {
        let plain = |kind| Learnt { kind: LearntType::Plain(kind), encoding: None, others };
        if self.json == self.count {
            let inner = self.inner.as_deref().map(Observed::learn);
            return inner.map_or_else(
                || plain(DraftType::TEXT),
                |inner| Learnt { encoding: Some(Encoding::Json), others: others + inner.others, ..inner },
            );
        }
        let patterned = |pattern: String| DraftType::Text { max_length: 0, pattern: Some(pattern) };
        let hex = self.hex.iter().find(|(_, count)| **count == self.count);
        let distinct = self.values.len() as u64;
        plain(match hex {
            _ if self.timestamps == self.count => DraftType::Timestamp,
            _ if self.uuids == self.count => patterned(UUID.to_owned()),
            Some((length, _)) => patterned(format!("^[0-9a-f]{{{length}}}$")),
            None if !self.are_many && self.values.iter().all(|value| value == "true" || value == "false") => {
                DraftType::closed(["true", "false"])
            }
            None if !self.are_many && distinct > 1 && self.count >= 3 * distinct => {
                let mut values: Vec<_> = self.values.iter().map(String::as_str).collect();
                values.sort_unstable();
                DraftType::closed(values)
            }
            None => DraftType::Text { max_length: self.longest.max(16).next_power_of_two() as u64, pattern: None },
        })
    }
}

/// Returns true for a text that may stand in a catalogue: a word, and nothing that a person or a machine is known by.
fn is_word(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = text.chars().all(|char| char.is_ascii_alphanumeric() || "_-.+".contains(char));
    !text.is_empty() && text.len() <= 32 && digits <= 3 && is_plain
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// The power of ten from which on everything is larger; none beyond 64 bits.
fn above(value: i64) -> Option<i64> {
    (1..=18).map(|power| 10i64.pow(power)).find(|bound| *bound >= value)
}

fn below(value: i64) -> Option<i64> {
    (1..=18).map(|power| -10i64.pow(power)).find(|bound| *bound <= value)
}
