//! Channels that imply more than their switch can say yes to.

use std::collections::HashSet;

use crate::cycles::{Edge, cycles, way};
use crate::index::Index;
use crate::model::{ChannelModel, Collected, Entries, Located};
use crate::section_names::SectionNames;
use crate::{Check, Finding, Severity};

/// Found by [`check_bad_implication`].
pub const CHECK: Check = Check {
    code: "E0224",
    severity: Severity::Error,
    waivable: false,
    title: "bad implication",
    what: "A channel implies itself, directly or by way of others; or one twice; or `opt_in`; or it is on by default and \
           implies one that is off.",
    why: "Whoever grants a channel grants what it implies. Channels that imply each other are one permission with two \
          names. The opt-in has a switch of its own. And what is off by default must not come on with what is on.",
    wrong: "consent:\n  channels:\n    usage: {title: Usage, brief: how often, default: on, implies: [traces]}\n    traces: {title: Traces, brief: what went wrong, default: off}\n",
    right: "consent:\n  channels:\n    usage: {title: Usage, brief: how often, default: on}\n    traces: {title: Traces, brief: what went wrong, default: off, implies: [usage]}\n",
};

/// Looks at what each channel implies.
pub fn check_bad_implication(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let Some(consent) = &index.model.consent else { return };
    let channels = &consent.channels;
    let names = SectionNames::new(channels.names(), false);
    for (name, channel) in channels.iter() {
        let mut seen = HashSet::new();
        for implied in &channel.implies {
            let target = names.get(&implied.value).map(|position| &channels.0[position].1);
            let fault = fault(name, channel, implied, target);
            let fault = fault.or((!seen.insert(&implied.value))
                .then(|| (format!("`{}` implies `{}` twice", name.value, implied.value), "keep one of them")));
            findings.extend(fault.map(|(message, help)| CHECK.at(implied.place, message).help(help)));
        }
    }
    let name = |channel: usize| channels.0[channel].0.value.as_str();
    for cycle in cycles(&edges(channels, &names)).iter().filter(|cycle| cycle.len() > 1) {
        let last = &cycle[cycle.len() - 1];
        findings.push(
            CHECK
                .at(last.place, format!("`{}` implies itself: {}", name(cycle[0].from), way(cycle, name)))
                .help("make one channel of them, or leave out one of the implications"),
        );
    }
}

fn fault(
    name: &Located<String>,
    channel: &ChannelModel,
    implied: &Located<String>,
    target: Option<&ChannelModel>,
) -> Option<(String, &'static str)> {
    if implied.value == name.value {
        return Some((format!("`{}` implies itself", name.value), "leave it out"));
    }
    if Collected::from_word(&implied.value) == Some(Collected::OptIn) {
        let message = format!("`{}` implies `opt_in`, which has a switch of its own", name.value);
        return Some((message, "name a channel for what both are to grant"));
    }
    let grows = channel.is_on() && target.is_some_and(|target| !target.is_on());
    let message = || format!("`{}` is on by default and implies `{}`, which is off", name.value, implied.value);
    grows.then(|| (message(), "turn the implication round, or leave it out"))
}

/// For every channel those that it implies.
fn edges(channels: &Entries<ChannelModel>, names: &SectionNames<'_>) -> Vec<Vec<Edge>> {
    let of_channel = |channel: &ChannelModel| {
        let implied = channel.implies.iter();
        implied.filter_map(|name| Some(Edge { place: name.place, to: names.get(&name.value)? })).collect()
    };
    channels.iter().map(|(_, channel)| of_channel(channel)).collect()
}
