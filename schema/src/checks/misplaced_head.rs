//! A part of the head outside `catalogue.yaml`.

use crate::{Check, Severity};

/// Found while reading.
pub const CHECK: Check = Check {
    code: "E0010",
    severity: Severity::Error,
    waivable: false,
    title: "misplaced head",
    what: "A file of a catalogue's folder other than `catalogue.yaml` has a key of the head, such as `version`.",
    why: "Who reads a catalogue finds its version, its service and its switches in one place, and there are no two of them.",
    wrong: "# agents.yaml\nversion: 1.0.0\nattributes: {}\n",
    right: "# agents.yaml\nattributes: {}\n",
};
