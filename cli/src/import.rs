//! `candor import`: what others published or sent, as the draft of a catalogue.
//!
//! ```text
//! a file of others ─ table, … → Draft ─ writer → YAML with questions ─ check → a file, or standard output
//! ```
//!
//! Every importer fills a [`Draft`], and one writer prints it. What the source does not say stands in the file as a comment
//! that ends with a question mark; the command lists these places. What a catalogue has no place for is listed, too, with
//! its place in the source. A source with mistakes gives no draft, and all of its mistakes.

pub mod captures;
mod columns;
mod draft;
mod finish;
mod glean;
mod json_schema;
mod lists;
mod names;
mod observed;
mod page;
mod phrases;
mod place;
mod semconv;
mod semconv_types;
mod source;
mod table;
mod types;
mod writer;
mod yaml;

use std::path::PathBuf;

use candor_schema::Collected;
use clap::{Subcommand, ValueEnum};

use crate::Outcome;
use columns::ColumnsArgument;
use finish::{Target, finish, refuse};
use table::TableOptions;

#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    source: ImportSource,
}

#[derive(Subcommand)]
enum ImportSource {
    /// A telemetry page in Markdown: its tables, or else its lists
    ///
    /// Columns are known by their headings and cells: whether it is collected by default (yes, no, ✓, ✗, in several
    /// languages), what it is called, what it is, an example, a type, a unit. Tables about something else are listed as
    /// left out. Below the heading of an event, `- name (type): text` is an attribute of that event. Types follow from
    /// words, examples and units; names on the wire are those in code. Nothing in code blocks or comments counts.
    ///
    /// Example: candor import table docs/telemetry.md --columns data=1,description=2,example=3 --out telemetry
    #[command(verbatim_doc_comment)]
    Table {
        /// The page
        page: PathBuf,
        /// Roles of columns, by number or heading: `collected`, `data`, `description`, `example`, `type`, `unit`, `required`
        #[arg(long, value_name = "ROLE=COLUMN,…")]
        columns: Option<ColumnsArgument>,
        /// Read only this table, by its number on the page; may be given several times
        #[arg(long, value_name = "NUMBER")]
        table: Vec<usize>,
        /// The answer for pages that do not say what is collected by default. Without it, the draft says `opt_in` and asks
        #[arg(long, value_enum, value_name = "WHEN")]
        collected: Option<CollectedArgument>,
        #[command(flatten)]
        target: Target,
    },
    /// OpenTelemetry's semantic conventions: a folder of YAML files, in version 1 or 2 of their language
    ///
    /// Attributes stand in the row of the group that defines them. Events and spans carry what they reference and what
    /// they take over from other groups (`ref`, `extends`, `ref_group`). Metrics, entities and whatever else has no place in
    /// a catalogue are listed with file and line.
    ///
    /// Example: candor import semconv conventions/model --name my-app --out telemetry
    #[command(verbatim_doc_comment)]
    Semconv {
        /// The folder, or one file
        folder: PathBuf,
        #[command(flatten)]
        target: Target,
    },
    /// Glean's `metrics.yaml` and `pings.yaml`
    ///
    /// Pings and events become events, metrics become the attributes of the pings that they are sent in. What a person
    /// needs for deciding (sensitivity, reviews, expiry) is kept in notes. Distributions and labelled metrics are listed.
    ///
    /// Example: candor import glean metrics.yaml pings.yaml --name my-app --out telemetry
    #[command(verbatim_doc_comment)]
    Glean {
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        target: Target,
    },
    /// A JSON Schema of what a program sends
    ///
    /// An object becomes an event, its properties become attributes; nested objects and lists, references inside the file,
    /// closed sets and bounds are read. Several objects (`oneOf`, `anyOf`) are several events.
    ///
    /// Example: candor import json-schema event.schema.json --name my-app --out telemetry
    #[command(verbatim_doc_comment)]
    JsonSchema {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        target: Target,
    },
    /// Captures of a program: OTLP requests or payloads, as `candor validate` reads them
    ///
    /// Types, bounds, closed sets and names on the wire follow from the values. Everything is `opt_in` until a person decides,
    /// and whether something is personal is asked. No value gets into the draft but the words of small closed sets.
    ///
    /// Example: candor import captures sent/*.json --name my-app --out telemetry
    #[command(verbatim_doc_comment)]
    Captures {
        /// The files, compressed or not; `-` for standard input
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        target: Target,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum CollectedArgument {
    /// Until the user opts out
    Default,
    /// Only after the user opted in
    OptIn,
}

impl CollectedArgument {
    fn collected(self) -> Collected {
        match self {
            CollectedArgument::Default => Collected::Default,
            CollectedArgument::OptIn => Collected::OptIn,
        }
    }
}

pub fn run(arguments: &Arguments) -> Outcome {
    match &arguments.source {
        ImportSource::Table { page, columns, table, collected, target } => {
            let options = TableOptions {
                columns: columns.clone(),
                tables: table.clone(),
                collected: collected.map(CollectedArgument::collected),
            };
            match source::read_text(page) {
                Ok(markdown) => finish(table::read(page, &markdown, &options), target),
                Err(mistake) => refuse(&[mistake]),
            }
        }
        ImportSource::Semconv { folder, target } => finish(semconv::read(folder), target),
        ImportSource::Glean { files, target } => finish(glean::read(files), target),
        ImportSource::JsonSchema { file, target } => finish(json_schema::read(file), target),
        ImportSource::Captures { files, target } => finish(captures::read(files), target),
    }
}
