//! Refusals: why a request was not taken, and when to try again.

use std::borrow::Cow;

use hyper::StatusCode;

/// A request that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    pub why: Cow<'static, str>,
    /// The time to wait before trying again, in seconds.
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
