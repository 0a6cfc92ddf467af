//! The parents and links of hand-written spans: what passes where the catalogue lists any.
//!
//! A span ends before its parent, so what its parent is called is rarely known here. A parent of the same process passes
//! where the signal may belong to some span of the catalogue, and one of another process where it may belong to
//! `remote`. If the parent is in the same batch, its name decides.

use std::collections::HashMap;

use candor_domain::{Join, REMOTE};
use opentelemetry::trace::{Link, SpanContext, SpanId, TraceState};
use opentelemetry_sdk::trace::{SpanData, SpanLinks};

use super::filter::Filter;
use crate::stopped::{Counts, Why};
use crate::{Allowance, Signal, SignalKind};

/// The names of the spans of a batch, by their ids.
pub(super) type Batch = HashMap<SpanId, String>;

/// Notes the names of a batch. One span alone has no parent in it.
pub(super) fn names(batch: &[SpanData]) -> Batch {
    let named = batch.iter().filter(|_| batch.len() > 1);
    named.map(|span| (span.span_context.span_id(), span.name.to_string())).collect()
}

impl<E> Filter<E> {
    /// The parent of a span, if it may be told.
    pub(super) fn parent(
        &self,
        (signal, allowance): (&Signal, &Allowance),
        span: &SpanData,
        batch: &Batch,
        counts: &mut Counts,
    ) -> SpanId {
        let (parent, is_remote) = (span.parent_span_id, span.parent_span_is_remote);
        if parent == SpanId::INVALID || self.may_join(signal, Join::Parent, allowance, (parent, is_remote), batch) {
            return parent;
        }
        counts.add(Why::Unknown, format_args!("{}: parent", signal.name));
        SpanId::INVALID
    }

    /// The links of a span that may be told, without attributes.
    pub(super) fn links(
        &self,
        (signal, allowance): (&Signal, &Allowance),
        span: &SpanData,
        batch: &Batch,
        counts: &mut Counts,
    ) -> SpanLinks {
        let mut links = SpanLinks::default();
        for link in span.links.iter() {
            let context = &link.span_context;
            let other = (context.span_id(), context.is_remote());
            if !context.is_valid() || !self.may_join(signal, Join::Link, allowance, other, batch) {
                counts.add(Why::Unknown, format_args!("{}: link", signal.name));
                continue;
            }
            for attribute in &link.attributes {
                counts.add(Why::Unknown, format_args!("{}: link attribute {}", signal.name, attribute.key));
            }
            links.links.push(Link::with_context(without_state(context)));
        }
        links
    }

    /// Returns whether a log record may tell the span that it was written in.
    pub(super) fn may_tell_span(&self, signal: &Signal, allowance: &Allowance) -> bool {
        let mut parents = signal.relations.parents.iter();
        parents.any(|key| self.may_tell(signal, Join::Parent, allowance, key))
    }

    fn may_join(
        &self,
        signal: &Signal,
        join: Join,
        allowance: &Allowance,
        (other, is_remote): (SpanId, bool),
        batch: &Batch,
    ) -> bool {
        let keys = signal.relations.of(join).iter();
        let mut told = keys.filter(|key| self.may_tell(signal, join, allowance, key));
        match batch.get(&other).filter(|_| !is_remote) {
            Some(name) => told.any(|key| self.span_of(key).is_some_and(|span| span.name == *name)),
            None => told.any(|key| (key == REMOTE) == is_remote),
        }
    }

    fn may_tell(&self, signal: &Signal, join: Join, allowance: &Allowance, key: &str) -> bool {
        let is_told = key == REMOTE || self.span_of(key).is_some_and(|span| allowance.held(span).is_some());
        is_told && !allowance.holds_join(signal, join, key)
    }

    fn span_of(&self, key: &str) -> Option<&'static Signal> {
        let mut signals = self.catalogue.signals.iter().copied();
        signals.find(|signal| signal.kind == SignalKind::Span && signal.id == key)
    }
}

/// The context of a span without the words that vendors put there.
pub(super) fn without_state(context: &SpanContext) -> SpanContext {
    let (trace, span) = (context.trace_id(), context.span_id());
    SpanContext::new(trace, span, context.trace_flags(), context.is_remote(), TraceState::NONE)
}
