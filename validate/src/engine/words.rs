//! Words for messages. Keys are shown, shortened and with everything escaped that does not show as it is; values never are.

use super::cursor::{Cursor, Read};

/// A key in backticks, which it cannot leave.
pub(crate) fn key(key: &str) -> String {
    const LONGEST: usize = 100;
    let mut shown: String = key.chars().take(LONGEST).map(visible).collect::<String>().replace('`', "\\u{60}");
    if key.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// A character as it may be printed: escaped when it [is hidden](is_hidden).
pub fn visible(character: char) -> String {
    match is_hidden(character) {
        true => character.escape_unicode().collect(),
        false => character.into(),
    }
}

/// Returns true if a character does something else than show: it ends a line, moves a terminal's cursor, turns text
/// around, or is invisible. A foreign text must not bring it into a terminal, a log or a page.
pub fn is_hidden(character: char) -> bool {
    // The categories Cc, Zl and Zp; Cf but for signs that are seen; and letters that are blank.
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{70f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// `a, b, c`, and how many more when there are many.
pub(crate) fn list(items: impl ExactSizeIterator<Item = String>) -> String {
    const MOST: usize = 12;
    let more = items.len().saturating_sub(MOST);
    let mut shown = items.take(MOST).collect::<Vec<_>>().join(", ");
    if more > 0 {
        shown.push_str(&format!(" and {more} more"));
    }
    shown
}

/// Describes the value at the cursor, without the value.
pub(super) fn describe(mut cursor: Cursor<'_>) -> Read<String> {
    Ok(match cursor.peek() {
        b'n' => "null".to_owned(),
        b't' | b'f' => "a boolean".to_owned(),
        b'"' => format!("a text of {}", counted(cursor.text()?.characters().count(), "character")),
        b'[' => format!("a list of {}", counted(count_items(&mut cursor)?, "item")),
        b'{' => format!("an object of {}", counted(count_members(&mut cursor)?, "member")),
        _ => if cursor.number()?.is_whole() { "an integer" } else { "a number" }.to_owned(),
    })
}

fn count_items(cursor: &mut Cursor<'_>) -> Read<usize> {
    let mut count = 0;
    let mut more = cursor.open_list()?;
    while more {
        cursor.skip_value()?;
        count += 1;
        more = cursor.next_item()?;
    }
    Ok(count)
}

fn count_members(cursor: &mut Cursor<'_>) -> Read<usize> {
    let mut count = 0;
    let mut more = cursor.open_object()?;
    while more {
        cursor.key()?;
        cursor.skip_value()?;
        count += 1;
        more = cursor.next_member()?;
    }
    Ok(count)
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
