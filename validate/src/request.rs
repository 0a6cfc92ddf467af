//! A request as it arrived, read once: for its payloads and for what of it may pass on.

use candor_schema::Catalogue;

use crate::item::{DecodeError, Item};
use crate::json::{self, Json};
use crate::otlp::{Items, MOST_AROUND, collect, count_signals, payloads_from_request, request_from_protobuf};
use crate::payload::Origin;
use crate::signals::Signals;
use crate::{protobuf, weight};

/// An OTLP request that was read, and which one its address says that it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub(crate) signals: Signals,
    pub(crate) json: Json,
}

impl Request {
    /// Bounds how much memory a body in protobuf takes while it is read and looked at, without reading it into memory.
    pub fn weigh_protobuf(signals: Signals, bytes: &[u8]) -> usize {
        protobuf::weigh(signals, bytes)
    }

    /// Bounds how much memory a body in JSON takes while it is read and looked at, without reading it into memory.
    pub fn weigh_json(text: &[u8]) -> usize {
        weight::of_json(text)
    }

    /// Reads a body in protobuf, not compressed. No bytes at all are a request without signals.
    ///
    /// # Errors
    /// Fails when the bytes are no such request.
    pub fn from_protobuf(signals: Signals, bytes: &[u8]) -> Result<Self, DecodeError> {
        let json = request_from_protobuf(bytes, Some(signals))?;
        Ok(Request { signals, json })
    }

    /// Reads a body in JSON, not compressed.
    ///
    /// # Errors
    /// Fails when the text is not one JSON object.
    pub fn from_json(signals: Signals, text: &[u8]) -> Result<Self, DecodeError> {
        let json = json::parse(text).map_err(|why| match std::str::from_utf8(text) {
            Ok(_) => DecodeError::new(format!("not JSON: {why}")),
            Err(_) => DecodeError::new("not JSON: not UTF-8"),
        })?;
        match json {
            Json::Object(_) => Ok(Request { signals, json }),
            _ => Err(DecodeError::new("not an OTLP request: no JSON object")),
        }
    }

    /// Counts its spans, log records and data points. Cheap, to know before asking for [`items`](Self::items).
    pub fn len(&self) -> usize {
        count_signals(&self.json)
    }

    /// Returns true if it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its signals in the payload form, and what could not be read.
    pub fn items(&self, catalogue: &Catalogue) -> Vec<Item> {
        collect(MOST_AROUND, |items| payloads_from_request(catalogue, &self.json, &Origin::default(), items))
    }

    /// Gives the same one by one, so that they need not all be in memory. A resource or scope that would be put with its
    /// signals more often than `around` bytes allow is unreadable.
    pub fn each_item(&self, catalogue: &Catalogue, around: usize, mut take: impl FnMut(Item)) {
        payloads_from_request(catalogue, &self.json, &Origin::default(), &mut Items::new(around, &mut take));
    }
}
