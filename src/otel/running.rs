//! Spans that last, through a tracer of the user's: with their start, end, status, parents and links.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::SystemTime;

use candor_domain::Join;
use opentelemetry::Context as OtelContext;
use opentelemetry::trace::{Span as _, SpanBuilder, SpanContext, SpanKind, Status, TraceContextExt, Tracer};

use super::bridge::key_values;
use crate::trace::is_covered;
use crate::{Allowance, BelongsTo, LinksTo, Signal, Span, Telemetry};

/// Reports a catalogue's signals through a tracer, spans that last among them.
///
/// What is allowed is asked for whenever a span starts and ends: `move || pipeline.allowance()`, or a
/// [`Consent`](crate::Consent). A span belongs and links only to spans that the catalogue lists for it, never to the one
/// that happens to be active.
///
/// ```
/// # use candor::{Consent, Telemetry};
/// # use opentelemetry::trace::TracerProvider;
/// use candor::otel::Bridge;
///
/// #[derive(Telemetry)]
/// #[telemetry(catalogue = "tests/fixtures/traces.yaml", span = "request")]
/// struct Request {
///     runs: i64,
/// }
///
/// let provider = opentelemetry_sdk::trace::SdkTracerProvider::default();
/// let bridge = Bridge::new(provider.tracer("serving"), || Consent::Default);
/// let request = bridge.start(|| Request { runs: 1 });
/// request.fail();
/// ```
pub struct Bridge<Tr> {
    inner: Arc<Inner<Tr>>,
}

struct Inner<Tr> {
    tracer: Tr,
    allowance: Box<dyn Fn() -> Allowance + Send + Sync>,
}

/// A span of a tracer under way. It ends with [`end`](BridgedSpan::end) or [`fail`](BridgedSpan::fail), or when dropped.
///
/// If consent is withdrawn while it runs, it ends without attributes: a tracer cannot take back a span that has started.
#[must_use = "it ends at once when it is not kept"]
pub struct BridgedSpan<T: Telemetry, Tr: Tracer> {
    bridge: Bridge<Tr>,
    recorded: Option<(Tr::Span, T)>,
    failed: bool,
}

/// A span to which others of a tracer belong or link. Cheap to clone, and as good in another thread or task.
pub struct BridgedContext<Id, Tr> {
    bridge: Bridge<Tr>,
    peer: Option<(SpanContext, &'static Signal)>,
    id: PhantomData<fn() -> Id>,
}

impl<Tr> Bridge<Tr> {
    /// Reports to this tracer what is allowed.
    pub fn new<A: Into<Allowance>>(tracer: Tr, allowed: impl Fn() -> A + Send + Sync + 'static) -> Self {
        Bridge { inner: Arc::new(Inner { tracer, allowance: Box::new(move || allowed().into()) }) }
    }
}

impl<Tr: Tracer> Bridge<Tr> {
    /// Starts a span that stands for itself.
    pub fn start<T: Telemetry>(&self, build: impl FnOnce() -> T) -> BridgedSpan<T, Tr> {
        self.begin(None, build)
    }

    fn begin<T: Telemetry>(
        &self,
        parent: Option<&(SpanContext, &'static Signal)>,
        build: impl FnOnce() -> T,
    ) -> BridgedSpan<T, Tr> {
        let allowance = (self.inner.allowance)();
        // What goes at intervals needs a store, which no tracer has.
        let recorded = allowance.held(T::SIGNAL).filter(|_| T::SIGNAL.every == 0).map(|_| {
            let told = parent.filter(|(_, span)| is_covered(Some(span), T::SIGNAL, Join::Parent, &allowance));
            let context = told.map_or_else(OtelContext::new, |(parent, _)| {
                OtelContext::new().with_remote_span_context(parent.clone())
            });
            let builder = SpanBuilder::from_name(&*T::SIGNAL.name).with_kind(SpanKind::Internal);
            let builder = builder.with_start_time(SystemTime::now());
            (self.inner.tracer.build_with_context(builder, &context), build())
        });
        BridgedSpan { bridge: self.clone(), recorded, failed: false }
    }
}

impl<T: Telemetry, Tr: Tracer> BridgedSpan<T, Tr> {
    /// Sets attributes, when the span is recorded at all.
    pub fn with(&mut self, set: impl FnOnce(&mut T)) {
        if let Some((_, value)) = &mut self.recorded {
            set(value);
        }
    }

    /// The context of the span, for what belongs or links to it.
    pub fn context(&self) -> BridgedContext<T::Id, Tr>
    where
        T: Span,
    {
        let peer = self.recorded.as_ref().map(|(span, _)| (span.span_context().clone(), T::SIGNAL));
        BridgedContext { bridge: self.bridge.clone(), peer, id: PhantomData }
    }

    /// Links to another span.
    pub fn link<Id>(&mut self, context: &BridgedContext<Id, Tr>)
    where
        T: LinksTo<Id>,
    {
        let allowance = (self.bridge.inner.allowance)();
        if let (Some((span, _)), Some((other, signal))) = (&mut self.recorded, &context.peer)
            && is_covered(Some(signal), T::SIGNAL, Join::Link, &allowance)
        {
            span.add_link(other.clone(), Vec::new());
        }
    }

    /// Ends the span now.
    pub fn end(self) {}

    /// Ends the span now, with the status *error*.
    pub fn fail(mut self) {
        self.failed = true;
    }
}

impl<Id, Tr: Tracer> BridgedContext<Id, Tr> {
    /// Starts a span that belongs to this one.
    pub fn start<T: BelongsTo<Id>>(&self, build: impl FnOnce() -> T) -> BridgedSpan<T, Tr> {
        self.bridge.begin(self.peer.as_ref(), build)
    }
}

impl<T: Telemetry, Tr: Tracer> Drop for BridgedSpan<T, Tr> {
    fn drop(&mut self) {
        let Some((mut span, value)) = self.recorded.take() else { return };
        let (attributes, _) = key_values((self.bridge.inner.allowance)(), &value);
        span.set_attributes(attributes);
        if self.failed {
            span.set_status(Status::error(""));
        }
        span.end();
    }
}

impl<Tr> Clone for Bridge<Tr> {
    fn clone(&self) -> Self {
        Bridge { inner: self.inner.clone() }
    }
}

impl<Id, Tr> Clone for BridgedContext<Id, Tr> {
    fn clone(&self) -> Self {
        BridgedContext { bridge: self.bridge.clone(), peer: self.peer.clone(), id: PhantomData }
    }
}

impl<Tr> std::fmt::Debug for Bridge<Tr> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bridge").finish_non_exhaustive()
    }
}

impl<T: Telemetry, Tr: Tracer> std::fmt::Debug for BridgedSpan<T, Tr> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BridgedSpan").field("name", &T::SIGNAL.name).finish_non_exhaustive()
    }
}

impl<Id, Tr> std::fmt::Debug for BridgedContext<Id, Tr> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BridgedContext").finish_non_exhaustive()
    }
}
