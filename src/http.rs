//! OTLP over HTTP. <https://opentelemetry.io/docs/specs/otlp/#otlphttp>

use std::io::{Read, Write};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use ureq::http::Response;
use ureq::{Agent, Body};

use crate::encode::wire::{Field, Reader};
use crate::{Delivery, Retry, SignalKind, Transport, TransportError};

/// OTLP/HTTP with protobuf bodies, compressed with gzip, through the proxy that the environment names.
///
/// Takes nothing from the user's OpenTelemetry environment: no headers, no endpoint, no resource attributes.
#[derive(Debug)]
pub struct Http {
    agent: Agent,
    endpoint: String,
    compressed: Vec<u8>,
}

/// Shorter bodies are not worth compressing.
const COMPRESS_FROM: usize = 1024;

/// Most bytes of an answer that are read: a partial success is short.
const LONGEST_ANSWER: u64 = 64 << 10;

impl Http {
    /// Sends to this endpoint, such as `https://telemetry.example.com:4318`; `/v1/traces` and `/v1/logs` are added. A
    /// request may take as long as `timeout`.
    pub fn new(endpoint: &str, timeout: Duration) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("candor/", env!("CARGO_PKG_VERSION")))
            .build();
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        Http { agent: config.into(), endpoint, compressed: Vec::new() }
    }

    fn compress(&mut self, body: &[u8]) -> std::io::Result<()> {
        self.compressed.clear();
        let mut encoder = GzEncoder::new(&mut self.compressed, Compression::fast());
        encoder.write_all(body)?;
        encoder.finish().map(drop)
    }
}

impl Transport for Http {
    fn send(&mut self, kind: SignalKind, body: &[u8]) -> Result<Delivery, TransportError> {
        let path = match kind {
            SignalKind::Span => "/v1/traces",
            SignalKind::Event => "/v1/logs",
        };
        let request = self.agent.post(format!("{}{path}", self.endpoint)).content_type("application/x-protobuf");
        let answer = match body.len() >= COMPRESS_FROM && self.compress(body).is_ok() {
            true => request.header("content-encoding", "gzip").send(&self.compressed),
            false => request.send(body),
        };
        let mut answer = answer.map_err(unanswered)?;
        match answer.status().as_u16() {
            200..=299 => Ok(Delivery { rejected: rejected(&mut answer), ..Delivery::default() }),
            status => {
                let retry = if matches!(status, 429 | 502 | 503 | 504) { retry(&answer) } else { Retry::Never };
                Err(TransportError { message: format!("the collector answered {status}"), retry })
            }
        }
    }
}

/// No answer: the network may come back, an endpoint that is none stays one.
fn unanswered(error: ureq::Error) -> TransportError {
    use ureq::Error::{BadUri, Http, InvalidProxyUrl};
    let retry = if matches!(error, BadUri(_) | Http(_) | InvalidProxyUrl) { Retry::Never } else { Retry::Later };
    TransportError { message: error.to_string(), retry }
}

/// `Retry-After` in seconds. Its other form, a date, is left to the usual pause.
fn retry(answer: &Response<Body>) -> Retry {
    let header = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let seconds = header.and_then(|value| value.trim().parse().ok());
    seconds.map_or(Retry::Later, |seconds| Retry::After(Duration::from_secs(seconds)))
}

/// How many signals the collector refused: `partial_success.rejected_spans` or `rejected_log_records`, both 1 in 1. An
/// answer that is none, or ends too early, says nothing: the request was taken all the same.
fn rejected(answer: &mut Response<Body>) -> u64 {
    let mut bytes = Vec::new();
    if answer.body_mut().as_reader().take(LONGEST_ANSWER).read_to_end(&mut bytes).is_err() {
        return 0;
    }
    let partial = Reader(&bytes).find_map(|field| match field {
        (1, Field::Bytes(message)) => Some(message),
        _ => None,
    });
    let count = partial.and_then(|message| {
        Reader(message).find_map(|field| match field {
            (1, Field::Varint(count)) => Some(count),
            _ => None,
        })
    });
    count.filter(|count| i64::try_from(*count).is_ok()).unwrap_or(0)
}
