//! Hashes of opt-in texts in values that are sent by default.
//!
//! A recipient who guesses a text can check the guess against its hash, and the same text gives the same hash on every machine. So
//! every opt-in text is hashed the usual ways, by itself and with the texts beside it, and looked for among all values
//! that look like hashes, in all captures of an audit: a capture with the texts explains one without.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use candor_schema::AttributeId;
use data_encoding::HEXLOWER;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::audit::ledger::Spot;
use crate::audit::subject::subject;
use crate::engine::words;

/// Most groups of texts, and most values, that are kept at a time.
const MOST_GROUPS: usize = 4096;
const MOST_VALUES: usize = 16_384;

/// Most texts of a group that are joined with each other.
const MOST_TEXTS: usize = 6;
const MOST_JOINED: u32 = 3;

/// Hashes of more text than this are not made.
const LONGEST: usize = 64 << 10;

const SEPARATORS: [&str; 5] = ["|", "", " ", ",", "\n"];

#[derive(Debug, Clone, Copy)]
enum Algorithm {
    Md5,
    Sha1,
    Sha256,
}

impl Algorithm {
    const ALL: [Algorithm; 3] = [Algorithm::Md5, Algorithm::Sha1, Algorithm::Sha256];

    fn hash(self, text: &str) -> String {
        match self {
            Algorithm::Md5 => HEXLOWER.encode(&Md5::digest(text)),
            Algorithm::Sha1 => HEXLOWER.encode(&Sha1::digest(text)),
            Algorithm::Sha256 => HEXLOWER.encode(&Sha256::digest(text)),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha1 => "SHA-1",
            Algorithm::Sha256 => "SHA-256",
        }
    }
}

/// A text of a group, with its place and whether it needs the opt-in.
#[derive(Debug, Clone)]
pub(super) struct Text<'t> {
    pub text: &'t str,
    pub pointer: Arc<str>,
    pub is_opt_in: bool,
}

/// A value that is a hash of known texts.
#[derive(Debug, Clone)]
pub(super) struct Hashed {
    pub recipe: Recipe,
    pub spot: Spot,
    pub attribute: Option<AttributeId>,
    pub count: u64,
}

/// A recipe for a hash: the algorithm and the texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recipe {
    shape: usize,
    /// The texts of the shape, as bits.
    parts: u8,
    separator: usize,
    algorithm: Algorithm,
    pub is_opt_in: bool,
}

/// Hashes that were made, and values that look like hashes.
#[derive(Debug, Default)]
pub(super) struct Hashes {
    made: HashMap<u64, Recipe>,
    known_groups: HashSet<u64>,
    shapes: Vec<Vec<Arc<str>>>,
    values: HashMap<u64, Vec<Carrier>>,
    /// The number of all carriers.
    carriers: usize,
    hasher: RandomState,
    forgot: bool,
}

#[derive(Debug)]
struct Carrier {
    spot: Spot,
    attribute: Option<AttributeId>,
    count: u64,
}

impl Hashes {
    /// Returns true if something was forgotten.
    pub fn forgot(&self) -> bool {
        self.forgot
    }

    /// Takes in texts that stand beside each other, and gives the earlier values that are hashes of them.
    pub fn add_texts(&mut self, group: &[Text<'_>]) -> Vec<Hashed> {
        let group = &group[..group.len().min(MOST_TEXTS)];
        let texts: Vec<(&str, &str)> = group.iter().map(|text| (text.text, &*text.pointer)).collect();
        if group.is_empty() || !self.known_groups.insert(self.hasher.hash_one(&texts)) {
            return Vec::new();
        }
        if self.known_groups.len() > MOST_GROUPS {
            self.forgot = true;
            self.known_groups.clear();
            self.made.clear();
        }
        let shape = self.shape(group);
        let mut found = Vec::new();
        for parts in (1_u8..1 << group.len()).filter(|parts| parts.count_ones() <= MOST_JOINED) {
            let chosen: Vec<&Text<'_>> =
                group.iter().enumerate().filter(|(index, _)| parts >> index & 1 == 1).map(|(_, text)| text).collect();
            let is_opt_in = chosen.iter().any(|text| text.is_opt_in);
            let texts: Vec<&str> = chosen.iter().map(|text| text.text).collect();
            if texts.iter().all(|text| text.trim().is_empty())
                || texts.iter().map(|text| text.len()).sum::<usize>() > LONGEST
            {
                continue;
            }
            for (hash, separator, algorithm) in hashes(&texts) {
                let recipe = Recipe { shape, parts, separator, algorithm, is_opt_in };
                self.add_hash(&hash, recipe, &mut found);
            }
        }
        found
    }

    fn add_hash(&mut self, hash: &str, recipe: Recipe, found: &mut Vec<Hashed>) {
        let Some(start) = start(hash) else { return };
        let known = self.made.entry(start).or_insert(recipe);
        // What can be said without opt-in texts accuses nobody.
        if known.is_opt_in && !recipe.is_opt_in {
            *known = recipe;
        }
        let carriers = self.values.remove(&start).unwrap_or_default();
        self.carriers -= carriers.len();
        let carriers = carriers.into_iter();
        found.extend(carriers.map(|Carrier { spot, attribute, count }| Hashed { recipe, spot, attribute, count }));
    }

    /// Takes in a value that is sent by default, and says of what it is the hash.
    pub fn add_value(&mut self, value: &str, spot: &Spot, attribute: Option<AttributeId>) -> Option<Hashed> {
        let start = hash_like(value).find_map(start)?;
        if let Some(recipe) = self.made.get(&start) {
            return Some(Hashed { recipe: *recipe, spot: spot.clone(), attribute, count: 1 });
        }
        if self.carriers >= MOST_VALUES {
            self.forgot = true;
            self.carriers = 0;
            self.values.clear();
        }
        let carriers = self.values.entry(start).or_default();
        let is_same = |carrier: &&mut Carrier| carrier.spot.is_beside(spot);
        match carriers.iter_mut().rev().find(is_same) {
            Some(carrier) => carrier.count += 1,
            None => {
                self.carriers += 1;
                carriers.push(Carrier { spot: spot.clone(), attribute, count: 1 });
            }
        }
        None
    }

    /// Position of the places of a group.
    fn shape(&mut self, group: &[Text<'_>]) -> usize {
        let is_it = |shape: &Vec<Arc<str>>| shape.iter().eq(group.iter().map(|text| &text.pointer));
        self.shapes.iter().position(is_it).unwrap_or_else(|| {
            self.shapes.push(group.iter().map(|text| Arc::clone(&text.pointer)).collect());
            self.shapes.len() - 1
        })
    }

    /// A recipe in words: "the MD5 of `a` and `b`, joined by `|`".
    pub fn describe(&self, recipe: Recipe) -> String {
        let shape = self.shapes[recipe.shape].iter().enumerate();
        let parts = shape.filter(|(index, _)| recipe.parts >> index & 1 == 1).map(|(_, pointer)| subject(pointer));
        describe(recipe.algorithm, SEPARATORS[recipe.separator], &parts.collect::<Vec<_>>())
    }
}

/// Says how `hash` is made of lists of other values, in their order: CrewAI's key of a crew is the MD5 of the keys of its
/// agents and tasks.
pub(super) fn composition(hash: &str, lists: &[(Arc<str>, Vec<&str>)]) -> Option<String> {
    let lists = &lists[..lists.len().min(MOST_TEXTS)];
    for parts in (1_u8..1 << lists.len()).filter(|parts| parts.count_ones() <= MOST_JOINED) {
        let chosen = lists.iter().enumerate().filter(|(index, _)| parts >> index & 1 == 1).map(|(_, list)| list);
        let values: Vec<&str> = chosen.clone().flat_map(|(_, values)| values.iter().copied()).collect();
        // The hash of one value is that of a text, and found as such.
        if values.len() < 2 || values.len() > 1024 {
            continue;
        }
        if let Some((_, separator, algorithm)) = hashes(&values).find(|(made, ..)| made == hash) {
            let places: Vec<String> = chosen.map(|(pointer, _)| subject(pointer)).collect();
            return Some(describe(algorithm, SEPARATORS[separator], &places));
        }
    }
    None
}

/// Returns true if a text is a whole hash.
pub(super) fn is_hash(text: &str) -> bool {
    matches!(text.len(), 32 | 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The hashes of texts, joined in every way.
fn hashes<'t>(texts: &'t [&'t str]) -> impl Iterator<Item = (String, usize, Algorithm)> + 't {
    let ways = if texts.len() > 1 { SEPARATORS.len() } else { 1 };
    (0..ways).flat_map(move |separator| {
        let joined = texts.join(SEPARATORS[separator]);
        Algorithm::ALL.into_iter().map(move |algorithm| (algorithm.hash(&joined), separator, algorithm))
    })
}

fn describe(algorithm: Algorithm, separator: &str, parts: &[String]) -> String {
    let list = match parts {
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
        [] => String::new(),
    };
    let joined = match separator {
        "" => String::new(),
        "\n" => ", joined by line breaks".to_owned(),
        " " => ", joined by spaces".to_owned(),
        separator => format!(", joined by {}", words::key(separator)),
    };
    format!("the {} of {list}{}", algorithm.name(), if parts.len() > 1 { joined } else { String::new() })
}

/// The parts of a value that may be a hash, or the beginning of one.
fn hash_like(value: &str) -> impl Iterator<Item = &str> {
    let runs = value.split(|character: char| !character.is_ascii_alphanumeric());
    runs.filter(|run| (START..=64).contains(&run.len()) && run.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Hexadecimal digits that tell hashes apart: 64 bits never agree by chance.
const START: usize = 16;

fn start(hash: &str) -> Option<u64> {
    u64::from_str_radix(hash.get(..START)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Origin;

    fn spot() -> Spot {
        let text = Arc::<str>::from("/attributes/key");
        Spot { capture: 0, signal: Arc::clone(&text), origin: Arc::new(Origin::default()), pointer: text }
    }

    fn agent() -> Vec<Text<'static>> {
        let text = |text, name: &str, is_opt_in| Text {
            text,
            pointer: format!("/attributes/agents/*/{name}").into(),
            is_opt_in,
        };
        vec![
            text("Senior Researcher", "role", false),
            text("GOAL-TEXT find facts on {topic}", "goal", true),
            text("BACKSTORY-TEXT veteran", "backstory", true),
        ]
    }

    /// Finds the text that a value is the hash of, the first that comes.
    #[track_caller]
    fn check(value: &str, expected: Option<&str>) {
        let mut texts_first = Hashes::default();
        texts_first.add_texts(&agent());
        let found = texts_first.add_value(value, &spot(), None);
        assert_eq!(found.map(|found| texts_first.describe(found.recipe)).as_deref(), expected);
        let mut value_first = Hashes::default();
        assert!(value_first.add_value(value, &spot(), None).is_none());
        let found = value_first.add_texts(&agent());
        assert_eq!(found.first().map(|found| value_first.describe(found.recipe)).as_deref(), expected);
    }

    #[test]
    fn the_key_that_crewai_makes() {
        check(
            "7239fb9ac3ddec4c02917162258ab54f",
            Some("the MD5 of `agents[].role`, `agents[].goal` and `agents[].backstory`, joined by `|`"),
        );
    }

    #[test]
    fn single_texts_in_every_algorithm() {
        let goal = agent()[1].text;
        check(&Algorithm::Md5.hash(goal), Some("the MD5 of `agents[].goal`"));
        check(&Algorithm::Sha1.hash(goal), Some("the SHA-1 of `agents[].goal`"));
        check(&Algorithm::Sha256.hash(goal).to_uppercase(), Some("the SHA-256 of `agents[].goal`"));
        check(&format!("sha256:{}", &Algorithm::Sha256.hash(goal)[..16]), Some("the SHA-256 of `agents[].goal`"));
    }

    #[test]
    fn other_hashes_are_nobodys() {
        check("00000000000000000000000000000000", None);
        check("a3c711a3-1f5b-4dde-88e1-d6145db822c4", None);
        check("1795202965117174826", None);
        check("", None);
    }

    #[test]
    fn the_key_of_a_crew() {
        let list = |name: &str, values| (Arc::<str>::from(format!("/attributes/{name}/*/key")), values);
        let agents = vec!["7239fb9ac3ddec4c02917162258ab54f", "c83b90d031efabb872543020098317f5"];
        let tasks = vec!["609c897fd079a09094866601d77ff15e"];
        let joined = [&agents[..], &tasks].concat().join("|");
        let lists = [list("agents", agents), list("tasks", tasks)];
        assert_eq!(
            composition(&Algorithm::Md5.hash(&joined), &lists).as_deref(),
            Some("the MD5 of `agents[].key` and `tasks[].key`, joined by `|`")
        );
        assert_eq!(composition("00000000000000000000000000000000", &lists), None);
    }

    #[test]
    fn memory_is_bounded() {
        let mut hashes = Hashes::default();
        for number in 0..3 * MOST_VALUES {
            hashes.add_value(&Algorithm::Md5.hash(&number.to_string()), &spot(), None);
        }
        assert!(hashes.forgot() && hashes.values.len() <= MOST_VALUES);
    }
}
