//! `candor completions`

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{Outcome, output};

#[derive(clap::Args)]
pub struct Arguments {
    /// The shell that is to complete
    shell: Shell,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::Arguments::command(), "candor", &mut script);
    output::print(&String::from_utf8(script)?)?;
    Ok(true)
}
