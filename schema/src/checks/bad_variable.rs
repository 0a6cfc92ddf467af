//! Switches and an endpoint that could not work.

use std::collections::HashMap;

use crate::finding::quote;
use crate::index::Index;
use crate::model::{OptOutKind, OptOutModel};
use crate::opt_out::UNIVERSAL_OPT_OUTS;
use crate::repeats::seen_before;
use crate::{Check, Finding, Place, Severity};

/// Found by [`check_bad_variable`].
pub const CHECK: Check = Check {
    code: "E0012",
    severity: Severity::Error,
    waivable: false,
    title: "bad variable",
    what: "An entry of `consent.opt_out` is no name of an environment variable, no flag such as `--no-telemetry`, or has no \
           name; it is there twice; or it has an `off_when` that is for variables. `consent.opt_in` is empty, or `endpoint` is \
           no http address, or has credentials in it.",
    why: "A switch that no shell can set switches nothing off, and an address in a catalogue is public.",
    wrong: "consent: {opt_in: share, opt_out: [DEMO-DISABLE]}\n",
    right: "consent: {opt_in: share, opt_out: [DEMO_DISABLE]}\n",
};

/// Looks at the switches and the endpoint of the head.
pub fn check_bad_variable(index: &Index<'_>, findings: &mut Vec<Finding>) {
    if let Some(consent) = &index.model.consent {
        if let Some(switch) = consent.opt_in.as_ref().filter(|switch| switch.value.trim().is_empty()) {
            findings.push(
                CHECK
                    .at(switch.place, "the switch that opts in has no name")
                    .help("name it as users see it, or remove it"),
            );
        }
        let mut seen = HashMap::new();
        for opt_out in &consent.opt_out {
            let name = &opt_out.name;
            let first = seen_before(&mut seen, (opt_out.kind, name.value.as_str()), name.place);
            if let Some((fault, help)) = fault_of_name(opt_out) {
                findings.push(CHECK.at(name.place, format!("{} {fault}", quote(&name.value))).help(help));
            } else if let Some(first) = first {
                findings.push(
                    CHECK
                        .at(name.place, format!("`{}` is listed twice", name.value))
                        .label(first, "first listed here")
                        .help("keep one of them"),
                );
            } else if let Some((place, fault, help)) = fault_of_condition(opt_out) {
                findings.push(CHECK.at(place, format!("`{}` {fault}", name.value)).help(help));
            }
        }
    }
    if let Some(endpoint) = &index.model.endpoint {
        findings.extend(
            fault_of_endpoint(&endpoint.value)
                .map(|(fault, help)| CHECK.at(endpoint.place, format!("the endpoint {fault}")).help(help)),
        );
    }
}

/// Finds the fault of the name of a switch, and the way out.
fn fault_of_name(opt_out: &OptOutModel) -> Option<(&'static str, &'static str)> {
    let name = &opt_out.name.value;
    let is_flag = name.starts_with('-') && name.trim_start_matches('-').starts_with(char::is_alphanumeric);
    match opt_out.kind {
        OptOutKind::Variable if !is_variable(name) => {
            let help = "use letters, digits and `_`, and do not start with a digit";
            Some(("is no name of an environment variable", help))
        }
        OptOutKind::Flag if !is_flag || name.contains(char::is_whitespace) => {
            Some(("is no flag", "write it as users do, such as `--no-telemetry`"))
        }
        OptOutKind::Setting | OptOutKind::Command if name.trim().is_empty() => {
            Some(("is no name of a switch", "write it as users do"))
        }
        _ => None,
    }
}

/// Finds the fault of the condition of a switch, and the way out.
fn fault_of_condition(opt_out: &OptOutModel) -> Option<(Place, &'static str, &'static str)> {
    let off_when = opt_out.off_when.as_ref()?;
    let is_universal = UNIVERSAL_OPT_OUTS.contains(&opt_out.name.value.as_str());
    match opt_out.kind {
        OptOutKind::Variable if is_universal && !off_when.value => {
            Some((off_when.place, "always switches off when it is set", "remove `off_when`"))
        }
        OptOutKind::Variable => None,
        _ => Some((off_when.place, "is no variable, and `off_when` is for those", "remove `off_when`")),
    }
}

fn is_variable(name: &str) -> bool {
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    starts && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Returns whether a text is an address that endpoints and links may have.
pub fn is_address(text: &str) -> bool {
    fault_of_endpoint(text).is_none()
}

/// Finds a fault in an endpoint, with the way out.
pub(super) fn fault_of_endpoint(endpoint: &str) -> Option<(&'static str, &'static str)> {
    let Some(rest) = endpoint.strip_prefix("https://").or_else(|| endpoint.strip_prefix("http://")) else {
        return Some(("does not start with http:// or https://", "write it as https://telemetry.example.com:4319"));
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = if authority.starts_with('[') { authority } else { authority.split(':').next().unwrap_or_default() };
    if authority.contains('@') {
        Some(("has credentials in it", "leave them out: a catalogue is public"))
    } else if host.is_empty() {
        Some(("has no host", "write it as https://telemetry.example.com:4319"))
    } else if endpoint.chars().any(|char| char.is_whitespace() || char.is_control()) {
        Some(("has white space in it", "take it out"))
    } else {
        None
    }
}
