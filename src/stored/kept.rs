//! Keeps the installation id and the times of signals that go at intervals beside the choice. Off keeps neither.
//!
//! Every change is made under the lock of the folder, so that several processes agree on one id and one of them sends.
//! A file that cannot be read is not replaced: then there is no id, and nothing is claimed.

use std::time::{Duration, SystemTime};

use super::agreement::signal_name;
use super::document::{Document, Entry, Found, InstallationRecord};
use super::{FILE, Store, contents, file};
use crate::installation::{InstallationId, Installed};
use crate::interval::Claim;
use crate::{Consent, Signal};

impl Store {
    /// The installation id. The first time, and when its time is up, one is drawn and written.
    ///
    /// # Errors
    /// It cannot be read or written, or everything is off.
    pub(crate) fn installation_id(&self) -> Result<Installed, String> {
        if let Some(installed) = self.found()?.map(|entry| self.installed(&entry)).transpose()?.flatten() {
            return Ok(installed);
        }
        self.update(|entry| match self.installed(entry)? {
            Some(installed) => Ok((false, installed)),
            None => {
                entry.installation_id = Some(self.draw()?);
                let installed = self.installed(entry)?.ok_or("the clock does not stand still")?;
                Ok((true, installed))
            }
        })
    }

    /// The id of an entry, while its time is not up.
    fn installed(&self, entry: &Entry) -> Result<Option<Installed>, String> {
        const FAR: Duration = Duration::from_secs(24 * 60 * 60);
        let Some(InstallationRecord { id, drawn }) = &entry.installation_id else { return Ok(None) };
        let (id, drawn) = (InstallationId::parse(id), humantime::parse_rfc3339(drawn));
        let (Some(id), Ok(drawn)) = (id, drawn) else { return Err("its installation id cannot be read".to_owned()) };
        let agreed = entry.agreed.as_ref().and_then(|agreed| agreed.rotates);
        let now = self.catalogue.installation_id.and_then(|policy| policy.rotates_seconds);
        // Until the user has seen that it is kept for longer, it is not.
        let rotates = agreed.into_iter().chain(now).min();
        let until = rotates.and_then(|seconds| drawn.checked_add(Duration::from_secs(seconds)));
        let is_over = until.is_some_and(|until| self.now() >= until);
        // Nobody knows how old it is where the clock was wrong when it was drawn.
        let is_of_the_future = rotates.is_some() && drawn > self.now() + FAR;
        Ok((!is_over && !is_of_the_future).then_some(Installed { id, until }))
    }

    /// A new id.
    pub(super) fn draw(&self) -> Result<InstallationRecord, String> {
        let id = InstallationId::draw()?.to_string();
        Ok(InstallationRecord { id, drawn: exact(self.now()) })
    }

    /// Claims the time of a signal that goes at intervals, for all processes of this user.
    pub(crate) fn claim(&self, signal: &Signal) -> Claim {
        let every = Duration::from_secs(signal.every);
        let claimed = self.update(|entry| {
            let reported = entry.reported.get_or_insert_default();
            let (name, now) = (signal_name(signal), self.now());
            let last = reported.get(&name).map(|last| humantime::parse_rfc3339(last)).transpose();
            match last.map_err(|_| "the time of its last report cannot be read")? {
                Some(last) if now < last => Err("the clock was set back to before its last report".to_owned()),
                Some(last) if now < last + every => Ok((false, Claim::NotDue { next_unix_nano: nanos(last + every) })),
                _ => {
                    reported.insert(name, exact(now));
                    Ok((true, Claim::Granted { next_unix_nano: nanos(now + every) }))
                }
            }
        });
        claimed.unwrap_or_else(Claim::Refused)
    }

    /// Says when a signal that goes at intervals may go again, in RFC 3339; `None` when it may go now.
    pub(crate) fn next_report(&self, signal: &Signal) -> Option<String> {
        let reported = self.found().ok()??.reported?;
        let last = humantime::parse_rfc3339(reported.get(&signal_name(signal))?).ok()?;
        let next = last.checked_add(Duration::from_secs(signal.every))?;
        (self.now() < next).then(|| humantime::format_rfc3339_seconds(next).to_string())
    }

    /// Removes the installation id and the times, because the application switched everything off.
    pub(crate) fn forget_kept(&self) {
        let kept = |entry: &Entry| entry.installation_id.is_some() || entry.reported.is_some();
        if !matches!(self.found(), Ok(Some(entry)) if kept(&entry)) {
            return;
        }
        // What cannot be written stays: the user's own `off` empties the file.
        let _ = self.update(|entry| {
            (entry.installation_id, entry.reported) = (None, None);
            Ok((true, ()))
        });
    }

    /// The entry of this catalogue.
    fn found(&self) -> Result<Option<Entry>, String> {
        let path = self.path(FILE).ok_or(NO_FOLDER)?;
        match contents(&path)?.map(|document| document.find(self.catalogue.name)) {
            None | Some(Found::Nothing) => Ok(None),
            Some(Found::Entry(entry)) => Ok(Some(*entry)),
            Some(Found::Doubt(why)) => Err(why),
        }
    }

    /// Changes the entry of this catalogue under the lock of the folder; `change` says whether there is anything to write.
    fn update<T>(&self, change: impl FnOnce(&mut Entry) -> Result<(bool, T), String>) -> Result<T, String> {
        let path = self.path(FILE).ok_or(NO_FOLDER)?;
        file::create_folder(&path).map_err(|error| error.to_string())?;
        let lock = file::lock(&path).map_err(|error| error.to_string())?;
        let _lock = lock.ok_or("its folder cannot be locked")?;
        let mut document = contents(&path)?.unwrap_or_else(Document::new);
        let mut entry = match document.find(self.catalogue.name) {
            Found::Entry(entry) => *entry,
            Found::Nothing => Entry::default(),
            Found::Doubt(why) => return Err(why),
        };
        if entry.choice(self.catalogue) == Some(Consent::Off) {
            return Err("the user switched everything off".to_owned());
        }
        let (changed, value) = change(&mut entry)?;
        if changed {
            let written = document.insert(self.catalogue.name, &entry).and_then(|()| document.text());
            let text = written.map_err(|error| error.to_string())?;
            file::write(&path, &text).map_err(|error| error.to_string())?;
        }
        Ok(value)
    }
}

const NO_FOLDER: &str = "there is no folder for settings";

/// With all digits: a time that was rounded would come too early or too late.
fn exact(time: SystemTime) -> String {
    humantime::format_rfc3339_nanos(time).to_string()
}

fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
