//! The heart of it: a value visits its fields, a recorder decides what becomes of them.

use crate::{Attribute, ObjectInfo, Signal, Value};

/// Something that can be reported: one span or event of a catalogue.
///
/// Implemented by `#[derive(Telemetry)]` and by the generator's emitters, from the catalogue.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a signal of any catalogue",
    note = "derive it: `#[derive(candor::Telemetry)] #[telemetry(catalogue = \"…\", span = \"…\")]`"
)]
pub trait Telemetry {
    /// What the catalogue says of it.
    const SIGNAL: &'static Signal;

    /// Visits every field once. Opt-in fields are read only behind [`Recorder::opted_in`].
    fn record<R: Recorder>(&self, recorder: &mut R);
}

impl<T: Telemetry + ?Sized> Telemetry for &T {
    const SIGNAL: &'static Signal = T::SIGNAL;

    fn record<R: Recorder>(&self, recorder: &mut R) {
        (**self).record(recorder);
    }
}

/// A structure used as an attribute's value.
///
/// Implemented by `#[derive(Telemetry)]` with `object = "…"` and by the generator.
pub trait Object {
    /// What the catalogue says of it.
    const OBJECT: &'static ObjectInfo;

    /// Visits every field once. Opt-in fields are read only behind [`Fields::opted_in`].
    fn record<F: Fields>(&self, fields: &mut F);
}

/// What a signal's fields are shown to.
pub trait Recorder {
    /// Whether opt-in attributes may be read at all.
    fn opted_in(&self) -> bool;

    /// Takes an attribute that must be there.
    fn required<K, V: Value<K> + ?Sized>(&mut self, attribute: &'static Attribute<K>, value: &V);

    /// Takes an attribute that may be missing.
    fn optional<K, V: Value<K> + ?Sized>(&mut self, attribute: &'static Attribute<K>, value: &V);
}

/// What an object's fields are shown to. A field goes by its own name on the wire, not by its attribute's.
pub trait Fields {
    /// Whether opt-in fields may be read at all.
    fn opted_in(&self) -> bool;

    /// Takes a field that must be there: without it the object is no value.
    fn required<K, V: Value<K> + ?Sized>(&mut self, name: &'static str, attribute: &'static Attribute<K>, value: &V);

    /// Takes a field that may be missing.
    fn optional<K, V: Value<K> + ?Sized>(&mut self, name: &'static str, attribute: &'static Attribute<K>, value: &V);
}
