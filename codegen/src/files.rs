//! Writing files so that no reader sees half of one, whoever else writes the same at the same time.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Writes a file through a temporary one beside it, which is renamed. A file that is there keeps its mode.
///
/// # Errors
/// Fails when the file or its folder cannot be written.
pub fn write_file(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| at(folder, error))?;
    let before = fs::metadata(path).ok().map(|metadata| metadata.permissions());
    let (temporary, mut file) = create_beside(path, before.is_some()).map_err(|error| at(path, error))?;
    let result = file
        .write_all(text.as_bytes())
        .and_then(|()| before.map_or(Ok(()), |permissions| file.set_permissions(permissions)))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, path));
    result.map_err(|error| {
        let _ = fs::remove_file(&temporary); // the first error is the one to tell
        at(path, error)
    })
}

/// Writes a document of the user's: where it is a link, the file that the link leads to; where a file has several names,
/// the file itself, so that all of them show the same.
///
/// # Errors
/// Fails when the file cannot be written.
pub fn write_document(path: &Path, text: &str) -> io::Result<()> {
    let target = path.canonicalize().map_err(|error| at(path, error))?;
    if has_other_names(&target) {
        return fs::write(&target, text).map_err(|error| at(path, error));
    }
    write_file(&target, text)
}

#[cfg(unix)]
fn has_other_names(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.nlink() > 1)
}

#[cfg(not(unix))]
fn has_other_names(_: &Path) -> bool {
    false
}

/// A new file beside this one, which nobody else has: only its owner reads it while the mode of `path` is not yet set.
fn create_beside(path: &Path, owner_only: bool) -> io::Result<(PathBuf, File)> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if owner_only {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = owner_only;
    loop {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let temporary = path.with_file_name(format!(".{name}.{}-{number}{ENDING}", std::process::id()));
        match options.open(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            result => return Ok((temporary, result?)),
        }
    }
}

/// The ending of temporary files.
const ENDING: &str = ".candor-tmp";

/// The state of a file with the name of a temporary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Temporary {
    /// A process is writing it.
    InUse,
    /// Its writer was stopped long ago.
    Left,
}

/// Returns the state of a temporary file; `None` for any other.
pub(crate) fn temporary(path: &Path) -> Option<Temporary> {
    const LONGEST: Duration = Duration::from_secs(600);
    let name = path.file_name()?.to_str()?;
    if !name.starts_with('.') || !name.ends_with(ENDING) {
        return None;
    }
    let modified = fs::symlink_metadata(path).and_then(|metadata| metadata.modified()).ok();
    let is_old = modified.and_then(|modified| modified.elapsed().ok()).is_some_and(|age| age > LONGEST);
    Some(if is_old { Temporary::Left } else { Temporary::InUse })
}

/// An error with the path that it is about.
pub(crate) fn at(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
