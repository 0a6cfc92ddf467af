//! Findings as people read them.

mod guard;

use std::cmp::Reverse;
use std::fmt::Arguments;
use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use candor_schema::{Finding, Place, Severity, Sources};
use candor_validate::engine::visible;
pub use guard::{Form, guard};

/// A line for people on standard error, with colour where there is a terminal. Where nobody can read it, nobody does:
/// the exit code says enough.
macro_rules! tell {
    ($($text:tt)*) => { $crate::output::tell(format_args!($($text)*)) };
}

pub fn tell(text: Arguments<'_>) {
    tell_as(&text.to_string(), Form::Text);
}

fn tell_as(text: &str, form: Form) {
    let _ = writeln!(anstream::stderr().lock(), "{}", guard(text, form));
}

/// A line on standard output. A reader that went away is fine; a full disk is not.
pub fn say(text: Arguments<'_>) -> io::Result<()> {
    print(&format!("{text}\n"))
}

/// Most findings that are shown to people.
const MOST: usize = 100;

/// Shows findings on standard error, the way rustc shows its own; of very many the first, errors before warnings.
pub fn show(findings: &[Finding], sources: &Sources) {
    let renderer = Renderer::styled();
    let mut shown: Vec<_> = findings.iter().collect();
    if shown.len() > MOST {
        shown.sort_by_key(|finding| Reverse(finding.severity));
        shown.truncate(MOST);
    }
    for finding in &shown {
        let finding = visible_finding(finding);
        tell_as(&format!("{}\n", renderer.render(&report(&finding, sources))), Form::Coloured);
    }
    if findings.len() > shown.len() {
        tell!("… and {} more\n", findings.len() - shown.len());
    }
}

/// A finding whose words end no line and set no colour.
fn visible_finding(finding: &Finding) -> Finding {
    let mut shown = finding.clone();
    let labels = shown.labels.iter_mut().map(|label| &mut label.text);
    for text in labels.chain([&mut shown.message, &mut shown.note]) {
        *text = one_line(text);
    }
    // Help may have lines of its own.
    shown.help = shown.help.map(|help| guard(&help, Form::Text).into_owned());
    shown
}

fn report<'a>(finding: &'a Finding, sources: &'a Sources) -> Vec<Group<'a>> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(finding.message.as_str()).id(finding.code));
    for snippet in snippets(finding, sources) {
        group = group.element(snippet);
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    vec![group]
}

/// One snippet per file, the finding's own first.
fn snippets<'a>(finding: &'a Finding, sources: &'a Sources) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let mut files = vec![finding.place.file];
    for label in &finding.labels {
        if !files.contains(&label.place.file) {
            files.push(label.place.file);
        }
    }
    let snippet = |file: &u32| {
        let source = sources.get(Place::file_start(*file))?;
        let primary = Some((AnnotationKind::Primary, finding.place, finding.note.as_str()));
        let labels = finding.labels.iter().map(|label| (AnnotationKind::Context, label.place, label.text.as_str()));
        let marked = || primary.into_iter().chain(labels.clone()).filter(|(_, place, _)| place.file == *file);
        let (first_line, lines) = lines(marked().map(|(_, place, _)| place), &source.text)?;
        let path = source.path.to_string_lossy().into_owned();
        let mut snippet = Snippet::source(&source.text[lines.clone()]).path(path).line_start(first_line);
        for (kind, place, text) in marked() {
            let range = range(place, &source.text);
            let within = range.start - lines.start..range.end - lines.start;
            snippet = snippet.annotation(kind.span(within).label(text));
        }
        Some(snippet)
    };
    files.iter().filter_map(snippet).collect()
}

/// The lines from the first of these places to the last, and the number of the first: a snippet of the whole text would
/// be read again for each finding.
fn lines(places: impl Iterator<Item = Place> + Clone, text: &str) -> Option<(usize, std::ops::Range<usize>)> {
    let first = places.clone().min_by_key(|place| place.start)?;
    let start = range(first, text).start;
    let end = places.map(|place| range(place, text).end).max()?;
    let start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
    Some((first.line as usize, start..end))
}

/// The first line of a place, inside the text and on character boundaries.
fn range(place: Place, text: &str) -> std::ops::Range<usize> {
    let clamp = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = clamp(place.start as usize);
    let end = clamp(place.end as usize).max(start);
    let line_end = text[start..end].find('\n').map_or(end, |newline| start + newline);
    start..line_end
}

/// A text that somebody else wrote, on one line: not too long, and without what a terminal would obey.
pub fn foreign(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut characters = text.chars();
    let mut shown: String = characters.by_ref().take(LONGEST).map(visible).collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// A text that holds somebody else's words, on one line.
pub fn one_line(text: &str) -> String {
    text.chars().map(visible).collect()
}

/// `1 finding`, `2 findings`
pub fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// Prints a text for people. A reader that went away is fine; a full disk is not.
pub fn print(text: &str) -> io::Result<()> {
    print_as(text, Form::Text)
}

/// Prints a text in any form.
pub fn print_as(text: &str, form: Form) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(guard(text, form).as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
