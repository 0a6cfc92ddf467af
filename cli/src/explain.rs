//! `candor explain`

use candor_schema::{checks, did_you_mean};

use crate::{Outcome, output};

#[derive(clap::Args)]
pub struct Arguments {
    /// The code of a check, such as E0101; all codes when missing
    code: Option<String>,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let Some(code) = &arguments.code else {
        for check in checks::all() {
            output::say(format_args!("{}  {:<7}  {}", check.code, check.severity, check.title))?;
        }
        return Ok(true);
    };
    let Some(check) = checks::by_code(code) else {
        let codes = checks::all().map(|check| check.code);
        let near = did_you_mean(&code.to_uppercase(), codes).map(|near| format!("; did you mean {near}?"));
        return Err(format!("there is no check {code}{}", near.unwrap_or_default()).into());
    };
    let indent = |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
    output::say(format_args!(
        "{} ({}): {}\n\n{}\n\n{}\n",
        check.code, check.severity, check.title, check.what, check.why
    ))?;
    if check.waivable {
        output::say(format_args!("An entry can waive it, with a reason: `allow: {{{}: …}}`.\n", check.code))?;
    }
    output::say(format_args!("Wrong:\n\n{}\nRight:\n\n{}", indent(check.wrong), indent(check.right)))?;
    Ok(true)
}
