//! A published table of what is collected, as the skeleton of a catalogue.
//!
//! The table has three columns: whether the data is collected by default, what it is called, and what it is. What follows
//! *Includes:* becomes one attribute each, split at commas outside brackets. A table does not say types, signals or names
//! on the wire: each attribute is a text, and one span stands for all until somebody writes them down.

use std::collections::HashSet;
use std::fmt::Write;

use candor_schema::Collected;

/// Every row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPlan {
    /// The rows in order.
    pub rows: Vec<RowSkeleton>,
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSkeleton {
    /// Its key.
    pub id: String,
    /// Its *Data* column.
    pub title: String,
    /// Whether it says that this is collected by default.
    pub collected: Collected,
    /// The rest of its *Reason and Specifics* column.
    pub reason: String,
    /// Key and brief of each thing that it includes.
    pub attributes: Vec<(String, String)>,
}

/// What is wrong with the table, on which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// From 1.
    pub line: usize,
    /// One sentence.
    pub message: String,
}

/// Reads the first table of a Markdown page.
///
/// # Errors
/// Everything that is wrong with it.
pub fn plan(markdown: &str) -> Result<ImportPlan, Vec<ImportError>> {
    let mut errors = Vec::new();
    let Some(first) = first_line(markdown) else {
        return Err(vec![ImportError { line: 1, message: "there is no table with three columns".to_owned() }]);
    };
    let mut rows = Vec::new();
    let mut taken = TakenNames::default();
    for (line, text) in (1..).zip(markdown.lines()).skip(first).take_while(|(_, text)| text.contains('|')) {
        match row(text, rows.len() + 1, &mut taken) {
            Ok(row) => rows.push(row),
            Err(message) => errors.push(ImportError { line, message }),
        }
    }
    if rows.is_empty() && errors.is_empty() {
        errors.push(ImportError { line: first, message: "the table has no rows".to_owned() });
    }
    if errors.is_empty() { Ok(ImportPlan { rows }) } else { Err(errors) }
}

/// Lays out the catalogue of this name.
pub fn render(plan: &ImportPlan, name: &str) -> String {
    let name = quoted(name);
    let mut text = format!("candor: 1\nname: {name}\ntitle: {name}\nversion: 1.0.0\nservice: {name}\n");
    if plan.rows.iter().any(|row| row.collected == Collected::OptIn) {
        text += "consent: {opt_in: share}\n";
    }
    text += "\nrows:\n";
    for row in &plan.rows {
        let _ = writeln!(text, "  {}:\n    title: {}", row.id, quoted(&row.title));
        if !row.reason.is_empty() {
            let _ = writeln!(text, "    reason: {}", quoted(&row.reason));
        }
    }
    text += "\n# The table does not say types, bounds or names on the wire.\nattributes:\n";
    for row in &plan.rows {
        let collected = row.collected.word();
        for (id, brief) in &row.attributes {
            let _ = writeln!(text, "  {id}:\n    row: {}\n    collected: {collected}", row.id);
            let _ = writeln!(text, "    type: string\n    max_length: 256\n    brief: {}", quoted(brief));
        }
    }
    text += "\n# The table does not say what is sent when.\nspans:\n  imported:\n    name: Imported\n    collected: default\n";
    text += "    brief: stands for all signals\n    attributes:\n";
    for (id, _) in plan.rows.iter().flat_map(|row| &row.attributes) {
        let _ = writeln!(text, "      {id}: optional");
    }
    text
}

/// How many lines there are before the first row: those up to the line below a heading of three columns or more.
fn first_line(markdown: &str) -> Option<usize> {
    let lines: Vec<&str> = markdown.lines().collect();
    let below = lines.windows(2).position(|pair| cells(pair[0]).len() >= 3 && is_alignment(pair[1]))?;
    Some(below + 2)
}

fn is_alignment(line: &str) -> bool {
    let cells = cells(line);
    let dashes = |cell: &String| cell.contains('-') && cell.chars().all(|char| matches!(char, '-' | ':'));
    cells.len() >= 3 && cells.iter().all(dashes)
}

/// The cells of a line of a table. An escaped `|` separates none.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim();
    if !line.contains('|') {
        return Vec::new();
    }
    let mut cells = vec![String::new()];
    let mut chars = line.strip_prefix('|').unwrap_or(line).chars().peekable();
    while let Some(char) = chars.next() {
        match (char, chars.peek()) {
            ('\\', Some('|')) => {
                chars.next();
                push(&mut cells, '|');
            }
            ('|', None) => {}
            ('|', _) => cells.push(String::new()),
            (char, _) => push(&mut cells, char),
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

fn push(cells: &mut [String], char: char) {
    if let Some(cell) = cells.last_mut() {
        cell.push(char);
    }
}

fn row(line: &str, number: usize, taken: &mut TakenNames) -> Result<RowSkeleton, String> {
    let cells = cells(line);
    let [defaulted, title, specifics] = &cells[..] else {
        return Err(format!("this row has {} columns, not 3", cells.len()));
    };
    let collected = collected(&plain(defaulted))
        .ok_or_else(|| format!("the first column says neither yes nor no in row {number}"))?;
    let title = plain(title);
    if title.is_empty() {
        return Err(format!("row {number} has no name"));
    }
    let id = unique(slug(&title).unwrap_or_else(|| format!("row_{number}")), &mut taken.rows);
    let (reason, included) = split(&plain(specifics));
    let attributes = if included.is_empty() {
        vec![(unique(id.clone(), &mut taken.attributes), title.clone())]
    } else {
        let key = |position: usize, brief: &str| slug(brief).unwrap_or_else(|| format!("item_{}", position + 1));
        let included = included.into_iter().enumerate();
        included
            .map(|(position, brief)| (unique(format!("{id}_{}", key(position, &brief)), &mut taken.attributes), brief))
            .collect()
    };
    Ok(RowSkeleton { id, title, collected, reason, attributes })
}

/// The keys that are taken.
#[derive(Default)]
struct TakenNames {
    rows: HashSet<String>,
    attributes: HashSet<String>,
}

/// The first column's words, in the languages of the pages that were seen.
fn collected(word: &str) -> Option<Collected> {
    match word.to_lowercase().as_str() {
        "yes" | "sim" | "نعم" | "예" => Some(Collected::Default),
        "no" | "não" | "لا" | "아니오" => Some(Collected::OptIn),
        _ => None,
    }
}

/// Text without the marks of bold and code.
fn plain(markdown: &str) -> String {
    markdown.replace("**", "").replace('`', "").trim().to_owned()
}

/// What stands around the list of what is included, and the items of the list.
fn split(text: &str) -> (String, Vec<String>) {
    const INTRODUCTIONS: [&str; 3] = ["Includes:", "Inclui:", "تشمل:"];
    let found = INTRODUCTIONS.iter().find_map(|introduction| text.split_once(introduction));
    let Some((before, list)) = found else { return (text.to_owned(), Vec::new()) };
    let mut items = vec![String::new()];
    let mut depth = 0usize;
    let mut end = list.len();
    for (position, char) in list.char_indices() {
        match char {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '.' if depth == 0 && list[position + 1..].trim_start().len() < list.len() - position - 1 => {
                end = position + 1;
                break;
            }
            ',' | '،' if depth == 0 => {
                items.push(String::new());
                continue;
            }
            _ => {}
        }
        push(&mut items, char);
    }
    let items = items.iter().map(|item| item_text(item)).filter(|item| !item.is_empty());
    let (claims, items): (Vec<_>, Vec<_>) = items.partition(|item| item.starts_with("no "));
    let around = [before.trim(), &claims.join(", "), list[end..].trim()];
    (around.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" "), items)
}

/// An item without what only joins it to the one before.
fn item_text(item: &str) -> String {
    let item = item.trim().trim_end_matches('.');
    item.strip_prefix("and ").unwrap_or(item).trim().to_owned()
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

/// A text in quotes, as YAML and JSON both write it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
