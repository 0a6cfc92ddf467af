//! JSON text as it was written: members in their order, none lost when a key is there twice, numbers as their digits.
//!
//! It reads the JSON text inside an attribute's value, on the way of every signal: it borrows from that text, keeps digits
//! as they are for the sieve, and gives up on text that is no JSON, because then the attribute is refused as a whole.
//! `candor_validate` has a reader of its own (`validate/src/json.rs`) for foreign files. It takes bytes of any encoding,
//! weighs them before it reads, and turns one bad value into one finding without giving up on the rest. What the two
//! have in common, escapes, stands in `escape.rs`; the conformance vectors hold them to one meaning.

use std::borrow::Cow;

use crate::escape::{EscapeFault, unescape};
use crate::given::{Given, Look};

/// A JSON value that borrows from its text.
#[derive(Debug, Clone, PartialEq)]
pub enum JsonValue<'t> {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number as it is written.
    Number(&'t str),
    /// A text without its escapes.
    Text(Cow<'t, str>),
    /// A text with half a surrogate pair, which no text can hold.
    Broken,
    /// The items of a list.
    List(Vec<JsonValue<'t>>),
    /// The members of an object.
    Object(Vec<(Cow<'t, str>, JsonValue<'t>)>),
}

impl<'t> JsonValue<'t> {
    /// Deepest nesting that is read.
    pub const DEEPEST: usize = 128;

    /// Reads one JSON text (RFC 8259). `None` where it is none, or is nested deeper than [`JsonValue::DEEPEST`].
    pub fn parse(text: &'t str) -> Option<Self> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0)?;
        reader.skip_space();
        (reader.at == text.len()).then_some(value)
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Option<JsonValue<'t>> {
        if depth > JsonValue::DEEPEST {
            return None;
        }
        self.skip_space();
        match self.peek()? {
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b'"' => Some(self.text()?.map_or(JsonValue::Broken, JsonValue::Text)),
            b'-' | b'0'..=b'9' => self.number().map(JsonValue::Number),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Option<JsonValue<'t>> {
        let words =
            [("null", JsonValue::Null), ("true", JsonValue::Boolean(true)), ("false", JsonValue::Boolean(false))];
        let (word, value) = words.into_iter().find(|(word, _)| self.text[self.at..].starts_with(word))?;
        self.at += word.len();
        Some(value)
    }

    fn list(&mut self, depth: usize) -> Option<JsonValue<'t>> {
        let mut items = Vec::new();
        self.sequence(b'[', b']', |reader| {
            items.push(reader.value(depth + 1)?);
            Some(())
        })?;
        Some(JsonValue::List(items))
    }

    fn object(&mut self, depth: usize) -> Option<JsonValue<'t>> {
        let mut members = Vec::new();
        self.sequence(b'{', b'}', |reader| {
            // A broken key is no key of any catalogue, whatever it is called.
            let key = reader.text()?.unwrap_or(Cow::Borrowed("\u{fffd}"));
            reader.skip_space();
            reader.take(b':')?;
            members.push((key, reader.value(depth + 1)?));
            Some(())
        })?;
        Some(JsonValue::Object(members))
    }

    /// Reads what stands between two brackets, separated by commas.
    fn sequence(&mut self, open: u8, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(open)?;
        self.skip_space();
        if self.take(close).is_some() {
            return Some(());
        }
        loop {
            self.skip_space();
            item(self)?;
            self.skip_space();
            if self.take(b',').is_none() {
                return self.take(close);
            }
        }
    }

    fn number(&mut self) -> Option<&'t str> {
        let start = self.at;
        let _ = self.take(b'-');
        let first = self.peek();
        let whole = self.digits();
        if whole == 0 || (first == Some(b'0') && whole > 1) {
            return None;
        }
        if self.take(b'.').is_some() && self.digits() == 0 {
            return None;
        }
        if self.take(b'e').or_else(|| self.take(b'E')).is_some() {
            let _ = self.take(b'+').or_else(|| self.take(b'-'));
            if self.digits() == 0 {
                return None;
            }
        }
        Some(&self.text[start..self.at])
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    /// A string; `Some(None)` where it holds half a surrogate pair.
    fn text(&mut self) -> Option<Option<Cow<'t, str>>> {
        self.take(b'"')?;
        let start = self.at;
        let mut unescaped: Option<String> = None;
        let mut is_whole = true;
        loop {
            let plain = self.at;
            while !matches!(self.peek()?, b'"' | b'\\' | 0..0x20) {
                self.at += 1;
            }
            if let Some(text) = &mut unescaped {
                text.push_str(&self.text[plain..self.at]);
            }
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    let text = unescaped.get_or_insert_with(|| self.text[start..self.at].to_owned());
                    let (char, length) = unescape(&self.text.as_bytes()[self.at..]);
                    self.at += length;
                    match char {
                        Ok(char) => text.push(char),
                        Err(EscapeFault::LoneSurrogate) => is_whole = false,
                        Err(EscapeFault::Unknown) => return None,
                    }
                }
                _ => return None, // a control character
            }
        }
        let end = self.at;
        self.at += 1;
        let text = unescaped.map_or(Cow::Borrowed(&self.text[start..end]), Cow::Owned);
        Some(is_whole.then_some(text))
    }
}

impl<'j> Given<'j> for &'j JsonValue<'j> {
    type Items = std::slice::Iter<'j, JsonValue<'j>>;
    type Fields = std::iter::Map<
        std::slice::Iter<'j, (Cow<'j, str>, JsonValue<'j>)>,
        fn(&'j (Cow<'j, str>, JsonValue<'j>)) -> (&'j str, &'j JsonValue<'j>),
    >;

    fn look(self) -> Look<'j, Self::Items, Self::Fields> {
        match self {
            JsonValue::Null => Look::Absent,
            JsonValue::Boolean(value) => Look::Boolean(*value),
            JsonValue::Number(digits) => Look::Digits(digits),
            JsonValue::Text(text) => Look::Text(text),
            JsonValue::Broken => Look::Unfit,
            JsonValue::List(items) => Look::List(items.iter()),
            JsonValue::Object(members) => Look::Object(members.iter().map(|(key, value)| (key, value))),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<JsonValue<'_>>) {
        assert_eq!(JsonValue::parse(text), expected, "{text}");
    }

    #[test]
    fn values() {
        check(" null ", Some(JsonValue::Null));
        check("[1.50,-0]", Some(JsonValue::List(vec![JsonValue::Number("1.50"), JsonValue::Number("-0")])));
        let member = |key: &'static str, value| (Cow::Borrowed(key), value);
        let members = vec![member("a", JsonValue::Boolean(true)), member("a", JsonValue::Null)];
        check(r#"{"a":true,"\u0061":null}"#, Some(JsonValue::Object(members)));
        check(r#""\ud83e\udd80\n""#, Some(JsonValue::Text("🦀\n".into())));
        check(r#"["\ud83e","\udd80","\ud83e\u0041"]"#, Some(JsonValue::List(vec![const { JsonValue::Broken }; 3])));
    }

    #[test]
    fn what_is_no_json() {
        for text in
            ["", "nul", "[1,]", "{\"a\" 1}", "01", "1.", ".5", "1e", "\"\u{1}\"", "\"\\x\"", "\"", "[1] 2", "NaN"]
        {
            check(text, None);
        }
        check(&"[".repeat(100_000), None);
        check(&("[".repeat(128) + &"]".repeat(128)), JsonValue::parse(&("[".repeat(128) + &"]".repeat(128))));
    }

    proptest! {
        /// Ends on any input, and agrees with the `regex`-free rules of `str::parse` on numbers.
        #[test]
        fn any_text_gets_an_answer(text in "[\\[\\]{}:,\"\\\\u0-9a-f.eE+ -]{0,40}") {
            if let Some(JsonValue::Number(digits)) = JsonValue::parse(&text) {
                prop_assert!(digits.parse::<f64>().is_ok());
            }
        }
    }
}
