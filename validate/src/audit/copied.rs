//! Opt-in texts that turn up in values that are sent by default: word for word.
//!
//! Texts are compared in all captures, whichever comes first. A name of a role or a tool that a prompt happens to
//! mention is no copy; a prompt that a role repeats is. Short texts and identifiers prove nothing and are left out.

use std::collections::HashSet;
use std::collections::hash_map::{Entry, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use candor_schema::AttributeId;

use crate::audit::ledger::Spot;

/// Most texts, and most values, that are kept at a time.
const MOST: usize = 2048;

/// Most bytes that are kept of each.
const LONGEST: usize = 1024;

/// The number of bytes by which a text is looked up; no text that proves anything is shorter.
const START: usize = 6;

/// A value that repeats an opt-in text.
#[derive(Debug, Clone)]
pub(super) struct Copy {
    /// Pointer to the opt-in text.
    pub source: Arc<str>,
    pub spot: Spot,
    pub attribute: Option<AttributeId>,
    pub count: u64,
}

/// The texts that were seen so far.
#[derive(Debug, Default)]
pub(super) struct Copies {
    texts: Vec<(Box<str>, Arc<str>)>,
    known_texts: HashSet<u64>,
    by_start: HashMap<[u8; START], Vec<usize>>,
    carriers: Vec<Carrier>,
    known_carriers: HashMap<u64, usize>,
    hasher: RandomState,
    forgot: bool,
}

#[derive(Debug)]
struct Carrier {
    value: Box<str>,
    spot: Spot,
    attribute: Option<AttributeId>,
    count: u64,
    source: Option<Arc<str>>,
}

impl Carrier {
    fn copy(&self, source: &Arc<str>, count: u64) -> Copy {
        Copy { source: Arc::clone(source), spot: self.spot.clone(), attribute: self.attribute, count }
    }
}

impl Copies {
    fn clear(&mut self) {
        *self = Copies { forgot: self.forgot, hasher: self.hasher.clone(), ..Copies::default() };
    }

    /// Returns true if something was forgotten.
    pub fn forgot(&self) -> bool {
        self.forgot
    }

    /// Takes in an opt-in text, and gives the earlier values that repeat it.
    pub fn add_text(&mut self, text: &str, pointer: &Arc<str>) -> Vec<Copy> {
        let text = beginning(text.trim());
        if !proves_something(text) || !self.known_texts.insert(self.hasher.hash_one(text)) {
            return Vec::new();
        }
        self.make_room(self.texts.len());
        if let Some(start) = text.as_bytes().first_chunk() {
            self.by_start.entry(*start).or_default().push(self.texts.len());
        }
        self.texts.push((text.into(), Arc::clone(pointer)));
        let mut copies = Vec::new();
        for carrier in self.carriers.iter_mut().filter(|carrier| carrier.source.is_none()) {
            if repeats(&carrier.value, text) {
                carrier.source = Some(Arc::clone(pointer));
                copies.push(carrier.copy(pointer, carrier.count));
            }
        }
        copies
    }

    /// Takes in a value that is sent by default, and says which text it repeats.
    pub fn add_value(&mut self, value: &str, spot: &Spot, attribute: Option<AttributeId>) -> Option<Copy> {
        let value = beginning(value.trim());
        if value.len() < START {
            return None;
        }
        self.make_room(self.carriers.len());
        let position = match self.known_carriers.entry(self.hasher.hash_one((value, &spot.pointer, &spot.signal))) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                let source = find(&self.texts, &self.by_start, value);
                let carrier = Carrier { value: value.into(), spot: spot.clone(), attribute, count: 0, source };
                self.carriers.push(carrier);
                *place.insert(self.carriers.len() - 1)
            }
        };
        let carrier = &mut self.carriers[position];
        carrier.count += 1;
        let source = carrier.source.as_ref()?;
        Some(Copy { spot: spot.clone(), ..carrier.copy(source, 1) })
    }

    fn make_room(&mut self, kept: usize) {
        if kept >= MOST {
            self.forgot = true;
            self.clear();
        }
    }
}

/// The text that a value repeats. Looks at each position of the value once.
fn find(texts: &[(Box<str>, Arc<str>)], by_start: &HashMap<[u8; START], Vec<usize>>, value: &str) -> Option<Arc<str>> {
    if by_start.is_empty() {
        return None;
    }
    let starts = value.as_bytes().windows(START).filter_map(|window| window.first_chunk());
    let candidates = starts.filter_map(|start| by_start.get(start)).flatten();
    let found = candidates.map(|index| &texts[*index]).find(|(text, _)| repeats(value, text));
    found.map(|(_, pointer)| Arc::clone(pointer))
}

/// Returns true if a text is long enough that nobody else writes the same by chance.
fn proves_something(text: &str) -> bool {
    !is_identifier(text) && text.len() >= if text.contains(char::is_whitespace) { START } else { 20 }
}

/// Hexadecimal digits and dashes, as in a UUID or a hash.
fn is_identifier(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Returns true if a value has all of a text among its words, or is a long beginning of it.
fn repeats(value: &str, text: &str) -> bool {
    const WHOLE: usize = 16;
    const CUT: usize = 64;
    if value.len() == text.len() {
        return value.len() >= WHOLE && value == text;
    }
    let is_edge = |character: Option<char>| character.is_none_or(|character| !character.is_alphanumeric());
    let is_whole =
        |at: usize| is_edge(value[..at].chars().next_back()) && is_edge(value[at + text.len()..].chars().next());
    value.match_indices(text).any(|(at, _)| is_whole(at)) || (value.len() >= CUT && text.starts_with(value))
}

/// The part of a text that is kept.
fn beginning(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Origin;

    fn spot() -> Spot {
        let text = Arc::<str>::from("/attributes/role");
        Spot { capture: 0, signal: Arc::clone(&text), origin: Arc::new(Origin::default()), pointer: text }
    }

    #[track_caller]
    fn check(text: &str, value: &str, expected: bool) {
        let goal = Arc::<str>::from("/attributes/goal");
        let mut text_first = Copies::default();
        text_first.add_text(text, &goal);
        let found = text_first.add_value(value, &spot(), None);
        assert_eq!(found.is_some(), expected, "{text:?} in {value:?}");
        let mut value_first = Copies::default();
        assert!(value_first.add_value(value, &spot(), None).is_none());
        assert_eq!(value_first.add_text(text, &goal).len(), usize::from(expected), "{text:?} in {value:?}");
    }

    #[test]
    fn copies() {
        check("Find facts on llamas", "Find facts on llamas", true);
        check("Find facts on llamas", "Researcher: Find facts on llamas.", true);
        check("AI LLMs", "AI LLMs Senior Data Researcher", true);
        check(&"all about llamas ".repeat(20), &"all about llamas ".repeat(10), true);
        check("alice-and-bobs-llama-farm", "Assistant of alice-and-bobs-llama-farm", true);
    }

    #[test]
    fn no_copies() {
        check("llamas", "Expert in llamas", false);
        check("word_counter", "word_counter", false);
        check("Data Analyst", "Data Analyst", false);
        check("You are a Senior Researcher in Basel", "Senior Researcher", false);
        check("some text", "handsome texture", false);
        check("", "", false);
        let id = "0b9c2f4e-5d1a-4c3b-8e7f-6a5b4c3d2e1f";
        check(id, id, false);
        check(id, &format!("session {id}"), false);
    }

    #[test]
    fn each_time_counts() {
        let mut copies = Copies::default();
        for _ in 0..3 {
            assert!(copies.add_value("Find facts on llamas", &spot(), None).is_none());
        }
        assert_eq!(copies.add_text("Find facts on llamas", &"/goal".into())[0].count, 3);
        assert_eq!(copies.add_value("Find facts on llamas", &spot(), None).map(|copy| copy.count), Some(1));
    }

    #[test]
    fn memory_is_bounded() {
        let mut copies = Copies::default();
        for number in 0..3 * MOST {
            copies.add_text(&format!("a text with the number {number}"), &"/goal".into());
            copies.add_value(&format!("a value with the number {number}"), &spot(), None);
        }
        assert!(copies.forgot() && copies.texts.len() <= MOST && copies.carriers.len() <= MOST);
    }
}
