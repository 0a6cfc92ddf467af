//! A word that is none of those its key takes.

use crate::{Check, Severity};

/// Found while reading.
pub const CHECK: Check = Check {
    code: "E0009",
    severity: Severity::Error,
    waivable: false,
    title: "unknown word",
    what: "A key that takes one of a few words, such as `collected`, has another one.",
    why: "`collected: optin` must not be read as the nearest thing: the word decides what leaves a person's machine.",
    wrong: "spans:\n  started: {name: Started, collected: optin, brief: The program started.}\n",
    right: "spans:\n  started: {name: Started, collected: opt_in, brief: The program started.}\n",
};
