//! The notice that the user sees before anything is reported, or more than they agreed to.

use std::fmt;

use crate::Catalogue;

/// Something that the user has to be shown before anything is sent, or more than before.
///
/// Items that it announces are held back in the run that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    catalogue: &'static str,
    text: String,
    /// True if anything is reported without opting in.
    by_default: bool,
    /// The names of all that goes beyond the user's agreement; empty when they are shown the notice for the first time.
    pub added: Vec<String>,
}

impl Notice {
    pub(crate) fn new(catalogue: &Catalogue, endpoints: &[&str], command: Option<&str>, added: Vec<String>) -> Self {
        let text = catalogue.notice_with(endpoints, command);
        Notice { catalogue: catalogue.title, text, by_default: catalogue.reports_by_default(), added }
    }

    /// The text without what becomes of this run.
    pub(crate) fn body(&self) -> String {
        let mut body = self.text.clone();
        if !self.added.is_empty() {
            body += &format!("\n\nSince you last saw this, {} goes further:", self.catalogue);
            self.added.iter().for_each(|name| body += &format!("\n  {name}"));
        }
        body
    }
}

/// The text to show.
impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.body())?;
        match (self.added.is_empty(), self.by_default) {
            (true, true) => f.write_str("\nNothing is reported in this run."),
            (true, false) => Ok(()),
            (false, _) => f.write_str("\nThis is held back in this run."),
        }
    }
}
