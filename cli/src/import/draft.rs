//! A draft: a catalogue in which answers may be missing. Every importer fills one, and one writer prints it.
//!
//! `None` in a draft means that the source does not say it. The writer asks for it at its place.

use std::collections::{HashMap, HashSet};

use candor_schema::model::{DeprecationReason, Encoding, Personal, Stability};
use candor_schema::{Collected, Domain, Example, SignalKind, admits, camel_case, invisible};
use serde_json::Value;

use super::names::{sentence, snake};
use super::place::SourceNote;

/// A catalogue that is not finished.
#[derive(Debug, Default)]
pub struct Draft {
    pub rows: Vec<DraftRow>,
    pub attributes: Vec<DraftAttribute>,
    pub objects: Vec<DraftObject>,
    pub signals: Vec<DraftSignal>,
    /// Keys of the attributes that every signal may carry.
    pub common: Vec<String>,
    /// Keys of the attributes of the process, and whether each is always there.
    pub resource: Vec<(String, bool)>,
    /// Things of the source that a catalogue has no place for.
    pub left_out: Vec<SourceNote>,
    /// The answer for whatever the source does not call default or opt-in, as the user decided it.
    pub collected: Option<Collected>,
    /// The name of the service, if the source says it.
    pub service: Option<String>,
    ids: Ids,
    rows_by_key: HashMap<String, usize>,
}

/// A row of the table.
#[derive(Debug, Default)]
pub struct DraftRow {
    pub id: String,
    pub title: String,
    pub reason: String,
    pub personal: Option<Personal>,
}

/// An attribute.
#[derive(Debug)]
pub struct DraftAttribute {
    pub id: String,
    /// The key of its row.
    pub row: String,
    pub collected: Option<Collected>,
    /// Its name on the wire, where that is not its key.
    pub name: Option<String>,
    pub kind: DraftType,
    /// A short description.
    pub brief: Brief,
    pub note: String,
    pub examples: Vec<Value>,
    pub unit: Option<String>,
    /// True if null is sent as a value.
    pub nullable: bool,
    pub personal: Option<Personal>,
    /// Its source and scope, as a catalogue writes them.
    pub identifier: Option<&'static str>,
    pub encoding: Option<Encoding>,
    pub handling: DraftHandling,
    pub deprecated: Option<DraftDeprecation>,
    pub stability: Option<Stability>,
}

/// The people and the time that an attribute has, as the source says it.
#[derive(Debug, Default)]
pub struct DraftHandling {
    pub owner: Option<String>,
    /// A day.
    pub expires: Option<String>,
    /// Web addresses.
    pub links: Vec<String>,
}

/// A phrase, and whether the source has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brief {
    Said(String),
    /// Made of a name.
    Guessed(String),
}

/// A type with its bounds.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftType {
    Text {
        max_length: u64,
        pattern: Option<String>,
    },
    Boolean,
    Int {
        minimum: Option<i64>,
        maximum: Option<i64>,
    },
    Double {
        minimum: Option<f64>,
        maximum: Option<f64>,
    },
    Timestamp,
    Enum(Vec<DraftMember>),
    /// An object of this key.
    Object(String),
    List {
        item: Box<DraftType>,
        max_items: u64,
    },
    Map {
        /// A text or a closed set.
        key: Box<DraftType>,
        value: Box<DraftType>,
        max_items: u64,
    },
    /// A value whose parts nobody lists.
    Json,
}

/// A member of a closed set.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftMember {
    /// A text, a number or a boolean.
    pub value: Value,
    /// Its name for code, from the source.
    pub name: Option<String>,
}

/// A structure.
#[derive(Debug)]
pub struct DraftObject {
    pub id: String,
    pub brief: String,
    /// Name on the wire, key of the attribute, whether it is always there.
    pub fields: Vec<(String, String, bool)>,
}

/// A span or an event.
#[derive(Debug)]
pub struct DraftSignal {
    pub id: String,
    pub kind: SignalKind,
    pub name: String,
    /// True if the source says its name on the wire.
    pub is_named: bool,
    pub collected: Option<Collected>,
    pub brief: Brief,
    /// The row, where it has no attributes.
    pub row: Option<String>,
    /// Keys of its attributes, and whether each is always there.
    pub attributes: Vec<(String, bool)>,
    /// True if it came with the ids of a span that it belongs to.
    pub has_parent: bool,
    pub deprecated: Option<DraftDeprecation>,
    pub stability: Option<Stability>,
}

/// Marks something that is on its way out.
#[derive(Debug, Clone)]
pub struct DraftDeprecation {
    pub reason: DeprecationReason,
    pub renamed_to: Option<String>,
    pub note: String,
}

/// Longest text where the source does not bound it.
pub const MOST_CHARACTERS: u64 = 256;
/// Longest list where the source does not bound it.
pub const MOST_ITEMS: u64 = 100;
/// Deepest nesting of a value whose parts nobody lists, and the most characters of its text.
pub const JSON_BOUNDS: (u64, u64) = (8, 4096);

impl DraftType {
    pub const TEXT: DraftType = DraftType::Text { max_length: MOST_CHARACTERS, pattern: None };
    pub const INT: DraftType = DraftType::Int { minimum: None, maximum: None };
    pub const COUNT: DraftType = DraftType::Int { minimum: Some(0), maximum: None };
    pub const DOUBLE: DraftType = DraftType::Double { minimum: None, maximum: None };

    pub fn list(item: DraftType) -> DraftType {
        DraftType::List { item: Box::new(item), max_items: MOST_ITEMS }
    }

    /// A closed set of these texts, numbers or booleans, each once.
    pub fn closed(members: impl IntoIterator<Item = impl Into<Value>>) -> DraftType {
        let mut distinct: Vec<DraftMember> = Vec::new();
        for value in members.into_iter().map(Into::into) {
            if !distinct.iter().any(|known| known.value == value) {
                distinct.push(DraftMember { value, name: None });
            }
        }
        DraftType::Enum(distinct)
    }

    /// A map with texts as keys, if it can have such values.
    ///
    /// # Errors
    /// Says why it cannot.
    pub fn map(key: DraftType, value: DraftType, max_items: u64) -> Result<DraftType, String> {
        match value {
            DraftType::List { .. } | DraftType::Map { .. } | DraftType::Json => {
                Err("a map of lists, of maps or of anything".to_owned())
            }
            value => Ok(DraftType::Map { key: Box::new(key), value: Box::new(value), max_items }),
        }
    }

    /// The key of the object that it holds, in a list or not.
    fn object(&self) -> Option<&String> {
        match self {
            DraftType::Object(id) => Some(id),
            DraftType::List { item, .. } => item.object(),
            DraftType::Map { value, .. } => value.object(),
            _ => None,
        }
    }

    pub fn is_number(&self) -> bool {
        matches!(self, DraftType::Int { .. } | DraftType::Double { .. })
    }

    /// Returns true if the type admits a value. A text that is too long widens the type first.
    pub fn admit(&mut self, value: &Value) -> bool {
        match (self, value) {
            (DraftType::Text { max_length, pattern }, Value::String(text)) => {
                let length = text.chars().count() as u64;
                *max_length = (*max_length).max(length.next_power_of_two());
                pattern.is_none() && invisible(text).next().is_none()
            }
            (DraftType::Boolean, Value::Bool(_)) => true,
            (DraftType::Int { minimum, maximum }, value) => value.as_i64().is_some_and(|value| {
                minimum.is_none_or(|minimum| minimum <= value) && maximum.is_none_or(|maximum| value <= maximum)
            }),
            (DraftType::Double { minimum, maximum }, value) => value.as_f64().is_some_and(|value| {
                minimum.is_none_or(|minimum| minimum <= value) && maximum.is_none_or(|maximum| value <= maximum)
            }),
            (DraftType::Enum(members), value) => members.iter().any(|member| member.value == *value),
            (DraftType::Timestamp, Value::String(text)) => is_timestamp(text),
            (DraftType::List { item, max_items }, Value::Array(items)) => {
                *max_items = (*max_items).max(items.len() as u64);
                items.iter().all(|value| item.admit(value))
            }
            (DraftType::Map { key, value, max_items }, Value::Object(entries)) => {
                *max_items = (*max_items).max(entries.len() as u64);
                entries.iter().all(|(name, of)| key.admit(&Value::from(name.as_str())) && value.admit(of))
            }
            _ => false,
        }
    }
}

impl DraftAttribute {
    /// An attribute of which the type and its name on the wire are known.
    pub fn new(name: &str, kind: DraftType) -> Self {
        DraftAttribute {
            id: String::new(),
            row: String::new(),
            collected: None,
            name: Some(name.to_owned()),
            kind,
            brief: Brief::Guessed(words(name)),
            note: String::new(),
            examples: Vec::new(),
            unit: None,
            nullable: false,
            personal: None,
            identifier: None,
            encoding: None,
            handling: DraftHandling::default(),
            deprecated: None,
            stability: None,
        }
    }

    /// The first sentence of a text becomes the brief; what follows it is kept as a note.
    pub fn describe(&mut self, text: &str) {
        let (first, rest) = sentence(text);
        if !first.is_empty() {
            self.brief = Brief::Said(first);
            self.add_note(&rest);
        }
    }

    pub fn add_note(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            if !self.note.is_empty() {
                self.note += "\n";
            }
            self.note += text;
        }
    }

    /// Keeps an example if it can be sent. Returns whether it can.
    pub fn add_example(&mut self, value: Value) -> bool {
        const MOST: usize = 5;
        let fits = self.kind.admit(&value);
        if fits && self.examples.len() < MOST && !self.examples.contains(&value) {
            self.examples.push(value);
        }
        fits
    }
}

impl Draft {
    /// The key of the row that goes by `key`; the first time it is made, with this title.
    pub fn row(&mut self, key: &str, title: &str) -> &mut DraftRow {
        self.row_as(key, key, title)
    }

    /// The same under another key of the catalogue.
    pub fn row_as(&mut self, key: &str, id: &str, title: &str) -> &mut DraftRow {
        if !self.rows_by_key.contains_key(key) {
            let id = self.ids.rows.take(&snake(id, "row"));
            self.rows.push(DraftRow { id, title: title.to_owned(), ..DraftRow::default() });
            self.rows_by_key.insert(key.to_owned(), self.rows.len() - 1);
        }
        let position = self.rows_by_key[key];
        &mut self.rows[position]
    }

    /// Adds an attribute under a free key that is like the wanted one, and returns the key.
    pub fn add(&mut self, wanted: &str, attribute: DraftAttribute) -> String {
        let id = self.ids.attributes.take(&snake(wanted, "attribute"));
        let name = attribute.name.clone().filter(|name| *name != id);
        let collected = attribute.collected.or(self.collected);
        self.attributes.push(DraftAttribute { id: id.clone(), name, collected, ..attribute });
        id
    }

    /// Adds an object under a free key, and returns the key.
    pub fn add_object(&mut self, wanted: &str, brief: String, fields: Vec<(String, String, bool)>) -> String {
        let mut wanted = snake(wanted, "object");
        if ["string", "boolean", "int", "double", "timestamp", "enum", "json", "map"].contains(&wanted.as_str()) {
            wanted += "_object";
        }
        let id = self.ids.objects.take(&wanted);
        self.objects.push(DraftObject { id: id.clone(), brief, fields });
        id
    }

    /// Names successors by their keys. One that is not in the draft is kept as a note.
    pub fn settle(&mut self) {
        let key = |id: &str, name: Option<&str>| (name.unwrap_or(id).to_owned(), id.to_owned());
        let attributes = self.attributes.iter().map(|attribute| key(&attribute.id, attribute.name.as_deref()));
        let attributes: HashMap<_, _> = attributes.collect();
        let signals: HashMap<_, _> = self.signals.iter().map(|signal| key(&signal.id, Some(&signal.name))).collect();
        let of_attributes = self.attributes.iter_mut().filter_map(|attribute| attribute.deprecated.as_mut());
        of_attributes.for_each(|deprecated| deprecated.settle(&attributes));
        let of_signals = self.signals.iter_mut().filter_map(|signal| signal.deprecated.as_mut());
        of_signals.for_each(|deprecated| deprecated.settle(&signals));
        self.prune();
    }

    /// Removes rows and objects that nothing is in: what they were for was left out.
    fn prune(&mut self) {
        let rows = self.attributes.iter().map(|attribute| &attribute.row);
        let rows: HashSet<_> =
            rows.chain(self.signals.iter().filter_map(|signal| signal.row.as_ref())).cloned().collect();
        self.rows.retain(|row| rows.contains(&row.id));
        let used: HashSet<_> =
            self.attributes.iter().filter_map(|attribute| attribute.kind.object().cloned()).collect();
        self.objects.retain(|object| used.contains(&object.id));
    }

    /// Adds a signal under a free key.
    pub fn add_signal(&mut self, wanted: &str, signal: DraftSignal) {
        let id = self.ids.signals.take(&snake(wanted, "signal"));
        let collected = signal.collected.or(self.collected);
        self.signals.push(DraftSignal { id, collected, ..signal });
    }
}

impl DraftDeprecation {
    fn settle(&mut self, keys: &HashMap<String, String>) {
        let Some(successor) = self.renamed_to.take() else { return };
        match keys.get(&successor) {
            Some(key) => self.renamed_to = Some(key.clone()),
            None => {
                self.reason = DeprecationReason::Uncategorized;
                self.note = format!("Renamed to `{successor}`, which is not here. {}", self.note).trim().to_owned();
            }
        }
    }
}

impl DraftSignal {
    pub fn new(kind: SignalKind, name: &str) -> Self {
        DraftSignal {
            id: String::new(),
            kind,
            name: name.to_owned(),
            is_named: true,
            collected: None,
            brief: Brief::Guessed(words(name)),
            row: None,
            attributes: Vec::new(),
            has_parent: false,
            deprecated: None,
            stability: None,
        }
    }
}

/// The words of a name, for want of a description.
fn words(name: &str) -> String {
    let words = snake(name, "");
    if words.is_empty() { name.to_owned() } else { words.replace('_', " ") }
}

/// Returns true if the type `timestamp` admits a text.
pub fn is_timestamp(text: &str) -> bool {
    admits(&Domain::Timestamp, &Example::Text(text.to_owned())).is_ok()
}

/// Returns true if a text can be a name on the wire.
pub fn is_wire_name(name: &str) -> bool {
    let length = name.chars().count();
    !name.trim().is_empty() && length <= 256 && invisible(name).next().is_none() && !name.contains(['\n', '\r', '\t'])
}

/// The keys that are taken, by kind of entry.
#[derive(Debug, Default)]
struct Ids {
    rows: TakenIds,
    attributes: TakenIds,
    objects: TakenIds,
    signals: TakenIds,
}

/// Keys that are different in Rust, too.
#[derive(Debug, Default)]
struct TakenIds(HashMap<String, u32>);

impl TakenIds {
    /// The key, with a number behind it when it is taken.
    fn take(&mut self, wanted: &str) -> String {
        let mut id = wanted.to_owned();
        while let Some(count) = self.0.get_mut(&camel_case(&id)) {
            *count += 1;
            let number = format!("{wanted}_{count}");
            if !self.0.contains_key(&camel_case(&number)) {
                id = number;
                break;
            }
        }
        self.0.insert(camel_case(&id), 1);
        id
    }
}
