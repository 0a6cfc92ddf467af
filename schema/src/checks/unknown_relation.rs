//! A signal that belongs or links to a span which is not there.

use candor_domain::{Join, REMOTE};

use crate::finding::quote;
use crate::index::Index;
use crate::unread::Part;
use crate::{Check, Finding, Severity};

/// Found by [`check_unknown_relation`].
pub const CHECK: Check = Check {
    code: "E0114",
    severity: Severity::Error,
    waivable: false,
    title: "unknown parent or link",
    what: "A signal's `parents` or `links_to` names no span of the catalogue. Events have no children.",
    why: "The page could not say which signals can be joined.",
    wrong: "spans:\n  request: {name: Request, …}\n  query: {name: Query, parents: [reqest], …}\n",
    right: "spans:\n  request: {name: Request, …}\n  query: {name: Query, parents: [request], …}\n",
};

/// Looks up the parents and links of every signal.
pub fn check_unknown_relation(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (_, _, signal) in index.signals() {
        for name in Join::ALL.into_iter().flat_map(|join| signal.joined(join)) {
            let is_span = index.model.spans.names().any(|span| span == name.value);
            if is_span || name.value == REMOTE || index.is_unread(&[Part::Signals]) {
                continue;
            }
            let is_event = !index.signals.lacks(&name.value);
            let message = match is_event {
                true => format!("{} is an event, and only spans have children and links", quote(&name.value)),
                false => format!("there is no span {}", quote(&name.value)),
            };
            let near = index.signals.near(&name.value).filter(|_| !is_event);
            findings.push(
                CHECK
                    .at(name.place, message)
                    .help(format!("name a span of the catalogue, or `{REMOTE}` for one of another process"))
                    .did_you_mean(near),
            );
        }
    }
}
