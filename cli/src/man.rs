//! `candor man`

use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap_mangen::Man;

use crate::{Outcome, output};

#[derive(clap::Args)]
pub struct Arguments {
    /// The folder to write all pages to, one per subcommand
    #[arg(long)]
    out: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Outcome {
    // The pages are the help: none is needed about `help`.
    let command = crate::Arguments::command().disable_help_subcommand(true);
    match &arguments.out {
        Some(folder) => write(command, folder).map_err(|error| format!("{}: {error}", folder.display()))?,
        None => print(command)?,
    }
    Ok(true)
}

fn write(command: clap::Command, folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command, folder)
}

fn print(command: clap::Command) -> Result<(), Box<dyn std::error::Error>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(output::print(&String::from_utf8(page)?)?)
}
