//! The subcommand for programs that use clap.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use super::{choose, explain, export, preview, share, status, unshare};
use crate::{Consent, Pipeline};

/// `telemetry …`, a subcommand for an application's own command line.
///
/// ```
/// # use clap::Parser;
/// use candor::host::TelemetryArguments;
///
/// #[derive(clap::Parser)]
/// enum Notes {
///     /// Show or change what is reported
///     Telemetry(TelemetryArguments),
/// }
///
/// let Notes::Telemetry(arguments) = Notes::try_parse_from(["notes", "telemetry", "status"])?;
/// # Ok::<(), clap::Error>(())
/// ```
/// Then `arguments.run(&pipeline)` does it and gives the exit code.
#[derive(Debug, Clone, clap::Args)]
pub struct TelemetryArguments {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum Action {
    /// Show what is decided, why, and what became of the last run (the default)
    Status,
    /// Report what is collected by default
    On,
    /// Report nothing, or nothing through one channel
    Off {
        /// The channel; the others stay as they are
        channel: Option<String>,
    },
    /// Report that and what is collected only after opting in, or through one channel
    Share {
        /// The channel; the others stay as they are
        channel: Option<String>,
    },
    /// Report nothing through one channel; the others stay as they are
    Unshare {
        /// The channel
        channel: String,
    },
    /// Show exactly what the last run reported
    Preview,
    /// Show everything that may be collected
    Explain,
    /// Print the whole catalogue as JSON
    Export,
}

impl TelemetryArguments {
    /// Does what was asked for. What it has to say goes to standard output. The exit code is 1 when a choice cannot be
    /// remembered, and 2 when nothing can be printed.
    pub fn run(&self, pipeline: &Pipeline) -> ExitCode {
        let text = match self.action.as_ref().unwrap_or(&Action::Status) {
            Action::Status => Ok(status(pipeline)),
            Action::On => choose(pipeline, Consent::Default),
            Action::Off { channel: None } => choose(pipeline, Consent::Off),
            Action::Share { channel: None } => choose(pipeline, Consent::OptedIn),
            Action::Share { channel: Some(channel) } => share(pipeline, channel),
            Action::Off { channel: Some(channel) } | Action::Unshare { channel } => unshare(pipeline, channel),
            Action::Preview => Ok(preview(pipeline)),
            Action::Explain => Ok(explain(pipeline)),
            Action::Export => Ok(export(pipeline).to_owned()),
        };
        match text {
            Ok(text) => print(&text),
            Err(error) => {
                let _ = writeln!(io::stderr(), "{error}"); // the exit code says it, too
                ExitCode::from(1)
            }
        }
    }
}

/// A reader that went away is fine.
fn print(text: &str) -> ExitCode {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    }
}
