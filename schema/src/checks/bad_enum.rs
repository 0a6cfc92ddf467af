//! An enum that cannot be one.

use std::collections::HashMap;

use crate::finding::quote;
use crate::index::{Index, innermost};
use crate::model::{Located, TypeModel};
use crate::names::camel_case;
use crate::repeats::seen_before;
use crate::{Check, Finding, Place, Severity};

/// Found by [`check_bad_enum`].
pub const CHECK: Check = Check {
    code: "E0204",
    severity: Severity::Error,
    waivable: false,
    title: "bad enum",
    what: "An enum has no members or more than 1000, has one twice, has one with control characters, or has two that \
           become the same Rust variant.",
    why: "An enum is a closed domain: each member is one text on the wire, one variant in Rust, and one word in the docs.",
    wrong: "type: {enum: [sequential, sequential]}\n",
    right: "type: {enum: [sequential, hierarchical]}\n",
};

/// Most members of an enum. What has more is no closed domain.
const MOST: usize = 1000;

/// Looks at the members of every enum.
pub fn check_bad_enum(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for ty in index.model.attributes.iter().filter_map(|(_, attribute)| attribute.ty.as_ref()).map(innermost) {
        if let TypeModel::Enum(members) = &ty.value {
            check_members(members, ty.place, findings);
        }
    }
}

fn check_members(members: &[Located<String>], place: Place, findings: &mut Vec<Finding>) {
    if members.is_empty() {
        findings
            .push(CHECK.at(place, "an enum without members admits nothing").help("list its texts: `{enum: [a, b]}`"));
    }
    if members.len() > MOST {
        let message = format!("an enum of {} members is longer than {MOST}", members.len());
        findings.push(CHECK.at(place, message).help("use a string with a `pattern` or a `max_length`"));
        return;
    }
    let mut texts = HashMap::new();
    let mut variants = HashMap::new();
    for member in members {
        let text = member.value.as_str();
        if let Some(first) = seen_before(&mut texts, text, member.place) {
            findings.push(
                CHECK
                    .at(member.place, format!("{} is a member twice", quote(text)))
                    .label(first, "first listed here")
                    .help("keep one of them"),
            );
        } else if text.chars().any(char::is_control) {
            findings.push(
                CHECK
                    .at(member.place, format!("{} has a control character", quote(text)))
                    .help("use printable characters"),
            );
        } else if let Some(other) = seen_before(&mut variants, camel_case(text), member) {
            findings.push(
                CHECK
                    .at(
                        member.place,
                        format!("{} and {} become the same variant in Rust", quote(text), quote(&other.value)),
                    )
                    .note(format!("becomes {}", camel_case(text)))
                    .label(other.place, "becomes the same")
                    .help("keep one of them, or use a string with a `pattern`"),
            );
        }
    }
}
