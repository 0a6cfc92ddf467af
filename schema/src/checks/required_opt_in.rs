//! An attribute that is required of something that is sent without its channel.

use crate::index::Index;
use crate::model::{Collected, Located, Requirement, SignalModel};
use crate::{Check, Finding, Severity};

/// Found by [`check_required_opt_in`].
pub const CHECK: Check = Check {
    code: "E0202",
    severity: Severity::Error,
    waivable: false,
    title: "required opt-in attribute",
    what: "An attribute that is collected only after opting in, or through another channel, is `required` on a signal that \
           is sent without it, in `common` while such a signal has it, in `resource`, or as a field of an object.",
    why: "Without the user's permission the attribute is not there, so nothing may need it.",
    wrong: "spans:\n  created: {name: Created, collected: default, brief: created, attributes: {agent_goal: required}}\n",
    right: "spans:\n  created: {name: Created, collected: default, brief: created, attributes: {agent_goal: optional}}\n",
};

/// Compares what signals and objects require with what is always there.
pub fn check_required_opt_in(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (kind, id, signal) in index.signals() {
        let Some(sent) = signal.collected.as_ref().map(|collected| collected.value) else { continue };
        for (name, requirement) in signal.attributes.iter() {
            let when = match sent {
                Collected::Default => "by default".to_owned(),
                Collected::OptIn => "after opting in".to_owned(),
                Collected::Channel(_) => format!("through `{}`", index.channel_name(sent)),
            };
            let what = || format!("{} `{}`, which is sent {when},", kind.word(), id.value);
            compare(index, name, requirement, sent, what, findings);
        }
    }
    for (name, requirement) in index.model.common.iter() {
        let says_nothing =
            |signal: &&SignalModel| signal.measure.is_none() && signal.attributes.names().all(|own| own != name.value);
        let without = index.signals().map(|(_, _, signal)| signal).filter(says_nothing);
        let before = findings.len();
        for sent in without.filter_map(|signal| Some(signal.collected.as_ref()?.value)) {
            compare(
                index,
                name,
                requirement,
                sent,
                || "`common`, also for what is sent without it,".to_owned(),
                findings,
            );
            if findings.len() > before {
                break;
            }
        }
    }
    for (name, requirement) in index.model.resource.iter() {
        let what = || "`resource`, which is sent by default,".to_owned();
        compare(index, name, requirement, Collected::Default, what, findings);
    }
    for (id, object) in index.model.objects.iter() {
        for (_, field) in object.fields.iter() {
            if let (Some(name), Some(requirement)) = (&field.attribute, &field.requirement) {
                let what = || format!("object `{}`", id.value);
                compare(index, name, requirement, Collected::Default, what, findings);
            }
        }
    }
}

fn compare(
    index: &Index<'_>,
    name: &Located<String>,
    requirement: &Located<Requirement>,
    sent: Collected,
    what: impl Fn() -> String,
    findings: &mut Vec<Finding>,
) {
    let collected = index.attribute(&name.value).and_then(|attribute| attribute.collected.as_ref());
    let is_missing = |collected: &&Located<Collected>| ![Collected::Default, sent].contains(&collected.value);
    let Some(collected) = collected.filter(is_missing) else { return };
    if requirement.value == Requirement::Required {
        let (is, label) = match collected.value {
            Collected::Channel(_) => {
                let channel = index.channel_name(collected.value);
                (format!("is collected through `{channel}`"), format!("collected only with `{channel}`"))
            }
            _ => ("is opt-in".to_owned(), "collected only after opting in".to_owned()),
        };
        findings.push(
            CHECK
                .at(requirement.place, format!("{} requires `{}`, which {is}", what(), name.value))
                .label(collected.place, label)
                .help("make it `optional`")
                .fix(requirement.place, Requirement::Optional.word()),
        );
    }
}
