//! An attribute of a metric whose values cannot be counted.

use candor_domain::Domain;

use crate::index::Index;
use crate::{Check, Finding, Severity};

/// Found by [`check_open_label`].
pub const CHECK: Check = Check {
    code: "E0261",
    severity: Severity::Error,
    waivable: false,
    title: "open label",
    what: "A metric has an attribute whose values cannot be counted: it is no boolean, no enum and no `int` with `minimum` and \
           `maximum`, or it may be null.",
    why: "Each combination of values is a series that is kept and paid for. With closed domains their number is known before \
          the program runs, and no value can single out a person.",
    wrong: "attributes:\n  route: {row: usage, collected: default, type: string, max_length: 200, brief: route}\nmetrics:\n  requests: {name: requests, collected: default, brief: requests, instrument: counter, value: int, attributes: {route: required}}\n",
    right: "attributes:\n  route: {row: usage, collected: default, type: {enum: [home, search], other: other}, brief: route}\nmetrics:\n  requests: {name: requests, collected: default, brief: requests, instrument: counter, value: int, attributes: {route: required}}\n",
};

/// Looks at the domain of each attribute of a metric.
pub fn check_open_label(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (_, id, signal) in index.signals().filter(|(_, _, signal)| signal.measure.is_some()) {
        for (name, _) in signal.attributes.iter() {
            let Some(attribute) = index.attribute(&name.value) else { continue };
            let nullable = attribute.nullable.as_ref().filter(|nullable| nullable.value);
            let (message, place) = match (index.domain(attribute), nullable) {
                (Some(domain), _) if domain.count().is_none() => {
                    (format!("metric `{}` has `{}`, {}", id.value, name.value, kind(&domain)), attribute.ty.as_ref())
                }
                (_, Some(nullable)) => {
                    let message = format!("metric `{}` has `{}`, which may be null", id.value, name.value);
                    findings.push(
                        CHECK
                            .at(name.place, message)
                            .label(nullable.place, "here")
                            .help("make it `optional` instead: an absent label is a value of its own"),
                    );
                    continue;
                }
                _ => continue,
            };
            let finding = CHECK.at(name.place, message).help(
                "make it an enum (with `other: other` for everything else), a boolean, or an `int` with `minimum` and `maximum`",
            );
            findings.push(match place {
                Some(ty) => finding.label(ty.place, "its type"),
                None => finding,
            });
        }
    }
}

fn kind(domain: &Domain) -> &'static str {
    match domain {
        Domain::Int { .. } => "a number without bounds",
        Domain::Double { .. } => "a number that is not whole",
        Domain::String { .. } => "a text",
        Domain::Timestamp => "a point in time",
        Domain::List { .. } => "a list",
        Domain::Map { .. } => "a map",
        Domain::Json { .. } => "a JSON value",
        Domain::Object(_) => "an object",
        Domain::Boolean | Domain::Enum(_) => "closed",
    }
}
