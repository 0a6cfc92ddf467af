//! Channels that cannot be told from the words of every catalogue, and more of them than a consent can hold.

use candor_domain::{NAMED_OFF, NAMED_ON};

use crate::index::Index;
use crate::{Check, Finding, Severity};

/// Found by [`check_bad_channel`].
pub const CHECK: Check = Check {
    code: "E0223",
    severity: Severity::Error,
    waivable: false,
    title: "bad channel",
    what: "A channel has a name that means something else (`default`, `opt_in`, `opted_in`, `on`, `off`, `all`, `none`, `catalogue`), or \
           there are more than 18 channels that are off by default, or more than 10 that are on.",
    why: "These words stand for sets of channels on every command line and in every stored choice, and a set has room for \
          so many.",
    wrong: "consent:\n  channels: {all: {title: Everything, brief: all there is}}\n",
    right: "consent:\n  channels: {diagnostics: {title: Diagnostics, brief: what helps to find mistakes}}\n",
};

/// Words that stand for a set of channels, and the name of the constant that generated code has beside theirs.
const RESERVED: [&str; 8] = ["default", "opt_in", "opted_in", "on", "off", "all", "none", "catalogue"];

/// Looks at the names and at how many there are.
pub fn check_bad_channel(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let Some(consent) = &index.model.consent else { return };
    for (name, _) in consent.channels.iter().filter(|(name, _)| RESERVED.contains(&name.value.as_str())) {
        findings.push(
            CHECK
                .at(name.place, format!("`{}` means something else, so no channel can have that name", name.value))
                .help("name it after what is collected through it"),
        );
    }
    for (on, most) in [(false, NAMED_OFF.len()), (true, NAMED_ON.len())] {
        let mut beyond = consent.channels.iter().filter(|(_, channel)| channel.is_on() == on).skip(most);
        if let Some((name, _)) = beyond.next() {
            let when = if on { "on" } else { "off" };
            findings.push(
                CHECK
                    .at(name.place, format!("there are more than {most} channels that are {when} by default"))
                    .help("join some of them: people have to tell them apart"),
            );
        }
    }
}
