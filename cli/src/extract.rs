//! `candor extract`

use std::fs;
use std::path::PathBuf;

use candor_codegen::embedded::{Found, find};
use candor_schema::load_str;

use crate::{Outcome, output};

#[derive(clap::Args)]
pub struct Arguments {
    /// A built program, or a library
    program: PathBuf,
    /// Which catalogue, when the program carries several: its name
    #[arg(long)]
    name: Option<String>,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let path = arguments.program.display();
    let unreadable = |error: std::io::Error| format!("cannot read {path}: {error}");
    if !fs::metadata(&arguments.program).map_err(unreadable)?.is_file() {
        return Err(format!("{path} is not a regular file").into());
    }
    let mut documents = Vec::new();
    for found in find(&fs::read(&arguments.program).map_err(unreadable)?) {
        match found {
            Found::Document(document) => documents.push((name(&document), document)),
            Found::Damaged { offset } => tell!("{path}: the catalogue at byte {offset} is damaged"),
        }
    }
    let matches = |(name, _): &&(String, String)| arguments.name.as_ref().is_none_or(|wanted| wanted == name);
    let chosen: Vec<_> = documents.iter().filter(matches).collect();
    match chosen.as_slice() {
        [(_, document)] => {
            output::print(&format!("{document}\n"))?;
            return Ok(true);
        }
        [] if documents.is_empty() => tell!("{path}: no catalogue was found"),
        [] => tell!("{path}: no catalogue of this name; there are: {}", names(&documents)),
        [(first, _), rest @ ..] if rest.iter().all(|(name, _)| name == first) => {
            tell!("{path}: {} catalogues are called {first}, and they differ", chosen.len());
        }
        several => {
            tell!("{path}: {} catalogues were found; choose one with `--name`: {}", several.len(), names(&documents))
        }
    }
    Ok(false)
}

fn names(documents: &[(String, String)]) -> String {
    documents.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The catalogue's name; empty where a later version of the format made it.
fn name(document: &str) -> String {
    load_str("document", document).catalogue.map(|catalogue| catalogue.head().name().to_owned()).unwrap_or_default()
}
