//! A waiver that waives nothing, or says nothing.

use crate::checks::{all, by_code};
use crate::did_you_mean::near;
use crate::finding::quote;
use crate::index::Index;
use crate::waivers::waivers;
use crate::{Check, Finding, Severity};

/// Found by [`check_bad_waiver`].
pub const CHECK: Check = Check {
    code: "E0013",
    severity: Severity::Error,
    waivable: false,
    title: "bad waiver",
    what: "An `allow` names no check, or one that cannot be waived, or gives no reason.",
    why: "Who reads the catalogue later has to know what was decided, and why. What guards a promise to people cannot be \
          decided away.",
    wrong: "attributes:\n  host_key: {allow: {W0304: \"\"}, …}\n",
    right: "attributes:\n  host_key: {allow: {W0304: the name of a column in a public schema}, …}\n",
};

/// Looks at the code and the reason of every waiver.
pub fn check_bad_waiver(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (_, code, reason) in waivers(index.model) {
        let waivable = || all().filter(|check| check.waivable).map(|check| check.code);
        let codes = || format!("these can be waived: {}", waivable().collect::<Vec<_>>().join(", "));
        match by_code(&code.value) {
            None => findings.push(
                CHECK
                    .at(code.place, format!("there is no check {}", quote(&code.value)))
                    .help(codes())
                    .did_you_mean(near(&code.value, waivable())),
            ),
            Some(check) if !check.waivable => findings.push(
                CHECK
                    .at(code.place, format!("{} ({}) cannot be waived", check.code, check.title))
                    .help(format!("mend what it finds; {}", codes())),
            ),
            Some(check) if reason.value.trim().is_empty() => findings.push(
                CHECK
                    .at(reason.place, format!("this does not say why {} is allowed", check.code))
                    .help("say why, in a few words"),
            ),
            Some(_) => {}
        }
    }
}
