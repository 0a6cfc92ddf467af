//! Holes in written bodies: the places of attributes of the process, which are read when a request is made.
//!
//! ```text
//! OPEN sort key-with-colon CLOSE
//! ```
//! JSON text has no control characters of its own, so a hole is found by its first byte.

use super::template::{Body, Part};
use crate::{Output, quote};

/// Begins a hole.
pub(super) const OPEN: u8 = 0x1e;
/// Ends a hole.
pub(super) const CLOSE: u8 = 0x1f;
/// The sort of a hole for an object.
pub(super) const OBJECT: u8 = b'o';
/// The sort of a hole for members of the object around it.
pub(super) const SPREAD: u8 = b's';
/// The sort of a hole for the first attribute with a place of its own; the next ones follow.
pub(super) const FIRST: u8 = b'0';

const _: () = assert!(Body::MOST_OWN <= (OBJECT - FIRST) as usize, "each sort has a byte of its own");

/// Appends the hole of a member that may be absent; returns false for any other part.
pub(super) fn put_member_hole(out: &mut impl Output, key: &str, part: &Part) -> bool {
    match part {
        Part::SpreadResource => out.put(&[OPEN, SPREAD, CLOSE]),
        Part::OfResource(own) => {
            out.put(&[OPEN, FIRST + *own]);
            quote(out, key);
            out.put(&[b':', CLOSE]);
        }
        _ => return false,
    }
    true
}

/// Appends the hole of an object, which is always there.
pub(super) fn put_object_hole(out: &mut impl Output) {
    out.put(&[OPEN, OBJECT, CLOSE]);
}

/// Appends a comma unless an object or a list begins here.
pub(super) fn separate(out: &mut impl Output) {
    if !matches!(out.last(), Some(b'{' | b'[')) {
        out.put(b",");
    }
}
