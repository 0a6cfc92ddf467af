//! How much memory a text takes when it is read and looked at: an upper bound, found in one pass that keeps nothing.
//!
//! A byte of JSON can become hundreds of bytes in memory (`{}` is an object twice: as it was written, and in the payload),
//! so a limit for bytes is none for memory. `tests/weight.rs` holds the bounds against what is really allocated.

/// What one document takes, whatever is in it.
pub(crate) const DOCUMENT: usize = 64 << 10;

/// A byte of text: as it was written, in the payload, and in the payload's JSON, each of which may have grown in doubles.
pub(crate) const BYTE: usize = 8;

/// An object of JSON with its first member.
const OBJECT: usize = 900;

/// A list of JSON with its first item.
const LIST: usize = 400;

/// Another member or item.
const MORE: usize = 430;

/// Bounds what a text in JSON takes. Texts in it count as JSON, too: the catalogue may say that they are.
pub(crate) fn of_json(text: &[u8]) -> usize {
    let cost = |(at, byte): (usize, &u8)| match byte {
        b'{' => OBJECT,
        b'[' => LIST,
        b',' => MORE,
        // In a text that is JSON again, these are a brace, a bracket or a comma.
        b'\\' if text[at + 1..].starts_with(b"u00") => OBJECT,
        _ => 0,
    };
    let costs = text.iter().enumerate().map(cost);
    costs.fold(DOCUMENT + text.len().saturating_mul(BYTE), usize::saturating_add)
}
