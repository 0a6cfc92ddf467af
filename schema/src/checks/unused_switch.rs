//! A switch to opt in, and nothing that it switches.

use crate::index::Index;
use crate::model::Collected;
use crate::unread::Part;
use crate::{Check, Finding, Severity};

/// Found by [`check_unused_switch`].
pub const CHECK: Check = Check {
    code: "W0307",
    severity: Severity::Warning,
    waivable: true,
    title: "switch for nothing",
    what: "`consent.opt_in` names a switch, and no attribute and no signal is collected only after opting in.",
    why: "The page shows people a switch. Whoever uses it agrees to nothing today, and to whatever becomes opt-in tomorrow.",
    wrong: "consent: {opt_in: share_more}\nattributes:\n  runs: {row: usage, collected: default, …}\n",
    right: "attributes:\n  runs: {row: usage, collected: default, …}\n",
};

/// Looks for something that the switch is for. What could not be read may be opt-in.
pub fn check_unused_switch(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let Some(switch) = index.model.consent.as_ref().and_then(|consent| consent.opt_in.as_ref()) else { return };
    let unread = index.is_unread(&[Part::Attributes, Part::Signals]);
    let unclear = index.model.attributes.iter().any(|(_, attribute)| attribute.collected.is_none())
        || index.signals().any(|(_, _, signal)| signal.collected.is_none());
    let of_attributes = index.model.attributes.iter().filter_map(|(_, attribute)| attribute.collected.as_ref());
    let of_signals = index.signals().filter_map(|(_, _, signal)| signal.collected.as_ref());
    let used = of_attributes.chain(of_signals).any(|collected| collected.value == Collected::OptIn);
    if !used && !unread && !unclear {
        findings.push(
            CHECK
                .at(switch.place, "this switch opts in to nothing: nothing is `collected: opt_in`")
                .help("remove `opt_in`; or `allow: {W0307: why not}` in the head"),
        );
    }
}
