//! Origins of a catalogue: a folder or a file on this disk, a built program that carries it, or the history of a Git
//! repository.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use candor_codegen::embedded::{Found, find};
use candor_schema::{Loaded, load, load_past, load_texts};

/// A folder, a file, a built program, or `git:REVISION:PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogueOrigin {
    Path(PathBuf),
    Git { revision: String, path: String },
}

impl CatalogueOrigin {
    /// Finds the origin that an argument names.
    pub fn parse(argument: &str) -> Result<CatalogueOrigin, String> {
        let Some(written) = argument.strip_prefix("git:") else { return Ok(CatalogueOrigin::Path(argument.into())) };
        match written.split_once(':') {
            Some((revision, path)) if !revision.is_empty() && !revision.starts_with('-') => {
                Ok(CatalogueOrigin::Git { revision: revision.to_owned(), path: path.to_owned() })
            }
            _ => Err("write it as git:REVISION:PATH, such as git:main:telemetry".to_owned()),
        }
    }

    /// Reads the catalogue as it was, to compare with: it need not say what is asked for today.
    pub fn load_past(&self) -> Result<Loaded, String> {
        match self {
            CatalogueOrigin::Path(path) if path.exists() && !is_program(path) => Ok(load_past(path)),
            other => other.load(),
        }
    }

    /// Reads the catalogue.
    pub fn load(&self) -> Result<Loaded, String> {
        match self {
            CatalogueOrigin::Path(path) if !path.exists() => {
                Err(format!("there is no catalogue at `{}`", path.display()))
            }
            CatalogueOrigin::Path(path) if is_program(path) => Ok(load_texts([(path.clone(), carried(path)?)])),
            CatalogueOrigin::Path(path) => Ok(load(path)),
            CatalogueOrigin::Git { revision, path } => Ok(load_texts(texts(revision, path)?)),
        }
    }
}

/// Returns true if a file is no text.
fn is_program(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = path.is_file() && File::open(path).is_ok_and(|file| file.take(1024).read_to_end(&mut start).is_ok());
    read && start.contains(&0)
}

/// The one catalogue that a program carries.
fn carried(path: &Path) -> Result<String, String> {
    let program = fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    match &find(&program)[..] {
        [Found::Document(document)] => Ok(document.clone()),
        [] => Err(format!("{} carries no catalogue", path.display())),
        [Found::Damaged { .. }] => Err(format!("the catalogue in {} is damaged", path.display())),
        several => {
            let count = several.len();
            Err(format!("{} carries {count} catalogues; take one out with `candor extract --name`", path.display()))
        }
    }
}

/// The files of a catalogue in a revision, its head first.
fn texts(revision: &str, path: &str) -> Result<Vec<(PathBuf, String)>, String> {
    const HEAD: &str = "catalogue.yaml";
    let name = format!("{revision}:{path}");
    let shown = PathBuf::from(format!("git:{name}"));
    let object = git_text(&["rev-parse", &name])?;
    let object = object.trim();
    if git_text(&["cat-file", "-t", object])?.trim() == "blob" {
        return Ok(vec![(shown, git_text(&["cat-file", "blob", object])?)]);
    }
    // Without `--full-tree`, it lists what the tree has of the working folder.
    let listing = git_text(&["ls-tree", "-z", "--full-tree", object])?;
    let mut files: Vec<(&str, &str)> = listing.split('\0').filter_map(regular_file).collect();
    files.retain(|(_, file)| Path::new(file).extension().is_some_and(|extension| extension == "yaml"));
    files.sort_by_key(|(_, file)| (*file != HEAD, *file));
    if files.first().is_none_or(|(_, file)| *file != HEAD) {
        return Err(format!("there is no `{HEAD}` in {}", shown.display()));
    }
    let text = |(object, file): (&str, &str)| Ok((shown.join(file), git_text(&["cat-file", "blob", object])?));
    files.into_iter().map(text).collect()
}

/// Object and name of an entry of a tree: `MODE blob OBJECT<tab>NAME`. Links are none.
fn regular_file(entry: &str) -> Option<(&str, &str)> {
    let (what, name) = entry.split_once('\t')?;
    let mut words = what.split(' ');
    let regular = words.next()?.starts_with("100") && words.next()? == "blob";
    regular.then_some((words.next()?, name))
}

fn git_text(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git").args(arguments).output().map_err(|error| format!("git: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("git: {}", said.lines().next().unwrap_or("it failed without a word")));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("git {}: this is not UTF-8", arguments.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        let git = |revision: &str, path: &str| CatalogueOrigin::Git { revision: revision.into(), path: path.into() };
        assert_eq!(CatalogueOrigin::parse("telemetry"), Ok(CatalogueOrigin::Path("telemetry".into())));
        assert_eq!(CatalogueOrigin::parse("git:main:telemetry/"), Ok(git("main", "telemetry/")));
        assert_eq!(CatalogueOrigin::parse("git:v1.0^{commit}:a:b.yaml"), Ok(git("v1.0^{commit}", "a:b.yaml")));
        assert_eq!(CatalogueOrigin::parse("git:main:"), Ok(git("main", "")));
        for wrong in ["git:", "git:main", "git::telemetry", "git:--output=x:telemetry"] {
            assert!(CatalogueOrigin::parse(wrong).is_err(), "{wrong}");
        }
    }
}
