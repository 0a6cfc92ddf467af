//! Sends on what may pass on. Nothing else of this command opens a connection.

use std::io::Write;
use std::time::Duration;

use candor_schema::{Form, Method, SignalKind};
use candor_validate::{PassedBody, Signals};
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::Uri;
use ureq::http::{HeaderMap, Response};
use ureq::{Agent, Body};

/// An OTLP/HTTP endpoint.
#[derive(Debug, Clone)]
pub struct Forwarder {
    agent: Agent,
    endpoint: String,
}

/// A request that may be forwarded.
pub enum Passed {
    /// An OTLP request in protobuf.
    Otlp(Signals, candor_validate::Passed),
    /// A document in the form of an endpoint.
    Body(PassedBody<'static>),
}

impl Passed {
    /// The number of signals in it.
    pub fn signals(&self) -> usize {
        match self {
            Passed::Otlp(_, passed) => passed.signals,
            Passed::Body(passed) => passed.signals,
        }
    }

    /// Returns the number of bytes.
    pub fn len(&self) -> usize {
        match self {
            Passed::Otlp(_, passed) => passed.body.len(),
            Passed::Body(passed) => passed.body.len(),
        }
    }
}

/// The outcome of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forwarded {
    Taken,
    /// The target is away or busy; it may take the request later, after so many seconds.
    Later(u64),
    /// The target answered this and will not take the request.
    Never(u16),
}

/// Shorter bodies are not worth compressing.
const COMPRESS_FROM: usize = 1024;

impl Forwarder {
    /// Sends to this endpoint, such as `https://telemetry.example.com:4318`; `/v1/traces` and `/v1/logs` are added.
    /// Redirects are not followed: nobody named where they lead.
    pub fn new(endpoint: &str, own_port: u16, timeout: Duration) -> Result<Self, String> {
        let uri: Uri = endpoint.parse().map_err(|error| format!("--forward: {error}"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
            return Err("--forward: the address is not http://… or https://…".to_owned());
        }
        let is_loopback = matches!(uri.host(), Some("localhost" | "127.0.0.1"));
        if is_loopback && uri.port_u16() == Some(own_port) {
            return Err("--forward: the address is that of this command itself".to_owned());
        }
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("candor/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Forwarder { agent: config.into(), endpoint: endpoint.trim_end_matches('/').to_owned() })
    }

    /// Sends one request and waits for its answer.
    pub fn send(&self, passed: &Passed) -> Forwarded {
        let answer = match passed {
            Passed::Otlp(signals, passed) => self.send_otlp(*signals, &passed.body),
            Passed::Body(passed) => self.send_body(passed),
        };
        let Ok(answer) = answer else { return Forwarded::Later(1) };
        match answer.status().as_u16() {
            200..=299 => Forwarded::Taken,
            429 | 502 | 503 | 504 => Forwarded::Later(retry_after(answer.headers()).unwrap_or(1)),
            status => Forwarded::Never(status),
        }
    }

    /// To the path and query that the endpoint has at its own address.
    fn send_body(&self, passed: &PassedBody<'_>) -> Result<Response<Body>, ureq::Error> {
        let uri: Uri = passed.endpoint.url.parse().unwrap_or_default();
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let url = format!("{}{path}", self.endpoint);
        let request = match &passed.endpoint.form {
            Form::Json(Method::Put, _) => self.agent.put(url),
            _ => self.agent.post(url),
        };
        request.content_type(super::receive::Form::Json.content_type()).send(&passed.body)
    }

    fn send_otlp(&self, signals: Signals, body: &[u8]) -> Result<Response<Body>, ureq::Error> {
        let path = match signals {
            Signals::Traces => SignalKind::Span.facts().path,
            Signals::Logs => SignalKind::Event.facts().path,
            Signals::Metrics => "/v1/metrics",
        };
        let request = self.agent.post(format!("{}{path}", self.endpoint)).content_type("application/x-protobuf");
        match compress(body) {
            Some(compressed) => request.header("content-encoding", "gzip").send(&compressed),
            None => request.send(body),
        }
    }
}

fn compress(body: &[u8]) -> Option<Vec<u8>> {
    if body.len() < COMPRESS_FROM {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).and_then(|()| encoder.finish()).ok()
}

/// In seconds, and never long: clients do as they are told, and a target may say anything. The header's other form, a date,
/// is left to the usual pause.
fn retry_after(headers: &HeaderMap) -> Option<u64> {
    const LONGEST: u64 = 60;
    let written = headers.get("retry-after")?.to_str().ok()?.trim();
    let is_number = !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| written.parse().unwrap_or(LONGEST).clamp(1, LONGEST))
}

#[cfg(test)]
mod tests {
    use ureq::http::HeaderValue;

    use super::*;

    #[test]
    fn pauses() {
        let cases = [
            ("7", Some(7)),
            (" 60 ", Some(60)),
            ("0", Some(1)),
            ("61", Some(60)),
            ("99999999999999999999999999", Some(60)),
            ("-1", None),
            ("+5", None),
            ("1.5", None),
            ("1e3", None),
            ("soon", None),
            ("", None),
            ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ];
        for (written, expected) in cases {
            let headers = [("retry-after".parse().expect("a name"), HeaderValue::from_static(written))];
            assert_eq!(retry_after(&HeaderMap::from_iter(headers)), expected, "{written:?}");
        }
    }
}
