//! The lines of the Data Explanation table: what each says, in a style of writing. Not how it is laid out.

use std::collections::{BTreeSet, HashSet};

use candor_schema::{Attribute, Catalogue, Collected, Column, Domain, Example, Identifier, Personal, RowId};

use crate::identifiers::row_identifiers;
use crate::phrases::{Said, handled, history, sentences};
use crate::prose::{Named, Style, distinct, list, one_line, sentence};

/// One line.
pub(crate) struct Row {
    /// The channels that it is collected through. There is one, usually.
    pub channels: Vec<Collected>,
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
    Row {
        channels: catalogue.row_channels(id),
        title: (style.prose)(&catalogue.row(id).title),
        specifics: sentences(said_of_row(catalogue, id, style)).collect::<Vec<_>>().join(" "),
    }
}

/// Everything that is said of a row, in order: its reason, what it includes, examples, personal data, who and how long.
pub(crate) fn said_of_row(catalogue: &Catalogue, id: RowId, style: &Style) -> Vec<Said> {
    let reason = catalogue.row(id).reason.as_deref().map(|reason| sentence((style.prose)(reason)));
    let reason = reason.map(|reason| Said::new(Column::Reason, reason.clone(), reason));
    let includes = said_to_include(catalogue, id, style);
    let examples = examples(catalogue, id, style);
    let examples = example_words(&examples).map(|sentence| Said::new(Column::Example, examples.join(", "), sentence));
    let personal = personal(catalogue, id, style);
    let personal = personal.map(|personal| Said::new(Column::Personal, personal.clone(), personal));
    let plain = |text: Option<String>| text.map(|text| Said { column: None, cell: text.clone(), sentence: text });
    let (often, identifiers) = (plain(intervals(catalogue, id, style)), plain(row_identifiers(catalogue, id, style)));
    let said = [reason, includes, often, identifiers, examples, personal].into_iter().flatten();
    said.chain(handled_in_row(catalogue, id, style)).collect()
}

/// Words the handling and the history: the row's own, then those of attributes that have others.
fn handled_in_row(catalogue: &Catalogue, id: RowId, style: &Style) -> Vec<Said> {
    let row = catalogue.row(id);
    let mut said = handled(&row.handling, style);
    said.extend(history(row.since.as_deref(), row.deprecated.as_ref(), style));
    let attributes: Vec<&Attribute> = catalogue.row_attributes(id).collect();
    let mut others: Vec<(Said, Vec<Named>)> = Vec::new();
    for attribute in &attributes {
        let mut own = handled(&catalogue.handling(attribute), style);
        own.extend(history(attribute.since.as_deref(), attribute.deprecated.as_ref(), style));
        for one in own.into_iter().filter(|one| !said.contains(one)) {
            match others.iter_mut().find(|(other, _)| *other == one) {
                Some((_, names)) => names.push(Named::of(attribute)),
                None => others.push((one, vec![Named::of(attribute)])),
            }
        }
    }
    let of_all = |names: &[Named]| names.len() == attributes.len() && catalogue.row_signals(id).next().is_none();
    said.extend(others.into_iter().map(|(one, names)| if of_all(&names) { one } else { limited(one, &names, style) }));
    said
}

/// The same, said of these alone.
fn limited(said: Said, names: &[Named], style: &Style) -> Said {
    let of = list(names, style);
    let sentence = format!("{} ({of}).", said.sentence.trim_end_matches('.'));
    Said { cell: format!("{} ({of})", said.cell.trim_end_matches('.')), sentence, ..said }
}

/// Everything that a row has. Where it is of several channels, each part says when it is collected.
fn said_to_include(catalogue: &Catalogue, id: RowId, style: &Style) -> Option<Said> {
    let channels = catalogue.row_channels(id);
    if let [one] = channels[..] {
        let list = includes(catalogue, id, one, style)?;
        return Some(Said::new(Column::Description, list.clone(), sentence(format!("Includes: {list}"))));
    }
    let part = |one: &Collected| {
        let list = includes(catalogue, id, *one, style)?;
        Some(sentence(format!("{}: {list}", part_words(catalogue, *one, style))))
    };
    let parts: Vec<String> = channels.iter().filter_map(part).collect();
    (!parts.is_empty()).then(|| Said::new(Column::Description, parts.join(" "), parts.join(" ")))
}

/// The briefs of what a row has of one channel.
fn includes(catalogue: &Catalogue, id: RowId, collected: Collected, style: &Style) -> Option<String> {
    let signals = catalogue.row_signals(id).filter(|one| one.collected == collected);
    let signals = signals.map(|one| Named::new(&one.brief, &one.name, &one.id));
    let attributes = catalogue.row_attributes(id).filter(|one| one.collected == collected);
    let items: Vec<Named> = signals.chain(attributes.map(Named::of)).collect();
    (!items.is_empty()).then(|| list(&items, style))
}

/// Words the condition for one part of a row, as the start of a sentence.
fn part_words(catalogue: &Catalogue, collected: Collected, style: &Style) -> String {
    let name = |name: &str| (style.code)(name);
    match (collected, catalogue.head().opt_in()) {
        (Collected::Default, _) => "By default".to_owned(),
        (Collected::OptIn, Some(switch)) => format!("Only with {}", name(switch)),
        (Collected::OptIn, None) => "Only after opting in".to_owned(),
        (collected, _) if collected.is_by_default() => {
            format!("Unless {} is switched off", name(catalogue.channel_name(collected)))
        }
        (collected, _) => format!("Only with {}", name(catalogue.channel_name(collected))),
    }
}

/// The signals that the row discloses and that are sent at most so often.
fn intervals(catalogue: &Catalogue, id: RowId, style: &Style) -> Option<String> {
    let every = distinct(catalogue.row_signals(id).filter_map(|signal| signal.every));
    let said = every.into_iter().map(|every| {
        let signals = catalogue.row_signals(id).filter(|signal| signal.every == Some(every));
        let items: Vec<Named> = signals.map(|one| Named::new(&one.brief, &one.name, &one.id)).collect();
        sentence(format!("Sent at most once every {}: {}", every.every(), list(&items, style)))
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// The first texts that the row's attributes give as examples, then other values: no identifiers, which look alike and
/// say nothing.
fn examples(catalogue: &Catalogue, id: RowId, style: &Style) -> Vec<String> {
    const SHOWN: usize = 4;
    let attributes = || catalogue.row_attributes(id).filter(|attribute| attribute.identifier.is_none());
    let is_text = |one: &&Attribute| matches!(one.domain, Domain::String { .. } | Domain::Enum(_) | Domain::Timestamp);
    let texts = attributes().filter(is_text).flat_map(|attribute| &attribute.examples);
    let others = attributes().filter(|attribute| !is_text(attribute)).flat_map(|attribute| &attribute.examples);
    let values = distinct(texts.chain(others).map(|value| (style.code)(&example_text(value))));
    values.into_iter().take(SHOWN).collect()
}

/// `Example: …` or `Examples: …`, when there are any.
pub(crate) fn example_words(examples: &[String]) -> Option<String> {
    let word = if examples.len() == 1 { "Example" } else { "Examples" };
    (!examples.is_empty()).then(|| format!("{word}: {}.", examples.join(", ")))
}

/// An example as a text: of a list, as JSON has it.
pub(crate) fn example_text(example: &Example) -> String {
    let item = |item: &Example| match item {
        Example::Text(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        other => example_text(other),
    };
    match example {
        Example::Boolean(value) => value.to_string(),
        Example::Int(value) => value.to_string(),
        Example::Double(value) => format!("{value:?}"),
        Example::Text(text) => text.clone(),
        Example::List(items) => format!("[{}]", items.iter().map(item).collect::<Vec<_>>().join(", ")),
    }
}

/// Sums up what the row's attributes, or the row where it has only signals, declare about personal data. Nothing where
/// they are silent, and no promise about text that a person may have written or an identifier that is kept.
fn personal(catalogue: &Catalogue, id: RowId, style: &Style) -> Option<String> {
    let possible = catalogue.row_attributes(id).filter(|attribute| attribute.personal == Some(Personal::Possible));
    let (written, other): (Vec<&Attribute>, Vec<_>) = possible.partition(|attribute| attribute.free_text);
    let listed = |introduction: &str, attributes: &[&Attribute]| {
        let items: Vec<Named> = attributes.iter().copied().map(Named::of).collect();
        (!items.is_empty()).then(|| sentence(format!("{introduction} {}", list(&without_remarks_all(&items), style))))
    };
    let written = listed("May contain personal data if it is written into:", &written);
    let other = listed("May contain personal data:", &other);
    let said: Vec<String> = other.into_iter().chain(written).collect();
    if !said.is_empty() {
        return Some(said.join(" "));
    }
    let only_signals = catalogue.row_attributes(id).next().is_none();
    match catalogue.row(id).personal {
        Some(Personal::Possible) if only_signals => Some("May contain personal data.".to_owned()),
        Some(Personal::None) if only_signals => Some(NO_PERSONAL_DATA.to_owned()),
        _ => (!only_signals && all_impersonal(catalogue, id)).then(|| NO_PERSONAL_DATA.to_owned()),
    }
}

pub(crate) const NO_PERSONAL_DATA: &str = "No personal data.";

/// Returns true if an attribute declares that it holds no personal data, and its kind cannot hold some all the same.
pub(crate) fn is_impersonal(attribute: &Attribute) -> bool {
    let kept = attribute.identifier.as_ref().is_some_and(Identifier::is_kept);
    attribute.personal == Some(Personal::None) && !attribute.free_text && !kept
}

/// Returns true if every attribute of a row is impersonal, and everything in their objects.
fn all_impersonal(catalogue: &Catalogue, id: RowId) -> bool {
    let mut waiting: Vec<&Attribute> = catalogue.row_attributes(id).collect();
    let mut seen = HashSet::new();
    while let Some(attribute) = waiting.pop() {
        if !is_impersonal(attribute) {
            return false;
        }
        let object = attribute.domain.object().and_then(|object| catalogue.object_of(object));
        if let Some(object) = object.filter(|object| seen.insert(&*object.id)) {
            waiting.extend(object.fields.iter().map(|field| catalogue.attribute(field.attribute)));
        }
    }
    true
}

fn without_remarks_all<'c>(items: &[Named<'c>]) -> Vec<Named<'c>> {
    items.iter().map(|item| item.with_brief(without_remarks(&item.brief))).collect()
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
