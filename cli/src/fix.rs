//! `candor check --fix`: corrections, written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use candor_codegen::write_document;
use candor_schema::{Fixed, Loaded, Source};

use crate::output;

/// Makes the corrections that are certain, in the files; gives what a load gives afterwards. Nothing is written when a
/// file is no longer what was read.
pub fn run(loaded: Loaded) -> io::Result<Loaded> {
    let Some(Fixed { corrected, loaded: fixed }) = candor_schema::fix(&loaded) else {
        tell!("nothing to correct without asking\n");
        return Ok(loaded);
    };
    let pairs = loaded.sources.files().iter().zip(fixed.sources.files());
    let changed: Vec<_> = pairs.filter(|(before, after)| before.text != after.text).collect();
    let paths = changed.iter().map(|(before, _)| unchanged(before)).collect::<io::Result<Vec<PathBuf>>>()?;
    for (path, (_, after)) in paths.iter().zip(&changed) {
        replace(path, &after.text)?;
    }
    for finding in &corrected {
        let place = loaded.sources.locate(finding.place);
        let (from, to) = (loaded.sources.marked(finding.place), &finding.fixes[0].text);
        let times = if finding.fixes.len() > 1 { format!(", {} times", finding.fixes.len()) } else { String::new() };
        tell!("corrected[{}]: {place}: `{from}` is now `{to}`{times}", finding.code);
    }
    let files = output::count(changed.len(), "file");
    tell!("{} in {files}\n", output::count(corrected.len(), "correction"));
    Ok(fixed)
}

/// Returns the real path of a file, if it still holds the text that was read.
fn unchanged(source: &Source) -> io::Result<PathBuf> {
    let at = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", source.path.display()));
    let path = source.path.canonicalize().map_err(at)?;
    match fs::read(&path).map_err(at)? == source.text.as_bytes() {
        true => Ok(path),
        false => Err(at(io::Error::other("changed since it was checked; nothing is corrected"))),
    }
}

/// Writes a file at once or not at all. It stays as readable as it was.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let permissions = fs::metadata(path)?.permissions();
    write_document(path, text)?;
    fs::set_permissions(path, permissions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("catalogue.yaml");
        let text = include_str!("../../tests/fixtures/broken/catalogue.yaml");
        fs::write(&path, text).expect("written");
        let loaded = candor_schema::load(&path);
        fs::write(&path, format!("{text}# edited\n")).expect("written");
        let error = run(loaded).expect_err("a file that changed");
        assert!(error.to_string().contains("changed since it was checked"), "{error}");
        assert_eq!(fs::read_to_string(&path).expect("a file"), format!("{text}# edited\n"));
    }
}
