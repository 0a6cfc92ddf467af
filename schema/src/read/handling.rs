//! Reads who, why and how long: the keys that rows and attributes share.

use super::mapping::{Map, Reader};
use crate::handling::{HandlingModel, LegalBasis};

impl Reader<'_> {
    pub(super) fn handling(&mut self, map: &Map) -> HandlingModel {
        HandlingModel {
            purpose: map.optional(self, "purpose", Reader::text),
            owner: map.optional(self, "owner", Reader::text),
            retention: map.optional(self, "retention", Reader::text),
            expires: map.optional(self, "expires", Reader::version),
            legal_basis: map.optional(self, "legal_basis", |r, n| r.word(n, LegalBasis::WORDS, LegalBasis::from_word)),
            links: map.list(self, "links", Reader::text),
        }
    }
}
