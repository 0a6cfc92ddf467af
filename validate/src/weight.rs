//! The memory that a text takes when it is read and judged: an upper bound, found in one pass that keeps nothing.
//!
//! A byte of JSON can become hundreds of bytes in memory (`{}` is an object twice: as it was written, and in the payload),
//! so a limit for bytes is none for memory. `tests/weight.rs` holds the bounds against what is really allocated.

/// The weight of one document, whatever is in it.
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
    (0..text.len()).map(|at| of_byte(text, at)).fold(DOCUMENT, usize::saturating_add)
}

/// Returns what one byte of a text in JSON adds to its weight.
fn of_byte(text: &[u8], at: usize) -> usize {
    BYTE + match text[at] {
        b'{' => OBJECT,
        b'[' => LIST,
        b',' => MORE,
        // In a text that is JSON again, these are a brace, a bracket or a comma.
        b'\\' if text[at + 1..].starts_with(b"u00") => OBJECT,
        _ => 0,
    }
}

/// Finds how much may be read of a text that holds many documents. The beginning of a document moves ahead, and no byte is
/// weighed more than twice.
#[derive(Debug)]
pub(crate) struct Window<'t> {
    text: &'t [u8],
    most: usize,
    start: usize,
    end: usize,
    weight: usize,
}

impl<'t> Window<'t> {
    pub fn new(text: &'t [u8], most: usize) -> Self {
        Window { text, most, start: 0, end: 0, weight: DOCUMENT }
    }

    /// Finds the place where the bytes from `start` on begin to weigh too much: the end of the text if they never do.
    pub fn end(&mut self, start: usize) -> usize {
        for at in self.start..start.min(self.end) {
            self.weight -= of_byte(self.text, at);
        }
        self.start = start;
        self.end = self.end.max(start);
        while self.end < self.text.len() {
            let weight = self.weight + of_byte(self.text, self.end);
            if weight > self.most {
                break;
            }
            (self.weight, self.end) = (weight, self.end + 1);
        }
        self.end
    }
}
