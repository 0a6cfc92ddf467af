//! Explains a text that is no YAML, in the words of its author, and where it starts to be wrong.
//!
//! The parser says where it could not go on. That is behind a quote that is not closed, and below a line that is indented
//! wrongly; so the text before that place is looked at once more.

use super::keys::ROOT_KEYS;
use super::outline::Outline;
use crate::{Finding, Place, checks};

/// A mistake in a text, and which of its lines to leave out so that the rest can be read.
pub(crate) struct YamlFault {
    start: usize,
    end: usize,
    message: String,
    help: String,
    /// First and last line, from 0.
    pub lines: (usize, usize),
    /// True if the indentation is wrong.
    pub slipped: bool,
}

impl YamlFault {
    pub fn finding(&self, file: u32, text: &str) -> Finding {
        let before = &text[..self.start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let place = Place {
            file,
            start: self.start as u32,
            end: self.end as u32,
            line: before.matches('\n').count() as u32 + 1,
            column: before[line_start..].chars().count() as u32 + 1,
        };
        checks::invalid_yaml::CHECK.at(place, &self.message).help(&self.help)
    }
}

/// The mistake behind the parser's message about this place.
pub(crate) fn fault_of(text: &str, at: usize, message: &str) -> YamlFault {
    let outline = Outline::new(text, at);
    let line = outline.line_of(at);
    let has = |words: &str| message.contains(words);
    let fault = if has("unexpected character") {
        unexpected_character(&outline, at, has("`\\u{"))
    } else if has("found a tab") || has("tab") && has("indentation") || has("tabs disallowed") || has("with a tab") {
        tab(&outline, line, at)
    } else if has("unknown escape") {
        escape(&outline, at)
    } else if has("multiline quoted scalar") || has("unclosed quote") || has("while scanning a quoted scalar") {
        open_quote(&outline, at)
    } else if has("mismatched bracket") || has("unclosed bracket") {
        open_bracket(&outline, at)
    } else if has("misplaced bracket") {
        closes_nothing(&outline, at)
    } else if has("unsupported tag") {
        tag(&outline, at)
    } else if has("unknown anchor") {
        let message = "this alias names an anchor that is not there";
        one(&outline, at, message, "a text that starts with `*` needs quotes; or write `&name` before the first value")
    } else if has("anchor or alias") {
        let message = format!("no text can start with `{}`", outline.char_at(at));
        one(&outline, at, message, "put the text in quotes")
    } else if has("must be separated") {
        one(
            &outline,
            at,
            "here a comment starts without a space before it",
            "put a space before the `#`, or the text in quotes",
        )
    } else if let Some(opener) = outline.flow().last().copied() {
        in_brackets(&outline, opener, at)
    } else if has("trailing content") || has("did not find expected key") && !outline.starts_line(at) {
        behind_a_value(&outline, at)
    } else if has("sequence entries") {
        one(&outline, at, "no list can start here", "start it on a new line, or write `[…, …]`")
    } else if has("mapping values are not allowed") && outline.has_key_before(at) {
        let help = "put a text with `: ` in it in quotes, or start a new line before the second name";
        one(&outline, at, "here a second `:` follows on one line", help)
    } else if has("mapping values are not allowed") || has("did not find expected key") || has("invalid indentation") {
        indentation(&outline, line)
    } else if has("document start") {
        outside(&outline, line)
    } else if has("did not find expected '-'") {
        indentation(&outline, line)
    } else if has("simple key") {
        look_alike(&outline, line).unwrap_or_else(|| no_pair(&outline, at))
    } else {
        let message = format!("this is not YAML that Candor reads: {}", message.trim());
        let help = "correct it; text with `: `, ` #`, or a sign such as `[`, `*` or `@` at its start needs quotes";
        one(&outline, at, message, help)
    };
    spread(&outline, fault)
}

/// A fault of one character.
fn one(outline: &Outline, at: usize, message: impl Into<String>, help: impl Into<String>) -> YamlFault {
    let length = outline.text[at..].chars().next().filter(|char| *char != '\n').map_or(0, char::len_utf8);
    let line = outline.line_of(at);
    YamlFault {
        start: at,
        end: at + length,
        message: message.into(),
        help: help.into(),
        lines: (line, line),
        slipped: false,
    }
}

fn no_pair(outline: &Outline, at: usize) -> YamlFault {
    one(outline, at, "this is no `name: value`", "write a `:` and a space after the name")
}

fn unexpected_character(outline: &Outline, at: usize, unprintable: bool) -> YamlFault {
    let control = |char: char| char.is_control() && !matches!(char, '\t' | '\r' | '\n');
    let unprintable = outline.text[at..].char_indices().find(|(_, char)| unprintable && control(*char));
    if let Some((offset, char)) = unprintable {
        let message = format!("here is a control character, U+{:04X}", char as u32);
        return one(outline, at + offset, message, "remove it: an editor may not show it");
    }
    if let Some(bracket) = outline.flow().last().filter(|bracket| !outline.is_closed(**bracket)) {
        return open_bracket(outline, *bracket);
    }
    let message = format!("no text can start with `{}`", outline.char_at(at));
    one(outline, at, message, "put the text in quotes")
}

/// The tab that indents this line or one of the next two: the parser may still have been in the text before.
fn tab(outline: &Outline, line: usize, at: usize) -> YamlFault {
    let indented_with_tab = |line: &usize| outline.lines.get(*line).is_some_and(|line| line.margin().contains('\t'));
    let Some(first) = (line..line + 3).find(indented_with_tab) else {
        return one(outline, at, "here is a tab where YAML knows none", "use spaces");
    };
    let last = (first..).take_while(indented_with_tab).last().unwrap_or(first);
    let tab = outline.lines[first].start + outline.lines[first].margin().find('\t').unwrap_or_default();
    let message = match last - first {
        0 => "this line is indented with a tab".to_owned(),
        1 => "this line and the next are indented with tabs".to_owned(),
        more => format!("this line and the next {more} are indented with tabs"),
    };
    let fault = one(outline, tab, message, "indent with spaces: YAML knows no tabs there");
    YamlFault { lines: (first, last), ..fault }
}

fn escape(outline: &Outline, at: usize) -> YamlFault {
    const KNOWN: &str = "0abt\tnvfre \"/\\N_LPxuU\n\r";
    let mut chars = outline.text[at..].char_indices();
    while let Some((offset, char)) = chars.next() {
        let Some((_, escaped)) = (char == '\\').then(|| chars.next()).flatten() else { continue };
        if !KNOWN.contains(escaped) {
            let message = format!("`\\{escaped}` means nothing between double quotes");
            let fault = one(
                outline,
                at + offset,
                message,
                "use single quotes, where a backslash is a backslash, or write `\\\\`",
            );
            return YamlFault { end: fault.end + escaped.len_utf8(), ..fault };
        }
    }
    one(outline, at, "between these quotes a `\\` is followed by what it cannot escape", "use single quotes")
}

fn open_quote(outline: &Outline, at: usize) -> YamlFault {
    let quote = outline.quote().unwrap_or(at);
    let help = match outline.char_at(quote) {
        '\'' => "close it with `'`; between single quotes, `''` is a quote",
        _ => "close it with `\"`; between double quotes, `\\\"` is a quote",
    };
    let fault = one(outline, quote, "this quote is not closed", help);
    until_dedent(outline, fault)
}

fn open_bracket(outline: &Outline, at: usize) -> YamlFault {
    if let Some(stray) = outline.stray_closer(at) {
        return closes_nothing(outline, stray);
    }
    let open = outline.char_at(at);
    let close = if open == '{' { '}' } else { ']' };
    until_dedent(outline, one(outline, at, format!("this `{open}` is not closed"), format!("close it with `{close}`")))
}

fn closes_nothing(outline: &Outline, at: usize) -> YamlFault {
    let message = format!("this `{}` closes nothing", outline.char_at(at));
    one(outline, at, message, "remove it, or open it before; text with brackets in it needs quotes")
}

fn tag(outline: &Outline, at: usize) -> YamlFault {
    let start = outline.text[..at].rfind(" !").map_or(at, |offset| offset + 1);
    let word = outline.text[start..].split([' ', '\n', ',']).next().unwrap_or_default();
    let message = format!("{} is a tag, and a catalogue has none", crate::finding::quote(word));
    let fault = one(outline, start, message, "remove it; a text that starts with `!` needs quotes");
    YamlFault { end: start + word.len(), ..fault }
}

/// Something is missing in a list or mapping in brackets: what closes it, or a comma.
fn in_brackets(outline: &Outline, opener: usize, at: usize) -> YamlFault {
    let close = outline.char_at(at);
    if matches!((outline.char_at(opener), close), ('{', ']') | ('[', '}')) {
        return closes_nothing(outline, at);
    }
    if !outline.is_closed(opener) {
        return open_bracket(outline, opener);
    }
    let help = "put a `,` before it; text with `: ` or `, ` in it needs quotes";
    let before = outline.text[..at].trim_end();
    let word = before.len()
        - before
            .chars()
            .rev()
            .take_while(|c| !c.is_whitespace() && !"{[,".contains(*c))
            .map(char::len_utf8)
            .sum::<usize>();
    let start = if outline.char_at(at) == ':' { word } else { at };
    let what = outline.text[start..].split([' ', ':', ',', ']', '}', '\n']).next().unwrap_or_default();
    let message = match what {
        "" => "before this, a `,` is missing".to_owned(),
        what => format!("before {}, a `,` is missing", crate::finding::quote(what)),
    };
    let fault = one(outline, start, message, help);
    YamlFault { end: start + what.len().max(1), ..fault }
}

/// Text after what is already whole: `[a-z]+`, `'it's'`.
fn behind_a_value(outline: &Outline, at: usize) -> YamlFault {
    // A quote that was left open is closed by the next one, wherever that is.
    if let Some(quote) = outline.quote_before(at).filter(|quote| outline.line_of(*quote) < outline.line_of(at)) {
        return open_quote(outline, quote);
    }
    let before = outline.text[..at].trim_end();
    match before.chars().last() {
        Some(close @ (']' | '}')) => {
            let start = outline.value_start(at);
            let message = format!("behind this, more text follows after the `{close}`");
            one(outline, start, message, "put the whole text in quotes")
        }
        Some(quote @ ('\'' | '"')) => {
            let help = match quote {
                '\'' => "write `''` for a quote between single quotes",
                _ => "write `\\\"` for a quote between double quotes, or put the whole text in single quotes",
            };
            one(outline, at, "more text follows after the closing quote", help)
        }
        _ => one(outline, at, "this does not belong to the value before it", "put a text with special signs in quotes"),
    }
}

/// A line that stands where none can: it, or the one before it, is indented wrongly.
fn indentation(outline: &Outline, line: usize) -> YamlFault {
    if let Some(fault) = look_alike(outline, line) {
        return fault;
    }
    let help = "indent what belongs together alike";
    let lines = &outline.lines;
    let indent = |line: usize| lines[line].indent();
    let before = outline.content_before(line);
    if let Some(before) = before.filter(|before| lines[*before].is_no_pair() && indent(*before) <= indent(line)) {
        return no_pair(outline, lines[before].start + indent(before));
    }
    let (blamed, other, side) = match before {
        None => (line, None, ""),
        Some(before) if is_odd(outline, before, line) => (before, Some(line), "after"),
        Some(before) => match slipped_name(outline, line) {
            Some(name) => (name, outline.content_after(name), "after"),
            None => (line, Some(before), "before"),
        },
    };
    let spaces = |line: usize| match indent(line) {
        0 => "not indented".to_owned(),
        1 => "indented by 1 space".to_owned(),
        number => format!("indented by {number} spaces"),
    };
    let message = match other {
        Some(other) if indent(other) != indent(blamed) => {
            format!("this line is {}, and the one {side} it is {}", spaces(blamed), spaces(other))
        }
        _ => "this line does not belong to what stands before it".to_owned(),
    };
    YamlFault { slipped: true, ..one(outline, lines[blamed].start + indent(blamed), message, help) }
}

/// A line that does not belong to the text any more: the first line of all is indented, or what is whole is over.
fn outside(outline: &Outline, line: usize) -> YamlFault {
    let first = outline.content_after(0).filter(|_| !outline.lines[0].has_content()).unwrap_or(0);
    match outline.lines[first].margin() {
        "" => one(
            outline,
            outline.lines[line].start,
            "this does not belong to what stands before it",
            "correct the line before it",
        ),
        margin if margin.contains('\t') => tab(outline, first, outline.lines[first].start),
        _ => {
            let fault = one(
                outline,
                outline.lines[first].start,
                "this line is indented, and the ones after it are not",
                "indent what belongs together alike",
            );
            YamlFault { slipped: true, ..fault }
        }
    }
}

/// Returns true if the line before the one that does not fit is the one to blame: the lines around it are indented
/// alike.
fn is_odd(outline: &Outline, before: usize, line: usize) -> bool {
    let lines = &outline.lines;
    let indent = |line: usize| lines[line].indent();
    let is_key = |line: usize| lines[line].key().is_some_and(|key| ROOT_KEYS.contains(&key));
    let Some(above) = outline.content_before(before) else { return false };
    let first = lines[above].is_bare_key();
    if indent(before) < indent(line) {
        let left_of_both = indent(above) > indent(before) && !(is_key(before) && is_key(line));
        if left_of_both || first && indent(above) == indent(before) {
            return true;
        }
    }
    let like_next = || outline.content_after(line).is_some_and(|after| indent(after) == indent(line));
    let uneven = indent(before) % 2 == 1 && indent(line) % 2 == 0;
    first && indent(before) > indent(above) && indent(before) != indent(line) && (uneven || like_next())
}

/// The name above that this line stands below though it is not as deep as the others there.
fn slipped_name(outline: &Outline, line: usize) -> Option<usize> {
    let lines = &outline.lines;
    let indent = lines[line].indent();
    let name = (0..line).rev().find(|above| lines[*above].has_content() && lines[*above].indent() < indent)?;
    let slipped = lines[name].is_bare_key() && lines[name].key().is_some_and(|key| !ROOT_KEYS.contains(&key));
    let above = outline.content_before(name).is_some_and(|above| lines[above].indent() >= indent);
    (slipped && above && lines[name].indent() == 0).then_some(name)
}

/// A character in the margin of this line or the one before that looks like a space.
fn look_alike(outline: &Outline, line: usize) -> Option<YamlFault> {
    let candidates = [outline.content_before(line), Some(line)].into_iter().flatten();
    candidates.into_iter().find_map(|line| {
        let line = &outline.lines[line];
        let start = line.start + line.indent();
        let char = outline.text[start..].chars().next()?;
        let alike = !char.is_ascii() && (char.is_whitespace() || matches!(char, '\u{200b}' | '\u{feff}'));
        alike.then(|| {
            let message = format!("here is a character that looks like a space, U+{:04X}", char as u32);
            one(outline, start, message, "use ordinary spaces")
        })
    })
}

/// With what is not closed, everything up to the next line that is no deeper.
fn until_dedent(outline: &Outline, fault: YamlFault) -> YamlFault {
    let first = outline.line_of(fault.start);
    YamlFault { lines: (first, outline.end_of_block(first, outline.lines[first].indent() + 1)), ..fault }
}

/// The lines that have to go with the wrong ones: the brackets around them, and what is below a name.
fn spread(outline: &Outline, mut fault: YamlFault) -> YamlFault {
    if let Some(outermost) = outline.flow().first() {
        let line = outline.line_of(*outermost);
        if line < fault.lines.0 {
            fault.lines = (line, outline.end_of_block(line, outline.lines[line].indent() + 1).max(fault.lines.1));
        }
    }
    let last = &outline.lines[fault.lines.1];
    let below = outline.content_after(fault.lines.1).map_or(0, |line| outline.lines[line].indent());
    let deeper = below > last.indent() || last.margin().contains('\t');
    // A line that slipped to the left has its neighbours to the right of it, and nothing below.
    let has_below = if fault.slipped || last.margin().contains('\t') { last.is_bare_key() } else { last.has_content() };
    if has_below && below > 0 && deeper {
        fault.lines.1 = outline.end_of_block(fault.lines.1, below);
    }
    fault
}
