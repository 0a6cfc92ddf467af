//! A telemetry page: its tables, or else its lists, as a draft.
//!
//! A table whose lines are phrases gives a row for each line; what follows *Includes:* becomes one attribute each. A table
//! whose lines are names on the wire gives an attribute for each line, in rows by the first part of the name.

use std::collections::HashMap;
use std::path::Path;

use candor_schema::model::Personal;
use candor_schema::{Collected, SignalKind};

use super::columns::{Columns, ColumnsArgument, Role, yes_or_no};
use super::draft::{Brief, Draft, DraftAttribute, DraftSignal, is_wire_name};
use super::lists;
use super::names::slug;
use super::page::{Block, Table, blocks};
use super::phrases::{Item, event_name, examples, item, name_of, split};
use super::place::{SourceNote, SourcePlace};
use super::source::Imported;
use super::types::{Guess, Said, guess};

/// Options for reading a page.
#[derive(Debug, Default)]
pub struct TableOptions {
    pub columns: Option<ColumnsArgument>,
    /// Numbers of the tables to read, from 1. Empty for every table that lists what is collected.
    pub tables: Vec<usize>,
    pub collected: Option<Collected>,
}

/// Reads a page.
pub fn read(path: &Path, markdown: &str, options: &TableOptions) -> Imported {
    let blocks = blocks(markdown);
    let start = SourcePlace::start_of(path);
    let mut importer = Importer { start, draft: Draft::default(), mistakes: Vec::new(), said: HashMap::new() };
    importer.draft.collected = options.collected;
    let chosen = importer.choose(&blocks, options);
    for chosen in &chosen {
        importer.table(chosen);
    }
    let found_lists = lists::read(&blocks, &importer.start, chosen.is_empty(), &mut importer.draft);
    if chosen.is_empty() && !found_lists && importer.mistakes.is_empty() {
        importer.mistakes.push(importer.start.note(
            "nothing lists what is collected: no table has a column such as *Data* or *Name*, and no list follows a \
             heading about data; `--columns` says what columns are",
        ));
    }
    Imported { draft: importer.draft, mistakes: importer.mistakes }
}

/// A table to read, and the heading that it stands below.
struct Chosen<'b> {
    table: &'b Table,
    columns: Columns,
    heading: &'b str,
}

struct Importer {
    start: SourcePlace,
    draft: Draft,
    mistakes: Vec<SourceNote>,
    /// Lines by the name on the wire that they are about.
    said: HashMap<String, usize>,
}

impl Importer {
    /// The tables that say what is collected by default, if there are any; else those that say what is collected.
    fn choose<'b>(&mut self, blocks: &'b [Block], options: &TableOptions) -> Vec<Chosen<'b>> {
        let mut chosen = Vec::new();
        let mut heading = "";
        let mut number = 0;
        for block in blocks {
            match block {
                Block::Heading { text, .. } => heading = text.trim(),
                Block::Table(table) => {
                    number += 1;
                    let is_named = options.tables.is_empty() || options.tables.contains(&number);
                    match Columns::of(table, options.columns.as_ref()).filter(|_| is_named) {
                        Some(columns) => chosen.push(Chosen { table, columns, heading }),
                        None => self.leave_out(table),
                    }
                }
                _ => {}
            }
        }
        if chosen.iter().any(|chosen| chosen.columns.has(Role::Collected)) && options.columns.is_none() {
            let (told, others) = chosen.into_iter().partition(|chosen| chosen.columns.has(Role::Collected));
            chosen = told;
            others.iter().for_each(|other: &Chosen<'_>| self.leave_out(other.table));
        }
        chosen
    }

    fn leave_out(&mut self, table: &Table) {
        let heading = table.heading.join(" | ");
        let text = format!("a table that does not say what is collected (`{heading}`); `--columns` says that it does");
        self.draft.left_out.push(self.at(table.line).note(text));
    }

    fn at(&self, line: usize) -> SourcePlace {
        SourcePlace { line, ..self.start.clone() }
    }

    fn mistake(&mut self, line: usize, text: String) {
        self.mistakes.push(self.at(line).note(text));
    }

    fn table(&mut self, chosen: &Chosen<'_>) {
        if chosen.table.rows.is_empty() {
            self.mistake(chosen.table.line, "the table has no rows".to_owned());
        }
        let cells = chosen.table.rows.iter().map(|(_, cells)| chosen.columns.cell(cells, Role::Data));
        let names = cells.filter(|cell| name_of(cell).is_some()).count();
        let by_name = names * 2 > chosen.table.rows.len();
        let prefixes = if by_name { self.prefixes(chosen) } else { HashMap::new() };
        let mut carried = Vec::new();
        for (number, (line, cells)) in (1..).zip(&chosen.table.rows) {
            let columns = &chosen.columns;
            let (title, description) = (columns.cell(cells, Role::Data), columns.cell(cells, Role::Description));
            let is_short =
                columns.has(Role::Description) && cells.len() < chosen.table.heading.len() && description.is_empty();
            if is_short || cells.len() > chosen.table.heading.len() {
                self.mistake(
                    *line,
                    format!("row {number} has {} columns, not {}", cells.len(), chosen.table.heading.len()),
                );
                continue;
            }
            if title.is_empty() {
                self.mistake(*line, format!("row {number} has no name"));
                continue;
            }
            let Some((collected, remark)) = self.collected(chosen, *line, number, cells) else { continue };
            let line = Line { line: *line, number, cells, columns, collected, remark };
            match name_of(title).filter(|_| by_name) {
                Some(name) => carried.extend(self.named_line(&line, name, &prefixes, chosen.heading)),
                None => self.phrase_line(&line, title, description),
            }
        }
        self.event(chosen, carried);
    }

    /// Reads yes or no in a line, and the remark behind it.
    fn collected<'c>(
        &mut self,
        chosen: &Chosen<'_>,
        line: usize,
        number: usize,
        cells: &'c [String],
    ) -> Option<(Option<Collected>, &'c str)> {
        if !chosen.columns.has(Role::Collected) {
            return Some((None, ""));
        }
        let said = yes_or_no(chosen.columns.cell(cells, Role::Collected));
        if said.is_none() {
            self.mistake(line, format!("row {number} says neither yes nor no where it should say what is collected"));
        }
        said.map(|(collected, remark)| (Some(collected), remark))
    }

    /// The first parts that several names of a table have.
    fn prefixes(&self, chosen: &Chosen<'_>) -> HashMap<String, usize> {
        let mut prefixes = HashMap::new();
        for (_, cells) in &chosen.table.rows {
            let name = name_of(chosen.columns.cell(cells, Role::Data)).unwrap_or_default();
            if let Some((prefix, _)) = name.split_once('.') {
                *prefixes.entry(prefix.to_owned()).or_default() += 1;
            }
        }
        prefixes
    }

    /// A line about one attribute, by its name on the wire. Returns the key of the attribute.
    fn named_line(
        &mut self,
        line: &Line<'_>,
        name: &str,
        prefixes: &HashMap<String, usize>,
        heading: &str,
    ) -> Option<(String, bool)> {
        if let Some(before) = self.said.insert(name.to_owned(), line.line) {
            let text = format!("`{name}` once more; line {before} is about it, too");
            self.draft.left_out.push(self.at(line.line).note(text));
            return None;
        }
        if !is_wire_name(name) {
            self.mistake(line.line, format!("`{name}` cannot be a name on the wire"));
            return None;
        }
        let said = line.said(name);
        let mut attribute = DraftAttribute::new(name, guess(&said).kind);
        self.fill(&mut attribute, line, guess(&said));
        attribute.describe(said.text);
        if !line.remark.is_empty() {
            attribute.add_note(line.remark);
        }
        line.others().for_each(|other| attribute.add_note(&other));
        let prefix = name.split_once('.').map(|(prefix, _)| prefix).filter(|prefix| prefixes[*prefix] > 1);
        let title = prefix.map_or(if heading.is_empty() { "Data" } else { heading }.to_owned(), title_of);
        attribute.row = self.row(&title, line.collected);
        attribute.collected = line.collected;
        let is_required = yes_or_no(line.columns.cell(line.cells, Role::Required));
        let is_required = is_required.is_some_and(|(required, _)| required == Collected::Default);
        Some((self.draft.add(name, attribute), is_required))
    }

    /// The key of a row; what is collected by default and what is not are in rows of their own.
    fn row(&mut self, title: &str, collected: Option<Collected>) -> String {
        let (key, title) = match collected {
            Some(Collected::OptIn) => (format!("{title} opt-in"), format!("{title} (opt-in)")),
            _ => (title.to_owned(), title.to_owned()),
        };
        self.draft.row(&key, &title.replace('`', "")).id.clone()
    }

    fn fill(&mut self, attribute: &mut DraftAttribute, line: &Line<'_>, guess: Guess) {
        attribute.kind = guess.kind;
        attribute.unit = guess.unit;
        attribute.nullable = guess.nullable;
        guess.examples.into_iter().for_each(|example| {
            attribute.add_example(example);
        });
        if guess.contradicts {
            let example = line.columns.cell(line.cells, Role::Example);
            let text =
                format!("the example `{}`: what stands beside it describes something else", example.replace('`', ""));
            self.draft.left_out.push(self.at(line.line).note(text));
        }
    }

    /// A line about a row.
    fn phrase_line(&mut self, line: &Line<'_>, title: &str, description: &str) {
        let (reason, included) = split(description);
        let wanted = slug(title).unwrap_or_else(|| format!("row_{}", line.number));
        let key = format!("{wanted} {}", line.line);
        let remark = (!line.remark.is_empty()).then(|| line.remark.trim_matches(['(', ')']).to_owned());
        let reasons = [reason.clone()].into_iter().chain(remark).chain(line.others());
        let reason = reasons.filter(|reason| !reason.is_empty()).collect::<Vec<_>>().join(" ");
        let row = self.draft.row_as(&key, &wanted, title.replace('`', "").trim_end_matches('.'));
        row.personal = personal(&reason);
        row.reason = reason.clone();
        let row = row.id.clone();
        let (items, is_list) = match included.is_empty() {
            true => (vec![item(title)], false),
            false => (included, true),
        };
        for (position, item) in (1..).zip(items) {
            let of_item =
                || slug(item.name.as_ref().unwrap_or(&item.brief)).unwrap_or_else(|| format!("item_{position}"));
            let wanted = if is_list { format!("{row}_{}", of_item()) } else { row.clone() };
            let attribute = self.included(line, item, if is_list { "" } else { &reason });
            self.draft.add(&wanted, DraftAttribute { row: row.clone(), ..attribute });
        }
    }

    fn included(&mut self, line: &Line<'_>, item: Item, reason: &str) -> DraftAttribute {
        let text = if reason.is_empty() { &item.brief } else { reason };
        let in_text = examples(text);
        let mut said =
            Said { name: item.name.as_deref().unwrap_or_default(), text, example: &in_text, ..Said::default() };
        if reason.is_empty() {
            said.name = if said.name.is_empty() { &item.brief } else { said.name };
        } else {
            said = Said { example: line.columns.cell(line.cells, Role::Example), ..line.said(said.name) };
        }
        let guess = guess(&said);
        let mut attribute = DraftAttribute::new(said.name, guess.kind.clone());
        self.fill(&mut attribute, line, guess);
        attribute.name = item.name;
        attribute.brief = Brief::Said(item.brief.trim_end_matches('.').to_owned());
        attribute.collected = line.collected;
        attribute
    }

    /// A table below the name of an event is about that event.
    fn event(&mut self, chosen: &Chosen<'_>, carried: Vec<(String, bool)>) {
        let Some(name) = event_name(chosen.heading).filter(|_| !carried.is_empty()) else { return };
        let signal = DraftSignal::new(SignalKind::Event, name);
        self.draft.add_signal(name, DraftSignal { attributes: carried, ..signal });
    }
}

/// One line of a table.
struct Line<'t> {
    line: usize,
    number: usize,
    cells: &'t [String],
    columns: &'t Columns,
    collected: Option<Collected>,
    remark: &'t str,
}

impl<'t> Line<'t> {
    fn said<'n>(&self, name: &'n str) -> Said<'n>
    where
        't: 'n,
    {
        let cell = |role| self.columns.cell(self.cells, role);
        let description = cell(Role::Description);
        Said { name, text: description, ty: cell(Role::Type), unit: cell(Role::Unit), example: cell(Role::Example) }
    }

    /// Returns the cells of columns that have no role, with their headings.
    fn others(&self) -> impl Iterator<Item = String> {
        let others = self.columns.others.iter();
        let said = others.map(|(position, heading)| (heading, self.cells.get(*position).map_or("", String::as_str)));
        said.filter(|(_, cell)| !cell.is_empty()).map(|(heading, cell)| format!("{heading}: {cell}."))
    }
}

/// `typo_tolerance` as a title: `Typo tolerance`.
fn title_of(prefix: &str) -> String {
    let words = prefix.replace(['_', '-'], " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Only what Candor's own pages say; other words are for people to judge.
fn personal(reason: &str) -> Option<Personal> {
    if reason.contains("May contain personal data") {
        Some(Personal::Possible)
    } else {
        reason.contains("No personal data.").then_some(Personal::None)
    }
}
