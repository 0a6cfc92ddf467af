//! The payload form: one JSON object per signal, for people, schemas and validation.
//!
//! ```json
//! {"kind":"span","name":"Crew Created","startTimeUnixNano":"…","endTimeUnixNano":"…","attributes":{"crew_key":"…"}}
//! ```
//! Objects and lists are JSON, whatever their encoding on the wire. [`decode`] makes it from the bytes that are sent, so
//! a preview shows the wire, not what the program believes it wrote.

use std::io::Write;

use fastrand::Rng;

use crate::encode::wire::{Field, Reader};
use crate::encode::{At, Buffer, Encoder, JsonEncoder, OtlpEncoder, Stamp, put_body, quote};
use crate::filter::{Tally, is_signal_of, record_holding};
use crate::lanes::{LaneForm, Lanes};
use crate::{Allowance, Catalogue, Encoding, SignalKind, Telemetry};

mod body;

pub use body::decode_body;
pub(crate) use body::read_bodies;

/// The payload of one signal, straight from its fields; `None` when what is allowed does not include the signal.
pub fn payload<T: Telemetry + ?Sized>(allowed: impl Into<Allowance>, value: &T) -> Option<String> {
    let (signal, allowance) = (T::SIGNAL, allowed.into());
    let held = allowance.held(signal)?;
    let stamp = Stamp::now(None, false);
    let mut out = Buffer::growing();
    begin_payload(&mut out, signal.kind, &signal.name, &Times::of(signal.kind, &stamp));
    out.put(b",\"attributes\":");
    let mut tally = Tally::default();
    let mut json = JsonEncoder { out: &mut out };
    json.begin_object(At::Text);
    record_holding(value, &mut json, allowance.consent(), held, &mut tally);
    json.end_object(());
    end_payload(&mut out, tally.dropped, None);
    String::from_utf8(out.into_vec()).ok()
}

/// The body of the request that would be sent for one signal alone: OTLP protobuf, or JSON in its endpoint's form.
/// `None` when nothing would be.
pub fn request<T: Telemetry + ?Sized>(
    catalogue: &'static Catalogue,
    allowed: impl Into<Allowance>,
    value: &T,
) -> Option<Vec<u8>> {
    let allowance = allowed.into();
    let held = allowance.held(T::SIGNAL).filter(|_| is_signal_of(T::SIGNAL, catalogue))?;
    let (mut element, mut ids, stamp) = (Buffer::growing(), Rng::new(), Stamp::now(None, false));
    let lanes = Lanes::new(catalogue);
    let lane = lanes.get(lanes.of(T::SIGNAL))?;
    match &lane.form {
        LaneForm::Otlp(..) => {
            OtlpEncoder::signal(&mut element, &mut ids, allowance.consent(), held, stamp, value);
        }
        LaneForm::Json(_, body, _) => {
            let buffers = (&mut element, &mut Buffer::growing());
            put_body(buffers, body, &mut ids, (allowance.consent(), held), stamp, value);
        }
    }
    let header = lane.header(element.len());
    Some([&header, element.bytes(), lane.behind()].concat())
}

/// Shows the payload that would be sent for one signal: its [`request`], decoded from those bytes. `None` when nothing
/// would be sent.
pub fn preview<T: Telemetry + ?Sized>(
    catalogue: &'static Catalogue,
    allowed: impl Into<Allowance>,
    value: &T,
) -> Option<String> {
    let request = request(catalogue, allowed, value)?;
    match catalogue.endpoints.get(usize::from(T::SIGNAL.endpoint)) {
        Some(endpoint) if endpoint.form.body().is_some() => decode_body(catalogue, &endpoint.name, &request).pop(),
        _ => decode(catalogue, T::SIGNAL.kind, &request).pop(),
    }
}

/// The payloads in an OTLP/HTTP request body that this crate wrote: `ExportTraceServiceRequest` for spans,
/// `ExportLogsServiceRequest` for events.
pub fn decode(catalogue: &Catalogue, kind: SignalKind, request: &[u8]) -> Vec<String> {
    let groups = messages(request, 1).flat_map(|resource| messages(resource, 2));
    groups.flat_map(|scope| messages(scope, 2)).filter_map(|element| decode_element(catalogue, kind, element)).collect()
}

pub(crate) fn messages(message: &[u8], number: u64) -> impl Iterator<Item = &[u8]> {
    Reader(message).filter_map(move |(field, value)| match value {
        Field::Bytes(bytes) if field == number => Some(bytes),
        _ => None,
    })
}

/// The points in time of a payload, as it writes them.
enum Times {
    Span { start: u64, end: u64 },
    Event { time: u64 },
}

impl Times {
    fn of(kind: SignalKind, stamp: &Stamp) -> Self {
        match kind {
            SignalKind::Span => Times::Span { start: stamp.start_unix_nano, end: stamp.end_unix_nano },
            SignalKind::Event => Times::Event { time: stamp.end_unix_nano },
        }
    }
}

fn begin_payload(out: &mut Buffer, kind: SignalKind, name: &str, times: &Times) {
    out.put(b"{\"kind\":\"");
    out.put(kind.word().as_bytes());
    out.put(b"\",\"name\":");
    quote(out, name);
    // Writing to memory does not fail.
    let _ = match times {
        Times::Span { start, end } => {
            write!(out, ",\"startTimeUnixNano\":\"{start}\",\"endTimeUnixNano\":\"{end}\"")
        }
        Times::Event { time } => write!(out, ",\"timeUnixNano\":\"{time}\""),
    };
}

fn end_payload(out: &mut Buffer, dropped: u32, status: Option<u64>) {
    if dropped > 0 {
        let _ = write!(out, ",\"droppedAttributesCount\":{dropped}"); // as above
    }
    if let Some(code) = status {
        let _ = write!(out, ",\"status\":{{\"code\":{code}}}"); // as above
    }
    out.push(b'}');
}

/// The payload of one span or event.
pub(crate) fn decode_element(catalogue: &Catalogue, kind: SignalKind, element: &[u8]) -> Option<String> {
    let (mut name, mut start, mut end, mut dropped, mut status, mut attributes) = ("", 0, 0, 0, None, Vec::new());
    let mut ids: [&[u8]; 2] = [&[], &[]];
    let facts = kind.facts();
    let is = |number: u64, field: u8| number == u64::from(field);
    for (number, field) in Reader(element) {
        match field {
            Field::Bytes(id) if is(number, facts.trace_id) => ids[0] = id,
            Field::Bytes(id) if is(number, facts.span_id) => ids[1] = id,
            Field::Bytes(text) if is(number, facts.name) => name = std::str::from_utf8(text).ok()?,
            Field::Bytes(pair) if is(number, facts.attributes) => attributes.push(pair),
            Field::Fixed64(time) if facts.start.is_some_and(|field| is(number, field)) => start = time,
            Field::Fixed64(time) if is(number, facts.end) => end = time,
            Field::Varint(count) if is(number, facts.dropped) => dropped = count as u32,
            Field::Bytes(message) if kind == SignalKind::Span && number == 15 => {
                status = Reader(message).find_map(|field| match field {
                    (3, Field::Varint(code)) => Some(code),
                    _ => None,
                });
            }
            _ => {}
        }
    }
    let signal = catalogue.signals.iter().find(|signal| signal.kind == kind && signal.name == name);
    let mut out = Buffer::growing();
    let times = match kind {
        SignalKind::Span => Times::Span { start, end },
        SignalKind::Event => Times::Event { time: end },
    };
    begin_payload(&mut out, kind, name, &times);
    for (name, id) in ["traceId", "spanId"].into_iter().zip(ids).filter(|(_, id)| !id.is_empty()) {
        let _ = write!(out, ",\"{name}\":\""); // a buffer does not fail
        id.iter().for_each(|byte| _ = write!(out, "{byte:02x}"));
        out.push(b'"');
    }
    out.put(b",\"attributes\":");
    decode_map(&mut out, attributes.into_iter(), |key| {
        let known = signal.and_then(|s| s.attributes.iter().find(|known| known.name() == key));
        known.is_some_and(|known| known.attribute.encoding == Encoding::Json)
    })?;
    end_payload(&mut out, dropped, status);
    String::from_utf8(out.into_vec()).ok()
}

/// Key-value pairs as a JSON object; texts under a key for which `is_json` holds are JSON already.
fn decode_map<'a>(
    out: &mut Buffer,
    pairs: impl Iterator<Item = &'a [u8]>,
    is_json: impl Fn(&str) -> bool,
) -> Option<()> {
    out.push(b'{');
    for (position, pair) in pairs.enumerate() {
        if position > 0 {
            out.push(b',');
        }
        let key = std::str::from_utf8(messages(pair, 1).next()?).ok()?;
        quote(out, key);
        out.push(b':');
        decode_any(out, messages(pair, 2).next()?, is_json(key))?;
    }
    out.push(b'}');
    Some(())
}

fn decode_any(out: &mut Buffer, any: &[u8], is_json: bool) -> Option<()> {
    match Reader(any).next()? {
        (1, Field::Bytes(text)) if is_json => out.put(text),
        (1, Field::Bytes(text)) => quote(out, std::str::from_utf8(text).ok()?),
        (2, Field::Varint(value)) => JsonEncoder { out }.boolean(At::Text, value != 0),
        (3, Field::Varint(value)) => JsonEncoder { out }.int(At::Text, value as i64),
        (4, Field::Fixed64(bits)) => JsonEncoder { out }.double(At::Text, f64::from_bits(bits)),
        (5, Field::Bytes(list)) => {
            out.push(b'[');
            for (position, item) in messages(list, 1).enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                decode_any(out, item, false)?;
            }
            out.push(b']');
        }
        (6, Field::Bytes(map)) => decode_map(out, messages(map, 1), |_| false)?,
        _ => return None,
    }
    Some(())
}
