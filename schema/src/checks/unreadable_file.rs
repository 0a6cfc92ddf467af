//! A file that cannot be read.

use crate::{Check, Severity};

/// Found while loading.
pub const CHECK: Check = Check {
    code: "E0008",
    severity: Severity::Error,
    waivable: false,
    title: "unreadable file",
    what: "A file of the catalogue is not there, is not a regular file, is not UTF-8, is too large, changes while it is \
           read, or is a link that leads out of the catalogue's folder. A folder needs a `catalogue.yaml` with the \
           catalogue's head.",
    why: "Half a catalogue would disclose half of what is collected.",
    wrong: "# schema/agents.yaml, and no schema/catalogue.yaml\nattributes: {}\n",
    right: "# schema/catalogue.yaml\ncandor: 1\nname: demo\n",
};
