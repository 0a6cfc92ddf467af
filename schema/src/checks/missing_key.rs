//! A part that lacks a key it needs.

use crate::{Check, Severity};

/// Found while reading.
pub const CHECK: Check = Check {
    code: "E0005",
    severity: Severity::Error,
    waivable: false,
    title: "missing key",
    what: "A part of the catalogue lacks a key it cannot do without, such as an attribute's `collected`.",
    why: "Candor never fills in a privacy decision by itself: what is collected, and when, is written down.",
    wrong: "attributes:\n  runs: {row: usage, type: int, brief: number of runs}\n",
    right: "attributes:\n  runs: {row: usage, collected: default, type: int, brief: number of runs}\n",
};
