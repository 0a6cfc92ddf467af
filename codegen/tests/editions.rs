//! Generated code is Rust in every edition, with any names in the catalogue.

use std::path::Path;
use std::process::Command;

use candor_codegen::{canaries, rust, validator};
use candor_schema::load;

const EDITIONS: [&str; 4] = ["2015", "2018", "2021", "2024"];

/// Lets rustc parse items that are not compiled. What it says is empty when they are Rust.
fn parse(items: &str, edition: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("items.rs");
    std::fs::write(&file, format!("#![crate_type = \"lib\"]\n#[cfg(any())]\nmod items {{\n{items}\n}}\n"))
        .expect("written");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let arguments = ["--emit=metadata", "--edition", edition, "--out-dir"];
    let output = Command::new(rustc).args(arguments).arg(folder.path()).arg(&file).output().expect("rustc runs");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn nasty_names() {
    let loaded = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/nasty.yaml"));
    let catalogue = loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings));
    let emitters = rust::render_single(&rust::plan(&catalogue), Some(&validator::plan(&catalogue)));
    for edition in EDITIONS {
        assert_eq!(parse(&emitters, edition), "", "{edition}");
        for file in canaries::render(&canaries::plan(&catalogue)) {
            let items = file.text.replace("#![", "#[");
            assert_eq!(parse(&items, edition), "", "{edition}: {}", file.path);
        }
    }
}

/// The check can fail: a word of one edition is none of another.
#[test]
fn editions_differ() {
    assert_eq!(parse("pub struct S { pub gen: bool, pub r#async: bool }", "2021"), "");
    assert!(parse("pub struct S { pub gen: bool }", "2024").contains("gen"));
    assert_eq!(parse("pub struct S { pub async: bool }", "2015"), "");
    assert!(parse("pub struct S { pub async: bool }", "2018").contains("async"));
}
