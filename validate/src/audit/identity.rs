//! Identifiers that are said to be random.
//!
//! A random identifier may well be seen many times: it is there to be recognised. That a key is not random shows when it
//! stays the same while the id of the same thing changes (`crew_key` beside `crew_id`): the thing was made anew, and its
//! key was not. A UUID says by its version whether it was computed.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use candor_schema::AttributeId;

/// Most pairs of identifiers that are kept at a time.
const MOST: usize = 65_536;

/// The identifiers that were seen beside each other.
#[derive(Debug, Default)]
pub(super) struct Identities {
    partners: HashMap<u64, u64>,
    hasher: RandomState,
    forgot: bool,
}

/// An identifier: its attribute, and its name on the wire.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identifier<'v> {
    pub id: AttributeId,
    pub name: &'v str,
    pub value: &'v str,
}

impl Identities {
    /// Returns true if something was forgotten.
    pub fn forgot(&self) -> bool {
        self.forgot
    }

    /// Returns true if a key was seen before with another id of the same thing.
    pub fn stays(&mut self, key: Identifier<'_>, id: Identifier<'_>) -> bool {
        let same = stem(key.name, &KEYS).filter(|stem| Some(*stem) == self::stem(id.name, &IDS));
        if same.is_none() || key.value.is_empty() || id.value.is_empty() {
            return false;
        }
        if self.partners.len() >= MOST {
            self.forgot = true;
            self.partners.clear();
        }
        let seen = self.hasher.hash_one((key.id, id.id, key.value));
        let value = self.hasher.hash_one(id.value);
        *self.partners.entry(seen).or_insert(value) != value
    }
}

const KEYS: [&str; 2] = ["key", "hash"];
const IDS: [&str; 4] = ["uuid", "guid", "id", "identifier"];

/// Names the thing that an identifier identifies: `crew_key` and `crew_id` both say `crew`.
fn stem<'n>(name: &'n str, endings: &[&str]) -> Option<&'n str> {
    let stem = endings.iter().find_map(|ending| name.strip_suffix(ending))?;
    Some(stem.trim_end_matches(['_', '-', '.']))
}

/// Says of a UUID that is no random one what it is made of.
pub(super) fn computed_uuid(value: &str) -> Option<&'static str> {
    let bytes = value.as_bytes();
    let is_uuid = bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            19 => matches!(byte, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'),
            _ => byte.is_ascii_hexdigit(),
        });
    match bytes.get(14).filter(|_| is_uuid)? {
        b'1' | b'6' => Some("a UUID of the time and the machine's address (version 1 or 6)"),
        b'3' | b'5' => Some("a UUID computed from a name (version 3 or 5)"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use candor_schema::Catalogue;

    use super::*;

    fn pairs(key: &str, id: &str, pairs: &[(&str, &str)]) -> bool {
        let catalogue = catalogue();
        let [first, second] = [0, 1].map(|index| catalogue.signals()[0].attributes[index].attribute);
        let mut identities = Identities::default();
        pairs.iter().any(|(value, other)| {
            let key = Identifier { id: first, name: key, value };
            identities.stays(key, Identifier { id: second, name: id, value: other })
        })
    }

    /// Two attributes, for their ids.
    fn catalogue() -> Catalogue {
        let text = "
candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo
rows: {usage: {title: Usage, reason: How it is used., personal: none}}
attributes:
  one: {row: usage, collected: default, type: boolean, brief: one}
  two: {row: usage, collected: default, type: boolean, brief: two}
spans: {seen: {name: Seen, collected: default, brief: seen, attributes: {one: optional, two: optional}}}
";
        candor_schema::load_str("demo.yaml", text).catalogue.expect("no findings")
    }

    #[test]
    fn one_stays_while_the_other_changes() {
        assert!(pairs("crew_key", "crew_id", &[("k", "1"), ("k", "2")]));
        assert!(pairs("key", "id", &[("k", "1"), ("l", "2"), ("k", "3")]));
    }

    #[test]
    fn being_seen_again_is_no_fault() {
        assert!(!pairs("crew_key", "crew_id", &[("k", "1"), ("k", "1"), ("l", "2")]));
        assert!(!pairs("crew_id", "task_id", &[("c", "1"), ("c", "2")]));
        assert!(!pairs("crew_key", "crew_id", &[("", "1"), ("", "2")]));
        assert!(!pairs("crew_key", "task_id", &[("k", "1"), ("k", "2")]));
        assert!(!pairs("crew_id", "crew_key", &[("1", "k"), ("1", "l")]));
    }

    #[test]
    fn uuids() {
        for (value, computed) in [
            ("a3c711a3-1f5b-4dde-88e1-d6145db822c4", false),
            ("01890a5d-ac96-774b-bcce-b302099a8057", false),
            ("f4e754cf-bed7-5e09-9b1c-1f0f7f3c5d11", true),
            ("6fa459ea-ee8a-3ca4-894e-db77e160355e", true),
            ("2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d", true),
            ("11111111-2222-3333-4444-555555555555", false),
            ("ffac19590ce26aa74080def0fbaf333f", false),
        ] {
            assert_eq!(computed_uuid(value).is_some(), computed, "{value}");
        }
    }
}
