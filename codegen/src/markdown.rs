//! Texts of a catalogue as Markdown: code, bold text and harmless links stay; the rest shows as it is, and nothing acts.

use candor_schema::escape_invisible;

use crate::prose::one_line;

/// Text as Markdown. Code in backticks stays code, `**so**` stays bold, and `[this](https://…)` stays a link if it leads to
/// the web or to a relative path. Everything else shows as it is.
pub(crate) fn prose(text: &str) -> String {
    inside(text, Around::Nothing)
}

/// The same without bold text, for what is bold as a whole.
pub(crate) fn prose_in_bold(text: &str) -> String {
    inside(text, Around::Bold)
}

fn inside(text: &str, around: Around) -> String {
    let mut markdown = String::with_capacity(text.len());
    push_inline(&mut markdown, &one_line(text), around);
    markdown
}

/// The markup that a text is inside of, which is not repeated in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Nothing,
    Bold,
    Link,
}

fn push_inline(markdown: &mut String, text: &str, around: Around) {
    let mut rest = text;
    let mut before = ' ';
    while let Some(start) = rest.find(['`', '[', '*']) {
        push_escaped(markdown, &rest[..start]);
        before = rest[..start].chars().last().unwrap_or(before);
        let from = &rest[start..];
        let found = match from.as_bytes()[0] {
            b'`' => code_span(from).map(|(inside, after)| (code(inside), after)),
            b'[' if around != Around::Link && before != '!' => link(from),
            b'*' if around == Around::Nothing && !before.is_alphanumeric() => bold(from),
            _ => None,
        };
        rest = match found {
            Some((span, after)) => {
                *markdown += &span;
                before = ' ';
                after
            }
            None => {
                let length = if from.starts_with('`') { backticks(from) } else { 1 };
                push_escaped(markdown, &from[..length]);
                before = from.chars().next().unwrap_or(before);
                &from[length..]
            }
        };
    }
    push_escaped(markdown, rest);
}

/// The link that `text` starts with, and what comes after it.
fn link(text: &str) -> Option<(String, &str)> {
    let (shown, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (to, after) = rest.split_once(')')?;
    let fine = !shown.trim().is_empty() && !shown.contains(['[', ']']) && is_harmless(to);
    fine.then(|| (format!("[{}]({})", inside(shown, Around::Link), to.replace('&', "&amp;")), after))
}

/// Returns whether a link leads to the web or to a relative path, and has no character that could end it.
fn is_harmless(to: &str) -> bool {
    let web = to.strip_prefix("https://").or_else(|| to.strip_prefix("http://"));
    let relative = web.is_none() && !to.contains(':') && !to.starts_with("//");
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&+,;=%".contains(&byte);
    !web.unwrap_or(to).is_empty() && (web.is_some() || relative) && to.bytes().all(is_plain)
}

/// The bold text that `text` starts with, and what comes after it.
fn bold(text: &str) -> Option<(String, &str)> {
    let (bold, after) = text.strip_prefix("**")?.split_once("**")?;
    let ends = !after.starts_with(|next: char| next.is_alphanumeric() || next == '*');
    let fine = bold.trim() == bold && !bold.is_empty() && !bold.contains('*');
    (fine && ends).then(|| (format!("**{}**", inside(bold, Around::Bold)), after))
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
