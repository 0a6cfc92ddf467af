//! The fields of a signal, an object or the resource, and which of them stand behind consent: decided here, for the derive and the
//! generator alike.

use candor_schema::{Attribute, AttributeId, Catalogue, Collected, Object, Signal, SignalAttribute, SignalKind};

/// The channel of what stands behind no consent.
pub const UNGUARDED: u8 = 0;

/// A field of a struct that is a signal, an object or the resource.
#[derive(Debug, Clone, Copy)]
pub struct Field<'c> {
    /// Name on the wire.
    pub wire: &'c str,
    /// The attribute that it is.
    pub attribute: &'c Attribute,
    /// Set if it must be there.
    pub required: bool,
    /// Set if it is the body of its log record.
    pub body: bool,
    /// The channel behind which it is read: the attribute's, or else the signal's; [`UNGUARDED`] if neither needs consent.
    pub behind: u8,
}

impl Field<'_> {
    /// The channel of the attribute itself. Recording it takes the proof of that channel, unless it is [`UNGUARDED`].
    pub fn channel(&self) -> u8 {
        self.attribute.collected.number()
    }
}

/// The fields of an object, in the catalogue's order.
pub fn object_fields<'c>(catalogue: &'c Catalogue, object: &'c Object) -> Vec<Field<'c>> {
    let fields = object.fields.iter().map(|field| {
        let attribute = catalogue.attribute(field.attribute);
        Field {
            wire: &field.name,
            attribute,
            required: field.required,
            behind: attribute.collected.number(),
            body: false,
        }
    });
    fields.collect()
}

/// The signals that have typed emitters: all but metrics, for which the runtime has none.
pub fn emitted(catalogue: &Catalogue) -> impl Iterator<Item = &Signal> {
    catalogue.signals().iter().filter(|signal| signal.kind != SignalKind::Metric)
}

/// The attributes of a signal, in the catalogue's order. Where the signal itself needs consent, all of them do.
pub fn signal_fields<'c>(catalogue: &'c Catalogue, signal: &'c Signal) -> Vec<Field<'c>> {
    carried_fields(catalogue, &signal.attributes, signal.collected, signal.body)
}

/// The attributes of the resource, in the catalogue's order.
pub fn resource_fields(catalogue: &Catalogue) -> Vec<Field<'_>> {
    carried_fields(catalogue, &catalogue.resource().attributes, Collected::Default, None)
}

fn carried_fields<'c>(
    catalogue: &'c Catalogue,
    attributes: &'c [SignalAttribute],
    sent: Collected,
    body: Option<AttributeId>,
) -> Vec<Field<'c>> {
    let fields = attributes.iter().map(|carried| {
        let attribute = catalogue.attribute(carried.attribute);
        let behind = match attribute.collected.number() {
            UNGUARDED => sent.number(),
            own => own,
        };
        Field {
            wire: &attribute.name,
            attribute,
            required: carried.required,
            behind,
            body: body == Some(carried.attribute),
        }
    });
    fields.collect()
}

/// The fields in the order in which they are recorded and listed: first those behind no more than the signal or object
/// itself, then one channel after the other.
pub fn in_order<T>(mut fields: Vec<T>, of_signal: u8, behind: impl Fn(&T) -> u8) -> Vec<T> {
    fields.sort_by_key(|field| (behind(field) != of_signal, behind(field)));
    fields
}
