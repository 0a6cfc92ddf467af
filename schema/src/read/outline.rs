//! The outline of a text: its lines, how they are indented, and which brackets and quotes are open at a place.
//!
//! It knows as much of YAML as is needed to find a mistake in a text that is none.

use super::brackets::{Unclosed, stray_closer};
use super::line::Line;

/// A text up to a place.
pub(crate) struct Outline<'t> {
    pub text: &'t str,
    pub lines: Vec<Line<'t>>,
    open: Unclosed,
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

    /// Returns the start of the quoted text that ends right before this place.
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

    /// Returns true if nothing stands before this place on its line.
    pub fn starts_line(&self, at: usize) -> bool {
        self.text[self.lines[self.line_of(at)].start..at].trim().is_empty()
    }

    /// Returns true if a `name: ` stands before this place on its line.
    pub fn has_key_before(&self, at: usize) -> bool {
        self.text[self.lines[self.line_of(at)].start..at].contains(": ")
    }

    /// Returns the start of the value that this place is in or behind, on its line.
    pub fn value_start(&self, at: usize) -> usize {
        let line = &self.lines[self.line_of(at)];
        let key = self.text[line.start..at].find(": ").map_or(line.indent(), |colon| colon + 2);
        let value = &self.text[line.start + key..at];
        line.start + key + (value.len() - value.trim_start().len())
    }

    /// Returns true if the bracket here is closed before a line follows that is no deeper than its own.
    pub fn is_closed(&self, bracket: usize) -> bool {
        let line = self.line_of(bracket);
        let last = self.end_of_block(line, self.lines[line].indent() + 1);
        let end = self.lines[last].start + self.lines[last].text.len();
        Unclosed::default().flow(self.text, bracket, end).is_some()
    }

    /// Finds a closing bracket behind this one that closes nothing, when all is well without it.
    pub fn stray_closer(&self, bracket: usize) -> Option<usize> {
        let line = self.line_of(bracket);
        let last = &self.lines[self.end_of_block(line, self.lines[line].indent() + 1)];
        stray_closer(self.text, bracket, last.start + last.text.len())
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
