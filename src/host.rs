//! Texts for a program's own command line: `telemetry status`, `on`, `off`, `share`, `unshare`, `preview`, `explain`,
//! `export`.
//!
//! These functions return texts. With the feature `cli`, `TelemetryArguments` is a subcommand for clap that prints
//! them. All of them ask the pipeline itself, so they show what it does. `tests/host_cli.rs` runs them in
//! `examples/notes`, with a terminal and without.
//!
//! ```
//! use candor::{Consent, Pipeline, Store, host};
//!
//! # let catalogue = candor::catalogue!("tests/fixtures/demo.yaml");
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! let store = Store::at(catalogue, folder);
//! let (pipeline, _) = Pipeline::builder(catalogue).store(store).endpoint("http://127.0.0.1:4318").build();
//! host::greet(&pipeline);
//! println!("{}", host::choose(&pipeline, Consent::Off)?);
//! println!("{}", host::status(&pipeline));
//! # Ok::<(), std::io::Error>(())
//! ```

mod ask;
mod channels;
mod choice;
#[cfg(feature = "cli")]
mod command;

use std::io::{self, IsTerminal, Write};

pub use self::ask::ask;
pub use self::channels::{share, unshare};
pub use self::choice::choose;
use self::choice::{headline, nothing_by_default};
#[cfg(feature = "cli")]
pub use self::command::TelemetryArguments;
use crate::{Catalogue, LastError, LastRun, Layer, Pipeline, Signal, Stats, Stop, decode, decode_body};

/// Shows the notice that is due, if one is, to whoever sits at the terminal of standard error; says whether it did.
/// Without a terminal nothing is shown, and the notice stays due.
///
/// Items that the notice announces are held back in this run. In a program that asks first ([`Builder::ask_first`]) nothing is
/// shown: [`ask`] does that.
///
/// [`Builder::ask_first`]: crate::Builder::ask_first
pub fn greet(pipeline: &Pipeline) -> bool {
    let mut terminal = io::stderr().lock();
    if pipeline.asks_first() || !terminal.is_terminal() {
        return false;
    }
    let Some(notice) = pipeline.notice_due() else { return false };
    let shown = writeln!(terminal, "{notice}\n").is_ok();
    if shown {
        let _ = pipeline.notice_shown(); // if that cannot be written, it is shown again
    }
    shown
}

/// Describes the decision on consent with its reason, the endpoint, and the outcome of the last run.
pub fn status(pipeline: &Pipeline) -> String {
    let decision = pipeline.reload();
    let catalogue = pipeline.catalogue();
    let mut lines = vec![headline(catalogue, &decision)];
    lines.extend(decision.layers.iter().map(|layer| format!("  {}", describe_layer(catalogue, layer))));
    lines.extend(channels::lines(catalogue, decision.consent));
    lines.extend(nothing_by_default(pipeline, &decision));
    if let Some(notice) = pipeline.notice_due().filter(|notice| !notice.added.is_empty()) {
        lines.push(format!("held back until you have seen them: {}", notice.added.join(", ")));
    }
    lines.extend(at_intervals(pipeline));
    let addresses = pipeline.addresses().join(", ");
    lines.push(format!("goes to: {}", if addresses.is_empty() { "nowhere that is known here" } else { &addresses }));
    match pipeline.store().and_then(|store| store.last_run()) {
        Some(run) => {
            lines.push(describe(&run));
            lines.extend(stopped(&run.stopped, "then"));
            lines.extend(not_sent(run.failure, run.stats.last_error, "then"));
        }
        None => lines.push("last run: nothing is known".to_owned()),
    }
    lines.extend(of_this_run(pipeline));
    lines.extend(pipeline.store().map(|store| match store.folder() {
        Some(folder) => format!("settings: {}", folder.display()),
        None => "settings: there is no folder for them".to_owned(),
    }));
    lines.join("\n")
}

/// Describes the drops of this run, with their reasons.
fn of_this_run(pipeline: &Pipeline) -> Vec<String> {
    let stats = pipeline.stats();
    let dropped = (stats.dropped > 0).then(|| format!("dropped in this run: {}{}", stats.dropped, reasons(&stats)));
    let left_out = stopped(&pipeline.stopped(), "in this run");
    let failure = not_sent(pipeline.last_failure(), stats.last_error, "in this run");
    dropped.into_iter().chain(left_out).chain(failure).collect()
}

/// The reasons for which signals were dropped: ` (3 full, 2 network)`; nothing where there are none.
fn reasons(stats: &Stats) -> String {
    let mut reasons: Vec<_> = stats.drops.iter().map(|(reason, count)| format!("{count} {}", reason.name())).collect();
    let others = [(stats.not_due, "not due"), (stats.unclaimed, "unclaimed")];
    reasons.extend(others.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) }
}

/// The reason why something was not sent, with its time where it is known.
fn not_sent(why: Option<String>, error: Option<LastError>, when: &str) -> Option<String> {
    let date = error.map(|error| format!(" ({})", error.date())).unwrap_or_default();
    why.map(|why| format!("not sent {when}: {}{date}", one_line(&why)))
}

/// The values that were left out or cut, by key: the most frequent ones.
fn stopped(stops: &[Stop], when: &str) -> Option<String> {
    const MOST: usize = 5;
    let mut stops: Vec<_> = stops.iter().collect();
    stops.sort_by_key(|stop| std::cmp::Reverse(stop.count));
    let shown = stops.iter().take(MOST);
    let shown: Vec<_> =
        shown.map(|stop| format!("{} {} ({})", stop.count, one_line(&stop.key), stop.why.name())).collect();
    let more = if stops.len() > MOST { format!(", and {} more", stops.len() - MOST) } else { String::new() };
    (!shown.is_empty()).then(|| format!("values left out {when}: {}{more}", shown.join(", ")))
}

/// Lists the signals that go at intervals, and when they may go next. Nothing is said while everything is off.
fn at_intervals(pipeline: &Pipeline) -> Vec<String> {
    let consent = pipeline.consent();
    let signals = pipeline.catalogue().signals.iter();
    let due = signals.filter(|signal| signal.every > 0 && !consent.is_off() && consent.includes(signal.needs));
    let line = |signal: &&'static Signal| {
        let next = match pipeline.store().map(|store| store.next_report(signal)) {
            Some(Some(next)) => format!("next after {next}"),
            Some(None) => "next at any time".to_owned(),
            None => "never, because there is no store that knows the last time".to_owned(),
        };
        format!("at intervals: {} {}, {next}", signal.kind.word(), one_line(&signal.name))
    };
    due.map(line).collect()
}

/// The command of a program that does not name it: it has one where clap is there to offer it.
pub(crate) fn default_command(catalogue: &Catalogue) -> Option<String> {
    let path = std::env::args_os().next().map(std::path::PathBuf::from);
    let name = path.as_ref().and_then(|path| path.file_name()?.to_str()).map(|name| name.trim_end_matches(".exe"));
    let plain = |name: &&str| name.chars().all(|letter| letter.is_ascii_graphic());
    let program = name.filter(plain).unwrap_or(catalogue.name);
    cfg!(feature = "cli").then(|| format!("{program} telemetry"))
}

/// A layer with the names of its channels.
fn describe_layer(catalogue: &Catalogue, layer: &Layer) -> String {
    let named = layer.says.as_ref().filter(|_| !catalogue.channels.is_empty());
    let Some((consent, reason)) = named else { return layer.to_string() };
    let decides = if layer.decided { ", which decides" } else { "" };
    format!("{}: {} ({reason}){decides}", layer.name, catalogue.describe(*consent))
}

/// A reason without control characters: it may hold what a server said.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn describe(run: &LastRun) -> String {
    let LastRun { date, version, stats, .. } = run;
    let mut text = format!(
        "last run: {date}, version {version}: {} emitted, {} sent, {} dropped{}",
        stats.emitted,
        stats.sent,
        stats.dropped,
        reasons(stats)
    );
    let more = [
        (stats.spooled, "put aside until the network is back"),
        (stats.values_dropped, "values left out"),
        (stats.values_truncated, "texts cut"),
    ];
    more.iter().filter(|(count, _)| *count > 0).for_each(|(count, what)| text += &format!(", {count} {what}"));
    text
}

/// The very payloads of the last run, decoded from the bytes of its requests; each on a line.
pub fn preview(pipeline: &Pipeline) -> String {
    let Some(run) = pipeline.store().and_then(|store| store.last_run()) else {
        return "nothing is kept of the last run".to_owned();
    };
    let decoded = run.requests.iter().flat_map(|request| match request.kind {
        Some(kind) => decode(pipeline.catalogue(), kind, &request.body),
        None => decode_body(pipeline.catalogue(), &request.endpoint, &request.body),
    });
    let mut lines: Vec<String> = decoded.collect();
    if run.more_requests > 0 {
        lines.push(format!("and {} more requests, which are not kept", run.more_requests));
    }
    lines.join("\n")
}

/// The table of what this version of the program collects.
pub fn explain(pipeline: &Pipeline) -> String {
    const COLUMNS: usize = 80;
    pipeline.catalogue().table(COLUMNS).trim_end().to_owned()
}

/// The whole catalogue, for machines: the bill of materials that `candor extract` finds in the program, too.
pub fn export(pipeline: &Pipeline) -> &'static str {
    pipeline.catalogue().document()
}
