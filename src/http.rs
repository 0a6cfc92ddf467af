//! OTLP over HTTP, and JSON of a program's own. <https://opentelemetry.io/docs/specs/otlp/#otlphttp>
//!
//! The route to the collector is decided once, from the environment: which proxy, and which certificate authorities are
//! trusted. Where the environment names one that cannot be used, nothing is sent, and every request fails with the reason.

mod address;
mod environment;
mod no_proxy;
mod options;
mod proxy;
mod roots;
mod routes;

use std::env::var_os;
use std::io::{Read, Write};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use ureq::http::{HeaderName, HeaderValue, Response, Uri};
use ureq::tls::TlsConfig;
use ureq::{Agent, Body, RequestBuilder};

pub(crate) use self::address::check as check_address;
use self::address::is_https;
use self::environment::Environment;
pub(crate) use self::options::{Header, Options};
pub(crate) use self::routes::Routes;
use crate::encode::wire::{Field, Reader};
use crate::{Cause, Content, Delivery, Destination, Method, Retry, SignalKind, Transport, TransportError};

/// OTLP/HTTP with protobuf bodies, compressed with gzip, through the proxy that the environment names.
///
/// `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` are read, in small letters or capitals, with proxies that speak
/// HTTP or SOCKS; so are `SSL_CERT_FILE` and `SSL_CERT_DIR`, in place of the platform's certificate authorities. If one of
/// them cannot be used, nothing is sent around it: every request fails with the reason.
///
/// Takes nothing from the user's OpenTelemetry environment: no headers, no endpoint, no resource attributes.
#[derive(Debug)]
pub struct Http {
    /// The route to the endpoint, or the reason why there is none.
    route: Result<Route, String>,
    endpoint: String,
    /// Marked as secrets, so that debug output does not show their values.
    headers: Vec<(HeaderName, HeaderValue)>,
    gzip: bool,
    compressed: Vec<u8>,
}

/// An agent, and the variable that names its proxy.
#[derive(Debug)]
struct Route {
    agent: Agent,
    proxy: Option<&'static str>,
}

/// Shorter bodies are not worth compressing.
const COMPRESS_FROM: usize = 1024;

/// Most bytes of an answer that are read: a partial success is short.
const LONGEST_ANSWER: u64 = 64 << 10;

impl Http {
    /// Sends to this endpoint, such as `https://telemetry.example.com:4318`; `/v1/traces` and `/v1/logs` are added. A
    /// request may take as long as `timeout`.
    pub fn new(endpoint: &str, timeout: Duration) -> Self {
        Http::with(endpoint, &Options { timeout, ..Options::default() }, Vec::new())
    }

    /// The same with these options, and these headers of theirs.
    pub(crate) fn with(endpoint: &str, options: &Options, headers: Vec<(HeaderName, HeaderValue)>) -> Self {
        let route = Route::to(endpoint, options, &|name| var_os(name));
        Http { route, endpoint: endpoint.to_owned(), headers, gzip: options.gzip, compressed: Vec::new() }
    }

    /// Sends a JSON document to the endpoint itself. It is taken if the answer is any 2xx; nothing is read of that.
    fn send_json(&self, method: Method, body: &[u8]) -> Result<Delivery, TransportError> {
        let route = self.route()?;
        let request = self.with_headers(match method {
            Method::Post => route.agent.post(&self.endpoint),
            Method::Put => route.agent.put(&self.endpoint),
        });
        let answer = request.content_type("application/json").send(body).map_err(|error| route.unanswered(&error))?;
        if answer.status().is_success() { Ok(Delivery::default()) } else { Err(refused(&answer)) }
    }

    fn route(&self) -> Result<&Route, TransportError> {
        let no_route =
            |why: &String| TransportError { message: why.clone(), retry: Retry::Never, cause: Cause::NoAnswer };
        self.route.as_ref().map_err(no_route)
    }

    fn with_headers<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
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
        let path = kind.facts().path;
        let compressed = self.gzip && body.len() >= COMPRESS_FROM && self.compress(body).is_ok();
        let route = self.route()?;
        let url = format!("{}{path}", self.endpoint.trim_end_matches('/'));
        let request = self.with_headers(route.agent.post(url)).content_type("application/x-protobuf");
        let answer = match compressed {
            true => request.header("content-encoding", "gzip").send(&self.compressed),
            false => request.send(body),
        };
        let mut answer = answer.map_err(|error| route.unanswered(&error))?;
        match answer.status().as_u16() {
            200..=299 => {
                let rejected = rejected(&mut answer);
                let failure = (rejected > 0).then(|| "the collector rejected a part of a request".to_owned());
                Ok(Delivery { rejected, failure, ..Delivery::default() })
            }
            _ => Err(refused(&answer)),
        }
    }

    fn send_to(&mut self, to: Destination<'_>, body: &[u8]) -> Result<Delivery, TransportError> {
        match to.content {
            Content::Otlp(kind) => self.send(kind, body),
            Content::Json(method) => self.send_json(method, body),
        }
    }
}

impl Route {
    fn to(endpoint: &str, options: &Options, environment: Environment<'_>) -> Result<Self, String> {
        let uri: Uri = endpoint.parse().map_err(|error| format!("the endpoint is not a URL: {error}"))?;
        let named = proxy::named_for(&uri, environment)?;
        let (variable, proxy) = named.map(|named| (named.variable, named.proxy)).unzip();
        let mut config = Agent::config_builder();
        if is_https(&uri) || proxy.as_ref().is_some_and(|proxy| is_https(proxy.uri())) {
            config = config.tls_config(
                TlsConfig::builder().root_certs(roots::trusted(options.certificates()?, environment)?).build(),
            );
        }
        let config = config
            .proxy(proxy)
            .timeout_global(Some(options.timeout))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("candor/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Route { agent: config.into(), proxy: variable })
    }

    /// No answer: the network may come back, but a URL that cannot be used stays that way.
    fn unanswered(&self, error: &ureq::Error) -> TransportError {
        use ureq::Error::{BadUri, Http, InvalidProxyUrl};
        let retry = if matches!(error, BadUri(_) | Http(_) | InvalidProxyUrl) { Retry::Never } else { Retry::Later };
        let message = match self.proxy {
            Some(variable) => format!("no answer through the proxy that `{variable}` names: {error}"),
            None => format!("no answer: {error}"),
        };
        TransportError { message, retry, cause: Cause::NoAnswer }
    }
}

/// An answer that takes nothing.
fn refused(answer: &Response<Body>) -> TransportError {
    let status = answer.status().as_u16();
    let (retry, cause) = match status {
        429 | 502 | 503 | 504 => (retry(answer), Cause::Busy),
        _ => (Retry::Never, Cause::Refused),
    };
    TransportError { message: format!("the collector answered {status}"), retry, cause }
}

/// `Retry-After` in seconds. Its other form, a date, is left to the usual pause.
fn retry(answer: &Response<Body>) -> Retry {
    let header = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let seconds = header.and_then(|value| value.trim().parse().ok());
    seconds.map_or(Retry::Later, |seconds| Retry::After(Duration::from_secs(seconds)))
}

/// Counts the signals that the collector refused: `partial_success.rejected_spans` or `rejected_log_records`, both 1 in
/// 1. An answer that cannot be read, or ends too early, counts none: the request was taken all the same.
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
