//! The voice of `Allow` for protobuf: the bytes, as nothing else can say a text that is no UTF-8.

use candor_codegen::vectors::{Signal, SignalVector, Value, voices};
use candor_validate::{Allow, Request};

use crate::allow::{claiming, forwarded, signals};
use crate::compare::run_filter;
use crate::heard::Heard;
use crate::subjects::{AtConsent, Subject, consent};

#[test]
fn what_may_be_forwarded_of_protobuf() {
    run_filter("what may be forwarded of protobuf", voices::ALLOW, |subject| {
        let mut allows = AtConsent::new(|consent| Allow::new(&subject.catalogue, consent));
        move |signal: &Signal, vector: &SignalVector| match vector.consent.is_empty() {
            true => Err("nothing is forwarded while consent is off"),
            false => hear(subject, allows.get(consent(subject, &vector.consent)), signal, vector),
        }
    });
}

fn hear(subject: &Subject, allow: &Allow<'_>, signal: &Signal, vector: &SignalVector) -> Result<Heard, &'static str> {
    if vector.members.iter().any(|(_, value)| value.any(&is_beyond)) {
        return Err("protobuf's whole numbers have 64 bits and no negative zero");
    }
    let request = Request::from_protobuf(signals(signal), &request(signal, &claiming(vector)));
    Ok(forwarded(subject, allow, signal, request))
}

fn is_beyond(value: &Value) -> bool {
    matches!(value, Value::Raw(text) if is_digits(text) && (text == "-0" || text.parse::<i64>().is_err()))
}

fn is_digits(text: &str) -> bool {
    !text.contains(['.', 'e', 'E'])
}

/// `ExportTraceServiceRequest` or `ExportLogsServiceRequest`.
fn request(signal: &Signal, members: &[(String, Value)]) -> Vec<u8> {
    let (name, attributes) = if signal.kind == "span" { (5, 9) } else { (12, 6) };
    let mut element = field(name, signal.name.as_bytes());
    element.extend(key_values(attributes, members));
    field(1, &field(2, &field(2, &element)))
}

fn key_values(number: u8, members: &[(String, Value)]) -> Vec<u8> {
    let pair = |(key, value): &(String, Value)| {
        field(number, &[field(1, key.as_bytes()), field(2, &any_value(value))].concat())
    };
    members.iter().flat_map(pair).collect()
}

fn any_value(value: &Value) -> Vec<u8> {
    match value {
        Value::Null => Vec::new(),
        Value::Boolean(value) => vec![2 << 3, u8::from(*value)],
        Value::Int(value) => int(*value),
        Value::Double(value) => double(*value),
        Value::Raw(text) if is_digits(text) => int(text.parse().expect("64 bits")),
        Value::Raw(text) => double(text.parse().expect("a number")),
        Value::Text(units) => field(1, &bytes(units)),
        Value::List(items) => field(5, &items.iter().flat_map(|item| field(1, &any_value(item))).collect::<Vec<_>>()),
        Value::Object(members) => field(6, &key_values(1, members)),
    }
}

fn int(value: i64) -> Vec<u8> {
    let mut bytes = vec![3 << 3];
    put_varint(&mut bytes, value as u64);
    bytes
}

fn double(value: f64) -> Vec<u8> {
    let mut bytes = vec![4 << 3 | 1];
    bytes.extend(value.to_le_bytes());
    bytes
}

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    put_varint(&mut bytes, content.len() as u64);
    bytes.extend(content);
    bytes
}

fn put_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// UTF-8, in which half a surrogate pair has three bytes that UTF-8 does not allow.
fn bytes(units: &[u16]) -> Vec<u8> {
    let character = |unit: Result<char, std::char::DecodeUtf16Error>| match unit {
        Ok(character) => character.encode_utf8(&mut [0; 4]).as_bytes().to_vec(),
        Err(half) => {
            let half = half.unpaired_surrogate();
            vec![0xed, 0x80 | (half >> 6 & 0x3f) as u8, 0x80 | (half & 0x3f) as u8]
        }
    };
    char::decode_utf16(units.iter().copied()).flat_map(character).collect()
}
