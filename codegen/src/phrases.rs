//! Sentences that rows, attributes and signals share: who, why and how long, since when, until when.

use candor_schema::{Deprecated, DeprecationReason, Expiry, Handling, LegalBasis};

use crate::prose::{Style, sentence};

/// Words the handling: purpose, retention, expiry, legal basis, owner, and links.
pub(crate) fn handled(handling: &Handling, style: &Style) -> Vec<String> {
    let prose = |text: &Option<String>, before: &str| {
        text.as_deref().map(|text| sentence(format!("{before}: {}", (style.prose)(text.trim_end_matches('.')))))
    };
    let links: Vec<String> = handling.links.iter().map(|link| (style.prose)(link)).collect();
    let said = [
        prose(&handling.purpose, "Purpose"),
        handling.retention.as_ref().map(|retention| format!("Kept {}.", retention.words())),
        handling.expires.as_ref().map(|expires| format!("Collected until {}.", expiry(expires))),
        handling.legal_basis.map(|basis| format!("Legal basis: {}.", legal_basis(basis))),
        prose(&handling.owner, "Owner"),
        (!links.is_empty()).then(|| format!("More: {}", links.join(", "))),
    ];
    said.into_iter().flatten().collect()
}

/// An expiry in English, behind “until”.
pub(crate) fn expiry(expires: &Expiry) -> String {
    if expires.is_day() { expires.word().to_owned() } else { format!("version {}", expires.word()) }
}

/// A legal basis in English.
pub(crate) fn legal_basis(basis: LegalBasis) -> String {
    basis.word().replace('_', " ")
}

/// Since when something is collected, and that it is on its way out.
pub(crate) fn history(since: Option<&str>, deprecated: Option<&Deprecated>, style: &Style) -> Vec<String> {
    let mut said = Vec::new();
    said.extend(since.map(|version| sentence(format!("Since {}", (style.prose)(version)))));
    let Some(deprecated) = deprecated else { return said };
    said.push(match (deprecated.reason, &deprecated.renamed_to) {
        (DeprecationReason::Renamed, Some(successor)) => format!("Deprecated: renamed to {}.", (style.code)(successor)),
        (DeprecationReason::Renamed, None) => "Deprecated: renamed.".to_owned(),
        (DeprecationReason::Obsoleted, _) => "Deprecated: there is no successor.".to_owned(),
        (DeprecationReason::Uncategorized, _) => "Deprecated.".to_owned(),
    });
    said.extend(deprecated.note.as_deref().map(|note| sentence((style.prose)(note))));
    said
}
