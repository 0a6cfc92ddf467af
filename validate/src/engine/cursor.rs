//! JSON text, read once from its beginning to its end: nothing is built, copied or allocated.
//!
//! Checks that the input is JSON: grammar, escapes, nesting. Its meaning is the callers' concern.

use super::number::Number;
use super::text::{JsonText, escape_length, special};

/// Nesting from which on JSON is refused, as serde_json does.
const TOO_DEEP: u32 = 128;

/// The text is not JSON, or nothing more is to be known about it. Reading ends here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// The value that was read, or the end of reading.
pub type Read<T> = Result<T, Refused>;

/// A place in a JSON text. Where a value is expected, it stands right before the value's first byte.
#[derive(Debug, Clone)]
pub struct Cursor<'p> {
    bytes: &'p [u8],
    at: usize,
    depth: u32,
}

impl<'p> Cursor<'p> {
    /// Before the value of a JSON text.
    pub fn new(text: &'p str) -> Self {
        let mut cursor = Cursor { bytes: text.as_bytes(), at: 0, depth: 0 };
        cursor.skip_whitespace();
        cursor
    }

    /// Returns the number of bytes before it.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The next byte; zero, which no JSON text has, at the end.
    #[inline(always)]
    pub fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    /// Nothing but whitespace follows.
    #[inline]
    pub fn end(&mut self) -> Read<()> {
        self.skip_whitespace();
        if self.at == self.bytes.len() { Ok(()) } else { Err(Refused) }
    }

    /// Passes these bytes, if they come next.
    #[inline(always)]
    pub fn take<const N: usize>(&mut self, expected: &[u8; N]) -> bool {
        let found = self.rest().first_chunk::<N>() == Some(expected);
        if found {
            self.at += N;
        }
        found
    }

    #[inline(always)]
    pub(super) fn rest(&self) -> &'p [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    #[inline(always)]
    pub(super) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    #[inline(always)]
    pub(super) fn skip_whitespace(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    #[inline(always)]
    fn expect(&mut self, byte: u8) -> Read<()> {
        if self.peek() != byte {
            return Err(Refused);
        }
        self.at += 1;
        Ok(())
    }

    /// Enters an object. Whether there is a member.
    #[inline]
    pub fn open_object(&mut self) -> Read<bool> {
        self.open(b'{', b'}')
    }

    /// Enters a list. Whether there is an item.
    #[inline]
    pub fn open_list(&mut self) -> Read<bool> {
        self.open(b'[', b']')
    }

    #[inline(always)]
    fn open(&mut self, opening: u8, closing: u8) -> Read<bool> {
        self.expect(opening)?;
        if self.depth + 1 >= TOO_DEEP {
            return Err(Refused);
        }
        self.skip_whitespace();
        if self.peek() == closing {
            self.at += 1;
            return Ok(false);
        }
        self.depth += 1;
        Ok(true)
    }

    /// Behind a member's value: whether another member follows. If not, the object is left.
    #[inline]
    pub fn next_member(&mut self) -> Read<bool> {
        self.next(b'}')
    }

    /// Behind an item: whether another item follows. If not, the list is left.
    #[inline]
    pub fn next_item(&mut self) -> Read<bool> {
        self.next(b']')
    }

    #[inline(always)]
    fn next(&mut self, closing: u8) -> Read<bool> {
        self.skip_whitespace();
        let byte = self.peek();
        if byte == b',' {
            self.at += 1;
            self.skip_whitespace();
            return Ok(true);
        }
        if byte != closing {
            return Err(Refused);
        }
        self.at += 1;
        self.depth -= 1;
        Ok(false)
    }

    /// A member's key, up to its value.
    #[inline]
    pub fn key(&mut self) -> Read<JsonText<'p>> {
        let key = self.text()?;
        self.colon()?;
        Ok(key)
    }

    /// Passes this key up to its value, if it comes next. `quoted` is the key with its quotes, as JSON spells it.
    #[inline(always)]
    pub fn take_key<const N: usize>(&mut self, quoted: &[u8; N]) -> bool {
        let before = self.at;
        let found = self.take(quoted) && self.colon().is_ok();
        if !found {
            self.at = before;
        }
        found
    }

    /// The same, for a length that is known at run time only.
    #[inline(always)]
    pub(super) fn take_key_slice(&mut self, quoted: &[u8]) -> bool {
        let before = self.at;
        let found = self.rest().starts_with(quoted) && {
            self.at += quoted.len();
            self.colon().is_ok()
        };
        if !found {
            self.at = before;
        }
        found
    }

    #[inline(always)]
    fn colon(&mut self) -> Read<()> {
        self.skip_whitespace();
        self.expect(b':')?;
        self.skip_whitespace();
        Ok(())
    }

    /// A text.
    #[inline]
    pub fn text(&mut self) -> Read<JsonText<'p>> {
        self.expect(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += special(self.rest());
            match self.peek() {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.at += escape_length(self.rest()).ok_or(Refused)?;
                }
                _ => return Err(Refused),
            }
        }
        let raw = &self.bytes[start..self.at];
        self.at += 1;
        Ok(JsonText::new(raw, escaped))
    }

    /// A number.
    #[inline]
    pub fn number(&mut self) -> Read<Number> {
        let (number, length) = Number::read(self.rest()).ok_or(Refused)?;
        self.at += length;
        Ok(number)
    }

    /// `true`, `false` or `null`.
    #[inline]
    pub fn word<const N: usize>(&mut self, word: &[u8; N]) -> Read<()> {
        if self.take(word) { Ok(()) } else { Err(Refused) }
    }

    /// Passes whatever value comes next.
    pub fn skip_value(&mut self) -> Read<()> {
        match self.peek() {
            b'"' => self.text().map(drop),
            b'{' => {
                let mut more = self.open_object()?;
                while more {
                    self.key()?;
                    self.skip_value()?;
                    more = self.next_member()?;
                }
                Ok(())
            }
            b'[' => {
                let mut more = self.open_list()?;
                while more {
                    self.skip_value()?;
                    more = self.next_item()?;
                }
                Ok(())
            }
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number().map(drop),
        }
    }
}
