//! A metric with more series than anybody wants to keep.

use candor_domain::MOST_SERIES;

use crate::index::Index;
use crate::model::Requirement;
use crate::{Check, Finding, Severity};

/// Found by [`check_too_many_series`].
pub const CHECK: Check = Check {
    code: "E0262",
    severity: Severity::Error,
    waivable: false,
    title: "too many series",
    what: "The values of a metric's attributes combine to more than 2,000 series. The absence of an optional one counts as a \
           value.",
    why: "Each series takes memory in the program and in the database, whether it is used or not.",
    wrong: "attributes:\n  port: {row: usage, collected: default, type: int, minimum: 0, maximum: 65535, brief: port}\nmetrics:\n  requests: {name: requests, collected: default, brief: requests, instrument: counter, value: int, attributes: {port: required}}\n",
    right: "attributes:\n  secure: {row: usage, collected: default, type: boolean, brief: whether over TLS}\nmetrics:\n  requests: {name: requests, collected: default, brief: requests, instrument: counter, value: int, attributes: {secure: required}}\n",
};

/// Multiplies the choices of each metric's attributes.
pub fn check_too_many_series(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (_, id, signal) in index.signals().filter(|(_, _, signal)| signal.measure.is_some()) {
        let choices = signal.attributes.iter().map(|(name, requirement)| {
            let domain = index.domain(index.attribute(&name.value)?)?;
            Some((&name.value, domain.choices(requirement.value == Requirement::Required)?))
        });
        // One that cannot be counted is reported for that.
        let Some(choices) = choices.collect::<Option<Vec<_>>>() else { continue };
        let product = choices.iter().fold(1_u64, |product, (_, count)| product.saturating_mul(*count));
        if product > MOST_SERIES {
            let factors: Vec<_> = choices.iter().map(|(name, count)| format!("{count} of `{name}`")).collect();
            findings.push(
                CHECK
                    .at(id.place, format!("metric `{}` has {product} series, more than {MOST_SERIES}", id.value))
                    .note(format!("{} (an optional one counts once more, for its absence)", factors.join(" × ")))
                    .help("leave out an attribute, or give it fewer values: wider ranges, an enum of classes"),
            );
        }
    }
}
