//! How finished requests leave the process.

use std::fmt;

use crate::SignalKind;

/// Sends one finished request. Called on the sender's thread only.
pub trait Transport: Send + 'static {
    /// Sends `body`, an OTLP protobuf request with signals of this kind.
    ///
    /// # Errors
    /// Why it was not taken. The batch is then tried again a few times and, after that, dropped and counted.
    fn send(&mut self, kind: SignalKind, body: &[u8]) -> Result<(), TransportError>;
}

/// Why a request was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportError {
    /// What happened.
    pub message: String,
    /// Whether trying again makes sense.
    pub retry: bool,
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TransportError {}

impl<F: FnMut(SignalKind, &[u8]) -> Result<(), TransportError> + Send + 'static> Transport for F {
    fn send(&mut self, kind: SignalKind, body: &[u8]) -> Result<(), TransportError> {
        self(kind, body)
    }
}

#[cfg(feature = "http")]
pub use http::Http;

#[cfg(feature = "http")]
mod http {
    use std::time::Duration;

    use super::{Transport, TransportError};
    use crate::SignalKind;

    /// OTLP/HTTP with protobuf bodies.
    ///
    /// Takes nothing from the user's OpenTelemetry environment: no headers, no endpoint, no resource attributes.
    /// <https://opentelemetry.io/docs/specs/otlp/#otlphttp>
    #[derive(Debug)]
    pub struct Http {
        agent: ureq::Agent,
        endpoint: String,
    }

    impl Http {
        /// Sends to this endpoint, such as `https://telemetry.example.com:4318`; `/v1/traces` and `/v1/logs` are added.
        pub fn new(endpoint: &str, timeout: Duration) -> Self {
            let config = ureq::Agent::config_builder()
                .timeout_global(Some(timeout))
                .max_redirects(0)
                .user_agent(concat!("candor/", env!("CARGO_PKG_VERSION")))
                .http_status_as_error(false)
                .build();
            Http { agent: config.into(), endpoint: endpoint.trim_end_matches('/').to_owned() }
        }
    }

    impl Transport for Http {
        fn send(&mut self, kind: SignalKind, body: &[u8]) -> Result<(), TransportError> {
            let path = match kind {
                SignalKind::Span => "/v1/traces",
                SignalKind::Event => "/v1/logs",
            };
            let request = self.agent.post(format!("{}{path}", self.endpoint)).content_type("application/x-protobuf");
            let response =
                request.send(body).map_err(|error| TransportError { message: error.to_string(), retry: true })?;
            match response.status().as_u16() {
                200..=299 => Ok(()),
                status => Err(TransportError {
                    message: format!("the collector answered {status}"),
                    retry: matches!(status, 429 | 502 | 503 | 504),
                }),
            }
        }
    }
}
