//! Encoders: the writers that take passed values.

use std::io::Write;

/// The place that a value is written to.
#[derive(Debug, Clone, Copy)]
pub enum At<'n> {
    /// It is the signal's attribute of this name.
    Attribute(&'n str),
    /// It is the body of the log record; the name is its attribute's, for formats without a body.
    Body(&'n str),
    /// It is the field of this name of the object that was begun last.
    Field(&'n str),
    /// It is the next item of the list that was begun last.
    Item,
    /// It is the whole of a JSON text.
    Text,
}

/// The result for one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There was none.
    Absent,
    /// It is outside its domain.
    Refused,
    /// It was written.
    Written,
}

/// Writes values of one format, one after the other. What was begun can be taken back to a mark.
pub trait Encoder {
    /// A position to go back to.
    type Mark: Copy;
    /// A list or object that was begun.
    type Open;
    /// Writes the JSON text of a value that travels as one.
    type Json<'e>: Encoder
    where
        Self: 'e;

    /// The present position.
    fn mark(&self) -> Self::Mark;
    /// Takes back what was written since.
    fn rewind(&mut self, mark: Self::Mark);

    /// Writes a text.
    fn string(&mut self, at: At<'_>, value: &str);
    /// Writes a boolean.
    fn boolean(&mut self, at: At<'_>, value: bool);
    /// Writes a whole number.
    fn int(&mut self, at: At<'_>, value: i64);
    /// Writes a finite number.
    fn double(&mut self, at: At<'_>, value: f64);

    /// Begins a list; its items follow.
    fn begin_list(&mut self, at: At<'_>) -> Self::Open;
    /// Ends the list that was begun last.
    fn end_list(&mut self, list: Self::Open);
    /// Begins an object; its fields follow.
    fn begin_object(&mut self, at: At<'_>) -> Self::Open;
    /// Ends the object that was begun last.
    fn end_object(&mut self, object: Self::Open);

    /// Writes a value as a JSON text in a string. If `write` writes nothing, nothing stays.
    fn json(&mut self, at: At<'_>, write: impl FnOnce(&mut Self::Json<'_>, At<'_>) -> Outcome) -> Outcome;
}

/// Bytes that JSON text is appended to. A bounded output ignores what does not fit and remembers that it is full.
pub trait Output {
    /// Returns the number of bytes.
    fn len(&self) -> usize;
    /// The last byte.
    fn last(&self) -> Option<u8>;
    /// Appends bytes.
    fn put(&mut self, bytes: &[u8]);
    /// Takes back what was appended since there were so many bytes; nothing once the output is full.
    fn rewind(&mut self, length: usize);

    /// Returns whether there are no bytes yet.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends the digits of a whole number.
    fn put_int(&mut self, value: i64) {
        self.put(value.to_string().as_bytes());
    }
}

impl Output for Vec<u8> {
    fn len(&self) -> usize {
        self.len()
    }

    fn last(&self) -> Option<u8> {
        self.as_slice().last().copied()
    }

    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }

    fn rewind(&mut self, length: usize) {
        self.truncate(length);
    }
}

/// Appends compact JSON to an output. Commas follow from the last byte: a value never ends in `{`, `[` or `:`.
#[derive(Debug)]
pub struct JsonEncoder<'o, O> {
    /// Takes the text.
    pub out: &'o mut O,
}

/// JSON text on the heap.
pub type Json<'o> = JsonEncoder<'o, Vec<u8>>;

impl<O: Output> JsonEncoder<'_, O> {
    /// Writes what stands before a value.
    fn begin(&mut self, at: At<'_>) {
        match at {
            At::Attribute(name) | At::Body(name) | At::Field(name) => {
                self.separate();
                quote(self.out, name);
                self.out.put(b":");
            }
            At::Item => self.separate(),
            At::Text => {}
        }
    }

    fn separate(&mut self) {
        if !matches!(self.out.last(), Some(b'{' | b'[' | b':')) {
            self.out.put(b",");
        }
    }
}

impl<O: Output> Encoder for JsonEncoder<'_, O> {
    type Mark = usize;
    type Open = ();
    type Json<'e>
        = Self
    where
        Self: 'e;

    fn mark(&self) -> usize {
        self.out.len()
    }

    fn rewind(&mut self, mark: usize) {
        self.out.rewind(mark);
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
        self.out.put_int(value);
    }

    fn double(&mut self, at: At<'_>, value: f64) {
        self.begin(at);
        let mut text = Inline::default();
        let _ = write!(text, "{value:?}"); // every double fits
        self.out.put(text.bytes());
    }

    fn begin_list(&mut self, at: At<'_>) {
        self.begin(at);
        self.out.put(b"[");
    }

    fn end_list(&mut self, (): ()) {
        self.out.put(b"]");
    }

    fn begin_object(&mut self, at: At<'_>) {
        self.begin(at);
        self.out.put(b"{");
    }

    fn end_object(&mut self, (): ()) {
        self.out.put(b"}");
    }

    fn json(&mut self, at: At<'_>, write: impl FnOnce(&mut Self, At<'_>) -> Outcome) -> Outcome {
        write(self, at)
    }
}

/// Appends a JSON string.
pub fn quote<O: Output>(out: &mut O, text: &str) {
    out.put(b"\"");
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
            const DIGITS: &[u8; 16] = b"0123456789abcdef";
            out.put(b"\\u00");
            out.put(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        } else {
            out.put(escape);
        }
    }
    out.put(&bytes[start..]);
    out.put(b"\"");
}

/// A short text without an allocation. The longest double has 24 characters.
#[derive(Default)]
struct Inline {
    bytes: [u8; 32],
    length: usize,
}

impl Inline {
    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Write for Inline {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        let length = (&mut self.bytes[self.length..]).write(text)?;
        self.length += length;
        Ok(length)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_escapes() {
        let mut out = Vec::new();
        quote(&mut out, "a\"\\\n\t\r\u{1}\u{1f}é\u{7f}");
        assert_eq!(String::from_utf8(out).as_deref(), Ok("\"a\\\"\\\\\\n\\t\\r\\u0001\\u001fé\u{7f}\""));
    }

    #[test]
    fn doubles_as_text() {
        let mut out = Vec::new();
        let mut json = JsonEncoder { out: &mut out };
        json.begin_list(At::Text);
        [-0.0, 3.0, -1.5e-300, f64::MAX].iter().for_each(|value| json.double(At::Item, *value));
        json.end_list(());
        assert_eq!(out, b"[-0.0,3.0,-1.5e-300,1.7976931348623157e308]");
    }
}
