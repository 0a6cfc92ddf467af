//! The heart of it: a value visits its fields, a recorder decides what becomes of them.

use crate::{Attribute, Granted, OPT_IN, ObjectInfo, ResourceInfo, Signal, Value};

/// Something that can be reported: one span or event of a catalogue.
///
/// Implemented by `#[derive(Telemetry)]` and by the generator's emitters, from the catalogue.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a signal of any catalogue",
    note = "derive it: `#[derive(candor::Telemetry)] #[telemetry(catalogue = \"…\", span = \"…\")]`"
)]
pub trait Telemetry {
    /// The catalogue that it is of: a [`CatalogueId`](crate::CatalogueId).
    type Catalogue;

    /// The catalogue's entry for it.
    const SIGNAL: &'static Signal;

    /// Visits every field once. Opt-in fields are read only behind [`Recorder::opted_in`].
    fn record<R: Recorder>(&self, recorder: &mut R);
}

impl<T: Telemetry + ?Sized> Telemetry for &T {
    type Catalogue = T::Catalogue;

    const SIGNAL: &'static Signal = T::SIGNAL;

    fn record<R: Recorder>(&self, recorder: &mut R) {
        (**self).record(recorder);
    }
}

/// The attributes of the process, which go once with each request: `#[telemetry(resource)]`.
///
/// Implemented by `#[derive(Telemetry)]` and by the generator, from the catalogue. A pipeline takes it with
/// [`Builder::resource`](crate::Builder::resource).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not hold the attributes of the process",
    note = "derive it: `#[derive(candor::Telemetry)] #[telemetry(catalogue = \"…\", resource)]`"
)]
pub trait Resource {
    /// The catalogue that it is of: a [`CatalogueId`](crate::CatalogueId).
    type Catalogue;

    /// The catalogue's entry for it.
    const RESOURCE: &'static ResourceInfo;

    /// Visits every field once. Opt-in fields are read only behind [`Recorder::opted_in`].
    fn record<R: Recorder>(&self, recorder: &mut R);
}

/// A structure used as an attribute's value.
///
/// Implemented by `#[derive(Telemetry)]` with `object = "…"` and by the generator.
pub trait Object {
    /// The catalogue's entry for it.
    const OBJECT: &'static ObjectInfo;

    /// Visits every field once. Opt-in fields are read only behind [`Fields::opted_in`].
    fn record<F: Fields>(&self, fields: &mut F);
}

/// Attributes that may be recorded without the proof that a channel was granted: those that are collected by default.
#[diagnostic::on_unimplemented(
    message = "this attribute is collected only with the user's consent, and the proof of that consent is missing",
    label = "recorded without a proof",
    note = "take the proof and pass it on: `if let Some(granted) = recorder.opted_in() {{ recorder.optional_in(granted, …) }}`"
)]
pub trait NeedsNoProof {}

impl<K> NeedsNoProof for Attribute<K> {}

/// No kind of any value. With a second implementation rustc looks at the attribute before it settles on a channel, and
/// says what is missing; with one it would say "expected `0`, found `1`".
enum NoKind {}

#[diagnostic::do_not_recommend]
impl NeedsNoProof for Attribute<NoKind, OPT_IN> {}

/// Attributes that the proof of the channel `GRANTED` opens: those of this channel.
#[diagnostic::on_unimplemented(
    message = "this is the proof of channel {GRANTED}, and the attribute is collected through another channel",
    label = "an attribute of another channel",
    note = "take the proof of the attribute's own channel: `if let Some(granted) = recorder.granted() {{ recorder.optional_in(granted, …) }}`"
)]
pub trait OpenedBy<const GRANTED: u8> {}

/// The second implementation for each channel is of no attribute: see [`NoKind`].
macro_rules! opened_by {
    ($($channel:literal)*) => {$(
        impl<K> OpenedBy<$channel> for Attribute<K, $channel> {}

        #[diagnostic::do_not_recommend]
        impl OpenedBy<$channel> for Attribute<NoKind, { u8::MAX }> {}
    )*};
}

opened_by!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31);

/// Takes the attributes of a signal.
///
/// An attribute beyond the default needs the proof that its channel was granted, so forgetting to ask does not compile.
pub trait Recorder {
    /// The proof that a channel was granted, if it was.
    fn granted<const CHANNEL: u8>(&self) -> Option<Granted<CHANNEL>>;

    /// The proof that the user opted in, if they did. Without it, opt-in attributes cannot be recorded.
    #[inline(always)]
    fn opted_in(&self) -> Option<Granted<OPT_IN>> {
        self.granted()
    }

    /// Takes an attribute that must be there.
    fn required<const CHANNEL: u8, K, V: Value<K> + ?Sized>(
        &mut self,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: NeedsNoProof;

    /// Takes an attribute that may be missing.
    fn optional<const CHANNEL: u8, K, V: Value<K> + ?Sized>(
        &mut self,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: NeedsNoProof;

    /// Takes an attribute of a channel that must be there.
    fn required_in<const CHANNEL: u8, const GRANTED: u8, K, V: Value<K> + ?Sized>(
        &mut self,
        granted: Granted<GRANTED>,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: OpenedBy<GRANTED>;

    /// Takes an attribute of a channel that may be missing.
    fn optional_in<const CHANNEL: u8, const GRANTED: u8, K, V: Value<K> + ?Sized>(
        &mut self,
        granted: Granted<GRANTED>,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: OpenedBy<GRANTED>;
}

/// Takes the fields of an object. A field goes by its own name on the wire, not by its attribute's.
pub trait Fields {
    /// The proof that a channel was granted, if it was.
    fn granted<const CHANNEL: u8>(&self) -> Option<Granted<CHANNEL>>;

    /// The proof that the user opted in, if they did. Without it, opt-in fields cannot be recorded.
    #[inline(always)]
    fn opted_in(&self) -> Option<Granted<OPT_IN>> {
        self.granted()
    }

    /// Takes a field that must be there: without it the object is no value.
    fn required<const CHANNEL: u8, K, V: Value<K> + ?Sized>(
        &mut self,
        name: &'static str,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: NeedsNoProof;

    /// Takes a field that may be missing.
    fn optional<const CHANNEL: u8, K, V: Value<K> + ?Sized>(
        &mut self,
        name: &'static str,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: NeedsNoProof;

    /// Takes a field of a channel that may be missing. None of these must be there: whoever grants less would lose the
    /// object.
    fn optional_in<const CHANNEL: u8, const GRANTED: u8, K, V: Value<K> + ?Sized>(
        &mut self,
        granted: Granted<GRANTED>,
        name: &'static str,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: OpenedBy<GRANTED>;
}
