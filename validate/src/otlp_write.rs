//! OTLP protobuf, written field by field. <https://protobuf.dev/programming-guides/encoding/>
//!
//! The only writer of protobuf besides the runtime's encoder, which is fast and writes into a bounded buffer. The command
//! and the tests write with this one.
//!
//! ```
//! use candor_validate::otlp_write::{put_bytes, put_message, put_varint};
//!
//! let mut response = Vec::new();
//! put_message(&mut response, 1, |partial_success| {
//!     put_varint(partial_success, 1, 2);
//!     put_bytes(partial_success, 2, b"no");
//! });
//! assert_eq!(response, [0x0a, 6, 0x08, 2, 0x12, 2, b'n', b'o']);
//! ```
//!
//! A field is written also where its value is protobuf's default: `false`, `0` and `""` are values.

use candor_domain::{At, Encoder, Outcome};

/// Writes a number as a varint.
pub fn put_varint(out: &mut Vec<u8>, field: u32, value: u64) {
    put_tag(out, field, 0);
    put_bare_varint(out, value);
}

/// Writes eight bytes, the lowest first.
pub fn put_fixed64(out: &mut Vec<u8>, field: u32, value: u64) {
    put_tag(out, field, 1);
    out.extend_from_slice(&value.to_le_bytes());
}

/// Writes four bytes, the lowest first.
pub fn put_fixed32(out: &mut Vec<u8>, field: u32, value: u32) {
    put_tag(out, field, 5);
    out.extend_from_slice(&value.to_le_bytes());
}

/// Writes a text, bytes, or a message that is written already.
pub fn put_bytes(out: &mut Vec<u8>, field: u32, bytes: &[u8]) {
    put_tag(out, field, 2);
    put_bare_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Writes a message.
pub fn put_message(out: &mut Vec<u8>, field: u32, write: impl FnOnce(&mut Vec<u8>)) {
    let mut message = Vec::new();
    write(&mut message);
    put_bytes(out, field, &message);
}

/// Writes a `KeyValue` whose `AnyValue` is written already.
pub fn put_key_value(out: &mut Vec<u8>, field: u32, key: &str, any_value: &[u8]) {
    put_message(out, field, |pair| {
        put_bytes(pair, 1, key.as_bytes());
        put_bytes(pair, 2, any_value);
    });
}

/// An `AnyValue` that is a text.
pub(crate) fn text_value(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    put_bytes(&mut out, 1, text.as_bytes());
    out
}

/// Writes attributes as the field of this number of a message.
#[derive(Debug)]
pub(crate) struct AttributeWriter<'o> {
    pub out: &'o mut Vec<u8>,
    pub field: u32,
    /// The lists and maps under way.
    pub open: Vec<Open>,
}

/// A list or map under way.
#[derive(Debug)]
pub(crate) struct Open {
    at: Spot,
    /// The field of an `AnyValue` that it is.
    kind: u32,
    bytes: Vec<u8>,
}

/// The field of a message that a value goes to, as a `KeyValue` if it has a key.
#[derive(Debug)]
struct Spot {
    field: u32,
    key: Option<String>,
}

const BODY: u32 = 5;
const ARRAY_VALUE: u32 = 5;
const KVLIST_VALUE: u32 = 6;

impl AttributeWriter<'_> {
    fn spot(&self, at: At<'_>) -> Spot {
        match at {
            At::Attribute(key) => Spot { field: self.field, key: Some(key.to_owned()) },
            At::Field(key) => Spot { field: 1, key: Some(key.to_owned()) },
            At::Body(_) => Spot { field: BODY, key: None },
            At::Item | At::Text => Spot { field: 1, key: None },
        }
    }

    fn target(&mut self) -> &mut Vec<u8> {
        self.open.last_mut().map_or(self.out, |open| &mut open.bytes)
    }

    fn put(&mut self, Spot { field, key }: Spot, any_value: &[u8]) {
        match key {
            Some(key) => put_key_value(self.target(), field, &key, any_value),
            None => put_bytes(self.target(), field, any_value),
        }
    }

    fn put_scalar(&mut self, at: At<'_>, write: impl FnOnce(&mut Vec<u8>)) {
        let mut any_value = Vec::new();
        write(&mut any_value);
        let spot = self.spot(at);
        self.put(spot, &any_value);
    }

    fn begin(&mut self, at: At<'_>, kind: u32) {
        let at = self.spot(at);
        self.open.push(Open { at, kind, bytes: Vec::new() });
    }

    fn end(&mut self) {
        let Some(Open { at, kind, bytes }) = self.open.pop() else { return };
        let mut any_value = Vec::new();
        put_bytes(&mut any_value, kind, &bytes);
        self.put(at, &any_value);
    }
}

impl Encoder for AttributeWriter<'_> {
    /// The number of open lists and maps, and the length of the last one.
    type Mark = (usize, usize);
    type Open = ();
    type Json<'e>
        = candor_domain::Json<'e>
    where
        Self: 'e;

    fn mark(&self) -> (usize, usize) {
        (self.open.len(), self.open.last().map_or(self.out.len(), |open| open.bytes.len()))
    }

    fn rewind(&mut self, (open, length): (usize, usize)) {
        self.open.truncate(open);
        self.target().truncate(length);
    }

    fn string(&mut self, at: At<'_>, value: &str) {
        self.put_scalar(at, |out| put_bytes(out, 1, value.as_bytes()));
    }

    fn boolean(&mut self, at: At<'_>, value: bool) {
        self.put_scalar(at, |out| put_varint(out, 2, u64::from(value)));
    }

    fn int(&mut self, at: At<'_>, value: i64) {
        self.put_scalar(at, |out| put_varint(out, 3, value as u64));
    }

    fn double(&mut self, at: At<'_>, value: f64) {
        self.put_scalar(at, |out| put_fixed64(out, 4, value.to_bits()));
    }

    fn begin_list(&mut self, at: At<'_>) {
        self.begin(at, ARRAY_VALUE);
    }

    fn end_list(&mut self, (): ()) {
        self.end();
    }

    fn begin_object(&mut self, at: At<'_>) {
        self.begin(at, KVLIST_VALUE);
    }

    fn end_object(&mut self, (): ()) {
        self.end();
    }

    fn json(&mut self, at: At<'_>, write: impl FnOnce(&mut candor_domain::Json<'_>, At<'_>) -> Outcome) -> Outcome {
        let mut text = Vec::new();
        let outcome = write(&mut candor_domain::Json { out: &mut text }, At::Text);
        if outcome == Outcome::Written {
            self.put_scalar(at, |out| put_bytes(out, 1, &text));
        }
        outcome
    }
}

fn put_tag(out: &mut Vec<u8>, field: u32, wire: u32) {
    put_bare_varint(out, u64::from(field << 3 | wire));
}

fn put_bare_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
