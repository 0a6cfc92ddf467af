//! JSON text, compact.

use std::io::Write;

use super::Encoder;
use crate::filter::Outcome;

/// Appends JSON to a buffer. Commas follow from the last byte: a value never ends in `{`, `[` or `:`.
pub(crate) struct JsonEncoder<'b> {
    pub out: &'b mut Vec<u8>,
}

impl JsonEncoder<'_> {
    fn separate(&mut self) {
        if !matches!(self.out.last(), Some(b'{' | b'[' | b':')) {
            self.out.push(b',');
        }
    }
}

impl Encoder for JsonEncoder<'_> {
    type Mark = usize;

    fn mark(&self) -> usize {
        self.out.len()
    }

    fn rewind(&mut self, mark: usize) {
        self.out.truncate(mark);
    }

    fn begin_entry(&mut self, name: &str) -> usize {
        self.separate();
        quote(self.out, name);
        self.out.push(b':');
        self.mark()
    }

    fn end_entry(&mut self, _: usize) {}

    fn string(&mut self, value: &str) {
        quote(self.out, value);
    }

    fn boolean(&mut self, value: bool) {
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
    }

    fn int(&mut self, value: i64) {
        let _ = write!(self.out, "{value}"); // writing to memory does not fail
    }

    fn double(&mut self, value: f64) {
        let _ = write!(self.out, "{value:?}"); // as above
    }

    fn begin_list(&mut self) -> usize {
        self.out.push(b'[');
        self.mark()
    }

    fn end_list(&mut self, _: usize) {
        self.out.push(b']');
    }

    fn begin_item(&mut self) -> usize {
        self.separate();
        self.mark()
    }

    fn end_item(&mut self, _: usize) {}

    fn begin_object(&mut self) -> usize {
        self.out.push(b'{');
        self.mark()
    }

    fn end_object(&mut self, _: usize) {
        self.out.push(b'}');
    }

    fn json(&mut self, write: impl FnOnce(&mut JsonEncoder<'_>) -> Outcome) -> Outcome {
        write(self)
    }
}

/// Appends a JSON string.
pub(crate) fn quote(out: &mut Vec<u8>, text: &str) {
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
        out.extend_from_slice(&bytes[start..position]);
        start = position + 1;
        if escape.is_empty() {
            let _ = write!(out, "\\u{byte:04x}"); // writing to memory does not fail
        } else {
            out.extend_from_slice(escape);
        }
    }
    out.extend_from_slice(&bytes[start..]);
    out.push(b'"');
}
