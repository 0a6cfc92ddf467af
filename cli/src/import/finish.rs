//! Checks a draft, writes it where nothing else is, and tells what it lacks.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use candor_codegen::write_file;
use candor_schema::{Finding, Severity, load_str};

use super::place::SourceNote;
use super::source::Imported;
use super::writer::{Question, Written, write};
use crate::Outcome;
use crate::output::{self, count};

/// The name and the path of a draft.
#[derive(clap::Args)]
pub struct Target {
    /// Short name of the catalogue
    #[arg(long, default_value = "imported")]
    name: String,
    /// Write the draft here: a `.yaml` file, or a folder that gets a `catalogue.yaml`. Without it, the draft is printed
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Replace a catalogue that is there
    #[arg(long, requires = "out")]
    force: bool,
}

impl Target {
    /// A file that is not there yet.
    pub fn file(path: &Path) -> Target {
        Target { name: "imported".to_owned(), out: Some(path.to_owned()), force: false }
    }

    /// The file to write.
    fn path(&self) -> Option<PathBuf> {
        let out = self.out.as_ref()?;
        let is_file = out.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") && !out.is_dir();
        Some(if is_file { out.clone() } else { out.join("catalogue.yaml") })
    }
}

/// Most mistakes that are told.
const MOST: usize = 1000;

/// Writes the draft, unless the source has mistakes.
pub fn finish(mut imported: Imported, target: &Target) -> Outcome {
    if !imported.mistakes.is_empty() {
        return refuse(&imported.mistakes);
    }
    imported.draft.settle();
    let written = write(&imported.draft, &target.name);
    let mut loaded = load_str("catalogue.yaml", &written.text);
    loaded.findings.retain(|finding| finding.severity == Severity::Error && !is_gap(finding));
    if !loaded.findings.is_empty() {
        output::show(&loaded.findings, &loaded.sources);
        return Ok(false);
    }
    match target.path() {
        None => output::print(&written.text)?,
        Some(path) => write_new(&path, &written.text, target.force)?,
    }
    tell_left_out(&imported.draft.left_out);
    tell_questions(&written, target);
    Ok(true)
}

/// Tells the mistakes of a source.
pub fn refuse(mistakes: &[SourceNote]) -> Outcome {
    for mistake in mistakes.iter().take(MOST) {
        tell!("{mistake}");
    }
    if mistakes.len() > MOST {
        tell!("… and {} more", mistakes.len() - MOST);
    }
    Ok(false)
}

/// Returns true for a finding that asks for what no source says: the switch, the signals, whether something is personal.
fn is_gap(finding: &Finding) -> bool {
    use candor_schema::checks::{missing_personal, opt_in_without_switch, unused_attribute};
    let gaps = [&missing_personal::CHECK, &opt_in_without_switch::CHECK, &unused_attribute::CHECK];
    gaps.iter().any(|check| check.code == finding.code)
}

/// Writes a file that is not there, or is the same, or may be replaced.
fn write_new(path: &Path, text: &str, force: bool) -> Result<(), Box<dyn std::error::Error>> {
    let is_there = fs::symlink_metadata(path).is_ok();
    if is_there && fs::read_to_string(path).is_ok_and(|known| known == text) {
        tell!("{}: nothing changed", path.display());
        return Ok(());
    }
    if is_there && !force {
        return Err(format!("{}: is there already; --force replaces it", path.display()).into());
    }
    write_file(path, text)?;
    tell!("{}: written", path.display());
    Ok(())
}

fn tell_left_out(left_out: &[SourceNote]) {
    if !left_out.is_empty() {
        tell!("Left out, as a catalogue has no place for it: {}", count(left_out.len(), "thing"));
    }
    for note in left_out {
        tell!("  {note}");
    }
}

/// Tells what only a person can say, and at which lines of the draft.
fn tell_questions(written: &Written, target: &Target) {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for Question { line, text } in &written.questions {
        places.entry(text).or_default().push(*line);
    }
    if places.is_empty() {
        return;
    }
    let path = target.path().map_or_else(|| "the draft".to_owned(), |path| path.display().to_string());
    tell!("For a person to say, in {}: {}", path, count(written.questions.len(), "place"));
    for (question, lines) in places {
        let lines: Vec<_> = lines.iter().map(usize::to_string).collect();
        tell!("  {question} ({} {})", if lines.len() == 1 { "line" } else { "lines" }, lines.join(", "));
    }
}
