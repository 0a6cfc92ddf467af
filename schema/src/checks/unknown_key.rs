//! A key that is none.

use crate::{Check, Severity};

/// Found while reading.
pub const CHECK: Check = Check {
    code: "E0003",
    severity: Severity::Error,
    waivable: false,
    title: "unknown key",
    what: "A mapping has a key that the format does not have there.",
    why: "A key that is passed over in silence looks like a promise and is none: a misspelt `max_length` bounds nothing.",
    wrong: "attributes:\n  tool: {row: usage, collected: default, type: string, maxlength: 64, brief: tool}\n",
    right: "attributes:\n  tool: {row: usage, collected: default, type: string, max_length: 64, brief: tool}\n",
};
