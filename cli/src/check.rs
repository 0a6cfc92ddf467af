//! `candor check`

use std::path::PathBuf;

use candor_schema::{Collected, Loaded, load};

use crate::config::Config;
use crate::report::{Format, Report};
use crate::{Outcome, fix, output};

#[derive(clap::Args)]
pub struct Arguments {
    /// The catalogue: a folder or a file
    catalogue: Option<PathBuf>,
    /// Format of the findings
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Make the corrections that are certain, and say which
    #[arg(long)]
    fix: bool,
    /// Findings that fail the check besides errors
    #[arg(long)]
    deny: Option<Deny>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Deny {
    Warnings,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let path = Config::find()?.catalogue(arguments.catalogue.as_deref())?;
    let mut loaded = load(&path);
    if arguments.fix {
        loaded = fix::run(loaded)?;
    }
    let denied = arguments.deny.is_some() && !loaded.findings.is_empty();
    if arguments.format != Format::Text {
        Report::of_catalogue("check", &loaded.findings, &loaded.sources).print(arguments.format)?;
        return Ok(loaded.errors() == 0 && !denied);
    }
    output::show(&loaded.findings, &loaded.sources);
    match summary(&loaded).filter(|_| !denied) {
        Some(fine) => {
            output::say(format_args!("{}: {fine}", path.display()))?;
            Ok(true)
        }
        None => {
            tell!("{}: {}", path.display(), counts(&loaded).join(", "));
            Ok(false)
        }
    }
}

/// Counts the contents of a catalogue without errors.
fn summary(loaded: &Loaded) -> Option<String> {
    let catalogue = loaded.catalogue.as_ref()?;
    let opt_in = catalogue.attributes().iter().filter(|attribute| attribute.collected == Collected::OptIn).count();
    let parts = [
        output::count(catalogue.rows().len(), "row"),
        format!("{} ({opt_in} of them only after opt-in)", output::count(catalogue.attributes().len(), "attribute")),
        output::count(catalogue.objects().len(), "object"),
        output::count(catalogue.signals().len(), "signal"),
    ];
    Some(format!("fine: {}", parts.into_iter().chain(counts(loaded)).collect::<Vec<_>>().join(", ")))
}

/// Counts the errors and warnings, where there are any.
fn counts(loaded: &Loaded) -> Vec<String> {
    let errors = loaded.errors();
    let counts = [(errors, "error"), (loaded.findings.len() - errors, "warning")];
    counts.into_iter().filter(|(number, _)| *number > 0).map(|(number, noun)| output::count(number, noun)).collect()
}
