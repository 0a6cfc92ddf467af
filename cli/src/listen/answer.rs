//! Answers to clients, in the form that they sent. <https://opentelemetry.io/docs/specs/otlp/#otlphttp-response>

use candor_validate::otlp_write::{put_bytes, put_message, put_varint};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::json;

use super::door::allow_sending;
use super::receive::{Form, RequestKind};
use super::refusal::Refusal;

/// A request that was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The number of signals that were rejected.
    pub rejected: usize,
    /// The reason, or another message for the sender. Empty when there is nothing to say.
    pub message: String,
}

/// Success, or what OTLP calls partial success.
pub fn taken(kind: RequestKind, form: Form, answer: &Answer) -> Response<Full<Bytes>> {
    let is_whole = *answer == Answer::default();
    let body = match form {
        Form::Protobuf if is_whole => Vec::new(),
        Form::Protobuf => {
            let mut body = Vec::new();
            put_message(&mut body, 1, |partial| {
                if answer.rejected > 0 {
                    put_varint(partial, 1, answer.rejected as u64);
                }
                put_bytes(partial, 2, answer.message.as_bytes());
            });
            body
        }
        Form::Json if is_whole => b"{}".to_vec(),
        Form::Json if kind == RequestKind::Body => {
            json!({ "rejected": answer.rejected, "message": answer.message }).to_string().into_bytes()
        }
        Form::Json => {
            let rejected = match kind {
                RequestKind::Traces => "rejectedSpans",
                RequestKind::Logs => "rejectedLogRecords",
                RequestKind::Metrics | RequestKind::Body => "rejectedDataPoints",
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
            put_bytes(&mut body, 2, refusal.why.as_bytes());
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
