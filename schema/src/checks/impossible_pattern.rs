//! A pattern that no text matches.

use candor_domain::Shape;

use crate::index::Index;
use crate::model::AttributeModel;
use crate::{Check, Domain, Finding, Severity};

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
        let Some(pattern) = &attribute.pattern else { continue };
        let string = index.domain(attribute).is_none_or(|domain| matches!(domain.innermost(), Domain::String { .. }));
        let known = index.patterns.get(&pattern.value);
        let Some(why) = known.shape().filter(|_| string).and_then(|shape| why_impossible(shape, attribute)) else {
            continue;
        };
        let mut finding = CHECK.at(pattern.place, format!("no text matches this pattern: {why}"));
        if let Some(most) = attribute.max_length.as_ref().filter(|_| known.shape().is_some_and(Shape::is_possible)) {
            finding = finding.label(most.place, "the longest text").help("raise `max_length`, or correct the pattern");
        } else {
            finding = finding.help("begin it with its only `^`, and end it with its only `$`");
        }
        findings.push(finding);
    }
}

/// Returns the reason why no value of the attribute can have this shape.
pub(crate) fn why_impossible(shape: &Shape, attribute: &AttributeModel) -> Option<String> {
    if !shape.is_possible() {
        return Some("an anchor stands where text has to be before or after it".to_owned());
    }
    let most = attribute.max_length.as_ref().and_then(|most| usize::try_from(most.value).ok())?;
    let shortest = shape.shortest();
    (shortest > most).then(|| format!("the shortest text has {shortest} characters, and `max_length` is {most}"))
}
