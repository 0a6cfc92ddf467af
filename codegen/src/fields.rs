//! The fields of a signal, an object or the resource, and which of them stand behind consent: decided here, for the derive and the
//! generator alike.

use candor_schema::{Attribute, AttributeId, Catalogue, Consent, Object, Signal, SignalAttribute};

/// A field of a struct that is a signal, an object or the resource.
#[derive(Debug, Clone, Copy)]
pub struct Field<'c> {
    /// Name on the wire.
    pub wire: &'c str,
    /// The attribute that it is.
    pub attribute: &'c Attribute,
    /// Set if it must be there.
    pub required: bool,
    /// Set if it is read only behind consent.
    pub behind_consent: bool,
    /// Set if it is the body of its log record.
    pub body: bool,
}

/// The fields of an object, in the catalogue's order.
pub fn object_fields<'c>(catalogue: &'c Catalogue, object: &'c Object) -> Vec<Field<'c>> {
    let fields = object.fields.iter().map(|field| {
        let attribute = catalogue.attribute(field.attribute);
        let behind_consent = is_behind_consent(attribute.needs);
        Field { wire: &field.name, attribute, required: field.required, behind_consent, body: false }
    });
    fields.collect()
}

/// The attributes of a signal, in the catalogue's order. Where the signal itself needs consent, all of them do.
pub fn signal_fields<'c>(catalogue: &'c Catalogue, signal: &'c Signal) -> Vec<Field<'c>> {
    carried_fields(catalogue, &signal.attributes, signal.needs, signal.body)
}

/// The attributes of the resource, in the catalogue's order.
pub fn resource_fields(catalogue: &Catalogue) -> Vec<Field<'_>> {
    carried_fields(catalogue, &catalogue.resource().attributes, Consent::Default, None)
}

fn carried_fields<'c>(
    catalogue: &'c Catalogue,
    attributes: &'c [SignalAttribute],
    needs: Consent,
    body: Option<AttributeId>,
) -> Vec<Field<'c>> {
    let fields = attributes.iter().map(|carried| {
        let attribute = catalogue.attribute(carried.attribute);
        let behind_consent = is_behind_consent(needs.and(attribute.needs));
        let body = body == Some(carried.attribute);
        Field { wire: &attribute.name, attribute, required: carried.required, behind_consent, body }
    });
    fields.collect()
}

/// The fields in the order in which they are recorded and listed: by default, then behind consent.
pub fn in_order<T>(fields: Vec<T>, is_behind: impl Fn(&T) -> bool) -> Vec<T> {
    let (behind, default): (Vec<T>, Vec<T>) = fields.into_iter().partition(is_behind);
    default.into_iter().chain(behind).collect()
}

fn is_behind_consent(needs: Consent) -> bool {
    !Consent::Default.includes(needs)
}
