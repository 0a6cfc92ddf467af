//! Signatures for widenings that are none.

use super::bad_variable::fault_of_endpoint;
use crate::did_you_mean::{Near, near};
use crate::finding::quote;
use crate::index::Index;
use crate::model::{Located, ReviewModel};
use crate::section_names::SectionNames;
use crate::unread::Part;
use crate::version::{FORMS, is_day, parts};
use crate::{Check, Finding, Severity, SignalKind};

/// Found by [`check_bad_review`].
pub const CHECK: Check = Check {
    code: "E0501",
    severity: Severity::Error,
    waivable: false,
    title: "bad review",
    what: "An entry of `reviews` does not say who agreed to what: its version is none or newer than the head's, `who` is \
           blank, `when` is no day, `link` is no web address, or `widens` does not name one change each.",
    why: "What is collected by default grows only when somebody signed for it. A signature has to say for exactly what.",
    wrong: "reviews:\n  - {version: 1.1.0, who: the privacy team, when: today, link: https://example.com/12, widens: [attributes.*]}\n",
    right: "reviews:\n  - {version: 1.1.0, who: the privacy team, when: 2026-11-20, link: https://example.com/12, widens: [attributes.runs]}\n",
};

/// Looks at every entry of `reviews`.
pub fn check_bad_review(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for review in &index.model.reviews {
        check_version(index, review, findings);
        if let Some(who) = review.who.as_ref().filter(|who| who.value.trim().is_empty()) {
            findings.push(CHECK.at(who.place, "nobody signed this").help("say who agreed"));
        }
        if let Some(when) = review.when.as_ref().filter(|when| !is_day(&when.value)) {
            let message = format!("{} is no day", quote(&when.value));
            findings.push(CHECK.at(when.place, message).help("write it as 2026-11-20"));
        }
        if let Some(link) = &review.link
            && let Some((fault, _)) = fault_of_endpoint(&link.value)
        {
            let help = "link to where it was agreed, such as https://example.com/pull/12";
            findings.push(CHECK.at(link.place, format!("the link {fault}")).help(help));
        }
        let current = review.version.as_ref().map(|version| &version.value)
            == index.model.version.as_ref().map(|version| &version.value);
        for subject in &review.widens {
            // What was agreed to for an older version may be gone by now.
            findings.extend(fault_of_subject(subject, current.then_some(index)));
        }
    }
}

fn check_version(index: &Index<'_>, review: &ReviewModel, findings: &mut Vec<Finding>) {
    let Some(version) = &review.version else { return };
    let Some(numbers) = parts(&version.value) else {
        let message = format!("{} is no version", quote(&version.value));
        findings.push(CHECK.at(version.place, message).help(FORMS));
        return;
    };
    let head = index.model.version.as_ref();
    if let Some(head) = head.filter(|head| parts(&head.value).is_some_and(|head| head < numbers)) {
        findings.push(
            CHECK
                .at(version.place, format!("{} is newer than the catalogue, {}", version.value, head.value))
                .label(head.place, "the catalogue's version")
                .help(format!("raise the catalogue's `version` to {}, or correct this one", version.value)),
        );
    }
}

/// Finds a fault in the path of a change: in its form and, where the catalogue is given, names that are none.
fn fault_of_subject(subject: &Located<String>, index: Option<&Index<'_>>) -> Option<Finding> {
    let parts: Vec<&str> = subject.value.splitn(4, '.').collect();
    let attribute = |name| unknown("attribute", name, &index?.attributes);
    let kind = SignalKind::of_section;
    let unknown_of = |section, signal| unknown_signal(kind(section)?, signal, index?);
    let fault = match parts[..] {
        _ if subject.value.contains('*') => Some((format!("{} is more than one change", quote(&subject.value)), None)),
        ["service" | "endpoint"] | ["endpoints", _] | ["consent", "opt_in"] | ["consent", "opt_out", ..] => None,
        // An attribute that is gone widens where something had to carry it, so it may well not be here.
        ["attributes", _] => None,
        ["rows", row] => index.and_then(|index| unknown("row", row, &index.rows)),
        ["common" | "resource", name] => attribute(name),
        ["objects", object, "fields", _] => index.and_then(|index| unknown("object", object, &index.objects)),
        [section, signal] if kind(section).is_some() => unknown_of(section, signal),
        [section, signal, "attributes", name] if kind(section).is_some() => {
            unknown_of(section, signal).or_else(|| attribute(name))
        }
        _ => Some((format!("{} is no path of one change", quote(&subject.value)), None)),
    };
    fault.map(|(message, near)| {
        let help = "name each change by its path, as `candor diff` does: `attributes.…`, `spans.….attributes.…`";
        CHECK.at(subject.place, message).help(help).maybe_help(near)
    })
}

/// A message about a name that is none, and what may have been meant.
type Unknown = (String, Option<String>);

fn unknown(what: &str, name: &str, names: &SectionNames<'_>) -> Option<Unknown> {
    names.lacks(name).then(|| (format!("there is no {what} {}", quote(name)), names.near(name).map(help)))
}

fn unknown_signal(kind: SignalKind, id: &str, index: &Index<'_>) -> Option<Unknown> {
    let signals = || index.signals().filter(|signal| signal.0 == kind).map(|signal| signal.1.value.as_str());
    let missing = !index.is_unread(&[Part::Signals]) && signals().all(|signal| signal != id);
    missing.then(|| (format!("there is no {} {}", kind.word(), quote(id)), near(id, signals()).map(help)))
}

/// The name is only a part of the path, so there is nothing to correct without asking.
fn help(near: Near<'_>) -> String {
    format!("did you mean `{}`?", near.name)
}
