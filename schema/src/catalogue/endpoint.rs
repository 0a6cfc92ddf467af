//! Endpoints as checked.

use std::ops::Deref;

use crate::Place;
use crate::catalogue::waiver::Waiver;

/// A place where signals go. It dereferences to what decides how they are sent.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Key, address and form.
    pub info: candor_domain::Endpoint,
    /// The recipient of the reports.
    pub brief: Option<String>,
    /// The findings about it that are taken back.
    pub allow: Vec<Waiver>,
    /// The place in the source.
    pub place: Place,
}

impl Deref for Endpoint {
    type Target = candor_domain::Endpoint;

    fn deref(&self) -> &candor_domain::Endpoint {
        &self.info
    }
}
