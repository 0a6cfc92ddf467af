//! Switches and an endpoint that could not work.

use std::collections::HashMap;

use crate::finding::quote;
use crate::index::Index;
use crate::repeats::seen_before;
use crate::{Check, Finding, Severity};

/// Found by [`check_bad_variable`].
pub const CHECK: Check = Check {
    code: "E0012",
    severity: Severity::Error,
    waivable: false,
    title: "bad variable",
    what: "An entry of `consent.opt_out` is no name of an environment variable or is there twice, `consent.opt_in` is \
           empty, or `endpoint` is no http address, or has credentials in it.",
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
        for variable in &consent.opt_out {
            let first = seen_before(&mut seen, variable.value.as_str(), variable.place);
            if !is_variable(&variable.value) {
                findings.push(
                    CHECK
                        .at(variable.place, format!("{} is no name of an environment variable", quote(&variable.value)))
                        .help("use letters, digits and `_`, and do not start with a digit"),
                );
            } else if let Some(first) = first {
                findings.push(
                    CHECK
                        .at(variable.place, format!("`{}` is listed twice", variable.value))
                        .label(first, "first listed here")
                        .help("keep one of them"),
                );
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

fn is_variable(name: &str) -> bool {
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    starts && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
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
