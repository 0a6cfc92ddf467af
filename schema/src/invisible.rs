//! Characters that do not show, or that change the direction of what follows: they make a text read as another one.

use std::borrow::Cow;

/// The invisible characters of a text, each with its position in bytes. Line feeds, carriage returns and tabs are none.
///
/// Joiners and variation selectors count only where no script and no emoji needs them: beside ASCII, at an end, or twice.
///
/// ```
/// let found: Vec<_> = candor_schema::invisible("a\u{202e}b").collect();
/// assert_eq!(found, [(1, '\u{202e}')]);
/// assert_eq!(candor_schema::invisible("👩\u{200d}💻, می\u{200c}خواهم").count(), 0);
/// ```
pub fn invisible(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut before = None;
    text.char_indices().filter(move |(position, char)| {
        let after = text[position + char.len_utf8()..].chars().next();
        let found = match char {
            '\u{200c}' | '\u{200d}' => !(is_joined(before) && is_joined(after)),
            char if is_selector(*char) => !is_joined(before) && after != Some('\u{20e3}'),
            char => is_hidden(*char),
        };
        before = Some(*char);
        found
    })
}

/// The text with its invisible characters as escapes, such as `\u{202E}`.
pub fn escape_invisible(text: &str) -> Cow<'_, str> {
    let mut escaped = String::new();
    let mut copied = 0;
    for (position, char) in invisible(text) {
        escaped += &text[copied..position];
        escaped += &format!("\\u{{{:04X}}}", char as u32);
        copied = position + char.len_utf8();
    }
    if copied == 0 { Cow::Borrowed(text) } else { Cow::Owned(escaped + &text[copied..]) }
}

/// Returns true if a joiner or a selector may stand beside this: a visible character outside ASCII.
fn is_joined(char: Option<char>) -> bool {
    char.is_some_and(|char| !char.is_ascii() && !is_hidden(char) && !matches!(char, '\u{200c}' | '\u{200d}'))
}

fn is_selector(char: char) -> bool {
    matches!(char, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Controls, formats, separators of lines, fillers and tags.
fn is_hidden(char: char) -> bool {
    match char {
        '\n' | '\r' | '\t' => false,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' => true,
        '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' => true,
        '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' => true,
        '\u{e01f0}'..='\u{e0fff}' => true,
        char => char.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(escape_invisible(text), expected);
    }

    #[test]
    fn directions_and_controls_show() {
        check("plain — größe, नमस्ते", "plain — größe, नमस्ते");
        check("a\u{202e}b\u{2066}c\u{2069}", "a\\u{202E}b\\u{2066}c\\u{2069}");
        check("\u{feff}a\u{200b}\u{ad}\u{e0041}", "\\u{FEFF}a\\u{200B}\\u{00AD}\\u{E0041}");
        check("bell\u{7} esc\u{1b} c1\u{9b} del\u{7f}", "bell\\u{0007} esc\\u{001B} c1\\u{009B} del\\u{007F}");
        check("a\nb\tc", "a\nb\tc");
    }

    #[test]
    fn joiners_are_for_scripts_and_emoji() {
        check(
            "👩\u{200d}💻 می\u{200c}خواهم ✔\u{fe0f} 1\u{fe0f}\u{20e3}",
            "👩\u{200d}💻 می\u{200c}خواهم ✔\u{fe0f} 1\u{fe0f}\u{20e3}",
        );
        check("S\u{200d}x", "S\\u{200D}x");
        check("é\u{200d}\u{200d}é", "é\\u{200D}\\u{200D}é");
        check("é\u{200c}", "é\\u{200C}");
        check("a\u{fe0f}", "a\\u{FE0F}");
    }
}
