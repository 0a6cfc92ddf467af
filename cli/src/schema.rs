//! `candor schema`

use std::path::PathBuf;

use candor_codegen::{Artefact, json_schema, vectors};
use candor_schema::{Catalogue, Consent};

use crate::config::{self, Config};
use crate::consent::ChannelSet;
use crate::output::{self, Form};
use crate::{Outcome, report};

#[derive(clap::Args)]
pub struct Arguments {
    /// Name of the schema: `catalogue` (the format), `report` (what `--format json` prints), `stored` (the file with a
    /// user's choice), `vectors` (a line of `candor vectors`), `payload` (any signal), or the id of a signal. The last two
    /// may have `.default` or `.opted_in` behind them; without it, `.default` is meant, where there is one
    name: String,
    /// The schema for exactly these channels and what they imply, as in `--consent default,crash_reports`
    #[arg(long, value_name = "CHANNELS")]
    consent: Option<ChannelSet>,
    /// The catalogue: a folder or a file
    #[arg(long)]
    catalogue: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Outcome {
    match arguments.name.as_str() {
        "catalogue" => return Ok(output::print(&format!("{:#}\n", json_schema::format_schema())).map(|()| true)?),
        "report" => return Ok(output::print(report::SCHEMA).map(|()| true)?),
        "stored" => return Ok(output::print(json_schema::STORED).map(|()| true)?),
        "vectors" => return Ok(output::print(vectors::format::SCHEMA).map(|()| true)?),
        _ => {}
    }
    let path = Config::find()?.catalogue(arguments.catalogue.as_deref())?;
    let Some(catalogue) = config::open(&path) else { return Ok(false) };
    if let Some(consent) = &arguments.consent {
        return print_for(&catalogue, &arguments.name, consent.consent(&catalogue)?);
    }
    let schemas = json_schema::render(&json_schema::plan(&catalogue));
    let name = |schema: &Artefact| {
        let file = schema.path.rsplit('/').next().unwrap_or_default();
        file.trim_end_matches(".schema.json").to_owned()
    };
    let own = ["", ".default", ".opted_in"].map(|level| format!("{}{level}", arguments.name));
    match own.iter().find_map(|own| schemas.iter().find(|schema| name(schema) == *own)) {
        Some(schema) => output::print_as(&schema.text, Form::Json)?,
        None => {
            let names: Vec<String> = schemas.iter().map(name).collect();
            return Err(format!("there is no schema `{}`; there are: {}", arguments.name, names.join(", ")).into());
        }
    }
    Ok(true)
}

/// Prints the schema of any signal, or of one, for a set of channels.
fn print_for(catalogue: &Catalogue, name: &str, consent: Consent) -> Outcome {
    let schema = match (name, catalogue.signal(name)) {
        ("payload", None) => json_schema::payload_schema(catalogue, consent),
        (_, Some(signal)) => json_schema::signal_schema(catalogue, signal, consent)
            .ok_or_else(|| format!("`{name}` is not sent with these channels"))?,
        (_, None) => return Err(format!("with `--consent`, name `payload` or a signal; `{name}` is neither").into()),
    };
    output::print_as(&format!("{schema:#}\n"), Form::Json)?;
    Ok(true)
}
