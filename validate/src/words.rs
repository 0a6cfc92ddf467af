//! Words for messages. Keys are shown, shortened and with control characters escaped; values never are.

use serde_json::Value;

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

/// What a value is, without the value.
pub(crate) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(number) if number.is_f64() => "a number".to_owned(),
        Value::Number(_) => "an integer".to_owned(),
        Value::String(text) => format!("a text of {}", counted(text.chars().count(), "character")),
        Value::Array(items) => format!("a list of {}", counted(items.len(), "item")),
        Value::Object(members) => format!("an object of {}", counted(members.len(), "member")),
    }
}

pub(crate) fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
