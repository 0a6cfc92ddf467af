//! One HTTP request to the body of an OTLP request, within the limits.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes};
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use hyper::{Method, Request, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::answer::Refusal;

/// What a client may take of this process.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Most bytes of a body, as sent and when inflated.
    pub body: usize,
    /// How long a body may take to arrive.
    pub time: Duration,
    /// What is left of the bytes that all bodies together may take.
    memory: Arc<Semaphore>,
}

impl Limits {
    pub fn new(body: usize, time: Duration) -> Self {
        const ALL_BODIES: usize = 64 << 20;
        Limits { body, time, memory: Arc::new(Semaphore::new(ALL_BODIES.max(body))) }
    }

    /// A share of the memory for bodies, if so much of it is left.
    pub fn reserve(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        self.memory.clone().try_acquire_many_owned(u32::try_from(bytes).ok()?).ok()
    }
}

/// Which signals a request is for: its path says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    Traces,
    Logs,
    Metrics,
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
    /// Whether `body` is compressed with gzip.
    pub gzip: bool,
    pub body: Vec<u8>,
    /// Its share of [`Limits::memory`].
    _memory: Option<OwnedSemaphorePermit>,
}

/// Reads a request to its end, also one that is refused: a client that is still writing does not hear the answer.
pub async fn receive<B: Body<Data = Bytes> + Unpin>(request: Request<B>, limits: &Limits) -> Result<Sent, Refusal> {
    let (head, body) = request.into_parts();
    let wanted = read_head(&head.method, head.uri.path(), &head.headers);
    let keep = if wanted.is_ok() { limits.body } else { 0 };
    let read = tokio::time::timeout(limits.time, read_body(body, keep, limits)).await.map_err(|_| incomplete())?;
    let (kind, form, gzip) = wanted?;
    let (body, memory) = read?;
    Ok(Sent { kind, form, gzip, body, _memory: memory })
}

fn read_head(method: &Method, path: &str, headers: &HeaderMap) -> Result<(RequestKind, Form, bool), Refusal> {
    let refuse = |status, why| Err(Refusal::new(status, why));
    let kind = match path {
        "/v1/traces" => RequestKind::Traces,
        "/v1/logs" => RequestKind::Logs,
        "/v1/metrics" => RequestKind::Metrics,
        _ => return refuse(StatusCode::NOT_FOUND, "the paths here are /v1/traces, /v1/logs and /v1/metrics"),
    };
    if method != Method::POST {
        return refuse(StatusCode::METHOD_NOT_ALLOWED, "OTLP is sent with POST");
    }
    let Some(form) = Form::of(headers) else {
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

type KeptBody = (Vec<u8>, Option<OwnedSemaphorePermit>);

/// Keeps at most `keep` bytes. Of a longer body the rest is read and forgotten, within reason.
async fn read_body<B: Body<Data = Bytes> + Unpin>(
    mut body: B,
    keep: usize,
    limits: &Limits,
) -> Result<KeptBody, Refusal> {
    const READ_AT_LEAST: usize = 1 << 20;
    let most = limits.body.saturating_mul(8).max(READ_AT_LEAST);
    let (mut kept, mut memory, mut length): (_, Option<OwnedSemaphorePermit>, _) = (Vec::new(), None, 0_usize);
    let mut refusal = None;
    if body.size_hint().lower() > most as u64 {
        return Err(too_large());
    }
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| incomplete())?;
        let Ok(data) = frame.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length > most {
            return Err(too_large());
        }
        if length > keep {
            refusal = refusal.or_else(|| Some(too_large()));
        }
        if refusal.is_some() {
            (kept, memory) = (Vec::new(), None);
            continue;
        }
        match limits.reserve(data.len()) {
            Some(more) => {
                match &mut memory {
                    Some(memory) => memory.merge(more),
                    None => memory = Some(more),
                }
                kept.extend_from_slice(&data);
            }
            None => refusal = Some(Refusal::busy()),
        }
    }
    refusal.map_or(Ok((kept, memory)), Err)
}

fn incomplete() -> Refusal {
    Refusal::new(StatusCode::REQUEST_TIMEOUT, "a body did not arrive, or not in time")
}

fn too_large() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is longer than is taken here")
}
