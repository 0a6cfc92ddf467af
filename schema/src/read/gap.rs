//! The lines that are left out of a text because of a fault in them, and what may be missing with them.

use super::keys::{ATTRIBUTE_KEYS, OBJECT_KEYS, ROOT_KEYS, ROW_KEYS, SIGNAL_KEYS};
use super::line::Line;
use super::outline::Outline;
use super::yaml_fault::YamlFault;
use crate::unread::Part;

/// The part of the catalogue that the line of a fault belonged to.
#[derive(Debug, Clone)]
pub(crate) struct Gap {
    pub file: u32,
    /// First and last line, from 1.
    pub lines: (u32, u32),
    /// The line before it that has something on it, from 1.
    pub after: u32,
    /// The catalogue's key that it was below, or that it was itself. `None` where that cannot be told.
    pub key: Option<String>,
    /// True if it was inside one entry of that, so that no name is lost.
    pub inside: bool,
}

impl Gap {
    /// The parts of the catalogue that may lack something with it.
    pub fn parts(&self) -> &'static [Part] {
        match self.key.as_deref() {
            Some("rows" | "attributes") if self.inside => &[],
            Some("objects" | "spans" | "events" | "metrics") if self.inside => &[Part::Carried],
            Some("rows") => &[Part::Rows],
            Some("attributes") => &[Part::Attributes],
            Some("objects") => &[Part::Objects, Part::Carried],
            Some("spans" | "events" | "metrics") => &[Part::Signals, Part::Carried],
            Some("common" | "resource") => &[Part::Carried],
            Some("consent") => &[Part::Consent],
            Some("endpoints") => &[Part::Endpoints],
            Some(_) => &[],
            None => &Part::ALL,
        }
    }

    /// All of a file.
    pub fn whole(file: u32) -> Gap {
        Gap { file, lines: (1, u32::MAX), after: 0, key: None, inside: false }
    }

    /// Leaves out the lines of a fault, in a text that keeps its length.
    pub fn leave_out(file: u32, text: &mut String, fault: &YamlFault) -> Gap {
        const IN_ENTRIES: &[&str] = &["rows", "attributes", "objects", "spans", "events", "metrics"];
        let outline = Outline::new(text, 0);
        let (mut first, mut last) = fault.lines;
        let line = &outline.lines[first];
        let top = (0..=first).rev().find(|line| outline.lines[*line].is_top());
        let known = |line: usize| outline.lines[line].key().filter(|key| ROOT_KEYS.contains(key));
        let above = (0..first).rev().find_map(|line| outline.lines[line].is_top().then(|| known(line)).flatten());
        // A line that slipped belongs to the key above, or is itself one of the catalogue's keys.
        let below_a_name = top.is_some_and(|top| outline.lines[top].is_bare_key());
        let own = line.is_top() || known(first).is_some() && !below_a_name;
        let tabbed_key = line.margin().contains('\t') && line.is_bare_key() && known(first).is_some();
        let slipped_key = own && fault.slipped && above.is_some_and(|key| IN_ENTRIES.contains(&key));
        let key = match own {
            _ if tabbed_key || slipped_key => None,
            true => known(first).or(above.filter(|key| IN_ENTRIES.contains(key) && line.key().is_some())),
            false => top.and_then(known),
        };
        let key = key.map(str::to_owned);
        if let (Some(top), false) =
            (top, key.as_deref().is_some_and(|key| IN_ENTRIES.contains(&key)) || own || tabbed_key)
        {
            first = top;
            last = last.max(outline.end_of_block(top, 1));
        }
        let inside = key.as_deref().is_some_and(|key| is_inside(&outline, first, key));
        let after = outline.content_before(first).map_or(0, |line| line as u32 + 1);
        let range = outline.lines[first].start..outline.lines[last].start + outline.lines[last].text.len();
        let blank: String = text[range.clone()]
            .bytes()
            .map(|byte| if matches!(byte, b'\n' | b'\r') { byte as char } else { ' ' })
            .collect();
        text.replace_range(range, &blank);
        Gap { file, lines: (first as u32 + 1, last as u32 + 1), after, key, inside }
    }
}

/// Returns true if this line, below that key of the catalogue, is one of an entry and not the entry's name.
fn is_inside(outline: &Outline, line: usize, key: &str) -> bool {
    let keys = match key {
        "rows" => ROW_KEYS,
        "attributes" => ATTRIBUTE_KEYS,
        "objects" => OBJECT_KEYS,
        _ => SIGNAL_KEYS,
    };
    let text = outline.lines[line].text.trim();
    let word = text.split(|char: char| !matches!(char, 'a'..='z' | '_')).next().unwrap_or_default();
    let below_a_name = outline.content_before(line).is_some_and(|above| outline.lines[above].indent() > 0);
    let names = (0..line).rev().find(|line| outline.lines[*line].is_top()).and_then(|top| outline.content_after(top));
    let own = &outline.lines[line];
    if !own.margin().contains('\t') && names.is_none_or(|first| own.indent() <= outline.lines[first].indent()) {
        return false;
    }
    below_a_name && keys.contains(&word) && !outline.lines[line].is_bare_key()
}

impl Line<'_> {
    /// Returns true if a key of the catalogue itself stands here.
    fn is_top(&self) -> bool {
        self.has_content()
            && self.indent() == 0
            && !self.text.starts_with(['-', '}', ']', '\t'])
            && !self.text.starts_with("...")
    }
}
