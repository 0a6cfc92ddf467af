//! A pattern that no text matches.

use candor_domain::Shape;

use crate::index::{Index, patterns};
use crate::model::Located;
use crate::{Check, Finding, Severity};

/// Found by [`check_impossible_pattern`].
pub const CHECK: Check = Check {
    code: "E0218",
    severity: Severity::Error,
    waivable: false,
    title: "impossible pattern",
    what: "No text matches a `pattern`: all that do are longer than `max_length`, or an anchor stands in its middle.",
    why: "The attribute would never be sent, and the table says that it is.",
    wrong: "attributes:\n  key: {row: crew, collected: default, type: string, pattern: '^[0-9a-f]{32}$', max_length: 16, …}\n",
    right: "attributes:\n  key: {row: crew, collected: default, type: string, pattern: '^[0-9a-f]{32}$', max_length: 32, …}\n",
};

/// Compares each pattern with its own anchors and with its attribute's `max_length`.
pub fn check_impossible_pattern(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (_, attribute) in index.model.attributes.iter() {
        for (pattern, most) in patterns(index, attribute) {
            let known = index.patterns.get(&pattern.value);
            findings.extend(known.shape().and_then(|shape| finding(shape, pattern, most)));
        }
    }
}

fn finding(shape: &Shape, pattern: &Located<String>, most: Option<&Located<i64>>) -> Option<Finding> {
    let why = why_impossible(shape, most)?;
    let finding = CHECK.at(pattern.place, format!("no text matches this pattern: {why}"));
    Some(match most.filter(|_| shape.is_possible()) {
        Some(most) => finding.label(most.place, "the longest text").help("raise `max_length`, or correct the pattern"),
        None => finding.help("begin it with its only `^`, and end it with its only `$`"),
    })
}

/// Returns the reason why no text can have this shape.
pub(crate) fn why_impossible(shape: &Shape, most: Option<&Located<i64>>) -> Option<String> {
    if !shape.is_possible() {
        return Some("an anchor stands where text has to be before or after it".to_owned());
    }
    let most = most.and_then(|most| usize::try_from(most.value).ok())?;
    let shortest = shape.shortest();
    (shortest > most).then(|| format!("the shortest text has {shortest} characters, and `max_length` is {most}"))
}
