//! A value of another kind than its key takes.

use crate::{Check, Severity};

/// Found while reading.
pub const CHECK: Check = Check {
    code: "E0002",
    severity: Severity::Error,
    waivable: false,
    title: "wrong type",
    what: "A value is of another kind than its key takes: a number where text belongs, a list where a mapping does.",
    why: "Candor turns nothing into something else by itself: `pattern: 1e3` is a number, and which text was meant is open.",
    wrong: "version: 1\n",
    right: "version: 1.0.0\n",
};
