//! One channel granted or refused, and the others left as they are.

use std::io;

use candor_domain::{DEFAULT_NAME, OPT_IN_NAME};

use super::choice::choose;
use crate::{Catalogue, Consent, Pipeline};

/// Grants a channel, by its name, beside what the user chose before; and what it implies.
///
/// # Errors
/// The catalogue has no such channel; or as [`choose`](super::choose).
pub fn share(pipeline: &Pipeline, channel: &str) -> io::Result<String> {
    let catalogue = pipeline.catalogue();
    let number = number(catalogue, channel)?;
    choose(pipeline, catalogue.granting(before(pipeline), number))
}

/// Refuses a channel, by its name, and those that it would be granted with. The others stay as they are.
///
/// # Errors
/// The catalogue has no such channel; or as [`choose`](super::choose).
pub fn unshare(pipeline: &Pipeline, channel: &str) -> io::Result<String> {
    let catalogue = pipeline.catalogue();
    let number = number(catalogue, channel)?;
    choose(pipeline, catalogue.refusing(before(pipeline), number))
}

/// Returns the user's choice, or the consent without a choice. Doubt is nothing.
fn before(pipeline: &Pipeline) -> Consent {
    let stored = pipeline.store().map(|store| store.read()).unwrap_or_default();
    let nothing = stored.problem.is_some() || pipeline.asks_first();
    stored.choice.unwrap_or(if nothing { Consent::Off } else { Consent::Default })
}

fn number(catalogue: &Catalogue, name: &str) -> io::Result<u8> {
    catalogue.channel(name).ok_or_else(|| {
        let names: Vec<&str> = names(catalogue).collect();
        io::Error::other(format!("there is no channel of that name; there are: {}", names.join(", ")))
    })
}

/// The names of all channels.
fn names(catalogue: &Catalogue) -> impl Iterator<Item = &'static str> {
    let common = [DEFAULT_NAME, OPT_IN_NAME].into_iter().filter(|name| catalogue.channel(name).is_some());
    common.chain(catalogue.channels.iter().map(|channel| channel.name))
}

/// Lists the named channels that are on, a line each.
pub(super) fn lines(catalogue: &Catalogue, consent: Consent) -> impl Iterator<Item = String> {
    catalogue.channels.iter().map(move |channel| {
        let state = if consent.includes(Consent::of(channel.number)) { "on" } else { "off" };
        format!("channel {}: {state} ({})", channel.name, channel.title)
    })
}
