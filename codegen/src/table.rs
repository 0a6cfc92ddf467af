//! The lines of the Data Explanation table: what each says, in a style of writing. Not how it is laid out.

use std::collections::{BTreeSet, HashSet};

use candor_schema::{Catalogue, Collected, Domain, Example, Personal, RowId};

/// How texts of the catalogue are written.
pub(crate) struct Style {
    /// Running text.
    pub prose: fn(&str) -> String,
    /// A name or a value.
    pub code: fn(&str) -> String,
}

/// As it is, for a terminal.
pub(crate) const PLAIN: Style = Style { prose: one_line, code: one_line };

/// One line.
pub(crate) struct Row {
    pub collected: Collected,
    pub title: String,
    /// Reason and Specifics.
    pub specifics: String,
}

/// Every line, in order: none is without attributes and signals.
pub(crate) fn rows(catalogue: &Catalogue, style: &Style) -> Vec<Row> {
    let of_attributes = catalogue.attributes().iter().map(|attribute| attribute.row);
    let of_signals = catalogue.signals().iter().filter_map(|signal| signal.row);
    let ids: BTreeSet<RowId> = of_attributes.chain(of_signals).collect();
    ids.into_iter().map(|id| row(catalogue, id, style)).collect()
}

fn row(catalogue: &Catalogue, id: RowId, style: &Style) -> Row {
    let row = catalogue.row(id);
    let reason = row.reason.as_deref().map(|reason| sentence((style.prose)(reason)));
    let said =
        [reason, includes(catalogue, id, style), examples(catalogue, id, style), Some(personal(catalogue, id, style))];
    Row {
        collected: catalogue.row_collected(id),
        title: (style.prose)(&row.title),
        specifics: said.into_iter().flatten().collect::<Vec<_>>().join(" "),
    }
}

fn includes(catalogue: &Catalogue, id: RowId, style: &Style) -> Option<String> {
    let signals = catalogue.row_signals(id).map(|signal| &signal.brief);
    let briefs = distinct(signals.chain(catalogue.row_attributes(id).map(|attribute| &attribute.brief)));
    (!briefs.is_empty()).then(|| sentence(format!("Includes: {}", phrases(briefs, style.prose))))
}

/// The first texts that the row's attributes give as examples: no identifiers, which look alike and say nothing.
fn examples(catalogue: &Catalogue, id: RowId, style: &Style) -> Option<String> {
    const SHOWN: usize = 4;
    let attributes = catalogue.row_attributes(id).filter(|attribute| {
        let text = matches!(attribute.domain, Domain::String { .. } | Domain::Enum(_) | Domain::Timestamp);
        text && attribute.identifier.is_none()
    });
    let texts = attributes.flat_map(|attribute| &attribute.examples).filter_map(|example| match example {
        Example::Text(text) => Some((style.code)(text)),
        _ => None,
    });
    let examples: Vec<String> = texts.take(SHOWN).collect();
    let word = if examples.len() == 1 { "Example" } else { "Examples" };
    (!examples.is_empty()).then(|| format!("{word}: {}.", examples.join(", ")))
}

fn personal(catalogue: &Catalogue, id: RowId, style: &Style) -> String {
    let attributes = catalogue.row_attributes(id).filter(|attribute| attribute.personal == Personal::Possible);
    let briefs: Vec<String> = attributes.map(|attribute| without_remarks(&attribute.brief)).collect();
    if briefs.is_empty() {
        return "No personal data.".to_owned();
    }
    let briefs = phrases(distinct(&briefs), style.prose);
    sentence(format!("May contain personal data if it is written into: {briefs}"))
}

/// Each text once, in order.
pub(crate) fn distinct<'a>(texts: impl IntoIterator<Item = &'a String>) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    texts.into_iter().map(String::as_str).filter(|text| seen.insert(*text)).collect()
}

pub(crate) fn phrases<'a>(texts: impl IntoIterator<Item = &'a str>, prose: fn(&str) -> String) -> String {
    texts.into_iter().map(|text| prose(text.trim_end_matches('.'))).collect::<Vec<_>>().join(", ")
}

/// `role name (no personal info)` → `role name`
fn without_remarks(brief: &str) -> String {
    let mut depth = 0;
    let mut kept = String::new();
    for char in brief.chars() {
        match char {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            char if depth == 0 => kept.push(char),
            _ => {}
        }
    }
    if depth == 0 && !kept.trim().is_empty() { one_line(&kept) } else { brief.to_owned() }
}

/// A text with a full stop, unless it ends like a sentence already.
pub(crate) fn sentence(mut text: String) -> String {
    if !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    text
}

/// Text on one line: white space and control characters become single spaces.
pub(crate) fn one_line(text: &str) -> String {
    text.split(|char: char| char.is_whitespace() || char.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
