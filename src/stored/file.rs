//! Small files of the user's: written whole or not at all, for their owner alone. Not what is in them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Longer files are not ours.
const LONGEST: u64 = 4 << 20;

/// The text of a file; `None` when there is none.
pub(super) fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
        // Opening a pipe would wait.
        Ok(metadata) if !metadata.is_file() || metadata.len() > LONGEST => return Err(ErrorKind::InvalidData.into()),
        Ok(_) => {}
    }
    let mut text = String::new();
    File::open(path)?.take(LONGEST).read_to_string(&mut text)?;
    Ok(Some(text))
}

/// Replaces a file, and makes the folder around it.
pub(super) fn write(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    builder.mode(0o700);
    builder.recursive(true).create(folder)?;
    let new = folder.join(format!(".{name}.{}-{:016x}", std::process::id(), fastrand::u64(..)));
    let written = write_new(&new, text).and_then(|()| fs::rename(&new, folder.join(name)));
    match &written {
        Err(_) => _ = fs::remove_file(&new), // it was perhaps never there
        Ok(()) => _ = sync(folder),          // not every file system can
    }
    written
}

/// Brings the new name to the disk: whoever switched off stays off after a loss of power.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
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

/// Deletes a file. That it is not there is no error.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
