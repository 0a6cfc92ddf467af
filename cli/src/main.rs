//! The `candor` command: arguments, files and rendering. Everything it decides is decided in the libraries.
//!
//! Exit codes: 0 fine, 1 findings, 2 usage, input/output, or something that was received and not judged.

#[macro_use]
mod output;

mod audit;
mod check;
mod completions;
mod config;
mod consent;
mod diff;
mod explain;
mod extract;
mod fix;
mod generate;
mod import;
mod lines;
#[cfg(feature = "listen")]
mod listen;
mod man;
mod origin;
mod report;
mod review;
mod schema;
mod sift;
mod tracked;
mod validate;
mod vectors;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use output::{Form, guard};

/// Telemetry that tells the truth: one catalogue for code, schemas and the page that people read.
#[derive(Parser)]
#[command(name = "candor", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check a catalogue and report everything that is wrong with it
    Check(check::Arguments),
    /// Write the emitters, JSON Schemas and documentation of a catalogue
    Generate(generate::Arguments),
    /// Hold payloads against a catalogue
    Validate(validate::Arguments),
    /// Bring stored payloads to what may be kept at a consent, line by line
    Sift(sift::Arguments),
    /// Hold what really left against a catalogue, and rank what should not have
    Audit(audit::Arguments),
    /// Receive OTLP over HTTP and hold it against a catalogue as it comes
    #[cfg(feature = "listen")]
    Listen(listen::Arguments),
    /// Print one JSON Schema
    Schema(schema::Arguments),
    /// Write inputs with what every implementation must make of them, for tests
    Vectors(vectors::Arguments),
    /// Compare two versions of a catalogue: what widens, and whether somebody signed for it
    Diff(diff::Arguments),
    /// Write the questions of a data review about a change, with the answers that the catalogue knows
    Review(review::Arguments),
    /// Make a catalogue's skeleton of what there is already
    Import(import::Arguments),
    /// Explain a check by its code
    Explain(explain::Arguments),
    /// Print the catalogue that a built program carries
    Extract(extract::Arguments),
    /// Print the completions for a shell
    Completions(completions::Arguments),
    /// Print the manual page, or write one per subcommand
    Man(man::Arguments),
}

fn main() -> ExitCode {
    let result = match arguments().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Validate(arguments) => validate::run(&arguments),
        Command::Sift(arguments) => sift::run(&arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        #[cfg(feature = "listen")]
        Command::Listen(arguments) => listen::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Vectors(arguments) => vectors::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Review(arguments) => review::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Extract(arguments) => extract::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            tell!("candor: {error}");
            ExitCode::from(2)
        }
    }
}

/// The arguments. What is wrong with them is said without what they would do to a terminal: they may be names of files.
fn arguments() -> Arguments {
    Arguments::try_parse().unwrap_or_else(|error| {
        let text = error.render().to_string();
        if error.use_stderr() && guard(&text, Form::Text) != text {
            tell!("{text}");
            std::process::exit(error.exit_code());
        }
        error.exit()
    })
}

/// True if everything was fine; or the reason why the command could not do its work.
type Outcome = Result<bool, Box<dyn std::error::Error>>;
