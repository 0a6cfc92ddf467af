//! The last thing that a text meets before it is printed: whatever is in it, it moves no cursor, turns no text around, and
//! commands no CI.
//!
//! Names, texts of catalogues and file names are somebody else's. Where they are put into a line, [`foreign`] keeps them on
//! it; this sees to what was forgotten.
//!
//! [`foreign`]: super::foreign

use std::borrow::Cow;
use std::fmt::Write;

use candor_validate::engine::is_hidden;

/// The form of a text, which tells how characters are escaped and which may stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// For people, with the colours of a terminal.
    Coloured,
    /// For programs: an escape is one of JSON.
    Json,
    /// Workflow commands of this command's own.
    Commands,
}

/// Escapes what must not be printed. Lines stay lines.
pub fn guard(text: &str, form: Form) -> Cow<'_, str> {
    let is_harmless = |byte: u8| matches!(byte, b'\n' | b' '..=b'~') && byte != b'#' && byte != b':';
    if text.bytes().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    let mut guarded = String::with_capacity(text.len());
    let mut rest = text;
    let mut begins_line = true;
    while let Some(character) = rest.chars().next() {
        let colour = if form == Form::Coloured { colour_length(rest) } else { 0 };
        let (piece, after) = rest.split_at(colour.max(character.len_utf8()));
        if colour > 0 || !is_escaped(rest, character, begins_line, form) {
            guarded.push_str(piece);
        } else {
            push_escaped(&mut guarded, character, form);
        }
        begins_line = character == '\n' || begins_line && (colour > 0 || character.is_whitespace());
        rest = after;
    }
    Cow::Owned(guarded)
}

/// The length of the sequence that sets a colour with which a text begins, or 0.
fn colour_length(text: &str) -> usize {
    let Some(after) = text.strip_prefix("\u{1b}[") else { return 0 };
    let parameters = after.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b';')).count();
    if after[parameters..].starts_with('m') { "\u{1b}[m".len() + parameters } else { 0 }
}

/// Returns true if the first character of `rest` must not be printed as it is.
fn is_escaped(rest: &str, character: char, begins_line: bool, form: Form) -> bool {
    match character {
        '\n' => false,
        '\t' => form == Form::Json,
        ':' => form != Form::Commands && begins_line && rest.starts_with("::"),
        '#' => begins_command(rest),
        _ => is_hidden(character),
    }
}

/// Returns true if a command begins here, anywhere in a line: the older form of GitHub's, and those of Azure Pipelines
/// and TeamCity.
fn begins_command(text: &str) -> bool {
    ["##[", "##vso[", "##teamcity["].iter().any(|start| text.starts_with(start))
}

fn push_escaped(out: &mut String, character: char, form: Form) {
    if form != Form::Json {
        out.extend(character.escape_unicode());
        return;
    }
    for unit in character.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{unit:04x}"); // a string takes everything
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(form: Form, text: &str, expected: &str) {
        assert_eq!(guard(text, form), expected, "{text:?}");
    }

    #[test]
    fn texts() {
        check(Form::Text, "plain: text\n\twith # tabs", "plain: text\n\twith # tabs");
        check(Form::Text, "a\u{1b}]0;x\u{7}b\rc\u{9b}d\u{7f}", "a\\u{1b}]0;x\\u{7}b\\u{d}c\\u{9b}d\\u{7f}");
        check(Form::Text, "a\u{202e}b\u{200b}\u{2028}\u{feff}", "a\\u{202e}b\\u{200b}\\u{2028}\\u{feff}");
        check(Form::Text, "ä€😀", "ä€😀");
    }

    #[test]
    fn commands_of_others() {
        check(Form::Text, "::error::x\n  ::error::x\na ::b", "\\u{3a}:error::x\n  \\u{3a}:error::x\na ::b");
        check(Form::Text, "## [a] ##[error]x ##vso[task", "## [a] \\u{23}#[error]x \\u{23}#vso[task");
        check(Form::Text, "###[x", "#\\u{23}#[x");
        check(Form::Commands, "::error::##[x]\u{1b}", "::error::\\u{23}#[x]\\u{1b}");
        check(Form::Coloured, "\u{1b}[1m::error", "\u{1b}[1m\\u{3a}:error");
    }

    #[test]
    fn colours() {
        check(Form::Coloured, "\u{1b}[1;31mred\u{1b}[0m \u{1b}[m", "\u{1b}[1;31mred\u{1b}[0m \u{1b}[m");
        check(Form::Coloured, "\u{1b}[2J\u{1b}]0;x\u{1b}", "\\u{1b}[2J\\u{1b}]0;x\\u{1b}");
        check(Form::Text, "\u{1b}[1m", "\\u{1b}[1m");
    }

    #[test]
    fn json() {
        check(
            Form::Json,
            "{\n  \"a\": \"\u{9b}\u{202e}\u{e0041}\u{7f}\"\n}",
            "{\n  \"a\": \"\\u009b\\u202e\\udb40\\udc41\\u007f\"\n}",
        );
        check(Form::Json, "\"##[x]\"", "\"\\u0023#[x]\"");
    }
}
