//! `candor check`

use std::path::PathBuf;

use candor_schema::{Collected, load};

use crate::config::Config;
use crate::{Outcome, output};

#[derive(clap::Args)]
pub struct Arguments {
    /// The catalogue: a folder or a file
    catalogue: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let path = Config::find()?.catalogue(arguments.catalogue.as_deref())?;
    let loaded = load(&path);
    output::show(&loaded.findings, &loaded.sources);
    let errors = loaded.errors();
    let Some(catalogue) = loaded.catalogue else {
        anstream::eprintln!("{}: {}", path.display(), output::count(errors, "error"));
        return Ok(false);
    };
    let opt_in = catalogue.attributes().iter().filter(|attribute| attribute.collected == Collected::OptIn).count();
    anstream::println!(
        "{}: fine: {}, {} ({opt_in} of them only after opt-in), {}, {}",
        path.display(),
        output::count(catalogue.rows().len(), "row"),
        output::count(catalogue.attributes().len(), "attribute"),
        output::count(catalogue.objects().len(), "object"),
        output::count(catalogue.signals().len(), "signal"),
    );
    Ok(true)
}
