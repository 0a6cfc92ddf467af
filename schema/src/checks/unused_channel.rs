//! A channel that nothing is collected through.

use std::collections::HashSet;

use crate::index::Index;
use crate::model::Collected;
use crate::unread::Part;
use crate::{Check, Finding, Severity};

/// Found by [`check_unused_channel`].
pub const CHECK: Check = Check {
    code: "W0310",
    severity: Severity::Warning,
    waivable: true,
    title: "channel for nothing",
    what: "`consent.channels` names a channel that no attribute and no signal is collected through, and that implies no \
           other.",
    why: "The page shows people a switch. Whoever uses it agrees to nothing today, and to whatever is collected through it \
          tomorrow.",
    wrong: "consent:\n  channels: {crash_reports: {title: Crash reports, brief: what went wrong}}\nattributes:\n  runs: {row: usage, collected: default, …}\n",
    right: "consent:\n  channels: {crash_reports: {title: Crash reports, brief: what went wrong}}\nattributes:\n  trace: {row: crashes, collected: crash_reports, …}\n",
};

/// Looks for something that each channel is for. What could not be read may be it.
pub fn check_unused_channel(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let Some(consent) = &index.model.consent else { return };
    let of_attributes = index.model.attributes.iter().map(|(_, attribute)| &attribute.collected);
    let collected = of_attributes.chain(index.signals().map(|(_, _, signal)| &signal.collected));
    let Some(used) = collected.map(|one| one.as_ref().map(|one| one.value)).collect::<Option<HashSet<_>>>() else {
        return;
    };
    if index.is_unread(&[Part::Consent, Part::Attributes, Part::Signals]) {
        return;
    }
    for ((name, channel), number) in consent.channels.iter().zip(consent.numbers()) {
        if channel.implies.is_empty() && !used.contains(&Collected::Channel(number)) {
            findings.push(
                CHECK
                    .at(name.place, format!("nothing is collected through `{}`", name.value))
                    .help("remove it; or `allow: {W0310: why not}` in the head"),
            );
        }
    }
}
