//! A draft as YAML. Every comment that ends with a question mark asks what only a person can say.

use std::collections::HashSet;
use std::fmt::Write;

use candor_schema::{Collected, SignalKind, escape_invisible, variants};
use serde_json::Value;

use super::draft::{
    Brief, Draft, DraftAttribute, DraftDeprecation, DraftHandling, DraftMember, DraftObject, DraftRow, DraftSignal,
    DraftType, JSON_BOUNDS, MOST_CHARACTERS, MOST_ITEMS,
};
use super::names::snake;

/// The text of a catalogue, and what it asks.
pub struct Written {
    pub text: String,
    pub questions: Vec<Question>,
}

/// Something that only a person can say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The line of the catalogue that asks, from 1.
    pub line: usize,
    /// In words, the same for each entry of a kind.
    pub text: String,
}

/// Lays out a draft under this name.
pub fn write(draft: &Draft, name: &str) -> Written {
    let mut page = Page::default();
    page.head(draft, name);
    page.section("rows", &draft.rows, Page::row);
    page.section("attributes", &draft.attributes, Page::attribute);
    page.section("objects", &draft.objects, Page::object);
    for (kind, section) in [(SignalKind::Span, "spans"), (SignalKind::Event, "events")] {
        let signals: Vec<_> = draft.signals.iter().filter(|signal| signal.kind == kind).collect();
        page.section(section, &signals, |page, signal| page.signal(signal));
    }
    if !draft.common.is_empty() {
        page.blank();
        page.line(0, &format!("common: [{}]", draft.common.join(", ")));
    }
    if !draft.resource.is_empty() {
        page.blank();
        page.line(0, "resource:");
        draft.resource.iter().for_each(|(id, is_always_there)| page.carried(2, id, *is_always_there));
    }
    if draft.signals.is_empty() {
        page.blank();
        page.ask(0, "what is sent when: `spans:`, `events:`, and what each carries?");
    }
    Written { text: page.text, questions: page.questions }
}

#[derive(Default)]
struct Page {
    text: String,
    lines: usize,
    questions: Vec<Question>,
}

impl Page {
    fn head(&mut self, draft: &Draft, name: &str) {
        let name = quoted(name);
        self.line(0, "# A draft: each comment that ends with a question mark asks what only a person can say.");
        self.line(
            0,
            &format!("# Bounds of {MOST_CHARACTERS} characters and {MOST_ITEMS} items stand where none was said."),
        );
        for line in ["candor: 1", &format!("name: {name}"), &format!("title: {name}"), "version: 1.0.0"] {
            self.line(0, line);
        }
        self.line(0, &format!("service: {}", draft.service.as_deref().map_or(name, phrase)));
        if has_opt_in(draft) {
            self.ask(0, "consent: {opt_in: …}: which switch opts in?");
        }
    }

    fn section<T>(&mut self, key: &str, entries: &[T], write: impl Fn(&mut Page, &T)) {
        if !entries.is_empty() {
            self.blank();
            self.line(0, &format!("{key}:"));
            entries.iter().for_each(|entry| write(self, entry));
        }
    }

    fn row(&mut self, row: &DraftRow) {
        self.line(2, &format!("{}:", row.id));
        self.said("title", &row.title);
        self.said("reason", &row.reason);
        match row.personal {
            Some(personal) => self.line(4, &format!("personal: {}", personal.word())),
            None => self.ask(4, "personal: none or possible?"),
        }
    }

    fn attribute(&mut self, attribute: &DraftAttribute) {
        self.line(2, &format!("{}:", attribute.id));
        self.line(4, &format!("row: {}", attribute.row));
        self.collected(attribute.collected);
        if let Some(name) = &attribute.name {
            self.line(4, &format!("name: {}", quoted(name)));
        }
        self.domain(&attribute.kind);
        if let Some(unit) = &attribute.unit {
            self.line(4, &format!("unit: {}", quoted(unit)));
        }
        if let Some(encoding) = attribute.encoding {
            self.line(4, &format!("encoding: {}", encoding.word()));
        }
        if attribute.nullable {
            self.line(4, "nullable: true");
        }
        self.brief(&attribute.brief);
        self.note(&attribute.note);
        self.handling(&attribute.handling);
        if !attribute.examples.is_empty() {
            let examples: Vec<_> = attribute.examples.iter().map(Value::to_string).collect();
            self.line(4, &format!("examples: [{}]", escape_invisible(&examples.join(", "))));
        }
        if let Some(personal) = attribute.personal {
            self.line(4, &format!("personal: {}", personal.word()));
        }
        if let Some(identifier) = attribute.identifier {
            self.line(4, &format!("identifier: {identifier}"));
        }
        self.deprecated(attribute.deprecated.as_ref());
        if let Some(stability) = attribute.stability {
            self.line(4, &format!("stability: {}", stability.word()));
        }
    }

    fn handling(&mut self, handling: &DraftHandling) {
        self.said("owner", handling.owner.as_deref().unwrap_or_default());
        self.said("expires", handling.expires.as_deref().unwrap_or_default());
        if !handling.links.is_empty() {
            let links: Vec<_> = handling.links.iter().map(|link| quoted(link)).collect();
            self.line(4, &format!("links: [{}]", links.join(", ")));
        }
    }

    fn domain(&mut self, kind: &DraftType) {
        self.line(4, &format!("type: {}", type_text(kind)));
        match kind {
            DraftType::List { max_items, .. } | DraftType::Map { max_items, .. } => {
                self.line(4, &format!("max_items: {max_items}"));
            }
            DraftType::Json => {
                self.ask(4, "type: which fields does it have, if they can be listed under `objects`?");
                self.line(4, &format!("max_depth: {}", JSON_BOUNDS.0));
                self.line(4, &format!("max_length: {}", JSON_BOUNDS.1));
            }
            _ => {}
        }
        match innermost(kind) {
            DraftType::Text { max_length, pattern } => match pattern {
                Some(pattern) => self.line(4, &format!("pattern: {}", quoted(pattern))),
                None => self.line(4, &format!("max_length: {max_length}")),
            },
            DraftType::Int { minimum, maximum } => self.bounds(minimum.as_ref(), maximum.as_ref()),
            DraftType::Double { minimum, maximum } => {
                self.bounds(minimum.map(Value::from).as_ref(), maximum.map(Value::from).as_ref());
            }
            _ => {}
        }
    }

    fn bounds<N: std::fmt::Display>(&mut self, minimum: Option<&N>, maximum: Option<&N>) {
        for (key, bound) in [("minimum", minimum), ("maximum", maximum)] {
            if let Some(bound) = bound {
                self.line(4, &format!("{key}: {bound}"));
            }
        }
    }

    fn object(&mut self, object: &DraftObject) {
        self.line(2, &format!("{}:", object.id));
        self.said("brief", &object.brief);
        self.line(4, "fields:");
        for (name, attribute, is_always_there) in &object.fields {
            let name = quoted(name);
            match is_always_there {
                true => self.line(6, &format!("{name}: {attribute}")),
                false => self.line(6, &format!("{name}: {{attribute: {attribute}, requirement: optional}}")),
            }
        }
    }

    fn signal(&mut self, signal: &DraftSignal) {
        self.line(2, &format!("{}:", signal.id));
        if !signal.is_named {
            self.ask(4, "name: is this its name on the wire?");
        }
        self.line(4, &format!("name: {}", quoted(&signal.name)));
        self.collected(signal.collected);
        self.brief(&signal.brief);
        if let Some(row) = &signal.row {
            self.line(4, &format!("row: {row}"));
        }
        if !signal.attributes.is_empty() {
            self.line(4, "attributes:");
        }
        for (attribute, is_always_there) in &signal.attributes {
            self.carried(6, attribute, *is_always_there);
        }
        if signal.has_parent {
            self.ask(4, "parents: which spans may it belong to (`remote`: one of another process)?");
        }
        self.deprecated(signal.deprecated.as_ref());
        if let Some(stability) = signal.stability {
            self.line(4, &format!("stability: {}", stability.word()));
        }
    }

    fn carried(&mut self, indent: usize, attribute: &str, is_always_there: bool) {
        let requirement = if is_always_there { "required" } else { "optional" };
        self.line(indent, &format!("{attribute}: {requirement}"));
    }

    fn collected(&mut self, collected: Option<Collected>) {
        if collected.is_none() {
            self.ask(4, "collected: default or opt_in?");
        }
        self.line(4, if collected == Some(Collected::Default) { "collected: default" } else { "collected: opt_in" });
    }

    fn brief(&mut self, brief: &Brief) {
        let (Brief::Said(text) | Brief::Guessed(text)) = brief;
        if let Brief::Guessed(_) = brief {
            self.ask(4, "brief: what is it?");
        }
        self.line(4, &format!("brief: {}", phrase(text)));
    }

    fn deprecated(&mut self, deprecated: Option<&DraftDeprecation>) {
        let Some(deprecated) = deprecated else { return };
        self.line(4, "deprecated:");
        self.line(6, &format!("reason: {}", deprecated.reason.word()));
        if let Some(successor) = &deprecated.renamed_to {
            self.line(6, &format!("renamed_to: {}", phrase(successor)));
        }
        if !deprecated.note.trim().is_empty() {
            self.line(6, &format!("note: {}", quoted(deprecated.note.trim())));
        }
    }

    /// A text on one line, unless it is empty.
    fn said(&mut self, key: &str, text: &str) {
        if !text.trim().is_empty() {
            self.line(4, &format!("{key}: {}", phrase(text)));
        }
    }

    fn note(&mut self, note: &str) {
        if !note.trim().is_empty() {
            self.line(4, &format!("note: {}", quoted(note.trim())));
        }
    }

    fn ask(&mut self, indent: usize, question: &str) {
        self.line(indent, &format!("# {question}"));
        self.questions.push(Question { line: self.lines, text: question.to_owned() });
    }

    fn blank(&mut self) {
        self.line(0, "");
    }

    /// A line; texts in it are in quotes, so that it is one.
    fn line(&mut self, indent: usize, text: &str) {
        self.lines += 1;
        let _ = writeln!(self.text, "{:indent$}{text}", "");
    }
}

fn has_opt_in(draft: &Draft) -> bool {
    let is_opt_in = |collected: Option<Collected>| collected != Some(Collected::Default);
    draft.attributes.iter().any(|attribute| is_opt_in(attribute.collected))
        || draft.signals.iter().any(|signal| is_opt_in(signal.collected))
}

fn innermost(kind: &DraftType) -> &DraftType {
    match kind {
        DraftType::List { item, .. } => innermost(item),
        DraftType::Map { value, .. } => innermost(value),
        kind => kind,
    }
}

fn type_text(kind: &DraftType) -> String {
    match kind {
        DraftType::Text { .. } => "string".to_owned(),
        DraftType::Boolean => "boolean".to_owned(),
        DraftType::Int { .. } => "int".to_owned(),
        DraftType::Double { .. } => "double".to_owned(),
        DraftType::Timestamp => "timestamp".to_owned(),
        DraftType::Enum(members) => format!("{{enum: [{}]}}", self::members(members).join(", ")),
        DraftType::Object(id) => id.clone(),
        DraftType::List { item, .. } => format!("[{}]", type_text(item)),
        DraftType::Map { key, value, .. } => format!("{{map: {}, keys: {}}}", type_text(value), keys_text(key)),
        DraftType::Json => "json".to_owned(),
    }
}

/// The keys of a map: a closed set, or texts with their bound.
fn keys_text(key: &DraftType) -> String {
    match key {
        DraftType::Text { pattern: Some(pattern), .. } => format!("{{pattern: {}}}", quoted(pattern)),
        DraftType::Text { max_length, .. } => format!("{{max_length: {max_length}}}"),
        key => type_text(key),
    }
}

/// The members of an enum. One that would be called like another in Rust has a name for code.
fn members(members: &[DraftMember]) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let names = variants(&members.iter().map(|member| (text(&member.value), None)).collect::<Vec<_>>());
    let mut seen = HashSet::new();
    let written = members.iter().zip(names).zip(1..).map(|((member, variant), number)| {
        let value = member.value.as_str().map_or_else(|| member.value.to_string(), quoted);
        if seen.insert(variant) {
            return value;
        }
        let name = member.name.as_deref().map_or_else(|| format!("member_{number}"), |name| snake(name, "member"));
        format!("{{value: {value}, name: {name}}}")
    });
    written.collect()
}

/// A text on one line, in quotes.
fn phrase(text: &str) -> String {
    quoted(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A text in quotes, as YAML and JSON both write it. What does not show is written so that it does.
fn quoted(text: &str) -> String {
    Value::from(&*escape_invisible(text)).to_string()
}
