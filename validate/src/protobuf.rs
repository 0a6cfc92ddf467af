//! OTLP protobuf, read by a table of its messages into the JSON that OTLP/JSON would be.
//!
//! So both forms take one way from there on and cannot differ. A generated decoder would lose what this keeps: a field
//! that OTLP does not know (here a member `unknownField99`), and a field that is there twice (here a member that is
//! there twice).

mod weight;

use data_encoding::{BASE64, HEXLOWER};
use serde_json::Number;
pub(crate) use weight::{weigh_logs, weigh_traces};

use crate::json::Json;

/// Reads an `ExportTraceServiceRequest`.
pub(crate) fn read_traces(bytes: &[u8]) -> Result<Json, String> {
    read_message(&TRACES, bytes, 0)
}

/// Reads an `ExportLogsServiceRequest`.
pub(crate) fn read_logs(bytes: &[u8]) -> Result<Json, String> {
    read_message(&LOGS, bytes, 0)
}

/// A message of OTLP.
/// <https://github.com/open-telemetry/opentelemetry-proto/tree/v1.9.0/opentelemetry/proto>
struct Message {
    name: &'static str,
    fields: &'static [Field],
}

/// Number, name in JSON, type.
type Field = (u32, &'static str, Type);

enum Type {
    Text,
    /// Bytes that JSON has in hexadecimal: the ids.
    Id,
    Bytes,
    Bool,
    /// Any integer that travels as a varint, read as 64 bits with sign.
    Int,
    Fixed32,
    Fixed64,
    Double,
    One(&'static Message),
    Many(&'static Message),
    Texts,
}

use Type::*;

static TRACES: Message = Message { name: "request", fields: &[(1, "resourceSpans", Many(&RESOURCE_SPANS))] };
static LOGS: Message = Message { name: "request", fields: &[(1, "resourceLogs", Many(&RESOURCE_LOGS))] };

static RESOURCE_SPANS: Message = Message {
    name: "ResourceSpans",
    fields: &[(1, "resource", One(&RESOURCE)), (2, "scopeSpans", Many(&SCOPE_SPANS)), (3, "schemaUrl", Text)],
};
static RESOURCE_LOGS: Message = Message {
    name: "ResourceLogs",
    fields: &[(1, "resource", One(&RESOURCE)), (2, "scopeLogs", Many(&SCOPE_LOGS)), (3, "schemaUrl", Text)],
};
static SCOPE_SPANS: Message = Message {
    name: "ScopeSpans",
    fields: &[(1, "scope", One(&SCOPE)), (2, "spans", Many(&SPAN)), (3, "schemaUrl", Text)],
};
static SCOPE_LOGS: Message = Message {
    name: "ScopeLogs",
    fields: &[(1, "scope", One(&SCOPE)), (2, "logRecords", Many(&LOG_RECORD)), (3, "schemaUrl", Text)],
};
static RESOURCE: Message = Message {
    name: "Resource",
    fields: &[
        (1, "attributes", Many(&KEY_VALUE)),
        (2, "droppedAttributesCount", Int),
        (3, "entityRefs", Many(&ENTITY_REF)),
    ],
};
static ENTITY_REF: Message = Message {
    name: "EntityRef",
    fields: &[(1, "schemaUrl", Text), (2, "type", Text), (3, "idKeys", Texts), (4, "descriptionKeys", Texts)],
};
static SCOPE: Message = Message {
    name: "InstrumentationScope",
    fields: &[
        (1, "name", Text),
        (2, "version", Text),
        (3, "attributes", Many(&KEY_VALUE)),
        (4, "droppedAttributesCount", Int),
    ],
};
static SPAN: Message = Message {
    name: "Span",
    fields: &[
        (1, "traceId", Id),
        (2, "spanId", Id),
        (3, "traceState", Text),
        (4, "parentSpanId", Id),
        (5, "name", Text),
        (6, "kind", Int),
        (7, "startTimeUnixNano", Fixed64),
        (8, "endTimeUnixNano", Fixed64),
        (9, "attributes", Many(&KEY_VALUE)),
        (10, "droppedAttributesCount", Int),
        (11, "events", Many(&SPAN_EVENT)),
        (12, "droppedEventsCount", Int),
        (13, "links", Many(&SPAN_LINK)),
        (14, "droppedLinksCount", Int),
        (15, "status", One(&STATUS)),
        (16, "flags", Fixed32),
    ],
};
static SPAN_EVENT: Message = Message {
    name: "Span.Event",
    fields: &[
        (1, "timeUnixNano", Fixed64),
        (2, "name", Text),
        (3, "attributes", Many(&KEY_VALUE)),
        (4, "droppedAttributesCount", Int),
    ],
};
static SPAN_LINK: Message = Message {
    name: "Span.Link",
    fields: &[
        (1, "traceId", Id),
        (2, "spanId", Id),
        (3, "traceState", Text),
        (4, "attributes", Many(&KEY_VALUE)),
        (5, "droppedAttributesCount", Int),
        (6, "flags", Fixed32),
    ],
};
static STATUS: Message = Message { name: "Status", fields: &[(2, "message", Text), (3, "code", Int)] };
static LOG_RECORD: Message = Message {
    name: "LogRecord",
    fields: &[
        (1, "timeUnixNano", Fixed64),
        (2, "severityNumber", Int),
        (3, "severityText", Text),
        (5, "body", One(&ANY_VALUE)),
        (6, "attributes", Many(&KEY_VALUE)),
        (7, "droppedAttributesCount", Int),
        (8, "flags", Fixed32),
        (9, "traceId", Id),
        (10, "spanId", Id),
        (11, "observedTimeUnixNano", Fixed64),
        (12, "eventName", Text),
    ],
};
static KEY_VALUE: Message = Message { name: "KeyValue", fields: &[(1, "key", Text), (2, "value", One(&ANY_VALUE))] };
static ANY_VALUE: Message = Message {
    name: "AnyValue",
    fields: &[
        (1, "stringValue", Text),
        (2, "boolValue", Bool),
        (3, "intValue", Int),
        (4, "doubleValue", Double),
        (5, "arrayValue", One(&ARRAY_VALUE)),
        (6, "kvlistValue", One(&KEY_VALUE_LIST)),
        (7, "bytesValue", Bytes),
    ],
};
static ARRAY_VALUE: Message = Message { name: "ArrayValue", fields: &[(1, "values", Many(&ANY_VALUE))] };
static KEY_VALUE_LIST: Message = Message { name: "KeyValueList", fields: &[(1, "values", Many(&KEY_VALUE))] };

/// Deepest nesting of messages, as in other implementations of protobuf.
const DEEPEST: usize = 100;

fn read_message(message: &'static Message, mut bytes: &[u8], depth: usize) -> Result<Json, String> {
    if depth > DEEPEST {
        return Err(format!("messages are nested more than {DEEPEST} deep"));
    }
    let mut members = Vec::new();
    let mut lists: Vec<Vec<Json>> = message.fields.iter().map(|_| Vec::new()).collect();
    while !bytes.is_empty() {
        let (number, wire) = read_field(&mut bytes).map_err(|why| format!("{} {why}", message.name))?;
        let Some(position) = message.fields.iter().position(|field| field.0 == number) else {
            members.push((format!("unknownField{number}"), wire.as_json()));
            continue;
        };
        let (_, name, ty) = &message.fields[position];
        let value = match (ty, wire) {
            (One(inner) | Many(inner), Wire::Bytes(bytes)) => read_message(inner, bytes, depth + 1)?,
            (ty, wire) => read_scalar(ty, wire).map_err(|why| format!("`{name}` of {} {why}", message.name))?,
        };
        match ty {
            Many(_) | Texts => lists[position].push(value),
            _ => members.push(((*name).to_owned(), value)),
        }
    }
    let fields = message.fields.iter().zip(lists).filter(|(_, list)| !list.is_empty());
    members.extend(fields.map(|((_, name, _), list)| ((*name).to_owned(), Json::List(list))));
    Ok(Json::Object(members))
}

fn read_scalar(ty: &Type, wire: Wire<'_>) -> Result<Json, &'static str> {
    Ok(match (ty, wire) {
        (Text | Texts, Wire::Bytes(bytes)) => {
            Json::Text(std::str::from_utf8(bytes).map_err(|_| "is not UTF-8")?.to_owned())
        }
        (Id, Wire::Bytes(bytes)) => Json::Text(HEXLOWER.encode(bytes)),
        (Bytes, Wire::Bytes(bytes)) => Json::Text(BASE64.encode(bytes)),
        (Bool, Wire::Varint(value @ (0 | 1))) => Json::Bool(value == 1),
        (Bool, Wire::Varint(value)) => Json::Number(value.into()), // more than a boolean says: not to be lost
        (Int, Wire::Varint(value)) => Json::Number((value as i64).into()),
        (Fixed32, Wire::Fixed32(value)) => Json::Number(value.into()),
        (Fixed64, Wire::Fixed64(value)) => Json::Number(value.into()),
        (Double, Wire::Fixed64(bits)) => double(f64::from_bits(bits)),
        _ => return Err("has the wire type of something else"),
    })
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
    use super::*;

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
            let length = bytes.len();
            let mut outer = vec![0x2a];
            put_length(&mut outer, length + inner_header(length));
            outer.push(0x0a);
            put_length(&mut outer, length);
            outer.append(&mut bytes);
            bytes = outer;
        }
        assert_eq!(read_message(&ANY_VALUE, &bytes, 0), Err("messages are nested more than 100 deep".to_owned()));
    }

    fn inner_header(length: usize) -> usize {
        let mut header = Vec::new();
        put_length(&mut header, length);
        1 + header.len()
    }

    fn put_length(out: &mut Vec<u8>, mut length: usize) {
        while length > 0x7f {
            out.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        out.push(length as u8);
    }
}
