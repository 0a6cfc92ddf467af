//! `candor import`

mod table;

use std::fs;
use std::path::PathBuf;

use candor_schema::load_str;
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
    let plan = match table::plan(&markdown) {
        Ok(plan) => plan,
        Err(errors) => {
            for error in &errors {
                tell!("{}:{}: {}", page.display(), error.line, error.message);
            }
            return Ok(false);
        }
    };
    let catalogue = table::render(&plan, name);
    let loaded = load_str("catalogue.yaml", &catalogue);
    if loaded.errors() > 0 {
        output::show(&loaded.findings, &loaded.sources);
        return Ok(false);
    }
    output::print(&catalogue)?;
    Ok(true)
}
