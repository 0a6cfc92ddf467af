//! The lines of a text, and which brackets and quotes are open at a place in it. It knows as much of YAML as is needed to
//! find a mistake in a text that is none.

/// A text up to a place.
pub(crate) struct Outline<'t> {
    pub text: &'t str,
    pub lines: Vec<Line<'t>>,
    open: Unclosed,
}

/// One line, without what ends it.
pub(crate) struct Line<'t> {
    pub start: usize,
    pub text: &'t str,
}

/// What is open: brackets from the outermost inwards, and a quote in them.
#[derive(Default)]
struct Unclosed {
    brackets: Vec<usize>,
    quote: Option<usize>,
    /// The last quoted text before: where it starts and ends.
    quoted: Option<(usize, usize)>,
}

impl<'t> Outline<'t> {
    pub fn new(text: &'t str, at: usize) -> Self {
        let mut start = 0;
        let lines = text.split('\n').map(|line| {
            let this = Line { start, text: line.strip_suffix('\r').unwrap_or(line) };
            start += line.len() + 1;
            this
        });
        let lines: Vec<_> = lines.collect();
        let open = Unclosed::scan(text, &lines, at);
        Outline { text, lines, open }
    }

    /// The brackets that are open, from the outermost inwards.
    pub fn flow(&self) -> &[usize] {
        &self.open.brackets
    }

    /// The quote that is open.
    pub fn quote(&self) -> Option<usize> {
        self.open.quote
    }

    /// Where the quoted text starts that ends right before this place.
    pub fn quote_before(&self, at: usize) -> Option<usize> {
        let (start, end) = self.open.quoted?;
        self.text[end..at].trim().is_empty().then_some(start)
    }

    pub fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.start <= at).saturating_sub(1)
    }

    pub fn char_at(&self, at: usize) -> char {
        self.text[at..].chars().next().unwrap_or(' ')
    }

    /// Whether nothing stands before this place on its line.
    pub fn starts_line(&self, at: usize) -> bool {
        self.text[self.lines[self.line_of(at)].start..at].trim().is_empty()
    }

    /// Whether a `name: ` stands before this place on its line.
    pub fn has_key_before(&self, at: usize) -> bool {
        self.text[self.lines[self.line_of(at)].start..at].contains(": ")
    }

    /// Where the value starts that this place is in or behind, on its line.
    pub fn value_start(&self, at: usize) -> usize {
        let line = &self.lines[self.line_of(at)];
        let key = self.text[line.start..at].find(": ").map_or(line.indent(), |colon| colon + 2);
        let value = &self.text[line.start + key..at];
        line.start + key + (value.len() - value.trim_start().len())
    }

    /// Whether the bracket here is closed before a line follows that is no deeper than its own.
    pub fn is_closed(&self, bracket: usize) -> bool {
        let line = self.line_of(bracket);
        let last = self.end_of_block(line, self.lines[line].indent() + 1);
        let end = self.lines[last].start + self.lines[last].text.len();
        Unclosed::default().flow(self.text, bracket, end).is_some()
    }

    /// What closes nothing behind this bracket, when all is well without it.
    pub fn stray_closer(&self, bracket: usize) -> Option<usize> {
        let line = self.line_of(bracket);
        let last = &self.lines[self.end_of_block(line, self.lines[line].indent() + 1)];
        let mut token = Token { text: self.text, at: bracket, fresh: true };
        let (mut open, mut stray) = (Vec::new(), None);
        while let Some((start, char)) = token.next_in_flow(last.start + last.text.len()) {
            match char {
                '[' => open.push(']'),
                '{' => open.push('}'),
                ']' | '}' if open.last() == Some(&char) => drop(open.pop()),
                ']' | '}' => stray = stray.or(Some(start)),
                _ => (token.at, token.fresh) = (end_of_quote(self.text, start, self.text.len())?, false),
            }
            if open.is_empty() {
                return stray;
            }
        }
        None
    }

    /// The line before this one that is neither empty nor a comment.
    pub fn content_before(&self, line: usize) -> Option<usize> {
        (0..line).rev().find(|line| self.lines[*line].has_content())
    }

    /// The line after this one that is neither empty nor a comment.
    pub fn content_after(&self, line: usize) -> Option<usize> {
        (line + 1..self.lines.len()).find(|line| self.lines[*line].has_content())
    }

    /// The last line of those that follow and are indented so far, or only close brackets.
    pub fn end_of_block(&self, line: usize, indent: usize) -> usize {
        let mut last = line;
        for (number, line) in self.lines.iter().enumerate().skip(line + 1).filter(|(_, line)| line.has_content()) {
            let closes = line.indent() + 1 == indent && line.text.trim().chars().all(|char| "]}, ".contains(char));
            if line.indent() < indent && !closes && !line.margin().contains('\t') {
                break;
            }
            last = number;
        }
        last
    }
}

impl<'t> Line<'t> {
    /// How many spaces stand before everything else.
    pub fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start_matches(' ').len()
    }

    /// What stands before the first character that can be seen.
    pub fn margin(&self) -> &'t str {
        &self.text[..self.text.len() - self.text.trim_start().len()]
    }

    pub fn has_content(&self) -> bool {
        let text = self.text.trim();
        !text.is_empty() && !text.starts_with('#')
    }

    /// The name before the `:`, when the line starts with one.
    pub fn key(&self) -> Option<&'t str> {
        let (key, _) = self.text.split_once(':')?;
        Some(key.trim().trim_matches(['"', '\''])).filter(|key| !key.is_empty())
    }

    /// Whether there is no name with something behind it.
    pub fn is_no_pair(&self) -> bool {
        self.has_content() && !self.is_bare_key() && !self.text.contains(": ")
    }

    /// Whether there is a name, and what it names can only be below.
    pub fn is_bare_key(&self) -> bool {
        let text = self.text.split(" #").next().unwrap_or_default().trim_end();
        let block = [": |", ": >", ": |-", ": >-", ": |+", ": >+"];
        self.has_content() && (text.ends_with(':') || block.iter().any(|block| text.ends_with(block)))
    }
}

impl Unclosed {
    /// What is open at a place of the text.
    fn scan(text: &str, lines: &[Line], at: usize) -> Unclosed {
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
    fn flow(&mut self, text: &str, bracket: usize, at: usize) -> Option<usize> {
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

/// A walk through a text that stops at what opens or closes something.
struct Token<'t> {
    text: &'t str,
    at: usize,
    /// Whether a value may start here.
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
