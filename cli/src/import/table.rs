//! The rows of a telemetry table: whether the data is collected by default, what it is called, and what it is. What follows
//! *Includes:* becomes one attribute each. Types are not said.

use std::collections::HashSet;

use candor_schema::Collected;
use candor_schema::model::Personal;

use super::page::{Table, tables};
use super::phrases::{Item, collected, item, split};

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSkeleton {
    /// Its key.
    pub id: String,
    /// Its *Data* column.
    pub title: String,
    /// The condition of collection that the row states.
    pub collected: Collected,
    /// The rest of its *Reason and Specifics* column.
    pub reason: String,
    /// The statement about personal data, in Candor's own words.
    pub personal: Option<Personal>,
    /// Key of each thing that it includes, and the thing.
    pub attributes: Vec<(String, Item)>,
}

/// A fault of the table, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// From 1.
    pub line: usize,
    /// One sentence.
    pub message: String,
}

/// Reads the first table of a page that can be read whole.
///
/// # Errors
/// Everything that is wrong with the table of which most can be read.
pub fn read(markdown: &str) -> Result<Vec<RowSkeleton>, Vec<ImportError>> {
    let mut nearest: Option<(usize, Vec<ImportError>)> = None;
    for table in tables(markdown).iter().filter(|table| table.heading.len() >= 3) {
        let (rows, errors) = read_table(table);
        if errors.is_empty() {
            return Ok(rows);
        }
        if nearest.as_ref().is_none_or(|(most, _)| rows.len() > *most) {
            nearest = Some((rows.len(), errors));
        }
    }
    let none = || vec![ImportError { line: 1, message: "there is no table with three columns".to_owned() }];
    Err(nearest.map_or_else(none, |(_, errors)| errors))
}

fn read_table(table: &Table) -> (Vec<RowSkeleton>, Vec<ImportError>) {
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    let mut taken = TakenNames::default();
    for (number, (line, cells)) in (1..).zip(&table.rows) {
        match row(cells, number, &mut taken) {
            Ok(row) => rows.push(row),
            Err(message) => errors.push(ImportError { line: *line, message }),
        }
    }
    if table.rows.is_empty() {
        errors.push(ImportError { line: table.line, message: "the table has no rows".to_owned() });
    }
    (rows, errors)
}

fn row(cells: &[String], number: usize, taken: &mut TakenNames) -> Result<RowSkeleton, String> {
    let [defaulted, title, specifics] = cells else {
        return Err(format!("row {number} has {} columns, not 3", cells.len()));
    };
    let collected =
        collected(defaulted).ok_or_else(|| format!("the first column says neither yes nor no in row {number}"))?;
    if title.is_empty() {
        return Err(format!("row {number} has no name"));
    }
    let id = unique(slug(title).unwrap_or_else(|| format!("row_{number}")), &mut taken.rows);
    let (reason, included) = split(specifics);
    let attributes = if included.is_empty() {
        vec![(unique(id.clone(), &mut taken.attributes), item(title))]
    } else {
        let key = |position: usize, item: &Item| {
            let text = item.name.as_ref().unwrap_or(&item.brief);
            slug(text).unwrap_or_else(|| format!("item_{}", position + 1))
        };
        let included = included.into_iter().enumerate();
        included
            .map(|(position, item)| (unique(format!("{id}_{}", key(position, &item)), &mut taken.attributes), item))
            .collect()
    };
    let personal = personal(&reason);
    Ok(RowSkeleton { id, title: title.replace('`', ""), collected, reason, personal, attributes })
}

/// Only what Candor's own pages say; other words are for people to judge.
fn personal(reason: &str) -> Option<Personal> {
    if reason.contains("May contain personal data") {
        Some(Personal::Possible)
    } else {
        reason.contains("No personal data.").then_some(Personal::None)
    }
}

/// The keys that are taken.
#[derive(Default)]
struct TakenNames {
    rows: HashSet<String>,
    attributes: HashSet<String>,
}

/// A key for a text, when it has letters for one. Remarks in brackets do not count.
fn slug(text: &str) -> Option<String> {
    const LONGEST: usize = 50;
    let mut slug = String::new();
    let start = text.split('(').next().unwrap_or_default();
    for word in start.split(|char: char| !char.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if slug.len() + word.len() >= LONGEST {
            break;
        }
        if !slug.is_empty() {
            slug.push('_');
        }
        slug += &word.to_ascii_lowercase();
    }
    slug.starts_with(|first: char| first.is_ascii_lowercase()).then_some(slug)
}

/// The key, with a number behind it when it is taken.
fn unique(key: String, taken: &mut HashSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{key}_{number}"));
    let free = std::iter::once(key.clone()).chain(numbered).find(|key| !taken.contains(key)).unwrap_or(key);
    taken.insert(free.clone());
    free
}
