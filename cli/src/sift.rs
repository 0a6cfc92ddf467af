//! `candor sift`

use std::path::PathBuf;

use candor_validate::{Lines, Sifted, Stopped};

use crate::Outcome;
use crate::config::{self, Config};
use crate::consent::ChannelSet;
use crate::lines::{Line, pump_files};
use crate::output::{self, Form, foreign};

#[derive(clap::Args)]
#[command(after_help = "\
Example:
  candor sift --consent default < stored.ndjson > kept.ndjson

A payload that may be kept as it is stays as it is, byte for byte, so that sifting twice changes nothing. Of any other \
only what the catalogue lists and the consent allows is written; a line of which nothing may be kept is left out. \
Counts of all that go to standard error.")]
pub struct Arguments {
    /// Lines of payloads; without any, or as `-`, standard input
    files: Vec<PathBuf>,
    /// Consent that users have given by now: `off`, `default`, `opted-in`, or the names of channels, as in
    /// `--consent default,crash_reports`
    #[arg(long, value_name = "CHANNELS", default_value_t)]
    consent: ChannelSet,
    /// The catalogue: a folder or a file
    #[arg(long)]
    catalogue: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let path = Config::find()?.catalogue(arguments.catalogue.as_deref())?;
    let Some(catalogue) = config::open_for_report(&path) else { return Ok(false) };
    let lines = Lines::new(&catalogue, arguments.consent.consent(&catalogue)?);
    let mut counts = Counts::default();
    let standard_input = [PathBuf::from("-")];
    let files = if arguments.files.is_empty() { &standard_input } else { arguments.files.as_slice() };
    pump_files(files, Form::Text, |line, out| {
        let before = out.len();
        let sifted = match line {
            Line::Whole(line) => lines.sift(line, out, &mut counts.stopped),
            Line::TooLong => Sifted::Unreadable,
        };
        counts.add(sifted);
        out.extend((out.len() > before).then_some(b'\n'));
    })?;
    counts.tell();
    Ok(true)
}

/// The fate of the lines, in numbers.
#[derive(Default)]
struct Counts {
    kept: u64,
    cut: u64,
    stopped_lines: u64,
    unreadable: u64,
    stopped: Stopped,
}

impl Counts {
    fn add(&mut self, sifted: Sifted) {
        match sifted {
            Sifted::Blank => {}
            Sifted::Kept => self.kept += 1,
            Sifted::Cut => self.cut += 1,
            Sifted::Stopped => self.stopped_lines += 1,
            Sifted::Unreadable => self.unreadable += 1,
        }
    }

    fn tell(&self) {
        let Counts { kept, cut, stopped_lines, unreadable, stopped } = self;
        let lines = kept + cut + stopped_lines + unreadable;
        let lines = output::count(lines as usize, "line");
        tell!("{lines}: {kept} kept, {cut} cut, {stopped_lines} stopped, {unreadable} unreadable");
        for (key, why, count) in stopped.iter() {
            tell!("  {:<10} {count} {}", why.name(), foreign(key));
        }
    }
}
