//! Source texts and places in them.

use std::path::{Path, PathBuf};

/// One text that was read, with the path to name it by.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path as the user gave it (joined with the file's name when a folder was given).
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
}

/// All texts of one load. A [`Place`] points into it.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a text and returns its index, the `file` of its places.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<String>) -> u32 {
        self.files.push(Source { path: path.into(), text: text.into() });
        (self.files.len() - 1) as u32
    }

    /// The texts in the order they were read.
    pub fn files(&self) -> &[Source] {
        &self.files
    }

    /// The text that `place` points into.
    pub fn get(&self, place: Place) -> Option<&Source> {
        self.files.get(place.file as usize)
    }

    /// Returns the text at a place.
    pub fn marked(&self, place: Place) -> &str {
        self.get(place).and_then(|source| source.text.get(place.start as usize..place.end as usize)).unwrap_or_default()
    }

    /// The same texts, with these in the place of some.
    pub(crate) fn with_texts(&self, texts: impl IntoIterator<Item = (u32, String)>) -> Sources {
        let mut sources = self.clone();
        for (file, text) in texts {
            if let Some(source) = sources.files.get_mut(file as usize) {
                source.text = text;
            }
        }
        sources
    }

    /// `path:line:column` of a place, as editors and terminals understand it.
    pub fn locate(&self, place: Place) -> String {
        let path = self.get(place).map_or(Path::new("?"), |source| &source.path);
        format!("{}:{}:{}", path.display(), place.line, place.column)
    }
}

/// A range in one source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Index into [`Sources::files`].
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// The start of a file: where a finding about the file as a whole points.
    pub fn file_start(file: u32) -> Self {
        Place { file, start: 0, end: 0, line: 1, column: 1 }
    }
}
