//! A record: a header that says what follows, then the request. Not where it is kept.
//!
//! All numbers are little-endian. The catalogue's name and version stand between the header and the request.
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 8 | [`MAGIC`]: what this is, and the version of this form |
//! | 8 | 4 | CRC-32 of everything behind it |
//! | 12 | 4 | length of the request |
//! | 16 | 25 | the key: created, writer, number, count, consent |
//! | 41 | 1 | kind: 1 spans, 2 events, 3 JSON in the endpoint's form; plus 16 times the position of the endpoint |
//! | 42 | 8 | fingerprint of what the catalogue lists: see [`fingerprint`](super::fingerprint) |
//! | 50 | 4 | lengths of the catalogue's name and version, two bytes each |

use super::folder::{Key, digit};
use crate::encode::{Buffer, quote};
use crate::payload::{decode_element, decode_resource, messages, read_bodies};
use crate::{
    Allowance, AttributeInfo, Catalogue, Consent, Content, DEFAULT, Destination, Form, Member, OPT_IN, Signal,
    SignalKind,
};

/// The last byte is the version.
const MAGIC: &[u8; 8] = b"candor\0\x02";

/// Behind the checksum: what it covers.
const COVERED: usize = 12;

/// The position of the kind.
const KIND: usize = 41;

/// The length of a header without the catalogue's name and version.
const FIXED: usize = 54;

/// Writes the header that stands before a request in its file.
pub(super) fn header(key: &Key, catalogue: &Catalogue, fingerprint: u64, content: Content, body: &[u8]) -> Vec<u8> {
    let (name, version) = (catalogue.name.as_bytes(), catalogue.version.as_bytes());
    let mut out = Vec::from(MAGIC);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&(body.len() as u32).to_le_bytes());
    out.extend_from_slice(&key.created.to_le_bytes());
    out.extend_from_slice(&key.writer.to_le_bytes());
    out.extend_from_slice(&key.number.to_le_bytes());
    out.extend_from_slice(&key.count.to_le_bytes());
    out.push(digit(key.consent));
    let kind = match content {
        Content::Otlp(SignalKind::Span) => 1,
        Content::Otlp(SignalKind::Event) => 2,
        Content::Json(_) => 3,
        Content::Otlp(SignalKind::Metric) => 4,
    };
    out.push(kind | key.endpoint << 4);
    out.extend_from_slice(&fingerprint.to_le_bytes());
    out.extend_from_slice(&(name.len() as u16).to_le_bytes());
    out.extend_from_slice(&(version.len() as u16).to_le_bytes());
    out.extend_from_slice(name);
    out.extend_from_slice(version);
    let checksum = checksum(&[&out[COVERED..], body]);
    out[COVERED - 4..COVERED].copy_from_slice(&checksum.to_le_bytes());
    out
}

/// The request in a record, and where it goes. `None` when it is not whole, not what its name says, or not of this catalogue in this
/// version with this fingerprint: when writing it again would make other bytes.
pub(super) fn decode<'b>(
    bytes: &'b [u8],
    key: &Key,
    catalogue: &Catalogue,
    fingerprint: u64,
) -> Option<(Destination<'static>, &'b [u8])> {
    let (found, body) = bytes.split_at_checked(FIXED + catalogue.name.len() + catalogue.version.len())?;
    let endpoint = catalogue.endpoints.get(usize::from(key.endpoint));
    let content = match (found[KIND] & 15, endpoint.map(|endpoint| &endpoint.form)) {
        (1, Some(Form::Otlp) | None) => Content::Otlp(SignalKind::Span),
        (2, Some(Form::Otlp) | None) => Content::Otlp(SignalKind::Event),
        (3, Some(Form::Json(method, _))) => Content::Json(*method),
        (4, Some(Form::Otlp) | None) => Content::Otlp(SignalKind::Metric),
        _ => return None,
    };
    let to = Destination { endpoint: endpoint.map_or("default", |endpoint| &endpoint.name), content };
    (header(key, catalogue, fingerprint, content, body) == found).then_some((to, body))
}

/// The position of an endpoint in the catalogue.
pub(super) fn position(catalogue: &Catalogue, to: Destination<'_>) -> u8 {
    let position = catalogue.endpoints.iter().position(|endpoint| endpoint.name == to.endpoint);
    position.and_then(|position| u8::try_from(position).ok()).unwrap_or(0)
}

/// Counts the signals of a request.
pub(super) fn count(catalogue: &Catalogue, to: Destination<'_>, body: &[u8]) -> u32 {
    match to.content {
        Content::Otlp(_) => signals(body).count().try_into().unwrap_or(u32::MAX),
        Content::Json(_) => read_bodies(catalogue, to.endpoint, body).map_or(1, |bodies| bodies.len() as u32),
    }
}

/// Returns the consent that a request needs. One that cannot be read needs all.
pub(super) fn consent(catalogue: &Catalogue, to: Destination<'_>, body: &[u8]) -> Consent {
    let needs =
        |(signal, json): &(&Signal, String)| shown(catalogue, |sort| shows_any(signal, json, sort)).and(signal.needs);
    let Some(payloads) = read(catalogue, to, body) else { return Consent::from_bits(u32::MAX) };
    let of_process = shown(catalogue, |sort| shows_any_of_process(catalogue, to, body, sort));
    payloads.iter().map(needs).fold(of_process, Consent::and)
}

/// The channels of the attributes that are shown.
fn shown(catalogue: &Catalogue, shows: impl Fn(&dyn Fn(&AttributeInfo) -> bool) -> bool) -> Consent {
    let numbers = catalogue.channels.iter().map(|channel| channel.number).chain([DEFAULT, OPT_IN]);
    let shown = numbers.map(Consent::of).filter(|channel| shows(&|attribute| attribute.needs.includes(*channel)));
    shown.fold(Consent::Off, Consent::and)
}

/// Returns true if no part of a request is held back now. One that cannot be read is held back.
pub(super) fn is_agreed(catalogue: &Catalogue, to: Destination<'_>, body: &[u8], allowance: &Allowance) -> bool {
    let is_held = |held: &[&str], attribute: &AttributeInfo| held.contains(&&*attribute.id);
    let is_agreed = |(signal, json): &(&'static Signal, String)| {
        let held = allowance.held(signal);
        held.is_some_and(|held| !shows_any(signal, json, &|attribute| is_held(held, attribute)))
    };
    let of_process = |attribute: &AttributeInfo| is_held(allowance.held_of_process(), attribute);
    !shows_any_of_process(catalogue, to, body, &of_process)
        && read(catalogue, to, body).is_some_and(|payloads| payloads.iter().all(is_agreed))
}

/// The signals of a request with their payloads; `None` if one of them cannot be told.
fn read(catalogue: &Catalogue, to: Destination<'_>, body: &[u8]) -> Option<Vec<(&'static Signal, String)>> {
    match to.content {
        Content::Otlp(kind) => signals(body).map(|element| read_element(catalogue, kind, element)).collect(),
        Content::Json(_) => read_bodies(catalogue, to.endpoint, body),
    }
}

/// The signal of an element, and its payload.
fn read_element(catalogue: &Catalogue, kind: SignalKind, element: &[u8]) -> Option<(&'static Signal, String)> {
    let name = messages(element, kind.facts().name.into()).next();
    let signal = catalogue.signals.iter().find(|s| s.kind == kind && name == Some(s.name.as_bytes()));
    signal.copied().zip(decode_element(catalogue, kind, element))
}

fn signals(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    messages(body, 1).flat_map(|resource| messages(resource, 2)).flat_map(|scope| messages(scope, 2))
}

/// Returns true if a payload has an attribute of this sort. A key counts when any attribute of that name in this signal
/// does.
fn shows_any(signal: &Signal, payload: &str, sort: &dyn Fn(&AttributeInfo) -> bool) -> bool {
    let attributes = payload.split_once("\"attributes\":").map_or("", |(_, attributes)| attributes);
    let name = |known: &Member| if known.body { "body".to_owned() } else { known.name().to_owned() };
    let shown = |known: &Member| shows(attributes, &name(known), &known.attribute, sort);
    signal.attributes.iter().any(shown)
}

/// Returns true if a request has an attribute of the process of this sort. One that cannot be read has.
fn shows_any_of_process(
    catalogue: &Catalogue,
    to: Destination<'_>,
    body: &[u8],
    sort: &dyn Fn(&AttributeInfo) -> bool,
) -> bool {
    let shown = |json: &str| {
        let attributes = &catalogue.resource.attributes;
        attributes.iter().any(|known| shows(json, known.name(), &known.attribute, sort))
    };
    match to.content {
        Content::Otlp(_) => decode_resource(catalogue, body).is_none_or(|json| shown(&json)),
        // Payloads tell what is of the process and what of the signal.
        Content::Json(_) => read_bodies(catalogue, to.endpoint, body).is_none_or(|bodies| {
            bodies
                .iter()
                .filter_map(|(_, json)| json.split_once("\"resource\":"))
                .any(|(_, of_process)| shown(of_process))
        }),
    }
}

/// Returns true if JSON has an attribute of this sort, or a field of it, under this name.
fn shows(json: &str, name: &str, attribute: &AttributeInfo, sort: &dyn Fn(&AttributeInfo) -> bool) -> bool {
    let fields = attribute.domain.object().map_or(&[][..], |object| &object.fields);
    sort(attribute) && has_key(json, name)
        || fields.iter().any(|field| shows(json, field.name(), &field.attribute, sort))
}

/// Quotes in a text are escaped, so this finds keys only.
fn has_key(json: &str, name: &str) -> bool {
    let mut key = Buffer::growing();
    quote(&mut key, name);
    key.push(b':');
    json.as_bytes().windows(key.len()).any(|bytes| bytes == key.bytes())
}

fn checksum(parts: &[&[u8]]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize()
}
