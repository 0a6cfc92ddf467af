//! Any file of telemetry to payloads: what it is, its bytes say.

use std::error::Error;
use std::fmt;
use std::io::Read;

use candor_schema::Catalogue;
use flate2::read::MultiGzDecoder;

use crate::json::{self, Json};
use crate::otlp::{Items, is_request, payloads_from_request, request_from_protobuf};
use crate::payload::{Origin, Payload};
use crate::{protobuf, weight};

/// Most bytes of memory that [`read`] takes for one document: 512 MiB.
pub const MAX_MEMORY: usize = 512 << 20;

/// Most bytes that a compressed file may become: half of that.
pub const MAX_INFLATED_BYTES: usize = MAX_MEMORY / 2;

/// Reads a file of telemetry, which may be compressed with gzip:
///
/// * an OTLP request for spans or logs, in protobuf or JSON,
/// * one payload, or a JSON list of payloads,
/// * lines, each of them one of the above in JSON (NDJSON). A line that cannot be read is an item of its own; the others
///   are still read.
///
/// # Errors
/// When the file as a whole is nothing of this, or would take more than [`MAX_MEMORY`].
pub fn read(catalogue: &Catalogue, bytes: &[u8]) -> Result<Vec<Item>, DecodeError> {
    let mut items = Vec::new();
    read_each(catalogue, bytes, MAX_MEMORY, |item| items.push(item))?;
    Ok(items)
}

/// Reads a file as [`read`] does, and gives the items one by one. No document in it takes more than about `most` bytes of
/// memory; nor does the file half of that when it is inflated.
///
/// # Errors
/// When the file as a whole is none that [`read`] knows, or would take more. No item was given then.
pub fn read_each(
    catalogue: &Catalogue,
    bytes: &[u8],
    most: usize,
    mut take: impl FnMut(Item),
) -> Result<(), DecodeError> {
    let mut items = Items::new(most / 4, &mut take);
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let inflated = inflate(bytes, most / 2)?;
        return read_plain(catalogue, &inflated, most - inflated.len(), &mut items);
    }
    read_plain(catalogue, bytes, most, &mut items)
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
    is_too_large: bool,
}

impl DecodeError {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        DecodeError { why: why.into(), is_too_large: false }
    }

    fn too_large(why: String) -> Self {
        DecodeError { why, is_too_large: true }
    }

    /// Whether it could be read with more memory.
    pub fn is_too_large(&self) -> bool {
        self.is_too_large
    }
}

fn amount(bytes: usize) -> String {
    match bytes >> 20 {
        0 => format!("{bytes} bytes"),
        mebibytes => format!("{mebibytes} MiB"),
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.why)
    }
}

impl Error for DecodeError {}

fn inflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, DecodeError> {
    let mut inflated = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(limit as u64 + 1).read_to_end(&mut inflated);
    read.map_err(|error| DecodeError::new(format!("not gzip to its end: {error}")))?;
    if inflated.len() > limit {
        return Err(DecodeError::too_large(format!("more than {} when inflated", amount(limit))));
    }
    Ok(inflated)
}

fn check_weight(weight: usize, most: usize) -> Result<(), DecodeError> {
    match weight > most {
        true => Err(DecodeError::too_large(format!("reading it may take more than {}", amount(most)))),
        false => Ok(()),
    }
}

fn read_plain(catalogue: &Catalogue, bytes: &[u8], most: usize, items: &mut Items<'_>) -> Result<(), DecodeError> {
    // OTLP's requests have one field, 1, so their protobuf starts with its tag: a newline, when read as text.
    if bytes.trim_ascii().is_empty() {
        return Err(DecodeError::new("empty"));
    }
    let protobuf = bytes.starts_with(b"\n").then(|| read_protobuf(bytes, most));
    match (protobuf, std::str::from_utf8(bytes)) {
        (Some(Ok(request)), _) => {
            payloads_from_request(catalogue, &request, &Origin::default(), items);
            Ok(())
        }
        (Some(Err(why)), text) if !text.is_ok_and(looks_like_json) => Err(why),
        (_, Ok(text)) => read_text(catalogue, text.strip_prefix('\u{feff}').unwrap_or(text), most, items),
        (_, Err(_)) => Err(DecodeError::new("neither text in UTF-8 nor OTLP protobuf nor gzip")),
    }
}

fn read_protobuf(bytes: &[u8], most: usize) -> Result<Json, DecodeError> {
    check_weight(protobuf::weigh_traces(bytes).max(protobuf::weigh_logs(bytes)), most)?;
    request_from_protobuf(bytes, None)
}

fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

fn read_text(catalogue: &Catalogue, text: &str, most: usize, items: &mut Items<'_>) -> Result<(), DecodeError> {
    let whole = check_weight(weight::of_json(text.as_bytes()), most);
    let why = match whole.as_ref().map(|()| json::parse(text)) {
        Ok(Ok(Json::List(items))) if items.is_empty() => return Ok(()),
        Ok(Ok(json)) if is_ours(&json) => {
            read_json(catalogue, &json, &Origin::default(), items);
            return Ok(());
        }
        Ok(Ok(_)) => DecodeError::new(UNKNOWN),
        Ok(Err(why)) => DecodeError::new(format!("not JSON: {why}")),
        Err(too_large) => too_large.clone(),
    };
    // Only when at least one line says something by itself. So a broken document of many lines is one error.
    match lines(text).any(|(_, line)| parse_line(line, most).is_ok_and(|json| is_ours(&json))) {
        true => read_lines(catalogue, text, most, items),
        false => return Err(why),
    }
    Ok(())
}

/// The lines that are not empty, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line)).filter(|(_, line)| !line.trim_ascii().is_empty())
}

fn parse_line(line: &str, most: usize) -> Result<Json, String> {
    check_weight(weight::of_json(line.as_bytes()), most).map_err(|why| why.to_string())?;
    json::parse(line).map_err(|why| format!("not JSON: {why}"))
}

fn read_lines(catalogue: &Catalogue, text: &str, most: usize, items: &mut Items<'_>) {
    for (number, line) in lines(text) {
        let origin = Origin { line: Some(number), path: String::new() };
        match parse_line(line, most) {
            Ok(json) => read_json(catalogue, &json, &origin, items),
            Err(why) => items.push(Item::Unreadable(Unreadable { origin, why })),
        }
    }
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

fn read_json(catalogue: &Catalogue, json: &Json, origin: &Origin, items: &mut Items<'_>) {
    let Json::List(list) = json else { return read_one(catalogue, json, origin, items) };
    for (index, item) in list.iter().enumerate() {
        read_one(catalogue, item, &origin.at(format!("/{index}")), items);
    }
}

fn read_one(catalogue: &Catalogue, json: &Json, origin: &Origin, items: &mut Items<'_>) {
    if is_request(json) {
        return payloads_from_request(catalogue, json, origin, items);
    }
    items.push(match is_payload(json) {
        true => Item::Payload(Payload::from_json(json, origin.clone())),
        false => Item::Unreadable(Unreadable { origin: origin.clone(), why: UNKNOWN.to_owned() }),
    });
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
        let why = inflate(&bytes, 2 << 20).expect_err("too much");
        assert!(why.is_too_large() && why.to_string() == "more than 2 MiB when inflated", "{why}");
    }
}
