//! The members that an object may have: their names as tables, and the set of those that were there.

use candor_domain::Member;

use super::cursor::{Cursor, Read, Refused};
use super::text::JsonText;

/// The names of an object's members, for finding them quickly.
#[derive(Debug)]
pub(super) struct Shape {
    /// Each name as JSON spells it, with its quotes.
    quoted: Vec<Box<[u8]>>,
    index: Index,
    required: Seen,
}

impl Shape {
    pub(super) fn new(members: &[Member]) -> Self {
        let mut required = Seen::new(members.len());
        for (position, _) in members.iter().enumerate().filter(|(_, member)| member.required && !member.body) {
            required.insert(position);
        }
        Shape {
            quoted: members
                .iter()
                .map(|own| if own.body { Box::from([NOT_UTF8]) } else { quote(own.name()).into() })
                .collect(),
            index: Index::new(
                members.iter().enumerate().filter(|(_, own)| !own.body).map(|(at, own)| (at, own.name())),
            ),
            required,
        }
    }

    /// Returns a set with none of its members.
    pub(super) fn nothing_seen(&self) -> Seen {
        Seen::new(self.quoted.len())
    }

    /// Passes the key of the member at `position`, if it comes next.
    #[inline(always)]
    pub(super) fn take(&self, cursor: &mut Cursor<'_>, position: usize) -> bool {
        self.quoted.get(position).is_some_and(|quoted| cursor.take_key_slice(quoted))
    }

    /// The position of the member with this key.
    #[inline]
    pub(super) fn find(&self, key: &JsonText<'_>, members: &[Member]) -> Option<usize> {
        self.index.find(key, |position| members[position].name())
    }

    /// Returns true if nothing is missing.
    #[inline]
    pub(super) fn is_whole(&self, seen: &Seen) -> bool {
        seen.has_all(&self.required)
    }
}

/// Stands for a key that no text has.
const NOT_UTF8: u8 = 0xff;

/// A name as JSON spells it, with its quotes.
fn quote(name: &str) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for byte in name.bytes() {
        match byte {
            b'"' | b'\\' => quoted.extend([b'\\', byte]),
            ..0x20 => quoted.extend(format!("\\u{byte:04x}").into_bytes()),
            _ => quoted.push(byte),
        }
    }
    quoted.push(b'"');
    quoted
}

/// Positions of names.
#[derive(Debug)]
pub(super) struct Index {
    /// Positions by hash; a name whose slot is taken is in the next free one.
    slots: Vec<Option<usize>>,
}

impl Index {
    pub(super) fn new<'n>(names: impl Iterator<Item = (usize, &'n str)>) -> Self {
        let names: Vec<_> = names.collect();
        let mut slots = vec![None; (2 * names.len()).next_power_of_two()];
        let last = slots.len() - 1;
        for (position, name) in names {
            let mut slot = hash(name.as_bytes());
            while slots[slot & last].is_some() {
                slot += 1;
            }
            slots[slot & last] = Some(position);
        }
        Index { slots }
    }

    /// The position of the name that `key` is.
    #[inline]
    pub(super) fn find<'n>(&self, key: &JsonText<'_>, name: impl Fn(usize) -> &'n str) -> Option<usize> {
        let Some(plain) = key.plain() else {
            return self.slots.iter().flatten().copied().find(|position| key.is(name(*position)));
        };
        let mut slot = hash(plain);
        loop {
            let position = self.slots[slot & (self.slots.len() - 1)]?;
            if name(position).as_bytes() == plain {
                return Some(position);
            }
            slot += 1;
        }
    }
}

/// Hashes the length, the beginning and the end. Names are few and known, so nobody can choose bad ones.
#[inline]
fn hash(name: &[u8]) -> usize {
    let word = |bytes: &[u8]| bytes.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
    let (first, last) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (word(name), 0),
    };
    let mixed = (first ^ last.rotate_left(29) ^ name.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 40) as usize
}

const WORDS: usize = 4;

/// The members that were there: a bit each, without allocating unless there are very many.
#[derive(Debug)]
pub(super) struct Seen {
    first: [u64; WORDS],
    more: Vec<u64>,
}

impl Seen {
    fn new(members: usize) -> Self {
        Seen { first: [0; WORDS], more: vec![0; members.div_ceil(64).saturating_sub(WORDS)] }
    }

    /// Returns true if the member is new.
    #[inline]
    pub(super) fn insert(&mut self, position: usize) -> bool {
        let (word, bit) = (position / 64, 1 << (position % 64));
        let word = if word < WORDS { &mut self.first[word] } else { &mut self.more[word - WORDS] };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    pub(super) fn has(&self, position: usize) -> bool {
        let word = self.first.iter().chain(&self.more).nth(position / 64).copied().unwrap_or_default();
        word & 1 << (position % 64) != 0
    }

    #[inline]
    fn has_all(&self, required: &Seen) -> bool {
        let is_in = |(required, seen): (&u64, &u64)| required & !seen == 0;
        required.first.iter().zip(&self.first).all(is_in) && required.more.iter().zip(&self.more).all(is_in)
    }
}

/// An object's members while generated code reads them, with `WORDS` times 64 bits for which of them were there.
#[derive(Debug)]
pub struct Members<const WORDS: usize> {
    seen: [u64; WORDS],
    /// True if another member follows.
    pub more: bool,
}

impl<const WORDS: usize> Members<WORDS> {
    /// Enters an object.
    ///
    /// # Errors
    /// Fails when there is none.
    #[inline(always)]
    pub fn open(cursor: &mut Cursor<'_>) -> Read<Self> {
        Ok(Members { seen: [0; WORDS], more: cursor.open_object()? })
    }

    /// Passes the key of this member, if it comes next. No member may be asked for twice.
    #[inline(always)]
    pub fn take<const N: usize>(&mut self, cursor: &mut Cursor<'_>, position: usize, quoted: &[u8; N]) -> bool {
        let found = self.more && cursor.take_key(quoted);
        self.seen[position / 64] |= u64::from(found) << (position % 64);
        found
    }

    /// Notes the member that was found by its key.
    ///
    /// # Errors
    /// Fails when there is no such member, or it was there already.
    #[inline(always)]
    pub fn once(&mut self, position: Option<usize>) -> Read<()> {
        let position = position.ok_or(Refused)?;
        let (word, bit) = (&mut self.seen[position / 64], 1 << (position % 64));
        if *word & bit != 0 {
            return Err(Refused);
        }
        *word |= bit;
        Ok(())
    }

    /// Behind a member's value.
    ///
    /// # Errors
    /// Fails when neither another member nor the end of the object follows.
    #[inline(always)]
    pub fn next(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        self.more = cursor.next_member()?;
        Ok(())
    }

    /// Returns true if all of these were there.
    #[inline(always)]
    pub fn has_all(&self, required: [u64; WORDS]) -> bool {
        self.seen.iter().zip(required).all(|(seen, required)| required & !seen == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found() {
        let names: Vec<String> = (0..500).map(|number| format!("{}{number}", "name".repeat(number % 5))).collect();
        let index = Index::new(names.iter().map(String::as_str).enumerate());
        let find =
            |raw: &str, escaped| index.find(&JsonText::new(raw.as_bytes(), escaped), |position| &names[position]);
        for (position, name) in names.iter().enumerate() {
            assert_eq!(find(name, false), Some(position));
            assert_eq!(find(&format!("{name} "), false), None);
        }
        assert_eq!(find(r"\u006eame1", true), Some(1));
        assert_eq!(Index::new([].into_iter()).find(&JsonText::new(b"a", false), |_| ""), None);
    }

    #[test]
    fn members_are_seen_once() {
        let mut required = Seen::new(400);
        let mut seen = Seen::new(400);
        for position in [0, 63, 64, 255, 256, 399] {
            required.insert(position);
            assert!(!seen.has_all(&required) && !seen.has(position));
            assert!(seen.insert(position) && !seen.insert(position));
            assert!(seen.has_all(&required) && seen.has(position));
        }
    }

    #[test]
    fn names_as_json_spells_them() {
        assert_eq!(quote("a\"b\\ä\u{1}"), "\"a\\\"b\\\\ä\\u0001\"".as_bytes());
    }
}
