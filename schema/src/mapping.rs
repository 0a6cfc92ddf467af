//! The keys of a mapping: which are known, which are missing, which are there twice.
//!
//! One mistake makes one finding, so what was probably meant is read on: a misspelt key as the key that is missing.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use crate::finding::quote;
use crate::lost::{ANY_KEY, Lost, Part};
use crate::model::{Entries, Located};
use crate::node::{Node, Value};
use crate::suggest::{did_you_mean, near};
use crate::syntax::Gap;
use crate::{Finding, Place, checks};

/// What reading has found so far.
pub(crate) struct Reader<'f> {
    pub findings: &'f mut Vec<Finding>,
    pub lost: Lost,
    /// How often something was left out of the model so far.
    pub losses: usize,
    /// How often the name of an entry was missing, so that it became part of the one before.
    nameless: usize,
    /// What was left out of the texts.
    gaps: &'f [Gap],
    /// The names of the entries that something was left out of.
    torn: HashSet<Place>,
}

/// A key and its value.
type Pair<'n> = (Located<&'n str>, &'n Node);

/// The pairs of one mapping, keys checked.
pub(crate) struct Map<'n> {
    what: &'static str,
    place: Place,
    pub pairs: Vec<Pair<'n>>,
    /// Whether a pair was left out that held others.
    pub lost_nested: bool,
    /// The findings about keys that are none and resemble none.
    strays: RefCell<Vec<usize>>,
}

impl<'n> Map<'n> {
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        self.pairs.iter().find(|(name, _)| name.value == key).map(|(_, node)| *node)
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
            r.lost.keys.insert((self.place, key));
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
        if let Some(stray) = self.strays.borrow_mut().pop() {
            r.findings[stray].help = Some(format!("did you mean `{key}`? it is missing here"));
            return;
        }
        r.findings.push(
            checks::missing_key::CHECK
                .at(self.place, format!("{} has no `{key}`", self.what))
                .help(format!("add `{key}: …`")),
        );
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
            let map = if part == Part::Carried { r.mapping(node, "this list", &[]) } else { r.names(node) };
            let mut incomplete = r.losses > losses;
            let mut entries = Entries::default();
            let pairs = map.map(|map| map.pairs).unwrap_or_default();
            for (position, (name, node)) in pairs.iter().enumerate() {
                r.note_torn(key, name.place, pairs.get(position + 1).map(|(next, _)| next.place));
                if let Some(entry) = read(r, node, name.place) {
                    entries.0.push((Located { value: name.value.to_owned(), place: name.place }, entry));
                }
                incomplete |= name.value.is_empty();
            }
            if incomplete || r.nameless > nameless {
                r.lost.parts.insert(part);
            }
            Some(entries)
        });
        entries.unwrap_or_default()
    }
}

impl<'f> Reader<'f> {
    pub fn new(gaps: &'f [Gap], findings: &'f mut Vec<Finding>) -> Self {
        let mut lost = Lost::default();
        lost.parts.extend(gaps.iter().flat_map(parts_of));
        Reader { findings, lost, losses: 0, nameless: 0, gaps, torn: HashSet::new() }
    }

    /// Whether this key of the head may have been left out.
    pub fn has_gap_for(&self, key: &str) -> bool {
        self.gaps.iter().any(|gap| gap.file == 0 && gap.key.as_deref().is_none_or(|of| of == key))
    }

    /// Notes the entry of this name when something between it and the next one was left out.
    fn note_torn(&mut self, section: &str, name: Place, next: Option<Place>) {
        let next = next.filter(|next| next.file == name.file).map_or(u32::MAX, |next| next.line);
        let of_section = |gap: &&Gap| gap.file == name.file && gap.key.as_deref().is_none_or(|key| key == section);
        if self.gaps.iter().filter(of_section).any(|gap| gap.lines.1 > name.line && gap.lines.0 < next) {
            self.torn.insert(name);
            self.lost.keys.insert((name, ANY_KEY));
        }
    }

    /// Whether nothing is here because what was here was left out.
    fn is_gap(&self, node: &Node) -> bool {
        let here = |gap: &Gap| gap.file == node.place.file && gap.after == node.place.line;
        matches!(node.value, Value::Null) && self.gaps.iter().any(here)
    }

    pub fn wrong_type(&mut self, node: &Node, expected: &str) {
        self.losses += 1;
        if self.is_gap(node) {
            return;
        }
        let scalar = !matches!(node.value, Value::List(_) | Value::Mapping(_) | Value::Null);
        let help = match (expected, &node.value) {
            ("text", _) if scalar => "put it in quotes to make it text".to_owned(),
            ("a list", _) => "write it as a list: `[…, …]`".to_owned(),
            ("a mapping", _) => "write it as pairs: `{name: …, name: …}`".to_owned(),
            (_, Value::Null) => format!("write {expected}, or remove the key"),
            _ => format!("write {expected}"),
        };
        self.findings.push(
            checks::wrong_type::CHECK
                .at(node.place, format!("expected {expected}, found {}", node.value.describe()))
                .note(format!("expected {expected}"))
                .help(help),
        );
    }

    /// The pairs of a mapping. Unknown keys are findings when `known` lists the keys; duplicate keys always are.
    pub fn mapping<'n>(&mut self, node: &'n Node, what: &'static str, known: &[&'static str]) -> Option<Map<'n>> {
        let mut map = self.names(node)?;
        map.what = what;
        self.drop_duplicates(&mut map, false);
        self.mend_keys(&mut map, known);
        Some(map.tell_lost(node))
    }

    /// The same for an entry of a section, which has a name.
    pub fn entry<'n>(
        &mut self,
        node: &'n Node,
        what: &'static str,
        known: &[&'static str],
        name: Place,
    ) -> Option<Map<'n>> {
        let mut map = self.names(node)?;
        (map.what, map.place) = (what, name);
        self.drop_duplicates(&mut map, true);
        self.mend_keys(&mut map, known);
        if !map.strays.get_mut().is_empty() {
            self.lost.keys.insert((name, ANY_KEY));
        }
        Some(map.tell_lost(node))
    }

    /// The pairs of a mapping whose keys are text, also the same one twice.
    fn names<'n>(&mut self, node: &'n Node) -> Option<Map<'n>> {
        let Value::Mapping(pairs) = &node.value else {
            self.wrong_type(node, "a mapping");
            return None;
        };
        let mut strays = Vec::new();
        let mut kept = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            if let Value::Text(text) = &key.value {
                kept.push((Located { value: text.as_str(), place: key.place }, value));
            } else {
                strays.push(self.findings.len());
                self.wrong_type(key, "text");
            }
        }
        let strays = RefCell::new(strays);
        Some(Map { what: "this section", place: node.place, pairs: kept, lost_nested: false, strays })
    }

    /// Reports keys that are there before, and drops them. Where several follow each other in an entry, what is missing
    /// is the name of the next entry, and all the rest belongs to that.
    fn drop_duplicates(&mut self, map: &mut Map, in_entry: bool) {
        let mut seen: HashMap<&str, usize> = HashMap::with_capacity(map.pairs.len());
        let mut kept: Vec<Pair> = Vec::with_capacity(map.pairs.len());
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
            if let Value::Null = kept[first].1.value {
                kept[first] = (key, value);
            }
        }
        map.pairs = kept;
    }

    /// Reports unknown keys. One that resembles a key that is missing is read as if it were that key: then nothing is
    /// missing, and there is one finding.
    fn mend_keys(&mut self, map: &mut Map, known: &[&'static str]) {
        let is_known = |key: &str| known.is_empty() || known.contains(&key);
        if map.pairs.iter().all(|(key, _)| is_known(key.value)) {
            return;
        }
        let mut absent: Vec<&'static str> = known.to_vec();
        absent.retain(|known| map.pairs.iter().all(|(key, _)| key.value != *known));
        let (what, strays) = (map.what, map.strays.get_mut());
        map.pairs.retain_mut(|(key, _)| {
            if is_known(key.value) {
                return true;
            }
            let finding = checks::unknown_key::CHECK.at(key.place, format!("{what} has no key {}", quote(key.value)));
            let meant = near(key.value, absent.iter().copied());
            match &meant {
                Some(near) => {
                    self.findings.push(finding.did_you_mean(meant));
                    absent.retain(|key| *key != near.name);
                    key.value = near.name;
                }
                None => {
                    strays.push(self.findings.len());
                    let help =
                        did_you_mean(key.value, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
                    self.findings.push(finding.help(format!("its keys are {}", known.join(", "))).maybe_help(help));
                    self.losses += 1;
                }
            }
            meant.is_some()
        });
    }
}

/// The parts that may be lost with what was left out.
fn parts_of(gap: &Gap) -> &'static [Part] {
    match gap.key.as_deref() {
        Some("rows" | "attributes") if gap.inside => &[],
        Some("objects" | "spans" | "events") if gap.inside => &[Part::Carried],
        Some("rows") => &[Part::Rows],
        Some("attributes") => &[Part::Attributes],
        Some("objects") => &[Part::Objects, Part::Carried],
        Some("spans" | "events") => &[Part::Signals, Part::Carried],
        Some("common") => &[Part::Carried],
        Some("consent") => &[Part::Consent],
        Some(_) => &[],
        None => &Part::ALL,
    }
}

impl Map<'_> {
    /// Notes whether a pair of `node` that holds others was left out.
    fn tell_lost(mut self, node: &Node) -> Self {
        let nested = |node: &Node| matches!(node.value, Value::List(_) | Value::Mapping(_));
        let written = node.pairs().iter().filter(|(_, value)| nested(value)).count();
        self.lost_nested = self.pairs.iter().filter(|(_, value)| nested(value)).count() < written;
        self
    }
}
