//! Spans that a user agreed can be joined: an item for each span that a signal may belong or link to.

use candor_domain::{Join, REMOTE};

use super::signal_name;
use crate::allowance::Held;
use crate::{Catalogue, Consent, Signal, SignalKind};

/// The names of these items of a signal, and the channels that each needs.
pub(super) fn names(catalogue: &Catalogue, signal: &Signal) -> Vec<(String, Consent)> {
    let span = |key: &str| {
        let is_it = |span: &&&Signal| span.kind == SignalKind::Span && span.id == key;
        catalogue.signals.iter().find(is_it).map_or(Consent::Off, |span| span.needs)
    };
    let joins = pairs(signal).map(|(join, key)| (join_name(signal, join, key), signal.needs.and(span(key))));
    let propagation = signal.relations.propagates.then(|| (propagation_name(signal), signal.needs));
    joins.chain(propagation).collect()
}

/// Holds back what was not agreed to.
pub(super) fn hold(signal: &'static Signal, held: &mut Held, missing: &mut impl FnMut(String) -> bool) {
    for (join, key) in pairs(signal) {
        if missing(join_name(signal, join, key)) {
            held.hold_join(signal, join, key);
        }
    }
    if signal.relations.propagates && missing(propagation_name(signal)) {
        held.hold_propagation(signal);
    }
}

fn pairs(signal: &Signal) -> impl Iterator<Item = (Join, &str)> {
    Join::ALL.into_iter().flat_map(|join| signal.relations.of(join).iter().map(move |key| (join, &**key)))
}

fn join_name(signal: &Signal, join: Join, key: &str) -> String {
    let way = match join {
        Join::Parent => "belongs to",
        Join::Link => "links to",
    };
    let span = if key == REMOTE { "a span of another process".to_owned() } else { format!("the span {key}") };
    format!("{} {way} {span}", signal_name(signal))
}

fn propagation_name(signal: &Signal) -> String {
    format!("{} hands its id to other processes", signal_name(signal))
}
