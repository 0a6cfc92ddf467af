//! Keeps the user's choice, and what they agreed to, in a file of theirs (feature `stored`).
//!
//! One folder per application, in the platform's folder for settings, has two files. `telemetry.json` holds the choice
//! and what was agreed to. `telemetry-last-run.json` holds the requests of the last run, up to 256 KiB, and its
//! counters. Both are readable by their owner only and are replaced as a whole. Several catalogues may share a folder:
//! each has its entry in either file. While consent is off there is no second file.
//!
//! Neither file has to be there, and nothing fails because one cannot be written: then the notice is due in each run,
//! and nothing is sent.
//!
//! Doubt means off: a stored choice that cannot be read or trusted counts as off. [`Stored::problem`] says why, and
//! only another choice of the user's replaces it. The run that shows a notice holds back what the notice is about.

mod agreed_opt_out;
mod agreement;
mod document;
mod document_v1;
mod file;
mod kept;
mod last_run;
mod notice;

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use etcetera::BaseStrategy;

use self::agreement::Agreement;
use self::document::{Document, Entry, Found, channels, fingerprint};
pub(crate) use self::last_run::Recording;
pub use self::last_run::{LastRun, SentRequest};
pub use self::notice::Notice;
use crate::allowance::Held;
use crate::consent::{OptOuts, Remembered, decide, variable};
use crate::opt_out::{Switches, Variable};
use crate::{Catalogue, Consent, Decision};

/// Keeps the choice of an application's user.
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
    clock: fn() -> SystemTime,
}

/// The contents of a [`Store`].
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// The user's choice; `None` when they were shown the notice at most.
    pub choice: Option<Consent>,
    /// The time of the choice or the notice, in RFC 3339.
    pub date: Option<String>,
    /// Version of the catalogue that they were shown.
    pub version: Option<String>,
    /// A fingerprint of the choice and the agreement, which another one of either changes.
    pub fingerprint: Option<String>,
    /// The reason why the file cannot be read or trusted. That means off, whatever it says.
    pub problem: Option<String>,
    /// The names of the channels that they granted.
    granted: Option<Vec<String>>,
    agreement: Option<Agreement>,
    declined: Option<String>,
}

/// An act of the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Chose(Consent),
    SawNotice,
    Declined,
}

const FILE: &str = "telemetry.json";

impl Store {
    /// In the platform's folder for settings, in one of the catalogue's name: `~/.config/notes/` on Linux.
    ///
    /// Without such a folder, perhaps because there is no home, nothing is remembered.
    pub fn new(catalogue: &'static Catalogue) -> Self {
        let strategy = etcetera::base_strategy::choose_native_strategy();
        let folder = strategy.ok().map(|strategy| strategy.config_dir().join(catalogue.name));
        Store { catalogue, folder: folder.filter(|folder| folder.is_absolute()), clock: SystemTime::now }
    }

    /// In this folder.
    pub fn at(catalogue: &'static Catalogue, folder: impl Into<PathBuf>) -> Self {
        Store { catalogue, folder: Some(folder.into()), clock: SystemTime::now }
    }

    /// The same with another clock, for tests. Installation ids and signals that go at intervals depend on it.
    #[must_use]
    pub fn clock(self, clock: fn() -> SystemTime) -> Self {
        Store { clock, ..self }
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// The folder, where there is one.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Reads the store. A file that is there and cannot be read, belongs to another user in a folder that others may
    /// write to, was changed by hand, or is of a later form, is a [`problem`](Stored::problem) and means off. So does
    /// an empty one.
    pub fn read(&self) -> Stored {
        let Some(path) = self.path(FILE) else { return Stored::default() };
        match contents(&path).map(|document| document.map(|document| document.find(self.catalogue.name))) {
            Ok(None | Some(Found::Nothing)) => Stored::default(),
            Ok(Some(Found::Entry(entry))) => Stored::of(*entry, self.catalogue),
            Ok(Some(Found::Doubt(why))) | Err(why) => {
                Stored { problem: Some(format!("{}: {why}", path.display())), ..Stored::default() }
            }
        }
    }

    /// Remembers what the user chose, having seen what this version of the catalogue lists.
    ///
    /// With [`Consent::Off`], what was kept of the last run is deleted, and what processes that were killed left of
    /// writing. An off that cannot be written empties the file, which means off, too. A running pipeline learns of a
    /// choice by [`Pipeline::choose`](crate::Pipeline::choose) or [`Pipeline::reload`](crate::Pipeline::reload).
    ///
    /// # Errors
    /// The choice could not be written, or something that should be deleted could not be.
    pub fn choose(&self, choice: Consent) -> io::Result<()> {
        let written = self.write(Act::Chose(choice));
        if choice == Consent::Off {
            self.forget_last_run()?;
        }
        written
    }

    /// Remembers that the user has seen what this version of the catalogue lists. What they chose stays.
    ///
    /// # Errors
    /// Fails if the file cannot be written, or if it is a [`problem`](Stored::problem), which a notice never replaces.
    pub fn notice_shown(&self) -> io::Result<()> {
        self.write(Act::SawNotice)
    }

    /// Remembers that the user was asked to agree to more than before, and did not. What they agreed to before stays.
    pub(crate) fn decline(&self) -> io::Result<()> {
        self.write(Act::Declined)
    }

    /// Decides consent, with this store's choice as one of the layers. Says nothing about what is held back.
    pub fn decide(&self, explicit: Option<Consent>) -> Decision {
        let stored = self.read();
        let remembered = (stored.remembered(), false);
        let promised = stored.promised(self.catalogue);
        let opt_outs = OptOuts { promised: &promised, switches: &Switches::default() };
        decide(self.catalogue, explicit, remembered, opt_outs, variable)
    }

    /// Deletes what killed processes left of writing, unless another process is writing now. Nothing fails because of
    /// it.
    pub(crate) fn tidy(&self) {
        if let Some(_lock) = self.path(FILE).and_then(|path| file::lock_at_once(&path)) {
            let _ = self.sweep(true); // `off` does it again, and says what fails
        }
    }

    /// Deletes what killed processes left of writing.
    fn sweep(&self, locked: bool) -> io::Result<()> {
        let paths = [FILE, last_run::FILE].into_iter().filter_map(|name| self.path(name));
        paths.map(|path| file::remove_temporaries(&path, locked)).fold(Ok(()), io::Result::and)
    }

    /// Returns the path of a file in this store.
    fn path(&self, name: &str) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(name))
    }

    fn write(&self, act: Act) -> io::Result<()> {
        let Some(path) = self.path(FILE) else {
            return Err(io::Error::new(ErrorKind::NotFound, "there is no folder for settings"));
        };
        let _ = file::create_folder(&path); // writing fails without it
        let lock = match (file::lock(&path), act) {
            (Err(_), Act::Chose(_)) => None, // a choice does not wait for others
            (lock, _) => lock?,
        };
        let before = contents(&path);
        let found = match &before {
            Ok(document) => document.as_ref().map_or(Found::Nothing, |document| document.find(self.catalogue.name)),
            Err(why) => Found::Doubt(why.clone()),
        };
        let entry = self.entry(act, found)?;
        let document = before.map(|document| document.unwrap_or_else(Document::new));
        let mut document = document.unwrap_or_else(|_| Document::in_doubt());
        document.insert(self.catalogue.name, &entry)?;
        let swept = self.sweep(lock.is_some());
        self.replace(&path, act, &document)?;
        if act == Act::Chose(Consent::Off) { swept } else { Ok(()) }
    }

    /// The entry after an act.
    fn entry(&self, act: Act, found: Found) -> io::Result<Entry> {
        let before = match (found, act) {
            (Found::Entry(entry), _) => Some(*entry),
            (Found::Doubt(why), Act::SawNotice | Act::Declined) => {
                return Err(io::Error::new(ErrorKind::InvalidData, why));
            }
            (Found::Doubt(_) | Found::Nothing, _) => None,
        };
        if let (Act::Declined, Some(entry)) = (act, &before) {
            let declined = Some(fingerprint(&Agreement::of(self.catalogue))?);
            return Ok(Entry { declined, ..entry.clone() });
        }
        let granted = match act {
            Act::Chose(choice) => Some(channels(self.catalogue, choice)),
            Act::SawNotice => {
                let chosen = before.as_ref().and_then(|entry| entry.choice(self.catalogue));
                chosen.map(|choice| channels(self.catalogue, choice))
            }
            Act::Declined => Some(Vec::new()),
        };
        let off = granted.as_ref().is_some_and(Vec::is_empty);
        let kept = before.filter(|_| !off);
        let consent = match act {
            Act::Chose(choice) => choice,
            Act::SawNotice | Act::Declined => {
                kept.as_ref().and_then(|entry| entry.choice(self.catalogue)).unwrap_or(Consent::Default)
            }
        };
        let installation_id = kept.as_ref().and_then(|entry| entry.installation_id.clone());
        let is_due = !off
            && self
                .catalogue
                .installation_id
                .is_some_and(|policy| policy.is_allowed(self.catalogue.signals, &consent.into()));
        // Where none can be drawn, it is tried again when it is asked for.
        let installation_id = installation_id.or_else(|| is_due.then(|| self.draw().ok())?);
        Ok(Entry {
            version: Some(self.catalogue.version.to_owned()),
            date: Some(now()),
            granted,
            agreed: Some(Agreement::of(self.catalogue)),
            declined: None,
            libraries: kept.as_ref().and_then(|entry| entry.libraries.clone()),
            installation_id,
            reported: kept.and_then(|entry| entry.reported),
            fingerprint: String::new(),
        })
    }

    /// Writes a document. Where that fails, a choice of less than before empties the file, so that the old one does not
    /// stay.
    fn replace(&self, path: &Path, act: Act, document: &Document) -> io::Result<()> {
        let before = self.read();
        let off = act == Act::Chose(Consent::Off);
        if off && before.fingerprint.is_some() && !document.is_shared(self.catalogue.name) {
            let _ = file::empty(path); // an off that is interrupted is one all the same
        }
        let text = document.text()?;
        let Err(error) = file::write(path, &text) else { return Ok(()) };
        match act {
            Act::Chose(Consent::Off) => self.off_without_room(path, &text, &before, error),
            Act::Chose(choice) if before.choice.is_some_and(|before| !choice.includes(before)) => {
                let _ = file::empty(path);
                let off = if self.read().problem.is_some() { "; until it is, telemetry is off" } else { "" };
                Err(io::Error::new(error.kind(), format!("{error}{off}")))
            }
            _ => Err(error),
        }
    }

    /// An off that cannot be written: a link to where that is so is replaced, else the file is emptied, else deleted.
    fn off_without_room(&self, path: &Path, text: &str, before: &Stored, error: io::Error) -> io::Result<()> {
        if file::replace(path, text).is_ok() {
            return Ok(());
        }
        let emptied = file::empty(path);
        if self.read().problem.is_some() {
            return Ok(()); // that means off
        }
        let (kind, path) = (error.kind(), path.display());
        let tried = match emptied {
            Err(emptied) => format!("{path} could not be written ({error}), nor emptied ({emptied})"),
            Ok(()) => format!("{path} could not be written ({error})"),
        };
        Err(io::Error::new(kind, if before.fingerprint.is_none() { tried } else { self.delete(&tried) }))
    }

    /// The last resort: nothing is stored then, and nothing is sent before the notice was shown. Says what was done.
    fn delete(&self, tried: &str) -> String {
        match self.path(FILE).map_or(Ok(()), |path| file::remove(&path)) {
            Ok(()) => format!("{tried}, so it was deleted, and the notice is due again"),
            Err(error) => format!("{tried}, nor deleted ({error}), so what it says stays"),
        }
    }
}

/// Reads a file; `None` when there is none.
fn contents(path: &Path) -> Result<Option<Document>, String> {
    match file::read(path) {
        Ok(text) => text.as_deref().map(Document::parse).transpose(),
        Err(error) => Err(error.to_string()),
    }
}

impl Stored {
    /// Returns the answer that the resolver needs.
    pub(crate) fn remembered(&self) -> Remembered {
        match (&self.problem, self.choice, &self.date) {
            (Some(why), ..) => Remembered::Doubtful { why: why.clone() },
            (None, Some(consent), Some(date)) => Remembered::Chosen { consent, date: date.clone() },
            (None, _, Some(_)) => Remembered::NoticeShown,
            (None, _, None) => Remembered::NoticeDue,
        }
    }

    /// The variables that the user was told of, and that this catalogue does not have.
    pub(crate) fn promised(&self, catalogue: &Catalogue) -> Vec<Variable<'_>> {
        self.agreement.as_ref().map(|agreement| agreement.promised(catalogue)).unwrap_or_default()
    }

    /// Returns the part of a catalogue that goes beyond the user's agreement, and the names of all that does.
    pub(crate) fn beyond(&self, catalogue: &Catalogue, consent: Consent) -> (Held, Vec<String>) {
        self.agreement
            .as_ref()
            .map(|agreement| agreement.beyond(catalogue, consent, self.granted.as_deref()))
            .unwrap_or_default()
    }

    /// Returns true if the user was asked to agree to what this catalogue lists, and did not.
    pub(crate) fn declined(&self, catalogue: &Catalogue) -> bool {
        self.declined.is_some() && self.declined == fingerprint(&Agreement::of(catalogue)).ok()
    }
}

impl Stored {
    fn of(entry: Entry, catalogue: &Catalogue) -> Self {
        let choice = entry.choice(catalogue);
        // What is kept beside the choice and the agreement changes from run to run, and says nothing of them.
        let of = (&entry.version, &entry.date, &entry.granted, &entry.agreed, &entry.declined);
        Stored {
            choice,
            fingerprint: Some(fingerprint(&of).unwrap_or(entry.fingerprint)),
            granted: entry.granted,
            date: entry.date,
            version: entry.version,
            problem: None,
            agreement: entry.agreed,
            declined: entry.declined,
        }
    }
}

fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}
