//! `candor.yaml`: what a project's catalogue is called and where its artefacts go, so that commands need no arguments.

use std::path::{Component, Path, PathBuf};

use candor_schema::{Catalogue, Loaded, did_you_mean, load};
use serde::Deserialize;

use crate::output;

/// The project file, looked for in the working folder and above it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The catalogue: a folder or a file.
    pub catalogue: Option<PathBuf>,
    /// The folder that generated files are written to.
    pub out: Option<PathBuf>,
    /// Hand-written documents with `candor:` markers to keep fresh.
    #[serde(default)]
    pub documents: Vec<PathBuf>,
    /// The languages of emitters beside Rust, such as `typescript`.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Further catalogues, such as older ones, whose artefacts stand in folders below `out`.
    #[serde(default)]
    pub others: Vec<OtherCatalogue>,
    /// The folder of the project file.
    #[serde(skip)]
    root: PathBuf,
}

/// A further catalogue of the project.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherCatalogue {
    /// The catalogue: a folder or a file.
    pub catalogue: PathBuf,
    /// The folder below `out` that its artefacts are written to.
    pub folder: String,
    /// The artefacts that are written, by path or folder; all when missing.
    pub only: Option<Vec<String>>,
}

const NAME: &str = "candor.yaml";

impl Config {
    /// Reads the nearest project file; an empty configuration when there is none.
    pub fn find() -> Result<Config, Box<dyn std::error::Error>> {
        let here = std::env::current_dir()?;
        let Some(root) = here.ancestors().find(|folder| folder.join(NAME).is_file()) else {
            return Ok(Config::default());
        };
        let path = root.join(NAME);
        let text = std::fs::read_to_string(&path)?;
        let root = root.strip_prefix(&here).map_or_else(|_| relative(&here, root), Path::to_owned);
        let mut config: Config = read(&text).map_err(|fault| format!("{}:{fault}", root.join(NAME).display()))?;
        config.root = root;
        Ok(config)
    }

    /// The catalogue to work on: the argument, or the project's, or `telemetry` here.
    pub fn catalogue(&self, argument: Option<&Path>) -> Result<PathBuf, String> {
        let own = || self.catalogue.as_ref().map(|own| self.inside("catalogue", own)).transpose();
        let written = match argument {
            Some(argument) => Some(argument.to_owned()),
            None => own()?,
        };
        let found =
            written.or_else(|| ["telemetry", "telemetry.yaml"].map(PathBuf::from).into_iter().find(|p| p.exists()));
        let path = found.ok_or("which catalogue? give its path, or write `catalogue: …` into candor.yaml")?;
        match path.exists() {
            true => Ok(path),
            false => Err(format!("there is no catalogue at `{}`{}", path.display(), beside(&path))),
        }
    }

    /// The folder of generated files: the argument, or the project's, or `generated` here. The project's is for the
    /// project's catalogue only: everything else in it would go.
    pub fn out(&self, argument: Option<&Path>, catalogue: &Path) -> Result<PathBuf, String> {
        match (argument, &self.out) {
            (Some(argument), _) => Ok(argument.to_owned()),
            (None, None) => Ok(PathBuf::from("generated")),
            (None, Some(out)) if self.is_own(catalogue) => self.inside("out", out),
            (None, Some(out)) => Err(format!(
                "`{}` is not the catalogue of `{}`; say where to with --out",
                catalogue.display(),
                self.root.join(out).display()
            )),
        }
    }

    /// Returns true for the project's catalogue, however its path is written.
    pub fn is_own(&self, catalogue: &Path) -> bool {
        let same = |own: &PathBuf| self.root.join(own).canonicalize().ok() == catalogue.canonicalize().ok();
        self.catalogue.as_ref().is_none_or(same)
    }

    /// The documents with markers.
    pub fn documents(&self) -> Result<Vec<PathBuf>, String> {
        self.documents.iter().map(|document| self.inside("documents", document)).collect()
    }

    /// The further catalogues, with their paths, and each in a folder of its own.
    pub fn others(&self) -> Result<Vec<(PathBuf, &OtherCatalogue)>, String> {
        let mut folders = Vec::new();
        let others = self.others.iter().map(|other| {
            let name = other.folder.as_str();
            let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            if !plain || name.starts_with('.') || folders.contains(&name) {
                let why = if plain { "is written twice or is hidden" } else { "is no name of one folder" };
                return Err(format!("{}: `folder: {name}` {why}", self.root.join(NAME).display()));
            }
            folders.push(name);
            Ok((self.inside("others", &other.catalogue)?, other))
        });
        others.collect()
    }

    /// A path of the project file. It may lead nowhere outside the file's folder, through links neither: whoever runs a
    /// command in a repository has not read what that names.
    fn inside(&self, key: &str, written: &Path) -> Result<PathBuf, String> {
        let path = self.root.join(written);
        let root = if self.root.as_os_str().is_empty() { Path::new(".") } else { &self.root };
        match climbs_out(written) || leads_out(root, &path) {
            false => Ok(path),
            true => Err(format!(
                "{}: `{key}` leads out of this folder: `{}`; name something below it, or give the path as an argument",
                self.root.join(NAME).display(),
                written.display()
            )),
        }
    }
}

/// Returns true if a path starts at the root, or has more `..` than folders before them.
fn climbs_out(written: &Path) -> bool {
    let mut depth = 0usize;
    written.components().any(|component| match component {
        Component::Prefix(_) | Component::RootDir => true,
        Component::ParentDir if depth == 0 => true,
        Component::ParentDir => {
            depth -= 1;
            false
        }
        Component::CurDir => false,
        Component::Normal(_) => {
            depth += 1;
            false
        }
    })
}

/// Returns true if the existing part of a path is elsewhere, or is a link to nothing.
fn leads_out(root: &Path, path: &Path) -> bool {
    let there = path.ancestors().find(|part| part.symlink_metadata().is_ok()).unwrap_or(root);
    match (root.canonicalize(), there.canonicalize()) {
        (Ok(root), Ok(there)) => !there.starts_with(root),
        _ => true,
    }
}

/// The project file, or what is wrong with it: line, column and a sentence.
fn read(text: &str) -> Result<Config, String> {
    let mut options = serde_saphyr::Options::default();
    options.with_snippet = false;
    serde_saphyr::from_str_with_options::<Config>(text, options).map_err(|error| {
        let (line, column) = error.location().map_or((1, 1), |place| (place.line(), place.column()));
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        format!("{line}:{column}: {}", sentence(message))
    })
}

/// Rewords the reader's message for the author of the file.
fn sentence(message: &str) -> String {
    const KEYS: [&str; 5] = ["catalogue", "out", "documents", "languages", "others"];
    const OTHER_KEYS: [&str; 3] = ["catalogue", "folder", "only"];
    let quoted = message.split('`').nth(1).unwrap_or_default();
    if message.starts_with("unknown field") {
        let of_other = message.split_once("expected").is_some_and(|(_, expected)| expected.contains("`folder`"));
        let keys: &[&str] = if of_other { &OTHER_KEYS } else { &KEYS };
        return match did_you_mean(quoted, keys.iter().copied()) {
            Some(near) => format!("there is no key `{quoted}`; did you mean `{near}`?"),
            None => format!("there is no key `{quoted}`; the keys are {}", keys.join(", ")),
        };
    }
    if let Some((_, key)) = message.split_once("duplicate mapping key: ") {
        return format!("`{}` is written twice; keep one", key.split(',').next().unwrap_or_default());
    }
    match message {
        "expected string scalar" => "expected the text of a path".to_owned(),
        "expected sequence start" => "expected a list of paths: `[page.md]`".to_owned(),
        "expected mapping start" => "expected keys with values, such as `catalogue: telemetry`".to_owned(),
        other => format!("this is not YAML that Candor reads: {other}"),
    }
}

/// Finds the path that was probably meant by one that does not exist.
fn beside(path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = names.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let near = did_you_mean(&name, names.iter().map(String::as_str));
    near.map(|near| format!("; did you mean `{}`?", path.with_file_name(near).display())).unwrap_or_default()
}

/// `..` as often as `root` is above `here`.
fn relative(here: &Path, root: &Path) -> PathBuf {
    let depth = here.strip_prefix(root).map_or(0, |below| below.components().count());
    std::iter::repeat_n("..", depth).collect()
}

/// Loads a catalogue to hold telemetry against it. What is wrong with it is shown on standard error; its warnings are
/// for `candor check`.
pub fn open_for_report(path: &Path) -> Option<Catalogue> {
    let Loaded { catalogue, findings, sources } = load(path);
    if catalogue.is_none() {
        output::show(&findings, &sources);
    }
    catalogue
}

/// Loads a catalogue and shows its findings on standard error.
pub fn open(path: &Path) -> Option<Catalogue> {
    let Loaded { catalogue, findings, sources } = load(path);
    output::show(&findings, &sources);
    catalogue
}
