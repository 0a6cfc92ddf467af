//! An endpoint that nothing goes to.

use crate::index::Index;
use crate::unread::Part;
use crate::{Check, Finding, Severity};

/// Found by [`check_unused_endpoint`].
pub const CHECK: Check = Check {
    code: "E0603",
    severity: Severity::Error,
    waivable: false,
    title: "unused endpoint",
    what: "No signal goes to an endpoint.",
    why: "The page would tell people of a destination that nothing ever reaches.",
    wrong: "endpoints: {main: {…}, crash: {…}}   # and no signal has `endpoint: crash`\n",
    right: "events:\n  crashed: {name: Crashed, endpoint: crash, …}\n",
};

/// Looks for endpoints that no signal names. The first is that of all signals that name none.
pub fn check_unused_endpoint(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let unsure = index
        .signals()
        .any(|(_, id, signal)| index.endpoint_of(signal).is_none() || index.is_key_unread(id, "endpoint"));
    if unsure || index.is_unread(&[Part::Signals, Part::Endpoints]) || index.signals().next().is_none() {
        return;
    }
    for (position, (name, _)) in index.model.endpoints.iter().enumerate() {
        let first = index.endpoints.get(&name.value) == Some(position);
        if first && index.signals_to(position).next().is_none() {
            findings.push(
                CHECK
                    .at(name.place, format!("no signal goes to `{}`", name.value))
                    .help(format!("write `endpoint: {}` at a signal, or remove the endpoint", name.value)),
            );
        }
    }
}
