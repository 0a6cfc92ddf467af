//! An identifier that is said to come from elsewhere than its `identifier` says.

use crate::index::Index;
use crate::model::{AttributeModel, Identifier};
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
           a persistent one. An identifier that was drawn once and is kept is `identifier: stable`.",
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
        if let Some(finding) = contradiction(&name.value, attribute) {
            findings.push(finding.about(name.place));
        }
    }
}

fn contradiction(name: &str, attribute: &AttributeModel) -> Option<Finding> {
    let brief = attribute.brief.as_ref()?;
    let identifier = attribute.identifier.as_ref();
    let is_random = identifier.filter(|identifier| identifier.value == Identifier::Random);
    let says_random = says(&brief.value, RANDOM);
    if let Some(other) = identifier.filter(|identifier| says_random && identifier.value == Identifier::ContentHash) {
        let message = format!("the brief of `{name}` says random, and its identifier is {}", other.value.word());
        return Some(
            CHECK
                .at(brief.place, message)
                .label(other.place, "where it comes from")
                .help("say in the brief what it is computed from"),
        );
    }
    if let Some(random) = is_random.filter(|_| says(&brief.value, KEPT) || says(name, KEPT)) {
        let message = format!("`{name}` is said to be kept, and its identifier is random");
        return Some(
            CHECK
                .at(random.place, message)
                .label(brief.place, "what it is")
                .help("make it `identifier: stable`: also what was drawn at random, where it is kept"),
        );
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
