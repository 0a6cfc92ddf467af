//! Loads the catalogue behind a macro call: once per compiled crate, and again if a file changed.
//!
//! * The catalogue is looked for in the package's folder and in those above it, up to the first one with a `Cargo.lock`
//!   or `.git`. So every member of a workspace names a shared catalogue alike, and a package that is a dependency finds
//!   its own.
//! * A cache in the macro's process, keyed by path, holds the checked catalogue with the modification times and sizes
//!   of its files. A language server that keeps the process sees a change.
//! * The first expansion in a crate has an `include_bytes!` of every file that was read, so Cargo rebuilds the crate if
//!   one changes. A new file in the folder is noticed with the next rebuild. A `build.rs` notices it at once, because
//!   it names the folder.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use candor_schema::checks::derive::NO_CATALOGUE;
use candor_schema::{Catalogue, Loaded, Place, Severity, did_you_mean, load};
use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::mistake::mistake;

/// A catalogue without errors, and how to name its files.
pub struct Source {
    loaded: Arc<Loaded>,
    /// The path as the user wrote it.
    written: PathBuf,
    /// The same, absolute.
    path: PathBuf,
    stamp: Stamp,
}

type Stamp = Vec<(PathBuf, Option<SystemTime>, u64)>;

type Cache = HashMap<PathBuf, (Stamp, Arc<Loaded>)>;

static CACHE: Mutex<Option<Cache>> = Mutex::new(None);

/// For every catalogue, which type or macro asked for it first, and in which state it was.
type First = HashMap<PathBuf, (Stamp, String)>;

static FIRST: Mutex<Option<First>> = Mutex::new(None);

/// Loads the catalogue that `written` names, seen from the package's folder, for the type or macro of this name. What
/// is wrong with a catalogue is told to the first who asks, and to no other: the mistake is one.
pub fn open(written: Option<&str>, span: Span, by: &str) -> Result<Source, Vec<syn::Error>> {
    let error = |message: String| Err(vec![mistake(&NO_CATALOGUE, span, message)]);
    let Some(folder) = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from) else {
        return error("CARGO_MANIFEST_DIR is not set, so the catalogue cannot be found: build with Cargo".to_owned());
    };
    let names = match written {
        Some(written) => vec![written],
        None => vec!["telemetry", "telemetry.yaml"],
    };
    let Some((path, written)) = find(&folder, &names) else {
        return error(match written {
            Some(written) => nothing_at(&folder, written),
            None => "which catalogue? add `catalogue = \"…\"`, its path from this package's folder".to_owned(),
        });
    };
    let (stamp, loaded) = load_cached(&path);
    if loaded.catalogue.is_none() {
        let first = is_first(&path, &stamp, by);
        return Err(if first { findings(&loaded, &written, &path, span) } else { Vec::new() });
    }
    Ok(Source { loaded, written, path, stamp })
}

/// The mistake about a path that leads to no catalogue, with the path that may be meant.
fn nothing_at(folder: &Path, written: &str) -> String {
    let near = near_path(folder, written).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    format!("there is no catalogue at `{written}` in this package's folder, or above it{near}")
}

/// Returns true if the catalogue was not asked for before. The first one stays the first: a language server asks often.
fn is_first(path: &Path, stamp: &Stamp, by: &str) -> bool {
    let mut first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
    let first = first.get_or_insert_with(HashMap::new);
    match first.get(path).filter(|(seen, _)| seen == stamp) {
        Some((_, name)) => name == by,
        None => {
            first.insert(path.to_owned(), (stamp.clone(), by.to_owned()));
            true
        }
    }
}

/// A file or folder beside the one that is written, with nearly its name.
fn near_path(folder: &Path, written: &str) -> Option<String> {
    let written = Path::new(written);
    let beside = fs::read_dir(folder.join(written.parent()?)).ok()?.flatten();
    let names: Vec<String> = beside.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let near = did_you_mean(written.file_name()?.to_str()?, names.iter().map(String::as_str))?;
    Some(written.with_file_name(near).display().to_string())
}

/// Looks for one of the names in the package's folder and above it, up to the workspace's or repository's root: so
/// every member of a workspace names a shared catalogue the same way.
fn find(folder: &Path, names: &[&str]) -> Option<(PathBuf, PathBuf)> {
    for folder in folder.ancestors() {
        let found = names.iter().find(|name| folder.join(name).exists());
        if let Some(name) = found {
            return Some((folder.join(name), PathBuf::from(name)));
        }
        if folder.join("Cargo.lock").exists() || folder.join(".git").exists() {
            return None;
        }
    }
    None
}

fn load_cached(path: &Path) -> (Stamp, Arc<Loaded>) {
    let stamp = stamp(path);
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    let cache = cache.get_or_insert_with(HashMap::new);
    if let Some((_, loaded)) = cache.get(path).filter(|(seen, _)| *seen == stamp) {
        return (stamp, loaded.clone());
    }
    let loaded = Arc::new(load(path));
    cache.insert(path.to_owned(), (stamp.clone(), loaded.clone()));
    (stamp, loaded)
}

/// Returns facts that change when a file of the catalogue does.
fn stamp(path: &Path) -> Stamp {
    let mut files: Vec<PathBuf> = match fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(_) => vec![path.to_owned()],
    };
    files.sort();
    let of = |file: PathBuf| {
        let metadata = fs::metadata(&file).ok();
        let modified = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
        (file, modified, metadata.map_or(0, |metadata| metadata.len()))
    };
    files.into_iter().map(of).collect()
}

/// The first errors of a broken catalogue, as compile errors.
fn findings(loaded: &Loaded, written: &Path, path: &Path, span: Span) -> Vec<syn::Error> {
    const SHOWN: usize = 5;
    let errors: Vec<_> = loaded.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    let mut messages: Vec<_> = errors
        .iter()
        .take(SHOWN)
        .map(|finding| {
            let place = locate(loaded, written, path, finding.place);
            let help = finding.help.as_ref().map(|help| format!("\n  help: {help}")).unwrap_or_default();
            syn::Error::new(span, format!("{place}: {} [{}]{help}", finding.message, finding.code))
        })
        .collect();
    if errors.len() > SHOWN {
        let more = errors.len() - SHOWN;
        messages
            .push(syn::Error::new(span, format!("and {more} more; `candor check {}` shows all", written.display())));
    }
    messages
}

/// `path:line:column` with the path as the user would write it.
fn locate(loaded: &Loaded, written: &Path, path: &Path, place: Place) -> String {
    let file = loaded.sources.get(place).map_or(path, |source| source.path.as_path());
    let shown = match file.strip_prefix(path) {
        Ok(rest) if rest.as_os_str().is_empty() => written.to_owned(),
        Ok(rest) => written.join(rest),
        Err(_) => file.to_owned(),
    };
    format!("{}:{}:{}", shown.display(), place.line, place.column)
}

impl Source {
    pub fn catalogue(&self) -> &Catalogue {
        // `open` refuses a load without a catalogue.
        self.loaded.catalogue.as_ref().expect("a checked catalogue")
    }

    /// `schema/crewai/agent.yaml:42:3`
    pub fn locate(&self, place: Place) -> String {
        locate(&self.loaded, &self.written, &self.path, place)
    }

    /// Code that makes Cargo rebuild the crate when a file of the catalogue changes: once in a crate, because rustc
    /// reads the files again for each.
    pub fn rebuild_on_change(&self, by: &str) -> TokenStream {
        if !is_first(&self.path, &self.stamp, by) {
            return TokenStream::new();
        }
        let files = self.loaded.sources.files().iter().filter_map(|source| source.path.to_str());
        quote!(#(const _: &[u8] = ::core::include_bytes!(#files);)*)
    }
}
