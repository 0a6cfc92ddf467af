//! An example that could never be sent.

use crate::checks::impossible_pattern::why_impossible;
use crate::checks::misplaced_bound::is_empty_range;
use crate::example::{DomainError, admits};
use crate::finding::quote;
use crate::index::{Index, innermost, resolve_example};
use crate::model::{AttributeModel, ExampleModel, TypeModel};
use crate::{Check, Finding, Severity};

/// Found by [`check_bad_example`].
pub const CHECK: Check = Check {
    code: "E0205",
    severity: Severity::Error,
    waivable: false,
    title: "bad example",
    what: "An example is outside the type or the bounds of its attribute.",
    why: "Examples are what people read in the table. One that cannot be sent tells them something untrue.",
    wrong: "attributes:\n  runs: {row: usage, collected: default, type: int, minimum: 0, brief: runs, examples: [-1]}\n",
    right: "attributes:\n  runs: {row: usage, collected: default, type: int, minimum: 0, brief: runs, examples: [1]}\n",
};

/// Holds every example against its attribute's domain.
pub fn check_bad_example(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (_, attribute) in index.model.attributes.iter().filter(|(_, attribute)| !attribute.examples.is_empty()) {
        let Some(domain) = index.domain(attribute).filter(|_| has_domain(index, attribute)) else { continue };
        for example in &attribute.examples {
            let verdict = match resolve_example(&example.value) {
                Some(example) => admits(&domain, &example),
                None => Err(DomainError("is beyond 64 bits".to_owned())),
            };
            if let Err(DomainError(why)) = verdict {
                let message = format!("the example {} {why}", quote(&show(&example.value)));
                findings.push(CHECK.at(example.place, message).help("show a value that can be sent"));
            }
        }
    }
}

/// Returns true if the attribute admits any value. If it does not, that is a finding already.
fn has_domain(index: &Index<'_>, attribute: &AttributeModel) -> bool {
    let members = attribute.ty.as_ref().map(|ty| &innermost(ty).value);
    let no_member = matches!(members, Some(TypeModel::Enum(members)) if members.is_empty());
    let pattern = attribute.pattern.as_ref().map(|pattern| index.patterns.get(&pattern.value));
    let no_text = pattern.is_some_and(|pattern| match pattern.shape() {
        Some(shape) => why_impossible(shape, attribute).is_some(),
        None => true,
    });
    !no_member && !no_text && !is_empty_range(attribute)
}

fn show(example: &ExampleModel) -> String {
    match example {
        ExampleModel::Boolean(value) => value.to_string(),
        ExampleModel::Integer(value) => value.to_string(),
        ExampleModel::Double(value) => value.to_string(),
        ExampleModel::Text(value) => value.clone(),
        ExampleModel::List(items) => format!("[{}]", items.iter().take(80).map(show).collect::<Vec<_>>().join(", ")),
    }
}
