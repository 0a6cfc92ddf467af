//! A waiver of something that is not there.

use crate::{Check, Severity};

/// Found after all other checks.
pub const CHECK: Check = Check {
    code: "W0305",
    severity: Severity::Warning,
    waivable: false,
    title: "stale waiver",
    what: "An `allow` names a check that finds nothing there.",
    why: "It would hide the next finding, for a reason that was given for another one.",
    wrong: "attributes:\n  runs: {type: int, brief: number of runs, allow: {W0304: no secret}, …}\n",
    right: "attributes:\n  runs: {type: int, brief: number of runs, …}\n",
};
