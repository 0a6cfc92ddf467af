//! Spans that last.

use std::time::SystemTime;

use candor_domain::{Join, MOST_LINKS};

use crate::encode::{Stamp, unix_nano};
use crate::trace::{BelongsTo, Context, Ids, LinksTo, Peer, Propagates, Span, Trace};
use crate::{Pipeline, Telemetry};

/// A span under way. It ends with [`end`](Running::end) or [`fail`](Running::fail), or with what it has when dropped.
///
/// Its attributes may be set while it runs: `span.with(|span| span.task_output = Some(output))` does nothing when
/// consent was missing at the start.
///
/// Signals that belong to it take its [`context`](Running::context), in any thread. They compile where the catalogue
/// names the span under their `parents`:
///
/// ```ignore
/// let request = telemetry.start(|| Request { method: Method::Get });
/// let query = request.start(|| Query { table: Table::Users });
/// query.end();
/// request.emit(&SlowQuery { table: Table::Users });
/// request.fail();
/// ```
#[derive(Debug)]
pub struct Running<T: Telemetry> {
    pipeline: Pipeline,
    recorded: Option<Recorded<T>>,
}

/// A span that consent allowed at its start.
#[derive(Debug)]
struct Recorded<T> {
    start: SystemTime,
    ids: Ids,
    value: T,
    trace: Trace,
}

impl Pipeline {
    /// Starts a span that lasts. It ends with [`Running::end`], or when it is dropped.
    pub fn start<T: Telemetry>(&self, build: impl FnOnce() -> T) -> Running<T> {
        Running::begin(self, None, build)
    }
}

impl<T: Telemetry> Running<T> {
    /// Starts a span; without a parent that may be told of, it is one of its own.
    pub(crate) fn begin(pipeline: &Pipeline, parent: Option<Peer>, build: impl FnOnce() -> T) -> Self {
        let recorded = pipeline.consent().includes(T::SIGNAL.needs).then(|| {
            pipeline.look(); // a forked process looks before it starts spans of its own
            let start = SystemTime::now();
            let now = unix_nano(start);
            let is_covered = |peer: &Peer| peer.is_covered(T::SIGNAL, Join::Parent, &pipeline.allowance());
            let parent = parent.filter(is_covered);
            let ids = parent.map_or_else(|| Ids::root(now), |parent| parent.ids.child(now));
            let trace = Trace { ids: Some(ids), parent, ..Trace::default() };
            Recorded { start, ids, value: build(), trace }
        });
        Running { pipeline: pipeline.clone(), recorded }
    }

    /// Sets attributes, when the span is recorded at all.
    pub fn with(&mut self, set: impl FnOnce(&mut T)) {
        if let Some(recorded) = &mut self.recorded {
            set(&mut recorded.value);
        }
    }

    /// The context of the span, for what belongs or links to it.
    pub fn context(&self) -> Context<T::Id>
    where
        T: Span,
    {
        let peer = self.recorded.as_ref().map(|recorded| Peer { ids: recorded.ids, signal: Some(T::SIGNAL) });
        Context::new(self.pipeline.clone(), peer)
    }

    /// Starts a span that belongs to this one.
    pub fn start<C: BelongsTo<T::Id>>(&self, build: impl FnOnce() -> C) -> Running<C>
    where
        T: Span,
    {
        self.context().start(build)
    }

    /// Reports a signal that happens now and belongs to this span.
    pub fn emit<C: BelongsTo<T::Id> + ?Sized>(&self, value: &C)
    where
        T: Span,
    {
        self.context().emit(value);
    }

    /// Links to another span: up to 128 of them.
    pub fn link<Id>(&mut self, context: &Context<Id>)
    where
        T: LinksTo<Id>,
    {
        if let (Some(recorded), Some(peer)) = (&mut self.recorded, context.peer())
            && recorded.trace.links.len() < MOST_LINKS
        {
            recorded.trace.links.push(peer);
        }
    }

    /// The header `traceparent` for a request to another process; `None` when the span would not be sent now.
    pub fn traceparent(&self) -> Option<String>
    where
        T: Propagates,
    {
        let allowance = self.pipeline.allowance();
        let is_told = allowance.held(T::SIGNAL).is_some() && !allowance.holds_propagation(T::SIGNAL);
        self.recorded
            .as_ref()
            .filter(|_| is_told && T::SIGNAL.relations.propagates)
            .map(|recorded| recorded.ids.header())
    }

    /// Ends the span now.
    pub fn end(self) {}

    /// Ends the span now, with the status *error*.
    pub fn fail(mut self) {
        if let Some(recorded) = &mut self.recorded {
            recorded.trace.failed = true;
        }
    }
}

impl<T: Telemetry> Drop for Running<T> {
    fn drop(&mut self) {
        if let Some(Recorded { start, value, trace, .. }) = self.recorded.take() {
            self.pipeline.end(Stamp::now().since(start).of(&trace), &value);
        }
    }
}
