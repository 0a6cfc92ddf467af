//! Finds the brackets and quotes that are open at a place of a text.

use super::line::Line;

/// The open brackets from the outermost inwards, and a quote in them.
#[derive(Default)]
pub(super) struct Unclosed {
    pub brackets: Vec<usize>,
    pub quote: Option<usize>,
    /// The last quoted text before: where it starts and ends.
    pub quoted: Option<(usize, usize)>,
}

impl Unclosed {
    /// Finds the brackets and quotes that are open at a place of the text.
    pub fn scan(text: &str, lines: &[Line], at: usize) -> Unclosed {
        let mut open = Unclosed::default();
        let mut skip_deeper = None;
        let mut resume = 0;
        for line in lines.iter().take_while(|line| line.start <= at) {
            let end = (line.start + line.text.len()).min(at);
            let skipped = skip_deeper.is_some_and(|indent| line.indent() > indent);
            if resume > line.start + line.text.len() || !line.has_content() || skipped {
                continue;
            }
            skip_deeper = None;
            let mut token = Token { text, at: resume.max(line.start), fresh: true };
            while let Some((start, char)) = token.next(end) {
                token.fresh = false;
                let end = match char {
                    '|' | '>' => {
                        skip_deeper = Some(line.indent());
                        break;
                    }
                    '"' | '\'' => open.quoted_text(text, start, at),
                    _ => open.flow(text, start, at),
                };
                match end {
                    Some(end) => token.at = end,
                    None => return open,
                }
            }
            resume = token.at;
        }
        open
    }

    /// Reads from a bracket to behind what closes it, when that is before `at`.
    pub fn flow(&mut self, text: &str, bracket: usize, at: usize) -> Option<usize> {
        let mut token = Token { text, at: bracket, fresh: true };
        while let Some((start, char)) = token.next_in_flow(at) {
            match char {
                '[' | '{' => self.brackets.push(start),
                ']' | '}' => {
                    self.brackets.pop();
                    if self.brackets.is_empty() {
                        return Some(token.at);
                    }
                }
                _ => (token.at, token.fresh) = (self.quoted_text(text, start, at)?, false),
            }
        }
        None
    }

    /// Reads from a quote to behind what closes it, when that is before `at`.
    fn quoted_text(&mut self, text: &str, start: usize, at: usize) -> Option<usize> {
        let end = end_of_quote(text, start, at);
        match end {
            Some(end) => self.quoted = Some((start, end)),
            None => self.quote = Some(start),
        }
        end
    }
}

/// The closing bracket before `end` that closes nothing, when all is well without it. `bracket` is an opening one.
pub(super) fn stray_closer(text: &str, bracket: usize, end: usize) -> Option<usize> {
    let mut token = Token { text, at: bracket, fresh: true };
    let (mut open, mut stray) = (Vec::new(), None);
    while let Some((start, char)) = token.next_in_flow(end) {
        match char {
            '[' => open.push(']'),
            '{' => open.push('}'),
            ']' | '}' if open.last() == Some(&char) => drop(open.pop()),
            ']' | '}' => stray = stray.or(Some(start)),
            _ => (token.at, token.fresh) = (end_of_quote(text, start, text.len())?, false),
        }
        if open.is_empty() {
            return stray;
        }
    }
    None
}

/// A walk through a text that stops at what opens or closes something.
struct Token<'t> {
    text: &'t str,
    at: usize,
    /// True if a value may start here.
    fresh: bool,
}

impl Token<'_> {
    /// The next bracket, quote or sign of a block text that starts a value, on this line.
    fn next(&mut self, end: usize) -> Option<(usize, char)> {
        while self.at < end {
            let start = self.at;
            let char = self.step()?;
            let spaced = self.text[self.at..].starts_with([' ', '\n', '\r']) || self.at >= end;
            match char {
                '#' if start == 0 || self.text[..start].ends_with([' ', '\t', '\n']) => self.at = end,
                '[' | '{' | '"' | '\'' | '|' | '>' if self.fresh => return Some((start, char)),
                '&' | '!' if self.fresh => self.skip_word(end),
                ' ' => {}
                ':' | '-' | '?' if spaced => self.fresh = true,
                _ => self.fresh = false,
            }
        }
        None
    }

    /// The same between brackets, where lines do not count.
    fn next_in_flow(&mut self, end: usize) -> Option<(usize, char)> {
        while self.at < end {
            let start = self.at;
            let char = self.step()?;
            match char {
                '#' if self.text[..start].ends_with([' ', '\t', '\n']) => {
                    self.at = self.text[start..].find('\n').map_or(end, |newline| start + newline);
                }
                '[' | '{' => {
                    self.fresh = true;
                    return Some((start, char));
                }
                ']' | '}' => {
                    self.fresh = false;
                    return Some((start, char));
                }
                '"' | '\'' if self.fresh => return Some((start, char)),
                ',' => self.fresh = true,
                ':' if self.text[self.at..].starts_with([' ', '\n', '\r']) => self.fresh = true,
                char if char.is_whitespace() => {}
                _ => self.fresh = false,
            }
        }
        None
    }

    fn step(&mut self) -> Option<char> {
        let char = self.text[self.at..].chars().next()?;
        self.at += char.len_utf8();
        Some(char)
    }

    fn skip_word(&mut self, end: usize) {
        self.at = self.text[self.at..end].find(' ').map_or(end, |space| self.at + space);
    }
}

/// The place behind the quote that closes the one here, when that is before `at`.
fn end_of_quote(text: &str, start: usize, at: usize) -> Option<usize> {
    let quote = text[start..].chars().next()?;
    let mut chars = text[start + 1..at.max(start + 1)].char_indices().peekable();
    while let Some((offset, char)) = chars.next() {
        match char {
            '\\' if quote == '"' => drop(chars.next()),
            char if char == quote => {
                if quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == '\'') {
                    chars.next();
                    continue;
                }
                return Some(start + 1 + offset + 1);
            }
            _ => {}
        }
    }
    None
}
