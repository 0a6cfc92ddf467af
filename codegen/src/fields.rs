//! The fields of a signal or an object, and which of them stand behind consent: decided here, for the derive and the
//! generator alike.

use candor_schema::{Attribute, Catalogue, Object, Signal};

/// The channel of what stands behind no consent.
pub const UNGUARDED: u8 = 0;

/// A field of a struct that is a signal or an object.
#[derive(Debug, Clone, Copy)]
pub struct Field<'c> {
    /// Name on the wire.
    pub wire: &'c str,
    /// The attribute that it is.
    pub attribute: &'c Attribute,
    /// Set if it must be there.
    pub required: bool,
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
        Field { wire: &field.name, attribute, required: field.required, behind: attribute.collected.number() }
    });
    fields.collect()
}

/// The attributes of a signal, in the catalogue's order. Where the signal itself needs consent, all of them do.
pub fn signal_fields<'c>(catalogue: &'c Catalogue, signal: &'c Signal) -> Vec<Field<'c>> {
    let fields = signal.attributes.iter().map(|carried| {
        let attribute = catalogue.attribute(carried.attribute);
        let behind = match attribute.collected.number() {
            UNGUARDED => signal.collected.number(),
            own => own,
        };
        Field { wire: &attribute.name, attribute, required: carried.required, behind }
    });
    fields.collect()
}

/// The fields in the order in which they are recorded and listed: first those behind no more than the signal or object
/// itself, then one channel after the other.
pub fn in_order<T>(mut fields: Vec<T>, of_signal: u8, behind: impl Fn(&T) -> u8) -> Vec<T> {
    fields.sort_by_key(|field| (behind(field) != of_signal, behind(field)));
    fields
}
