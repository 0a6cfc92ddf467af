//! The signals that can be joined, in words.

use candor_schema::{Catalogue, Join, REMOTE, Signal};

use crate::markdown::code;
use crate::prose::sentence;

/// The sentence before the signals of a catalogue of which some can be joined.
pub(super) fn plan_joined(catalogue: &Catalogue) -> Option<String> {
    let some = catalogue.signals().iter().any(|signal| !signal.relations.is_none());
    some.then(|| {
        "A signal that belongs or links to a span can be joined with it, with whatever else belongs to that span, and so on. \
         It carries the ids of the span, which are random and say nothing by themselves. A signal of which that is not said \
         stands for itself."
            .to_owned()
    })
}

/// The spans that a signal can be joined with, a sentence for each way.
pub(super) fn joined_words(catalogue: &Catalogue, signal: &Signal) -> Vec<String> {
    let ways = [(Join::Parent, "May belong to"), (Join::Link, "May link to")];
    let mut said: Vec<String> = ways
        .into_iter()
        .filter_map(|(join, verb)| {
            let spans = signal.relations.of(join).iter().map(|key| span_words(catalogue, key)).collect();
            Some(sentence(format!("{verb} {}", either(spans)?)))
        })
        .collect();
    said.extend(signal.relations.propagates.then(|| "Its id may be handed to other processes.".to_owned()));
    said
}

fn span_words(catalogue: &Catalogue, key: &str) -> String {
    match catalogue.span(key) {
        Some(span) if key != REMOTE => code(&span.name),
        _ => "a span of another process".to_owned(),
    }
}

/// Alternatives, with commas and a final *or*.
fn either(mut spans: Vec<String>) -> Option<String> {
    let last = spans.pop()?;
    Some(if spans.is_empty() { last } else { format!("{} or {last}", spans.join(", ")) })
}
