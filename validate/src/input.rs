//! Any file of telemetry to payloads: what it is, its bytes say.

use std::error::Error;
use std::fmt;
use std::io::Read;

use candor_schema::Catalogue;
use flate2::read::MultiGzDecoder;

use crate::json::{self, Json};
use crate::otlp::{is_request, payloads_from_otlp_protobuf, payloads_from_request};
use crate::payload::{Origin, Payload};

/// Most bytes that a compressed file may become: 256 MiB.
pub const MAX_INFLATED_BYTES: u64 = 256 << 20;

/// Reads a file of telemetry, which may be compressed with gzip:
///
/// * an OTLP request for spans or logs, in protobuf or JSON,
/// * one payload, or a JSON list of payloads,
/// * lines, each of them one of the above in JSON (NDJSON). A line that cannot be read is an item of its own; the others
///   are still read.
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
    match (protobuf, std::str::from_utf8(bytes)) {
        (Some(Ok(items)), _) => Ok(items),
        (Some(Err(why)), text) if !text.is_ok_and(looks_like_json) => Err(why),
        (_, Ok(text)) => read_text(catalogue, text.strip_prefix('\u{feff}').unwrap_or(text)),
        (_, Err(_)) => Err(DecodeError::new("neither text in UTF-8 nor OTLP protobuf nor gzip")),
    }
}

fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

fn read_text(catalogue: &Catalogue, text: &str) -> Result<Vec<Item>, DecodeError> {
    let why = match json::parse(text) {
        Ok(Json::List(items)) if items.is_empty() => return Ok(Vec::new()),
        Ok(json) if is_ours(&json) => return Ok(read_json(catalogue, &json, &Origin::default())),
        Ok(_) => UNKNOWN.to_owned(),
        Err(why) => format!("not JSON: {why}"),
    };
    read_lines(catalogue, text).ok_or_else(|| DecodeError::new(why))
}

/// Lines, when at least one of them says something by itself. So a broken document of many lines is one error.
fn read_lines(catalogue: &Catalogue, text: &str) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    let mut any = false;
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_ascii().is_empty()) {
        let origin = Origin { line: Some(index + 1), path: String::new() };
        match json::parse(line) {
            Ok(json) => {
                any |= is_ours(&json);
                items.extend(read_json(catalogue, &json, &origin));
            }
            Err(why) => items.push(Item::Unreadable(Unreadable { origin, why: format!("not JSON: {why}") })),
        }
    }
    any.then_some(items)
}

const UNKNOWN: &str = "neither a payload (`kind`, `name`) nor an OTLP request (`resourceSpans`, `resourceLogs`)";

/// Whether a JSON text is, or holds, something that [`read_json`] knows.
fn is_ours(json: &Json) -> bool {
    match json {
        Json::List(items) => items.iter().any(|item| is_request(item) || is_payload(item)),
        json => is_request(json) || is_payload(json),
    }
}

fn is_payload(json: &Json) -> bool {
    matches!(json, Json::Object(members) if members.iter().any(|(key, _)| key == "kind" || key == "name"))
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
