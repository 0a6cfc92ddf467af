//! Any file of telemetry to payloads: what it is, its bytes say.

use std::io::Read;

use candor_schema::Catalogue;
use flate2::read::MultiGzDecoder;

use crate::body::Forms;
use crate::console;
use crate::item::{DecodeError, Item, Unreadable};
use crate::json::{Document, Json, Unread, documents};
use crate::otlp::{Items, is_request, payloads_from_request, request_from_protobuf};
use crate::payload::{Origin, Payload};
use crate::signals::Signals;
use crate::{protobuf, weight};

/// Most bytes of memory that [`read`] takes for one document: 512 MiB.
pub const MAX_MEMORY: usize = 512 << 20;

/// Most bytes that a compressed file may become: half of that.
pub const MAX_INFLATED_BYTES: usize = MAX_MEMORY / 2;

/// Reads a file of telemetry, which may be compressed with gzip:
///
/// * an OTLP request for spans, logs or metrics, in protobuf or JSON,
/// * one payload, or a JSON list of payloads,
/// * a body in the JSON form that an endpoint of the catalogue declares, alone or in its request,
/// * several JSON texts of the above, one per line (NDJSON) or in as many lines as each takes. One that cannot be read is
///   an item of its own; the others are still read.
///
/// Reads the output of OpenTelemetry's console exporter in Python as spans and log records.
///
/// A value that JSON or protobuf cannot hold whole (a lone surrogate, bytes that are not UTF-8, `NaN`, a number too large,
/// nesting too deep) becomes one that no domain admits; what is around it is read.
///
/// # Errors
/// Fails when the file as a whole is nothing of this, or would take more than [`MAX_MEMORY`].
pub fn read(catalogue: &Catalogue, bytes: &[u8]) -> Result<Vec<Item>, DecodeError> {
    let mut items = Vec::new();
    read_each(catalogue, bytes, MAX_MEMORY, |item| items.push(item))?;
    Ok(items)
}

/// Reads a file as [`read`] does, and gives the items one by one. No document in it takes more than about `most` bytes of
/// memory; nor does the file half of that when it is inflated.
///
/// # Errors
/// Fails when the file as a whole is none that [`read`] knows, or would take more. No item was given then.
pub fn read_each(
    catalogue: &Catalogue,
    bytes: &[u8],
    most: usize,
    mut take: impl FnMut(Item),
) -> Result<(), DecodeError> {
    let input = Input { catalogue, forms: Forms::new(catalogue, None) };
    input.read(bytes, most, &mut take)
}

/// Reads a file of bodies in the JSON form of the endpoint with this key, as [`read_each`] reads any file. A document that
/// has another form is an item that says why.
///
/// # Errors
/// Fails when the file as a whole is no JSON, or would take more. No item was given then.
pub fn read_each_body(
    catalogue: &Catalogue,
    endpoint: &str,
    bytes: &[u8],
    most: usize,
    mut take: impl FnMut(Item),
) -> Result<(), DecodeError> {
    let input = Input { catalogue, forms: Forms::new(catalogue, Some(endpoint)) };
    input.read(bytes, most, &mut take)
}

/// The forms that a file may hold.
#[derive(Clone, Copy)]
struct Input<'c> {
    catalogue: &'c Catalogue,
    forms: Forms<'c>,
}

impl Input<'_> {
    fn read(self, bytes: &[u8], most: usize, take: &mut dyn FnMut(Item)) -> Result<(), DecodeError> {
        let mut items = Items::new(most / 4, take);
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let inflated = inflate(bytes, most / 2)?;
            return read_plain(self, &inflated, most - inflated.len(), &mut items);
        }
        read_plain(self, bytes, most, &mut items)
    }
}

fn amount(bytes: usize) -> String {
    match bytes >> 20 {
        0 => format!("{bytes} bytes"),
        mebibytes => format!("{mebibytes} MiB"),
    }
}

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
    if weight > most { Err(too_heavy(most)) } else { Ok(()) }
}

fn too_heavy(most: usize) -> DecodeError {
    DecodeError::too_large(format!("reading it may take more than {}", amount(most)))
}

fn read_plain(input: Input<'_>, bytes: &[u8], most: usize, items: &mut Items<'_>) -> Result<(), DecodeError> {
    // OTLP's requests have one field, 1, so their protobuf starts with its tag: a newline, when read as text.
    if bytes.trim_ascii().is_empty() {
        return Err(DecodeError::new("empty"));
    }
    let protobuf = (bytes.starts_with(b"\n") && !input.forms.is_demanded()).then(|| read_protobuf(bytes, most));
    match protobuf {
        Some(Ok(request)) => {
            payloads_from_request(input.catalogue, &request, &Origin::default(), items);
            Ok(())
        }
        Some(Err(why)) if !looks_like_json(bytes) => Err(why),
        _ if !looks_like_json(bytes) && std::str::from_utf8(bytes).is_err() => {
            Err(DecodeError::new("neither text in UTF-8 nor OTLP protobuf nor gzip"))
        }
        _ => read_text(input, bytes, most, items),
    }
}

fn read_protobuf(bytes: &[u8], most: usize) -> Result<Json, DecodeError> {
    let weight = Signals::ALL.iter().map(|signals| protobuf::weigh(*signals, bytes)).max();
    check_weight(weight.unwrap_or(0), most)?;
    request_from_protobuf(bytes, None)
}

fn looks_like_json(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    matches!(text.trim_ascii_start(), [b'{' | b'[', ..])
}

/// Reads JSON texts, if at least one of them says something by itself.
fn read_text(input: Input<'_>, text: &[u8], most: usize, items: &mut Items<'_>) -> Result<(), DecodeError> {
    if let Some(only) = documents(text, most).next().filter(|first| first.is_only) {
        let json = read_document(input, only, most)?;
        if !input.forms.any() && !is_ours(&json) {
            return Err(DecodeError::new(UNKNOWN));
        }
        read_json(input, &json, &Origin::default(), items);
        return Ok(());
    }
    check_any_is_ours(input, text, most)?;
    for document in documents(text, most) {
        let origin = Origin { line: Some(document.line), path: String::new() };
        match read_document(input, document, most) {
            Ok(json) => read_json(input, &json, &origin, items),
            Err(error) => items.push(Item::Unreadable(Unreadable { origin, why: error.to_string() })),
        }
    }
    Ok(())
}

/// Looks for a JSON text that says something by itself. Fails with the first fault if there is none.
fn check_any_is_ours(input: Input<'_>, text: &[u8], most: usize) -> Result<(), DecodeError> {
    let mut why = None;
    for document in documents(text, most) {
        match read_document(input, document, most) {
            Ok(json) if input.forms.any() || is_ours(&json) => return Ok(()),
            Ok(_) => {}
            Err(error) => why = why.or(Some(error)),
        }
    }
    Err(why.unwrap_or_else(|| DecodeError::new(UNKNOWN)))
}

fn read_document(input: Input<'_>, document: Document<'_>, most: usize) -> Result<Json, DecodeError> {
    let json = document.json.map_err(|unread| match unread {
        Unread::NotJson(why) => DecodeError::new(format!("not JSON: {why}")),
        Unread::TooLarge => too_heavy(most),
    })?;
    if input.forms.any() {
        // Its text, the same without escapes, and the payloads.
        check_weight(3 * weight::of_json(document.text), most)?;
    }
    if is_of_console(&json) {
        check_weight(console::WEIGHT * weight::of_json(document.text), most)?;
    }
    Ok(json)
}

/// Returns true if a document is, or holds, a signal that an exporter printed to a console.
fn is_of_console(json: &Json) -> bool {
    match json {
        Json::List(items) => items.iter().any(console::is_one),
        json => console::is_one(json),
    }
}

const UNKNOWN: &str =
    "neither a payload (`kind`, `name`) nor an OTLP request (`resourceSpans`, `resourceLogs`, `resourceMetrics`)";

/// Returns true if a JSON text is, or holds, something that [`read_json`] knows.
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

fn read_json(input: Input<'_>, json: &Json, origin: &Origin, items: &mut Items<'_>) {
    let Json::List(list) = json else { return read_one(input, json, origin, items) };
    if input.forms.any()
        && let Ok(found) = input.forms.read(json, origin)
    {
        return found.into_iter().for_each(|item| items.push(item)); // a list with something beside the signals
    }
    for (index, item) in list.iter().enumerate() {
        read_one(input, item, &origin.at(format!("/{index}")), items);
    }
}

fn read_one(input: Input<'_>, json: &Json, origin: &Origin, items: &mut Items<'_>) {
    let catalogue = input.catalogue;
    let mut of_no_form = None;
    if input.forms.is_demanded() || input.forms.any() && !is_request(json) {
        match input.forms.read(json, origin) {
            Ok(found) => return found.into_iter().for_each(|item| items.push(item)),
            Err(why) => of_no_form = Some(why),
        }
    }
    if let Some(why) = of_no_form.clone().filter(|_| input.forms.is_demanded()) {
        return items.push(Item::Unreadable(Unreadable { origin: origin.clone(), why }));
    }
    if is_request(json) {
        return payloads_from_request(catalogue, json, origin, items);
    }
    if let Some(request) = console::request(json) {
        let mut relocate = |mut item: Item| {
            *item.origin_mut() = origin.clone();
            items.push(item);
        };
        // It has one signal, so nothing is put with several.
        let mut relocated = Items::new(0, &mut relocate);
        return payloads_from_request(catalogue, &request, &Origin::default(), &mut relocated);
    }
    items.push(match is_payload(json) {
        true => Item::Payload(Payload::from_json(json, origin.clone())),
        false => {
            let why = of_no_form.unwrap_or_else(|| UNKNOWN.to_owned());
            Item::Unreadable(Unreadable { origin: origin.clone(), why })
        }
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
