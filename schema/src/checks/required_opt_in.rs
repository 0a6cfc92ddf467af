//! An opt-in attribute that is required of something sent by default.

use crate::index::Index;
use crate::model::{Collected, Located, Requirement, SignalModel};
use crate::{Check, Finding, Severity};

/// Found by [`check_required_opt_in`].
pub const CHECK: Check = Check {
    code: "E0202",
    severity: Severity::Error,
    waivable: false,
    title: "required opt-in attribute",
    what: "An attribute that is collected only after opting in is `required` on a signal that is sent by default, in \
           `common` while such a signal has it, in `resource`, or as a field of an object.",
    why: "Without the user's opt-in the attribute is not there, so nothing may need it.",
    wrong: "spans:\n  created: {name: Created, collected: default, brief: created, attributes: {agent_goal: required}}\n",
    right: "spans:\n  created: {name: Created, collected: default, brief: created, attributes: {agent_goal: optional}}\n",
};

/// Compares what signals and objects require with what is always there.
pub fn check_required_opt_in(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (kind, id, signal) in index.signals() {
        if signal.collected.as_ref().is_some_and(|collected| collected.value == Collected::Default) {
            for (name, requirement) in signal.attributes.iter() {
                let what = || format!("{} `{}`, which is sent by default,", kind.word(), id.value);
                compare(index, name, requirement, what, findings);
            }
        }
    }
    let by_default = |signal: &&SignalModel| signal.collected.as_ref().is_some_and(|it| it.value == Collected::Default);
    for (name, requirement) in index.model.common.iter() {
        let says_nothing = |signal: &SignalModel| signal.attributes.names().all(|own| own != name.value);
        if index.signals().map(|(_, _, signal)| signal).filter(by_default).any(says_nothing) {
            compare(index, name, requirement, || "`common`, also for what is sent by default,".to_owned(), findings);
        }
    }
    for (name, requirement) in index.model.resource.iter() {
        compare(index, name, requirement, || "`resource`, which is sent by default,".to_owned(), findings);
    }
    for (id, object) in index.model.objects.iter() {
        for (_, field) in object.fields.iter() {
            if let (Some(name), Some(requirement)) = (&field.attribute, &field.requirement) {
                compare(index, name, requirement, || format!("object `{}`", id.value), findings);
            }
        }
    }
}

fn compare(
    index: &Index<'_>,
    name: &Located<String>,
    requirement: &Located<Requirement>,
    what: impl Fn() -> String,
    findings: &mut Vec<Finding>,
) {
    let collected = index.attribute(&name.value).and_then(|attribute| attribute.collected.as_ref());
    let Some(collected) = collected.filter(|collected| collected.value == Collected::OptIn) else { return };
    if requirement.value == Requirement::Required {
        findings.push(
            CHECK
                .at(requirement.place, format!("{} requires `{}`, which is opt-in", what(), name.value))
                .label(collected.place, "collected only after opting in")
                .help("make it `optional`")
                .fix(requirement.place, Requirement::Optional.word()),
        );
    }
}
