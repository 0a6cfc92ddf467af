//! The switches of the telemetry page: what opts in, and what switches everything off.

use candor_schema::{Catalogue, Channel, Collected, OptOut, OptOutKind, RowId};
use serde::Serialize;

use crate::markdown::{cell, code, prose};
use crate::prose::sentence;

/// One switch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SwitchPlan {
    /// Its name.
    pub name: String,
    /// The effect.
    pub effect: String,
}

/// Every switch, in the order of the page.
pub(crate) fn plan_switches(catalogue: &Catalogue, mark: Option<&str>) -> Vec<SwitchPlan> {
    let head = catalogue.head();
    let opt_in = head.opt_in().map(|name| (name, opt_in_effect(catalogue, mark)));
    let own = head.opt_out().iter().filter(|opt_out| !opt_out.is_universal());
    let own = own.map(|opt_out| (opt_out.name.as_str(), opt_out_effect(opt_out)));
    let off = own.chain(UNIVERSAL).map(|(name, effect)| (name, effect.to_owned()));
    let switches = opt_in.into_iter().chain(off);
    let channels = head.channels().iter();
    let channels = channels.map(|one| (&*one.name, format!("{}: {}", prose(&one.title), channel_effect(one))));
    let plan = |(name, effect): (&str, String)| SwitchPlan { name: cell(&code(name)), effect: cell(&effect) };
    channels.chain(switches).map(plan).collect()
}

/// Describes a channel and the effect of its switch.
pub(crate) fn channel_line(channel: &Channel) -> String {
    let (title, name, brief) = (prose(&channel.title), code(&channel.name), prose(&channel.brief));
    format!("**{title}** ({name}): {} {}", sentence(brief), channel_effect(channel))
}

fn channel_effect(channel: &Channel) -> String {
    let effect = match channel.is_on() {
        true => "On until the user switches it off.",
        false => "Off until the user switches it on.",
    };
    let implied: Vec<_> = channel.implies.iter().map(|name| code(name)).collect();
    match implied.as_slice() {
        [] => effect.to_owned(),
        _ => format!("{effect} Whoever has it on also has on: {}.", implied.join(", ")),
    }
}

/// The variables that switch off everywhere, whatever the catalogue says.
const UNIVERSAL: [(&str, &str); 2] = [
    ("OTEL_SDK_DISABLED", "Switches this telemetry off, and every OpenTelemetry SDK that reads the same environment."),
    ("DO_NOT_TRACK", "Switches this telemetry off, and that of every other program that honours it."),
];

fn opt_out_effect(opt_out: &OptOut) -> &'static str {
    match opt_out.kind {
        OptOutKind::Variable if opt_out.off_when_false => {
            "Switches this telemetry off when it is set to `0`, `false`, `no`, `off`, or any other word that does not mean yes."
        }
        OptOutKind::Variable => "Switches this telemetry off.",
        OptOutKind::Flag => "A flag. Switches this telemetry off when it is given.",
        OptOutKind::Setting => "A setting of the program. Switches this telemetry off.",
        OptOutKind::Command => "A command. Switches this telemetry off.",
    }
}

/// Words the effect of opting in, with the word that marks it on the page: nothing is said to be there that is not.
fn opt_in_effect(catalogue: &Catalogue, mark: Option<&str>) -> String {
    let is_opt_in = |collected: Collected| collected == Collected::OptIn;
    let signals = || catalogue.signals().iter().any(|signal| is_opt_in(signal.collected));
    let is_told_by_no =
        |row: RowId| matches!(catalogue.row_channels(row).as_slice(), [Collected::Default | Collected::OptIn]);
    let told_by_no = (0..catalogue.rows().len()).filter_map(|row| catalogue.row_id(row)).all(is_told_by_no);
    let added = if !told_by_no {
        "Adds what is collected after opt-in.".to_owned()
    } else if catalogue.attributes().iter().any(|attribute| is_opt_in(attribute.collected)) {
        match mark {
            Some(word) => format!("Adds what the table marks “{}”.", prose(word)),
            None => "Adds what is marked as collected only after opting in.".to_owned(),
        }
    } else if signals() {
        "Adds signals that are sent only after opting in.".to_owned()
    } else {
        "Adds nothing in this version.".to_owned()
    };
    format!("Off until the user switches it on. {added}")
}
