//! Keeps parts of hand-written pages fresh: what stands between two markers is replaced with that part of the page that
//! [`docs`] generates.
//!
//! ```text
//! <!-- candor:table -->          {/* candor:table */}          (the latter is MDX)
//! …                              …
//! <!-- /candor:table -->         {/* /candor:table */}
//! ```
//!
//! Parts: `table`, `signals`, `destinations`, `switches`, `intro`, `note`, `section:<title>`. A marker in a fenced code block or in
//! inline code is only text.

use std::fmt;

use candor_schema::{Catalogue, did_you_mean};

use crate::docs::{self, DocsPlan};
use crate::markdown::code_span;

/// Replaces what stands between markers. The rest stays as it is, line endings included.
///
/// # Errors
/// Everything that is wrong with the markers; then nothing is replaced.
pub fn refresh(catalogue: &Catalogue, text: &str) -> Result<String, Vec<MarkerError>> {
    let plan = docs::plan(catalogue);
    let mut errors = Vec::new();
    let regions = regions(scan(text, &mut errors), &mut errors);
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut fresh = String::with_capacity(text.len());
    let mut copied = 0;
    for Region { open, close } in &regions {
        match fresh_part(&plan, open) {
            Ok(part) => {
                fresh += &text[copied..open.end];
                fresh += &format!("\n\n{part}\n").replace('\n', newline);
                copied = close.start;
            }
            Err(error) => errors.push(error),
        }
    }
    fresh += &text[copied..];
    errors.sort_by_key(|error| (error.line, error.column));
    if errors.is_empty() { Ok(fresh) } else { Err(errors) }
}

/// A fault of one marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkerError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The fault, in one sentence.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
}

impl fmt::Display for MarkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        self.help.iter().try_for_each(|help| write!(f, "; {help}"))
    }
}

impl std::error::Error for MarkerError {}

/// A marker as found.
#[derive(Debug, Clone)]
struct Marker<'t> {
    name: &'t str,
    closes: bool,
    start: usize,
    end: usize,
    line: usize,
    column: usize,
}

impl Marker<'_> {
    fn error(&self, message: String, help: Option<String>) -> MarkerError {
        MarkerError { line: self.line, column: self.column, message, help }
    }
}

/// Two markers that belong together.
struct Region<'t> {
    open: Marker<'t>,
    close: Marker<'t>,
}

fn fresh_part(plan: &DocsPlan, open: &Marker) -> Result<String, MarkerError> {
    let Some(part) = docs::part(plan, open.name) else {
        let names = docs::part_names(plan);
        let near =
            did_you_mean(open.name, names.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
        let help = near.or_else(|| Some(format!("there are: {}", names.join(", "))));
        return Err(open.error(format!("there is no `{}` to put here", open.name), help));
    };
    if hides_markers(&part) {
        let message = format!("the text of `{}` has a marker or an unclosed code block of its own", open.name);
        return Err(open.error(message, Some("mend the text in the catalogue".to_owned())));
    }
    Ok(part)
}

/// Returns true if the markers around this text would not be found again.
fn hides_markers(part: &str) -> bool {
    let mut errors = Vec::new();
    let probe = format!("{part}\n<!-- /candor:probe -->");
    let markers = scan(&probe, &mut errors);
    !errors.is_empty() || markers.len() != 1
}

/// Pairs markers, innermost first; complains about every one that has no partner or stands inside a pair.
fn regions<'t>(markers: Vec<Marker<'t>>, errors: &mut Vec<MarkerError>) -> Vec<Region<'t>> {
    let mut open: Vec<Marker> = Vec::new();
    let mut regions: Vec<Region> = Vec::new();
    for marker in markers {
        if !marker.closes {
            open.push(marker);
            continue;
        }
        let partner = open.iter().rposition(|open| open.name == marker.name);
        let Some(last) = open.len().checked_sub(1) else {
            errors.push(marker.error(format!("`{}` is closed here, but was never opened", marker.name), None));
            continue;
        };
        errors.extend(open.drain(partner.unwrap_or(last) + 1..).map(|open| unclosed(&open)));
        let Some(opened) = open.pop() else { continue };
        if partner.is_none() {
            let help = format!("close it with `/candor:{}`", opened.name);
            errors.push(
                marker.error(format!("`{}` is closed here, but `{}` is open", marker.name, opened.name), Some(help)),
            );
        }
        regions.push(Region { open: opened, close: marker });
    }
    errors.extend(open.iter().map(unclosed));
    without_nested(regions, errors)
}

fn unclosed(open: &Marker) -> MarkerError {
    let help = format!("close it with `/candor:{}`", open.name);
    open.error(format!("`{}` is opened here, but never closed", open.name), Some(help))
}

/// The outermost regions, in the order of the text; complains about the others.
fn without_nested<'t>(mut regions: Vec<Region<'t>>, errors: &mut Vec<MarkerError>) -> Vec<Region<'t>> {
    regions.sort_by_key(|region| region.open.start);
    let mut outermost: Vec<Region> = Vec::new();
    for region in regions {
        match outermost.last() {
            Some(outer) if region.open.start < outer.close.start => {
                let message = format!("`{}` stands inside `{}`, which replaces it", region.open.name, outer.open.name);
                errors.push(region.open.error(message, Some("put one after the other".to_owned())));
            }
            _ => outermost.push(region),
        }
    }
    outermost
}

/// A fenced code block that is open.
struct Fence<'t> {
    /// The backticks or tildes that opened it.
    run: &'t str,
    /// The indentation.
    indent: usize,
    quoted: bool,
    line: usize,
    has_markers: bool,
}

/// Every marker that is not in code.
fn scan<'t>(text: &'t str, errors: &mut Vec<MarkerError>) -> Vec<Marker<'t>> {
    let mut markers = Vec::new();
    let mut fence: Option<Fence> = None;
    let mut start = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        match &mut fence {
            Some(open) if closes_fence(open, line) => fence = None,
            Some(open) => open.has_markers |= has_marker(line),
            None => {
                fence = opened_fence(line, number);
                if fence.is_none() {
                    scan_line(line, start, number, &mut markers, errors);
                }
            }
        }
        start += line.len();
    }
    if let Some(Fence { line, has_markers: true, .. }) = fence {
        let message = "a code block starts here and never ends, so the markers in it are only text".to_owned();
        errors.push(MarkerError { line, column: 1, message, help: Some("end the code block".to_owned()) });
    }
    markers
}

/// The fenced code block that starts in this line.
fn opened_fence(line: &str, number: usize) -> Option<Fence<'_>> {
    let inside = without_containers(line).trim_end();
    let char = inside.chars().next().filter(|char| matches!(char, '`' | '~'))?;
    let info = inside.trim_start_matches(char);
    let run = &inside[..inside.len() - info.len()];
    if run.len() < 3 || (char == '`' && info.contains('`')) {
        return None;
    }
    let indent = line.trim_end().len() - inside.len();
    Some(Fence { run, indent, quoted: line.trim_start().starts_with('>'), line: number, has_markers: false })
}

fn closes_fence(fence: &Fence, line: &str) -> bool {
    let line = line.trim_end();
    let quotes: &[char] = if fence.quoted { &[' ', '\t', '>'] } else { &[' ', '\t'] };
    let run = line.trim_start_matches(quotes);
    // Further to the right it would be a line of the code.
    line.len() - run.len() <= fence.indent + 3
        && run.starts_with(fence.run)
        && run.chars().all(|char| fence.run.starts_with(char))
}

/// The line without the quotes and list items that it starts with.
fn without_containers(line: &str) -> &str {
    let mut inside = line.trim_start();
    while let Some(rest) = inside.strip_prefix('>').or_else(|| without_bullet(inside)) {
        inside = rest.trim_start();
    }
    inside
}

fn without_bullet(line: &str) -> Option<&str> {
    let digits = line.trim_start_matches(|char: char| char.is_ascii_digit());
    let bullets: &[char] = if digits.len() == line.len() { &['-', '*', '+'] } else { &['.', ')'] };
    digits.strip_prefix(bullets).filter(|rest| rest.starts_with([' ', '\t']))
}

fn scan_line<'t>(
    line: &'t str,
    line_start: usize,
    number: usize,
    markers: &mut Vec<Marker<'t>>,
    errors: &mut Vec<MarkerError>,
) {
    let mut rest = line;
    while let Some(found) = rest.find(['`', '\\', '<', '{']) {
        rest = &rest[found..];
        let Some(Parsed { name, closes, length, ended }) = parse_marker(rest) else {
            rest = after_text(rest);
            continue;
        };
        let column = line.len() - rest.len();
        let start = line_start + column;
        let column = line[..column].chars().count() + 1;
        let marker = Marker { name, closes, start, end: start + length, line: number, column };
        match ended {
            true => markers.push(marker),
            false => errors.push(marker.error("this marker does not end on its line".to_owned(), None)),
        }
        rest = &rest[length..];
    }
}

/// Returns the text after the code span, the escaped character or the character that `text` starts with.
fn after_text(text: &str) -> &str {
    if text.starts_with('`') {
        return code_span(text).map_or_else(|| text.trim_start_matches('`'), |(_, after)| after);
    }
    let mut chars = text.chars();
    if chars.next() == Some('\\') {
        chars.next();
    }
    chars.as_str()
}

fn has_marker(line: &str) -> bool {
    line.match_indices(['<', '{']).any(|(start, _)| parse_marker(&line[start..]).is_some())
}

/// A marker at the start of a text.
struct Parsed<'t> {
    name: &'t str,
    closes: bool,
    length: usize,
    ended: bool,
}

fn parse_marker(text: &str) -> Option<Parsed<'_>> {
    let (inside, end) = match text.strip_prefix("<!--") {
        Some(inside) => (inside, "-->"),
        None => (text.strip_prefix("{/*")?, "*/}"),
    };
    let inside = inside.trim_start();
    let closing = inside.strip_prefix('/').map(str::trim_start);
    let name = closing.unwrap_or(inside).strip_prefix("candor:")?;
    let start = text.len() - name.len();
    let name_length = name.find(end);
    Some(Parsed {
        name: name[..name_length.unwrap_or(name.len())].trim(),
        closes: closing.is_some(),
        length: name_length.map_or(text.len(), |length| start + length + end.len()),
        ended: name_length.is_some(),
    })
}
