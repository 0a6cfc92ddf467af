//! Constants for the code of the derive and the generator: those of [`signal`](crate::Attribute) in few words. Each is
//! a plain function with few arguments, because rustc reads them for every field of every type.

use std::borrow::Cow;

use candor_domain::ChannelName;

use crate::{
    Attribute, AttributeInfo, Body, Consent, Domain, Encoding, Endpoint, Form, Instrument, Measure, Member, Members,
    Method, NumberType, ObjectInfo, OnViolation, Own, Part, Pattern, ResourceInfo, Shared, Signal, SignalKind,
};

/// An attribute of the channel that its type says. An object or a list travels as a map or an array, and a value outside
/// the domain is left out, unless [`Attribute::encoded`] and [`Attribute::on_violation`] say otherwise.
pub const fn attribute<K, const CHANNEL: u8>(
    id: &'static str,
    name: &'static str,
    row: &'static str,
    domain: Domain,
) -> Attribute<K, CHANNEL> {
    Attribute::new(AttributeInfo {
        id: Cow::Borrowed(id),
        name: Cow::Borrowed(name),
        row: Cow::Borrowed(row),
        needs: Consent::of(CHANNEL),
        domain,
        encoding: Encoding::Map,
        on_violation: OnViolation::Drop,
        nullable: false,
    })
}

/// A text of at most so many characters.
pub const fn text(max_length: usize) -> Domain {
    Domain::String { max_length, pattern: None }
}

/// The same, which as a whole matches a pattern.
pub const fn matching(max_length: usize, pattern: &'static Pattern) -> Domain {
    Domain::String { max_length, pattern: Some(Shared::Static(pattern)) }
}

/// A whole number between these.
pub const fn int(minimum: i64, maximum: i64) -> Domain {
    Domain::Int { minimum, maximum }
}

/// A finite number between these.
pub const fn double(minimum: f64, maximum: f64) -> Domain {
    Domain::Double { minimum, maximum }
}

/// One of these texts.
pub const fn one_of(members: &'static [&'static str]) -> Domain {
    Domain::Enum(Members::texts(members))
}

/// An object.
pub const fn structure(object: &'static ObjectInfo) -> Domain {
    Domain::Object(Shared::Static(object))
}

/// A list of at most so many items.
pub const fn list(item: &'static Domain, max_items: usize) -> Domain {
    Domain::List { item: Shared::Static(item), max_items }
}

/// A map of at most so many entries.
pub const fn map(key: &'static Domain, value: &'static Domain, max_items: usize) -> Domain {
    Domain::Map { key: Shared::Static(key), value: Shared::Static(value), max_items }
}

/// Any JSON value that is neither deeper nor longer than this.
pub const fn any_json(max_depth: usize, max_length: usize) -> Domain {
    Domain::Json { max_depth, max_length }
}

/// An object with its fields.
pub const fn object(catalogue: &'static str, id: &'static str, fields: &'static [Member]) -> ObjectInfo {
    ObjectInfo::new(Cow::Borrowed(catalogue), Cow::Borrowed(id), Shared::Static(fields))
}

/// A channel by name and number.
pub const fn channel(name: &'static str, number: u8) -> ChannelName {
    ChannelName::new(name, number)
}

/// The attributes of the process.
pub const fn resource(catalogue: &'static str, attributes: &'static [Member]) -> ResourceInfo {
    ResourceInfo { catalogue: Cow::Borrowed(catalogue), attributes: Shared::Static(attributes) }
}

/// A span that needs a channel.
pub const fn span(
    catalogue: &'static str,
    id: &'static str,
    name: &'static str,
    channel: u8,
    attributes: &'static [Member],
) -> Signal {
    signal(SignalKind::Span, channel, catalogue, id, name, attributes)
}

/// An event that needs a channel.
pub const fn event(
    catalogue: &'static str,
    id: &'static str,
    name: &'static str,
    channel: u8,
    attributes: &'static [Member],
) -> Signal {
    signal(SignalKind::Event, channel, catalogue, id, name, attributes)
}

/// A metric that needs a channel; [`measure`] says the rest.
pub const fn metric(
    catalogue: &'static str,
    id: &'static str,
    name: &'static str,
    channel: u8,
    attributes: &'static [Member],
) -> Signal {
    signal(SignalKind::Metric, channel, catalogue, id, name, attributes)
}

/// The instrument of a metric, its numbers, the bounds of its buckets, and the seconds between its reports.
pub const fn measure(
    instrument: Instrument,
    number: NumberType,
    unit: &'static str,
    bounds: &'static [f64],
    interval: u64,
) -> Measure {
    Measure { instrument, number, unit: Cow::Borrowed(unit), bounds: Shared::Static(bounds), interval }
}

const fn signal(
    kind: SignalKind,
    channel: u8,
    catalogue: &'static str,
    id: &'static str,
    name: &'static str,
    attributes: &'static [Member],
) -> Signal {
    let mut place = 1;
    while place < attributes.len() {
        assert!(!attributes[place - 1].body, "the body is the last attribute of its event");
        place += 1;
    }
    let (catalogue, id, name) = (Cow::Borrowed(catalogue), Cow::Borrowed(id), Cow::Borrowed(name));
    Signal::new(catalogue, id, kind, name, Consent::of(channel), Shared::Static(attributes))
}

/// A span that a signal may be joined with, by its key.
pub const fn span_key(key: &'static str) -> Cow<'static, str> {
    Cow::Borrowed(key)
}

/// An attribute that a signal must have.
pub const fn required(attribute: &'static AttributeInfo) -> Member {
    Member { rename: None, attribute: Shared::Static(attribute), required: true, body: false }
}

/// An attribute that a signal may have.
pub const fn optional(attribute: &'static AttributeInfo) -> Member {
    Member { rename: None, attribute: Shared::Static(attribute), required: false, body: false }
}

/// A field that an object must have.
pub const fn required_field(name: &'static str, attribute: &'static AttributeInfo) -> Member {
    Member { rename: Some(Cow::Borrowed(name)), attribute: Shared::Static(attribute), required: true, body: false }
}

/// A field that an object may have.
pub const fn optional_field(name: &'static str, attribute: &'static AttributeInfo) -> Member {
    Member { rename: Some(Cow::Borrowed(name)), attribute: Shared::Static(attribute), required: false, body: false }
}

/// An OTLP endpoint.
pub const fn otlp(name: &'static str, url: &'static str) -> Endpoint {
    Endpoint { name: Cow::Borrowed(name), url: Cow::Borrowed(url), form: Form::Otlp }
}

/// An endpoint with bodies of the program's own.
pub const fn json(
    name: &'static str,
    url: &'static str,
    method: Method,
    template: Part,
    own: &'static [Own],
    of_resource: &'static [Own],
    batch: Option<Part>,
) -> Endpoint {
    let body = Body { template, own: Shared::Static(own), of_resource: Shared::Static(of_resource), batch };
    Endpoint { name: Cow::Borrowed(name), url: Cow::Borrowed(url), form: Form::Json(method, body) }
}

/// An attribute with a place of its own in a body, the signal's or the process's, by its key and its name on the wire.
pub const fn own(key: &'static str, name: &'static str) -> Own {
    Own { key: Cow::Borrowed(key), name: Cow::Borrowed(name) }
}

/// A JSON text that is always the same.
pub const fn literal(json: &'static str) -> Part {
    Part::Literal(Cow::Borrowed(json))
}

/// An array of a body.
pub const fn items(items: &'static [Part]) -> Part {
    Part::List(Shared::Static(items))
}

/// An object of a body.
pub const fn members(members: &'static [(Cow<'static, str>, Part)]) -> Part {
    Part::Object(Shared::Static(members))
}

/// A member of such an object.
pub const fn member(key: &'static str, part: Part) -> (Cow<'static, str>, Part) {
    (Cow::Borrowed(key), part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind;

    static WORD: Attribute<kind::Boolean> = attribute("word", "word", "row", Domain::Boolean);

    #[test]
    #[should_panic(expected = "the body is the last attribute of its event")]
    fn a_body_before_an_attribute() {
        let attributes: &[Member] = Box::leak(Box::new([optional(&WORD.info).as_body(), optional(&WORD.info)]));
        event("demo", "noted", "Noted", crate::DEFAULT, attributes);
    }
}
