//! Spans that belong together: their ids, and the contexts that tell signals of them.
//!
//! A [`Context`] knows in its type which span it is of. Only a signal of which the catalogue says that it may belong or link
//! to that span takes it; anything else does not compile. What passes is decided once more when the signal is encoded: a
//! span that is not sent itself is told to nobody.

use std::fmt::{self, Write};
use std::marker::PhantomData;

use candor_domain::{Join, REMOTE};

use crate::encode::Stamp;
use crate::{Allowance, Consent, Pipeline, Running, Signal, Telemetry};

/// A span that other signals may belong or link to.
///
/// Implemented by `#[derive(Telemetry)]` and by the generator for each span that the catalogue names under `parents` or
/// `links_to`.
#[diagnostic::on_unimplemented(
    message = "no signal of the catalogue belongs or links to `{Self}`",
    note = "name this span under `parents` or `links_to` of another signal in the catalogue"
)]
pub trait Span: Telemetry {
    /// The span in the type system: a [`SpanId`].
    type Id;
}

/// A signal that may belong to a span.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may not belong to this span",
    label = "the catalogue does not list the span among the `parents` of `{Self}`",
    note = "add the span to the signal's `parents` in the catalogue; people are told then that both can be joined"
)]
pub trait BelongsTo<Id>: Telemetry {}

/// A span that may link to another one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may not link to this span",
    label = "the catalogue does not list the span among the `links_to` of `{Self}`",
    note = "add the span to `links_to` in the catalogue; people are told then that both can be joined"
)]
pub trait LinksTo<Id>: Telemetry {}

/// A span whose id may be handed to other processes.
#[diagnostic::on_unimplemented(
    message = "the id of `{Self}` may not be handed to other processes",
    note = "add `propagates: true` to the span in the catalogue; people are told then"
)]
pub trait Propagates: Telemetry {}

/// A span of a catalogue in the type system: a hash of both names, which [`domain_id`](crate::domain_id) gives.
#[derive(Debug)]
pub enum SpanId<const ID: u64> {}

/// A span of another process in the type system.
#[derive(Debug)]
pub enum Remote {}

impl<T: Span + ?Sized> Span for &T {
    type Id = T::Id;
}

impl<T: BelongsTo<Id> + ?Sized, Id> BelongsTo<Id> for &T {}

impl<T: LinksTo<Id> + ?Sized, Id> LinksTo<Id> for &T {}

impl<T: Propagates + ?Sized> Propagates for &T {}

/// A span to which signals belong or link. Cheap to clone, and as good in another thread or task.
///
/// If the span is not recorded because consent is missing, it joins nothing: what is emitted in it stands for itself.
pub struct Context<Id> {
    pipeline: Pipeline,
    peer: Option<Peer>,
    id: PhantomData<fn() -> Id>,
}

impl<Id> Context<Id> {
    pub(crate) fn new(pipeline: Pipeline, peer: Option<Peer>) -> Self {
        Context { pipeline, peer, id: PhantomData }
    }

    pub(crate) fn peer(&self) -> Option<Peer> {
        self.peer
    }

    /// Starts a span that belongs to this one.
    pub fn start<T: BelongsTo<Id>>(&self, build: impl FnOnce() -> T) -> Running<T> {
        Running::begin(&self.pipeline, self.peer, build)
    }

    /// Reports a signal that happens now and belongs to this span.
    pub fn emit<T: BelongsTo<Id> + ?Sized>(&self, value: &T) {
        if self.pipeline.consent().includes(T::SIGNAL.needs) {
            self.emit_now(value);
        }
    }

    /// Reports such a signal, which is only built when consent allows it.
    pub fn emit_with<T: BelongsTo<Id>>(&self, build: impl FnOnce() -> T) {
        if self.pipeline.consent().includes(T::SIGNAL.needs) {
            self.emit_now(&build());
        }
    }

    fn emit_now<T: BelongsTo<Id> + ?Sized>(&self, value: &T) {
        let trace = Trace { parent: self.peer, ..Trace::default() };
        self.pipeline.emit_stamped(Stamp::now().of(&trace), value);
    }
}

impl Pipeline {
    /// Reads the header `traceparent` of a request: the span of another process that spans with `parents: [remote]` may
    /// belong to. A header that makes no sense is ignored, and what is started in it stands for itself.
    ///
    /// See <https://www.w3.org/TR/trace-context/>. The flags are not heeded: consent decides what is sent.
    pub fn remote(&self, traceparent: &str) -> Context<Remote> {
        let peer = Ids::read(traceparent).map(|ids| Peer { ids, signal: None });
        Context::new(self.clone(), peer)
    }
}

impl<Id> Clone for Context<Id> {
    fn clone(&self) -> Self {
        Context::new(self.pipeline.clone(), self.peer)
    }
}

impl<Id> fmt::Debug for Context<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Context").field(&self.peer.map(|peer| peer.ids)).finish()
    }
}

/// The ids of a span, which are random.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ids {
    pub trace: u128,
    pub span: u64,
}

impl Ids {
    /// Draws those of a span without a parent. The time is mixed in, so that a forked process, which inherits the
    /// generator, has ids of its own.
    pub fn root(now_unix_nano: u64) -> Self {
        let trace = fastrand::u128(1..) ^ (u128::from(now_unix_nano) << 64);
        Ids { trace: trace.max(1), span: 0 }.child(now_unix_nano)
    }

    /// Draws those of a span that belongs to this one.
    pub fn child(self, now_unix_nano: u64) -> Self {
        Ids { span: (fastrand::u64(..) ^ now_unix_nano).max(1), ..self }
    }

    /// Reads a `traceparent` header.
    fn read(header: &str) -> Option<Self> {
        let mut parts = header.trim_matches([' ', '\t']).splitn(5, '-');
        let mut part = |length: usize| {
            let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            parts.next().filter(|part| part.len() == length && part.bytes().all(is_hex))
        };
        let (version, trace, span, _flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
        let is_of_its_version = version != "ff" && (version != "00" || parts.next().is_none());
        let ids = Ids { trace: u128::from_str_radix(trace, 16).ok()?, span: u64::from_str_radix(span, 16).ok()? };
        (is_of_its_version && ids.trace != 0 && ids.span != 0).then_some(ids)
    }

    /// Writes a `traceparent` header.
    pub fn header(self) -> String {
        let mut header = String::with_capacity(55);
        let _ = write!(header, "00-{:032x}-{:016x}-01", self.trace, self.span); // a text does not fail
        header
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}-{:016x}", self.trace, self.span)
    }
}

/// A span that another signal is joined with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub ids: Ids,
    /// `None` for a span of another process.
    pub signal: Option<&'static Signal>,
}

impl Peer {
    /// Returns whether a signal may tell of this span: if the catalogue lists it, and what is allowed includes both.
    pub fn is_covered(&self, signal: &Signal, join: Join, allowance: &Allowance) -> bool {
        is_covered(self.signal, signal, join, allowance)
    }

    fn needs(&self) -> Consent {
        self.signal.map_or(Consent::Off, |span| span.needs)
    }
}

/// Returns whether a signal may tell of a span, which is of another process if it is none of the catalogue's.
pub(crate) fn is_covered(span: Option<&Signal>, signal: &Signal, join: Join, allowance: &Allowance) -> bool {
    let key = span.map_or(REMOTE, |span| &span.id);
    let is_told = span.is_none_or(|span| span.catalogue == signal.catalogue && allowance.held(span).is_some());
    is_told && signal.relations.admits(join, key) && !allowance.holds_join(signal, join, key)
}

/// Everything of a signal besides its times and its attributes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    /// Those of a span that started before; others are drawn when it is encoded.
    pub ids: Option<Ids>,
    pub parent: Option<Peer>,
    pub links: Vec<Peer>,
    pub failed: bool,
}

impl Trace {
    /// The same, without spans that may not be told of.
    #[cold]
    pub fn within(&self, signal: &Signal, allowance: &Allowance) -> Trace {
        let told = |join| move |peer: &&Peer| peer.is_covered(signal, join, allowance);
        Trace {
            ids: self.ids,
            parent: self.parent.as_ref().filter(told(Join::Parent)).copied(),
            links: self.links.iter().filter(told(Join::Link)).copied().collect(),
            failed: self.failed,
        }
    }

    /// The channels that the other spans need.
    pub fn needs(&self) -> Consent {
        let peers = self.parent.iter().chain(&self.links);
        peers.fold(Consent::Off, |needs, peer| needs.and(peer.needs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: bool) {
        assert_eq!(Ids::read(header).is_some(), expected, "{header}");
    }

    #[test]
    fn headers_of_the_specification() {
        check("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true);
        check(" 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00\t", true);
        check("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true);
        check("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes", true);
        check("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes", false);
        check("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false);
        check("00-00000000000000000000000000000000-b7ad6b7169203331-01", false);
        check("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false);
        check("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false);
        check("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", false);
        check("00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false);
        check("", false);
    }

    #[test]
    fn a_header_is_read_as_it_was_written() {
        let ids = Ids::root(1);
        assert_eq!(Ids::read(&ids.header()), Some(ids));
        let child = ids.child(2);
        assert!(child.trace == ids.trace && child.span != ids.span);
    }
}
