//! `candor vectors`

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use candor_codegen::vectors;

use crate::Outcome;
use crate::config::{self, Config};

#[derive(clap::Args)]
pub struct Arguments {
    /// The catalogue: a folder or a file
    catalogue: Option<PathBuf>,
    /// Seed; the same seed gives the same vectors
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Number of vectors
    #[arg(long, default_value_t = 1000)]
    count: usize,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let path = Config::find()?.catalogue(arguments.catalogue.as_deref())?;
    let Some(catalogue) = config::open(&path) else { return Ok(false) };
    let mut out = BufWriter::new(io::stdout().lock());
    let mut print = || {
        for vector in vectors::plan(&catalogue, arguments.seed).take(arguments.count) {
            writeln!(out, "{}", vectors::render(&vector))?;
        }
        out.flush()
    };
    match print() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(true), // a reader that went away has seen enough
    }
}
