//! Two names that differ in a letter, an underscore or a plural.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::index::Index;
use crate::model::{Entries, Located, TypeModel};
use crate::names::{camel_case, fault_of_id};
use crate::repeats::seen_before;
use crate::{Check, Finding, Severity};

/// Found by [`check_near_duplicate_name`].
pub const CHECK: Check = Check {
    code: "W0302",
    severity: Severity::Warning,
    waivable: true,
    title: "near-duplicate name",
    what: "Two rows, two attributes, two objects or two signals have names that differ in an underscore, a plural, or one \
           letter of a word of five or more. A list may be the plural of what is no list, and digits may differ.",
    why: "They are the same thing written twice, or will be taken for each other.",
    wrong: "attributes:\n  tool_name: {row: tool, collected: default, …}\n  toolname: {row: tool, collected: default, …}\n",
    right: "attributes:\n  tool_name: {row: tool, collected: default, …}\n",
};

/// Compares the names of each section.
pub fn check_near_duplicate_name(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let model = index.model;
    report("rows", names(&model.rows), findings);
    let attributes = model.attributes.iter().map(|(name, attribute)| {
        let list = attribute.ty.as_ref().is_some_and(|ty| matches!(ty.value, TypeModel::List(_)));
        Name { name, list }
    });
    report("attributes", attributes, findings);
    report("objects", names(&model.objects), findings);
    report("signals", names(&model.spans).chain(names(&model.events)), findings);
}

#[derive(Clone, Copy)]
struct Name<'m> {
    name: &'m Located<String>,
    /// True if it names lists.
    list: bool,
}

fn names<T>(entries: &Entries<T>) -> impl Iterator<Item = Name<'_>> {
    entries.iter().map(|(name, _)| Name { name, list: false })
}

fn report<'m>(what: &str, names: impl Iterator<Item = Name<'m>>, findings: &mut Vec<Finding>) {
    let mut alike = HashMap::new();
    let mut misspelt = HashMap::new();
    for name in names.filter(|name| fault_of_id(&name.name.value, false).is_none()) {
        let same = seen_before(&mut alike, folded(&name.name.value), name).filter(|other| is_another(*other, name));
        let other = same.or_else(|| {
            let spellings = spellings(&name.name.value).into_iter();
            let others: Vec<Name> = spellings.filter_map(|hash| seen_before(&mut misspelt, hash, name)).collect();
            others.into_iter().find(|other| is_one_letter_apart(&other.name.value, &name.name.value))
        });
        if let Some(other) = other {
            let message =
                format!("the {what} `{}` and `{}` have nearly the same name", other.name.value, name.name.value);
            findings.push(
                CHECK
                    .at(name.name.place, message)
                    .label(other.name.place, "the other one")
                    .help("make one of them, or give one a name that says what is different")
                    .about(name.name.place)
                    .about(other.name.place),
            );
        }
    }
}

/// Returns true for names that fold alike, must be told apart, and are not the business of `bad_name` or
/// `duplicate_key`.
fn is_another(one: Name<'_>, other: Name<'_>) -> bool {
    let (a, b) = (&one.name.value, &other.name.value);
    let plural_of_the_other = one.list != other.list && a.replace('_', "") != b.replace('_', "");
    camel_case(a) != camel_case(b) && !plural_of_the_other
}

/// A name without underscores and plurals.
fn folded(name: &str) -> String {
    name.split('_').map(singular).collect()
}

fn singular(word: &str) -> &str {
    let stays = word.len() < 4 || ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    word.strip_suffix('s').filter(|_| !stays).unwrap_or(word)
}

/// Shortest word in which a letter is looked for.
const SHORTEST: usize = 5;

/// Hashes the spellings that a name shares with all that are one letter apart: the name, and the name without one
/// letter.
fn spellings(name: &str) -> Vec<u64> {
    let hash = |before: &str, after: &str| {
        let mut hasher = DefaultHasher::new();
        before.bytes().chain(after.bytes()).for_each(|byte| byte.hash(&mut hasher));
        hasher.finish()
    };
    let mut hashes = vec![hash(name, "")];
    let mut start = 0;
    for word in name.split('_') {
        let letters =
            word.bytes().enumerate().skip(1).filter(|(_, byte)| word.len() >= SHORTEST && byte.is_ascii_alphabetic());
        hashes.extend(letters.map(|(at, _)| hash(&name[..start + at], &name[start + at + 1..])));
        start += word.len() + 1;
    }
    hashes.dedup();
    hashes
}

/// Returns true if all words are the same but one, and that has one letter more, less, or another one.
fn is_one_letter_apart(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.split('_'), other.split('_'));
    let mut different = None;
    loop {
        match (one.next(), other.next()) {
            (None, None) => break,
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) if different.is_none() => different = Some((a, b)),
            _ => return false,
        }
    }
    different.is_some_and(|(a, b)| {
        let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
        a.len().min(b.len()) >= SHORTEST
            && a.as_bytes()[0] == b.as_bytes()[0]
            && digits(a) == digits(b)
            && singular(a) != singular(b)
            && strsim::osa_distance(a, b) == 1
    })
}
