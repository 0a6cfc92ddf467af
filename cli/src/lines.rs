//! Lines in, lines out, as they come: what another program pipes through this one and waits for.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use crate::output::{Form, guard};

/// The longest line that is looked at.
const MAX_LINE_BYTES: usize = 16 << 20;

/// Answers are written when there are so many bytes of them, or nothing more to read at once.
const BLOCK_BYTES: usize = 1 << 18;

/// A line without its end.
pub enum Line<'l> {
    Whole(&'l [u8]),
    /// It is longer than [`MAX_LINE_BYTES`].
    TooLong,
}

/// Hands over each line of the files and writes what comes back, in order, until the reader of the output goes away.
pub fn pump_files(files: &[PathBuf], form: Form, mut answer: impl FnMut(Line<'_>, &mut Vec<u8>)) -> Result<(), String> {
    for file in files {
        let in_file = |error: io::Error| format!("{}: {error}", name(file));
        if !pump(open(file).map_err(in_file)?, form, &mut answer).map_err(in_file)? {
            break;
        }
    }
    Ok(())
}

/// Hands over each line and writes what comes back, in order. Returns false if the reader of the output went away.
///
/// Memory is bounded by the longest line. Lines that are there have their answers before more are waited for.
fn pump(input: impl Read, form: Form, mut answer: impl FnMut(Line<'_>, &mut Vec<u8>)) -> io::Result<bool> {
    let mut input = BufReader::with_capacity(BLOCK_BYTES, input);
    let mut output = Answers { form, is_terminal: io::stdout().is_terminal(), bytes: Vec::new() };
    let mut line = Vec::new();
    loop {
        line.clear();
        input.by_ref().take(MAX_LINE_BYTES as u64 + 1).read_until(b'\n', &mut line)?;
        match line.strip_suffix(b"\n") {
            _ if line.is_empty() => return output.flush(),
            Some(line) => answer(Line::Whole(line.strip_suffix(b"\r").unwrap_or(line)), &mut output.bytes),
            None if line.len() > MAX_LINE_BYTES => {
                input.skip_until(b'\n')?;
                answer(Line::TooLong, &mut output.bytes);
            }
            None => answer(Line::Whole(&line), &mut output.bytes),
        }
        let is_due = output.bytes.len() >= BLOCK_BYTES || input.buffer().is_empty();
        if is_due && !output.flush()? {
            return Ok(false);
        }
    }
}

/// The words for a file in messages; `-` is standard input.
pub fn name(file: &Path) -> String {
    if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() }
}

/// Opens a file; `-` is standard input.
pub fn open(file: &Path) -> io::Result<Box<dyn Read>> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    Ok(Box::new(File::open(file)?))
}

/// Answers that were not written yet.
struct Answers {
    form: Form,
    is_terminal: bool,
    bytes: Vec<u8>,
}

impl Answers {
    fn flush(&mut self) -> io::Result<bool> {
        let mut out = io::stdout().lock();
        let written = match self.is_terminal {
            true => out.write_all(guard(&String::from_utf8_lossy(&self.bytes), self.form).as_bytes()),
            false => out.write_all(&self.bytes),
        };
        self.bytes.clear();
        match written.and_then(|()| out.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
            result => result.map(|()| true),
        }
    }
}
