//! `candor generate`

use std::fs;
use std::path::{Path, PathBuf};

use candor_codegen::{Artefact, Difference, compare, generate, markers, write};
use candor_schema::Catalogue;
use similar::{ChangeTag, TextDiff};

use crate::config::{self, Config};
use crate::{Outcome, output};

#[derive(clap::Args)]
pub struct Arguments {
    /// The catalogue: a folder or a file
    catalogue: Option<PathBuf>,
    /// The folder to write to; everything in it is generated
    #[arg(long)]
    out: Option<PathBuf>,
    /// Write nothing; fail when a file is stale, missing or nobody's
    #[arg(long)]
    check: bool,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let config = Config::find()?;
    let path = config.catalogue(arguments.catalogue.as_deref())?;
    let folder = config.out(arguments.out.as_deref(), &path)?;
    let Some(catalogue) = config::open(&path) else { return Ok(false) };
    let artefacts = generate(&catalogue);
    let whole = arguments.out.is_none() && config.is_own(&path);
    let Some(documents) = refresh(&catalogue, whole.then(|| config.documents()).into_iter().flatten())? else {
        return Ok(false);
    };
    match arguments.check {
        true => check(&folder, &artefacts, &documents),
        false => write_all(&folder, &artefacts, &documents),
    }
}

/// A hand-written document with its marked parts made anew.
struct Document {
    path: PathBuf,
    found: String,
    fresh: String,
}

/// Makes the marked parts of documents anew; `None` when markers are wrong, which is then shown.
fn refresh(
    catalogue: &Catalogue,
    paths: impl Iterator<Item = PathBuf>,
) -> Result<Option<Vec<Document>>, Box<dyn std::error::Error>> {
    let mut documents = Vec::new();
    let mut fine = true;
    for path in paths {
        let found = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        match markers::refresh(catalogue, &found) {
            Ok(fresh) => documents.push(Document { path, found, fresh }),
            Err(errors) => {
                fine = false;
                for error in errors {
                    anstream::eprintln!("{}:{error}", path.display());
                }
            }
        }
    }
    Ok(fine.then_some(documents))
}

fn write_all(folder: &Path, artefacts: &[Artefact], documents: &[Document]) -> Outcome {
    let mut changed = write(folder, artefacts)?;
    for document in documents.iter().filter(|document| document.found != document.fresh) {
        candor_codegen::write_file(&document.path, &document.fresh)?;
        changed.push(document.path.clone());
    }
    for path in &changed {
        anstream::println!("{} {}", if path.exists() { "wrote" } else { "removed" }, path.display());
    }
    let all = artefacts.len() + documents.len();
    anstream::println!("{}: {}, {} changed", folder.display(), output::count(all, "file"), changed.len());
    let strangers = compare(folder, artefacts)?;
    for stranger in &strangers {
        show(stranger);
    }
    if !strangers.is_empty() {
        anstream::eprintln!("everything in {} is generated; move these elsewhere, or delete them", folder.display());
    }
    Ok(strangers.is_empty())
}

fn check(folder: &Path, artefacts: &[Artefact], documents: &[Document]) -> Outcome {
    let mut differences = compare(folder, artefacts)?;
    differences.extend(documents.iter().filter(|document| document.found != document.fresh).map(|document| {
        Difference::Stale {
            path: document.path.clone(),
            found: document.found.clone(),
            expected: document.fresh.clone(),
        }
    }));
    for difference in &differences {
        show(difference);
    }
    if differences.is_empty() {
        let all = artefacts.len() + documents.len();
        anstream::println!("{}: {}, all fresh", folder.display(), output::count(all, "file"));
        return Ok(true);
    }
    anstream::eprintln!("{} not fresh; run `cargo candor generate`", output::count(differences.len(), "file"));
    Ok(false)
}

fn show(difference: &Difference) {
    match difference {
        Difference::Missing(path) => anstream::eprintln!("missing: {}", path.display()),
        Difference::Orphaned(path) => {
            anstream::eprintln!("orphaned: {} (nothing generates it)", path.display());
        }
        Difference::Stale { path, found, expected } => {
            anstream::eprintln!("stale: {}", path.display());
            show_changes(found, expected);
        }
    }
}

/// The first changed lines: `-` is in the file, `+` should be.
fn show_changes(found: &str, expected: &str) {
    const SHOWN: usize = 8;
    let diff = TextDiff::from_lines(found, expected);
    let changes = diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal);
    for (position, change) in changes.enumerate() {
        if position == SHOWN {
            anstream::eprintln!("    …");
            return;
        }
        anstream::eprintln!("    {}{}", change.tag(), change.value().trim_end());
    }
}
