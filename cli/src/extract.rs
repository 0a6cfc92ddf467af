//! `candor extract`

use std::fs;
use std::path::{Path, PathBuf};

use candor_codegen::embedded::{Found, find};
use candor_schema::load_str;
use serde::de::IgnoredAny;

use crate::Outcome;
use crate::output::{self, Form, foreign};

#[derive(clap::Args)]
pub struct Arguments {
    /// A built program, or a library
    program: PathBuf,
    /// Name of the catalogue, when the program carries several
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
    let mut damaged = Vec::new();
    let mut broken = 0;
    for found in find(&fs::read(&arguments.program).map_err(unreadable)?) {
        match found {
            Found::Document(document) if is_json(&document) => documents.push((name(&document), document)),
            Found::Document(_) => broken += 1,
            Found::Damaged { offset } => damaged.push(offset),
        }
    }
    tell_damaged(&arguments.program, &damaged);
    if broken > 0 {
        tell!("{path}: {} not JSON", output::count(broken, "catalogue"));
    }
    let matches = |(name, _): &&(String, String)| arguments.name.as_ref().is_none_or(|wanted| wanted == name);
    let chosen: Vec<_> = documents.iter().filter(matches).collect();
    match chosen.as_slice() {
        [(_, document)] => {
            output::print_as(&format!("{document}\n"), Form::Json)?;
            return Ok(true);
        }
        [] if documents.is_empty() => tell!("{path}: no catalogue was found"),
        [] => tell!("{path}: no catalogue of this name; there are: {}", names(&documents)),
        [(first, _), rest @ ..] if rest.iter().all(|(name, _)| name == first) => {
            tell!("{path}: {} catalogues are called {}, and they differ", chosen.len(), foreign(first));
        }
        several => {
            tell!("{path}: {} catalogues were found; choose one with `--name`: {}", several.len(), names(&documents))
        }
    }
    Ok(false)
}

fn is_json(document: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(document).is_ok()
}

fn tell_damaged(program: &Path, offsets: &[usize]) {
    const SHOWN: usize = 10;
    for offset in offsets.iter().take(SHOWN) {
        tell!("{}: the catalogue at byte {offset} is damaged", program.display());
    }
    if offsets.len() > SHOWN {
        tell!("{}: and {} more are damaged", program.display(), offsets.len() - SHOWN);
    }
}

/// The names of the first documents, and how many more there are.
fn names(documents: &[(String, String)]) -> String {
    const SHOWN: usize = 20;
    let mut names: Vec<_> = documents.iter().take(SHOWN).map(|(name, _)| foreign(name)).collect();
    let more = format!("and {} more", documents.len().saturating_sub(SHOWN));
    if documents.len() > SHOWN {
        names.push(more);
    }
    names.join(", ")
}

/// The catalogue's name; empty where a later version of the format made it.
fn name(document: &str) -> String {
    load_str("document", document).catalogue.map(|catalogue| catalogue.head().name().to_owned()).unwrap_or_default()
}
