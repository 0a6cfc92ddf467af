//! Reads JSON text without giving up on all of it for one bad value.
//!
//! A value that JSON cannot hold whole (a lone surrogate, bytes that are not UTF-8, `NaN`, a number too large, nesting
//! too deep) becomes a [`Broken`] value in its place; everything around it is read. Only broken structure is an error.

use candor_domain::{EscapeFault, unescape};

use crate::engine::number::Number as Read;
use crate::engine::text::special;
use crate::json::{Broken, Json};

/// Deepest nesting of lists and objects, as in serde_json.
const DEEPEST: usize = 128;

/// A place in a text.
#[derive(Debug, Clone)]
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

/// Broken structure: what was expected, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    what: &'static str,
    pub at: usize,
}

type Outcome<T> = Result<T, Fault>;

impl<'b> Reader<'b> {
    pub fn new(bytes: &'b [u8], at: usize) -> Self {
        Reader { bytes, at }
    }

    /// Counts the bytes that were read.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Passes whitespace and byte order marks.
    pub fn skip_space(&mut self) {
        const MARK: &[u8] = "\u{feff}".as_bytes();
        loop {
            self.skip_whitespace();
            match self.rest().starts_with(MARK) {
                true => self.at += MARK.len(),
                false => return,
            }
        }
    }

    pub fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// A document of its own: unlike a value inside of one, it is no bare word.
    pub fn document(&mut self) -> Outcome<Json> {
        let start = self.at;
        match self.value(0)? {
            json if json.broken() == Some(Broken::NotJson) => Err(Fault { what: "expected value", at: start }),
            json => Ok(json),
        }
    }

    /// Returns the fault of a text that goes on where it should have ended.
    pub fn surplus(&self) -> Fault {
        Fault { what: "trailing characters", at: self.at }
    }

    fn value(&mut self, depth: usize) -> Outcome<Json> {
        match self.peek() {
            None => self.fault("EOF while parsing a value"),
            Some(b'"') => self.text().map(|(text, broken)| whole_or_broken(text, broken)),
            Some(b'{' | b'[') if depth + 1 >= DEEPEST => self.too_deep(),
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.list(depth + 1),
            Some(_) => self.word(),
        }
    }

    fn object(&mut self, depth: usize) -> Outcome<Json> {
        let mut members = Vec::new();
        let mut more = self.open(b'}');
        while more {
            match self.peek() {
                Some(b'"') => {}
                Some(_) => return self.fault("expected a key in quotes"),
                None => return self.fault("EOF while parsing an object"),
            }
            let (key, _) = self.text()?;
            self.skip_whitespace();
            if self.peek() != Some(b':') {
                return self.fault("expected `:`");
            }
            self.at += 1;
            self.skip_whitespace();
            members.push((key, self.value(depth)?));
            more = self.next(b'}', "expected `,` or `}`")?;
        }
        Ok(Json::Object(members))
    }

    fn list(&mut self, depth: usize) -> Outcome<Json> {
        let mut items = Vec::new();
        let mut more = self.open(b']');
        while more {
            items.push(self.value(depth)?);
            more = self.next(b']', "expected `,` or `]`")?;
        }
        Ok(Json::List(items))
    }

    /// Enters a list or an object. Says whether there is anything in it.
    fn open(&mut self, closing: u8) -> bool {
        self.at += 1;
        self.skip_whitespace();
        let is_empty = self.peek() == Some(closing);
        self.at += usize::from(is_empty);
        !is_empty
    }

    /// Behind a value: whether another one follows. If not, the list or object is left.
    fn next(&mut self, closing: u8, expected: &'static str) -> Outcome<bool> {
        self.skip_whitespace();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.skip_whitespace();
                if self.peek() == Some(closing) { self.fault("trailing comma") } else { Ok(true) }
            }
            Some(byte) if byte == closing => {
                self.at += 1;
                Ok(false)
            }
            Some(_) => self.fault(expected),
            None if closing == b'}' => self.fault("EOF while parsing an object"),
            None => self.fault("EOF while parsing a list"),
        }
    }

    /// A text, as near as characters come to it, and what is wrong with it.
    fn text(&mut self) -> Outcome<(String, Option<Broken>)> {
        self.at += 1;
        let mut bytes = Vec::new();
        let mut broken = None;
        loop {
            let plain = special(self.rest());
            bytes.extend_from_slice(&self.rest()[..plain]);
            self.at += plain;
            match self.peek() {
                None => return self.fault("EOF while parsing a string"),
                Some(b'"') => break,
                Some(b'\\') => self.escape(&mut bytes, &mut broken),
                Some(control) => {
                    broken.get_or_insert(Broken::ControlCharacter);
                    bytes.push(control);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        match String::from_utf8(bytes) {
            Ok(text) => Ok((text, broken)),
            Err(error) => Ok((String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(Broken::NotUtf8))),
        }
    }

    fn escape(&mut self, bytes: &mut Vec<u8>, broken: &mut Option<Broken>) {
        let (character, length) = unescape(self.rest());
        let character = character.unwrap_or_else(|fault| {
            broken.get_or_insert(match fault {
                EscapeFault::LoneSurrogate => Broken::LoneSurrogate,
                EscapeFault::Unknown => Broken::Escape,
            });
            char::REPLACEMENT_CHARACTER
        });
        bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        self.at += length;
    }

    /// `true`, `false`, `null`, a number, or a bare word that is none of them.
    fn word(&mut self) -> Outcome<Json> {
        let start = self.at;
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_' | b'#');
        let word = &self.bytes[start..start + self.rest().iter().take_while(is_part).count()];
        if word.is_empty() {
            return self.fault("expected value");
        }
        self.at += word.len();
        Ok(match word {
            b"true" => Json::Bool(true),
            b"false" => Json::Bool(false),
            b"null" => Json::Null,
            _ => number(word),
        })
    }

    /// Passes a list or an object without recursion; it stays as the text that it is.
    fn too_deep(&mut self) -> Outcome<Json> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                None => return self.fault("EOF while parsing a list or an object"),
                Some(b'"') => {
                    self.text()?;
                    continue;
                }
                Some(b'{' | b'[') => depth += 1,
                Some(b'}' | b']') => depth -= 1,
                Some(_) => {}
            }
            self.at += 1;
            if depth == 0 {
                let text = String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned();
                return Ok(Json::of_broken(Broken::TooDeep, text));
            }
        }
    }

    fn skip_whitespace(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'b [u8] {
        &self.bytes[self.at..]
    }

    fn fault<T>(&self, what: &'static str) -> Outcome<T> {
        Err(Fault { what, at: self.at })
    }
}

impl Fault {
    /// In words, with the line and the column, counted from `start`.
    pub fn describe(&self, bytes: &[u8], start: usize) -> String {
        let before = &bytes[start..self.at];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        format!("{} at line {line} column {column}", self.what)
    }
}

fn whole_or_broken(text: String, broken: Option<Broken>) -> Json {
    match broken {
        None => Json::Text(text),
        Some(broken) => Json::of_broken(broken, text),
    }
}

/// A number: exact when it is whole and has at most 64 bits, else the nearest double.
fn number(word: &[u8]) -> Json {
    let text = String::from_utf8_lossy(word);
    match Read::read(word) {
        Some((number, length)) if length == word.len() => match number {
            Read::Whole(value) => Json::whole(value),
            Read::Double(value) => Json::double(value),
            Read::Beyond(value) => Json::double(outside(value)),
        },
        _ if word.last().is_some_and(u8::is_ascii_digit) && text.parse().is_ok_and(f64::is_infinite) => {
            Json::of_broken(Broken::TooLarge, text.into_owned())
        }
        _ => Json::of_broken(Broken::NotJson, text.into_owned()),
    }
}

/// A whole number below 64 bits must not become their smallest by being rounded.
fn outside(value: f64) -> f64 {
    if value == i64::MIN as f64 { value.next_down() } else { value }
}
