//! The table of emitters: everything that is generated from a catalogue.

use candor_schema::Catalogue;

use crate::{Artefact, canaries, checks_page, docs, json_schema, rust, validator};

/// Everything there is to generate from a catalogue, by path.
pub fn generate(catalogue: &Catalogue) -> Vec<Artefact> {
    let mut artefacts = Vec::new();
    for emit in EMITTERS {
        artefacts.extend(emit(catalogue));
    }
    artefacts.sort_by(|a, b| a.path.cmp(&b.path));
    artefacts
}

/// One line per kind of artefact.
const EMITTERS: &[fn(&Catalogue) -> Vec<Artefact>] = &[
    |catalogue| rust::render(&rust::plan(catalogue)),
    |catalogue| validator::render(&validator::plan(catalogue)),
    |catalogue| canaries::render(&canaries::plan(catalogue)),
    |catalogue| json_schema::render(&json_schema::plan(catalogue)),
    |catalogue| docs::render(&docs::plan(catalogue)),
    |_| checks_page::render(&checks_page::plan()),
];
