//! An attribute computed from ones that need a permission which it does not need itself.

use std::collections::{BTreeSet, VecDeque};

use candor_domain::{Consent, DEFAULT, OPT_IN};

use crate::index::Index;
use crate::model::Collected;
use crate::{Check, Finding, Severity};

/// Found by [`check_leaking_derivation`].
pub const CHECK: Check = Check {
    code: "E0207",
    severity: Severity::Error,
    waivable: false,
    title: "leaking derivation",
    what: "An attribute that is collected by default is derived, directly or by way of others, from one that is collected \
           only after opting in: by `derived_from`, or by the `of` of its identifier. The same goes for any other channel: \
           what is derived needs the permission of what it is derived from.",
    why: "A hash of a secret still tells whether two secrets are the same, and short texts can be found by trying. What is \
          derived from an opt-in value is one.",
    wrong: "attributes:\n  agent_key: {row: agent, collected: default, derived_from: [agent_goal], …}\n",
    right: "attributes:\n  agent_key: {row: agent, collected: default, derived_from: [agent_role], …}\n",
};

/// Follows `derived_from` and the `of` of identifiers from every attribute of a channel, backwards; one channel after the
/// other.
pub fn check_leaking_derivation(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let collected = index.model.attributes.iter().filter_map(|(_, attribute)| attribute.collected.as_ref());
    let channels: BTreeSet<u8> = collected.map(|collected| collected.value.number()).collect();
    for channel in channels.into_iter().filter(|channel| *channel != DEFAULT) {
        check_channel(index, channel, findings);
    }
}

fn check_channel(index: &Index<'_>, channel: u8, findings: &mut Vec<Finding>) {
    let attributes = &index.model.attributes.0;
    let collected = |position: usize| attributes[position].1.collected.as_ref();
    let is_origin = |position: usize| collected(position).is_some_and(|collected| collected.value.number() == channel);
    let mut derived: Vec<Vec<usize>> = vec![Vec::new(); attributes.len()];
    for (position, (_, attribute)) in attributes.iter().enumerate() {
        for source in attribute.sources().filter_map(|name| index.attributes.get(&name.value)) {
            derived[source].push(position);
        }
    }
    let mut origins: Vec<Option<usize>> =
        (0..attributes.len()).map(|position| is_origin(position).then_some(position)).collect();
    let mut queue: VecDeque<usize> = (0..attributes.len()).filter(|position| origins[*position].is_some()).collect();
    while let Some(source) = queue.pop_front() {
        for target in &derived[source] {
            if origins[*target].is_none() {
                origins[*target] = origins[source];
                queue.push_back(*target);
            }
        }
    }
    for (name, attribute) in index.distinct_attributes() {
        let own = attribute.collected.as_ref().map(|collected| collected.value);
        let Some(own) = own.filter(|own| !index.grants(*own).includes(Consent::of(channel))) else { continue };
        let mut leaks =
            attribute.sources().filter_map(|source| Some((source, origins[index.attributes.get(&source.value)?]?)));
        let Some((source, origin)) = leaks.next() else { continue };
        let (origin_name, origin) = (&attributes[origin].0.value, collected(origin));
        let by_way =
            if *origin_name == source.value { String::new() } else { format!(", by way of `{}`", source.value) };
        let sent = match own {
            Collected::Default => "is sent by default".to_owned(),
            _ => format!("needs only `{}`", index.channel_name(own)),
        };
        let needed = index.channel_number_name(channel);
        let (of, label) = match channel {
            OPT_IN => (format!("the opt-in `{origin_name}`"), "collected only after opting in".to_owned()),
            _ => (format!("`{origin_name}` of `{needed}`"), format!("collected only with `{needed}`")),
        };
        let message = format!("`{}` {sent}, but derived from {of}{by_way}", name.value);
        let help = format!("make it `collected: {needed}` too, in a row for that");
        let mut finding = CHECK.at(source.place, message).help(help);
        if let Some(origin) = origin {
            finding = finding.label(origin.place, label);
        }
        for (source, _) in leaks {
            finding = finding.label(source.place, "this one leaks as well");
        }
        findings.push(finding);
    }
}
