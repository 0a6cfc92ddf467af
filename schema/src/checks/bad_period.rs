//! A length of time that cannot be read.

use crate::{Check, Severity};

/// Found while reading.
pub const CHECK: Check = Check {
    code: "E0015",
    severity: Severity::Error,
    waivable: false,
    title: "bad length of time",
    what: "A length of time is no whole number with one unit behind it: `s` for seconds, `m` for minutes, `h` for hours, `d` \
           for days, `w` for weeks. A year is `365d`. It is not zero.",
    why: "A promise such as “new every 30 days” needs a length that everybody reads alike. A month and a year vary.",
    wrong: "events:\n  alive: {name: demo.alive, collected: default, brief: it runs, row: usage, every: 1 day}\n",
    right: "events:\n  alive: {name: demo.alive, collected: default, brief: it runs, row: usage, every: 1d}\n",
};

/// The way out.
pub(crate) const HELP: &str = "write a whole number and one of s, m, h, d and w, such as 90d";
