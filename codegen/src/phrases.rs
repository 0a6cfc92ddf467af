//! Sentences that rows, attributes and signals share: who, why and how long, since when, until when.

use candor_schema::{Column, Deprecated, DeprecationReason, Expiry, Handling};

use crate::prose::{Style, sentence};

/// One thing that is said of a row or an attribute: alone in a cell of its column, or as a sentence among others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// `None` for what has no column of its own.
    pub column: Option<Column>,
    pub cell: String,
    pub sentence: String,
}

impl Said {
    pub fn new(column: Column, cell: String, sentence: String) -> Self {
        Said { column: Some(column), cell, sentence }
    }
}

/// The sentences alone.
pub(crate) fn sentences(said: impl IntoIterator<Item = Said>) -> impl Iterator<Item = String> {
    said.into_iter().map(|said| said.sentence).filter(|sentence| !sentence.is_empty())
}

/// Words the handling: purpose, retention, expiry, legal basis, owner, and links.
pub(crate) fn handled(handling: &Handling, style: &Style) -> Vec<Said> {
    let labelled = |column, label: &str, text: String| {
        let sentence = sentence(format!("{label}: {text}"));
        Said::new(column, text, sentence)
    };
    let prose = |text: &Option<String>| text.as_deref().map(|text| (style.prose)(text.trim_end_matches('.')));
    let links: Vec<String> = handling.links.iter().map(|link| (style.prose)(link)).collect();
    let kept = |words: String| {
        let cell = words.strip_prefix("for ").unwrap_or(&words).to_owned();
        Said::new(Column::Retention, cell, format!("Kept {words}."))
    };
    let until = |until: String| Said::new(Column::Expires, until.clone(), format!("Collected until {until}."));
    let said = [
        prose(&handling.purpose).map(|text| labelled(Column::Purpose, "Purpose", text)),
        handling.retention.as_ref().map(|retention| kept(retention.words())),
        handling.expires.as_ref().map(|expires| until(expiry(expires))),
        handling.legal_basis.map(|basis| labelled(Column::LegalBasis, "Legal basis", basis.word().replace('_', " "))),
        prose(&handling.owner).map(|text| labelled(Column::Owner, "Owner", text)),
        (!links.is_empty()).then(|| links.join(", ")).map(|links| {
            let sentence = format!("More: {links}");
            Said::new(Column::Links, links, sentence)
        }),
    ];
    said.into_iter().flatten().collect()
}

/// An expiry in English, behind “until”.
fn expiry(expires: &Expiry) -> String {
    if expires.is_day() { expires.word().to_owned() } else { format!("version {}", expires.word()) }
}

/// Since when something is collected, and that it is on its way out.
pub(crate) fn history(since: Option<&str>, deprecated: Option<&Deprecated>, style: &Style) -> Vec<Said> {
    let since = since.map(|version| (style.prose)(version));
    let since = since.map(|since| Said::new(Column::Since, since.clone(), sentence(format!("Since {since}"))));
    let deprecated = deprecated.map(|deprecated| {
        let end = match (deprecated.reason, &deprecated.renamed_to) {
            (DeprecationReason::Renamed, Some(successor)) => format!(": renamed to {}.", (style.code)(successor)),
            (DeprecationReason::Renamed, None) => ": renamed.".to_owned(),
            (DeprecationReason::Obsoleted, _) => ": there is no successor.".to_owned(),
            (DeprecationReason::Uncategorized, _) => ".".to_owned(),
        };
        let note = deprecated.note.as_deref().map(|note| format!(" {}", sentence((style.prose)(note))));
        let said = format!("Deprecated{end}{}", note.unwrap_or_default());
        Said { column: None, cell: said.clone(), sentence: said }
    });
    since.into_iter().chain(deprecated).collect()
}
