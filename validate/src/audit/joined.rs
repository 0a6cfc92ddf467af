//! The ids by which a signal can be joined with a span.

use candor_schema::{Join, SignalKind};
use serde_json::Value;

use crate::audit::Rule;
use crate::audit::ledger::Hit;
use crate::audit::walk::Walk;

impl Walk<'_, '_> {
    /// Returns whether the page says that the signal may be joined with a span so.
    pub(super) fn may_join(&self, join: Join) -> bool {
        let (catalogue, consent) = (self.expected.catalogue, self.granted.consent());
        self.signal.is_some_and(|known| catalogue.may_join(&known.signal.info, join, consent))
    }

    /// Notes the id of a span that the signal belongs to. A log record has no other; a span has its own, too.
    pub(super) fn parent(&mut self, key: &str, value: &Value) {
        let is_parent = key == "parentSpanId" || key == "spanId" && self.kind == Some(SignalKind::Event);
        let is_empty = value.as_str().is_none_or(str::is_empty);
        if is_parent && !is_empty && self.signal.is_some() && !self.may_join(Join::Parent) {
            let message = "joins the signal with another one, which the page does not say";
            self.inside(key, |walk| walk.note(Hit::new(Rule::UnknownPart), None, message));
        }
    }
}
