//! Escapes in JSON strings. Every reader of JSON in this workspace decodes them by this one function.

/// A fault of an escape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EscapeFault {
    /// Half of a surrogate pair, which is no character.
    LoneSurrogate,
    /// An escape that JSON does not have.
    Unknown,
}

/// Decodes the escape that `bytes` begin with. Gives the character or the fault, and the number of bytes to pass.
#[inline]
pub fn unescape(bytes: &[u8]) -> (Result<char, EscapeFault>, usize) {
    let character = match bytes.get(1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unescape_unicode(bytes),
        Some(_) => return (Err(EscapeFault::Unknown), 2),
        None => return (Err(EscapeFault::Unknown), 1),
    };
    (Ok(character), 2)
}

/// Decodes `\u…`. A character beyond U+FFFF is two escapes, its surrogates.
fn unescape_unicode(bytes: &[u8]) -> (Result<char, EscapeFault>, usize) {
    let Some(unit) = code_unit(bytes) else { return (Err(EscapeFault::Unknown), 2) };
    let low = bytes.get(6..).and_then(code_unit).filter(|low| (0xdc00..0xe000).contains(low));
    let (code, length) = match (unit, low) {
        (0xd800..0xdc00, Some(low)) => (0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00), 12),
        _ => (unit, 6),
    };
    (char::from_u32(code).ok_or(EscapeFault::LoneSurrogate), length)
}

fn code_unit(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_their_lengths() {
        assert_eq!(unescape(br"\nx"), (Ok('\n'), 2));
        assert_eq!(unescape(br"\u0041"), (Ok('A'), 6));
        assert_eq!(unescape(br"\ud83e\udd80"), (Ok('🦀'), 12));
        for alone in [&br"\ud83e"[..], br"\udd80", br"\ud83e\u0041", br"\ud83eudd80"] {
            assert_eq!(unescape(alone), (Err(EscapeFault::LoneSurrogate), 6), "{alone:?}");
        }
        for unknown in [&br"\x"[..], br"\u12", br"\u12g4", br"\N"] {
            assert_eq!(unescape(unknown), (Err(EscapeFault::Unknown), 2), "{unknown:?}");
        }
        assert_eq!(unescape(b"\\"), (Err(EscapeFault::Unknown), 1));
    }
}
