//! The payload form: one JSON object per signal, for people, schemas and validation.
//!
//! ```json
//! {"kind":"span","name":"Crew Created","startTimeUnixNano":"…","endTimeUnixNano":"…","attributes":{"crew_key":"…"}}
//! ```
//! Signals that need a permission beyond `default` list it in `channels`: the names, sorted, with commas. Objects and lists
//! are JSON, whatever their encoding on the wire. [`decode`] makes a payload from the bytes that are sent, so a preview
//! shows the wire, not what the program believes it wrote.

use std::io::Write;

use candor_domain::MARKER;
use fastrand::Rng;

use crate::encode::wire::{Field, Reader};
use crate::encode::{At, Buffer, Encoder, JsonEncoder, OtlpEncoder, SERVICE_NAME, Stamp, put_body, quote};
use crate::filter::{Tally, is_signal_of, record_resource};
use crate::lanes::{LaneForm, Lanes};
use crate::process::{AllowedProcess, Process};
use crate::{Allowance, Catalogue, Encoding, Member, Signal, SignalKind, Telemetry};

mod body;

pub use body::decode_body;
#[cfg(feature = "spool")]
pub(crate) use body::read_bodies;

/// The payload of one signal, without the resource; `None` when what is allowed does not include the signal.
pub fn payload<T: Telemetry + ?Sized>(allowed: impl Into<Allowance>, value: &T) -> Option<String> {
    let (signal, allowance) = (T::SIGNAL, allowed.into());
    let held = allowance.held(signal)?;
    let mut element = Buffer::growing();
    OtlpEncoder::signal(&mut element, &mut Rng::new(), allowance.consent(), held, Stamp::now(), value);
    let mut parts = Parts::read(signal.kind, messages(element.bytes(), 2).next()?)?;
    parts.ids = [&[]; 3];
    parts.write(signal.kind, Some(signal), None)
}

/// The attributes of the process that are allowed, as the member `resource` of payloads.
pub fn resource<R: crate::Resource + ?Sized>(allowed: impl Into<Allowance>, value: &R) -> String {
    let allowance = allowed.into();
    let mut out = Buffer::growing();
    let mut json = JsonEncoder { out: &mut out };
    json.begin_object(At::Text);
    record_resource(value, &mut json, allowance.consent(), allowance.held_of_process(), &mut Tally::default());
    json.end_object(());
    String::from_utf8(out.into_vec()).unwrap_or_default()
}

/// The body of the request that would be sent for one signal alone: OTLP protobuf, or JSON in its endpoint's form.
/// `None` when nothing would be.
///
/// Nothing is known here of the process: a catalogue with a resource wants [`Pipeline::preview`](crate::Pipeline::preview).
pub fn request<T: Telemetry + ?Sized>(
    catalogue: &'static Catalogue,
    allowed: impl Into<Allowance>,
    value: &T,
) -> Option<Vec<u8>> {
    let allowance = allowed.into();
    request_of(catalogue, &Process::unknown(catalogue).allowing(allowance.clone()), &allowance, value)
}

/// The same with the attributes of the process.
pub(crate) fn request_of<T: Telemetry + ?Sized>(
    catalogue: &'static Catalogue,
    process: &AllowedProcess<'_>,
    allowance: &Allowance,
    value: &T,
) -> Option<Vec<u8>> {
    let held = allowance.held(T::SIGNAL).filter(|_| is_signal_of(T::SIGNAL, catalogue))?;
    let (mut element, mut ids, stamp) = (Buffer::growing(), Rng::new(), Stamp::now());
    let lanes = Lanes::new(catalogue, 0);
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
    Some(lane.request(process, element.bytes()))
}

/// Shows the payload that would be sent for one signal: its [`request`], decoded from those bytes. `None` when nothing
/// would be sent.
pub fn preview<T: Telemetry + ?Sized>(
    catalogue: &'static Catalogue,
    allowed: impl Into<Allowance>,
    value: &T,
) -> Option<String> {
    decode_request(catalogue, T::SIGNAL, &request(catalogue, allowed, value)?)
}

/// The payload in a request of one signal, whatever its form.
pub(crate) fn decode_request(catalogue: &Catalogue, signal: &Signal, request: &[u8]) -> Option<String> {
    match catalogue.endpoints.get(usize::from(signal.endpoint)) {
        Some(endpoint) if endpoint.form.body().is_some() => decode_body(catalogue, &endpoint.name, request).pop(),
        _ => decode(catalogue, signal.kind, request).pop(),
    }
}

/// The payloads in an OTLP/HTTP request body that this crate wrote: `ExportTraceServiceRequest` for spans,
/// `ExportLogsServiceRequest` for events.
pub fn decode(catalogue: &Catalogue, kind: SignalKind, request: &[u8]) -> Vec<String> {
    let mut payloads = Vec::new();
    for group in messages(request, 1) {
        let resource = Resource::read(catalogue, group);
        let elements = messages(group, 2).flat_map(|scope| messages(scope, 2));
        payloads.extend(elements.filter_map(|element| {
            let parts = Parts::read(kind, element)?;
            parts.write(kind, parts.signal(catalogue, kind), resource.as_ref())
        }));
    }
    payloads
}

pub(crate) fn messages(message: &[u8], number: u64) -> impl Iterator<Item = &[u8]> {
    Reader(message).filter_map(move |(field, value)| match value {
        Field::Bytes(bytes) if field == number => Some(bytes),
        _ => None,
    })
}

/// The attributes of the process, as a request has them.
struct Resource {
    /// The member `resource`; empty if there are none.
    json: Vec<u8>,
    dropped: u32,
}

impl Resource {
    /// `service.name` is left out: the catalogue says it.
    fn read(catalogue: &Catalogue, group: &[u8]) -> Option<Self> {
        let resource = messages(group, 1).next()?;
        let is_service = |pair: &&[u8]| messages(pair, 1).next() == Some(SERVICE_NAME.as_bytes());
        let pairs: Vec<_> = messages(resource, 1).filter(|pair| !is_service(pair)).collect();
        let mut json = Buffer::growing();
        if !pairs.is_empty() {
            let is_json = |key: &str| {
                catalogue.resource.attribute(key).is_some_and(|known| known.attribute.encoding == Encoding::Json)
            };
            decode_map(&mut json, pairs.into_iter(), is_json)?;
        }
        let dropped = Reader(resource).find_map(|field| match field {
            (2, Field::Varint(count)) => Some(count as u32),
            _ => None,
        });
        Some(Resource { json: json.into_vec(), dropped: dropped.unwrap_or_default() })
    }
}

/// The JSON of the attributes of the process in the first group of a request.
#[cfg(feature = "spool")]
pub(crate) fn decode_resource(catalogue: &Catalogue, request: &[u8]) -> Option<String> {
    let resource = Resource::read(catalogue, messages(request, 1).next()?)?;
    String::from_utf8(resource.json).ok()
}

/// The payload of one span or event, without its resource.
#[cfg(feature = "spool")]
pub(crate) fn decode_element(catalogue: &Catalogue, kind: SignalKind, element: &[u8]) -> Option<String> {
    let parts = Parts::read(kind, element)?;
    parts.write(kind, parts.signal(catalogue, kind), None)
}

/// The fields of one span or log record that the payload form has.
#[derive(Default)]
struct Parts<'e> {
    name: &'e str,
    start: u64,
    end: u64,
    dropped: u32,
    status: Option<u64>,
    attributes: Vec<&'e [u8]>,
    body: Option<&'e [u8]>,
    ids: [&'e [u8]; 3],
    links: Vec<&'e [u8]>,
}

impl<'e> Parts<'e> {
    fn read(kind: SignalKind, element: &'e [u8]) -> Option<Self> {
        let mut parts = Parts::default();
        let facts = kind.facts();
        let is = |number: u64, field: u8| number == u64::from(field);
        for (number, field) in Reader(element) {
            match field {
                Field::Bytes(id) if is(number, facts.trace_id) => parts.ids[0] = id,
                Field::Bytes(id) if is(number, facts.span_id) => parts.ids[1] = id,
                Field::Bytes(id) if kind == SignalKind::Span && number == 4 => parts.ids[2] = id,
                Field::Bytes(link) if kind == SignalKind::Span && number == 13 => parts.links.push(link),
                Field::Bytes(text) if is(number, facts.name) => parts.name = std::str::from_utf8(text).ok()?,
                Field::Bytes(pair) if is(number, facts.attributes) => parts.attributes.push(pair),
                Field::Bytes(body) if kind == SignalKind::Event && number == 5 => parts.body = Some(body),
                Field::Fixed64(time) if facts.start.is_some_and(|field| is(number, field)) => parts.start = time,
                Field::Fixed64(time) if is(number, facts.end) => parts.end = time,
                Field::Varint(count) if is(number, facts.dropped) => parts.dropped = count as u32,
                Field::Bytes(message) if kind == SignalKind::Span && number == 15 => parts.status = status(message),
                _ => {}
            }
        }
        Some(parts)
    }

    fn signal(&self, catalogue: &Catalogue, kind: SignalKind) -> Option<&'static Signal> {
        catalogue.signals.iter().copied().find(|signal| signal.kind == kind && signal.name == self.name)
    }

    fn write(&self, kind: SignalKind, signal: Option<&Signal>, resource: Option<&Resource>) -> Option<String> {
        let mut out = Buffer::growing();
        self.write_head(kind, &mut out);
        let (marker, attributes) = take_marker(&self.attributes);
        if let Some(marker) = marker {
            out.put(b",\"channels\":");
            quote(&mut out, marker);
        }
        out.put(b",\"attributes\":");
        let is_json = |known: Option<&Member>| known.is_some_and(|known| known.attribute.encoding == Encoding::Json);
        decode_map(&mut out, attributes.iter().copied(), |key| is_json(signal.and_then(|s| s.attribute(key))))?;
        if let Some(body) = self.body {
            out.put(b",\"body\":");
            decode_any(&mut out, body, is_json(signal.and_then(Signal::body)))?;
        }
        if let Some(resource) = resource.filter(|resource| !resource.json.is_empty()) {
            out.put(b",\"resource\":");
            out.put(&resource.json);
        }
        let dropped = self.dropped.saturating_add(resource.map_or(0, |resource| resource.dropped));
        // Writing to memory does not fail.
        if dropped > 0 {
            let _ = write!(out, ",\"droppedAttributesCount\":{dropped}");
        }
        if let Some(code) = self.status {
            let _ = write!(out, ",\"status\":{{\"code\":{code}}}");
        }
        out.push(b'}');
        String::from_utf8(out.into_vec()).ok()
    }

    /// Kind, name, times and ids.
    fn write_head(&self, kind: SignalKind, out: &mut Buffer) {
        out.put(b"{\"kind\":\"");
        out.put(kind.word().as_bytes());
        out.put(b"\",\"name\":");
        quote(out, self.name);
        let Parts { start, end, .. } = self;
        let _ = match kind {
            SignalKind::Span => write!(out, ",\"startTimeUnixNano\":\"{start}\",\"endTimeUnixNano\":\"{end}\""),
            SignalKind::Event => write!(out, ",\"timeUnixNano\":\"{end}\""),
            SignalKind::Metric => {
                write!(out, ",\"startTimeUnixNano\":\"{start}\",\"timeUnixNano\":\"{end}\"")
            }
        };
        let ids = ["traceId", "spanId", "parentSpanId"].into_iter().zip(self.ids);
        for (name, id) in ids.filter(|(_, id)| !id.is_empty()) {
            out.push(b',');
            write_id(out, name, id);
        }
        self.write_links(out);
    }

    fn write_links(&self, out: &mut Buffer) {
        for (position, link) in self.links.iter().enumerate() {
            out.put(if position == 0 { b",\"links\":[{" } else { b",{" });
            let id = |number| messages(link, number).next().unwrap_or_default();
            write_id(out, "traceId", id(1));
            out.push(b',');
            write_id(out, "spanId", id(2));
            out.push(b'}');
        }
        if !self.links.is_empty() {
            out.push(b']');
        }
    }
}

fn write_id(out: &mut Buffer, name: &str, id: &[u8]) {
    // Writing to memory does not fail.
    let _ = write!(out, "\"{name}\":\"");
    id.iter().for_each(|byte| _ = write!(out, "{byte:02x}"));
    out.push(b'"');
}

fn status(message: &[u8]) -> Option<u64> {
    Reader(message).find_map(|field| match field {
        (3, Field::Varint(code)) => Some(code),
        _ => None,
    })
}

/// The marker, and the attributes without it. It is the last one, where there is one.
fn take_marker<'a, 'e>(attributes: &'a [&'e [u8]]) -> (Option<&'e str>, &'a [&'e [u8]]) {
    let text = |last: &&'e [u8]| {
        let is_marker = messages(last, 1).next()? == MARKER.as_bytes();
        let text = messages(messages(last, 2).next()?, 1).next()?;
        std::str::from_utf8(text).ok().filter(|_| is_marker)
    };
    match attributes.split_last().and_then(|(last, others)| Some((text(last)?, others))) {
        Some((marker, others)) => (Some(marker), others),
        None => (None, attributes),
    }
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
    let Some(field) = Reader(any).next() else {
        JsonEncoder { out }.null(At::Text); // nothing is null
        return Some(());
    };
    match field {
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
