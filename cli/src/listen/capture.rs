//! Requests as files that `candor validate` reads: one per request, whole or not there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use candor_validate::Signals;

use super::receive::Form;

/// A folder of numbered files: `000001.traces.otlp.pb`, `000002.logs.otlp.json`,
/// `000003.body.json`. Numbers go on from those that are there.
#[derive(Debug)]
pub struct CaptureFolder {
    folder: PathBuf,
    last: AtomicU64,
}

impl CaptureFolder {
    /// Makes the folder when it is not there.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut last = 0;
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.split('.').next()?.parse().ok());
            last = last.max(number.unwrap_or(0));
        }
        Ok(CaptureFolder { folder: folder.to_owned(), last: AtomicU64::new(last) })
    }

    /// Writes a body, not compressed. It has its name only once it is whole.
    pub fn write(&self, signals: Option<Signals>, form: Form, body: &[u8]) -> io::Result<()> {
        let signals = match signals {
            Some(Signals::Traces) => "traces.otlp",
            Some(Signals::Logs) => "logs.otlp",
            Some(Signals::Metrics) => "metrics.otlp",
            None => "body",
        };
        let ending = match form {
            Form::Protobuf => "pb",
            Form::Json => "json",
        };
        loop {
            let number = self.last.fetch_add(1, Relaxed) + 1;
            let path = self.folder.join(format!("{number:06}.{signals}.{ending}"));
            let part = self.folder.join(format!("{number:06}.part"));
            let mut file = match create(&part) {
                // Somebody else is at work in this folder.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                file => file?,
            };
            // While the part is there, nobody else takes its number.
            if path.exists() {
                fs::remove_file(&part)?;
                continue;
            }
            let written = file.write_all(body).and_then(|()| fs::rename(&part, path));
            if written.is_err() {
                let _ = fs::remove_file(&part); // the first error is the one to tell
            }
            return written;
        }
    }
}

/// A new file for nobody else's eyes: what programs report may be personal.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
