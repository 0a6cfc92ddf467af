//! The way of finished requests out of the process.

use std::fmt;
use std::time::Duration;

use crate::{DropReason, Method, SignalKind};

/// Sends one finished request. Called on the sender's thread only.
pub trait Transport: Send + 'static {
    /// Sends `body`, an OTLP protobuf request with signals of this kind.
    ///
    /// # Errors
    /// Says why the body was not taken, and whether to try again. A body that is never taken is dropped and counted.
    fn send(&mut self, kind: SignalKind, body: &[u8]) -> Result<Delivery, TransportError>;

    /// Sends `body` to one of the catalogue's endpoints, in the form that it has there. Unless this is implemented, OTLP
    /// goes to [`send`](Transport::send), whatever its endpoint, and JSON is not sent.
    ///
    /// # Errors
    /// As for [`send`](Transport::send).
    fn send_to(&mut self, to: Destination<'_>, body: &[u8]) -> Result<Delivery, TransportError> {
        match to.content {
            Content::Otlp(kind) => self.send(kind, body),
            Content::Json(_) => {
                let message = "the transport sends OTLP only".to_owned();
                Err(TransportError { message, retry: Retry::Never, cause: Cause::NoAnswer })
            }
        }
    }

    /// The user allows less than before: what this has kept of earlier requests has to go. Most keep nothing.
    fn withdraw(&mut self) {}
}

/// The key of an endpoint and its address.
pub(crate) type Target = (&'static str, String);

/// The endpoint that a request goes to, and what the request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destination<'d> {
    /// Key of the endpoint in the catalogue; `default` where the catalogue names none.
    pub endpoint: &'d str,
    /// The content of the request.
    pub content: Content,
}

/// The content of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// OTLP protobuf with signals of this kind.
    Otlp(SignalKind),
    /// A JSON document in the endpoint's form, for a request with this method.
    Json(Method),
}

/// The outcome of a request that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// Signals that the collector took the request with, but refused (OTLP's *partial success*).
    pub rejected: u64,
    /// Signals of this request that are not sent yet, but put into files; all of them or none. See `Spool`.
    pub spooled: u64,
    /// Signals that were put into files earlier, by whichever process, and that a collector took since the last answer.
    pub resent: u64,
    /// Signals that were put into files earlier and let go since the last answer: too old, too many, broken, refused, or
    /// perhaps sent by a process that crashed.
    pub lost: u64,
    /// The reason why signals were rejected or put into files. See
    /// [`Pipeline::last_failure`](crate::Pipeline::last_failure).
    pub failure: Option<String>,
}

/// The reason why a request was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportError {
    /// The cause, in words.
    pub message: String,
    /// The advice on another attempt.
    pub retry: Retry,
    /// The kind of cause, under which the signals are counted if they are dropped.
    pub cause: Cause,
}

/// The kind of cause for which a request was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cause {
    /// No answer came. Signals that are dropped for it count as [`DropReason::Network`].
    #[default]
    NoAnswer,
    /// The collector answered that it does not take the request: [`DropReason::Refused`].
    Refused,
    /// The collector asked to come back later: [`DropReason::Expired`].
    Busy,
    /// The user withdrew consent meanwhile: [`DropReason::Consent`].
    Withdrawn,
}

impl From<Cause> for DropReason {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::NoAnswer => DropReason::Network,
            Cause::Refused => DropReason::Refused,
            Cause::Busy => DropReason::Expired,
            Cause::Withdrawn => DropReason::Consent,
        }
    }
}

/// The advice on another attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It would fail again.
    Never,
    /// After a while.
    Later,
    /// After just this long: the collector said so.
    After(Duration),
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TransportError {}

impl<F: FnMut(SignalKind, &[u8]) -> Result<Delivery, TransportError> + Send + 'static> Transport for F {
    fn send(&mut self, kind: SignalKind, body: &[u8]) -> Result<Delivery, TransportError> {
        self(kind, body)
    }
}
