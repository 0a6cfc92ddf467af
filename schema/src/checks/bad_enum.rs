//! An enum that cannot be one.

use std::collections::HashMap;

use crate::finding::quote;
use crate::index::{Index, innermost};
use crate::model::{Located, MemberModel, TypeModel};
use crate::names::{fault_of_id, variants};
use crate::repeats::seen_before;
use crate::{Check, Finding, Place, Severity};

/// Found by [`check_bad_enum`].
pub const CHECK: Check = Check {
    code: "E0204",
    severity: Severity::Error,
    waivable: false,
    title: "bad enum",
    what: "An enum has no members or more than 1000, has one twice, has one with control characters, or has two that \
           become the same Rust variant although their punctuation is spelt out.",
    why: "An enum is a closed domain: each member is one text on the wire, one variant in Rust, and one word in the docs. \
          Where its text makes no variant of its own, a member has a name for code: `{value: KB, name: kilobyte}`.",
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

fn check_members(members: &[MemberModel], place: Place, findings: &mut Vec<Finding>) {
    if members.is_empty() {
        findings
            .push(CHECK.at(place, "an enum without members admits nothing").help("list its texts: `{enum: [a, b]}`"));
    }
    if members.len() > MOST {
        let message = format!("an enum of {} members is longer than {MOST}", members.len());
        findings.push(CHECK.at(place, message).help("use a string with a `pattern` or a `max_length`"));
        return;
    }
    check_names(members, findings);
    let mut texts = HashMap::new();
    let mut taken = HashMap::new();
    for (member, variant) in members.iter().zip(variants(&members.iter().map(MemberModel::texts).collect::<Vec<_>>())) {
        let (text, place) = (member.value.value.as_str(), member.value.place);
        if let Some(first) = seen_before(&mut texts, text, place) {
            findings.push(
                CHECK
                    .at(place, format!("{} is a member twice", quote(text)))
                    .label(first, "first listed here")
                    .help("keep one of them"),
            );
        } else if text.contains(['\n', '\r', '\t']) {
            findings.push(
                CHECK.at(place, format!("{} has a control character", quote(text))).help("use printable characters"),
            );
        } else if let Some(other) = seen_before(&mut taken, variant.clone(), &member.value) {
            findings.push(alike(&member.value, other, &variant));
        }
    }
}

fn alike(member: &Located<String>, other: &Located<String>, variant: &str) -> Finding {
    let (text, other_text) = (quote(&member.value), quote(&other.value));
    CHECK
        .at(member.place, format!("{text} and {other_text} become the same variant in Rust"))
        .note(format!("becomes {variant}"))
        .label(other.place, "becomes the same")
        .help(format!("give one of them a name for code: `{{value: {:?}, name: …}}`", member.value))
}

/// Looks at the names for code.
fn check_names(members: &[MemberModel], findings: &mut Vec<Finding>) {
    for name in members.iter().filter_map(|member| member.name.as_ref()) {
        if let Some(fault) = fault_of_id(&name.value, false) {
            let message = format!("the name for code {} {fault}", quote(&name.value));
            findings.push(CHECK.at(name.place, message).help("use lower case letters, digits and `_`"));
        }
    }
}
