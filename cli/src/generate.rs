//! `candor generate`

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use candor_codegen::markers::{self, MarkerError};
use candor_codegen::{Artefact, Difference, compare, generate, generate_language, languages, place, write};
use candor_schema::{Catalogue, Loaded, did_you_mean, load};
use similar::{ChangeTag, TextDiff};

use crate::config::Config;
use crate::report::{Format, Location, Region, Report, ReportFinding};
use crate::{Outcome, output, tracked};

#[derive(clap::Args)]
pub struct Arguments {
    /// The catalogue: a folder or a file
    catalogue: Option<PathBuf>,
    /// The folder to write to; everything in it is generated
    #[arg(long)]
    out: Option<PathBuf>,
    /// Generate emitters in this language, too, such as `typescript`; may be given more than once
    #[arg(long = "language", value_name = "LANGUAGE")]
    languages: Vec<String>,
    /// Write nothing; fail when a file is stale, missing, nobody's, or not added to Git
    #[arg(long)]
    check: bool,
    /// Format of the findings and of the files that are not fresh
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let config = Config::find()?;
    let path = config.catalogue(arguments.catalogue.as_deref())?;
    let folder = config.out(arguments.out.as_deref(), &path)?;
    let loaded = load(&path);
    let mut report = Report::of_catalogue("generate", &loaded.findings, &loaded.sources);
    if arguments.format == Format::Text {
        output::show(&loaded.findings, &loaded.sources);
    }
    let fine = match &loaded.catalogue {
        Some(catalogue) => {
            let whole = arguments.out.is_none() && config.is_own(&path);
            let documents = if whole { config.documents()? } else { Vec::new() };
            let mut artefacts = generate(catalogue);
            let own = config.languages.iter().filter(|_| config.is_own(&path));
            add_languages(catalogue, own.chain(&arguments.languages), &mut artefacts)?;
            let others = !whole || add_others(&config, &mut artefacts, arguments.format, &mut report)?;
            let known = others && generate_from(catalogue, &artefacts, &folder, documents, arguments, &mut report)?;
            let added = !arguments.check || all_tracked(&artefacts, &path, &folder, arguments.format, &mut report)?;
            known && added
        }
        None => false,
    };
    report.print(arguments.format)?;
    Ok(fine)
}

/// Adds the emitters in these languages, each once.
fn add_languages<'a>(
    catalogue: &Catalogue,
    wanted: impl Iterator<Item = &'a String>,
    artefacts: &mut Vec<Artefact>,
) -> Result<(), String> {
    for language in wanted.collect::<BTreeSet<_>>() {
        artefacts.extend(generate_language(catalogue, language).ok_or_else(|| {
            let near = did_you_mean(language, languages()).map(|near| format!("did you mean `{near}`?"));
            let known = || format!("it can be {}", languages().collect::<Vec<_>>().join(" or "));
            format!("nothing is generated in the language `{language}`; {}", near.unwrap_or_else(known))
        })?);
    }
    artefacts.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(())
}

/// Adds the artefacts of the project's further catalogues. Says whether all of them are without errors.
fn add_others(config: &Config, artefacts: &mut Vec<Artefact>, format: Format, report: &mut Report) -> Outcome {
    let mut fine = true;
    for (path, other) in config.others()? {
        let Loaded { catalogue, findings, sources } = load(&path);
        report.findings.extend(Report::of_catalogue("generate", &findings, &sources).findings);
        if format == Format::Text {
            output::show(&findings, &sources);
        }
        let Some(catalogue) = catalogue else {
            fine = false;
            continue;
        };
        let placed = place(generate(&catalogue), &other.folder, other.only.as_deref());
        artefacts.extend(
            placed.map_err(|idle| {
                format!("candor.yaml: `only` of `{}`: nothing is generated at `{idle}`", other.folder)
            })?,
        );
    }
    artefacts.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(fine)
}

/// Writes or compares what comes of a catalogue: says so to people, and notes it for other programs.
fn generate_from(
    catalogue: &Catalogue,
    artefacts: &[Artefact],
    folder: &Path,
    documents: Vec<PathBuf>,
    arguments: &Arguments,
    report: &mut Report,
) -> Outcome {
    let Some(documents) = refresh(catalogue, documents, arguments.format, report)? else { return Ok(false) };
    report.counts.insert("files", (artefacts.len() + documents.len()).into());
    match arguments.check {
        true => check(folder, artefacts, &documents, arguments.format, report),
        false => write_all(folder, artefacts, &documents, arguments.format, report),
    }
}

/// A hand-written document with its marked parts made anew.
struct MarkedPage {
    path: PathBuf,
    found: String,
    fresh: String,
}

/// Makes the marked parts of documents anew; `None` when markers are wrong, which is then shown.
fn refresh(
    catalogue: &Catalogue,
    paths: Vec<PathBuf>,
    format: Format,
    report: &mut Report,
) -> Result<Option<Vec<MarkedPage>>, Box<dyn std::error::Error>> {
    let mut documents = Vec::new();
    let mut fine = true;
    for path in paths {
        let found = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        match markers::refresh(catalogue, &found) {
            Ok(fresh) => documents.push(MarkedPage { path, found, fresh }),
            Err(errors) => {
                fine = false;
                for error in errors {
                    if format == Format::Text {
                        tell!("{}:{error}", path.display());
                    }
                    report.findings.push(of_marker(&path, error));
                }
            }
        }
    }
    Ok(fine.then_some(documents))
}

fn write_all(
    folder: &Path,
    artefacts: &[Artefact],
    documents: &[MarkedPage],
    format: Format,
    report: &mut Report,
) -> Outcome {
    let mut changed = write(folder, artefacts)?;
    for document in documents.iter().filter(|document| document.found != document.fresh) {
        candor_codegen::write_document(&document.path, &document.fresh)?;
        changed.push(document.path.clone());
    }
    let strangers = compare(folder, artefacts)?;
    report.counts.insert("changed", changed.len().into());
    if format != Format::Text {
        report.findings.extend(strangers.iter().map(of_difference));
        return Ok(strangers.is_empty());
    }
    for path in &changed {
        output::say(format_args!("{} {}", if path.exists() { "wrote" } else { "removed" }, path.display()))?;
    }
    let all = artefacts.len() + documents.len();
    output::say(format_args!("{}: {}, {} changed", folder.display(), output::count(all, "file"), changed.len()))?;
    strangers.iter().for_each(show);
    if !strangers.is_empty() {
        tell!("everything in {} is generated; move these elsewhere, or delete them", folder.display());
    }
    Ok(strangers.is_empty())
}

fn check(
    folder: &Path,
    artefacts: &[Artefact],
    documents: &[MarkedPage],
    format: Format,
    report: &mut Report,
) -> Outcome {
    let mut differences = compare(folder, artefacts)?;
    differences.extend(documents.iter().filter(|document| document.found != document.fresh).map(|document| {
        Difference::Stale {
            path: document.path.clone(),
            found: document.found.clone(),
            expected: document.fresh.clone(),
        }
    }));
    if format != Format::Text {
        report.findings.extend(differences.iter().map(of_difference));
        return Ok(differences.is_empty());
    }
    differences.iter().for_each(show);
    if differences.is_empty() {
        let all = artefacts.len() + documents.len();
        output::say(format_args!("{}: {}, all fresh", folder.display(), output::count(all, "file")))?;
        return Ok(true);
    }
    tell!("{} not fresh; run `{}`", output::count(differences.len(), "file"), command());
    Ok(false)
}

/// Checks that Git tracks every generated file that is there, where they are meant to be committed.
fn all_tracked(artefacts: &[Artefact], path: &Path, folder: &Path, format: Format, report: &mut Report) -> Outcome {
    let files: Vec<PathBuf> = artefacts.iter().map(|artefact| folder.join(&artefact.path)).collect();
    let untracked = tracked::untracked(path, folder, &files);
    if format != Format::Text {
        report.findings.extend(untracked.iter().map(|path| ReportFinding {
            code: "untracked".to_owned(),
            message: "this file is generated, and Git does not track it".to_owned(),
            help: Some("run `git add` on it, and commit it".to_owned()),
            location: Location::of_file(path),
            count: 1,
            ..Default::default()
        }));
    } else if !untracked.is_empty() {
        untracked.iter().for_each(|path| tell!("untracked: {}", path.display()));
        tell!(
            "Git does not track {}; run `git add {}`",
            output::count(untracked.len(), "generated file"),
            folder.display()
        );
    }
    Ok(untracked.is_empty())
}

/// The command that makes everything fresh: this one, as it was called, when it does not only check.
fn command() -> String {
    let mut words = vec!["candor".to_owned()];
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--check" => {}
            "--format" => drop(arguments.next()),
            format if format.starts_with("--format=") => {}
            plain if plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./=:@+".contains(&byte)) => {
                words.push(argument);
            }
            other => words.push(format!("'{}'", output::one_line(other).replace('\'', r"'\''"))),
        }
    }
    words.join(" ")
}

/// A file that is not as the catalogue gives it, at the first line that differs.
fn of_difference(difference: &Difference) -> ReportFinding {
    let (code, path, message, region) = match difference {
        Difference::Missing(path) => ("missing", path, "this file is generated, and is not there", None),
        Difference::Orphaned(path) => ("orphaned", path, "nothing generates this file", None),
        Difference::Stale { path, found, expected } => {
            let diff = TextDiff::from_lines(found.as_str(), expected.as_str());
            let same = diff.iter_all_changes().take_while(|change| change.tag() == ChangeTag::Equal).count();
            let last = found.lines().count().max(1);
            let region = Region::of_line((same + 1).min(last) as u64);
            ("stale", path, "from this line on, this file is not what the catalogue gives", Some(region))
        }
    };
    let help = match difference {
        Difference::Orphaned(_) => "move it elsewhere, or delete it".to_owned(),
        _ => format!("run `{}`", command()),
    };
    let location = Location { region, ..Location::of_file(path) };
    ReportFinding {
        code: code.to_owned(),
        message: message.to_owned(),
        help: Some(help),
        location,
        count: 1,
        ..Default::default()
    }
}

/// A marker in a document that is wrong.
fn of_marker(path: &Path, error: MarkerError) -> ReportFinding {
    let (line, column) = (error.line as u64, error.column as u64);
    let region = Some(Region { line, column, end_line: line, end_column: column });
    let location = Location { region, ..Location::of_file(path) };
    let code = "marker".to_owned();
    ReportFinding { code, message: error.message, help: error.help, location, count: 1, ..Default::default() }
}

fn show(difference: &Difference) {
    match difference {
        Difference::Missing(path) => tell!("missing: {}", path.display()),
        Difference::Orphaned(path) => tell!("orphaned: {} (nothing generates it)", path.display()),
        Difference::Stale { path, found, expected } => {
            tell!("stale: {}", path.display());
            show_changes(found, expected);
        }
    }
}

/// The first changed lines: `-` is in the file, `+` should be.
fn show_changes(found: &str, expected: &str) {
    const SHOWN: usize = 8;
    let diff = TextDiff::from_lines(found, expected);
    let changes = diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal);
    for (position, change) in changes.enumerate() {
        if position == SHOWN {
            tell!("    …");
            return;
        }
        tell!("    {}{}", change.tag(), change.value().trim_end());
    }
}
