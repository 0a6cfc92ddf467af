//! Texts of JSON as they are written, and the characters that they mean.

use std::iter;

use candor_domain::unescape;

/// A text between its quotes, with its escapes.
#[derive(Debug, Clone, Copy)]
pub struct JsonText<'p> {
    raw: &'p [u8],
    escaped: bool,
}

impl<'p> JsonText<'p> {
    pub(crate) fn new(raw: &'p [u8], escaped: bool) -> Self {
        JsonText { raw, escaped }
    }

    /// The text itself, when it is written without escapes.
    #[inline(always)]
    pub fn plain(&self) -> Option<&'p [u8]> {
        if self.escaped { None } else { Some(self.raw) }
    }

    /// Returns true if it is this text, however it is spelled.
    #[inline]
    pub fn is(&self, text: &str) -> bool {
        match self.plain() {
            Some(plain) => plain == text.as_bytes(),
            None => self.characters().eq(text.chars()),
        }
    }

    /// Its position among texts.
    #[inline]
    pub fn position(&self, texts: &[&str]) -> Option<usize> {
        texts.iter().position(|text| self.is(text))
    }

    /// Returns true if it has no more than so many characters. Characters never take less than a byte each.
    #[inline(always)]
    pub fn is_within(&self, most: usize) -> bool {
        self.raw.len() <= most || self.characters().nth(most).is_none()
    }

    /// Looks at what it means in one piece, which is on the stack if it is not very long.
    pub(super) fn look(&self, look: impl FnOnce(&str) -> bool) -> bool {
        if let Some(plain) = self.plain() {
            return std::str::from_utf8(plain).is_ok_and(look);
        }
        let mut buffer = [0; 512];
        let mut length = 0;
        for character in self.characters() {
            match buffer.get_mut(length..length + character.len_utf8()) {
                Some(place) => length += character.encode_utf8(place).len(),
                None => return look(&self.decode()),
            }
        }
        std::str::from_utf8(&buffer[..length]).is_ok_and(look)
    }

    /// Returns its meaning, for messages.
    pub fn decode(&self) -> String {
        self.characters().collect()
    }

    /// Returns its meaning, character by character.
    pub fn characters(&self) -> impl Iterator<Item = char> + use<'p> {
        // The cursor has checked the escapes, and the caller of the cursor the UTF-8.
        let mut rest = self.raw;
        iter::from_fn(move || {
            let (character, length) = match rest.first()? {
                b'\\' => unescape(rest),
                _ => first_character(rest).map(|(character, length)| (Ok(character), length))?,
            };
            rest = rest.get(length..)?;
            character.ok()
        })
    }
}

fn first_character(bytes: &[u8]) -> Option<(char, usize)> {
    let length = match bytes.first()? {
        ..0x80 => 1,
        ..0xe0 => 2,
        ..0xf0 => 3,
        _ => 4,
    };
    let character = std::str::from_utf8(bytes.get(..length)?).ok()?.chars().next()?;
    Some((character, length))
}

/// The length of the escape that bytes begin with; `None` when it is none.
pub(super) fn escape_length(bytes: &[u8]) -> Option<usize> {
    let (character, length) = unescape(bytes);
    character.is_ok().then_some(length)
}

const ONES: u64 = u64::MAX / 255;
const TOPS: u64 = ONES << 7;

/// Counts the bytes before the first quote, backslash or control character.
#[inline(always)]
pub(crate) fn special(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((chunk, after)) = rest.split_first_chunk::<8>() {
        let found = specials(u64::from_le_bytes(*chunk));
        if found != 0 {
            return bytes.len() - rest.len() + found.trailing_zeros() as usize / 8;
        }
        rest = after;
    }
    let tail = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..0x20)).unwrap_or(rest.len());
    bytes.len() - rest.len() + tail
}

/// The top bit of each such byte, right up to the first of them: a borrow reaches only the bytes behind.
#[inline(always)]
fn specials(word: u64) -> u64 {
    let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = is_zero(word ^ (ONES * u64::from(b'"')));
    let backslash = is_zero(word ^ (ONES * u64::from(b'\\')));
    (control | quote | backslash) & TOPS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_bytes_at_every_place() {
        for length in 0..40 {
            for special_byte in [b'"', b'\\', 0, 0x1f, b'\n'] {
                let mut bytes = vec![0xff; length];
                assert_eq!(special(&bytes), length);
                bytes.extend([special_byte, b'"', 0x7f]);
                assert_eq!(special(&bytes), length, "{special_byte}");
            }
        }
        assert_eq!(special(&(0x20..=0xff).filter(|byte| !b"\"\\".contains(byte)).collect::<Vec<u8>>()), 222);
    }

    #[track_caller]
    fn check_escape(escape: &str, expected: Option<char>) {
        let length = expected.map(|_| escape.len());
        assert_eq!(escape_length(format!("{escape}0").as_bytes()), length, "{escape}");
        if let Some(character) = expected {
            assert_eq!(JsonText::new(escape.as_bytes(), true).decode(), character.to_string());
        }
    }

    #[test]
    fn escapes() {
        for (letter, character) in [('"', '"'), ('\\', '\\'), ('/', '/'), ('b', '\u{8}'), ('f', '\u{c}'), ('t', '\t')] {
            check_escape(&format!("\\{letter}"), Some(character));
        }
        check_escape("\\u00e4", Some('ä'));
        check_escape("\\u00E4", Some('ä'));
        check_escape("\\uD83D\\uDe00", Some('😀'));
        for broken in
            ["\\a", "\\'", "\\u12", "\\u+123", "\\ud83d", "\\ude00", "\\ud83d\\u0041", "\\ud83d\\n", "\\U0041"]
        {
            check_escape(broken, None);
        }
    }

    #[test]
    fn characters_not_bytes() {
        let text = JsonText::new(r"ä😀\u00e4\n€".as_bytes(), true);
        assert_eq!(text.decode(), "ä😀ä\n€");
        assert!(text.is("ä😀ä\n€") && !text.is("ä😀ä\n") && !text.is("ä😀ä\n€."));
        assert!(text.is_within(5) && !text.is_within(4));
    }
}
