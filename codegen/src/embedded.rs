//! Embeds the catalogue in a built program, and finds it in the program's bytes.
//!
//! The constants of a catalogue hold a `Disclosure`: the lines of the table as plain text, and the whole catalogue as
//! one JSON [`document`]. Before the document stand a mark, its length and its hash, so `candor extract PROGRAM` can
//! look for it in any built program:
//!
//! | bytes | what |
//! |---|---|
//! | 20 | a mark: what this is, and the version of this form |
//! | 8 | length of the document, in hexadecimal digits |
//! | 16 | FNV-1a of the document, 64 bits, in hexadecimal digits |
//! | | the [`document`]: JSON in ASCII, which begins with the first `{` |

use std::collections::HashSet;

use candor_schema::Catalogue;

use crate::document::document;

/// The mark without its first byte: so it stands only where a catalogue is.
const MARK_TAIL: &[u8] = b"candor catalogue 1\0";
const MARK_LENGTH: usize = 1 + MARK_TAIL.len();
const LENGTH_DIGITS: usize = 8;
const HASH_DIGITS: usize = 16;

/// Returns the two parts of a catalogue in a program: the mark before the document, and the document.
pub fn embed(catalogue: &Catalogue) -> (String, String) {
    let document = document(catalogue);
    let mark: String = ['\0'].into_iter().chain(MARK_TAIL.iter().map(|byte| char::from(*byte))).collect();
    (format!("{mark}{:08x}{:016x}", document.len(), hash(document.as_bytes())), document)
}

/// The bytes behind one mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A whole document.
    Document(String),
    /// Something that was a document once: its bytes are not those that its head tells of, or no document has them.
    Damaged {
        /// The position of the mark, in bytes from the beginning.
        offset: usize,
    },
}

/// Finds every catalogue in a program's bytes, in order, each document once.
///
/// Reads each byte a bounded number of times, whatever the heads claim: a document has no NUL, so it ends before the
/// next mark.
pub fn find(program: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut known = HashSet::new();
    for offset in marks(program) {
        // The mark alone is only a text that somebody has.
        let Some((length, hashed, rest)) = head(&program[offset + MARK_LENGTH..]) else { continue };
        match whole_document(rest, length).filter(|document| hash(document.as_bytes()) == hashed) {
            Some(document) if known.insert(document) => found.push(Found::Document(document.to_owned())),
            Some(_) => {}
            None => found.push(Found::Damaged { offset }),
        }
    }
    found
}

/// Finds the marks.
fn marks(program: &[u8]) -> impl Iterator<Item = usize> {
    let windows = program.windows(MARK_LENGTH).enumerate();
    windows.filter(|(_, window)| window[0] == 0 && &window[1..] == MARK_TAIL).map(|(offset, _)| offset)
}

fn head(bytes: &[u8]) -> Option<(usize, u64, &[u8])> {
    let (length, rest) = bytes.split_at_checked(LENGTH_DIGITS)?;
    let (hash, rest) = rest.split_at_checked(HASH_DIGITS)?;
    let number = |digits| u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
    Some((usize::try_from(number(length)?).ok()?, number(hash)?, rest))
}

/// The first `length` bytes, when a document may have all of them: lines of printable ASCII that begin with `{`.
fn whole_document(bytes: &[u8], length: usize) -> Option<&str> {
    let document = bytes.get(..length).filter(|document| document.starts_with(b"{"))?;
    let is_plain = |byte: &u8| matches!(byte, b'\n' | b' '..=b'~');
    document.iter().all(is_plain).then(|| std::str::from_utf8(document).ok())?
}

fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
