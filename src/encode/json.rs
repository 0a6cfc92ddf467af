//! JSON text, compact.

use std::io::Write;

use super::{At, Buffer, Encoder};
use crate::filter::Outcome;

/// Appends JSON to a buffer. Commas follow from the last byte: a value never ends in `{`, `[` or `:`.
pub(crate) struct JsonEncoder<'b> {
    pub out: &'b mut Buffer,
}

impl JsonEncoder<'_> {
    /// What stands before a value.
    fn begin(&mut self, at: At<'_>) {
        match at {
            At::Attribute(name) | At::Field(name) => {
                self.separate();
                quote(self.out, name);
                self.out.push(b':');
            }
            At::Item => self.separate(),
            At::Text => {}
        }
    }

    fn separate(&mut self) {
        if !matches!(self.out.bytes().last(), Some(b'{' | b'[' | b':')) {
            self.out.push(b',');
        }
    }
}

impl Encoder for JsonEncoder<'_> {
    type Mark = usize;
    type Open = ();

    fn mark(&self) -> usize {
        self.out.len()
    }

    fn rewind(&mut self, mark: usize) {
        if !self.out.is_full() {
            self.out.rewind(mark);
        }
    }

    fn string(&mut self, at: At<'_>, value: &str) {
        self.begin(at);
        quote(self.out, value);
    }

    fn boolean(&mut self, at: At<'_>, value: bool) {
        self.begin(at);
        self.out.put(if value { b"true" } else { b"false" });
    }

    fn int(&mut self, at: At<'_>, value: i64) {
        self.begin(at);
        self.out.put(itoa::Buffer::new().format(value).as_bytes());
    }

    fn double(&mut self, at: At<'_>, value: f64) {
        self.begin(at);
        let _ = write!(self.out, "{value:?}"); // a buffer does not fail
    }

    fn begin_list(&mut self, at: At<'_>) {
        self.begin(at);
        self.out.push(b'[');
    }

    fn end_list(&mut self, (): ()) {
        self.out.push(b']');
    }

    fn begin_object(&mut self, at: At<'_>) {
        self.begin(at);
        self.out.push(b'{');
    }

    fn end_object(&mut self, (): ()) {
        self.out.push(b'}');
    }

    fn json(&mut self, at: At<'_>, write: impl FnOnce(&mut JsonEncoder<'_>, At<'_>) -> Outcome) -> Outcome {
        write(self, at)
    }
}

/// Appends a JSON string.
pub(crate) fn quote(out: &mut Buffer, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut start = 0;
    for (position, byte) in bytes.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..0x20 => b"",
            _ => continue,
        };
        out.put(&bytes[start..position]);
        start = position + 1;
        if escape.is_empty() {
            let _ = write!(out, "\\u{byte:04x}"); // a buffer does not fail
        } else {
            out.put(escape);
        }
    }
    out.put(&bytes[start..]);
    out.push(b'"');
}
