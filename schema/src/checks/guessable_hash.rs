//! A hash without a salt whose source has few values.

use crate::index::Index;
use crate::model::{IdentifierModel, IdentifierSource};
use crate::{Check, Domain, Finding, Severity};

/// Found by [`check_guessable_hash`].
pub const CHECK: Check = Check {
    code: "E0221",
    severity: Severity::Error,
    waivable: true,
    title: "guessable hash",
    what: "An identifier is a hash without a salt of attributes that have few values: a boolean, an enum, an `int` in a \
           small range, in any combination of less than a million.",
    why: "The recipient can hash every value and look which it was, so the hash hides nothing. It says the same as the value, \
          in a form that people take for anonymous.",
    wrong: "attributes:\n  plan: {type: {enum: [free, paid]}, …}\n  customer: {identifier: {source: hash, of: [plan]}, …}\n",
    right: "attributes:\n  plan: {type: {enum: [free, paid]}, …}\n  customer: {identifier: {source: hash, of: [plan], salted: true, scope: installation}, …}\n",
};

/// Fewer values than this are tried in no time.
const FEW: u128 = 1_000_000;

/// Counts the values behind every hash without a salt.
pub fn check_guessable_hash(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (name, attribute) in index.model.attributes.iter() {
        let Some(identifier) = &attribute.identifier else { continue };
        let IdentifierModel::Mapping { source: Some(source), of, salted, .. } = &identifier.value else { continue };
        let is_salted = salted.as_ref().is_some_and(|salted| salted.value);
        if source.value != IdentifierSource::Hash || is_salted || of.is_empty() {
            continue;
        }
        let values = of.iter().map(|of| count(&index.domain(index.attribute(&of.value)?)?));
        let Some(count) =
            values.collect::<Option<Vec<_>>>().map(|counts| counts.into_iter().fold(1, u128::saturating_mul))
        else {
            continue;
        };
        if count < FEW {
            let message = format!("`{}` is a hash of one of {count} values, which anybody can try", name.value);
            findings.push(
                CHECK
                    .at(source.place, message)
                    .label(of[0].place, "what it is made of")
                    .help("give it a salt, or send the value itself, which says no more")
                    .about(name.place),
            );
        }
    }
}

/// Counts the values of a domain, where they are certainly few.
fn count(domain: &Domain) -> Option<u128> {
    match domain {
        Domain::Boolean => Some(2),
        Domain::Enum(members) => Some(members.iter().count() as u128),
        Domain::Int { minimum, maximum } => Some((i128::from(*maximum) - i128::from(*minimum) + 1) as u128),
        _ => None,
    }
}
