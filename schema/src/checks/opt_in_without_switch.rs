//! Something is opt-in, and there is no way to opt in.

use crate::index::Index;
use crate::model::Collected;
use crate::unread::Part;
use crate::{Check, Finding, Severity};

/// Found by [`check_opt_in_without_switch`].
pub const CHECK: Check = Check {
    code: "E0212",
    severity: Severity::Error,
    waivable: false,
    title: "opt-in without a switch",
    what: "An attribute or a signal is collected only after opting in, and `consent.opt_in` names no switch.",
    why: "Consent is given to something that has a name, and the page has to tell people where it is.",
    wrong: "attributes:\n  goal: {row: agent, collected: opt_in, …}\n",
    right: "consent: {opt_in: share_crew}\nattributes:\n  goal: {row: agent, collected: opt_in, …}\n",
};

/// Looks for the first opt-in thing where there is no switch.
pub fn check_opt_in_without_switch(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let has_switch = index.model.consent.as_ref().is_some_and(|consent| consent.opt_in.is_some());
    if has_switch || index.is_unread(&[Part::Consent]) {
        return;
    }
    let of_attributes = index.model.attributes.iter().filter_map(|(_, attribute)| attribute.collected.as_ref());
    let of_signals = index.signals().filter_map(|(_, _, signal)| signal.collected.as_ref());
    let mut opt_in = of_attributes.chain(of_signals).filter(|collected| collected.value == Collected::OptIn);
    if let Some(first) = opt_in.next() {
        findings.push(
            CHECK
                .at(first.place, "this is opt-in, and the catalogue has no switch to opt in")
                .help("name it in the head: `consent: {opt_in: …}`"),
        );
    }
}
