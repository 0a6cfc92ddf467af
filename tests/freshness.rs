//! Committed files are what the catalogue gives: the generated files, and the parts of pages between markers.
//!
//! `cli/tests/command/generate.rs` shows that a changed byte, a missing file and an orphaned file are found.

#[path = "../examples/tour/artefacts.rs"]
mod artefacts;

use std::fs;
use std::path::Path;

use candor_codegen::{Artefact, Difference, compare, markers};
use candor_schema::Catalogue;

const COMMAND: &str = "run `cargo candor generate`";

fn catalogue() -> Catalogue {
    candor_schema::load(Path::new("schema/crewai")).catalogue.expect("no findings; see `cargo candor check`")
}

/// Everything below `generated/`: what `candor.yaml` lists.
fn artefacts() -> Vec<Artefact> {
    let config = fs::read_to_string("candor.yaml").expect("the project file");
    let other = "  - {catalogue: schema/crewai-2024, folder: crewai-2024, only: [docs/telemetry.md]}\n";
    assert!(config.ends_with(other), "{config}");
    artefacts::all(Path::new("."), &catalogue()).expect("artefacts")
}

#[test]
fn generated_files() {
    let differences = compare(Path::new("generated"), &artefacts()).expect("the folder");
    let stale: Vec<String> = differences
        .iter()
        .map(|difference| match difference {
            Difference::Missing(path) => format!("missing: {}", path.display()),
            Difference::Stale { path, .. } => format!("stale: {}", path.display()),
            Difference::Orphaned(path) => format!("orphaned: {} (nothing generates it)", path.display()),
        })
        .collect();
    assert!(stale.is_empty(), "{COMMAND}\n{}", stale.join("\n"));
}

#[test]
fn parts_of_pages() {
    let path = "docs/crewai.md";
    let text = fs::read_to_string(path).expect("a page");
    assert!(text.contains("<!-- candor:table -->"), "{path} has the table");
    let fresh = markers::refresh(&catalogue(), &text).unwrap_or_else(|errors| panic!("{path}: {errors:?}"));
    assert!(fresh == text, "stale: {path}; {COMMAND}");
}

/// The list of documents in `candor.yaml` is what the command refreshes: no other page has markers.
#[test]
fn every_page_with_markers_is_refreshed() {
    let config = fs::read_to_string("candor.yaml").expect("the project file");
    assert!(config.contains("documents: [docs/crewai.md]"), "{config}");
    let pages = ["docs", "docs/adr", "."].map(|folder| fs::read_dir(folder).expect("a folder"));
    for page in pages.into_iter().flatten().map(|entry| entry.expect("an entry").path()) {
        let is_page = page.extension().is_some_and(|extension| extension == "md") && !page.ends_with("docs/crewai.md");
        if is_page {
            let text = fs::read_to_string(&page).expect("a page");
            let fresh = markers::refresh(&catalogue(), &text).unwrap_or_else(|errors| panic!("{page:?}: {errors:?}"));
            assert!(fresh == text, "{} has markers; list it in candor.yaml", page.display());
        }
    }
}
