//! A file that is no YAML, or none that Candor reads.

use crate::{Check, Severity};

/// Found while parsing.
pub const CHECK: Check = Check {
    code: "E0001",
    severity: Severity::Error,
    waivable: false,
    title: "invalid YAML",
    what: "The file is not YAML, is empty, holds more than one document, or goes beyond the reader's limits.",
    why: "Nothing in such a file can be trusted to mean what it seems to mean.",
    wrong: "rows:\n  usage: {title: Usage\n",
    right: "rows:\n  usage: {title: Usage}\n",
};
