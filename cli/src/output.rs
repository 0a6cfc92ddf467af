//! Findings as people read them.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use candor_schema::{Finding, Place, Severity, Sources};

/// Shows findings on standard error, the way rustc shows its own, with colour where there is a terminal.
pub fn show(findings: &[Finding], sources: &Sources) {
    let renderer = Renderer::styled();
    for finding in findings {
        anstream::eprintln!("{}\n", renderer.render(&report(finding, sources)));
    }
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
        let mut snippet = Snippet::source(source.text.as_str()).path(source.path.to_string_lossy().into_owned());
        if finding.place.file == *file {
            let primary = AnnotationKind::Primary.span(range(finding.place, &source.text));
            snippet = snippet.annotation(primary.label(finding.note.as_str()));
        }
        for label in finding.labels.iter().filter(|label| label.place.file == *file) {
            let context = AnnotationKind::Context.span(range(label.place, &source.text));
            snippet = snippet.annotation(context.label(label.text.as_str()));
        }
        Some(snippet)
    };
    files.iter().filter_map(snippet).collect()
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

/// A text that somebody else wrote, for a terminal: not too long, and without what a terminal would obey.
pub fn foreign(text: &str) -> String {
    const LONGEST: usize = 200;
    let shown = |character: char| match character.is_control() {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    };
    text.chars().take(LONGEST).map(shown).collect()
}

/// `1 finding`, `2 findings`
pub fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// Prints what other programs read. One that went away is fine; a full disk is not.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
