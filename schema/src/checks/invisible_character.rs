//! A text with characters that do not show, or that change the direction of reading.

use crate::finding::quote;
use crate::read::node::{Node, Value};
use crate::{Check, Finding, Severity, invisible};

/// Found by [`check_invisible_character`].
pub const CHECK: Check = Check {
    code: "E0014",
    severity: Severity::Error,
    waivable: false,
    title: "invisible character",
    what: "A text of the catalogue has a control character, a character that changes the direction of reading, or one that \
           does not show. Joiners and variation selectors are fine where a script or an emoji needs them.",
    why: "A page that people read must not say something else than its bytes, and neither must a review of them.",
    wrong: "rows:\n  usage: {title: \"Usage\\u202E\"}\n",
    right: "rows:\n  usage: {title: Usage}\n",
};

/// Looks at every text that is a value. Names have characters of their own, which other checks know.
pub(crate) fn check_invisible_character(root: &Node, findings: &mut Vec<Finding>) {
    let mut waiting = vec![root];
    while let Some(node) = waiting.pop() {
        match &node.value {
            Value::Text(text) => findings.extend(look(text, node)),
            Value::List(items) => waiting.extend(items),
            Value::Mapping(pairs) => waiting.extend(pairs.iter().map(|(_, value)| value)),
            _ => {}
        }
    }
}

fn look(text: &str, node: &Node) -> Option<Finding> {
    let (_, char) = invisible(text).next()?;
    let message = format!("{} has the invisible character U+{:04X}", quote(text), char as u32);
    Some(CHECK.at(node.place, message).help("remove it, or write what shows"))
}
