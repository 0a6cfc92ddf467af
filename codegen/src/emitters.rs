//! The table of emitters: everything that is generated from a catalogue.

use candor_schema::Catalogue;

use crate::{Artefact, canaries, checks_page, docs, json_schema, rust, typescript, validator};

/// Everything there is to generate from a catalogue, by path.
pub fn generate(catalogue: &Catalogue) -> Vec<Artefact> {
    let mut artefacts = Vec::new();
    for emit in EMITTERS {
        artefacts.extend(emit(catalogue));
    }
    artefacts.sort_by(|a, b| a.path.cmp(&b.path));
    artefacts
}

/// Everything there is to generate in a language that a project may ask for beside Rust. `None` for a language that is
/// not in [`languages`].
pub fn generate_language(catalogue: &Catalogue, language: &str) -> Option<Vec<Artefact>> {
    let (_, emit) = LANGUAGES.iter().find(|(name, _)| *name == language)?;
    Some(emit(catalogue))
}

/// The languages that a project may ask for beside Rust.
pub fn languages() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|(name, _)| *name)
}

/// One line per language that a project may ask for. Each writes into a folder of its name.
const LANGUAGES: &[(&str, fn(&Catalogue) -> Vec<Artefact>)] =
    &[("typescript", |catalogue| typescript::render(&typescript::plan(catalogue)))];

/// One line per kind of artefact.
const EMITTERS: &[fn(&Catalogue) -> Vec<Artefact>] = &[
    |catalogue| rust::render(&rust::plan(catalogue)),
    |catalogue| validator::render(&validator::plan(catalogue)),
    |catalogue| canaries::render(&canaries::plan(catalogue)),
    |catalogue| json_schema::render(&json_schema::plan(catalogue)),
    |catalogue| docs::render(&docs::plan(catalogue)),
    |_| checks_page::render(&checks_page::plan()),
];
