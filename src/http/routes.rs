//! The endpoints of one pipeline, each with its own route.

use super::{Http, Options};
use crate::transport::Target;
use crate::{Cause, Delivery, Destination, Retry, SignalKind, Transport, TransportError};

/// One [`Http`] for each endpoint, by its key in the catalogue.
pub(crate) struct Routes(Vec<(&'static str, Http)>);

impl Routes {
    pub fn new(targets: &[Target], options: &Options) -> Self {
        let route = |(position, (name, url)): (usize, &Target)| {
            (*name, Http::with(url, options, options.headers_of(name, position == 0)))
        };
        Routes(targets.iter().enumerate().map(route).collect())
    }
}

impl Transport for Routes {
    fn send(&mut self, kind: SignalKind, body: &[u8]) -> Result<Delivery, TransportError> {
        match self.0.first_mut() {
            Some((_, http)) => http.send(kind, body),
            None => Err(nowhere()),
        }
    }

    fn send_to(&mut self, to: Destination<'_>, body: &[u8]) -> Result<Delivery, TransportError> {
        match self.0.iter_mut().find(|(name, _)| *name == to.endpoint) {
            Some((_, http)) => http.send_to(to, body),
            None => Err(nowhere()),
        }
    }
}

fn nowhere() -> TransportError {
    TransportError { message: "the endpoint has no address".to_owned(), retry: Retry::Never, cause: Cause::NoAnswer }
}
