//! Signatures: whether somebody agreed to each widening, and to nothing else; and whether the version was raised.

use std::collections::HashSet;

use super::{Change, Class, Diff, Side};
use crate::checks::signatures::{BROAD_SIGNATURE, STALE_SIGNATURE, UNSIGNED_WIDENING, VERSION_NOT_RAISED};
use crate::finding::quote;
use crate::version::parts;
use crate::{Catalogue, Finding, Place, Review, did_you_mean};

/// Judges the changes between two catalogues: gives all findings, with places in the new one. A change that is more
/// than wording passes when the version was raised; a widening also needs a new entry of `reviews` that names it.
pub fn judge(diff: &Diff, old: &Catalogue, new: &Catalogue) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        diff.widening().filter(|change| !change.signed).map(|change| unsigned(change, diff, new)).collect();
    findings.extend(not_raised(diff, new));
    findings.extend(new_signatures(old, new).filter_map(|signature| idle(&signature, diff)));
    findings.sort_by_key(|finding| finding.place);
    findings
}

/// Finds a version that stayed, or went back, while more than wording changed.
fn not_raised(diff: &Diff, new: &Catalogue) -> Option<Finding> {
    let gravest = diff.changes.iter().flat_map(|change| &change.classes).min()?;
    if *gravest == Class::Wording || diff.is_raised() {
        return None;
    }
    let what = match gravest {
        Class::Widens => "more can leave",
        Class::AddsOptIn => "more can leave after opting in",
        Class::Narrows => "less can leave",
        _ => "what leaves has another form",
    };
    let version = match parts(&diff.from) == parts(&diff.to) {
        true => format!("is still {}", diff.to),
        false => format!("went back from {} to {}", diff.from, diff.to),
    };
    let message = format!("{what}, and the version {version}");
    let help = format!("raise it to {}", diff.suggested_version());
    Some(VERSION_NOT_RAISED.at(new.head.place("version"), message).help(help))
}

/// Marks the changes that somebody signed for.
pub(super) fn mark(old: &Catalogue, new: &Catalogue, changes: &mut [Change]) {
    let [from, to] = [old, new].map(|catalogue| parts(&catalogue.head.version));
    let due = |signature: &Signature| {
        let version = parts(&signature.review.version);
        version == to || version > from && version < to
    };
    let signed: HashSet<&str> = new_signatures(old, new).filter(due).map(|signature| signature.subject).collect();
    for change in changes {
        change.signed = change.widens() && signed.contains(change.subject.as_str());
    }
}

/// One subject of one review.
struct Signature<'c> {
    review: &'c Review,
    subject: &'c str,
    place: Place,
}

/// The signatures that the old catalogue does not have.
fn new_signatures<'c>(old: &'c Catalogue, new: &'c Catalogue) -> impl Iterator<Item = Signature<'c>> {
    let known: HashSet<_> = signatures(old).map(|signature| signature.key()).collect();
    signatures(new).filter(move |signature| !known.contains(&signature.key()))
}

fn signatures(catalogue: &Catalogue) -> impl Iterator<Item = Signature<'_>> {
    catalogue.head.reviews.iter().flat_map(|review| {
        review.widens.iter().map(move |subject| Signature { review, subject: &subject.value, place: subject.place })
    })
}

impl<'c> Signature<'c> {
    /// Everything but its place.
    fn key(&self) -> [&'c str; 5] {
        let Review { version, who, when, link, .. } = self.review;
        [version, who, when, link, self.subject]
    }
}

fn unsigned(change: &Change, diff: &Diff, new: &Catalogue) -> Finding {
    let version = if diff.is_raised() { diff.to.clone() } else { diff.suggested_version() };
    // What is gone has no place in the new catalogue; whoever took it out has to raise the version there.
    let place = if change.side == Side::New { change.place } else { new.head.place("version") };
    UNSIGNED_WIDENING
        .at(place, format!("{}; nobody signed for it", change.sentence))
        .help(format!("when it is agreed, add to `reviews` an entry for {version} with `widens: [{}]`", change.subject))
}

/// Finds a signature that no widening needs.
fn idle(signature: &Signature<'_>, diff: &Diff) -> Option<Finding> {
    let (subject, version) = (signature.subject, &signature.review.version);
    let (numbers, from, to) = (parts(version), parts(&diff.from), parts(&diff.to));
    let remove = format!("remove {} from this entry", quote(subject));
    if numbers != to {
        // What a version in between widened may have been taken back since.
        let older = numbers <= from;
        return older.then(|| {
            STALE_SIGNATURE
                .at(signature.place, format!("this signs for {version}, which is not the new version"))
                .help(format!("sign for {}, or {remove}", diff.to))
        });
    }
    if diff.widening().any(|change| change.subject == subject) {
        return None;
    }
    let inside = format!("{subject}.");
    let parts: Vec<_> = diff.widening().filter(|change| change.subject.starts_with(&inside)).collect();
    if let Some(first) = parts.first() {
        return Some(
            BROAD_SIGNATURE
                .at(signature.place, format!("{} does not widen, only a part of it does", quote(subject)))
                .help(format!("sign for {}", quote(&first.subject))),
        );
    }
    let unsigned = diff.widening().filter(|change| !change.signed).map(|change| change.subject.as_str());
    let help = match did_you_mean(subject, unsigned) {
        Some(near) => format!("did you mean {}? If not, {remove}", quote(near)),
        None => remove,
    };
    Some(STALE_SIGNATURE.at(signature.place, format!("{} does not widen", quote(subject))).help(help))
}
