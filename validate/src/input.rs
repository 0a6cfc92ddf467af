//! Any file of telemetry to payloads: what it is, its bytes say.

use std::error::Error;
use std::fmt;
use std::io::Read;

use candor_schema::Catalogue;
use flate2::read::MultiGzDecoder;

use crate::console;
use crate::json::{Json, documents};
use crate::otlp::{is_request, payloads_from_otlp_protobuf, payloads_from_request};
use crate::payload::{Origin, Payload};

/// Most bytes that a compressed file may become: 256 MiB.
pub const MAX_INFLATED_BYTES: u64 = 256 << 20;

/// Reads a file of telemetry, which may be compressed with gzip:
///
/// * an OTLP request for spans, logs or metrics, in protobuf or JSON,
/// * one payload, or a JSON list of payloads,
/// * several JSON texts of the above, one per line (NDJSON) or in as many lines as each takes. One that cannot be read is
///   an item of its own; the others are still read.
///
/// What OpenTelemetry's console exporter prints in Python is read as the spans and log records that it is.
///
/// A value that JSON or protobuf cannot hold whole (a lone surrogate, bytes that are not UTF-8, `NaN`, a number too large,
/// nesting too deep) becomes one that no domain admits; what is around it is read.
///
/// # Errors
/// When the file as a whole is nothing of this.
pub fn read(catalogue: &Catalogue, bytes: &[u8]) -> Result<Vec<Item>, DecodeError> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return read_plain(catalogue, &inflate(bytes, MAX_INFLATED_BYTES)?);
    }
    read_plain(catalogue, bytes)
}

/// One thing that a file held.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A signal.
    Payload(Payload),
    /// Something that could not be read, or belongs to no signal. It was sent all the same.
    Unreadable(Unreadable),
}

impl Item {
    fn origin_mut(&mut self) -> &mut Origin {
        match self {
            Item::Payload(payload) => &mut payload.origin,
            Item::Unreadable(part) => &mut part.origin,
        }
    }
}

/// A part of a file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Where it stands.
    pub origin: Origin,
    /// What is wrong with it.
    pub why: String,
}

/// Why a file as a whole could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    why: String,
}

impl DecodeError {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        DecodeError { why: why.into() }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.why)
    }
}

impl Error for DecodeError {}

fn inflate(bytes: &[u8], limit: u64) -> Result<Vec<u8>, DecodeError> {
    let mut inflated = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(limit + 1).read_to_end(&mut inflated);
    read.map_err(|error| DecodeError::new(format!("not gzip to its end: {error}")))?;
    if inflated.len() as u64 > limit {
        return Err(DecodeError::new(format!("more than {} MiB when inflated", limit >> 20)));
    }
    Ok(inflated)
}

fn read_plain(catalogue: &Catalogue, bytes: &[u8]) -> Result<Vec<Item>, DecodeError> {
    // OTLP's requests have one field, 1, so their protobuf starts with its tag: a newline, when read as text.
    if bytes.trim_ascii().is_empty() {
        return Err(DecodeError::new("empty"));
    }
    let protobuf = bytes.starts_with(b"\n").then(|| payloads_from_otlp_protobuf(catalogue, bytes, None));
    match protobuf {
        Some(Ok(items)) => Ok(items),
        Some(Err(why)) if !looks_like_json(bytes) => Err(why),
        _ if !looks_like_json(bytes) && std::str::from_utf8(bytes).is_err() => {
            Err(DecodeError::new("neither text in UTF-8 nor OTLP protobuf nor gzip"))
        }
        _ => read_text(catalogue, bytes),
    }
}

fn looks_like_json(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    matches!(text.trim_ascii_start(), [b'{' | b'[', ..])
}

/// JSON texts, when at least one of them says something by itself.
fn read_text(catalogue: &Catalogue, text: &[u8]) -> Result<Vec<Item>, DecodeError> {
    let mut items = Vec::new();
    let mut why = None;
    let mut any = false;
    for document in documents(text) {
        let line = if document.is_only { None } else { Some(document.line) };
        let origin = Origin { line, path: String::new() };
        match document.json {
            Ok(json) => {
                any |= is_ours(&json);
                items.extend(read_json(catalogue, &json, &origin));
            }
            Err(fault) => {
                let fault = format!("not JSON: {fault}");
                why.get_or_insert_with(|| fault.clone());
                items.push(Item::Unreadable(Unreadable { origin, why: fault }));
            }
        }
    }
    match any {
        true => Ok(items),
        false => Err(DecodeError::new(why.unwrap_or_else(|| UNKNOWN.to_owned()))),
    }
}

const UNKNOWN: &str =
    "neither a payload (`kind`, `name`) nor an OTLP request (`resourceSpans`, `resourceLogs`, `resourceMetrics`)";

/// Whether a JSON text is, or holds, something that [`read_json`] knows.
fn is_ours(json: &Json) -> bool {
    match json {
        Json::List(items) => items.is_empty() || items.iter().any(|item| is_request(item) || is_payload(item)),
        json => is_request(json) || is_payload(json),
    }
}

fn is_payload(json: &Json) -> bool {
    const KEYS: [&str; 3] = ["kind", "name", "severity_number"];
    matches!(json, Json::Object(members) if members.iter().any(|(key, _)| KEYS.contains(&key.as_str())))
}

fn read_json(catalogue: &Catalogue, json: &Json, origin: &Origin) -> Vec<Item> {
    let Json::List(items) = json else { return read_one(catalogue, json, origin) };
    let one = |(index, item)| read_one(catalogue, item, &origin.at(format!("/{index}")));
    items.iter().enumerate().flat_map(one).collect()
}

fn read_one(catalogue: &Catalogue, json: &Json, origin: &Origin) -> Vec<Item> {
    if is_request(json) {
        return payloads_from_request(catalogue, json, origin);
    }
    if let Some(request) = console::request(json) {
        let mut items = payloads_from_request(catalogue, &request, &Origin::default());
        items.iter_mut().for_each(|item| *item.origin_mut() = origin.clone());
        return items;
    }
    vec![match is_payload(json) {
        true => Item::Payload(Payload::from_json(json, origin.clone())),
        false => Item::Unreadable(Unreadable { origin: origin.clone(), why: UNKNOWN.to_owned() }),
    }]
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn inflating_stops_at_its_limit() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![b' '; 3 << 20]).expect("in memory");
        let bytes = encoder.finish().expect("in memory");
        assert_eq!(inflate(&bytes, 3 << 20).map(|inflated| inflated.len()), Ok(3 << 20));
        assert_eq!(inflate(&bytes, 2 << 20), Err(DecodeError::new("more than 2 MiB when inflated")));
    }
}
