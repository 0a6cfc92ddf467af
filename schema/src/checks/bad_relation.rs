//! Parents and links that a signal cannot have.

use std::collections::HashSet;

use candor_domain::{Join, REMOTE};

use crate::finding::quote;
use crate::index::Index;
use crate::model::{FormWord, Located, SignalModel};
use crate::{Check, Finding, Place, Severity, SignalKind};

/// Found by [`check_bad_relation`].
pub const CHECK: Check = Check {
    code: "E0244",
    severity: Severity::Error,
    waivable: false,
    title: "bad parent or link",
    what: "A signal has parents, links or `propagates` that it cannot have: an event links or propagates, a signal goes at \
           intervals or in a body of the program's own, a span is listed twice, or `remote` is the key of a span as well.",
    why: "The page lists what can be joined. What OTLP cannot say, or what never happens, does not belong there.",
    wrong: "events:\n  slow_query: {name: Slow Query, links_to: [request], …}\n",
    right: "events:\n  slow_query: {name: Slow Query, parents: [request], …}\n",
};

/// Looks at the parents and links of every signal.
pub fn check_bad_relation(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (kind, id, signal) in index.signals() {
        let mut found = |place: Place, message: String, help: &str| findings.push(CHECK.at(place, message).help(help));
        for name in Join::ALL.into_iter().flat_map(|join| repeated(signal.joined(join))) {
            found(name.place, format!("{} is listed twice", quote(&name.value)), "list it once");
        }
        if let Some(remote) = is_ambiguous(index, signal) {
            let message =
                format!("`{REMOTE}` is a span of another process here, and the key of a span of this catalogue");
            found(remote.place, message, "give that span another key");
        }
        let Some(place) = first(signal) else { continue };
        if let Some((why, help)) = misfit(index, kind, signal) {
            found(place, format!("{} `{}` {why}", kind.word(), id.value), help);
        }
    }
}

/// The names that were there before.
fn repeated(names: &[Located<String>]) -> impl Iterator<Item = &Located<String>> {
    let mut seen = HashSet::new();
    names.iter().filter(move |name| !seen.insert(&name.value))
}

/// The word for another process, where a span has it as its key.
fn is_ambiguous<'s>(index: &Index<'_>, signal: &'s SignalModel) -> Option<&'s Located<String>> {
    let mut names = Join::ALL.into_iter().flat_map(|join| signal.joined(join));
    names.find(|name| name.value == REMOTE).filter(|_| index.model.spans.names().any(|span| span == REMOTE))
}

/// The place of the first thing that joins a signal with another one.
fn first(signal: &SignalModel) -> Option<Place> {
    let names = Join::ALL.into_iter().flat_map(|join| signal.joined(join)).map(|name| name.place);
    names.chain(signal.propagates.as_ref().map(|propagates| propagates.place)).next()
}

/// The reason why a signal cannot be joined as it says, and the way out.
fn misfit(index: &Index<'_>, kind: SignalKind, signal: &SignalModel) -> Option<(&'static str, &'static str)> {
    let endpoint = index.endpoint_of(signal).and_then(|position| index.model.endpoints.0.get(position));
    let form = endpoint.and_then(|(_, endpoint)| endpoint.form.as_ref()).map(|form| form.value);
    match kind {
        _ if signal.every.is_some() => {
            Some(("goes at intervals, so it belongs to no run of a span", "remove `every`, or the parents and links"))
        }
        _ if form == Some(FormWord::Json) => Some((
            "goes in a body of the program's own, which has no place for ids",
            "send it to an OTLP endpoint, or remove the parents and links",
        )),
        SignalKind::Event if !signal.links_to.is_empty() => {
            Some(("has links, which only spans have", "write `parents`, or remove `links_to`"))
        }
        SignalKind::Event if signal.propagates.is_some() => {
            Some(("has no id to hand on", "remove `propagates`, or make it a span"))
        }
        _ => None,
    }
}
