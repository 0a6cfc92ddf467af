//! Bodies of the program's own, read back.

use candor_domain::JsonValue;

use crate::{Catalogue, Signal};

/// The payloads in a JSON request that this crate wrote for the endpoint with this key. Nothing for a document that is
/// not of the endpoint's form.
pub fn decode_body(catalogue: &Catalogue, endpoint: &str, request: &[u8]) -> Vec<String> {
    read_bodies(catalogue, endpoint, request).into_iter().flatten().map(|(_, payload)| payload).collect()
}

/// The same, each with its signal; `None` if a part of it cannot be read.
pub(crate) fn read_bodies(
    catalogue: &Catalogue,
    endpoint: &str,
    request: &[u8],
) -> Option<Vec<(&'static Signal, String)>> {
    let position = catalogue.endpoints.iter().position(|known| known.name == endpoint)?;
    let body = catalogue.endpoints[position].form.body()?;
    let document = JsonValue::parse(std::str::from_utf8(request).ok()?)?;
    let batch = body.read_batch(&document).ok()?;
    let read = |document| {
        let reading = body.read(document).ok()?;
        let mut signals = catalogue.signals.iter().filter(|signal| usize::from(signal.endpoint) == position);
        let signal = signals.find(|signal| reading.name.is_none_or(|name| name == signal.name))?;
        Some((*signal, reading.payload(signal.kind, &signal.name, &batch.resource)))
    };
    batch.signals.iter().map(read).collect()
}
