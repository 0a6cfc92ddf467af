//! `candor validate`

mod blocks;
pub mod tally;

use std::io::{self, Cursor, ErrorKind, Read};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::mpsc::{channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use blocks::{BLOCK_BYTES, Block, Blocks, MAX_LINE_BYTES};
use candor_schema::{Catalogue, did_you_mean};
use candor_validate::{Item, Lines, MAX_MEMORY, Validator, read_each, read_each_body};
use flate2::read::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressStyle};
use serde::de::IgnoredAny;
use serde_json::json;
use tally::{Spot, Tally};

use crate::Outcome;
use crate::config::{self, Config};
use crate::consent::ChannelSet;
use crate::lines::{Line, name, open, pump_files};
use crate::output::{self, Form, foreign, one_line};
use crate::report::{Format, Report};

#[derive(clap::Args)]
pub struct Arguments {
    /// Payloads (JSON or NDJSON) or OTLP requests (JSON or protobuf), gzip or not; `-` for standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Consent of the user whose program sent them: `off`, `default`, `opted-in`, or the names of channels, as in
    /// `--consent default,crash_reports`
    #[arg(long, value_name = "CHANNELS", default_value_t)]
    consent: ChannelSet,
    /// The catalogue: a folder or a file
    #[arg(long)]
    catalogue: Option<PathBuf>,
    /// The files hold bodies in the JSON form of this endpoint; without it, their form is recognised
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
    /// Answer each line with one line of JSON, in order and as they come: `valid`, the number of `signals`, the `rules`
    /// that are broken, and the `findings`. Ends with 0, whatever the lines hold: for engines that pipe
    #[arg(long, conflicts_with_all = ["endpoint", "format", "max_findings", "max_memory"])]
    lines: bool,
    /// Format of the findings
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Show no more than this many different findings
    #[arg(long, default_value_t = 100)]
    max_findings: usize,
    /// Most bytes of memory that files take while they are read. A document that may take more is not read, and is a
    /// finding; lines may have any size in all
    #[arg(long, value_name = "BYTES", default_value_t = MAX_MEMORY)]
    max_memory: usize,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let path = Config::find()?.catalogue(arguments.catalogue.as_deref())?;
    let Some(catalogue) = config::open_for_report(&path) else { return Ok(false) };
    let consent = arguments.consent.consent(&catalogue)?;
    if consent.is_off() {
        return Err("nothing may be sent while off: write default, opted-in, or names of channels".into());
    }
    if arguments.lines {
        return answer_lines(&arguments.files, &Lines::new(&catalogue, consent));
    }
    let endpoint = arguments.endpoint.as_deref().map(|name| check_endpoint(&catalogue, name)).transpose()?;
    let (validator, most_memory) = (Validator::new(&catalogue, consent), arguments.max_memory);
    let judge = Judge { catalogue: &catalogue, validator, endpoint, most_memory };
    let progress = progress(&arguments.files);
    let mut tally = Tally::default();
    for (position, file) in arguments.files.iter().enumerate() {
        let spot = Spot { position, file: name(file), line: None, path: String::new() };
        let input = progress.wrap_read(open(file).map_err(|error| format!("{}: {error}", spot.file))?);
        judge.judge_file(input, &spot, &mut tally).map_err(|error| format!("{}: {error}", spot.file))?;
    }
    progress.finish_and_clear();
    match arguments.format {
        Format::Text => show(&tally, arguments.max_findings)?,
        format => report(&tally, arguments.max_findings).print(format)?,
    }
    Ok(tally.is_fine())
}

/// One answer per line of the files.
fn answer_lines(files: &[PathBuf], lines: &Lines<'_>) -> Outcome {
    pump_files(files, Form::Json, |line, out| {
        match line {
            Line::Whole(line) => lines.judge(line, out),
            // It is answered as one that is no JSON.
            Line::TooLong => lines.judge(b"{", out),
        }
        out.push(b'\n');
    })?;
    Ok(true)
}

/// On a terminal, how far it is; nowhere else.
fn progress(files: &[PathBuf]) -> ProgressBar {
    let sizes = files.iter().map(|file| std::fs::metadata(file).ok().map(|metadata| metadata.len()));
    let Some(total) = sizes.sum::<Option<u64>>() else { return ProgressBar::new_spinner() };
    let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left");
    ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Holds whatever a file has against the catalogue.
struct Judge<'c> {
    catalogue: &'c Catalogue,
    validator: Validator<'c>,
    /// The endpoint whose form the files have.
    endpoint: Option<&'c str>,
    most_memory: usize,
}

/// The endpoint of this name, if it has a form of its own.
fn check_endpoint<'n>(catalogue: &Catalogue, name: &'n str) -> Result<&'n str, String> {
    match catalogue.head().endpoint_named(name) {
        Some(endpoint) if endpoint.form.body().is_some() => Ok(name),
        Some(_) => Err(format!("--endpoint: `{}` gets OTLP, which is read without this", foreign(name))),
        None => {
            let names = catalogue.head().endpoints().iter().map(|endpoint| &*endpoint.name);
            let near = did_you_mean(name, names).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            Err(format!("--endpoint: the catalogue has no endpoint `{}`{near}", foreign(name)))
        }
    }
}

impl Judge<'_> {
    /// Small files as a whole; lines of large ones in blocks, on all processors.
    fn judge_file(&self, input: impl Read, spot: &Spot, tally: &mut Tally) -> io::Result<()> {
        let (start, rest) = peek(input)?;
        if !start.starts_with(&[0x1f, 0x8b]) {
            return self.judge_plain(start, rest, spot, tally);
        }
        let inflated = peek(MultiGzDecoder::new(Cursor::new(start).chain(rest)));
        let judged = inflated.and_then(|(start, rest)| self.judge_plain(start, rest, spot, tally));
        judged.or_else(|error| match error.kind() {
            ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
                tally.add_unreadable_spot(&format!("not gzip to its end: {error}"), spot.clone());
                Ok(())
            }
            _ => Err(error),
        })
    }

    fn judge_plain(&self, mut start: Vec<u8>, rest: impl Read, spot: &Spot, tally: &mut Tally) -> io::Result<()> {
        if start.len() == BLOCK_BYTES && has_lines(&start) {
            return self.judge_lines(Cursor::new(start).chain(rest), spot, tally);
        }
        let most = self.most_memory;
        rest.take(most as u64).read_to_end(&mut start)?;
        match start.len() > most {
            true => tally.add_unreadable_spot(&too_large("it has", most), spot.clone()),
            false => self.judge_bytes(&start, spot, most - start.len(), tally),
        }
        Ok(())
    }

    fn judge_lines(&self, input: impl Read, spot: &Spot, tally: &mut Tally) -> io::Result<()> {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let (full, blocks) = sync_channel(2);
        let (empty, spares) = channel();
        let blocks = Mutex::new(blocks);
        let work = || {
            let empty = empty.clone();
            let mut tally = Tally::default();
            let next = || blocks.lock().unwrap_or_else(PoisonError::into_inner).recv();
            while let Ok(block) = next() {
                let judged = self.judge_block(block, spot, self.most_memory / threads, &mut tally);
                let _ = empty.send(judged); // at the end nobody needs it
            }
            tally
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let mut input = Blocks::new(input);
            let read = loop {
                let block = match input.next(spares.try_recv().unwrap_or_default()) {
                    Ok(Some(block)) => block,
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error),
                };
                if full.send(block).is_err() {
                    break Ok(()); // the workers are gone, and joining them says why
                }
            };
            drop(full);
            for worker in workers {
                tally.merge(worker.join().map_err(|_| io::Error::other("a thread of this command panicked"))?);
            }
            read
        })
    }

    /// Gives the block's memory back.
    fn judge_block(&self, block: Block, spot: &Spot, most: usize, tally: &mut Tally) -> Vec<u8> {
        let (first, bytes) = match block {
            Block::Lines { first, bytes } => (first, bytes),
            Block::TooLong { line } => {
                let why = format!("a line of more than {} MiB", MAX_LINE_BYTES >> 20);
                tally.add_unreadable_spot(&why, Spot { line: Some(line), ..spot.clone() });
                return Vec::new();
            }
        };
        let mut start = 0;
        let ends = memchr::memchr_iter(b'\n', &bytes).chain((!bytes.ends_with(b"\n")).then_some(bytes.len()));
        for (index, end) in ends.enumerate() {
            let line = &bytes[start..end];
            start = end + 1;
            if self.endpoint.is_none() && self.validator.is_valid(line) {
                tally.signals += 1;
            } else if !line.trim_ascii().is_empty() {
                self.judge_bytes(line, &Spot { line: Some(first + index), ..spot.clone() }, most, tally);
            }
        }
        bytes
    }

    /// A whole file, or a line.
    fn judge_bytes(&self, bytes: &[u8], spot: &Spot, most: usize, tally: &mut Tally) {
        let take = |item: Item| match item {
            Item::Unreadable(part) => tally.add_unreadable(&part, spot),
            Item::Payload(payload) => tally.add(&payload, self.validator.check_payload(&payload), spot),
        };
        let read = match self.endpoint {
            Some(endpoint) => read_each_body(self.catalogue, endpoint, bytes, most, take),
            None => read_each(self.catalogue, bytes, most, take),
        };
        match read {
            Err(error) if error.is_too_large() => {
                tally.add_unreadable_spot(&format!("{error}; {RAISE}"), spot.clone());
            }
            Err(error) => tally.add_unreadable_spot(&error.to_string(), spot.clone()),
            Ok(()) => {}
        }
    }
}

/// The option that lets a document be read that is too large.
pub const RAISE: &str = "--max-memory sets the limit";

fn too_large(what: &str, most: usize) -> String {
    format!("{what} more than {} MiB; {RAISE}", most >> 20)
}

/// The first block of a file, and the rest.
fn peek<R: Read>(mut input: R) -> io::Result<(Vec<u8>, R)> {
    let mut start = Vec::with_capacity(BLOCK_BYTES);
    input.by_ref().take(BLOCK_BYTES as u64).read_to_end(&mut start)?;
    Ok((start, input))
}

/// Returns true for the beginning of a file with one JSON text per line, some of which may be broken.
fn has_lines(start: &[u8]) -> bool {
    const LINES: usize = 100;
    const MARK: &[u8] = "\u{feff}".as_bytes();
    let lines = start.split_inclusive(|byte| *byte == b'\n').take(LINES).filter(|line| line.ends_with(b"\n"));
    let lines = lines.map(|line| line.strip_prefix(MARK).unwrap_or(line));
    // A line of an indented document may be JSON by itself.
    let mut lines = lines.filter(|line| line.starts_with(b"{")).map(<[u8]>::trim_ascii);
    lines.any(|line| serde_json::from_slice::<IgnoredAny>(line).is_ok())
}

/// For other programs.
fn report(tally: &Tally, most: usize) -> Report {
    let findings = tally.findings().take(most).map(|(key, found)| found.finding(key)).collect();
    let left_out = tally.findings().len().saturating_sub(most) as u64 + tally.beyond();
    let counts = [
        ("signals", json!(tally.signals)),
        ("refused", json!(tally.refused)),
        ("by_rule", json!(tally.by_rule())),
        ("by_attribute", json!(tally.by_attribute())),
        ("left_out", json!(left_out)),
    ];
    Report { command: "validate", findings, counts: counts.into() }
}

/// For people.
fn show(tally: &Tally, most: usize) -> io::Result<()> {
    let mut lines = Vec::new();
    let mut signal = "";
    for (key, found) in tally.findings().take(most) {
        if signal != key.signal {
            lines.push(foreign(&key.signal));
            signal = &key.signal;
        }
        lines.push(format!("  {:<14} {}", found.rule, one_line(&key.message)));
        let place = if key.place.is_empty() { String::new() } else { format!("at {}, ", key.place) };
        let count = if found.count == 1 { "once, in" } else { &format!("{} times, first in", found.count) };
        lines.push(format!("  {:<14} {place}{count} {}", "", one_line(&found.first.to_string())));
    }
    if tally.findings().len() > most {
        lines.push(format!("… and {} more; --max-findings shows them", tally.findings().len() - most));
    }
    if tally.beyond() > 0 {
        lines.push(format!("… and {} more, too many to tell apart", tally.beyond()));
    }
    let fine = tally.signals - tally.refused;
    lines.push(format!("{}: {fine} fine, {} refused", output::count(tally.signals as usize, "signal"), tally.refused));
    lines.extend(counts("by rule", tally.by_rule().iter().map(|(rule, count)| (*rule, *count))));
    lines.extend(counts("by attribute", tally.by_attribute().iter().map(|(key, count)| (key.as_str(), *count))));
    lines.push(String::new());
    output::print(&lines.join("\n"))
}

/// The highest counts in one line.
fn counts<'t>(title: &str, counts: impl Iterator<Item = (&'t str, u64)>) -> Option<String> {
    const MOST: usize = 10;
    let mut counts: Vec<_> = counts.collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let more = if counts.len() > MOST { format!(", and {} more", counts.len() - MOST) } else { String::new() };
    let shown: Vec<String> = counts.iter().take(MOST).map(|(name, count)| format!("{name} {count}")).collect();
    (!shown.is_empty()).then(|| format!("{title}: {}{more}", shown.join(", ")))
}
