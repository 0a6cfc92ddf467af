//! JSON texts one after the other: lines (NDJSON), or documents of many lines as `jq .` and console exporters print them.

use crate::json::Json;
use crate::json::read::{Fault, Reader};
use crate::weight::Window;

/// One of the JSON texts of a file.
#[derive(Debug)]
pub(crate) struct Document<'b> {
    /// The line that it begins in, from 1.
    pub line: usize,
    /// True if it is all that the file holds.
    pub is_only: bool,
    /// The text as it is written, up to where the next one may begin.
    pub text: &'b [u8],
    /// The value, unless it cannot be read.
    pub json: Result<Json, Unread>,
}

/// The reason why a JSON text was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is broken: what is wrong with it.
    NotJson(String),
    /// It may take more memory than one text is given.
    TooLarge,
}

/// Every JSON text of a file, each read in about `most` bytes of memory. Behind a broken one, and one that takes more,
/// reading goes on with the next line that begins one.
pub(crate) fn documents(bytes: &[u8], most: usize) -> impl Iterator<Item = Document<'_>> {
    let window = Window::new(bytes, most);
    let patience = bytes.len().saturating_mul(8);
    let mut documents = Documents { bytes, window, at: 0, line: 1, counted: 0, is_first: true, patience };
    std::iter::from_fn(move || documents.next())
}

struct Documents<'b> {
    bytes: &'b [u8],
    /// The limit up to which each may be read.
    window: Window<'b>,
    at: usize,
    line: usize,
    /// Up to where lines were counted.
    counted: usize,
    is_first: bool,
    /// The number of bytes of broken documents that may still be read before each has to end with its line. A file of
    /// brackets that nothing closes would be read once per line.
    patience: usize,
}

impl<'b> Documents<'b> {
    fn next(&mut self) -> Option<Document<'b>> {
        let mut reader = Reader::new(self.bytes, self.at);
        reader.skip_space();
        if reader.is_at_end() {
            return None;
        }
        let start = reader.position();
        let line = self.line_of(start);
        let json = self.read(start);
        let mut rest = Reader::new(self.bytes, self.at);
        rest.skip_space();
        let is_only = self.is_first && rest.is_at_end();
        self.is_first = false;
        Some(Document { line, is_only, text: &self.bytes[start..self.at], json })
    }

    fn read(&mut self, start: usize) -> Result<Json, Unread> {
        let affordable = self.window.end(start);
        let end = if self.patience > 0 { self.bytes.len() } else { self.line_end(start) };
        let mut reader = Reader::new(&self.bytes[..end.min(affordable)], start);
        match reader.document() {
            Ok(json) => {
                self.at = reader.position();
                Ok(json)
            }
            Err(fault) => {
                self.patience = self.patience.saturating_sub(fault.at - start);
                self.at = self.next_beginning(start);
                if affordable < end && fault.at >= affordable {
                    return Err(Unread::TooLarge);
                }
                let fault = self.cut(start, end).unwrap_or(fault);
                Err(Unread::NotJson(fault.describe(self.bytes, start)))
            }
        }
    }

    /// Returns the fault of a text that would go on into the next one.
    fn cut(&self, start: usize, end: usize) -> Option<Fault> {
        let own = self.bytes[..self.at.min(end)].trim_ascii_end();
        Reader::new(own, start).document().err().filter(|_| start < own.len())
    }

    /// The line of a place. Places only go up.
    fn line_of(&mut self, at: usize) -> usize {
        self.line += self.bytes[self.counted..at].iter().filter(|byte| **byte == b'\n').count();
        self.counted = at;
        self.line
    }

    fn line_end(&self, at: usize) -> usize {
        self.bytes[at..].iter().position(|byte| *byte == b'\n').map_or(self.bytes.len(), |length| at + length)
    }

    /// The next line behind `at` that begins with a list or an object.
    fn next_beginning(&self, at: usize) -> usize {
        let mut at = self.line_end(at);
        while at < self.bytes.len() {
            let line = &self.bytes[at + 1..];
            let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
            if line.first().is_some_and(|byte| matches!(byte, b'{' | b'[')) {
                return at + 1;
            }
            at = self.line_end(at + 1);
        }
        at
    }
}
