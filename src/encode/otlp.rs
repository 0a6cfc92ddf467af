//! OTLP protobuf, written straight into the batch that goes out.
//! <https://github.com/open-telemetry/opentelemetry-proto/tree/v1.9.0/opentelemetry/proto>

use super::wire::{begin, end, put_bytes, put_varint, tag_fixed64, tag_len, tag_varint};
use super::{Encoder, JsonEncoder};
use crate::filter::{Filter, Outcome, Tally};
use crate::{Catalogue, SignalKind, Telemetry};

/// When and under which ids a signal is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub start_unix_nano: u64,
    pub end_unix_nano: u64,
    pub trace_id: u128,
    pub span_id: u64,
    pub failed: bool,
}

/// Appends OTLP to a batch.
pub(crate) struct OtlpEncoder<'b> {
    out: &'b mut Vec<u8>,
    /// Tag of the next entry: attributes of a signal and entries of a map have different ones.
    entry_tag: u8,
}

const SPAN_ATTRIBUTES: u8 = tag_len(9);
const LOG_ATTRIBUTES: u8 = tag_len(6);
const MAP_ENTRY: u8 = tag_len(1);
const STATUS_ERROR: u64 = 2;

impl<'b> OtlpEncoder<'b> {
    /// Appends `value` as an element of `ScopeSpans.spans` or `ScopeLogs.log_records`.
    pub fn signal<T: Telemetry + ?Sized>(out: &'b mut Vec<u8>, opted_in: bool, stamp: Stamp, value: &T) -> Tally {
        let signal = T::SIGNAL;
        let element = begin(out, tag_len(2));
        let entry_tag = match signal.kind {
            SignalKind::Span => {
                put_bytes(out, tag_len(1), &stamp.trace_id.to_be_bytes());
                put_bytes(out, tag_len(2), &stamp.span_id.to_be_bytes());
                put_bytes(out, tag_len(5), signal.name.as_bytes());
                out.extend_from_slice(&[tag_varint(6), 1]); // SPAN_KIND_INTERNAL
                put_fixed64(out, tag_fixed64(7), stamp.start_unix_nano);
                put_fixed64(out, tag_fixed64(8), stamp.end_unix_nano);
                SPAN_ATTRIBUTES
            }
            SignalKind::Event => {
                put_fixed64(out, tag_fixed64(1), stamp.end_unix_nano);
                put_bytes(out, tag_len(12), signal.name.as_bytes());
                LOG_ATTRIBUTES
            }
        };
        let mut tally = Tally::default();
        let mut encoder = OtlpEncoder { out, entry_tag };
        value.record(&mut Filter { encoder: &mut encoder, opted_in, tally: &mut tally });
        let out = encoder.out;
        if tally.dropped > 0 {
            out.push(match signal.kind {
                SignalKind::Span => tag_varint(10),
                SignalKind::Event => tag_varint(7),
            });
            put_varint(out, tally.dropped.into());
        }
        if stamp.failed && signal.kind == SignalKind::Span {
            let status = begin(out, tag_len(15));
            out.push(tag_varint(3));
            put_varint(out, STATUS_ERROR);
            end(out, status);
        }
        end(out, element);
        tally
    }

    /// Begins a value inside a field with this tag; `any` is the tag of its kind in `AnyValue`.
    fn nest(&mut self, any: u8) -> usize {
        begin(self.out, any)
    }
}

fn put_fixed64(out: &mut Vec<u8>, tag: u8, value: u64) {
    out.push(tag);
    out.extend_from_slice(&value.to_le_bytes());
}

impl Encoder for OtlpEncoder<'_> {
    type Mark = (usize, usize, u8);

    fn mark(&self) -> Self::Mark {
        (self.out.len(), 0, self.entry_tag)
    }

    fn rewind(&mut self, (length, _, tag): Self::Mark) {
        self.out.truncate(length);
        self.entry_tag = tag;
    }

    fn begin_entry(&mut self, name: &str) -> Self::Mark {
        let entry = begin(self.out, self.entry_tag);
        put_bytes(self.out, tag_len(1), name.as_bytes());
        (entry, begin(self.out, tag_len(2)), self.entry_tag)
    }

    fn end_entry(&mut self, (entry, value, tag): Self::Mark) {
        end(self.out, value);
        end(self.out, entry);
        self.entry_tag = tag;
    }

    fn string(&mut self, value: &str) {
        put_bytes(self.out, tag_len(1), value.as_bytes());
    }

    fn boolean(&mut self, value: bool) {
        self.out.extend_from_slice(&[tag_varint(2), u8::from(value)]);
    }

    fn int(&mut self, value: i64) {
        self.out.push(tag_varint(3));
        put_varint(self.out, value as u64);
    }

    fn double(&mut self, value: f64) {
        put_fixed64(self.out, tag_fixed64(4), value.to_bits());
    }

    fn begin_list(&mut self) -> Self::Mark {
        (self.nest(tag_len(5)), 0, self.entry_tag)
    }

    fn end_list(&mut self, (list, ..): Self::Mark) {
        end(self.out, list);
    }

    fn begin_item(&mut self) -> Self::Mark {
        (self.nest(tag_len(1)), 0, self.entry_tag)
    }

    fn end_item(&mut self, (item, ..): Self::Mark) {
        end(self.out, item);
    }

    fn begin_object(&mut self) -> Self::Mark {
        let mark = (self.nest(tag_len(6)), 0, self.entry_tag);
        self.entry_tag = MAP_ENTRY;
        mark
    }

    fn end_object(&mut self, (object, _, tag): Self::Mark) {
        end(self.out, object);
        self.entry_tag = tag;
    }

    fn json(&mut self, write: impl FnOnce(&mut JsonEncoder<'_>) -> Outcome) -> Outcome {
        let text = self.nest(tag_len(1));
        let outcome = write(&mut JsonEncoder { out: self.out });
        end(self.out, text);
        outcome
    }
}

/// A request around recorded elements: an `ExportTraceServiceRequest` or an `ExportLogsServiceRequest`, which have the
/// same numbers (resource group 1; resource 1, scope group 2; scope 1, elements 2).
pub(crate) fn frame(catalogue: &Catalogue, elements: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(elements.len() + 128);
    let per_resource = begin(&mut out, tag_len(1));
    let resource = begin(&mut out, tag_len(1));
    let attribute = begin(&mut out, tag_len(1));
    put_bytes(&mut out, tag_len(1), b"service.name");
    let value = begin(&mut out, tag_len(2));
    put_bytes(&mut out, tag_len(1), catalogue.service.as_bytes());
    end(&mut out, value);
    end(&mut out, attribute);
    end(&mut out, resource);
    let per_scope = begin(&mut out, tag_len(2));
    let scope = begin(&mut out, tag_len(1));
    put_bytes(&mut out, tag_len(1), catalogue.name.as_bytes());
    put_bytes(&mut out, tag_len(2), catalogue.version.as_bytes());
    end(&mut out, scope);
    out.extend_from_slice(elements);
    end(&mut out, per_scope);
    end(&mut out, per_resource);
    out
}
