//! The Data Explanation as a catalogue's `docs` ask for it: a table, a list or bullets; columns; a line per row or attribute.
//!
//! Nothing is lost by leaving out a column: what has none stands as a sentence in `reason`, or else in `description`, or
//! else in `data`. Only `bullets` without `columns` are brief: they leave what a row includes to the page's signals.

use candor_schema::{Attribute, Catalogue, Collected, Column, Layout, Lines, Personal, RowId, Signal};
use serde::Serialize;

use crate::docs::{MARKDOWN, plan_examples, plan_origin, plan_personal, plan_values};
use crate::markdown::{cell, code, prose, prose_in_bold};
use crate::phrases::{Said, handled, history, sentences};
use crate::prose::sentence;
use crate::table::{NO_PERSONAL_DATA, example_words, said_of_row};

/// Every decision about the Data Explanation, as Markdown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplanationPlan {
    /// `table`, `list` or `bullets`.
    pub layout: &'static str,
    /// Headings of the columns.
    pub header: Vec<String>,
    /// One for each row of the catalogue, or each attribute.
    pub lines: Vec<LinePlan>,
}

/// One line of the Data Explanation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinePlan {
    /// The cells of a table.
    pub cells: Vec<String>,
    /// The title of a bullet.
    pub title: String,
    /// The text behind the title of a bullet.
    pub text: String,
    /// The attributes inside a list.
    pub items: Vec<String>,
}

/// Everything to say in one line, before it is laid out.
struct Line {
    channels: Vec<Collected>,
    /// The title where it is bold as a whole.
    title: String,
    said: Vec<Said>,
    /// The attributes and signals of a row.
    items: Vec<String>,
}

/// Decides the lines and their cells.
pub fn plan(catalogue: &Catalogue) -> ExplanationPlan {
    let form = &catalogue.head().docs().page;
    let columns = columns(catalogue);
    let lines: Vec<Line> = match form.lines {
        Lines::Group => row_ids(catalogue).map(|id| group(catalogue, id)).collect(),
        Lines::Attribute => row_ids(catalogue).flat_map(|id| each(catalogue, id)).collect(),
    };
    ExplanationPlan {
        layout: form.layout.word(),
        header: columns.iter().map(|(_, title)| cell(&prose(title))).collect(),
        lines: lines.into_iter().map(|line| plan_line(catalogue, &columns, line)).collect(),
    }
}

/// The word that marks what is collected only after opting in, if a column has it.
pub(crate) fn opt_in_mark(catalogue: &Catalogue) -> Option<&str> {
    let form = &catalogue.head().docs().page;
    let marked = columns(catalogue).iter().any(|(column, _)| *column == Column::Defaulted);
    (marked && form.layout == Layout::Table).then_some(form.opt_in_word.as_str())
}

/// The columns with their headings.
fn columns(catalogue: &Catalogue) -> Vec<(Column, String)> {
    use Column::{Data, Defaulted, Description, Example, Name, Reason};
    let form = &catalogue.head().docs().page;
    let usual: &[Column] = match (form.layout, form.lines) {
        (Layout::Table, Lines::Group) => &[Defaulted, Data, Reason],
        (Layout::Table, Lines::Attribute) => &[Defaulted, Data, Name, Description, Example],
        (_, Lines::Group) => &[Data, Reason],
        (_, Lines::Attribute) => &[Description],
    };
    let written: Vec<(Column, Option<String>)> = match form.columns.is_empty() {
        true => usual.iter().map(|column| (*column, None)).collect(),
        false => form.columns.clone(),
    };
    let described = written.iter().any(|(column, _)| *column == Description);
    written.into_iter().map(|(column, title)| (column, title.unwrap_or_else(|| heading(column, described)))).collect()
}

fn heading(column: Column, described: bool) -> String {
    let heading = match column {
        Column::Defaulted => "Defaulted",
        Column::Data => "Data",
        Column::Reason if described => "Reason",
        Column::Reason => "Reason and Specifics",
        Column::Description => "Description",
        Column::Example => "Example",
        Column::Personal => "Personal data",
        Column::Purpose => "Purpose",
        Column::Retention => "Kept",
        Column::Expires => "Collected until",
        Column::LegalBasis => "Legal basis",
        Column::Owner => "Owner",
        Column::Links => "More",
        Column::Since => "Since",
        Column::Channel => "Channel",
        Column::Name => "Name",
        Column::Type => "Type",
        Column::Unit => "Unit",
    };
    heading.to_owned()
}

fn row_ids(catalogue: &Catalogue) -> impl Iterator<Item = RowId> {
    let ids = (0..catalogue.rows().len()).filter_map(|position| catalogue.row_id(position));
    ids.filter(|id| catalogue.row_attributes(*id).next().is_some() || catalogue.row_signals(*id).next().is_some())
}

/// The line of a row.
fn group(catalogue: &Catalogue, id: RowId) -> Line {
    let channels = catalogue.row_channels(id);
    let mut said = vec![cell_only(Column::Data, prose(&catalogue.row(id).title))];
    said.extend(when(catalogue, &channels));
    let attributes = || catalogue.row_attributes(id);
    let names = catalogue.row_signals(id).map(|one| &*one.name).chain(attributes().map(|one| &*one.name));
    said.push(cell_only(Column::Name, names.map(code).collect::<Vec<_>>().join(", ")));
    let mut types: Vec<String> = attributes().map(plan_values).collect();
    types.dedup();
    said.push(cell_only(Column::Type, types.join("; ")));
    let mut units: Vec<String> = attributes().filter_map(|one| Some(code(one.unit.as_ref()?.code()))).collect();
    units.dedup();
    said.push(cell_only(Column::Unit, units.join(", ")));
    said.extend(said_of_row(catalogue, id, &MARKDOWN));
    let of_several = |one: Collected| only_after_opting_in(catalogue, &[one]).filter(|_| channels.len() > 1);
    let signals = catalogue.row_signals(id);
    let signals = signals.map(|one| item(&one.name, kind(one), &one.brief, of_several(one.collected)));
    let attributes = attributes().map(|one| attribute_item(catalogue, one, of_several(one.collected)));
    let items = signals.chain(attributes).collect();
    Line { channels, title: prose_in_bold(&catalogue.row(id).title), said, items }
}

/// A line for each signal and attribute of a row.
fn each(catalogue: &Catalogue, id: RowId) -> Vec<Line> {
    let row = catalogue.row(id);
    let title = || cell_only(Column::Data, prose(&row.title));
    let reason = || {
        row.reason.as_deref().map(|reason| Said::new(Column::Reason, sentence(prose(reason)), sentence(prose(reason))))
    };
    let titled = shows(&columns(catalogue), Column::Data);
    let line = |collected: Collected, brief: &str, own: Vec<Said>| {
        let mut said = vec![title()];
        said.extend(when(catalogue, &[collected]));
        said.extend(reason());
        said.extend(own);
        let title = prose_in_bold(if titled { &row.title } else { brief });
        Line { channels: vec![collected], title, said, items: Vec::new() }
    };
    let signals = catalogue.row_signals(id);
    let signals = signals.map(|one| line(one.collected, &one.brief, said_of_signal(catalogue, id, one)));
    let attributes = catalogue.row_attributes(id);
    let attributes = attributes.map(|one| line(one.collected, &one.brief, said_of_attribute(catalogue, one)));
    signals.chain(attributes).collect()
}

fn said_of_attribute(catalogue: &Catalogue, attribute: &Attribute) -> Vec<Said> {
    let row = catalogue.row(attribute.row);
    let brief = prose(&attribute.brief);
    let origin = plan_origin(catalogue, attribute);
    let described = if origin.is_empty() { brief } else { format!("{} {}", sentence(brief), origin.join(" ")) };
    let examples = plan_examples(attribute);
    let personal = plan_personal(attribute).map(str::to_owned);
    let mut said = vec![
        cell_only(Column::Name, code(&attribute.name)),
        cell_only(Column::Type, plan_values(attribute)),
        cell_only(Column::Unit, attribute.unit.as_ref().map(|unit| code(unit.code())).unwrap_or_default()),
        Said::new(Column::Description, described.clone(), sentence(described)),
    ];
    said.extend(example_words(&examples).map(|sentence| Said::new(Column::Example, examples.join(", "), sentence)));
    said.extend(personal.map(|personal| Said::new(Column::Personal, personal.clone(), personal)));
    said.extend(handled(&catalogue.handling(attribute), &MARKDOWN));
    let (since, deprecated) = (attribute.since.as_ref().or(row.since.as_ref()), attribute.deprecated.as_ref());
    said.extend(history(since.map(String::as_str), deprecated.or(row.deprecated.as_ref()), &MARKDOWN));
    said
}

fn said_of_signal(catalogue: &Catalogue, id: RowId, signal: &Signal) -> Vec<Said> {
    let row = catalogue.row(id);
    let brief = prose(&signal.brief);
    let mut said = vec![
        cell_only(Column::Name, code(&signal.name)),
        cell_only(Column::Type, kind(signal).to_owned()),
        Said::new(Column::Description, brief.clone(), sentence(brief)),
    ];
    let possible = row.personal == Some(Personal::Possible) && catalogue.row_attributes(id).next().is_none();
    let personal = possible.then(|| "May contain personal data.".to_owned());
    said.extend(personal.map(|personal| Said::new(Column::Personal, personal.clone(), personal)));
    said.extend(handled(&row.handling, &MARKDOWN));
    let (since, deprecated) = (signal.since.as_ref().or(row.since.as_ref()), signal.deprecated.as_ref());
    said.extend(history(since.map(String::as_str), deprecated.or(row.deprecated.as_ref()), &MARKDOWN));
    said
}

fn kind(signal: &Signal) -> &'static str {
    match &signal.measure {
        Some(measure) => measure.instrument.words(),
        None => signal.kind.word(),
    }
}

/// A value that only its column shows.
fn cell_only(column: Column, cell: String) -> Said {
    Said::new(column, cell, String::new())
}

/// Words the condition of collection, for each of the columns that say so: of several channels, `Partly`.
fn when(catalogue: &Catalogue, channels: &[Collected]) -> [Said; 2] {
    let form = &catalogue.head().docs().page;
    let word = |one: Collected| prose(if one.is_by_default() { &form.default_word } else { &form.opt_in_word });
    let defaulted = match channels {
        [one @ Collected::Channel(_)] => format!("{} ({})", word(*one), switch(catalogue, *one)),
        [one] => word(*one),
        _ => "Partly".to_owned(),
    };
    let switches: Vec<String> = channels.iter().map(|one| switch(catalogue, *one)).collect();
    [cell_only(Column::Defaulted, defaulted), cell_only(Column::Channel, switches.join(", "))]
}

/// The switch behind which something is.
fn switch(catalogue: &Catalogue, collected: Collected) -> String {
    match collected {
        Collected::Default => "default".to_owned(),
        Collected::OptIn => catalogue.head().opt_in().map(code).unwrap_or_default(),
        Collected::Channel(_) => code(catalogue.channel_name(collected)),
    }
}

/// Words the switch for a line without such a column. A line of several channels says it of each part.
fn only_after_opting_in(catalogue: &Catalogue, channels: &[Collected]) -> Option<String> {
    let [one] = channels[..] else { return None };
    match (one, catalogue.head().opt_in()) {
        (Collected::Default, _) => None,
        (Collected::OptIn, None) => Some("Collected only after opting in.".to_owned()),
        (Collected::OptIn, Some(name)) => Some(format!("Collected only after opting in with {}.", code(name))),
        _ if one.is_by_default() => Some(format!("Collected unless {} is switched off.", switch(catalogue, one))),
        _ => Some(format!("Collected only with {}.", switch(catalogue, one))),
    }
}

fn item(name: &str, ty: &str, brief: &str, more: impl IntoIterator<Item = String>) -> String {
    let brief = sentence(prose(brief));
    let more: String = more.into_iter().map(|more| format!(" {more}")).collect();
    format!("{} ({ty}): {brief}{more}", code(name))
}

/// An attribute inside a list; its row says what it inherits.
fn attribute_item(catalogue: &Catalogue, attribute: &Attribute, when: Option<String>) -> String {
    let mut more: Vec<String> = when.into_iter().chain(plan_origin(catalogue, attribute)).collect();
    more.extend(plan_personal(attribute).map(str::to_owned));
    more.extend(sentences(handled(&attribute.handling, &MARKDOWN)));
    more.extend(sentences(history(attribute.since.as_deref(), attribute.deprecated.as_ref(), &MARKDOWN)));
    more.extend(example_words(&plan_examples(attribute)));
    item(&attribute.name, &plan_values(attribute), &attribute.brief, more)
}

fn plan_line(catalogue: &Catalogue, columns: &[(Column, String)], line: Line) -> LinePlan {
    let form = &catalogue.head().docs().page;
    let mut said = line.said;
    if !shows(columns, Column::Defaulted) && !shows(columns, Column::Channel) {
        let only = only_after_opting_in(catalogue, &line.channels);
        said.extend(only.map(|only| Said { column: None, cell: String::new(), sentence: only }));
    }
    match form.layout {
        Layout::Table => {}
        // The items say it of each attribute.
        Layout::List => said.retain(|one| !is_one_of(one, &[Column::Description, Column::Example, Column::Personal])),
        Layout::Bullets if form.columns.is_empty() => keep_brief(&mut said, line.channels.len() > 1),
        Layout::Bullets => {}
    }
    LinePlan {
        cells: columns.iter().map(|(column, _)| cell(&cell_of(&said, columns, *column))).collect(),
        text: if form.layout == Layout::Table { String::new() } else { text_of(&said, columns) },
        title: line.title,
        items: if form.layout == Layout::List { line.items } else { Vec::new() },
    }
}

fn cell_of(said: &[Said], columns: &[(Column, String)], column: Column) -> String {
    if column == rest_column(columns) { with_rest(said, columns, column) } else { cells(said, column) }
}

/// Writes the text behind a bold title: the rest, and every other column with its heading.
fn text_of(said: &[Said], columns: &[(Column, String)]) -> String {
    let rest = rest_column(columns);
    let title = if shows(columns, Column::Data) { Column::Data } else { rest };
    let untitled: Vec<Said> = said.iter().filter(|one| one.column != Some(title)).cloned().collect();
    let labelled = columns.iter().filter(|(column, _)| *column != title && *column != rest);
    let labelled = labelled.filter_map(|(column, heading)| {
        let cell = cells(said, *column);
        (!cell.is_empty()).then(|| sentence(format!("{}: {cell}", prose(heading))))
    });
    let texts = [with_rest(&untitled, columns, rest)].into_iter().chain(labelled);
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

fn shows(columns: &[(Column, String)], wanted: Column) -> bool {
    columns.iter().any(|(column, _)| *column == wanted)
}

fn is_one_of(said: &Said, columns: &[Column]) -> bool {
    said.column.is_some_and(|column| columns.contains(&column))
}

/// Leaves of a line what a bullet says: its reason, or else what it includes; personal data if there may be some; and
/// everything about opting in, keeping and history. What is of several channels says what is behind which.
fn keep_brief(said: &mut Vec<Said>, of_several: bool) {
    let reasoned = said.iter().any(|one| is_one_of(one, &[Column::Reason]));
    said.retain(|one| match one.column {
        Some(Column::Description) => !reasoned || of_several,
        Some(Column::Example) => false,
        Some(Column::Personal) => one.cell != NO_PERSONAL_DATA,
        _ => true,
    });
}

/// The column that takes what has none of its own.
fn rest_column(columns: &[(Column, String)]) -> Column {
    let wanted = [Column::Reason, Column::Description, Column::Data];
    wanted.into_iter().find(|wanted| shows(columns, *wanted)).unwrap_or(Column::Data)
}

fn cells(said: &[Said], column: Column) -> String {
    let own = said.iter().filter(|one| one.column == Some(column) && !one.cell.is_empty());
    own.map(|one| one.cell.as_str()).collect::<Vec<_>>().join("; ")
}

/// A cell with everything that no other column shows, in the order of what is said.
fn with_rest(said: &[Said], columns: &[(Column, String)], column: Column) -> String {
    let parts = said.iter().filter_map(|one| match one.column {
        Some(own) if own == column && column == Column::Reason => Some(one.sentence.clone()),
        Some(own) if own == column => Some(one.cell.clone()),
        Some(other) if shows(columns, other) => None,
        _ => Some(one.sentence.clone()),
    });
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [only] => only.clone(),
        parts => parts.iter().map(|part| sentence(part.clone())).collect::<Vec<_>>().join(" "),
    }
}
