//! Small files of the user's, written whole or not at all and readable by their owner only. Contents are the caller's.
//!
//! A file may be a link, as dotfiles are: the file that it leads to is read and replaced, and the link stays. Only what
//! contains [`MARK`] is replaced or emptied behind a link, so that a link to a stranger's file does no harm. What is no
//! regular file is never opened, and nothing here waits for long.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longer files are not ours.
const LONGEST: u64 = 4 << 20;

/// Every file of ours has it.
const MARK: &str = "\"candor\"";

/// The text of a file; `None` when there is none.
///
/// # Errors
/// There is something that cannot be read or trusted: see [`follow`].
pub(super) fn read(path: &Path) -> io::Result<Option<String>> {
    let found = follow(path)?;
    let Some(metadata) = found.metadata else {
        let lost = "it is a link to a file that is not there";
        return if found.linked { Err(invalid(lost)) } else { Ok(None) };
    };
    if !metadata.is_file() {
        return Err(invalid("it is not a regular file"));
    }
    let mut options = OpenOptions::new();
    options.read(true);
    let mut bytes = Vec::new();
    open(options, &found.path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(invalid("it is too large"));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| invalid("it is not UTF-8"))
}

/// Replaces a file, and makes the folder around it. A link stays where it leads to a file of ours.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    create_folder(path)?;
    replace(&destination(path), text)
}

/// Replaces a file. Where it is a link, the link goes.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let new = beside(path, format!("{}{}-{:016x}", prefix(path), std::process::id(), fastrand::u64(..)));
    let written = write_new(&new, text).and_then(|()| fs::rename(&new, path));
    match &written {
        Err(_) => _ = fs::remove_file(&new), // it was perhaps never there
        Ok(()) => _ = sync(path),            // not every file system can
    }
    written
}

/// Empties a file in place, which needs no room on the disk; makes an empty one where there is none. A file of the user's
/// that is read-only is made writable.
pub(super) fn empty(path: &Path) -> io::Result<()> {
    let path = destination(path);
    let Ok(metadata) = fs::symlink_metadata(&path) else { return write_new(&path, "") };
    if !is_ours(&path, &metadata) {
        return Err(ErrorKind::InvalidData.into());
    }
    let truncate = || {
        let mut options = OpenOptions::new();
        options.write(true).truncate(true);
        open(options, &path)?.sync_all()
    };
    truncate().or_else(|error| make_writable(&path, &metadata).and_then(|()| truncate()).map_err(|_| error))
}

#[cfg(unix)]
fn make_writable(path: &Path, _: &Metadata) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn make_writable(path: &Path, metadata: &Metadata) -> io::Result<()> {
    let mut permissions = metadata.permissions();
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions)
}

/// Deletes a file, or the link to it. That it is not there is no error.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if !is_absence(&error) => Err(error),
        _ => Ok(()),
    }
}

/// Deletes what processes that were killed left of writing a file, here and where a link leads to. Without the lock of
/// the folder, what is young is perhaps being written.
pub(super) fn remove_temporaries(path: &Path, locked: bool) -> io::Result<()> {
    const YOUNG: Duration = Duration::from_secs(60);
    let behind = destination(path);
    let places = [Some(path), Some(behind.as_path()).filter(|behind| *behind != path)];
    for path in places.into_iter().flatten() {
        let prefix = prefix(path);
        let files = match fs::read_dir(folder(path)) {
            Err(error) if is_absence(&error) => continue,
            files => files?,
        };
        for file in files.flatten().filter(|file| is_temporary(file.file_name().to_str(), &prefix)) {
            let modified = file.metadata().and_then(|metadata| metadata.modified());
            let old = modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > YOUNG));
            if locked || old {
                remove(&file.path())?;
            }
        }
    }
    Ok(())
}

/// Returns the beginning of the names of temporary files.
fn prefix(path: &Path) -> String {
    format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy())
}

/// Returns true for a name that [`replace`] makes: the prefix, a process and a random number.
fn is_temporary(name: Option<&str>, prefix: &str) -> bool {
    let parts = name.and_then(|name| name.strip_prefix(prefix)?.split_once('-'));
    parts.is_some_and(|(process, number)| {
        process.parse::<u32>().is_ok() && number.len() == 16 && u64::from_str_radix(number, 16).is_ok()
    })
}

/// Holds a folder's lock. Whoever changes a file of it that others change, too, reads and writes under the lock.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Drop for Lock {
    /// A copy in a forked process would keep it, so closing the file is not enough.
    fn drop(&mut self) {
        let _ = self.0.unlock(); // it ends with the process at the latest
    }
}

/// Takes the lock of the folder that a file is in; `None` where there are no locks, or no folder.
///
/// # Errors
/// Another process has held it for a second.
pub(super) fn lock(path: &Path) -> io::Result<Option<Lock>> {
    const ATTEMPTS: u32 = 100;
    let Ok(file) = open_lock(folder(path)) else { return Ok(None) };
    for _ in 0..ATTEMPTS {
        match file.try_lock() {
            Ok(()) => return Ok(Some(Lock(file))),
            Err(TryLockError::Error(_)) => return Ok(None),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
    Err(io::Error::new(ErrorKind::WouldBlock, "another process is writing there"))
}

/// Takes the lock if nobody has it.
pub(super) fn lock_at_once(path: &Path) -> Option<Lock> {
    let file = open_lock(folder(path)).ok()?;
    file.try_lock().is_ok().then(|| Lock(file))
}

#[cfg(unix)]
fn open_lock(folder: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(libc::O_DIRECTORY | libc::O_NONBLOCK).open(folder)
}

/// Folders cannot be locked here.
#[cfg(not(unix))]
fn open_lock(folder: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(".telemetry.lock"))
}

/// The target of a path.
struct Target {
    path: PathBuf,
    linked: bool,
    /// `None` where there is nothing.
    metadata: Option<Metadata>,
}

/// Follows links, and looks whether what is there may be trusted.
///
/// # Errors
/// A folder cannot be read, links lead in a circle, or one of them or the file belongs to another user, in a folder that
/// others may write to.
fn follow(path: &Path) -> io::Result<Target> {
    const MOST_LINKS: u32 = 32;
    let mut path = path.to_owned();
    for links in 0..MOST_LINKS {
        let linked = links > 0;
        let metadata = match fs::symlink_metadata(&path) {
            Err(error) if is_absence(&error) => return Ok(Target { path, linked, metadata: None }),
            metadata => metadata?,
        };
        check_owner(&path, &metadata)?;
        if !metadata.is_symlink() {
            return Ok(Target { path, linked, metadata: Some(metadata) });
        }
        path = beside(&path, fs::read_link(&path)?);
    }
    Err(invalid("its links lead in a circle"))
}

/// Checks that only this user may write to a folder: another could put a file of their own there. Root is another user
/// like any.
#[cfg(unix)]
fn check_owner(path: &Path, metadata: &Metadata) -> io::Result<()> {
    const OTHERS_WRITE: u32 = 0o022;
    let this_user = nix::unistd::Uid::effective().as_raw();
    if metadata.uid() == this_user {
        return Ok(());
    }
    let folder = fs::metadata(folder(path))?;
    let foreign = folder.uid() != this_user && folder.uid() != 0;
    if !foreign && folder.mode() & OTHERS_WRITE == 0 {
        return Ok(());
    }
    Err(invalid("it belongs to another user, in a folder that others may write to"))
}

#[cfg(not(unix))]
fn check_owner(_: &Path, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// The file to write: where a link leads to, unless that is a file of somebody else's.
fn destination(path: &Path) -> PathBuf {
    match follow(path) {
        Ok(found) if found.linked && found.metadata.as_ref().is_none_or(|it| is_ours(&found.path, it)) => found.path,
        _ => path.to_owned(),
    }
}

/// Returns true if a regular file looks like one that was written here, however damaged it is.
fn is_ours(path: &Path, metadata: &Metadata) -> bool {
    #[cfg(unix)]
    let alone = metadata.nlink() == 1; // else the file has another name, and is perhaps something else there
    #[cfg(not(unix))]
    let alone = true;
    if !alone || !metadata.is_file() {
        return false;
    }
    let mut options = OpenOptions::new();
    options.read(true);
    let mut bytes = Vec::new();
    let read = open(options, path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes));
    read.is_ok() && (bytes.is_empty() || bytes.windows(MARK.len()).any(|window| window == MARK.as_bytes()))
}

/// Opens a file. Never follows a link, and never waits, as opening a pipe would.
fn open(mut options: OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(ErrorKind::InvalidInput.into()) }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Makes the folder around a file.
pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    builder.mode(0o700);
    builder.recursive(true).create(folder(path))
}

/// Brings the new name to the disk: whoever switched off stays off after a loss of power.
fn sync(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder(path))?.sync_all() } else { Ok(()) }
}

/// The folder that a file is in.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A path from the folder that a file is in.
fn beside(path: &Path, other: impl AsRef<Path>) -> PathBuf {
    folder(path).join(other)
}

/// Returns true if there is nothing of that name, and no folder that it could be in.
fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}
