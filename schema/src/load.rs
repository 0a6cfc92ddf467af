//! Reads a catalogue from disk: the only place where the library touches files.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{Catalogue, Finding, Place, Severity, Sources, check, checks, node, read};

/// Longest catalogue file, in bytes. A catalogue of 100,000 attributes is about 20 MB.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// What a load gave: everything at once.
#[derive(Debug)]
pub struct Loaded {
    /// The catalogue, when no finding is an error.
    pub catalogue: Option<Catalogue>,
    /// All findings, in the order of their places.
    pub findings: Vec<Finding>,
    /// The texts that were read.
    pub sources: Sources,
}

impl Loaded {
    /// How many findings are errors.
    pub fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
    }
}

/// Loads a catalogue from a folder (`catalogue.yaml` and every other `*.yaml` beside it) or from a single file.
pub fn load(path: &Path) -> Loaded {
    let mut sources = Sources::default();
    let mut findings = Vec::new();
    for file in files_of(path, &mut sources, &mut findings) {
        match read_text(&file) {
            Ok(text) => {
                sources.add(file, text);
            }
            Err(why) => unreadable(&mut sources, &mut findings, file, why),
        }
    }
    load_sources(sources, findings)
}

/// Loads a catalogue from a text, under the name that findings shall use.
pub fn load_str(name: &str, text: &str) -> Loaded {
    let mut sources = Sources::default();
    sources.add(name, text);
    load_sources(sources, Vec::new())
}

/// Loads a catalogue from texts with the paths to name them by, its head first: a folder that is not on this disk.
pub fn load_texts(texts: impl IntoIterator<Item = (PathBuf, String)>) -> Loaded {
    let mut sources = Sources::default();
    for (path, text) in texts {
        sources.add(path, text);
    }
    load_sources(sources, Vec::new())
}

fn load_sources(sources: Sources, mut findings: Vec<Finding>) -> Loaded {
    let unreadable: HashSet<u32> = findings.iter().map(|finding| finding.place.file).collect();
    let mut roots = Vec::new();
    for (file, source) in (0..).zip(sources.files()).filter(|(file, _)| !unreadable.contains(file)) {
        match node::parse(file, &source.text) {
            Ok(root) => roots.push(root),
            Err(finding) => findings.push(*finding),
        }
    }
    let (model, lost) = read::read(&roots, &mut findings);
    // With a file missing, every reference into it would dangle: say what is wrong with the file, and no more.
    let whole =
        unreadable.is_empty() && !findings.iter().any(|finding| finding.code == checks::invalid_yaml::CHECK.code);
    let catalogue = if whole { check::check_into(&model, &lost, &mut findings) } else { None };
    findings.sort_by(|a, b| a.place.cmp(&b.place).then(a.code.cmp(b.code)));
    findings.dedup();
    let catalogue = catalogue.map(|catalogue| catalogue.with_files(&sources));
    Loaded { catalogue, findings, sources }
}

/// The files of a catalogue, its head first.
fn files_of(path: &Path, sources: &mut Sources, findings: &mut Vec<Finding>) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let head = path.join("catalogue.yaml");
    let mut files = Vec::new();
    match fs::read_dir(path) {
        Ok(entries) => files.extend(
            entries.flatten().map(|entry| entry.path()).filter(|file| file.extension().is_some_and(|e| e == "yaml")),
        ),
        Err(error) => unreadable(sources, findings, path.to_owned(), (error.to_string(), "make it readable")),
    }
    files.sort_by_key(|file| (file != &head, file.clone()));
    if files.first() != Some(&head) {
        files.insert(0, head);
    }
    files
}

/// The text of a file, or why there is none, and the way out.
fn read_text(path: &Path) -> Result<String, (String, &'static str)> {
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ("there is no such file".to_owned(), MISSING),
        _ => (error.to_string(), "make it readable"),
    })?;
    if !metadata.is_file() {
        return Err((
            "this is not a regular file".to_owned(),
            "give a file, or the folder that holds `catalogue.yaml`",
        ));
    }
    if metadata.len() > MAX_FILE_BYTES {
        let why = format!("this file is larger than {} MiB", MAX_FILE_BYTES >> 20);
        return Err((why, "split it into several files in one folder"));
    }
    let bytes = fs::read(path).map_err(|error| (error.to_string(), "make it readable"))?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
        (format!("this is not UTF-8 (line {line}, byte {valid})"), "save it as UTF-8")
    })
}

const MISSING: &str = "give a catalogue's file, or a folder with the catalogue's head in `catalogue.yaml`";

fn unreadable(sources: &mut Sources, findings: &mut Vec<Finding>, path: PathBuf, (why, help): (String, &str)) {
    let file = sources.add(path, "");
    findings.push(checks::unreadable_file::CHECK.at(Place::file_start(file), why).help(help));
}
