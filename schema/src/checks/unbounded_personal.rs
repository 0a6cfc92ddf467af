//! Personal data of any length.

use crate::index::{Index, innermost};
use crate::model::{AttributeModel, Personal, TypeModel};
use crate::{Check, Finding, Severity};

/// Found by [`check_unbounded_personal`].
pub const CHECK: Check = Check {
    code: "E0216",
    severity: Severity::Error,
    waivable: false,
    title: "unbounded personal data",
    what: "An attribute with `personal: possible` is a text whose `pattern` admits any length and has no `max_length`, or a \
           list without `max_items`.",
    why: "What may be personal is sent as briefly as it can be. A pattern such as `^[a-z ]*$` has room for a diary.",
    wrong: "attributes:\n  role: {row: agent, collected: default, type: string, pattern: '^[a-z ]*$', personal: possible, …}\n",
    right: "attributes:\n  role: {row: agent, collected: default, type: string, max_length: 256, personal: possible, …}\n",
};

/// Looks for attributes that may be personal and of any length.
pub fn check_unbounded_personal(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (name, attribute) in index.model.attributes.iter() {
        let personal = index.personal(attribute).filter(|personal| personal.value == Personal::Possible);
        let (Some(personal), Some(ty)) = (personal, &attribute.ty) else { continue };
        let list = matches!(ty.value, TypeModel::List(_));
        let string = matches!(&innermost(ty).value, TypeModel::Named(word) if word == "string");
        let mut report = |what: &str, bound: &'static str| {
            if !index.is_key_unread(name, bound) {
                let message = format!("`{}` may hold personal data, and {what}", name.value);
                findings.push(CHECK.at(personal.place, message).help(format!("add `{bound}: …`")));
            }
        };
        if list && attribute.max_items.is_none() {
            report("its list may be of any length", "max_items");
        }
        if string && has_endless_pattern(index, attribute) {
            report("its pattern admits texts of any length", "max_length");
        }
    }
}

/// Returns true if the pattern is the only bound, and is none.
fn has_endless_pattern(index: &Index<'_>, attribute: &AttributeModel) -> bool {
    let pattern = attribute.pattern.as_ref().filter(|_| attribute.max_length.is_none());
    pattern.is_some_and(|pattern| {
        let known = index.patterns.get(&pattern.value);
        known.shape().is_some_and(|shape| shape.is_possible() && shape.longest().is_none())
    })
}
