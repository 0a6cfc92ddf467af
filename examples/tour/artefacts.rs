//! Everything below `generated/`, as `candor.yaml` lists it. The tour writes it, and `tests/freshness.rs` holds the
//! committed files to it.

use std::error::Error;
use std::path::Path;

use candor_codegen::{Artefact, generate, generate_language, languages, place};
use candor_schema::{Catalogue, load};

/// The artefacts of CrewAI's catalogue in all languages, and the page of its older one.
///
/// # Errors
/// The older catalogue has findings, or has no such page.
pub fn all(root: &Path, catalogue: &Catalogue) -> Result<Vec<Artefact>, Box<dyn Error>> {
    let older = load(&root.join("schema/crewai-2024")).catalogue.ok_or("the catalogue of 2024 has errors")?;
    let page = place(generate(&older), "crewai-2024", Some(&["docs/telemetry.md".to_owned()]))?;
    let in_languages = languages().filter_map(|language| generate_language(catalogue, language)).flatten();
    Ok(generate(catalogue).into_iter().chain(in_languages).chain(page).collect())
}
