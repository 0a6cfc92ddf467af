//! A fingerprint that tells one list of data from another, whatever version the catalogue calls it.

use crate::{Catalogue, domain_id};

/// The fingerprint of everything that decides what a request of this catalogue may hold, and where it goes.
pub(super) fn fingerprint(catalogue: &Catalogue) -> u64 {
    let signals: Vec<u64> = catalogue.signals.iter().map(|signal| signal.fingerprint()).collect();
    let mut text = format!("{:?} {:?} {signals:?}", catalogue.endpoints, catalogue.opt_in);
    if !catalogue.resource.attributes.is_empty() {
        text += &format!(" {}", catalogue.resource.fingerprint());
    }
    domain_id(&text)
}
