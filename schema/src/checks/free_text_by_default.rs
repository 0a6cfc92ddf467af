//! Text that a person may have written, possibly personal, and sent without asking.

use crate::index::Index;
use crate::model::Personal;
use crate::{Check, Finding, Severity};

/// Found by [`check_free_text_by_default`].
pub const CHECK: Check = Check {
    code: "W0306",
    severity: Severity::Warning,
    waivable: true,
    title: "personal free text by default",
    what: "An attribute has `personal: possible` and `free_text: true`, and is collected by default.",
    why: "A person may have written anything there, a name or a password too, and is not asked. Send it only after opting \
          in, or send less: a length, a kind, an enum.",
    wrong: "attributes:\n  note: {row: usage, collected: default, personal: possible, free_text: true, …}\n",
    right: "attributes:\n  note: {row: texts, collected: opt_in, personal: possible, free_text: true, …}\n",
};

/// Looks for free text that may be personal among what is collected by default.
pub fn check_free_text_by_default(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (name, attribute) in index.distinct_attributes() {
        let default = attribute.collected.as_ref().filter(|collected| collected.value.is_by_default());
        let free_text = attribute.free_text.as_ref().filter(|free_text| free_text.value);
        let possible = index.personal(attribute).filter(|personal| personal.value == Personal::Possible);
        let (Some(default), Some(free_text), Some(possible)) = (default, free_text, possible) else { continue };
        let message = format!("`{}` is free text that may hold personal data, and is sent by default", name.value);
        findings.push(
            CHECK
                .at(default.place, message)
                .label(free_text.place, "a person or a run may have written it")
                .label(possible.place, "it may hold personal data")
                .help("make it `collected: opt_in`, in a row for that; or `allow: {W0306: why not}`")
                .about(name.place),
        );
    }
}
