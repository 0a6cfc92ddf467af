//! Places in the files of others, and what there is to say about them.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::output::one_line;

/// A place in a file, line and column from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourcePlace {
    pub path: Arc<str>,
    pub line: usize,
    pub column: usize,
}

/// Something to say about a place: a mistake, or what was left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceNote {
    pub place: SourcePlace,
    pub text: String,
}

impl SourcePlace {
    pub fn start_of(path: &Path) -> Self {
        SourcePlace { path: path.display().to_string().into(), line: 1, column: 1 }
    }

    pub fn note(&self, text: impl Into<String>) -> SourceNote {
        SourceNote { place: self.clone(), text: text.into() }
    }
}

impl fmt::Display for SourceNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SourcePlace { path, line, column } = &self.place;
        write!(f, "{}:{line}:{column}: {}", one_line(path), one_line(&self.text))
    }
}
