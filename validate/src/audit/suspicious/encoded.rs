//! Texts that were percent-encoded on their way, as in addresses, once or several times.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Most times that a text is decoded.
const MOST: usize = 4;

/// What a text says when every `%40` is decoded, again and again; `None` when there is none.
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

fn once(text: &str) -> Option<String> {
    match Cow::from(percent_decode_str(text)) {
        Cow::Borrowed(_) => None,
        Cow::Owned(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
    }
}
