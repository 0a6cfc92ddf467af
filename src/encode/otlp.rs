//! OTLP protobuf, written straight into the batch that goes out.
//! <https://github.com/open-telemetry/opentelemetry-proto/tree/v1.9.0/opentelemetry/proto>

use super::wire::{
    Nested, begin, end, fill_varint, put_bytes, put_varint, tag_fixed64, tag_len, tag_varint, varint_len,
};
use std::time::SystemTime;

use candor_domain::{ChannelName, DEFAULT, MARKER, OPT_IN, OPT_IN_NAME, marker_names};
use fastrand::Rng;

use super::joined::{begin_joined, end_joined};
use super::{At, Buffer, Encoder, JsonEncoder};
use crate::filter::{Outcome, Tally, record, record_holding, record_resource};
use crate::trace::Trace;
use crate::{Catalogue, Consent, Resource, SignalKind, Telemetry};

/// The times of a signal, and the spans that it is joined with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamp<'t> {
    pub start_unix_nano: u64,
    pub end_unix_nano: u64,
    /// `None` for a signal that stands for itself and did not fail.
    pub trace: Option<&'t Trace>,
}

impl<'t> Stamp<'t> {
    /// Stamps a signal that starts and ends now. Reads the clock once.
    #[inline]
    pub fn now() -> Self {
        let now = unix_nano(SystemTime::now());
        Stamp { start_unix_nano: now, end_unix_nano: now, trace: None }
    }

    /// The same, of a span that started then.
    pub fn since(self, start: SystemTime) -> Self {
        Stamp { start_unix_nano: unix_nano(start), ..self }
    }

    /// The same, of a signal with ids, a status, or other spans to be joined with.
    pub fn of(self, trace: &'t Trace) -> Self {
        Stamp { trace: Some(trace), ..self }
    }
}

/// Nanoseconds since 1970, in UTC.
#[inline]
pub(crate) fn unix_nano(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since.as_secs().wrapping_mul(1_000_000_000).wrapping_add(since.subsec_nanos().into())
}

/// Appends OTLP to a batch.
pub(crate) struct OtlpEncoder<'b> {
    out: &'b mut Buffer,
    /// Tag of the signal's attributes: spans and log records have different ones.
    attribute_tag: u8,
}

const KEY: u8 = tag_len(1);
const VALUE: u8 = tag_len(2);
const MAP_ENTRY: u8 = tag_len(1);
const LIST_ITEM: u8 = tag_len(1);
const RESOURCE_ATTRIBUTE: u8 = tag_len(1);
const BODY: u8 = tag_len(5);
const STRING: u8 = tag_len(1);
const BOOLEAN: u8 = tag_varint(2);
const INT: u8 = tag_varint(3);
const DOUBLE: u8 = tag_fixed64(4);
const LIST: u8 = tag_len(5);
const MAP: u8 = tag_len(6);

/// The resource attribute that the head of a catalogue says.
pub(crate) const SERVICE_NAME: &str = "service.name";

impl<'b> OtlpEncoder<'b> {
    /// Appends `value` as an element of `ScopeSpans.spans` or `ScopeLogs.log_records`.
    #[inline]
    pub fn signal<T: Telemetry + ?Sized>(
        out: &'b mut Buffer,
        ids: &mut Rng,
        consent: Consent,
        held: &[&'static str],
        stamp: Stamp<'_>,
        value: &T,
    ) -> Tally {
        let kind = T::SIGNAL.kind;
        let element = begin(out, tag_len(2), 2);
        match kind {
            SignalKind::Span => begin_span(out, &T::SIGNAL.name, ids, &stamp),
            // Metrics are aggregated, and never written one by one.
            SignalKind::Event | SignalKind::Metric => begin_event(out, &T::SIGNAL.name, &stamp),
        }
        let attribute_tag = tag_len(kind.facts().attributes);
        let mut tally = Tally::default();
        let mut encoder = OtlpEncoder { out, attribute_tag };
        match held {
            [] => record(value, &mut encoder, consent, &mut tally),
            held => record_holding(value, &mut encoder, consent, held, &mut tally),
        }
        let mut needs = tally.used.and(T::SIGNAL.needs);
        if let Some(trace) = stamp.trace {
            needs = needs.and(trace.needs());
        }
        if needs != Consent::of(DEFAULT) && !needs.is_off() {
            encoder.marker(&T::SIGNAL.channels, needs);
        }
        if tally.dropped > 0 || stamp.trace.is_some() {
            end_unusual(encoder.out, kind, tally.dropped, stamp.trace);
        }
        end(encoder.out, element);
        tally
    }

    /// Writes the marker of what a signal needs beyond `default`.
    #[inline]
    fn marker(&mut self, names: &[ChannelName], needs: Consent) {
        match needs.without(Consent::of(DEFAULT)) == Consent::of(OPT_IN) {
            // By far the most frequent one: a text whose length is known here.
            true => self.string(At::Attribute(MARKER), OPT_IN_NAME),
            false => self.marker_of_names(names, needs),
        }
    }

    #[inline(never)]
    fn marker_of_names(&mut self, names: &[ChannelName], needs: Consent) {
        let names = marker_names(names, needs);
        let length = names.clone().map(|name| name.len() + 1).sum::<usize>().saturating_sub(1);
        if length == 0 {
            return;
        }
        self.any(At::Attribute(MARKER), 1 + varint_len(length) + length, |space| {
            space[0] = STRING;
            let mut rest = fill_varint(&mut space[1..], length as u64);
            for (position, name) in names.enumerate() {
                if position > 0 {
                    rest[0] = b',';
                    rest = &mut rest[1..];
                }
                let (here, after) = rest.split_at_mut(name.len());
                here.copy_from_slice(name.as_bytes());
                rest = after;
            }
        });
    }

    /// Appends the attributes of the process as fields of a `Resource`.
    pub fn resource<R: Resource + ?Sized>(out: &'b mut Buffer, consent: Consent, held: &[&'static str], value: &R) {
        let mut tally = Tally::default();
        let mut encoder = OtlpEncoder { out, attribute_tag: RESOURCE_ATTRIBUTE };
        record_resource(value, &mut encoder, consent, held, &mut tally);
        put_dropped_of_resource(encoder.out, tally.dropped);
    }

    /// A value whose length is known, written in one go: `fill` gets `length` bytes for the `AnyValue`.
    #[inline(always)]
    fn any(&mut self, at: At<'_>, length: usize, fill: impl FnOnce(&mut [u8])) {
        let (tag, name) = match at {
            At::Attribute(name) => (self.attribute_tag, name),
            At::Field(name) => (MAP_ENTRY, name),
            At::Item | At::Text | At::Body(_) => {
                if let Some(space) = self.out.space(1 + varint_len(length) + length) {
                    space[0] = bare_tag(at);
                    let space = match length {
                        0..0x80 => {
                            space[1] = length as u8;
                            &mut space[2..]
                        }
                        _ => fill_varint(&mut space[1..], length as u64),
                    };
                    fill(space);
                }
                return;
            }
        };
        // Nearly always every length fits one byte.
        let entry = 4 + name.len() + length;
        if entry < 0x80 {
            let Some(space) = self.out.space(2 + entry) else { return };
            let (head, space) = space.split_at_mut(4);
            head.copy_from_slice(&[tag, entry as u8, KEY, name.len() as u8]);
            let (key, space) = space.split_at_mut(name.len());
            key.copy_from_slice(name.as_bytes());
            let (head, space) = space.split_at_mut(2);
            head.copy_from_slice(&[VALUE, length as u8]);
            return fill(space);
        }
        self.any_long(tag, name, length, fill);
    }

    #[inline(never)]
    fn any_long(&mut self, tag: u8, name: &str, length: usize, fill: impl FnOnce(&mut [u8])) {
        let entry = 1 + varint_len(name.len()) + name.len() + 1 + varint_len(length) + length;
        let Some(space) = self.out.space(1 + varint_len(entry) + entry) else { return };
        space[0] = tag;
        let space = fill_varint(&mut space[1..], entry as u64);
        space[0] = KEY;
        let space = fill_varint(&mut space[1..], name.len() as u64);
        let (key, space) = space.split_at_mut(name.len());
        key.copy_from_slice(name.as_bytes());
        space[0] = VALUE;
        fill(fill_varint(&mut space[1..], length as u64));
    }

    /// Begins a value whose length is not known yet.
    fn nest(&mut self, at: At<'_>, kind: u8, reserved: usize) -> Open {
        let (tag, name) = match at {
            At::Attribute(name) => (self.attribute_tag, name),
            At::Field(name) => (MAP_ENTRY, name),
            At::Item | At::Text | At::Body(_) => {
                let item = begin(self.out, bare_tag(at), reserved);
                return Open { entry: None, value: item, contents: begin(self.out, kind, reserved) };
            }
        };
        let entry = begin(self.out, tag, reserved);
        put_bytes(self.out, KEY, name.as_bytes());
        let value = begin(self.out, VALUE, reserved);
        Open { entry: Some(entry), value, contents: begin(self.out, kind, reserved) }
    }

    fn end(&mut self, open: Open) {
        end(self.out, open.contents);
        end(self.out, open.value);
        if let Some(entry) = open.entry {
            end(self.out, entry);
        }
    }
}

/// The tag of a value without a key.
fn bare_tag(at: At<'_>) -> u8 {
    if let At::Body(_) = at { BODY } else { LIST_ITEM }
}

/// A list, map or JSON text that was begun, with what is around it.
pub(crate) struct Open {
    entry: Option<Nested>,
    value: Nested,
    contents: Nested,
}

/// Everything of a span that stands before its attributes. The time is mixed into the ids, so that a forked process, which
/// inherits the generator, has ids of its own.
#[inline(always)]
fn begin_span(out: &mut Buffer, name: &str, ids: &mut Rng, stamp: &Stamp<'_>) {
    const TIMES: usize = 2 + 9 + 9;
    match stamp.trace {
        None => begin_root(out, ids, stamp),
        Some(trace) => begin_joined(out, stamp, trace),
    }
    put_bytes(out, tag_len(5), name.as_bytes());
    let Some(space) = out.space(TIMES) else { return };
    space[..2].copy_from_slice(&[tag_varint(6), 1]); // SPAN_KIND_INTERNAL
    space[2] = tag_fixed64(7);
    space[3..11].copy_from_slice(&stamp.start_unix_nano.to_le_bytes());
    space[11] = tag_fixed64(8);
    space[12..20].copy_from_slice(&stamp.end_unix_nano.to_le_bytes());
}

/// The ids of a span that stands for itself.
#[inline(always)]
fn begin_root(out: &mut Buffer, ids: &mut Rng, stamp: &Stamp<'_>) {
    const IDS: usize = 2 + 16 + 2 + 8;
    let Some(space) = out.space(IDS) else { return };
    space[..2].copy_from_slice(&[tag_len(1), 16]);
    space[2..10].copy_from_slice(&(ids.u64(..) ^ stamp.end_unix_nano).to_be_bytes());
    space[10..18].copy_from_slice(&ids.u64(1..).to_be_bytes());
    space[18..20].copy_from_slice(&[tag_len(2), 8]);
    space[20..28].copy_from_slice(&(ids.u64(..) ^ stamp.end_unix_nano).max(1).to_be_bytes());
}

/// Everything of a log record that stands before its attributes.
fn begin_event(out: &mut Buffer, name: &str, stamp: &Stamp<'_>) {
    out.push(tag_fixed64(1));
    out.put(&stamp.end_unix_nano.to_le_bytes());
    put_bytes(out, tag_len(12), name.as_bytes());
}

/// Writes the fields behind the attributes, which only few signals have.
#[cold]
fn end_unusual(out: &mut Buffer, kind: SignalKind, dropped: u32, trace: Option<&Trace>) {
    if dropped > 0 {
        out.push(tag_varint(kind.facts().dropped));
        put_varint(out, dropped.into());
    }
    if let Some(trace) = trace {
        end_joined(out, kind, trace);
    }
}

impl Encoder for OtlpEncoder<'_> {
    type Mark = usize;
    type Open = Open;
    type Json<'e>
        = JsonEncoder<'e>
    where
        Self: 'e;

    fn mark(&self) -> usize {
        self.out.len()
    }

    fn rewind(&mut self, mark: usize) {
        if !self.out.is_full() {
            self.out.rewind(mark);
        }
    }

    /// Null is an `AnyValue` with nothing in it.
    fn null(&mut self, at: At<'_>) {
        self.any(at, 0, |_| {});
    }

    #[inline(always)]
    fn string(&mut self, at: At<'_>, value: &str) {
        self.any(at, 1 + varint_len(value.len()) + value.len(), |space| {
            space[0] = STRING;
            if value.len() < 0x80 {
                space[1] = value.len() as u8;
                space[2..].copy_from_slice(value.as_bytes());
            } else {
                fill_varint(&mut space[1..], value.len() as u64).copy_from_slice(value.as_bytes());
            }
        });
    }

    #[inline(always)]
    fn boolean(&mut self, at: At<'_>, value: bool) {
        self.any(at, 2, |space| space.copy_from_slice(&[BOOLEAN, u8::from(value)]));
    }

    #[inline(always)]
    fn int(&mut self, at: At<'_>, value: i64) {
        self.any(at, 1 + varint_len(value as usize), |space| {
            space[0] = INT;
            fill_varint(&mut space[1..], value as u64);
        });
    }

    #[inline(always)]
    fn double(&mut self, at: At<'_>, value: f64) {
        self.any(at, 9, |space| {
            space[0] = DOUBLE;
            space[1..].copy_from_slice(&value.to_bits().to_le_bytes());
        });
    }

    #[inline]
    fn begin_list(&mut self, at: At<'_>) -> Open {
        self.nest(at, LIST, 1)
    }

    #[inline]
    fn end_list(&mut self, list: Open) {
        self.end(list);
    }

    fn begin_object(&mut self, at: At<'_>) -> Open {
        self.nest(at, MAP, 1)
    }

    fn end_object(&mut self, object: Open) {
        self.end(object);
    }

    fn json(&mut self, at: At<'_>, write: impl FnOnce(&mut JsonEncoder<'_>, At<'_>) -> Outcome) -> Outcome {
        let mark = self.mark();
        let text = self.nest(at, STRING, 2);
        let outcome = write(&mut JsonEncoder { out: self.out }, At::Text);
        match outcome {
            Outcome::Written => self.end(text),
            Outcome::Absent | Outcome::Refused => self.rewind(mark),
        }
        outcome
    }
}

/// The number of resource attributes that were left out.
pub(crate) fn put_dropped_of_resource(out: &mut Buffer, dropped: u32) {
    if dropped > 0 {
        out.push(tag_varint(2));
        put_varint(out, dropped.into());
    }
}

/// The envelope that makes a request of recorded elements: an `ExportTraceServiceRequest` or an
/// `ExportLogsServiceRequest`, which have the same numbers (resource group 1; resource 1, scope group 2; scope 1,
/// elements 2).
#[derive(Debug)]
pub(crate) struct Envelope {
    /// The name of the service, as a field of the resource.
    service: Vec<u8>,
    /// Bytes that the attributes of the process are expected to take.
    process_room: usize,
    /// The scope, as a field of its group.
    scope: Vec<u8>,
}

impl Envelope {
    pub fn new(catalogue: &Catalogue, process_room: usize) -> Self {
        let mut service = Buffer::growing();
        OtlpEncoder { out: &mut service, attribute_tag: RESOURCE_ATTRIBUTE }
            .string(At::Attribute(SERVICE_NAME), catalogue.service);
        let mut scope = Buffer::growing();
        let field = begin(&mut scope, tag_len(1), 1);
        put_bytes(&mut scope, tag_len(1), catalogue.name.as_bytes());
        put_bytes(&mut scope, tag_len(2), catalogue.version.as_bytes());
        end(&mut scope, field);
        Envelope { service: service.into_vec(), process_room, scope: scope.into_vec() }
    }

    /// The bytes to keep free before the elements, whatever their length.
    pub fn room(&self) -> usize {
        const LENGTH: usize = 1 + 10;
        self.service.len() + self.process_room + self.scope.len() + 3 * LENGTH
    }

    /// The bytes that stand before `length` bytes of elements, with the attributes of the process.
    pub fn header(&self, process: &[u8], length: usize) -> Vec<u8> {
        let group = self.scope.len() + length;
        let resource = self.service.len() + process.len();
        let all = 1 + varint_len(resource) + resource + 1 + varint_len(group) + group;
        let mut out = Buffer::growing();
        out.push(tag_len(1));
        put_varint(&mut out, all as u64);
        out.push(tag_len(1));
        put_varint(&mut out, resource as u64);
        out.put(&self.service);
        out.put(process);
        out.push(tag_len(2));
        put_varint(&mut out, group as u64);
        out.put(&self.scope);
        out.into_vec()
    }
}
