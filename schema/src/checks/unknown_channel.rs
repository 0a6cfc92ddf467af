//! A channel that is named and not there.

use crate::finding::quote;
use crate::index::Index;
use crate::model::Collected;
use crate::unread::Part;
use crate::{Check, Finding, Severity, did_you_mean::near};

/// Found by [`check_unknown_channel`], and by the reader at `collected`.
pub const CHECK: Check = Check {
    code: "E0113",
    severity: Severity::Error,
    waivable: false,
    title: "unknown channel",
    what: "An attribute or a signal is collected through a channel that `consent.channels` does not have, or a channel \
           implies one that is not there.",
    why: "A permission that nobody can give or take is none.",
    wrong: "consent:\n  channels: {crash_reports: {title: Crash reports, brief: what went wrong}}\nattributes:\n  trace: {row: crashes, collected: crash_report, …}\n",
    right: "consent:\n  channels: {crash_reports: {title: Crash reports, brief: what went wrong}}\nattributes:\n  trace: {row: crashes, collected: crash_reports, …}\n",
};

/// Looks up what each channel implies.
pub fn check_unknown_channel(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let Some(consent) = index.model.consent.as_ref().filter(|_| !index.is_unread(&[Part::Consent])) else { return };
    let known: Vec<&str> = Collected::WORDS.iter().copied().chain(consent.channels.names()).collect();
    let implied = consent.channels.iter().flat_map(|(_, channel)| &channel.implies);
    for name in implied.filter(|name| !known.contains(&name.value.as_str())) {
        findings.push(
            CHECK
                .at(name.place, format!("there is no channel {}", quote(&name.value)))
                .help("add it under `consent.channels`, or name one that is there")
                .did_you_mean(near(&name.value, known.iter().copied())),
        );
    }
}
