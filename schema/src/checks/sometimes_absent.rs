//! A place in a body that only some signals fill.

use crate::index::Index;
use crate::template::{body, is_json};
use crate::unread::Part;
use crate::{Check, Finding, Severity};

/// Found by [`check_sometimes_absent`].
pub const CHECK: Check = Check {
    code: "W0601",
    severity: Severity::Warning,
    waivable: true,
    title: "sometimes absent",
    what: "A body has a place for an attribute that some signals of its endpoint do not carry.",
    why: "The member is missing from their bodies, which a recipient may not expect.",
    wrong: "body: {event: $name, os: $attributes.os_type, data: $attributes}   # and one signal has no `os_type`\n",
    right: "common: [os_type]\n",
};

/// Looks for signals that leave a place of their body empty.
pub fn check_sometimes_absent(index: &Index<'_>, findings: &mut Vec<Finding>) {
    if index.is_unread(&[Part::Attributes, Part::Signals, Part::Carried]) {
        return;
    }
    for (position, (name, endpoint)) in index.model.endpoints.iter().enumerate() {
        let Some(template) = endpoint.body.as_ref().filter(|_| is_json(endpoint)) else { continue };
        let mut faults = Vec::new();
        let Some(body) = body(index, template, None, &mut faults).filter(|_| faults.is_empty()) else { continue };
        for own in body.own.iter() {
            let carries = |signal| index.carried(signal).any(|listed| listed.value == own.key);
            let signals: Vec<_> = index.signals_to(position).collect();
            let lacking = signals.iter().find(|(_, _, signal)| !carries(signal));
            let Some((_, id, _)) = lacking.filter(|_| signals.iter().any(|(_, _, signal)| carries(signal))) else {
                continue;
            };
            let message =
                format!("`{}` has a place for `{}`, which `{}` does not carry", name.value, own.key, id.value);
            let help = format!("list `{}` at the signal or under `common`, or let it go with `$attributes`", own.key);
            findings.push(CHECK.at(template.place, message).label(id.place, "this one").help(help).about(name.place));
        }
    }
}
