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

use serde_json::Value;

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

/// Writes a `KeyValue`.
pub fn put_key_value(out: &mut Vec<u8>, field: u32, key: &str, value: &Value) {
    put_message(out, field, |pair| {
        put_bytes(pair, 1, key.as_bytes());
        put_message(pair, 2, |out| put_any_value(out, value));
    });
}

/// The field of an `AnyValue` that this value is; null is none of them.
fn put_any_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(text) => put_bytes(out, 1, text.as_bytes()),
        Value::Bool(value) => put_varint(out, 2, u64::from(*value)),
        Value::Number(number) => match number.as_i64() {
            Some(value) => put_varint(out, 3, value as u64),
            None => put_fixed64(out, 4, number.as_f64().unwrap_or_default().to_bits()),
        },
        Value::Array(items) => put_message(out, 5, |list| {
            items.iter().for_each(|item| put_message(list, 1, |out| put_any_value(out, item)));
        }),
        Value::Object(members) => put_message(out, 6, |map| {
            members.iter().for_each(|(key, value)| put_key_value(map, 1, key, value));
        }),
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
