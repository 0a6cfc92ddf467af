//! A signal that is sent and that no row tells of.

use std::collections::HashSet;

use crate::index::Index;
use crate::{Check, Finding, Severity};

/// Found by [`check_undisclosed_signal`].
pub const CHECK: Check = Check {
    code: "E0209",
    severity: Severity::Error,
    waivable: false,
    title: "undisclosed signal",
    what: "A signal has no attributes of its own (common ones are not its own), and no `row`.",
    why: "That it is sent says something by itself, and nothing in the table would tell so.",
    wrong: "spans:\n  signed_up: {name: Signed Up, collected: default, brief: sign-up attempts}\n",
    right: "spans:\n  signed_up: {name: Signed Up, collected: default, brief: sign-up attempts, row: usage}\n",
};

/// Looks for signals that no row can show.
pub fn check_undisclosed_signal(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let common: HashSet<&str> = index.model.common.names().collect();
    for (kind, id, signal) in index.signals() {
        let own = signal.attributes.names().any(|name| signal.measure.is_some() || !common.contains(name));
        if !own && signal.row.is_none() && !index.is_key_unread(id, "row") && !index.is_key_unread(id, "attributes") {
            findings.push(
                CHECK
                    .at(id.place, format!("no row discloses {} `{}`", kind.word(), id.value))
                    .help("add `row: …`, or attributes of its own"),
            );
        }
    }
}
