//! The memory that a request in protobuf takes when it is read and judged: an upper bound, found without reading it
//! into memory.

use super::messages::{ANY_VALUE, KEY_VALUE, Message, Type};
use super::{DEEPEST, Wire, message_of, read_field};
use crate::signals::Signals;
use crate::weight::{BYTE, DOCUMENT, of_json};

/// Bounds what a request takes.
pub(crate) fn weigh(signals: Signals, bytes: &[u8]) -> usize {
    DOCUMENT.saturating_add(weigh_message(message_of(signals), bytes, 0))
}

/// A message as it was written: an object with up to four members, in a list.
const MESSAGE: usize = 320;

/// A message that is an object in the payload, too.
const OBJECT: usize = 900;

/// One of the first four fields: its name.
const FIRST_FIELD: usize = 64;

/// One more field with its name, as it was written and in the payload. It may be there twice, which is noted with its
/// place and its value.
const MORE_FIELD: usize = 400;

/// The value of an attribute, or an item of a list, in the payload.
const VALUE: usize = 260;

/// A number among packed ones, which becomes an item of a list.
const NUMBER: usize = 340;

/// Weighs what can be read. Where that ends, reading will end, too.
fn weigh_message(message: &'static Message, mut bytes: &[u8], depth: usize) -> usize {
    if depth > DEEPEST {
        return 0;
    }
    let (mut weight, mut fields, mut is_value) = (MESSAGE, 0, true);
    while !bytes.is_empty() {
        let Ok((number, wire)) = read_field(&mut bytes) else { break };
        let field = message.fields.iter().find(|field| field.0 == number);
        fields += 1;
        is_value &= field.is_some_and(|field| !matches!(field.2, Type::Bytes));
        let own = if fields <= 4 { FIRST_FIELD } else { MORE_FIELD };
        weight = weight.saturating_add(own).saturating_add(match (field.map(|field| &field.2), wire) {
            (Some(Type::One(inner) | Type::Many(inner)), Wire::Bytes(bytes)) => weigh_message(inner, bytes, depth + 1),
            (Some(Type::Text | Type::Texts), Wire::Bytes(text)) => weigh_text(text),
            (Some(Type::Numbers(ty)), Wire::Bytes(packed)) => weigh_packed(ty, packed),
            // In hexadecimal or base64.
            (_, Wire::Bytes(bytes)) => bytes.len().saturating_mul(2 * BYTE),
            _ => 0,
        });
    }
    weight.saturating_add(in_payload(message, fields, is_value))
}

/// Weighs the payload of a message. A pair with a value of one kind becomes a member; everything else is an object.
fn in_payload(message: &Message, fields: usize, is_value: bool) -> usize {
    let is = |other: &Message| std::ptr::eq(message, other);
    match fields {
        0 | 1 if is(&ANY_VALUE) && is_value => VALUE,
        0..=2 if is(&KEY_VALUE) && is_value => VALUE,
        _ => OBJECT,
    }
}

/// A varint has at least one byte, all other packed numbers have eight.
fn weigh_packed(ty: &Type, packed: &[u8]) -> usize {
    let numbers = if matches!(ty, Type::Int) { packed.len() } else { packed.len() / 8 };
    numbers.saturating_mul(NUMBER)
}

/// A text may be JSON that the payload has as objects.
fn weigh_text(text: &[u8]) -> usize {
    match text.trim_ascii_start().first() {
        Some(b'{' | b'[') => of_json(text) - DOCUMENT,
        _ => 64 + text.len().saturating_mul(BYTE),
    }
}
