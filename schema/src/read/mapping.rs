//! The keys of a mapping: which are known, which are missing, which are there twice.
//!
//! One mistake makes one finding, so what was probably meant is read on: a misspelt key as the key that is missing.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::foreign_keys::{advice, same_key};
use super::gap::Gap;
use super::keys::{ATTRIBUTE_KEYS, OBJECT_KEYS, ROOT_KEYS, ROW_KEYS, SIGNAL_KEYS};
use super::merge::MERGE;
use super::node::{Node, Value};
use crate::did_you_mean::{Near, did_you_mean, near};
use crate::finding::quote;
use crate::model::{Collected, Entries, Located};
use crate::names::tidy;
use crate::unread::{ANY_KEY, Part, Unread};
use crate::{Finding, Place, Sources, checks};

/// The findings and losses of reading so far.
pub(crate) struct Reader<'f> {
    pub findings: &'f mut Vec<Finding>,
    pub unread: Unread,
    /// The number of parts that were left out of the model so far.
    pub losses: usize,
    /// The number of entries whose name was missing, so that they became part of the one before.
    nameless: usize,
    sources: &'f Sources,
    /// The parts that were left out of the texts.
    gaps: &'f [Gap],
    /// The names of the entries that something was left out of.
    torn: HashSet<Place>,
    /// The finding about what an entry lacks, and its keys.
    missing: HashMap<Place, (usize, Vec<String>)>,
    /// The name of the entry that is read.
    name: String,
    /// The channels that the head names.
    pub channels: HashMap<String, Collected>,
}

/// A key and its value.
type KeyValue<'n> = (Located<&'n str>, &'n Node);

/// The pairs of one mapping, keys checked.
pub(crate) struct Map<'n> {
    what: Cow<'static, str>,
    place: Place,
    pub pairs: Vec<KeyValue<'n>>,
    /// True if a pair was left out that held others.
    pub unread_nested: bool,
    /// True if a pair was left out.
    has_unknown: bool,
    /// The keys that are none and resemble none.
    strays: RefCell<Vec<Stray>>,
}

/// A key that is none and resembles none.
struct Stray {
    finding: usize,
    /// True if it holds others.
    holds: bool,
    /// Advice on what to write instead, where that is known.
    advice: Option<&'static str>,
}

impl Stray {
    fn new(finding: usize, value: &Node, advice: Option<&'static str>) -> Self {
        Stray { finding, holds: matches!(value.value, Value::List(_) | Value::Mapping(_)), advice }
    }
}

impl<'n> Map<'n> {
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        self.pairs.iter().find(|(name, _)| name.value == key).map(|(_, node)| *node)
    }

    /// Returns true if there are keys, and none that is known: this was written for something else.
    pub fn is_foreign(&self) -> bool {
        self.pairs.is_empty() && self.has_unknown
    }

    pub fn optional<'f, T>(
        &self,
        r: &mut Reader<'f>,
        key: &'static str,
        read: impl FnOnce(&mut Reader<'f>, &Node) -> Option<T>,
    ) -> Option<T> {
        let node = self.get(key)?;
        let losses = r.losses;
        let value = read(r, node);
        if r.losses > losses {
            r.unread.keys.insert((self.place, key));
        }
        value
    }

    pub fn required<'f, T>(
        &self,
        r: &mut Reader<'f>,
        key: &'static str,
        read: impl FnOnce(&mut Reader<'f>, &Node) -> Option<T>,
    ) -> Option<T> {
        if self.get(key).is_none() {
            self.missing(r, key);
        }
        self.optional(r, key, read)
    }

    /// Reports a missing key, unless there is a stray one that may have been meant for it.
    pub fn missing(&self, r: &mut Reader<'_>, key: &str) {
        if r.torn.contains(&self.place) {
            return;
        }
        let mut strays = self.strays.borrow_mut();
        if strays.iter().any(|stray| stray.advice.is_some_and(|advice| advice.contains(&format!("{key}:")))) {
            return;
        }
        // A key that holds others was not meant for one that holds a text.
        let nested = matches!(key, "fields" | "enum" | "widens");
        let meant = |stray: &Stray| stray.advice.is_none() && (stray.holds == nested || key == "type");
        let stray = strays.iter().rposition(meant).map(|at| strays.remove(at).finding);
        if let Some(stray) = stray {
            r.findings[stray].help = Some(format!("did you mean `{key}`? it is missing here"));
            return;
        }
        let (finding, keys) = r.missing.entry(self.place).or_insert((r.findings.len(), Vec::new()));
        keys.push(key.to_owned());
        let finding = match r.findings.get_mut(*finding) {
            Some(finding) => finding,
            None => {
                r.findings.push(checks::missing_key::CHECK.at(self.place, ""));
                &mut r.findings[*finding]
            }
        };
        let lacks: Vec<_> = keys.iter().map(|key| format!("no `{key}`")).collect();
        let adds: Vec<_> = keys.iter().map(|key| format!("`{key}: …`")).collect();
        finding.message = format!("{} has {}", self.what, and(&lacks));
        finding.help = Some(format!("add {}", and(&adds)));
    }

    pub fn list<'f, T>(
        &self,
        r: &mut Reader<'f>,
        key: &'static str,
        read: impl Fn(&mut Reader<'f>, &Node) -> Option<T>,
    ) -> Vec<T> {
        let items = self.optional(r, key, |r, node| match &node.value {
            Value::List(items) => Some(items.iter().filter_map(|item| read(r, item)).collect()),
            _ => {
                r.wrong_type(node, "a list");
                None
            }
        });
        items.unwrap_or_default()
    }

    /// The named entries under `key`, which belong to `part`.
    pub fn entries<'f, T>(
        &self,
        r: &mut Reader<'f>,
        key: &'static str,
        part: Part,
        read: impl Fn(&mut Reader<'f>, &Node, Place) -> Option<T>,
    ) -> Entries<T> {
        let entries = self.optional(r, key, |r, node| {
            let (losses, nameless) = (r.losses, r.nameless);
            // A section may be written in several files, so `check_duplicate_entry` reports what it holds twice.
            let in_one_file = matches!(part, Part::Carried | Part::Consent | Part::Endpoints);
            let map = if in_one_file { r.mapping(node, "this list", &[]) } else { r.names(node, &[]) };
            let mut incomplete = r.losses > losses;
            let mut entries = Entries::default();
            let pairs = map.map(|map| map.pairs).unwrap_or_default();
            let beside = r.beside(&pairs, part);
            for (position, (name, node)) in pairs.iter().enumerate() {
                let node = match beside.get(&position) {
                    Some(Some(node)) => node,
                    Some(None) => continue,
                    None => *node,
                };
                r.name = name.value.to_owned();
                r.note_torn(key, name.place, pairs.get(position + 1).map(|(next, _)| next.place));
                if let Some(entry) = read(r, node, name.place) {
                    entries.0.push((Located { value: name.value.to_owned(), place: name.place }, entry));
                }
                incomplete |= name.value.is_empty();
            }
            if incomplete || r.nameless > nameless {
                r.unread.parts.insert(part);
            }
            Some(entries)
        });
        entries.unwrap_or_default()
    }
}

impl<'f> Reader<'f> {
    pub fn new(sources: &'f Sources, gaps: &'f [Gap], findings: &'f mut Vec<Finding>) -> Self {
        let mut unread = Unread::default();
        unread.parts.extend(gaps.iter().flat_map(Gap::parts));
        Reader {
            findings,
            unread,
            losses: 0,
            nameless: 0,
            sources,
            gaps,
            torn: HashSet::new(),
            missing: HashMap::new(),
            name: String::new(),
            channels: HashMap::new(),
        }
    }

    /// The text at a place.
    pub fn written(&self, place: Place) -> Option<&'f str> {
        self.sources.get(place)?.text.get(place.start as usize..place.end as usize)
    }

    /// Returns true if this key of the head may have been left out.
    pub fn has_gap_for(&self, key: &str) -> bool {
        self.gaps.iter().any(|gap| gap.file == 0 && gap.key.as_deref().is_none_or(|of| of == key))
    }

    /// Notes the entry of this name when something between it and the next one was left out.
    fn note_torn(&mut self, section: &str, name: Place, next: Option<Place>) {
        let next = next.filter(|next| next.file == name.file).map_or(u32::MAX, |next| next.line);
        let of_section = |gap: &&Gap| gap.file == name.file && gap.key.as_deref().is_none_or(|key| key == section);
        if self.gaps.iter().filter(of_section).any(|gap| gap.lines.1 > name.line && gap.lines.0 < next) {
            self.torn.insert(name);
            self.unread.keys.insert((name, ANY_KEY));
        }
    }

    /// Returns true if the node is empty because its text was left out.
    fn is_gap(&self, node: &Node) -> bool {
        let here = |gap: &Gap| gap.file == node.place.file && gap.after == node.place.line;
        node.value.is_nothing() && self.gaps.iter().any(here)
    }

    pub fn wrong_type(&mut self, node: &Node, expected: &str) {
        self.losses += 1;
        if self.is_gap(node) {
            return;
        }
        let scalar = !matches!(node.value, Value::List(_) | Value::Mapping(_) | Value::Null | Value::Commented);
        let help = match (expected, &node.value) {
            (_, Value::Commented) => "a `#` behind a space starts a comment; put a text with it in quotes".to_owned(),
            ("text", _) if scalar => "put it in quotes to make it text".to_owned(),
            ("a list", Value::Text(text)) if is_plain(text) => format!("write it as a list: `[{text}]`"),
            ("a list", _) => "write it as a list: `[…, …]`".to_owned(),
            ("a whole number", Value::Double(_)) => {
                "write it without a fraction, an exponent or a zero before it".to_owned()
            }
            ("a whole number", Value::Text(_)) => "write digits without quotes, such as 200".to_owned(),
            (_, Value::Null) => format!("write {expected}, or remove the key"),
            _ => format!("write {expected}"),
        };
        self.wrong_type_with(node, expected, help);
    }

    /// Reports a node that should be a mapping with these keys; without keys, one of names.
    fn no_mapping(&mut self, node: &Node, known: &[&'static str]) {
        let help = match known {
            ["row", "collected", "type", ..] => {
                "write it as pairs: `{row: …, collected: …, type: …, brief: …}`".to_owned()
            }
            [] if matches!(node.value, Value::List(_)) => {
                "write `name: …` for each, without `-` and brackets".to_owned()
            }
            [] => "write it as pairs: `{name: …, name: …}`".to_owned(),
            [only] => format!("write it as a pair: `{{{only}: …}}`"),
            [first, second, ..] => format!("write it as pairs: `{{{first}: …, {second}: …}}`"),
        };
        self.losses += 1;
        if !self.is_gap(node) {
            self.wrong_type_with(node, "a mapping", help);
        }
    }

    fn wrong_type_with(&mut self, node: &Node, expected: &str, help: String) {
        self.findings.push(
            checks::wrong_type::CHECK
                .at(node.place, format!("expected {expected}, found {}", node.value.describe()))
                .note(format!("expected {expected}"))
                .help(help),
        );
    }

    /// The pairs of a mapping. Unknown keys are findings when `known` lists the keys; duplicate keys always are.
    pub fn mapping<'n>(&mut self, node: &'n Node, what: &'static str, known: &[&'static str]) -> Option<Map<'n>> {
        let mut map = self.names(node, known)?;
        map.what = what.into();
        self.drop_duplicates(&mut map, false);
        self.mend_keys(&mut map, known);
        Some(map.note_unread(node))
    }

    /// The same for an entry of a section, which has a name.
    pub fn entry<'n>(
        &mut self,
        node: &'n Node,
        what: &'static str,
        known: &[&'static str],
        name: Place,
    ) -> Option<Map<'n>> {
        let own = std::mem::take(&mut self.name);
        let mut map = self.names(node, known)?;
        let what = what.trim_start_matches("an ").trim_start_matches("a ");
        (map.what, map.place) = (format!("{what} {}", quote(&own)).into(), name);
        self.drop_duplicates(&mut map, true);
        self.mend_keys(&mut map, known);
        if !map.strays.get_mut().is_empty() {
            self.unread.keys.insert((name, ANY_KEY));
        }
        Some(map.note_unread(node))
    }

    /// Reports entries whose keys stand beside their name and not below it, and gives each such entry by its position,
    /// as it was meant. The positions of the keys that belong to it have none.
    fn beside(&mut self, pairs: &[KeyValue], part: Part) -> HashMap<usize, Option<Node>> {
        let keys = match part {
            Part::Rows => ROW_KEYS,
            Part::Attributes => ATTRIBUTE_KEYS,
            Part::Objects => OBJECT_KEYS,
            Part::Signals => SIGNAL_KEYS,
            Part::Endpoints | Part::Consent | Part::Carried => &[],
        };
        let is_key = |(key, node): &&KeyValue| {
            let own = matches!(key.value, "type" | "fields" | "attributes" | "deprecated" | "allow");
            keys.contains(&key.value) && (own || !matches!(node.value, Value::Mapping(_) | Value::Null))
        };
        let mut beside = HashMap::new();
        for (position, (name, node)) in pairs.iter().enumerate().filter(|(_, (_, node))| node.value.is_nothing()) {
            let own: Vec<_> = pairs[position + 1..].iter().take_while(is_key).collect();
            let Some((first, _)) = own.first().filter(|_| !self.is_gap(node)) else { continue };
            let message = format!("what belongs to {} stands beside it, not below it", quote(name.value));
            self.findings.push(
                checks::wrong_type::CHECK
                    .at(first.place, message)
                    .label(name.place, "this name")
                    .help("indent it deeper than the name"),
            );
            let pair = |(key, node): &KeyValue| {
                (Node { value: Value::Text(key.value.to_owned()), place: key.place, defined: None }, (*node).clone())
            };
            let whole = Value::Mapping(own.iter().map(|own| pair(own)).collect());
            beside.extend((1..=own.len()).map(|behind| (position + behind, None)));
            beside.insert(position, Some(Node { value: whole, place: name.place, defined: None }));
        }
        beside
    }

    /// The pairs of a mapping whose keys are text, also the same one twice.
    fn names<'n>(&mut self, node: &'n Node, known: &[&'static str]) -> Option<Map<'n>> {
        let Value::Mapping(pairs) = &node.value else {
            self.no_mapping(node, known);
            return None;
        };
        let mut strays = Vec::new();
        let mut kept = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            if let Value::Text(text) = &key.value {
                kept.push((Located { value: text.as_str(), place: key.place }, value));
            } else {
                let finding = self.findings.len();
                self.wrong_type(key, "text");
                // Nothing is said of a key that was left out with a mistake.
                strays.extend((self.findings.len() > finding).then(|| Stray::new(finding, value, None)));
            }
        }
        let strays = RefCell::new(strays);
        Some(Map {
            what: "this section".into(),
            place: node.place,
            pairs: kept,
            unread_nested: false,
            has_unknown: false,
            strays,
        })
    }

    /// Reports keys that are there before, and drops them. Where several follow each other in an entry, what is missing
    /// is the name of the next entry, and all the rest belongs to that.
    fn drop_duplicates(&mut self, map: &mut Map, in_entry: bool) {
        let mut seen: HashMap<&str, usize> = HashMap::with_capacity(map.pairs.len());
        let mut kept: Vec<KeyValue> = Vec::with_capacity(map.pairs.len());
        let mut duplicate_before = None;
        for (key, value) in std::mem::take(&mut map.pairs) {
            let Some(first) = seen.get(key.value).copied() else {
                seen.insert(key.value, kept.len());
                kept.push((key, value));
                duplicate_before = None;
                continue;
            };
            if let (true, Some(before), Some(finding)) = (in_entry, duplicate_before, self.findings.last_mut()) {
                finding.message = format!("{} and what follows are written twice", quote(before));
                finding.help =
                    Some("is the name of another entry missing before them? if not, keep one of each".into());
                self.nameless += 1;
                break;
            }
            self.findings.push(
                checks::duplicate_key::CHECK
                    .at(key.place, format!("{} is written twice", quote(key.value)))
                    .label(kept[first].0.place, "first written here")
                    .help("keep one of them"),
            );
            self.losses += 1;
            duplicate_before = Some(key.value);
            if kept[first].1.value.is_nothing() {
                kept[first] = (key, value);
            }
        }
        map.pairs = kept;
    }

    /// Reports unknown keys. One that resembles a key that is missing is read as if it were that key: then nothing is
    /// missing, and there is one finding.
    fn mend_keys(&mut self, map: &mut Map, known: &[&'static str]) {
        // A file may have mappings of the writer's own for merge keys to name.
        let is_own = |key: &str| key.starts_with("x-") && known == ROOT_KEYS;
        let is_known = |key: &str| known.is_empty() || known.contains(&key) || is_own(key);
        if map.pairs.iter().all(|(key, _)| is_known(key.value)) {
            return;
        }
        let mut absent: Vec<&'static str> = known.to_vec();
        absent.retain(|known| map.pairs.iter().all(|(key, _)| key.value != *known));
        let (what, strays) = (map.what.clone(), map.strays.get_mut());
        let merged = map.pairs.iter().any(|(key, _)| key.value == MERGE);
        if merged {
            self.torn.insert(map.place);
            self.unread.keys.insert((map.place, ANY_KEY));
        }
        map.pairs.retain_mut(|(key, value)| {
            if is_known(key.value) {
                return true;
            }
            let finding = checks::unknown_key::CHECK.at(key.place, format!("{what} has no key {}", quote(key.value)));
            let advice = advice(key.value, known);
            let in_our_case = || tidy(key.value).and_then(|tidy| known.iter().copied().find(|known| *known == tidy));
            let same = same_key(key.value, known).or_else(in_our_case).filter(|same| absent.contains(same));
            let same = same.map(|name| Near { name, certain: false });
            let meant = same.or_else(|| near(key.value, absent.iter().copied()).filter(|_| advice.is_none()));
            match &meant {
                Some(near) => {
                    self.findings.push(finding.did_you_mean(meant));
                    absent.retain(|key| *key != near.name);
                    key.value = near.name;
                }
                None => {
                    strays.push(Stray::new(self.findings.len(), value, advice));
                    let near = did_you_mean(key.value, known.iter().copied());
                    let help = advice.map(str::to_owned).or_else(|| near.map(|near| format!("did you mean `{near}`?")));
                    self.findings.push(finding.help(format!("its keys are {}", known.join(", "))).maybe_help(help));
                    self.losses += 1;
                }
            }
            meant.is_some()
        });
    }
}

/// `a`, `a and b`, `a, b and c`
fn and(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// Returns true if a text can stand in a list as it is.
fn is_plain(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte))
}

impl Map<'_> {
    /// Notes whether a pair of `node` that holds others was left out.
    fn note_unread(mut self, node: &Node) -> Self {
        let nested = |node: &Node| matches!(node.value, Value::List(_) | Value::Mapping(_));
        let written = node.pairs().iter().filter(|(_, value)| nested(value)).count();
        self.has_unknown = self.pairs.len() < node.pairs().len();
        self.unread_nested = self.pairs.iter().filter(|(_, value)| nested(value)).count() < written;
        self
    }
}
