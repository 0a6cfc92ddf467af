//! Reads files, within bounds.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::draft::Draft;
use super::place::{SourceNote, SourcePlace};

/// Longest file that is read whole.
const MOST_BYTES: u64 = 32 << 20;

/// The result of an importer: the draft, and the mistakes of the source.
pub struct Imported {
    pub draft: Draft,
    pub mistakes: Vec<SourceNote>,
}

/// Reads a file of text.
///
/// # Errors
/// The file cannot be read, is too long, or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, SourceNote> {
    let at = SourcePlace::start_of(path);
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|error| at.note(error.to_string()))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(at.note(format!("longer than {} MiB", MOST_BYTES >> 20)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
        let (line, column) = line_and_column(&before, before.len());
        SourcePlace { line, column, ..at }.note("not text in UTF-8 from here on")
    })
}

/// Returns the line and the column of a byte, from 1.
pub fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

/// Every YAML file of a folder and of the folders in it, in the order of their names; or the one file.
pub fn yaml_files(path: &Path) -> (Vec<PathBuf>, Vec<SourceNote>) {
    let (mut files, mut mistakes) = (Vec::new(), Vec::new());
    if !path.is_dir() {
        return (vec![path.to_owned()], mistakes);
    }
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
        match entries {
            Err(error) => mistakes.push(SourcePlace::start_of(&folder).note(error.to_string())),
            Ok(entries) => {
                for entry in entries.iter().filter(|entry| !entry.file_name().to_string_lossy().starts_with('.')) {
                    // Links are not followed: they may lead in a circle.
                    match entry.file_type() {
                        Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                        Ok(_) if is_yaml(&entry.path()) => files.push(entry.path()),
                        _ => {}
                    }
                }
            }
        }
    }
    files.sort();
    (files, mistakes)
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml"))
}
