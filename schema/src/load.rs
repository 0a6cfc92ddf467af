//! Reads a catalogue from disk: the only place where the library touches files.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::check::{self, Age};
use crate::read::gap::Gap;
use crate::read::node;
use crate::{Catalogue, Finding, Place, Severity, Sources, checks, fix, read};

/// Longest catalogue, in bytes. One of 100,000 attributes has about 20 MB.
const MOST_BYTES: u64 = 64 << 20;

/// The result of a load: everything at once.
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
    /// Counts the findings that are errors.
    pub fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
    }
}

/// Loads a catalogue from a folder (`catalogue.yaml` and every other `*.yaml` beside it) or from a single file.
pub fn load(path: &Path) -> Loaded {
    load_aged(path, Age::Current)
}

/// The same of a catalogue that was released before, to compare with: one of an older build need not say everything that
/// is asked for today. An attribute without `personal` is undeclared.
pub fn load_past(path: &Path) -> Loaded {
    load_aged(path, Age::Past)
}

fn load_aged(path: &Path, age: Age) -> Loaded {
    let mut sources = Sources::default();
    let mut findings = Vec::new();
    let mut room = MOST_BYTES;
    for file in files_of(path, &mut sources, &mut findings) {
        match read_text(path, &file, room).map_err(|fault| fault.of_head(path, &file)) {
            Ok(text) => {
                room -= text.len() as u64;
                sources.add(file, text);
            }
            Err(fault) => unreadable(&mut sources, &mut findings, file, fault),
        }
    }
    let mut loaded = load_sources(sources, findings, age);
    if is_part(path) {
        let no_head = |finding: &&mut Finding| finding.message.starts_with(read::NO_HEAD);
        let help = format!("this is a part of a catalogue: give its folder, `{}`", folder_of(path).display());
        loaded.findings.iter_mut().filter(no_head).for_each(|finding| finding.help = Some(help.clone()));
    }
    loaded
}

/// Returns true if this file has the head of a catalogue beside it, and is not it.
fn is_part(path: &Path) -> bool {
    path.is_file() && !path.ends_with("catalogue.yaml") && folder_of(path).join("catalogue.yaml").is_file()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Loads a catalogue from a text, under the name that findings shall use. A text that starts with `{` is what a built
/// program carries, and read as [`load_past`] does.
pub fn load_str(name: &str, text: &str) -> Loaded {
    let mut sources = Sources::default();
    sources.add(name, text);
    load_sources(sources, Vec::new(), Age::Current)
}

/// Loads a catalogue from texts with the paths to name them by, its head first: one that is not on this disk, from a
/// repository's history or a built program. Read as [`load_past`] does.
pub fn load_texts(texts: impl IntoIterator<Item = (PathBuf, String)>) -> Loaded {
    let mut sources = Sources::default();
    for (path, text) in texts {
        sources.add(path, text);
    }
    load_sources(sources, Vec::new(), Age::Past)
}

/// Checks texts that were read, with the findings about those that could not be.
pub(crate) fn load_sources(sources: Sources, mut findings: Vec<Finding>, age: Age) -> Loaded {
    let unreadable: HashSet<u32> = findings.iter().map(|finding| finding.place.file).collect();
    let mut roots = Vec::new();
    let mut templates = Vec::new();
    let mut gaps: Vec<Gap> = unreadable.iter().map(|file| Gap::whole(*file)).collect();
    let mut room = node::MOST_NODES;
    for (file, source) in (0..).zip(sources.files()).filter(|(file, _)| !unreadable.contains(file)) {
        let parsed = node::parse(file, &source.text, room);
        room = room.saturating_sub(parsed.root.as_ref().map_or(0, node::Node::count));
        roots.extend(parsed.root);
        gaps.extend(parsed.gaps);
        templates.extend(parsed.templates);
        findings.extend(parsed.findings);
    }
    for root in &roots {
        checks::invisible_character::check_invisible_character(root, &mut findings);
    }
    let (model, unread) = read::read(&roots, &sources, &gaps, &mut findings);
    let age = if is_document(&sources) { Age::Past } else { age };
    let catalogue = check::check_into(&model, &unread, age, &mut findings);
    findings.sort_by(|a, b| a.place.cmp(&b.place).then(a.code.cmp(b.code)));
    findings.dedup();
    keep_first_in_templates(&mut findings, &templates);
    fix::keep_safe(&mut findings, &sources);
    let catalogue = catalogue.map(|catalogue| catalogue.with_files(&sources));
    Loaded { catalogue, findings, sources }
}

/// Keeps the first of the findings of one check at one place of a template that merge keys repeat: it is one mistake,
/// however many entries have it from there. The findings are in the order of their places.
fn keep_first_in_templates(findings: &mut Vec<Finding>, templates: &[Place]) {
    let within = |place: Place| {
        let inside = |whole: &Place| whole.file == place.file && whole.start <= place.start && place.end <= whole.end;
        templates.iter().any(inside)
    };
    findings.dedup_by(|next, first| next.code == first.code && next.place == first.place && within(first.place));
}

/// Returns true for the one JSON document that a built program carries, which people do not write.
fn is_document(sources: &Sources) -> bool {
    matches!(sources.files(), [only] if only.text.starts_with('{'))
}

/// The files of a catalogue, its head first.
fn files_of(path: &Path, sources: &mut Sources, findings: &mut Vec<Finding>) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let head = path.join("catalogue.yaml");
    let mut files = Vec::new();
    match fs::read_dir(path) {
        Ok(entries) => files.extend(entries.flatten().map(|entry| entry.path()).filter(|file| is_yaml(file))),
        Err(error) => unreadable(sources, findings, path.to_owned(), Fault::new(error.to_string(), "make it readable")),
    }
    files.sort_by_key(|file| (file != &head, file.clone()));
    if files.first() != Some(&head) {
        files.retain(|file| !OTHER_HEADS.iter().any(|other| file.ends_with(other)));
        files.insert(0, head);
    }
    files
}

/// Names that a head may have when its author does not know the right one.
const OTHER_HEADS: &[&str] = &["catalogue.yml", "catalog.yaml", "catalog.yml"];

/// Returns true if the ending says YAML, in any spelling: a file that was meant and is not read is reported.
fn is_yaml(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml"))
}

/// Returns true if a file in a folder is a link to somewhere else: a finding must not quote what is there.
fn leads_out(folder: &Path, file: &Path) -> bool {
    let is_link = fs::symlink_metadata(file).is_ok_and(|metadata| metadata.is_symlink());
    let (Ok(folder), Ok(target)) = (folder.canonicalize(), file.canonicalize()) else { return false };
    is_link && !target.starts_with(folder)
}

/// The reason why there is no text, and the way out.
struct Fault {
    why: String,
    help: String,
    /// True if there is nothing of this name.
    missing: bool,
    /// The text to show of the file instead, and the byte where it goes wrong.
    shown: String,
    at: usize,
}

impl Fault {
    fn new(why: impl Into<String>, help: impl Into<String>) -> Self {
        Fault { why: why.into(), help: help.into(), missing: false, shown: String::new(), at: 0 }
    }

    /// The same, where it is the head that is missing from a folder: it may be there under another name.
    fn of_head(self, folder: &Path, file: &Path) -> Self {
        if !self.missing || folder == file {
            return self;
        }
        let help = match OTHER_HEADS.iter().find(|name| folder.join(name).is_file()) {
            Some(name) => format!("rename `{name}` to `catalogue.yaml`"),
            None => "write the catalogue's head (`candor: 1`, `name`, …) there, or give another folder".to_owned(),
        };
        Fault::new("this folder has no `catalogue.yaml`", help)
    }
}

fn unreadable(sources: &mut Sources, findings: &mut Vec<Finding>, path: PathBuf, fault: Fault) {
    let before = &fault.shown[..fault.at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let wrong = fault.shown[fault.at..].chars().next().map_or(0, char::len_utf8);
    let place = Place {
        start: fault.at as u32,
        end: (fault.at + wrong) as u32,
        line: before.matches('\n').count() as u32 + 1,
        column: before[line_start..].chars().count() as u32 + 1,
        file: sources.add(path, fault.shown),
    };
    findings.push(checks::unreadable_file::CHECK.at(place, fault.why).help(fault.help));
}

/// The text of a file of a catalogue, with no more than so many bytes.
fn read_text(catalogue: &Path, path: &Path, most: u64) -> Result<String, Fault> {
    if leads_out(catalogue, path) {
        return Err(Fault::new("this link leads out of the catalogue's folder".to_owned(), "put the file itself here"));
    }
    if path != catalogue && path.extension().is_some_and(|ending| ending != "yaml") {
        let why = "this is not read: the files of a catalogue end in `.yaml`";
        return Err(Fault::new(why, "rename it, or move it to another folder"));
    }
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) && !path.exists() {
        return Err(Fault::new("this link leads nowhere", "put the file itself here, or remove the link"));
    }
    let bytes = read_steadily(path, most)?;
    if bytes.len() > 3 && (bytes[0] == 0) != (bytes[1] == 0) {
        return Err(Fault::new("this is UTF-16, and has to be UTF-8", "save it as UTF-8"));
    }
    if bytes.contains(&b'\r') && !bytes.contains(&b'\n') {
        let why = "the lines of this file end in a carriage return (CR) alone";
        return Err(Fault::new(why, "let them end in LF, or in CR LF"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let (bytes, at) = (error.as_bytes(), error.utf8_error().valid_up_to());
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Fault::new("this is UTF-16, and has to be UTF-8", "save it as UTF-8");
        }
        Fault {
            why: format!("this is not UTF-8 (byte {at})"),
            help: "save the file as UTF-8".to_owned(),
            missing: false,
            shown: String::from_utf8_lossy(bytes).into_owned(),
            at,
        }
    })
}

/// The bytes of a file that nobody writes to in the meantime.
fn read_steadily(path: &Path, most: u64) -> Result<Vec<u8>, Fault> {
    const ATTEMPTS: usize = 3;
    for _ in 0..ATTEMPTS {
        let before = state(path)?;
        if before.0 > most {
            let why = format!("with this file the catalogue is larger than {} MiB", MOST_BYTES >> 20);
            return Err(Fault::new(why, "keep only what is reported in the catalogue"));
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(path).map_err(fault_of)?;
        file.take(before.0 + 1).read_to_end(&mut bytes).map_err(fault_of)?;
        if bytes.len() as u64 == before.0 && state(path)? == before {
            return Ok(bytes);
        }
    }
    Err(Fault::new("this file changes while it is read".to_owned(), "check again when nothing writes to it"))
}

/// Returns facts that change with the contents of a file: its length and its time of change.
fn state(path: &Path) -> Result<(u64, Option<SystemTime>), Fault> {
    let metadata = fs::metadata(path).map_err(fault_of)?;
    match metadata.is_file() {
        true => Ok((metadata.len(), metadata.modified().ok())),
        false => Err(Fault::new(
            "this is not a regular file".to_owned(),
            "give a file, or the folder that holds `catalogue.yaml`",
        )),
    }
}

fn fault_of(error: io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::NotFound => Fault {
            missing: true,
            ..Fault::new(
                "there is no such file",
                "give a catalogue's file, or a folder with the catalogue's head in `catalogue.yaml`",
            )
        },
        _ => Fault::new(error.to_string(), "make it readable"),
    }
}
