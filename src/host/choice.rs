//! The user's choice: stored, and in force at once.

use std::io;

use super::channels;
use crate::opt_out::Variable;
use crate::{Catalogue, Consent, Decision, OptOut, Pipeline, UNIVERSAL_OPT_OUTS};

/// Remembers what the user chose, and lets it count at once. Gives what they have to know: the notice, unless they
/// switched off, and what is decided now.
///
/// # Errors
/// There is no store, it cannot be written, something could not be deleted, or the catalogue has nothing to opt in to.
/// Off counts in this run all the same.
pub fn choose(pipeline: &Pipeline, choice: Consent) -> io::Result<String> {
    let catalogue = pipeline.catalogue();
    if choice.is_opted_in() && catalogue.opt_in.is_none() {
        return Err(io::Error::other("there is nothing to share beyond what `on` sends"));
    }
    if let Err(error) = pipeline.choose(choice) {
        return Err(not_remembered(pipeline, choice, &error));
    }
    let decision = pipeline.reload();
    let notice = match choice {
        Consent::Off => String::new(),
        _ => format!("{}\n\n", catalogue.notice_with(&pipeline.addresses(), pipeline.settings_command())),
    };
    let nothing = nothing_by_default(pipeline, &decision).map(|nothing| format!("\n{nothing}")).unwrap_or_default();
    let overruled = match decision.consent == choice {
        true => String::new(),
        false => {
            let choice = catalogue.describe(choice);
            format!("\nYour choice, {choice}, is remembered; it does not count here.")
        }
    };
    let headline = headline(catalogue, &decision);
    let channels: String = channels::lines(catalogue, decision.consent).map(|line| format!("\n{line}")).collect();
    Ok(format!("{notice}{headline}{channels}{nothing}{overruled}"))
}

/// Off counts in this run all the same, and the environment can say it without a file.
fn not_remembered(pipeline: &Pipeline, choice: Consent, error: &io::Error) -> io::Error {
    let mut text = format!("your choice cannot be remembered: {error}");
    if choice == Consent::Off {
        pipeline.set_consent(Consent::Off);
        let variable = pipeline.catalogue().opt_out.iter().find_map(OptOut::variable);
        let variable = variable.unwrap_or(Variable { name: UNIVERSAL_OPT_OUTS[0], off_when_false: false });
        text += &format!("; with {} in the environment, telemetry is off without that", variable.assignment());
    }
    io::Error::new(error.kind(), text)
}

pub(super) fn headline(catalogue: &Catalogue, decision: &Decision) -> String {
    format!("telemetry: {} ({})", catalogue.describe(decision.consent), decision.reason)
}

/// Explains that nothing is reported where consent is at the default and the default is nothing.
pub(super) fn nothing_by_default(pipeline: &Pipeline, decision: &Decision) -> Option<String> {
    if decision.consent != Consent::Default || pipeline.catalogue().reports_by_default() {
        return None;
    }
    Some(match pipeline.settings_command() {
        Some(command) => format!("nothing is collected by default: nothing is reported without `{command} share`"),
        None => "nothing is collected by default: nothing is reported without opting in".to_owned(),
    })
}
