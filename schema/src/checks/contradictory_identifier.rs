//! An identifier that is said to come from elsewhere than its `identifier` says.

use crate::index::Index;
use crate::model::{AttributeModel, IdentifierModel, IdentifierScope, IdentifierSource, Located, Personal};
use crate::names::words;
use crate::{Check, Finding, Severity};

/// Found by [`check_contradictory_identifier`].
pub const CHECK: Check = Check {
    code: "E0217",
    severity: Severity::Error,
    waivable: true,
    title: "contradictory identifier",
    what: "A `brief` calls an attribute random, and it is a content hash or has `derived_from`; or `identifier` says random, \
           and the `brief` calls it a hash, or the name or the `brief` says that it is kept: an installation's, a machine's, \
           a persistent one. An identifier that was drawn once and is kept is `identifier: stable`, or says so by its \
           `scope`. Or a mapping contradicts itself: `random` with `of`, `hash` without it, a `salted` that hashes nothing, \
           `hardware` that changes from run to run, `rotates` on what cannot, or an account's identifier in which there \
           is `personal: none`.",
    why: "A random key tells nothing. A hash tells whether two people run the same thing, a kept one that it is the same \
          person again, and people read the word “random” as a promise.",
    wrong: "attributes:\n  crew_key: {identifier: content_hash, brief: randomly generated key, …}\n",
    right: "attributes:\n  crew_key: {identifier: content_hash, brief: hash of the crew’s texts, …}\n",
};

const RANDOM: &[&str] = &["random", "randomly", "randomised", "randomized"];
const HASH: &[&str] = &["hash", "hashed", "digest", "fingerprint", "md5", "sha1", "sha256", "sha512"];
const KEPT: &[&str] = &[
    "kept",
    "persistent",
    "persisted",
    "persists",
    "permanent",
    "permanently",
    "stable",
    "installation",
    "installations",
    "machine",
    "machines",
    "device",
    "devices",
];
const NEGATIONS: &[&str] = &["not", "non", "no", "never", "without"];

/// Compares what each attribute says of where it comes from.
pub fn check_contradictory_identifier(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (name, attribute) in index.model.attributes.iter() {
        let found =
            contradiction(&name.value, attribute).or_else(|| contradiction_within(&name.value, attribute, index));
        findings.extend(found.map(|finding| finding.about(name.place)));
    }
}

/// Finds a mapping that contradicts itself, or what else the attribute says.
fn contradiction_within<'m>(name: &str, attribute: &'m AttributeModel, index: &Index<'m>) -> Option<Finding> {
    let identifier = attribute.identifier.as_ref()?;
    let IdentifierModel::Mapping { source, of, salted, scope, rotates } = &identifier.value else { return None };
    let source = source.as_ref()?;
    let salted = salted.as_ref().filter(|salted| salted.value);
    let scope_is = |within: fn(IdentifierScope) -> bool| scope.as_ref().filter(|scope| within(scope.value));
    let find = |place, message: String, help: &str| {
        Some(CHECK.at(place, message).label(source.place, "where it comes from").help(help))
    };
    let passing = scope_is(|scope| scope <= IdentifierScope::Run);
    match source.value {
        IdentifierSource::Random => {
            if let Some(of) = of.first() {
                let message = format!("`{name}` is said to be random, and made of `{}`", of.value);
                return find(of.place, message, "remove `of`, or make it `source: hash`");
            }
            if scope.is_none() {
                let message = format!("`{name}` is drawn at random, and nothing says what it stays the same for");
                return find(identifier.place, message, "add `scope: …`, or write `identifier: random`");
            }
        }
        IdentifierSource::Hash => {
            if of.is_empty() && !index.is_key_unread_at(identifier.place, "of") {
                return find(
                    source.place,
                    format!("`{name}` is a hash, and nothing says what of"),
                    "add `of: […]`: attributes, or words",
                );
            }
            if let Some(passing) = passing.filter(|_| salted.is_none() && !has_passing(of, index)) {
                let message = format!("`{name}` is a hash without a salt, which is the same in every run");
                return find(passing.place, message, "give it a salt, or a wider `scope`");
            }
        }
        IdentifierSource::Hardware => {
            if let Some(scope) = scope_is(|scope| scope != IdentifierScope::Machine) {
                let message = format!("`{name}` is read from the machine, and is the same for that, not for its scope");
                return find(scope.place, message, "make it `scope: machine`");
            }
        }
        IdentifierSource::Account => {
            if let Some(scope) = scope_is(|scope| scope != IdentifierScope::Account) {
                let message = format!("`{name}` is of an account, and is the same for that, not for its scope");
                return find(scope.place, message, "make it `scope: account`");
            }
        }
    }
    if let Some(salted) = salted.filter(|_| source.value != IdentifierSource::Hash) {
        return find(salted.place, format!("`{name}` is no hash, and only a hash has a salt"), "remove `salted`");
    }
    let cannot = match source.value {
        _ if passing.is_some() => "does not outlast a run",
        IdentifierSource::Hash if salted.is_none() => "is a hash without a salt, which never changes",
        IdentifierSource::Hardware | IdentifierSource::Account => "is given from outside",
        IdentifierSource::Random | IdentifierSource::Hash => "",
    };
    if let Some(rotates) = rotates.as_ref().filter(|_| !cannot.is_empty()) {
        return find(rotates.place, format!("`{name}` {cannot}, so it does not rotate"), "remove `rotates`");
    }
    let of_account =
        source.value == IdentifierSource::Account || scope_is(|it| it == IdentifierScope::Account).is_some();
    let personal = index.personal(attribute).filter(|personal| of_account && personal.value == Personal::None)?;
    let message = format!("`{name}` identifies an account, which is a person’s");
    find(personal.place, message, "make it `personal: possible`")
}

/// Returns whether something that a hash is made of lasts no longer than a run itself.
fn has_passing(of: &[Located<String>], index: &Index<'_>) -> bool {
    let scope = |name: &Located<String>| index.attribute(&name.value)?.identifier.as_ref()?.value.scope();
    of.iter().filter_map(scope).any(|scope| scope <= IdentifierScope::Run)
}

fn contradiction(name: &str, attribute: &AttributeModel) -> Option<Finding> {
    let brief = attribute.brief.as_ref()?;
    let identifier = attribute.identifier.as_ref();
    let has_source = |source| identifier.filter(|identifier| identifier.value.source() == Some(source));
    let is_random = has_source(IdentifierSource::Random);
    let says_random = says(&brief.value, RANDOM);
    if let Some(other) = has_source(IdentifierSource::Hash).filter(|_| says_random) {
        let word = if matches!(other.value, IdentifierModel::Word(_)) { "content_hash" } else { "a hash" };
        let message = format!("the brief of `{name}` says random, and its identifier is {word}");
        return Some(
            CHECK
                .at(brief.place, message)
                .label(other.place, "where it comes from")
                .help("say in the brief what it is computed from"),
        );
    }
    let passes = |random: &&Located<IdentifierModel>| {
        random.value.scope().is_none_or(|scope| scope < IdentifierScope::Installation)
    };
    if let Some(random) = is_random.filter(passes).filter(|_| says(&brief.value, KEPT) || says(name, KEPT)) {
        let message = format!("`{name}` is said to be kept, and its identifier is random");
        return Some(CHECK.at(random.place, message).label(brief.place, "what it is").help(
            "make it `identifier: stable`, or give it a `scope`: also what was drawn at random, where it is kept",
        ));
    }
    if let Some(source) = attribute.derived_from.first().filter(|_| says_random || is_random.is_some()) {
        let message = format!("`{name}` is said to be random, and derived from `{}`", source.value);
        let random = is_random.map_or(brief.place, |random| random.place);
        return Some(
            CHECK.at(random, message).label(source.place, "derived from this").help("one of them is untrue: remove it"),
        );
    }
    let random = is_random.filter(|_| says(&brief.value, HASH))?;
    let message = format!("the brief of `{name}` says that it is a hash, and its identifier is random");
    Some(
        CHECK
            .at(brief.place, message)
            .label(random.place, "where it comes from")
            .help("make it `identifier: content_hash`, or say in the brief where it comes from"),
    )
}

/// Returns true if a name or a brief has one of these words, and no negation before it.
fn says(text: &str, wanted: &[&str]) -> bool {
    let words = words(text);
    let has =
        |at: usize| wanted.contains(&words[at].as_str()) && (at == 0 || !NEGATIONS.contains(&words[at - 1].as_str()));
    (0..words.len()).any(has)
}
