//! A unit that is none.

use crate::finding::quote;
use crate::index::Index;
use crate::unit::{Unit, meant};
use crate::{Check, Finding, Severity};

/// Found by [`check_bad_unit`].
pub const CHECK: Check = Check {
    code: "E0242",
    severity: Severity::Error,
    waivable: false,
    title: "bad unit",
    what: "A `unit` is no code of UCUM as OpenTelemetry writes them: `ms`, `s`, `By`, `%`, `1`, `{request}`, `By/s`.",
    why: "Everybody who reads a number needs its unit in one spelling. From a unit of time follows that code may give a \
          `Duration`.",
    wrong: "attributes:\n  time: {row: usage, collected: default, type: int, unit: seconds, brief: time it took}\n",
    right: "attributes:\n  time: {row: usage, collected: default, type: int, unit: s, brief: time it took}\n",
};

/// Looks at the unit of every attribute and metric.
pub fn check_bad_unit(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let of_attributes = index.model.attributes.iter().filter_map(|(_, attribute)| attribute.unit.as_ref());
    let of_metrics = index.signals().filter_map(|(_, _, signal)| signal.measure.as_ref()?.unit.as_ref());
    for unit in of_attributes.chain(of_metrics) {
        if Unit::of(&unit.value).is_some() {
            continue;
        }
        let finding = CHECK.at(unit.place, format!("{} is no unit of UCUM", quote(&unit.value)));
        findings.push(match meant(&unit.value) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help("write `ms`, `s`, `By`, `1`, or `{thing}` for a count of things"),
        });
    }
}
