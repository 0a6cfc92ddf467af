//! A bound or a note that does not fit its attribute's type.

use crate::index::Index;
use crate::model::{AttributeModel, Located, Number, OnViolation};
use crate::{Check, Domain, Finding, Place, Severity};

/// Found by [`check_misplaced_bound`].
pub const CHECK: Check = Check {
    code: "E0206",
    severity: Severity::Error,
    waivable: false,
    title: "misplaced bound",
    what: "A bound does not fit the type: `max_length` on a number, `minimum` or `unit` on a text, `max_items` on what is no \
           list, a fraction for an `int`, a negative length, a minimum above the maximum. The same for `on_violation: truncate`, \
           `free_text` and `identifier`.",
    why: "A bound that bounds nothing looks like a promise and is none.",
    wrong: "attributes:\n  runs: {row: usage, collected: default, type: int, max_length: 9, brief: number of runs}\n",
    right: "attributes:\n  runs: {row: usage, collected: default, type: int, maximum: 999999999, brief: number of runs}\n",
};

/// Holds the bounds of every attribute against its type.
pub fn check_misplaced_bound(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (name, attribute) in index.model.attributes.iter() {
        if let Some(domain) = index.domain(attribute) {
            check_attribute(&name.value, attribute, &domain, findings);
        }
    }
}

fn check_attribute(name: &str, attribute: &AttributeModel, domain: &Domain, findings: &mut Vec<Finding>) {
    let string = matches!(domain.innermost(), Domain::String { .. });
    let int = matches!(domain.innermost(), Domain::Int { .. });
    let number = int || matches!(domain.innermost(), Domain::Double { .. });
    let list = matches!(domain, Domain::List { .. });
    let mut misplaced = |place: Place, key: &str, what: &str| {
        let message = format!("`{key}` is for {what}, which attribute `{name}` is not");
        findings.push(CHECK.at(place, message).help(format!("remove `{key}`, or change the type")));
    };
    for bound in attribute.max_length.iter().filter(|_| !string) {
        misplaced(bound.place, "max_length", "strings");
    }
    for bound in attribute.pattern.iter().filter(|_| !string) {
        misplaced(bound.place, "pattern", "strings");
    }
    for (key, bound) in [("minimum", &attribute.minimum), ("maximum", &attribute.maximum)] {
        for bound in bound.iter().filter(|_| !number) {
            misplaced(bound.place, key, "numbers");
        }
    }
    for unit in attribute.unit.iter().filter(|_| !number) {
        misplaced(unit.place, "unit", "numbers");
    }
    for bound in attribute.max_items.iter().filter(|_| !list) {
        misplaced(bound.place, "max_items", "lists");
    }
    for free_text in attribute.free_text.iter().filter(|free_text| free_text.value && !string) {
        misplaced(free_text.place, "free_text", "strings");
    }
    for identifier in attribute.identifier.iter().filter(|_| !string && !int) {
        misplaced(identifier.place, "identifier", "strings and ints");
    }
    let truncate = attribute.on_violation.as_ref().filter(|violation| violation.value == OnViolation::Truncate);
    if let Some(truncate) = truncate {
        if !string {
            misplaced(truncate.place, "on_violation: truncate", "strings");
        } else if let Some(pattern) = &attribute.pattern {
            findings.push(
                CHECK
                    .at(truncate.place, "a text that has to match a pattern cannot be cut to fit")
                    .label(pattern.place, "the pattern")
                    .help("use `on_violation: drop`, or a `max_length` instead of the pattern"),
            );
        }
    }
    check_values(attribute, [(string, &attribute.max_length), (list, &attribute.max_items)], int, number, findings);
}

/// Looks at the bounds themselves, where they are not misplaced as a whole.
fn check_values(
    attribute: &AttributeModel,
    sizes: [(bool, &Option<Located<i64>>); 2],
    int: bool,
    number: bool,
    findings: &mut Vec<Finding>,
) {
    for size in sizes.into_iter().filter_map(|(fits, size)| size.as_ref().filter(|size| fits && size.value < 0)) {
        findings.push(CHECK.at(size.place, "a size cannot be negative").help("use a whole number from 0"));
    }
    let bounds = [&attribute.minimum, &attribute.maximum];
    for bound in bounds.into_iter().flatten().filter(|bound| int && matches!(bound.value, Number::Double(_))) {
        findings.push(
            CHECK
                .at(bound.place, "the bound of an int has to be a whole number")
                .help("write it without a fraction, or make the attribute a `double`"),
        );
    }
    if let (Some(minimum), Some(maximum), true) =
        (&attribute.minimum, &attribute.maximum, number && is_empty_range(attribute))
    {
        findings.push(
            CHECK
                .at(minimum.place, "the minimum is greater than the maximum")
                .label(maximum.place, "the maximum")
                .help("swap them"),
        );
    }
}

/// Returns true if no number is within the attribute's bounds.
pub(crate) fn is_empty_range(attribute: &AttributeModel) -> bool {
    let value = |bound: &Option<Located<Number>>| bound.as_ref().map(|bound| bound.value);
    match (value(&attribute.minimum), value(&attribute.maximum)) {
        (Some(Number::Integer(minimum)), Some(Number::Integer(maximum))) => minimum > maximum,
        (Some(minimum), Some(maximum)) => minimum.as_f64() > maximum.as_f64(),
        _ => false,
    }
}
