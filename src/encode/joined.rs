//! The ids, links and status of a signal, in OTLP.

use candor_domain::SignalKind;

use super::Buffer;
use super::otlp::Stamp;
use super::wire::{begin, end, put_bytes, tag_len, tag_varint};
use crate::trace::{Ids, Trace};

const STATUS_ERROR: u8 = 2;

/// Writes the ids of a span: its own, and that of its parent.
#[cold]
pub(super) fn begin_joined(out: &mut Buffer, stamp: &Stamp<'_>, trace: &Trace) {
    let now = stamp.end_unix_nano;
    let parent = trace.parent.map(|parent| parent.ids);
    let drawn = || parent.map_or_else(|| Ids::root(now), |parent| parent.child(now));
    put_ids(out, (1, 2), trace.ids.unwrap_or_else(drawn));
    if let Some(parent) = parent {
        put_bytes(out, tag_len(4), &parent.span.to_be_bytes());
    }
}

/// Writes what stands behind the attributes: of a span its links and its status, of an event the ids of its span.
pub(super) fn end_joined(out: &mut Buffer, kind: SignalKind, trace: &Trace) {
    let facts = kind.facts();
    match kind {
        SignalKind::Span => {
            for link in &trace.links {
                let nested = begin(out, tag_len(13), 1);
                put_ids(out, (1, 2), link.ids);
                end(out, nested);
            }
            if trace.failed {
                put_bytes(out, tag_len(15), &[tag_varint(3), STATUS_ERROR]);
            }
        }
        SignalKind::Event => {
            if let Some(parent) = trace.parent {
                put_ids(out, (facts.trace_id, facts.span_id), parent.ids);
            }
        }
        SignalKind::Metric => {}
    }
}

fn put_ids(out: &mut Buffer, (trace, span): (u8, u8), ids: Ids) {
    put_bytes(out, tag_len(trace), &ids.trace.to_be_bytes());
    put_bytes(out, tag_len(span), &ids.span.to_be_bytes());
}
