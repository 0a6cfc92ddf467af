//! An example that could never be sent.

use std::collections::HashMap;

use regex_lite::Regex;

use crate::checks::bad_pattern::fault_of_pattern;
use crate::checks::misplaced_bound::is_empty_range;
use crate::domain::{DomainError, admits_by};
use crate::finding::quote;
use crate::index::{Index, innermost, resolve_example};
use crate::model::{AttributeModel, ExampleModel, TypeModel};
use crate::{Check, Finding, Severity};

/// Found by [`check_bad_example`].
pub const CHECK: Check = Check {
    code: "E0205",
    severity: Severity::Error,
    title: "bad example",
    what: "An example is outside the type or the bounds of its attribute.",
    why: "Examples are what people read in the table. One that cannot be sent tells them something untrue.",
    wrong: "attributes:\n  runs: {row: usage, collected: default, type: int, minimum: 0, brief: runs, examples: [-1]}\n",
    right: "attributes:\n  runs: {row: usage, collected: default, type: int, minimum: 0, brief: runs, examples: [1]}\n",
};

/// Holds every example against its attribute's domain.
pub fn check_bad_example(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let mut regexes: HashMap<String, Option<Regex>> = HashMap::new();
    let mut matches = |text: &str, pattern: &str| {
        if !regexes.contains_key(pattern) {
            regexes.insert(pattern.to_owned(), Regex::new(pattern).ok());
        }
        regexes[pattern].as_ref().is_none_or(|regex| regex.is_match(text))
    };
    let mut faults: HashMap<&str, bool> = HashMap::new();
    for (_, attribute) in index.model.attributes.iter().filter(|(_, attribute)| !attribute.examples.is_empty()) {
        let Some(ty) = index.ty(attribute).filter(|_| has_domain(attribute)) else { continue };
        let pattern = attribute.pattern.as_ref().map(|pattern| pattern.value.as_str());
        let fault = |pattern| *faults.entry(pattern).or_insert_with(|| fault_of_pattern(pattern).is_some());
        if pattern.is_some_and(fault) {
            continue;
        }
        for example in &attribute.examples {
            let verdict = match resolve_example(&example.value) {
                Some(example) => admits_by(&ty, &example, &mut matches),
                None => Err(DomainError("is beyond 64 bits".to_owned())),
            };
            if let Err(DomainError(why)) = verdict {
                let message = format!("the example {} {why}", quote(&show(&example.value)));
                findings.push(CHECK.at(example.place, message).help("show a value that can be sent"));
            }
        }
    }
}

/// Whether there are values to be an example at all. Where not, that is a finding already.
fn has_domain(attribute: &AttributeModel) -> bool {
    let members = attribute.ty.as_ref().map(|ty| &innermost(ty).value);
    !matches!(members, Some(TypeModel::Enum(members)) if members.is_empty()) && !is_empty_range(attribute)
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
