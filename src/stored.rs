//! What the user chose and what they agreed to, kept in a file of theirs (feature `stored`).
//!
//! One file per application, `telemetry.json` in the platform's folder for settings. Beside it `telemetry-last-run.json`
//! says what became of the last run. Neither has to be there, and nothing fails because one cannot be written: then
//! the user is asked again.

mod agreement;
mod file;
mod last_run;

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};

use self::agreement::Agreement;
pub(crate) use self::last_run::Recording;
pub use self::last_run::{LastRun, SentRequest};
use crate::allowance::Held;
use crate::consent::{Remembered, decide, variable};
use crate::{Catalogue, Consent, Decision, domain_id};

/// Where an application keeps what its user chose.
///
/// ```
/// # let catalogue: &'static candor::Catalogue = candor::catalogue!("tests/fixtures/demo.yaml");
/// use candor::{Consent, Store};
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// let store = Store::at(catalogue, folder);
/// assert_eq!(store.read().choice, None);
/// store.choose(Consent::OptedIn)?;
/// assert_eq!(store.read().choice, Some(Consent::OptedIn));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Store {
    catalogue: &'static Catalogue,
    folder: Option<PathBuf>,
}

/// What a [`Store`] holds.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// What the user chose; `None` when they were shown the notice at most.
    pub choice: Option<Consent>,
    /// When the user chose or was shown the notice, in RFC 3339.
    pub date: Option<String>,
    /// Version of the catalogue that they were shown.
    pub version: Option<String>,
    /// What tells that version of the catalogue from others, whatever it is called.
    pub fingerprint: Option<String>,
    /// Why a file that is there does not count.
    pub problem: Option<String>,
    agreement: Option<Agreement>,
}

/// Something that the user has to be shown before anything is sent, or more than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    catalogue: &'static str,
    text: String,
    /// What goes beyond what the user agreed to, mostly what is sent; empty when they are asked for the first time.
    pub added: Vec<String>,
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    candor: u32,
    catalogue: String,
    version: String,
    fingerprint: String,
    date: String,
    choice: Option<Word>,
    agreed: Agreement,
}

/// A choice, as people type it.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Off,
    On,
    Share,
}

const FORM: u32 = 1;
const FILE: &str = "telemetry.json";

impl Store {
    /// In the platform's folder for settings, in one of the catalogue's name: `~/.config/notes/` on Linux.
    ///
    /// Where the platform has no such folder, perhaps because there is no home, nothing is remembered.
    pub fn new(catalogue: &'static Catalogue) -> Self {
        let strategy = etcetera::base_strategy::choose_native_strategy();
        let folder = strategy.ok().map(|strategy| strategy.config_dir().join(catalogue.name));
        Store { catalogue, folder: folder.filter(|folder| folder.is_absolute()) }
    }

    /// In this folder.
    pub fn at(catalogue: &'static Catalogue, folder: impl Into<PathBuf>) -> Self {
        Store { catalogue, folder: Some(folder.into()) }
    }

    /// The folder, where there is one.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// What is stored. A file that cannot be read, or is not of this form or catalogue, counts as none.
    pub fn read(&self) -> Stored {
        let Some(folder) = &self.folder else { return Stored::default() };
        let path = folder.join(FILE);
        let broken = |why: String| Stored { problem: Some(format!("{}: {why}", path.display())), ..Stored::default() };
        match file::read(&path) {
            Ok(None) => Stored::default(),
            Err(error) => broken(error.to_string()),
            Ok(Some(text)) => match serde_json::from_str::<Record>(&text) {
                Ok(record) if record.is_sound(self.catalogue) => record.into(),
                Ok(_) => broken("it is of another form or catalogue, or was changed".to_owned()),
                Err(error) => {
                    broken(format!("line {}, column {} is not as it was written", error.line(), error.column()))
                }
            },
        }
    }

    /// Remembers what the user chose, having seen what this version of the catalogue lists.
    ///
    /// With [`Consent::Off`], what was kept of the last run is deleted. A running pipeline learns of it by
    /// [`Pipeline::reload`](crate::Pipeline::reload).
    ///
    /// # Errors
    /// The choice could not be written.
    pub fn choose(&self, choice: Consent) -> io::Result<()> {
        let written = self.write(Some(choice));
        if choice == Consent::Off {
            self.forget_last_run()?;
        }
        written
    }

    /// Remembers that the user has seen what this version of the catalogue lists. What they chose stays.
    ///
    /// # Errors
    /// That could not be written.
    pub fn notice_shown(&self) -> io::Result<()> {
        self.write(self.read().choice)
    }

    /// What may leave, with this store's choice as one of the layers. It says nothing about what is held back.
    pub fn decide(&self, explicit: Option<Consent>) -> Decision {
        self.read().decide(self.catalogue, explicit, false)
    }

    fn write(&self, choice: Option<Consent>) -> io::Result<()> {
        let folder = self.folder.as_ref().ok_or(ErrorKind::NotFound)?;
        let catalogue = self.catalogue;
        let agreed = Agreement::of(catalogue);
        let record = Record {
            candor: FORM,
            catalogue: catalogue.name.to_owned(),
            version: catalogue.version.to_owned(),
            fingerprint: fingerprint(&agreed)?,
            date: now(),
            choice: choice.map(Word::from),
            agreed,
        };
        file::write(folder, FILE, &(serde_json::to_string_pretty(&record)? + "\n"))
    }
}

impl Stored {
    /// The decision; `shown` says that the notice was shown, whatever is stored. Until it was, the opt-outs that the user
    /// was told of count as well.
    pub(crate) fn decide(&self, catalogue: &Catalogue, explicit: Option<Consent>, shown: bool) -> Decision {
        let remembered = match (self.choice, &self.date) {
            (Some(consent), Some(date)) => Remembered::Chosen { consent, date: date.clone() },
            (None, Some(_)) => Remembered::NoticeShown,
            (_, None) if shown => Remembered::NoticeShown,
            (_, None) => Remembered::NoticeDue,
        };
        let agreement = self.agreement.as_ref().filter(|_| !shown);
        let promised = agreement.map(|agreement| agreement.promised(catalogue)).unwrap_or_default();
        decide(catalogue, explicit, remembered, &promised, variable)
    }

    /// What a catalogue sends beyond what the user agreed to, and the names of all that goes beyond it.
    pub(crate) fn beyond(&self, catalogue: &Catalogue, consent: Consent) -> (Held, Vec<String>) {
        self.agreement.as_ref().map(|agreement| agreement.beyond(catalogue, consent)).unwrap_or_default()
    }
}

impl Notice {
    pub(crate) fn new(catalogue: &Catalogue, added: Vec<String>) -> Self {
        Notice { catalogue: catalogue.title, text: catalogue.notice(), added }
    }
}

/// The text to show.
impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if self.added.is_empty() {
            return Ok(());
        }
        write!(f, "\n\nSince you last saw this, {} goes further:", self.catalogue)?;
        self.added.iter().try_for_each(|name| write!(f, "\n  {name}"))
    }
}

impl Record {
    fn is_sound(&self, catalogue: &Catalogue) -> bool {
        let whole = fingerprint(&self.agreed).is_ok_and(|fingerprint| fingerprint == self.fingerprint);
        whole && self.candor == FORM && self.catalogue == catalogue.name
    }
}

impl From<Record> for Stored {
    fn from(record: Record) -> Self {
        Stored {
            choice: record.choice.map(Consent::from),
            date: Some(record.date),
            version: Some(record.version),
            fingerprint: Some(record.fingerprint),
            problem: None,
            agreement: Some(record.agreed),
        }
    }
}

impl From<Consent> for Word {
    fn from(consent: Consent) -> Self {
        match consent {
            Consent::Off => Word::Off,
            consent if consent.is_opted_in() => Word::Share,
            _ => Word::On,
        }
    }
}

impl From<Word> for Consent {
    fn from(word: Word) -> Self {
        match word {
            Word::Off => Consent::Off,
            Word::On => Consent::Default,
            Word::Share => Consent::OptedIn,
        }
    }
}

/// What tells one agreement from another.
fn fingerprint(agreed: &Agreement) -> serde_json::Result<String> {
    Ok(format!("{:016x}", domain_id(&serde_json::to_string(agreed)?)))
}

fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}
