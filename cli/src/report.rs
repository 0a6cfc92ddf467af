//! The results of a command, in the one form that the formats for other programs are made of.

mod github;
mod json;
mod repository;
mod sarif;

pub use json::SCHEMA;

use std::collections::BTreeMap;
use std::path::Path;

use candor_schema::{Place, Severity, Sources, checks};
use clap::ValueEnum;
use serde::Serialize;
use serde_json::Value;

use self::repository::Repository;
use crate::output::{self, Form};

/// The format of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON document; `candor schema report` prints its schema
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0
    Sarif,
}

impl Format {
    /// Returns how its characters are escaped.
    pub fn form(self) -> Form {
        match self {
            Format::Text => Form::Text,
            Format::Json | Format::Sarif => Form::Json,
            Format::Github => Form::Commands,
        }
    }
}

/// The format of a command that also has a page for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum PageFormat {
    /// For people
    #[default]
    Text,
    /// A page for people, or a pull request
    Markdown,
    /// One JSON document; `candor schema report` prints its schema
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0
    Sarif,
}

impl PageFormat {
    /// Returns the format of the findings beside it.
    pub fn of_findings(self) -> Format {
        match self {
            PageFormat::Text | PageFormat::Markdown => Format::Text,
            PageFormat::Json => Format::Json,
            PageFormat::Github => Format::Github,
            PageFormat::Sarif => Format::Sarif,
        }
    }
}

/// Everything that a command found.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// The command's name.
    pub command: &'static str,
    /// The findings, in the order in which people should read them.
    pub findings: Vec<ReportFinding>,
    /// The counts, by name. A command that counts nothing has none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<&'static str, Value>,
}

/// One finding, whatever it is about.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ReportFinding {
    /// A check's code, or the name of a rule.
    pub code: String,
    pub level: Level,
    /// One sentence.
    pub message: String,
    /// The fault right at its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    pub location: Location,
    /// Other places that have to do with it, each with a few words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// The number of times it was found. Its location is the first.
    pub count: u64,
    /// Set when it is a change between two catalogues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeReport>,
}

/// The effect of a change, and its subject.
#[derive(Debug, Clone, Serialize)]
pub struct ChangeReport {
    /// Path of what changed.
    pub subject: String,
    /// The effects, the gravest first.
    pub classes: Vec<&'static str>,
    /// True if the change was signed.
    pub signed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    #[default]
    Error,
    Warning,
    Note,
}

#[derive(Debug, Clone, Serialize)]
pub struct Related {
    pub message: String,
    pub location: Location,
}

/// A place.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Location {
    /// Path as the user gave it, with `/` between folders.
    pub file: String,
    #[serde(flatten)]
    pub region: Option<Region>,
    /// A place inside that has no lines of its own, such as `/resourceSpans/0` of one line of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

/// Lines and columns, from 1, in characters; the end is the first column behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Region {
    pub line: u64,
    pub column: u64,
    pub end_line: u64,
    pub end_column: u64,
}

impl Report {
    /// Prints the report for other programs. For people, each command has its own way.
    pub fn print(&self, format: Format) -> std::io::Result<()> {
        output::print_as(&self.render(format), format.form())
    }

    /// The report for other programs. For people, each command has its own way.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Text => String::new(),
            Format::Json => json::render(self),
            Format::Github => github::render(self, &Repository::find()),
            Format::Sarif => sarif::render(self, &Repository::find()),
        }
    }

    /// The findings about a catalogue.
    pub fn of_catalogue(command: &'static str, findings: &[candor_schema::Finding], sources: &Sources) -> Report {
        let findings = findings.iter().map(|finding| ReportFinding::of_catalogue(finding, sources)).collect();
        Report { command, findings, counts: BTreeMap::new() }
    }

    fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }
}

impl ReportFinding {
    pub fn of_catalogue(finding: &candor_schema::Finding, sources: &Sources) -> ReportFinding {
        let related = finding
            .labels
            .iter()
            .map(|label| Related { message: label.text.clone(), location: Location::of_place(label.place, sources) });
        ReportFinding {
            code: finding.code.to_owned(),
            level: finding.severity.into(),
            message: finding.message.clone(),
            note: Some(finding.note.clone()).filter(|note| !note.is_empty()),
            help: finding.help.clone(),
            location: Location::of_place(finding.place, sources),
            related: related.collect(),
            count: 1,
            change: None,
        }
    }

    /// Returns the general meaning of the code, in a few words.
    fn title(&self) -> &str {
        checks::by_code(&self.code).map_or(&self.code, |check| check.title)
    }
}

impl Location {
    /// The whole of a file.
    pub fn of_file(path: &Path) -> Location {
        let file = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        Location { file, region: None, within: None }
    }

    /// A place in one of the files that were read.
    pub fn of_place(place: Place, sources: &Sources) -> Location {
        let Some(source) = sources.get(place) else { return Location::default() };
        Location { region: Some(Region::of_place(place, &source.text)), ..Location::of_file(&source.path) }
    }
}

impl Region {
    /// One whole line.
    pub fn of_line(line: u64) -> Region {
        Region { line, column: 1, end_line: line, end_column: 1 }
    }

    fn of_place(place: Place, text: &str) -> Region {
        let (line, column) = (u64::from(place.line), u64::from(place.column));
        let marked = text.get(place.start as usize..place.end as usize).unwrap_or_default();
        let marked = marked.trim_end();
        let (end_line, end_column) = match marked.rsplit_once('\n') {
            Some((before, last)) => (line + 1 + before.matches('\n').count() as u64, 1 + last.chars().count() as u64),
            None => (line, column + marked.chars().count() as u64),
        };
        Region { line, column, end_line, end_column }
    }
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Level {
        match severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
        }
    }
}
