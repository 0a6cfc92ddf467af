//! `notes`, an imaginary tool that exports notes: the notice at the first run, and `notes telemetry …`.
//!
//! ```sh
//! cargo run --example notes --features cli -- telemetry
//! cargo run --example notes --features cli -- export Taxes
//! ```

use std::process::ExitCode;

use candor::host::{self, TelemetryArguments};
use candor::{Pipeline, Store, Telemetry, catalogue};
use clap::Parser;

#[derive(Telemetry)]
#[telemetry(catalogue = "examples/notes/telemetry.yaml", span = "exported")]
struct Exported {
    format: Format,
    pages: usize,
    ratio: f64,
    draft: bool,
    title: String,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "examples/notes/telemetry.yaml", attribute = "format")]
enum Format {
    Pdf,
    Html,
}

/// Exports notes.
#[derive(Parser)]
enum Notes {
    /// Export a note
    Export {
        /// Its title
        title: String,
        /// Write HTML instead of PDF
        #[arg(long)]
        html: bool,
    },
    /// Show or change what is reported
    Telemetry(TelemetryArguments),
}

fn main() -> ExitCode {
    let catalogue = catalogue!("examples/notes/telemetry.yaml");
    let endpoint = std::env::var("NOTES_TELEMETRY_ENDPOINT").unwrap_or_else(|_| "http://127.0.0.1:4318".to_owned());
    let (telemetry, _) = Pipeline::builder(catalogue).store(Store::new(catalogue)).endpoint(endpoint).build();
    let _end = telemetry.shutdown_on_drop();
    match Notes::parse() {
        Notes::Telemetry(arguments) => arguments.run(&telemetry),
        Notes::Export { title, html } => {
            host::greet(&telemetry);
            println!("exported {title}");
            let format = if html { Format::Html } else { Format::Pdf };
            telemetry.emit(&Exported { format, pages: 3, ratio: 0.5, draft: false, title });
            ExitCode::SUCCESS
        }
    }
}
