//! OTLP protobuf, read by a table of its messages into the JSON that OTLP/JSON would be.
//!
//! So both forms take one way from there on and cannot differ. A generated decoder would lose what this keeps: a field
//! that OTLP does not know (here a member `unknownField99`), and a field that is there twice (here a member that is
//! there twice).

mod messages;
mod weight;

use data_encoding::{BASE64, HEXLOWER};
use serde_json::Number;
pub(crate) use weight::weigh;

use crate::json::{Broken, Json};
use crate::signals::Signals;
use messages::{LOGS, METRICS, Message, TRACES, Type, Type::*};

/// Reads a request. A text that is not UTF-8, and what is nested too deep, is a broken value in it.
pub(crate) fn read(signals: Signals, bytes: &[u8]) -> Result<Json, String> {
    read_message(message_of(signals), bytes, 0)
}

fn message_of(signals: Signals) -> &'static Message {
    match signals {
        Signals::Traces => &TRACES,
        Signals::Logs => &LOGS,
        Signals::Metrics => &METRICS,
    }
}

/// Returns true if a request that was read looks like one of its kind: nothing is broken or unknown in it, and ids have
/// their lengths.
pub(crate) fn is_plausible(json: &Json) -> bool {
    match json {
        Json::List(items) => items.iter().all(is_plausible),
        Json::Object(members) if json.broken().is_none() => members.iter().all(|(key, value)| match (&**key, value) {
            ("traceId", Json::Text(id)) => matches!(id.len(), 0 | 32),
            ("spanId" | "parentSpanId", Json::Text(id)) => matches!(id.len(), 0 | 16),
            (key, value) => !key.starts_with(UNKNOWN) && is_plausible(value),
        }),
        Json::Object(_) => false,
        _ => true,
    }
}

const UNKNOWN: &str = "unknownField";

/// Deepest nesting of messages, as in other implementations of protobuf.
const DEEPEST: usize = 100;

fn read_message(message: &'static Message, mut bytes: &[u8], depth: usize) -> Result<Json, String> {
    if depth > DEEPEST {
        return Ok(Json::of_broken(Broken::TooDeep, String::from_utf8_lossy(bytes).into_owned()));
    }
    let mut members = Vec::new();
    let mut lists: Vec<Vec<Json>> = message.fields.iter().map(|_| Vec::new()).collect();
    while !bytes.is_empty() {
        let (number, wire) = read_field(&mut bytes).map_err(|why| format!("{} {why}", message.name))?;
        let Some(position) = message.fields.iter().position(|field| field.0 == number) else {
            members.push((format!("{UNKNOWN}{number}"), wire.as_json()));
            continue;
        };
        let (_, name, ty) = &message.fields[position];
        let value = match (ty, wire) {
            (One(inner) | Many(inner), Wire::Bytes(bytes)) => read_message(inner, bytes, depth + 1)?,
            (ty, wire) => read_scalar(ty, wire).map_err(|why| format!("`{name}` of {} {why}", message.name))?,
        };
        match ty {
            Many(_) | Texts => lists[position].push(value),
            Numbers(_) => match value {
                Json::List(packed) => lists[position].extend(packed),
                one => lists[position].push(one),
            },
            _ => members.push(((*name).to_owned(), value)),
        }
    }
    let fields = message.fields.iter().zip(lists).filter(|(_, list)| !list.is_empty());
    members.extend(fields.map(|((_, name, _), list)| ((*name).to_owned(), Json::List(list))));
    Ok(Json::Object(members))
}

fn read_scalar(ty: &Type, wire: Wire<'_>) -> Result<Json, &'static str> {
    Ok(match (ty, wire) {
        (Text | Texts, Wire::Bytes(bytes)) => match std::str::from_utf8(bytes) {
            Ok(text) => Json::Text(text.to_owned()),
            Err(_) => Json::of_broken(Broken::NotUtf8, String::from_utf8_lossy(bytes).into_owned()),
        },
        (Id, Wire::Bytes(bytes)) => Json::Text(HEXLOWER.encode(bytes)),
        (Bytes, Wire::Bytes(bytes)) => Json::Text(BASE64.encode(bytes)),
        (Bool, Wire::Varint(value @ (0 | 1))) => Json::Bool(value == 1),
        (Bool, Wire::Varint(value)) => Json::Number(value.into()), // more than a boolean says: not to be lost
        (Int, Wire::Varint(value)) => Json::Number((value as i64).into()),
        (Fixed32, Wire::Fixed32(value)) => Json::Number(value.into()),
        (Fixed64, Wire::Fixed64(value)) => Json::Number(value.into()),
        (SignedFixed64, Wire::Fixed64(value)) => Json::Number((value as i64).into()),
        (ZigZag, Wire::Varint(value)) => Json::Number(((value >> 1) as i64 ^ -((value & 1) as i64)).into()),
        (Double, Wire::Fixed64(bits)) => double(f64::from_bits(bits)),
        (Numbers(ty), Wire::Bytes(bytes)) => return read_packed(ty, bytes),
        (Numbers(ty), wire) => return read_scalar(ty, wire),
        _ => return Err("has the wire type of something else"),
    })
}

/// Numbers that stand one after the other.
fn read_packed(ty: &Type, mut bytes: &[u8]) -> Result<Json, &'static str> {
    let mut numbers = Vec::new();
    while !bytes.is_empty() {
        let wire = match ty {
            Int => Wire::Varint(read_varint(&mut bytes)?),
            _ => Wire::Fixed64(u64::from_le_bytes(take(&mut bytes).ok_or("ends in the middle of a number")?)),
        };
        numbers.push(read_scalar(ty, wire)?);
    }
    Ok(Json::List(numbers))
}

/// JSON has no words for these three numbers; OTLP/JSON has texts.
fn double(value: f64) -> Json {
    match Number::from_f64(value) {
        Some(number) => Json::Number(number),
        None if value.is_nan() => Json::Text("NaN".to_owned()),
        None if value > 0.0 => Json::Text("Infinity".to_owned()),
        None => Json::Text("-Infinity".to_owned()),
    }
}

/// A field's value as the wire has it.
enum Wire<'b> {
    Varint(u64),
    Fixed32(u32),
    Fixed64(u64),
    Bytes(&'b [u8]),
}

impl Wire<'_> {
    fn as_json(&self) -> Json {
        match self {
            Wire::Varint(value) | Wire::Fixed64(value) => Json::Number((*value).into()),
            Wire::Fixed32(value) => Json::Number((*value).into()),
            Wire::Bytes(bytes) => Json::Text(BASE64.encode(bytes)),
        }
    }
}

fn read_field<'b>(bytes: &mut &'b [u8]) -> Result<(u32, Wire<'b>), &'static str> {
    const CUT: &str = "ends in the middle of a field";
    let tag = read_varint(bytes)?;
    let number = u32::try_from(tag >> 3).ok().filter(|number| (1..1 << 29).contains(number));
    let number = number.ok_or("has a field number that protobuf does not allow")?;
    let wire = match tag & 7 {
        0 => Wire::Varint(read_varint(bytes)?),
        1 => Wire::Fixed64(u64::from_le_bytes(take(bytes).ok_or(CUT)?)),
        2 => {
            let length = usize::try_from(read_varint(bytes)?).map_err(|_| CUT)?;
            Wire::Bytes(bytes.split_off(..length).ok_or(CUT)?)
        }
        5 => Wire::Fixed32(u32::from_le_bytes(take(bytes).ok_or(CUT)?)),
        _ => return Err("has a field of a wire type that OTLP does not use"),
    };
    Ok((number, wire))
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*head)
}

fn read_varint(bytes: &mut &[u8]) -> Result<u64, &'static str> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first().ok_or("ends in the middle of a number")?;
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && bits > 1 {
            break;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err("has a number of more than 64 bits")
}

#[cfg(test)]
mod tests {
    use super::messages::{ANY_VALUE, STATUS};
    use super::*;
    use crate::otlp_write::{put_bytes, put_message};

    fn text(text: &str) -> Json {
        Json::Text(text.to_owned())
    }

    #[test]
    fn a_field_that_is_there_twice_is_a_member_that_is_there_twice() {
        let members = vec![("message".to_owned(), text("a")), ("message".to_owned(), text("b"))];
        assert_eq!(read_message(&STATUS, b"\x12\x01a\x12\x01b", 0), Ok(Json::Object(members)));
    }

    #[test]
    fn an_unknown_field_is_kept() {
        let members = vec![("unknownField99".to_owned(), text("c2VjcmV0"))];
        assert_eq!(read_message(&STATUS, b"\x9a\x06\x06secret", 0), Ok(Json::Object(members)));
    }

    #[test]
    fn defaults_that_are_written_are_kept() {
        let member = |name: &str, value| Ok(Json::Object(vec![(name.to_owned(), value)]));
        assert_eq!(read_message(&ANY_VALUE, b"\x0a\x00", 0), member("stringValue", text("")));
        assert_eq!(read_message(&ANY_VALUE, b"\x10\x00", 0), member("boolValue", Json::Bool(false)));
        assert_eq!(read_message(&ANY_VALUE, b"\x18\x00", 0), member("intValue", Json::Number(0.into())));
    }

    #[test]
    fn varints_hold_64_bits_and_no_more() {
        assert_eq!(read_varint(&mut &b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"[..]), Ok(u64::MAX));
        assert!(read_varint(&mut &b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"[..]).is_err());
        assert!(read_varint(&mut &b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"[..]).is_err());
    }

    #[test]
    fn deep_nesting_is_refused() {
        let mut bytes = Vec::new();
        for _ in 0..1000 {
            let mut outer = Vec::new();
            put_message(&mut outer, 5, |list| put_bytes(list, 1, &bytes));
            bytes = outer;
        }
        let read = format!("{:?}", read_message(&ANY_VALUE, &bytes, 0));
        assert!(read.starts_with("Ok(") && read.matches("tooDeep").count() == 1, "{read}");
    }
}
