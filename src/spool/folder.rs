//! The spool's folder: records as files, each in a state that its name tells. Not what is in them.
//!
//! The holder of a file's lock is at work on it; a lock ends with its process. Changes of state are renames, of which
//! one of several processes succeeds. Names that are not of this form, and whatever is no regular file, are left alone.

use std::fs::{self, DirBuilder, DirEntry, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use std::cmp::Ordering;

use crate::{Consent, DEFAULT, OPT_IN};

/// The identity of a record. Its name has it, and its header once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    /// Microseconds since 1970.
    pub created: u64,
    /// The spool that wrote it.
    pub writer: u64,
    /// Its number among that spool's records.
    pub number: u32,
    /// The number of its signals.
    pub count: u32,
    /// The consent that it needs.
    pub consent: Consent,
    /// Position of its endpoint in the catalogue, below 16.
    pub endpoint: u8,
}

impl Key {
    /// Older records come first.
    fn age(&self) -> (u64, u64, u32, u32) {
        (self.created, self.writer, self.number, self.count)
    }
}

/// The state of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It is being written.
    New,
    /// It is whole and waits.
    Waiting,
    /// It is being sent, and was perhaps sent already.
    Sending,
}

/// A file of the spool's.
#[derive(Debug)]
pub(super) struct Entry {
    pub key: Key,
    pub state: State,
    pub bytes: u64,
}

/// Most files in a folder, of whatever kind, that are looked through. A folder with more is no place for a spool.
const MOST_FILES: usize = 10_000;

/// The spool's files in this folder, oldest first.
pub(super) fn list(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for (position, file) in files(folder)?.into_iter().flatten().enumerate() {
        if position == MOST_FILES {
            return Err(io::Error::other("too many files"));
        }
        entries.extend(entry(&file?));
    }
    entries.sort_by_key(|entry| entry.key.age());
    Ok(entries)
}

/// Writes a record, so that it is there as a whole or not at all, whatever happens meanwhile.
pub(super) fn write(folder: &Path, key: &Key, parts: &[&[u8]]) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    builder.mode(0o700);
    builder.recursive(true).create(folder)?;
    let new = path(folder, key, State::New);
    let waiting = path(folder, key, State::Waiting);
    let attempt = || write_file(&new, parts).and_then(|file| fs::rename(&new, &waiting).map(|()| file));
    // Before it was locked, another process may have taken it for one that was left.
    let written = attempt().or_else(|error| if error.kind() == ErrorKind::NotFound { attempt() } else { Err(error) });
    match written {
        Ok(file) => unlock(&file),
        Err(error) => {
            let _ = fs::remove_file(&new); // if that fails, it is found later
            return Err(error);
        }
    }
    match sync(folder) {
        Err(error) if fs::remove_file(&waiting).is_ok() => Err(error),
        _ => Ok(()), // or another process has it already
    }
}

/// A new file with these bytes, on the disk. It stays locked, so that nobody takes it for abandoned.
fn write_file(path: &Path, parts: &[&[u8]]) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(path)?;
    let _ = file.try_lock(); // where there are no locks, its age protects it
    for part in parts {
        file.write_all(part)?;
    }
    file.sync_all()?;
    Ok(file)
}

/// Claims a waiting record: afterwards nobody else sends it, now or later, until it is released.
pub(super) fn claim(folder: &Path, key: &Key) -> io::Result<File> {
    let (waiting, sending) = (path(folder, key, State::Waiting), path(folder, key, State::Sending));
    let file = open(&waiting)?;
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        return Err(ErrorKind::WouldBlock.into());
    }
    fs::rename(&waiting, &sending)?; // fails for all but one where there are no locks
    if let Err(error) = sync(folder) {
        // After a loss of power it would perhaps be waiting again.
        release(folder, key, &file);
        return Err(error);
    }
    Ok(file)
}

/// Lets a claimed record wait again.
pub(super) fn release(folder: &Path, key: &Key, file: &File) {
    // A record that stays claimed is deleted later.
    let _ = fs::rename(path(folder, key, State::Sending), path(folder, key, State::Waiting));
    unlock(file);
}

/// Gives up a lock. Closing the file is not enough where a process was forked meanwhile.
fn unlock(file: &File) {
    let _ = file.unlock(); // it ends with the processes at the latest
}

/// Reads a file that is not longer than this.
pub(super) fn read(file: &mut File, longest: u64, into: &mut Vec<u8>) -> io::Result<()> {
    into.clear();
    if file.metadata()?.len() > longest {
        return Err(ErrorKind::FileTooLarge.into());
    }
    file.take(longest).read_to_end(into).map(drop)
}

/// Deletes a record.
pub(super) fn remove(folder: &Path, key: &Key, state: State) -> io::Result<()> {
    fs::remove_file(path(folder, key, state))
}

/// Deletes a file that was being written or sent, when the process that did so is gone. Where there are no locks, that is
/// so when it is `stale`, and where a forked process keeps one, when it has `aged`. Says whether it was deleted.
pub(super) fn remove_abandoned(folder: &Path, entry: &Entry, stale: bool, aged: bool) -> bool {
    let Ok(file) = open(&path(folder, &entry.key, entry.state)) else { return false };
    let abandoned = match file.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => aged,
        Err(TryLockError::Error(_)) => stale || aged,
    };
    abandoned && remove(folder, &entry.key, entry.state).is_ok()
}

/// Deletes all records, in whatever state.
pub(super) fn erase(folder: &Path) -> io::Result<()> {
    // A record whose state changes meanwhile may be missed. Each pass follows all changes of the one before.
    const PASSES: usize = 8;
    for pass in 0..PASSES {
        let (mut found, mut failure) = (false, None);
        for file in files(folder)?.into_iter().flatten() {
            let Some(entry) = entry(&file?) else { continue };
            found = true;
            match remove(folder, &entry.key, entry.state) {
                Err(error) if error.kind() != ErrorKind::NotFound => failure = Some(error),
                _ => {}
            }
        }
        match failure {
            Some(error) => return Err(error),
            None if found => {}
            None if pass == 0 => return Ok(()),
            None => return sync(folder),
        }
    }
    Err(io::Error::other("records are written faster than they are deleted"))
}

/// Lists a folder; nothing when it is not there.
fn files(folder: &Path) -> io::Result<Option<fs::ReadDir>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// A file of the spool's. A link, a folder or a pipe of such a name is none.
fn entry(file: &DirEntry) -> Option<Entry> {
    let (key, state) = parse(file.file_name().to_str()?)?;
    let metadata = file.metadata().ok()?; // gone meanwhile
    metadata.is_file().then_some(Entry { key, state, bytes: metadata.len() })
}

/// Opens a file of the spool's. Never follows a link, and never waits, as opening a pipe would.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(ErrorKind::InvalidInput.into()) }
}

/// Brings renames and deletions to the disk. Not every file system can; then there is nothing better.
#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

/// Folders cannot be flushed here; NTFS keeps a journal of renames.
#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

fn path(folder: &Path, key: &Key, state: State) -> PathBuf {
    folder.join(name(key, state))
}

fn name(key: &Key, state: State) -> String {
    let Key { created, writer, number, count, consent, endpoint } = key;
    let endpoint = if *endpoint > 0 { format!("-{endpoint:x}") } else { String::new() };
    let suffix = match state {
        State::New => ".new",
        State::Waiting => "",
        State::Sending => ".sending",
    };
    format!("{created:016x}-{writer:016x}-{number:08x}-{count:08x}-{}{endpoint}{suffix}.candor", digit(*consent))
}

/// The needs of a record, in a name and a header: no more than what is collected by default, that and what is opt-in, or
/// something else, which only its contents say. So no number of a channel is in a file, which another build may read.
pub(super) fn digit(consent: Consent) -> u8 {
    const DEFAULT_ONLY: Consent = Consent::of(DEFAULT);
    const OPT_IN_ONLY: Consent = Consent::of(OPT_IN);
    if DEFAULT_ONLY.includes(consent) {
        1
    } else if DEFAULT_ONLY.and(OPT_IN_ONLY).includes(consent) {
        2
    } else {
        3
    }
}

/// The reverse of [`name`]; `None` for any other name.
fn parse(name: &str) -> Option<(Key, State)> {
    let stem = name.strip_suffix(".candor")?;
    let (stem, state) = match stem.split_once('.') {
        None => (stem, State::Waiting),
        Some((stem, "new")) => (stem, State::New),
        Some((stem, "sending")) => (stem, State::Sending),
        Some(_) => return None,
    };
    let mut parts = stem.split('-');
    let key = Key {
        created: u64::from_str_radix(parts.next()?, 16).ok()?,
        writer: u64::from_str_radix(parts.next()?, 16).ok()?,
        number: u32::from_str_radix(parts.next()?, 16).ok()?,
        count: u32::from_str_radix(parts.next()?, 16).ok()?,
        consent: match parts.next()? {
            "1" => Consent::of(DEFAULT),
            "2" => Consent::of(DEFAULT).and(Consent::of(OPT_IN)),
            "3" => Consent::from_bits(u32::MAX),
            _ => return None,
        },
        endpoint: match parts.next() {
            Some(endpoint) => u8::from_str_radix(endpoint, 16).ok().filter(|endpoint| *endpoint < 16)?,
            None => 0,
        },
    };
    (self::name(&key, state) == name).then_some((key, state))
}

/// Older records come first.
impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = |key: &Key| (key.created, key.writer, key.number, key.count, key.consent.bits());
        order(self).cmp(&order(other))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_and_others_do_not() {
        let key = Key {
            created: 1 << 50,
            writer: u64::MAX,
            number: 7,
            count: 0,
            consent: Consent::of(DEFAULT).and(Consent::of(OPT_IN)),
            endpoint: 0,
        };
        for state in [State::New, State::Waiting, State::Sending] {
            for key in [key, Key { endpoint: 15, ..key }] {
                assert_eq!(parse(&name(&key, state)), Some((key, state)));
            }
        }
        let own = name(&key, State::Waiting);
        let others = [
            "notes.candor",
            ".candor",
            "",
            &own.to_uppercase(),
            &own.replace("-2.", "-0."),
            &own.replace("-2.", "-2-0."),
            &own.replace("-2.", "-2-10."),
            &own.replace("-2.", "-2.new.new."),
            &own.replacen('0', "+", 1),
            &format!("{own}.bak"),
            &format!("0{own}"),
        ];
        for other in others {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn older_records_come_first() {
        let older = Key { created: 1, writer: 9, number: 9, count: 9, consent: Consent::OptedIn, endpoint: 0 };
        let newer = Key { created: 2, writer: 1, number: 1, count: 1, consent: Consent::Default, endpoint: 0 };
        assert!(older.age() < newer.age());
        assert!(older.age() < Key { number: 10, ..older }.age());
    }
}
