//! A body that is none.

use crate::did_you_mean::near;
use crate::finding::quote;
use crate::index::Index;
use crate::unread::Part;
use crate::{Check, Finding, Severity, SignalKind};

/// Found by [`check_bad_body`].
pub const CHECK: Check = Check {
    code: "E0230",
    severity: Severity::Error,
    waivable: false,
    title: "bad body",
    what: "A span has a `body`, or an event has one that is not an attribute it carries.",
    why: "Only log records have a body, and its value needs a type, a row and consent, as every value does.",
    wrong: "events:\n  crashed: {name: Crashed, collected: default, brief: crashed, attributes: {version: required}, body: text}\n",
    right: "events:\n  crashed: {name: Crashed, collected: default, brief: crashed, attributes: {text: required}, body: text}\n",
};

/// Looks at the body of each signal.
pub fn check_bad_body(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (kind, id, signal) in index.signals() {
        let Some(body) = &signal.body else { continue };
        if kind != SignalKind::Event {
            let message = format!("{} `{}` has a body, which only log records have", kind.word(), id.value);
            findings.push(CHECK.at(body.place, message).help("make it an event, or remove `body`"));
            continue;
        }
        let carried = || signal.attributes.names().chain(index.model.common.names());
        if index.is_unread(&[Part::Carried]) || carried().any(|name| name == body.value) {
            continue;
        }
        let message = format!("event `{}` does not carry {}, its body", id.value, quote(&body.value));
        findings.push(
            CHECK
                .at(body.place, message)
                .help("add it to the event's `attributes`, or name one that is there")
                .did_you_mean(near(&body.value, carried())),
        );
    }
}
