//! An enum that cannot be one.

use std::collections::HashMap;

use candor_domain::Choice;

use crate::finding::quote;
use crate::index::{Index, innermost, keys};
use crate::model::{EnumModel, Located, TypeModel};
use crate::names::{fault_of_id, variants};
use crate::repeats::seen_before;
use crate::{Check, Finding, Place, Severity};

/// Found by [`check_bad_enum`].
pub const CHECK: Check = Check {
    code: "E0204",
    severity: Severity::Error,
    waivable: false,
    title: "bad enum",
    what: "An enum has no members or more than 1000, has one twice, has one with control characters, has a whole number \
           beyond 2^53, or has two that become the same Rust variant although their punctuation is spelt out. In an open \
           enum, `other` is not among the members that are listed.",
    why: "Each member of an enum is one value on the wire, one variant in Rust, and one word in the docs. Where its text \
          makes no variant of its own, a member has a name for code: `{value: KB, name: kilobyte}`. Not every reader of \
          JSON tells numbers beyond 2^53 apart.",
    wrong: "type: {enum: [sequential, sequential]}\n",
    right: "type: {enum: [sequential, hierarchical]}\n",
};

/// Most members of an enum. What has more is no closed domain.
const MOST: usize = 1000;

/// Looks at the members of every enum.
pub fn check_bad_enum(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for ty in index.model.attributes.iter().filter_map(|(_, attribute)| attribute.ty.as_ref()).map(innermost) {
        if let TypeModel::Enum(model) = &ty.value {
            check_members(model, ty.place, findings);
        }
    }
    for keys in index.model.attributes.iter().filter_map(|(_, attribute)| keys(attribute)) {
        let mut seen = HashMap::new();
        for member in &keys.value.members {
            if let Some(first) = seen_before(&mut seen, member.value.as_str(), member.place) {
                findings.push(
                    CHECK
                        .at(member.place, format!("{} is a key twice", quote(&member.value)))
                        .label(first, "first listed here")
                        .help("keep one of them"),
                );
            }
        }
    }
}

/// Largest whole number that every reader of JSON tells from the next one.
const EXACT: i64 = 1 << 53;

fn check_members(model: &EnumModel, place: Place, findings: &mut Vec<Finding>) {
    let members = &model.members;
    if members.is_empty() {
        findings
            .push(CHECK.at(place, "an enum without members admits nothing").help("list its texts: `{enum: [a, b]}`"));
    }
    if members.len() > MOST {
        let message = format!("an enum of {} members is longer than {MOST}", members.len());
        findings.push(CHECK.at(place, message).help("use a string with a `pattern` or a `max_length`"));
        return;
    }
    check_names(model, findings);
    let mut values = HashMap::new();
    let mut taken = HashMap::new();
    for (member, variant) in model.all().zip(variants(&model.texts())) {
        let (text, place) = (member.value.value.to_string(), member.value.place);
        if let Some(first) = seen_before(&mut values, meaning(&member.value.value), place) {
            findings.push(
                CHECK
                    .at(place, format!("{} is a member twice", quote(&text)))
                    .label(first, "first listed here")
                    .help("keep one of them"),
            );
        } else if text.contains(['\n', '\r', '\t']) {
            findings.push(
                CHECK.at(place, format!("{} has a control character", quote(&text))).help("use printable characters"),
            );
        } else if matches!(member.value.value, Choice::Int(value) if !(-EXACT..=EXACT).contains(&value)) {
            findings.push(CHECK.at(place, format!("{text} is beyond 2^53")).help("write it as a text"));
        } else if let Some(other) = seen_before(&mut taken, variant.clone(), &member.value) {
            findings.push(alike(&member.value, other, &variant));
        }
    }
}

/// The value in a form in which equal ones are the same: `3` and `3.0` are.
fn meaning(member: &Choice) -> (char, String) {
    match member {
        Choice::Text(text) => ('t', text.to_string()),
        Choice::Boolean(value) => ('b', value.to_string()),
        Choice::Int(value) => ('n', format!("{:?}", *value as f64)),
        Choice::Double(value) => ('n', format!("{value:?}")),
    }
}

fn alike(member: &Located<Choice>, other: &Located<Choice>, variant: &str) -> Finding {
    let (text, other_text) = (quote(&member.value.to_string()), quote(&other.value.to_string()));
    let written = match &member.value {
        Choice::Text(text) => format!("{text:?}"),
        other => other.to_string(),
    };
    CHECK
        .at(member.place, format!("{text} and {other_text} become the same variant in Rust"))
        .note(format!("becomes {variant}"))
        .label(other.place, "becomes the same")
        .help(format!("give one of them a name for code: `{{value: {written}, name: …}}`"))
}

/// Looks at the names for code.
fn check_names(model: &EnumModel, findings: &mut Vec<Finding>) {
    for name in model.all().filter_map(|member| member.name.as_ref()) {
        if let Some(fault) = fault_of_id(&name.value, false) {
            let message = format!("the name for code {} {fault}", quote(&name.value));
            findings.push(CHECK.at(name.place, message).help("use lower case letters, digits and `_`"));
        }
    }
}
