//! What the code of the derive and the generator is written with: the constants of [`signal`](crate::Attribute) in few
//! words. Each is a plain function with few arguments, because rustc reads them for every field of every type.

use crate::{
    Attribute, AttributeInfo, Collected, Domain, Encoding, OnViolation, Pattern, Signal, SignalAttribute, SignalKind,
};

/// An attribute that is collected by default. An object or a list travels as a map or an array, and a value outside the
/// domain is left out, unless [`Attribute::encoded`] and [`Attribute::on_violation`] say otherwise.
pub const fn default<K>(id: &'static str, name: &'static str, row: &'static str, domain: Domain) -> Attribute<K> {
    attribute(id, name, row, Collected::Default, domain)
}

/// The same, collected only after the user opted in.
pub const fn opt_in<K>(id: &'static str, name: &'static str, row: &'static str, domain: Domain) -> Attribute<K> {
    attribute(id, name, row, Collected::OptIn, domain)
}

const fn attribute<K>(
    id: &'static str,
    name: &'static str,
    row: &'static str,
    collected: Collected,
    domain: Domain,
) -> Attribute<K> {
    let (encoding, on_violation) = (Encoding::Map, OnViolation::Drop);
    Attribute::new(AttributeInfo { id, name, row, collected, domain, encoding, on_violation })
}

/// A text of so many characters.
pub const fn text(max_length: usize) -> Domain {
    Domain::String { max_length, pattern: None }
}

/// The same, which as a whole matches a pattern.
pub const fn matching(max_length: usize, pattern: &'static Pattern) -> Domain {
    Domain::String { max_length, pattern: Some(pattern) }
}

/// A whole number between these.
pub const fn int(minimum: i64, maximum: i64) -> Domain {
    Domain::Int { minimum, maximum }
}

/// A finite number between these.
pub const fn double(minimum: f64, maximum: f64) -> Domain {
    Domain::Double { minimum, maximum }
}

/// A list of so many items.
pub const fn list(item: &'static Domain, max_items: usize) -> Domain {
    Domain::List { item, max_items }
}

/// A span.
pub const fn span(
    catalogue: &'static str,
    id: &'static str,
    name: &'static str,
    collected: Collected,
    attributes: &'static [SignalAttribute],
) -> Signal {
    Signal { catalogue, id, kind: SignalKind::Span, name, collected, attributes }
}

/// An event.
pub const fn event(
    catalogue: &'static str,
    id: &'static str,
    name: &'static str,
    collected: Collected,
    attributes: &'static [SignalAttribute],
) -> Signal {
    Signal { catalogue, id, kind: SignalKind::Event, name, collected, attributes }
}

/// An attribute that a signal must have.
pub const fn required(attribute: &'static AttributeInfo) -> SignalAttribute {
    SignalAttribute { attribute, required: true }
}

/// An attribute that a signal may have.
pub const fn optional(attribute: &'static AttributeInfo) -> SignalAttribute {
    SignalAttribute { attribute, required: false }
}
