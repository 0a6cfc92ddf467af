//! An attribute with a name on the wire that is not the catalogue's to give.

use candor_domain::MARKER;

use crate::index::{Index, wire_name};
use crate::{Check, Finding, Severity};

/// Found by [`check_reserved_name`].
pub const CHECK: Check = Check {
    code: "E0225",
    severity: Severity::Error,
    waivable: false,
    title: "reserved name",
    what: "An attribute is called `candor.channels` on the wire.",
    why: "The name is that of the marker that says which permissions a signal needs. Receivers hold a signal to it.",
    wrong: "attributes:\n  channels: {name: candor.channels, row: usage, …}\n",
    right: "attributes:\n  channels: {name: app.channels, row: usage, …}\n",
};

/// Looks at the name of every attribute.
pub fn check_reserved_name(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (id, attribute) in
        index.model.attributes.iter().filter(|(id, attribute)| wire_name(&id.value, attribute) == MARKER)
    {
        let place = attribute.name.as_ref().map_or(id.place, |name| name.place);
        findings.push(
            CHECK
                .at(place, format!("`{MARKER}` is the marker of the permissions that a signal needs"))
                .help("give the attribute another name on the wire"),
        );
    }
}
