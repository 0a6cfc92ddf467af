//! Words for messages. Keys are shown, shortened and with control characters escaped; values never are.

use super::cursor::{Cursor, Read};

/// A key in backticks.
pub(crate) fn key(key: &str) -> String {
    const LONGEST: usize = 100;
    let mut shown: String = key.chars().take(LONGEST).flat_map(escape).collect();
    if key.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// Nothing that moves a terminal's cursor or turns its text around.
fn escape(character: char) -> Box<dyn Iterator<Item = char>> {
    let turns = matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match character.is_control() || turns {
        true => Box::new(character.escape_unicode()),
        false => Box::new(std::iter::once(character)),
    }
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

/// What the value at the cursor is, without the value.
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
