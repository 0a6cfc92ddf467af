//! One HTTP request to the body of an OTLP request, or to JSON of a program's own, within the limits.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame};
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use hyper::{Method, Request, StatusCode};

use super::bodies::{Arrival, Bodies, Held};
use super::refusal::Refusal;

/// The resources of this process that a client may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Most bytes of a body, as sent and when inflated.
    pub body: usize,
    /// The longest time that a body may take to arrive.
    pub time: Duration,
    /// The memory that all bodies together may take.
    pub bodies: Arc<Bodies>,
    /// Set if the catalogue declares JSON bodies, which are taken on any other path.
    pub own_json: bool,
}

/// The signals of a request, named by its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    Traces,
    Logs,
    Metrics,
    /// JSON in a form that the catalogue declares.
    Body,
}

/// In which of OTLP's two forms a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Protobuf,
    Json,
}

impl Form {
    pub fn content_type(self) -> &'static str {
        match self {
            Form::Protobuf => "application/x-protobuf",
            Form::Json => "application/json",
        }
    }

    /// `None` when the header is missing or another.
    pub fn of(headers: &HeaderMap) -> Option<Form> {
        let written = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let media = written.split(';').next().unwrap_or_default().trim();
        [Form::Protobuf, Form::Json].into_iter().find(|form| media.eq_ignore_ascii_case(form.content_type()))
    }
}

/// A body that arrived.
#[derive(Debug)]
pub struct Sent {
    pub kind: RequestKind,
    pub form: Form,
    /// True if `body` is compressed with gzip.
    pub gzip: bool,
    pub body: Vec<u8>,
    /// Its share of [`Limits::bodies`].
    _held: Option<Held>,
}

/// Reads a request to its end, also one that is refused: a client that is still writing does not hear the answer.
pub async fn receive<B: Body<Data = Bytes> + Unpin>(
    request: Request<B>,
    let_in: Result<(), Refusal>,
    limits: &Limits,
) -> Result<Sent, Refusal> {
    let (head, body) = request.into_parts();
    let wanted = let_in.and_then(|()| read_head(&head.method, head.uri.path(), &head.headers, limits.own_json));
    let keep = if wanted.is_ok() { limits.body } else { 0 };
    let read = tokio::time::timeout(limits.time, read_body(body, keep, limits)).await.map_err(|_| incomplete())?;
    let (kind, form, gzip) = wanted?;
    let (body, held) = read?;
    Ok(Sent { kind, form, gzip, body, _held: held })
}

fn read_head(
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    own_json: bool,
) -> Result<(RequestKind, Form, bool), Refusal> {
    let refuse = |status, why| Err(Refusal::new(status, why));
    let kind = match path {
        "/v1/traces" => RequestKind::Traces,
        "/v1/logs" => RequestKind::Logs,
        "/v1/metrics" => RequestKind::Metrics,
        _ if own_json => RequestKind::Body,
        _ => return refuse(StatusCode::NOT_FOUND, "the paths here are /v1/traces, /v1/logs and /v1/metrics"),
    };
    if kind == RequestKind::Body && !matches!(*method, Method::POST | Method::PUT) {
        return refuse(StatusCode::METHOD_NOT_ALLOWED, "JSON is sent with POST or PUT");
    }
    if kind != RequestKind::Body && method != Method::POST {
        return refuse(StatusCode::METHOD_NOT_ALLOWED, "OTLP is sent with POST");
    }
    // Programs send JSON under many types, and under none.
    let of_body = || (kind == RequestKind::Body).then_some(Form::Json);
    let Some(form) = of_body().or_else(|| Form::of(headers)) else {
        return refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the content type is neither application/x-protobuf nor application/json",
        );
    };
    let encoding = headers.get(CONTENT_ENCODING).map_or("", |encoding| encoding.to_str().unwrap_or("?"));
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok((kind, form, false)),
        "gzip" => Ok((kind, form, true)),
        _ => refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the content encoding is not gzip"),
    }
}

type KeptBody = (Vec<u8>, Option<Held>);

/// Keeps at most `keep` bytes. Of a longer body, and of one that was given up, the rest is read and forgotten, within
/// reason.
async fn read_body<B: Body<Data = Bytes> + Unpin>(
    mut body: B,
    keep: usize,
    limits: &Limits,
) -> Result<KeptBody, Refusal> {
    const READ_AT_LEAST: usize = 1 << 20;
    let most = limits.body.saturating_mul(8).max(READ_AT_LEAST);
    if body.size_hint().lower() > most as u64 {
        return Err(too_large());
    }
    let mut arrival = Some(limits.bodies.begin());
    let mut refusal = None;
    let mut length = 0_usize;
    while let Some(frame) = next_frame(&mut body, arrival.as_ref()).await? {
        let Ok(data) = frame.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length > most {
            return Err(too_large());
        }
        if length > keep {
            refusal = refusal.or_else(|| Some(too_large()));
        } else if arrival.as_ref().is_some_and(|arrival| !arrival.push(&data)) {
            refusal = refusal.or_else(|| Some(Refusal::busy()));
        }
        if refusal.is_some() {
            arrival = None;
        }
    }
    match (refusal, arrival.and_then(Arrival::finish)) {
        (Some(refusal), _) => Err(refusal),
        (None, None) => Err(Refusal::busy()),
        (None, Some((kept, held))) => Ok((kept, Some(held))),
    }
}

/// The next part of a body, unless the body is given up while it is waited for.
async fn next_frame<B: Body<Data = Bytes> + Unpin>(
    body: &mut B,
    arrival: Option<&Arrival>,
) -> Result<Option<Frame<Bytes>>, Refusal> {
    let given_up = async {
        match arrival {
            Some(arrival) => arrival.given_up().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        frame = body.frame() => frame.transpose().map_err(|_| incomplete()),
        () = given_up => Err(Refusal::busy()),
    }
}

fn incomplete() -> Refusal {
    Refusal::new(StatusCode::REQUEST_TIMEOUT, "a body did not arrive, or not in time")
}

fn too_large() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is longer than is taken here")
}
