//! `candor import`: what others published, as the skeleton of a catalogue. What they do not say is left out and named.

mod page;
mod phrases;
mod skeleton;
mod table;

use std::fs;
use std::path::PathBuf;

use candor_schema::{Finding, Severity, load_str};
use clap::Subcommand;

use crate::{Outcome, output};

#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    source: ImportSource,
}

#[derive(Subcommand)]
enum ImportSource {
    /// The table of a telemetry page: prints the skeleton of a catalogue
    ///
    /// Reads the first table of three columns whose first column says yes or no in every row. Tables in code and in
    /// comments do not count. The page says neither how people opt in nor what is sent when, so the skeleton has no
    /// `consent`, no spans and no events: `candor check` asks for them.
    Table {
        /// A Markdown page with a table of three columns: collected by default, data, specifics
        page: PathBuf,
        /// Short name of the catalogue
        #[arg(long, default_value = "imported")]
        name: String,
    },
}

pub fn run(arguments: &Arguments) -> Outcome {
    let ImportSource::Table { page, name } = &arguments.source;
    let markdown = fs::read_to_string(page).map_err(|error| format!("{}: {error}", page.display()))?;
    let rows = match table::read(&markdown) {
        Ok(rows) => rows,
        Err(errors) => {
            for error in &errors {
                tell!("{}:{}: {}", page.display(), error.line, error.message);
            }
            return Ok(false);
        }
    };
    let catalogue = skeleton::render(&rows, name);
    let mut loaded = load_str("catalogue.yaml", &catalogue);
    loaded.findings.retain(|finding| finding.severity == Severity::Error && !is_gap(finding));
    if !loaded.findings.is_empty() {
        output::show(&loaded.findings, &loaded.sources);
        return Ok(false);
    }
    output::print(&catalogue)?;
    Ok(true)
}

/// Returns true for a finding that asks for what no page says: the switch, the signals, whether something is personal.
fn is_gap(finding: &Finding) -> bool {
    use candor_schema::checks::{missing_personal, opt_in_without_switch, unused_attribute};
    let gaps = [&missing_personal::CHECK, &opt_in_without_switch::CHECK, &unused_attribute::CHECK];
    gaps.iter().any(|check| check.code == finding.code)
}
