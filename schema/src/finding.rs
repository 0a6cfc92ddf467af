//! Findings: the result of a check, as data.
//!
//! A [`Finding`] holds a code, texts and places. The command renders it, the derive makes compile errors of it, and
//! `Builder` makes Cargo messages of it.
//!
//! `allow` on an entry, or in the head for all, takes back findings that name the entry ([`Finding::about`]), if their
//! check is [`waivable`](Check::waivable); `waivers.rs` does so after all checks. [`Finding::fixes`] say what to write
//! where, only if nothing else can have been meant. [`fix`](crate::fix()) applies those that make nothing worse, and
//! the command writes them.

use std::fmt;

use crate::Place;
use crate::did_you_mean::Near;
use crate::invisible::escape_invisible;

/// The weight of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; the catalogue is usable.
    Warning,
    /// The catalogue is not usable.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// One rule, with its own documentation. Every check is one file in [`checks`](crate::checks).
#[derive(Debug)]
pub struct Check {
    /// Stable code, such as `E0103`. Codes are retired, never reused.
    pub code: &'static str,
    /// Severity of its findings.
    pub severity: Severity,
    /// True if `allow: {CODE: why}` on the entry takes its findings back. A check that guards a promise to people never
    /// is.
    pub waivable: bool,
    /// Short name, as a headline.
    pub title: &'static str,
    /// The mistake that it catches.
    pub what: &'static str,
    /// The reason why that matters.
    pub why: &'static str,
    /// A catalogue fragment that it refuses.
    pub wrong: &'static str,
    /// The same, mended.
    pub right: &'static str,
}

impl Check {
    /// Starts a finding of this check.
    pub fn at(&self, place: Place, message: impl Into<String>) -> Finding {
        Finding {
            code: self.code,
            severity: self.severity,
            message: message.into(),
            place,
            note: String::new(),
            help: None,
            labels: Vec::new(),
            about: Vec::new(),
            fixes: Vec::new(),
        }
    }
}

/// One diagnostic: what is wrong, where, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Code of the check.
    pub code: &'static str,
    /// The weight.
    pub severity: Severity,
    /// The mistake, in one sentence.
    pub message: String,
    /// The place.
    pub place: Place,
    /// A few words to stand under the place.
    pub note: String,
    /// The way out.
    pub help: Option<String>,
    /// Other places that explain this one.
    pub labels: Vec<Label>,
    /// The names of the entries that it is about: each may waive it.
    pub about: Vec<Place>,
    /// The corrections that mend it. Only where there is no doubt about what was meant; all of them or none.
    pub fixes: Vec<Fix>,
}

/// A part of a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The place to replace.
    pub place: Place,
    /// The replacement.
    pub text: String,
}

/// A second place of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub place: Place,
    /// The text that is there.
    pub text: String,
}

impl Finding {
    /// Adds the words that stand under the place.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Adds the way out.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the way out where there is one.
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Adds what was probably meant by what stands at its place, as the way out and, where it is certain, as
    /// correction.
    pub(crate) fn did_you_mean(mut self, near: Option<Near<'_>>) -> Self {
        let Some(near) = near else { return self };
        self.help = Some(format!("did you mean `{}`?", near.name));
        let place = self.place;
        if near.certain { self.fix(place, near.name) } else { self }
    }

    /// Adds an entry that may waive it, by the place of its name.
    pub fn about(mut self, entry: Place) -> Self {
        self.about.push(entry);
        self
    }

    /// Adds a part of its correction.
    pub fn fix(mut self, place: Place, text: impl Into<String>) -> Self {
        self.fixes.push(Fix { place, text: text.into() });
        self
    }

    /// Moves it, in a text with so many bytes before what was read.
    pub(crate) fn behind(mut self, bytes: u32) -> Self {
        self.place.start += bytes;
        self.place.end += bytes;
        self
    }

    /// Adds a second place.
    pub fn label(mut self, place: Place, text: impl Into<String>) -> Self {
        self.labels.push(Label { place, text: text.into() });
        self
    }
}

/// A text of the user's in backticks, as a message may hold it: short, and without invisible characters.
pub(crate) fn quote(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut quoted = String::from("`");
    for (position, char) in escape_invisible(text).chars().enumerate() {
        match char {
            _ if position == LONGEST => {
                quoted.push('…');
                break;
            }
            char if char.is_control() => quoted.extend(char.escape_default()),
            char => quoted.push(char),
        }
    }
    quoted.push('`');
    quoted
}
