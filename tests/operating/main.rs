//! Operating a pipeline: mistakes that the builder finds, options of requests, the reasons for what is not sent.

#[path = "../support/collector.rs"]
mod collector;
#[path = "../demo/mod.rs"]
mod demo;
mod reasons;
mod requests;

use std::time::Duration;

use candor::{Builder, Cause, Consent, Delivery, Pipeline, Retry, SignalKind, TransportError};

const LIMIT: Duration = Duration::from_secs(10);

fn builder() -> Builder {
    Pipeline::builder(demo::catalogue()).consent(Consent::Default).max_age(Duration::from_secs(3600))
}

/// A pipeline whose collector answers each request with this.
fn answering(answer: impl Fn() -> Result<Delivery, TransportError> + Send + 'static) -> Pipeline {
    builder().transport(move |_: SignalKind, _: &[u8]| answer()).build().0
}

fn error(retry: Retry, cause: Cause) -> TransportError {
    TransportError { message: "as told".to_owned(), retry, cause }
}
