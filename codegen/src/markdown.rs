//! Texts of a catalogue as Markdown: they show as they are, and nothing in them acts.

use candor_schema::escape_invisible;

use crate::prose::one_line;

/// Text as Markdown that shows just this text. Code in backticks stays code.
pub(crate) fn prose(text: &str) -> String {
    let text = one_line(text);
    let mut markdown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find('`') {
        push_escaped(&mut markdown, &rest[..start]);
        rest = match code_span(&rest[start..]) {
            Some((inside, after)) => {
                markdown += &code(inside);
                after
            }
            None => {
                let after = start + backticks(&rest[start..]);
                push_escaped(&mut markdown, &rest[start..after]);
                &rest[after..]
            }
        };
    }
    push_escaped(&mut markdown, rest);
    markdown
}

/// Returns the inside of the code span that `text` starts with, and the text after it.
pub(crate) fn code_span(text: &str) -> Option<(&str, &str)> {
    let fence = backticks(text);
    let mut position = fence;
    while let Some(found) = text[position..].find('`') {
        position += found;
        let run = backticks(&text[position..]);
        if run == fence {
            return Some((&text[fence..position], &text[position + run..]));
        }
        position += run;
    }
    None
}

fn backticks(text: &str) -> usize {
    text.len() - text.trim_start_matches('`').len()
}

fn push_escaped(markdown: &mut String, text: &str) {
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let inside_word = before.is_alphanumeric() && chars.peek().is_some_and(|next| next.is_alphanumeric());
        match char {
            '<' => *markdown += "&lt;",
            '>' => *markdown += "&gt;",
            '&' => *markdown += "&amp;",
            '{' => *markdown += "&#123;", // MDX reads code in braces
            '}' => *markdown += "&#125;",
            '`' => *markdown += "&#96;",
            '\\' => *markdown += "&#92;", // a backslash could take the one before a `|` with it
            '_' if inside_word => markdown.push('_'),
            '*' | '_' | '[' | ']' | '~' => markdown.extend(['\\', char]),
            char => markdown.push(char),
        }
        before = char;
    }
}

/// Text as a code span.
pub(crate) fn code(text: &str) -> String {
    let text: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    let text = escape_invisible(&text);
    if text.trim().is_empty() {
        return format!("`\"{text}\"`");
    }
    if text.contains("\\|") {
        let mut escaped = String::new(); // no code span in a table can hold this
        push_escaped(&mut escaped, &text);
        return escaped;
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|char| char != '`').map(str::len).max().unwrap_or(0)
}

/// Markdown as a cell of a table.
pub(crate) fn cell(markdown: &str) -> String {
    markdown.replace('|', "\\|")
}
