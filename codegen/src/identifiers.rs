//! Identifiers in words: where each comes from, and what it stays the same for.

#[cfg(feature = "artefacts")]
use candor_schema::IdentifierWord;
use candor_schema::{Attribute, Catalogue, Identifier, IdentifierOf, IdentifierScope, IdentifierSource, RowId};

#[cfg(feature = "artefacts")]
use crate::prose::sentence;
use crate::prose::{Named, Style, list};

/// A sentence about an identifier.
#[cfg(feature = "artefacts")]
pub(crate) fn identifier_words(catalogue: &Catalogue, identifier: &Identifier, style: &Style) -> String {
    match identifier.word {
        Some(IdentifierWord::Random) => "An identifier drawn at random.".to_owned(),
        Some(IdentifierWord::ContentHash) => {
            "An identifier computed from content: the same content gives the same one.".to_owned()
        }
        Some(IdentifierWord::Stable) => {
            "An identifier that is kept: the same person or installation gives the same one.".to_owned()
        }
        None => {
            let phrase = phrase(catalogue, identifier, style);
            let (first, rest) = phrase.split_at(phrase.len().min(1)); // it starts with an article
            sentence(first.to_uppercase() + rest)
        }
    }
}

/// The identifiers of a row that say what they stay the same for: one sentence.
pub(crate) fn row_identifiers(catalogue: &Catalogue, row: RowId, style: &Style) -> Option<String> {
    let said = |attribute: &Attribute| {
        let identifier = attribute.identifier.as_ref().filter(|identifier| identifier.word.is_none())?;
        let name = list(&[Named::of(attribute)], style);
        Some(format!("{name} ({})", phrase(catalogue, identifier, style)))
    };
    let said: Vec<String> = catalogue.row_attributes(row).filter_map(said).collect();
    let word = if said.len() == 1 { "Identifier" } else { "Identifiers" };
    (!said.is_empty()).then(|| format!("{word}: {}.", said.join("; ")))
}

/// `a random number made at installation, new every 30 days`
fn phrase(catalogue: &Catalogue, identifier: &Identifier, style: &Style) -> String {
    let of: Vec<String> = identifier.of.iter().map(|of| of_words(catalogue, of, style)).collect();
    let of = match of.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    };
    let (scope, made_of) = (identifier.scope, !of.is_empty());
    let mut phrase = match identifier.source {
        Some(IdentifierSource::Random) => return with_rotation(random(scope), identifier),
        Some(IdentifierSource::Hash) if identifier.salted => format!("a hash of {of}, with a secret that is not sent"),
        Some(IdentifierSource::Hash) => format!("a hash of {of}: the same content gives the same one"),
        Some(IdentifierSource::Hardware) if made_of => format!("an identifier of the machine’s own, from {of}"),
        Some(IdentifierSource::Hardware) => "an identifier of the machine’s own".to_owned(),
        Some(IdentifierSource::Account) if made_of => format!("an identifier of the user’s account, from {of}"),
        Some(IdentifierSource::Account) => "an identifier of the user’s account".to_owned(),
        None => "an identifier that is kept".to_owned(),
    };
    let is_hash = identifier.source == Some(IdentifierSource::Hash);
    phrase += match scope.filter(|_| is_hash) {
        Some(IdentifierScope::Signal) => "; new each time it is sent",
        Some(IdentifierScope::Run) => "; new in each run",
        Some(IdentifierScope::Installation) => "; the same for the installation",
        Some(IdentifierScope::Machine) => "; the same for the machine",
        Some(IdentifierScope::Account) => "; the same for the user’s account",
        None => "",
    };
    with_rotation(phrase, identifier)
}

fn random(scope: Option<IdentifierScope>) -> String {
    let kept = match scope {
        None => "",
        Some(IdentifierScope::Signal) => ", new each time it is sent",
        Some(IdentifierScope::Run) => ", new in each run",
        Some(IdentifierScope::Installation) => " made at installation",
        Some(IdentifierScope::Machine) => " made once for the machine",
        Some(IdentifierScope::Account) => " made once for the user’s account",
    };
    format!("a random number{kept}")
}

fn with_rotation(mut phrase: String, identifier: &Identifier) -> String {
    if let Some(rotates) = identifier.rotates {
        phrase += &format!(", new every {}", rotates.every());
    }
    phrase
}

fn of_words(catalogue: &Catalogue, of: &IdentifierOf, style: &Style) -> String {
    match of {
        IdentifierOf::Attribute(id) => list(&[Named::of(catalogue.attribute(*id))], style),
        IdentifierOf::Words(words) => (style.prose)(words),
    }
}
