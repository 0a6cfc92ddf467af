//! `candor check`

use std::path::PathBuf;

use candor_schema::{Collected, load};

use crate::config::Config;
use crate::report::{Format, Report};
use crate::{Outcome, output};

#[derive(clap::Args)]
pub struct Arguments {
    /// The catalogue: a folder or a file
    catalogue: Option<PathBuf>,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let path = Config::find()?.catalogue(arguments.catalogue.as_deref())?;
    let loaded = load(&path);
    let errors = loaded.errors();
    if arguments.format != Format::Text {
        Report::of_catalogue("check", &loaded.findings, &loaded.sources).print(arguments.format)?;
        return Ok(errors == 0);
    }
    output::show(&loaded.findings, &loaded.sources);
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
