//! `candor audit`

mod consent;
mod markdown;
mod other;
mod text;
mod visible;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use candor_codegen::write_file;
use candor_schema::Catalogue;
use candor_validate::audit::{Audit, Report};
use candor_validate::{MAX_MEMORY, Origin, Unreadable, read_each};

use crate::output::{self, count, guard};
use crate::report::PageFormat;
use crate::validate::RAISE;
use crate::{Outcome, config};
use consent::CaptureConsent;

#[derive(clap::Args)]
pub struct Arguments {
    /// The catalogue: a folder or a file
    catalogue: PathBuf,
    /// Captures: files of OTLP requests or payloads (JSON texts one after the other, or protobuf, gzip or not), folders
    /// of them, or `-` for standard input
    #[arg(required = true)]
    captures: Vec<PathBuf>,
    /// Consent when a capture was taken: `off`, `default`, `opted-in`, or the names of channels with commas, for all; or
    /// for those with matching names, as in `--consent 'opted-in=*_share*'`. The first that matches counts
    #[arg(long, value_name = "LEVEL[=NAMES]")]
    consent: Vec<CaptureConsent>,
    /// Texts that you typed into the program before the captures were taken, one per line: each place where one turns up
    /// is a finding. Lines of fewer than four characters are passed over
    #[arg(long, value_name = "FILE")]
    canary: Option<PathBuf>,
    /// Format of the report
    #[arg(long, value_enum, default_value_t)]
    format: PageFormat,
    /// Show no more than this many findings
    #[arg(long, default_value_t = 200)]
    max_findings: usize,
    /// Most bytes of memory that a file takes while it is read, beside its own bytes. A document in it that may take more is
    /// not read, and is a finding
    #[arg(long, value_name = "BYTES", default_value_t = MAX_MEMORY)]
    max_memory: usize,
    /// Write the report to this file. In a page with the markers `<!-- audit -->` and `<!-- /audit -->`,
    /// only what is between them is replaced
    #[arg(long)]
    out: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Outcome {
    if !arguments.catalogue.exists() {
        return Err(format!("there is no catalogue at `{}`", arguments.catalogue.display()).into());
    }
    let Some(catalogue) = config::open_for_report(&arguments.catalogue) else { return Ok(false) };
    let report = audit(&catalogue, arguments)?;
    if report.signals() == 0 && report.findings.is_empty() {
        return Err(format!("nothing was audited: {} held no signal", count(report.captures.len(), "capture")).into());
    }
    let form = arguments.format.of_findings().form();
    let text = guard(&render(&report, arguments)?, form).into_owned();
    match &arguments.out {
        None => output::print_as(&text, form)?,
        Some(path) => write_file(path, &placed(path, &text)?)?,
    }
    Ok(report.is_clean())
}

fn audit(catalogue: &Catalogue, arguments: &Arguments) -> Result<Report, String> {
    let mut audit = Audit::new(catalogue);
    if let Some(path) = &arguments.canary {
        let typed = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        typed.lines().for_each(|text| audit.add_typed(text));
    }
    for path in files(&arguments.captures)? {
        let name = name(&path);
        let bytes = read_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        audit.begin(&name, consent::granted(&arguments.consent, &path, catalogue)?);
        if let Err(error) = read_each(catalogue, &bytes, arguments.max_memory, |item| audit.add(&item)) {
            let way_out = if error.is_too_large() { format!("; {RAISE}") } else { String::new() };
            audit.add_unreadable(&Unreadable { origin: Origin::default(), why: format!("{error}{way_out}") });
        }
    }
    Ok(audit.report())
}

/// The files among the arguments, and those in folders among them, in the order of their names.
fn files(arguments: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in arguments {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let at = |error: std::io::Error| format!("{}: {error}", path.display());
        let entries = fs::read_dir(path).map_err(at)?.collect::<Result<Vec<_>, _>>().map_err(at)?;
        let mut inside: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
        inside.retain(|path| !name_of(path).starts_with('.'));
        inside.sort();
        files.extend(self::files(&inside)?);
    }
    Ok(files)
}

fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return fs::read(path);
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn name(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

/// The last part of a path.
fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn render(report: &Report, arguments: &Arguments) -> Result<String, Box<dyn std::error::Error>> {
    let most = arguments.max_findings;
    Ok(match arguments.format {
        PageFormat::Text => text::render(&visible::report(report.clone()), most),
        PageFormat::Markdown => markdown::render(&visible::report(report.clone()), most),
        format => other::report(report, most).render(format.of_findings()),
    })
}

/// The text, or the page that it is put into.
fn placed(path: &Path, text: &str) -> Result<String, String> {
    const OPEN: &str = "<!-- audit -->";
    const CLOSE: &str = "<!-- /audit -->";
    let Ok(page) = fs::read_to_string(path) else { return Ok(text.to_owned()) };
    let around = page.split_once(OPEN).and_then(|(before, rest)| Some((before, rest.split_once(CLOSE)?.1)));
    match around {
        Some((before, after)) => Ok(format!("{before}{OPEN}\n\n{text}\n{CLOSE}{after}")),
        None if page.contains(OPEN) => Err(format!("{}: `{OPEN}` is never closed", path.display())),
        None => Ok(text.to_owned()),
    }
}
