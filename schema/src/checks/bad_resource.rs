//! A resource attribute that the head says already.

use crate::index::{Index, wire_name};
use crate::{Check, Finding, Severity};

/// Found by [`check_bad_resource`].
pub const CHECK: Check = Check {
    code: "E0231",
    severity: Severity::Error,
    waivable: false,
    title: "bad resource attribute",
    what: "`resource` lists an attribute that is `service.name` on the wire.",
    why: "The head's `service` is the `service.name` of every request, and a request has only one.",
    wrong: "attributes:\n  service: {name: service.name, …}\nresource: {service: required}\n",
    right: "service: demo\nresource: {os_type: required}\n",
};

const SERVICE_NAME: &str = "service.name";

/// Looks for the name of the service among the attributes of the process.
pub fn check_bad_resource(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (name, _) in index.model.resource.iter() {
        let is_service = |attribute| wire_name(&name.value, attribute) == SERVICE_NAME;
        if index.attribute(&name.value).is_some_and(is_service) {
            let message = format!("`{}` is `{SERVICE_NAME}`, which the head says", name.value);
            findings.push(CHECK.at(name.place, message).help("remove it here; `service` in the head is sent"));
        }
    }
}
