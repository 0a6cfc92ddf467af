//! Texts that were percent-encoded on their way, as in addresses, once or several times.

/// Most times that a text is decoded.
const MOST: usize = 4;

/// Decodes every `%40` of a text, again and again; `None` when there is none.
pub(in crate::audit) fn decoded(text: &str) -> Option<String> {
    let mut decoded = once(text)?;
    for _ in 1..MOST {
        match once(&decoded) {
            Some(further) => decoded = further,
            None => break,
        }
    }
    Some(decoded)
}

/// Decodes once. Where the whole is not UTF-8 (`%DB_PASSWORD%`), decodes only what stands for ASCII.
fn once(text: &str) -> Option<String> {
    let decoded = replaced(text, u8::MAX).and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.or_else(|| String::from_utf8(replaced(text, 0x7f)?).ok())
}

/// A text with the bytes that its escapes stand for, up to `most`; `None` when there is none.
fn replaced(text: &str, most: u8) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    let (mut decoded, mut at, mut found) = (Vec::with_capacity(bytes.len()), 0, false);
    while let Some(byte) = bytes.get(at) {
        match code(&bytes[at..]).filter(|code| *code <= most) {
            Some(code) => {
                decoded.push(code);
                found = true;
                at += 3;
            }
            None => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    found.then_some(decoded)
}

/// The byte that an escape stands for, where a text begins with one.
fn code(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = *bytes else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_or_several_times() {
        for (text, expected) in [
            ("a%40b", Some("a@b")),
            ("a%2540b", Some("a@b")),
            ("%C3%A4", Some("ä")),
            ("%2Fcaf%E9", Some("/caf%E9")),
            ("%DB_NAME%", None),
            ("100% %zz %4", None),
            ("", None),
        ] {
            assert_eq!(decoded(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn work_is_bounded() {
        let text = "%25".repeat(10_000);
        assert!(decoded(&text).is_some_and(|decoded| decoded.len() <= text.len()));
    }
}
