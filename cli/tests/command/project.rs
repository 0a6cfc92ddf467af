//! `candor.yaml`: a project's own catalogue, folder and documents.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::{check, edit, empty, folder};

/// A project with a document that has a marker in it.
fn project() -> TempDir {
    let folder = folder();
    let text = "catalogue: telemetry\nout: made\ndocuments: [page.md]\n";
    fs::write(folder.path().join("candor.yaml"), text).expect("written");
    fs::write(folder.path().join("page.md"), PAGE).expect("written");
    fs::create_dir_all(folder.path().join("below/deep")).expect("a folder");
    folder
}

const PAGE: &str = "# Page\n\n<!-- candor:table -->\n\nold\n\n<!-- /candor:table -->\n\nBy hand.\n";

fn page(folder: &Path) -> String {
    fs::read_to_string(folder.join("page.md")).expect("the page")
}

#[test]
fn documents_are_checked_and_refreshed() {
    let project = project();
    check(project.path(), "generate", 0, &["wrote page.md"]);
    let fresh = page(project.path());
    assert!(fresh.starts_with("# Page\n\n<!-- candor:table -->\n\n| Defaulted | Data |"), "{fresh}");
    assert!(fresh.ends_with("\n\n<!-- /candor:table -->\n\nBy hand.\n"), "{fresh}");
    check(project.path(), "generate --check", 0, &["all fresh"]);
    check(project.path(), "generate", 0, &[", 0 changed"]);

    edit(project.path(), "page.md", "No personal data.", "no personal data.");
    let stale = page(project.path());
    check(project.path(), "generate --check", 1, &["stale: page.md\n", "+| Yes |", "run `candor generate`"]);
    assert_eq!(page(project.path()), stale, "a check changes nothing");
    check(project.path(), "generate", 0, &["wrote page.md", ", 1 changed"]);
    assert_eq!(page(project.path()), fresh);
}

#[test]
fn the_rest_of_a_document_is_nobodys_business() {
    let project = project();
    check(project.path(), "generate", 0, &[]);
    edit(project.path(), "page.md", "By hand.", "By another hand.");
    check(project.path(), "generate --check", 0, &["all fresh"]);
}

#[test]
fn wrong_markers_have_a_place() {
    let project = project();
    edit(project.path(), "page.md", "<!-- candor:table -->", "<!-- candor:tabel -->");
    edit(project.path(), "page.md", "<!-- /candor:table -->", "<!-- /candor:tabel -->");
    for command in ["generate", "generate --check"] {
        check(project.path(), command, 1, &["page.md:3:1: ", "did you mean `table`?"]);
    }
    assert!(!project.path().join("made").exists(), "nothing is written when something is wrong");
}

#[test]
fn a_missing_document() {
    let project = project();
    fs::remove_file(project.path().join("page.md")).expect("removed");
    check(project.path(), "generate", 2, &["page.md: "]);
}

#[test]
fn from_a_folder_below() {
    let project = project();
    let below = project.path().join("below/deep");
    check(&below, "check", 0, &["../../telemetry: fine"]);
    check(&below, "generate", 0, &["wrote ../../made/src/lib.rs", "wrote ../../page.md"]);
    check(&below, "generate --check", 0, &["../../made: ", "all fresh"]);
    assert!(fs::read_dir(&below).expect("a folder").next().is_none(), "nothing is written there");
}

#[test]
fn another_folder_leaves_documents_alone() {
    let project = project();
    check(project.path(), "generate --out other", 0, &["wrote other/src/lib.rs"]);
    assert_eq!(page(project.path()), PAGE);
    assert!(!project.path().join("made").exists());
}

#[test]
fn another_catalogue_does_not_go_into_the_projects_folder() {
    let project = project();
    let other = empty();
    fs::write(other.path().join("other.yaml"), include_str!("../../../tests/fixtures/demo.yaml")).expect("written");
    check(project.path(), "generate", 0, &[]);
    let other = other.path().join("other.yaml");
    check(project.path(), &format!("generate {}", other.display()), 2, &["`made`; say where to with --out"]);
    check(project.path(), "generate --check", 0, &["all fresh"]);
    check(project.path(), "generate --check ./telemetry", 0, &["made: ", "all fresh"]);
}

#[test]
fn mistakes_in_the_project_file() {
    let project = project();
    fs::write(project.path().join("candor.yaml"), "catalog: telemetry\n").expect("written");
    check(
        project.path(),
        "check",
        2,
        &["candor: candor.yaml:1:1: there is no key `catalog`; did you mean `catalogue`?\n"],
    );
    for (text, said) in [
        (
            "out: x\nlicence: MIT\n",
            "candor.yaml:2:1: there is no key `licence`; the keys are catalogue, out, documents, languages, others\n",
        ),
        ("catalogue: [telemetry]\n", "candor.yaml:1:12: expected the text of a path\n"),
        ("documents: page.md\n", "candor.yaml:1:12: expected a list of paths: `[page.md]`\n"),
        ("out: x\nout: y\n", "candor.yaml:2:1: `out` is written twice; keep one\n"),
        ("- telemetry\n", "candor.yaml:1:1: expected keys with values"),
        ("out: @x\n", "candor.yaml:1:6: this is not YAML that Candor reads"),
    ] {
        fs::write(project.path().join("candor.yaml"), text).expect("written");
        check(project.path(), "check", 2, &[said]);
    }
    fs::write(project.path().join("candor.yaml"), "catalogue: nowhere\n").expect("written");
    check(project.path(), "check", 2, &["there is no catalogue at `nowhere`"]);
}

/// A user who runs a command in a repository has not read what its project file names.
#[test]
fn the_project_file_leads_nowhere_else() {
    let project = project();
    let outside = empty();
    for text in [
        "catalogue: telemetry\nout: ../made\n".to_owned(),
        "catalogue: telemetry\nout: below/../../made\n".to_owned(),
        format!("catalogue: telemetry\nout: {}\n", outside.path().display()),
        "catalogue: ../telemetry\n".to_owned(),
        "catalogue: telemetry\ndocuments: [../page.md]\n".to_owned(),
    ] {
        fs::write(project.path().join("candor.yaml"), &text).expect("written");
        check(project.path(), "generate", 2, &["candor.yaml: `", "` leads out of this folder: `"]);
        check(&project.path().join("below"), "generate", 2, &["../candor.yaml: `"]);
    }
    for text in ["catalogue: ./telemetry\nout: below/../made\n", "catalogue: telemetry\nout: below/deep/new\n"] {
        fs::write(project.path().join("candor.yaml"), text).expect("written");
        check(project.path(), "generate", 0, &[]);
    }
    assert!(fs::read_dir(outside.path()).expect("a folder").next().is_none());
}

#[cfg(unix)]
#[test]
fn a_link_in_the_project_leads_nowhere_else() {
    use std::os::unix::fs::symlink;
    let project = project();
    let outside = empty();
    fs::write(outside.path().join("page.md"), PAGE).expect("written");
    symlink(outside.path(), project.path().join("made")).expect("a link");
    check(project.path(), "generate", 2, &["`out` leads out of this folder: `made`"]);
    fs::remove_file(project.path().join("made")).expect("removed");
    symlink("nowhere", project.path().join("made")).expect("a link");
    check(project.path(), "generate", 2, &["`out` leads out of this folder: `made`"]);
    fs::remove_file(project.path().join("made")).expect("removed");
    fs::remove_file(project.path().join("page.md")).expect("removed");
    symlink(outside.path().join("page.md"), project.path().join("page.md")).expect("a link");
    check(project.path(), "generate", 2, &["`documents` leads out of this folder: `page.md`"]);
    assert_eq!(fs::read_to_string(outside.path().join("page.md")).expect("the page"), PAGE);
}

#[cfg(unix)]
#[test]
fn a_document_keeps_its_mode_and_its_links() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let project = project();
    let at = |name: &str| project.path().join(name);
    fs::rename(at("page.md"), at("below/page.md")).expect("moved");
    symlink("below/page.md", at("page.md")).expect("a link");
    fs::set_permissions(at("below/page.md"), fs::Permissions::from_mode(0o640)).expect("a mode");
    check(project.path(), "generate", 0, &["wrote page.md"]);
    assert!(fs::symlink_metadata(at("page.md")).expect("a link").is_symlink());
    let written = fs::metadata(at("below/page.md")).expect("the page");
    assert_eq!(written.mode() & 0o777, 0o640);
    assert_ne!(page(project.path()), PAGE);

    fs::hard_link(at("below/page.md"), at("below/other.md")).expect("a second name");
    edit(project.path(), "page.md", "No personal data.", "no personal data.");
    check(project.path(), "generate", 0, &["wrote page.md"]);
    assert_eq!(fs::read_to_string(at("below/other.md")).expect("the page"), page(project.path()));
    assert!(page(project.path()).contains("No personal data."));
}

/// A project with an older catalogue beside its own.
fn with_an_older_one(other: &str) -> TempDir {
    let folder = folder();
    fs::create_dir(folder.path().join("old")).expect("a folder");
    let old = "candor: 1\nname: old\ntitle: Old\nversion: 0.9\nservice: old\nrows: {usage: {title: Usage, personal: none}}\n\
        attributes: {runs: {row: usage, collected: default, type: int, brief: runs}}\n\
        spans: {started: {name: Started, collected: default, brief: it started, attributes: {runs: required}}}\n";
    fs::write(folder.path().join("old/catalogue.yaml"), old).expect("written");
    let text = format!("catalogue: telemetry\nout: out\nothers: [{{catalogue: old{other}}}]\n");
    fs::write(folder.path().join("candor.yaml"), text).expect("written");
    folder
}

#[test]
fn an_older_catalogue_has_its_own_folder() {
    let project = with_an_older_one(", folder: v0, only: [docs/telemetry.md, json-schema]");
    check(
        project.path(),
        "generate",
        0,
        &["wrote out/v0/docs/telemetry.md\n", "wrote out/v0/json-schema/started.default.schema.json"],
    );
    assert!(!project.path().join("out/v0/src").exists());
    check(project.path(), "generate --check", 0, &["all fresh"]);
    edit(project.path(), "out/v0/docs/telemetry.md", "Usage", "Use");
    check(project.path(), "generate --check", 1, &["stale: out/v0/docs/telemetry.md", "1 file not fresh"]);
    check(project.path(), "generate", 0, &["wrote out/v0/docs/telemetry.md\n", ", 1 changed"]);
    fs::write(project.path().join("out/v0/note.md"), "mine").expect("written");
    check(project.path(), "generate --check", 1, &["orphaned: out/v0/note.md"]);
    check(project.path(), "generate --check --format json", 1, &["out/v0/note.md"]);
}

#[test]
fn mistakes_of_an_older_catalogue_are_told() {
    let project = with_an_older_one(", folder: v0");
    edit(project.path(), "old/catalogue.yaml", "row: usage", "row: usaeg");
    check(project.path(), "generate", 1, &["error[E0101]", "did you mean `usage`?"]);
    check(project.path(), "generate --format json", 1, &["E0101"]);
    for (other, expected) in [
        (", folder: ../v0", "`folder: ../v0` is no name of one folder"),
        (", folder: .v0", "`folder: .v0` is written twice or is hidden"),
        (", folder: v0}, {catalogue: old, folder: v0", "`folder: v0` is written twice or is hidden"),
        (", folder: v0, only: [docs/telemetry]", "`only` of `v0`: nothing is generated at `docs/telemetry`"),
        (", foldr: v0", "there is no key `foldr`; the keys are "),
    ] {
        let project = with_an_older_one(other);
        check(project.path(), "generate", 2, &[expected]);
    }
    let project = with_an_older_one(", folder: v0");
    edit(project.path(), "candor.yaml", "catalogue: old", "catalogue: ../old");
    check(project.path(), "generate", 2, &["`others` leads out of this folder"]);
}

#[test]
fn languages_of_emitters() {
    let project = project();
    check(project.path(), "generate", 0, &[]);
    assert!(!project.path().join("made/typescript").exists(), "no project gets a language that it did not ask for");
    edit(project.path(), "candor.yaml", "out: made\n", "out: made\nlanguages: [typescript]\n");
    check(project.path(), "generate --check", 1, &["missing: made/typescript/telemetry.ts"]);
    check(project.path(), "generate", 0, &["wrote made/typescript/telemetry.ts"]);
    check(project.path(), "generate --check", 0, &["all fresh"]);

    edit(project.path(), "candor.yaml", "[typescript]", "[typscript]");
    let near = "nothing is generated in the language `typscript`; did you mean `typescript`?";
    check(project.path(), "generate --check", 2, &[near]);
    edit(project.path(), "candor.yaml", "languages: [typscript]\n", "");
    check(project.path(), "generate", 0, &["removed made/typescript/telemetry.ts"]);
    check(project.path(), "generate --language typescript", 0, &["wrote made/typescript/telemetry.ts"]);
}
