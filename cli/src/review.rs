//! `candor review`

use candor_codegen::review;
use candor_schema::diff;

use crate::diff::open;
use crate::report::Format;
use crate::{Outcome, output};

#[derive(clap::Args)]
pub struct Arguments {
    /// The catalogue as it was: a folder, a file, `git:REVISION:PATH`, or a built program
    old: String,
    /// The catalogue as it is; the project's when missing
    new: Option<String>,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let Some([(old, _), (new, _)]) = open(&arguments.old, arguments.new.as_deref(), "review", Format::Text)? else {
        return Ok(false);
    };
    output::print(&review::render(&diff(&old, &new), &new))?;
    Ok(true)
}
