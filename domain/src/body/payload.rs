//! The payload form of a signal that was read from a body.

use std::io::Write;

use super::read::Reading;
use crate::{JsonValue, SignalKind, quote};

impl Reading<'_> {
    /// The payload of a signal of this kind and name, in a request that has these attributes of the process beside its
    /// signals. A time that the body does not hold is 0, as OTLP says of one that is unknown.
    pub fn payload(&self, kind: SignalKind, name: &str, beside: &[(&str, &JsonValue<'_>)]) -> String {
        let end = self.end_unix_nano.unwrap_or(0);
        let mut out = Vec::new();
        // Writing to memory does not fail, here and below.
        let _ = write!(out, "{{\"kind\":\"{}\",\"name\":", kind.word());
        quote(&mut out, name);
        let _ = match kind {
            SignalKind::Span => {
                let start = self.start_unix_nano.unwrap_or(end);
                write!(out, ",\"startTimeUnixNano\":\"{start}\",\"endTimeUnixNano\":\"{end}\"")
            }
            // A metric goes to no endpoint with a body of its own.
            SignalKind::Event | SignalKind::Metric => write!(out, ",\"timeUnixNano\":\"{end}\""),
        };
        if let Some(channels) = self.channels {
            out.extend_from_slice(b",\"channels\":");
            quote(&mut out, channels);
        }
        out.extend_from_slice(b",\"attributes\":");
        put_members(&mut out, self.attributes.iter());
        if !self.resource.is_empty() || !beside.is_empty() {
            out.extend_from_slice(b",\"resource\":");
            put_members(&mut out, self.resource.iter().chain(beside));
        }
        if let Some(dropped) = self.dropped {
            let _ = write!(out, ",\"droppedAttributesCount\":{dropped}");
        }
        out.push(b'}');
        String::from_utf8(out).unwrap_or_default()
    }
}

/// Appends names and values as an object.
fn put_members<'a, 'j: 'a>(out: &mut Vec<u8>, members: impl Iterator<Item = &'a (&'j str, &'j JsonValue<'j>)>) {
    out.push(b'{');
    for (place, (name, value)) in members.enumerate() {
        out.extend((place > 0).then_some(b','));
        quote(out, name);
        out.push(b':');
        value.write(out);
    }
    out.push(b'}');
}

impl JsonValue<'_> {
    /// Appends the value as compact JSON that reads as the same.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            JsonValue::Null => out.extend_from_slice(b"null"),
            JsonValue::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            JsonValue::Number(digits) => out.extend_from_slice(digits.as_bytes()),
            JsonValue::Text(text) => quote(out, text),
            JsonValue::Broken => out.extend_from_slice(b"\"\\ud800\""),
            JsonValue::List(items) => {
                out.push(b'[');
                for (place, item) in items.iter().enumerate() {
                    out.extend((place > 0).then_some(b','));
                    item.write(out);
                }
                out.push(b']');
            }
            JsonValue::Object(members) => {
                out.push(b'{');
                for (place, (name, value)) in members.iter().enumerate() {
                    out.extend((place > 0).then_some(b','));
                    quote(out, name);
                    out.push(b':');
                    value.write(out);
                }
                out.push(b'}');
            }
        }
    }
}
