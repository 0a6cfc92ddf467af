//! A signal that goes to an endpoint which is not there.

use crate::finding::quote;
use crate::index::Index;
use crate::{Check, Finding, Severity};

/// Found by [`check_unknown_endpoint`].
pub const CHECK: Check = Check {
    code: "E0602",
    severity: Severity::Error,
    waivable: false,
    title: "unknown endpoint",
    what: "A signal's `endpoint` names none of the catalogue's `endpoints`.",
    why: "The page could not say where the signal goes.",
    wrong: "events:\n  crashed: {name: Crashed, endpoint: crahs, …}\n",
    right: "events:\n  crashed: {name: Crashed, endpoint: crash, …}\n",
};

/// Looks up the endpoint of every signal.
pub fn check_unknown_endpoint(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (_, _, signal) in index.signals() {
        let Some(name) = &signal.endpoint else { continue };
        if index.endpoint_of(signal).is_some() || !index.endpoints.lacks(&name.value) {
            continue;
        }
        findings.push(
            CHECK
                .at(name.place, format!("there is no endpoint {}", quote(&name.value)))
                .help("add it under `endpoints`, or name one that is there")
                .did_you_mean(index.endpoints.near(&name.value)),
        );
    }
}
