//! `candor diff`

use std::collections::BTreeMap;

use candor_codegen::changes;
use candor_schema::{Catalogue, Class, Diff, Loaded, Place, Side, Sources, diff, judge};

use crate::Outcome;
use crate::config::Config;
use crate::origin::CatalogueOrigin;
use crate::output::{self, one_line};
use crate::report::{self, Format, Level, Location, PageFormat, Report};

#[derive(clap::Args)]
pub struct Arguments {
    /// The catalogue as it was: a folder, a file, `git:REVISION:PATH`, or a built program
    old: String,
    /// The catalogue as it is; the project's when missing
    new: Option<String>,
    /// Format of the changes
    #[arg(long, value_enum, default_value_t)]
    format: PageFormat,
    /// Print nothing but the version that the changes ask for
    #[arg(long)]
    suggest_version: bool,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let format = arguments.format.of_findings();
    let Some([(old, old_sources), (new, new_sources)]) =
        open(&arguments.old, arguments.new.as_deref(), "diff", format)?
    else {
        return Ok(false);
    };
    let changes = diff(&old, &new);
    if arguments.suggest_version {
        output::print(&format!("{}\n", changes.suggested_version()))?;
        return Ok(true);
    }
    let findings = judge(&changes, &old, &new);
    match arguments.format {
        PageFormat::Text => output::print(&text(&changes))?,
        PageFormat::Markdown => output::print(&changes::render(&changes, &findings))?,
        _ => {
            let mut report = Report::of_catalogue("diff", &findings, &new_sources);
            // What is gone has a place in a file that the others cannot show: they look at the new one.
            let old_sources = (format == Format::Json).then_some(&old_sources);
            report.findings.extend(of_changes(&changes, old_sources, &new_sources));
            report.counts = counts(&changes);
            report.print(format)?;
        }
    }
    if format == Format::Text {
        output::show(&findings, &new_sources);
    }
    Ok(findings.is_empty())
}

/// A catalogue with the texts that its places point into.
type Opened = (Catalogue, Sources);

/// Two catalogues, for a command that compares them; `None` when one has errors, which are then shown.
pub fn open(
    old: &str,
    new: Option<&str>,
    command: &'static str,
    format: Format,
) -> Result<Option<[Opened; 2]>, Box<dyn std::error::Error>> {
    let new = match new {
        Some(new) => CatalogueOrigin::parse(new)?,
        None => CatalogueOrigin::Path(Config::find()?.catalogue(None)?),
    };
    let (old, new) = (CatalogueOrigin::parse(old)?.load_past()?, new.load()?);
    if let (Some(before), Some(after)) = (&old.catalogue, &new.catalogue) {
        return Ok(Some([(before.clone(), old.sources), (after.clone(), new.sources)]));
    }
    let mut report = Report { command, ..Report::default() };
    for Loaded { findings, sources, .. } in [&old, &new].into_iter().filter(|loaded| loaded.catalogue.is_none()) {
        report.findings.extend(Report::of_catalogue(command, findings, sources).findings);
        if format == Format::Text {
            output::show(findings, sources);
        }
    }
    report.print(format)?;
    Ok(None)
}

/// A line per change, the gravest first, and one about all of them.
fn text(diff: &Diff) -> String {
    let mut changes: Vec<_> = diff.changes.iter().collect();
    changes.sort_by_key(|change| change.classes.first().copied());
    let mut text = String::new();
    for change in &changes {
        let signed = if change.signed { " (signed)" } else { "" };
        text += &format!(
            "{:<16}  {}: {}{signed}\n",
            changes::classes(change),
            one_line(&change.subject),
            one_line(&change.sentence)
        );
    }
    text + &changes::summary(diff) + "\n"
}

/// Every change as a finding: what widens or breaks is a warning, the rest a note. Whether it may is said by errors.
fn of_changes<'d>(
    diff: &'d Diff,
    old: Option<&'d Sources>,
    new: &'d Sources,
) -> impl Iterator<Item = report::ReportFinding> + 'd {
    diff.changes.iter().map(move |change| {
        let classes: Vec<_> = change.classes.iter().map(|class| class.word()).collect();
        let grave = change.classes.contains(&Class::Widens) || change.classes.contains(&Class::Breaks);
        let (place, sources) = match (change.side, old) {
            (Side::New, _) => (change.place, new),
            (Side::Old, Some(old)) => (change.place, old),
            (Side::Old, None) => (Place::file_start(0), new),
        };
        report::ReportFinding {
            code: classes.first().copied().unwrap_or_default().to_owned(),
            level: if grave { Level::Warning } else { Level::Note },
            message: change.sentence.clone(),
            location: Location::of_place(place, sources),
            count: 1,
            change: Some(report::ChangeReport { subject: change.subject.clone(), classes, signed: change.signed }),
            ..report::ReportFinding::default()
        }
    })
}

fn counts(diff: &Diff) -> BTreeMap<&'static str, serde_json::Value> {
    let count = |class| diff.changes.iter().filter(|change| change.classes.contains(&class)).count();
    let counts = Class::ALL.map(|class| (class.word(), count(class).into()));
    let versions = [
        ("old_version", diff.from.clone().into()),
        ("new_version", diff.to.clone().into()),
        ("suggested_version", diff.suggested_version().into()),
    ];
    counts.into_iter().chain(versions).collect()
}
