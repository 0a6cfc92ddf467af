//! What a client is answered, in the form that it sent. <https://opentelemetry.io/docs/specs/otlp/#otlphttp-response>

use std::borrow::Cow;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::json;

use super::door::allow_sending;
use super::receive::{Form, Kind};

/// A request that was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// How many signals were not.
    pub rejected: usize,
    /// Why; or what else its sender should know. Empty when there is nothing to say.
    pub message: String,
}

/// A request that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    pub why: Cow<'static, str>,
    /// When to try again, in seconds.
    pub retry_after: Option<u64>,
}

impl Refusal {
    pub fn new(status: StatusCode, why: impl Into<Cow<'static, str>>) -> Self {
        Refusal { status, why: why.into(), retry_after: None }
    }

    /// There is more to do than this process takes on.
    pub fn busy() -> Self {
        Refusal::for_now("too many requests are under way", 1)
    }

    /// The sender should try again.
    pub fn for_now(why: &'static str, seconds: u64) -> Self {
        Refusal { retry_after: Some(seconds), ..Refusal::new(StatusCode::SERVICE_UNAVAILABLE, why) }
    }
}

/// Success, or what OTLP calls partial success.
pub fn taken(kind: Kind, form: Form, answer: &Answer) -> Response<Full<Bytes>> {
    let is_whole = *answer == Answer::default();
    let body = match form {
        Form::Protobuf if is_whole => Vec::new(),
        Form::Protobuf => {
            let mut partial = Vec::new();
            if answer.rejected > 0 {
                partial.push(1 << 3);
                put_varint(&mut partial, answer.rejected);
            }
            put_text(&mut partial, 2, answer.message.as_bytes());
            let mut body = Vec::new();
            put_text(&mut body, 1, &partial);
            body
        }
        Form::Json if is_whole => b"{}".to_vec(),
        Form::Json => {
            let rejected = match kind {
                Kind::Traces => "rejectedSpans",
                Kind::Logs => "rejectedLogRecords",
                Kind::Metrics => "rejectedDataPoints",
            };
            let partial = json!({ rejected: answer.rejected.to_string(), "errorMessage": answer.message });
            json!({ "partialSuccess": partial }).to_string().into_bytes()
        }
    };
    respond(StatusCode::OK, form, body)
}

/// A refusal with OTLP's `Status` as its body.
pub fn refused(form: Form, refusal: &Refusal) -> Response<Full<Bytes>> {
    let body = match form {
        Form::Protobuf => {
            let mut body = Vec::new();
            put_text(&mut body, 2, refusal.why.as_bytes());
            body
        }
        Form::Json => json!({ "message": refusal.why }).to_string().into_bytes(),
    };
    let mut response = respond(refusal.status, form, body);
    if let Some(seconds) = refusal.retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if refusal.status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    }
    response
}

/// Yes to a browser that asks if a page may send.
pub fn may_send(asked: &HeaderMap) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    allow_sending(asked, response.headers_mut());
    response
}

fn respond(status: StatusCode, form: Form, body: Vec<u8>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(form.content_type()));
    response
}

/// A length-delimited field of protobuf.
fn put_text(out: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    out.push(field << 3 | 2);
    put_varint(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn put_varint(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
