//! A catalogue drafted from what a program sends: signals, names on the wire, types with observed bounds.
//!
//! It learns from any number of requests in memory that depends on how many different names there are, and those are
//! bounded. No observed value gets into the draft but the words of small closed sets.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, stdin};
use std::path::{Path, PathBuf};

use candor_schema::{Catalogue, SignalKind, load_str};
use candor_validate::{Item, MAX_MEMORY, Payload, read_each};
use serde_json::Value;

use super::draft::{Draft, DraftAttribute, DraftSignal, DraftType, is_wire_name};
use super::finish::{Target, finish};
use super::observed::{Learnt, LearntType, Observed};
use super::place::SourcePlace;
use super::source::Imported;

/// Most different names, of signals or of attributes, that are told apart.
const MOST_NAMES: usize = 5000;

/// Reads files of telemetry, `-` for standard input.
pub fn read(paths: &[PathBuf]) -> Imported {
    let catalogue = empty_catalogue();
    let mut learner = Learner::default();
    let mut mistakes = Vec::new();
    for path in paths {
        let at = SourcePlace::start_of(path);
        let read = read_bytes(path).map_err(|error| error.to_string()).and_then(|bytes| {
            let take = |item: Item| learner.add(&item, &path.display().to_string());
            read_each(&catalogue, &bytes, MAX_MEMORY, take).map_err(|error| error.to_string())
        });
        mistakes.extend(read.err().map(|why| at.note(why)));
    }
    if learner.signals.is_empty() && mistakes.is_empty() {
        mistakes.extend(paths.first().map(|path| SourcePlace::start_of(path).note("no span and no event was sent")));
    }
    Imported { draft: learner.draft(), mistakes }
}

fn read_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = MAX_MEMORY as u64 / 2;
    let length = match path == Path::new("-") {
        true => stdin().lock().take(most + 1).read_to_end(&mut bytes)?,
        false => File::open(path)?.take(most + 1).read_to_end(&mut bytes)?,
    };
    match length as u64 > most {
        true => Err(std::io::Error::other(format!("longer than {} MiB", most >> 20))),
        false => Ok(bytes),
    }
}

/// A catalogue that lists nothing, for reading what no catalogue lists.
pub fn empty_catalogue() -> Catalogue {
    const HEAD: &str = "candor: 1\nname: imported\ntitle: imported\nversion: 1.0.0\nservice: ' unknown '\n";
    load_str("empty", HEAD).catalogue.unwrap_or_else(|| unreachable!("a head is a catalogue"))
}

/// Everything that was learnt.
#[derive(Default)]
pub struct Learner {
    signals: BTreeMap<(SignalKind, String), Sent>,
    attributes: BTreeMap<String, Observed>,
    /// The attributes of the process, and with how many signals each came.
    process: BTreeMap<String, Observed>,
    payloads: u64,
    services: BTreeSet<String>,
    /// Things that no catalogue has a place for, and the first place of each.
    left_out: BTreeMap<String, SourcePlace>,
}

/// One signal: how often it was sent, and how often with each attribute.
#[derive(Default)]
struct Sent {
    count: u64,
    with: BTreeMap<String, u64>,
    /// True if it came with the ids of a span that it belongs to.
    has_parent: bool,
}

impl Learner {
    /// Learns from a signal of this file.
    pub fn add(&mut self, item: &Item, file: &str) {
        match item {
            Item::Payload(payload) => self.payload(payload, file),
            Item::Unreadable(part) => self.leave_out(part.why.clone(), part.origin.line, &part.origin.path, file),
        }
    }

    fn leave_out(&mut self, what: String, line: Option<usize>, path: &str, file: &str) {
        if self.left_out.len() < MOST_NAMES {
            let what = if path.is_empty() { what } else { format!("{what} (first at {path})") };
            let place = SourcePlace { path: file.into(), line: line.unwrap_or(1), column: 1 };
            self.left_out.entry(what).or_insert(place);
        }
    }

    fn payload(&mut self, payload: &Payload, file: &str) {
        let text = |key: &str| payload.value.get(key).and_then(Value::as_str).unwrap_or_default();
        let origin = &payload.origin;
        let kind = match text("kind") {
            "span" => SignalKind::Span,
            "event" => SignalKind::Event,
            kind => {
                let what = format!("{kind} `{}`", text("name"));
                return self.leave_out(what, origin.line, "", file);
            }
        };
        let key = (kind, text("name").to_owned());
        if !is_wire_name(&key.1) || !self.signals.contains_key(&key) && self.signals.len() == MOST_NAMES {
            return self.leave_out(
                format!("{} without a name of its own", kind.word()),
                origin.line,
                &origin.path,
                file,
            );
        }
        self.payloads += 1;
        self.around(payload, &format!("{} `{}`", kind.word(), key.1), file);
        let sent = self.signals.entry(key).or_default();
        sent.count += 1;
        // The ids of an event are those of its span.
        sent.has_parent |= !text(if kind == SignalKind::Event { "spanId" } else { "parentSpanId" }).is_empty();
        let mut bad = Vec::new();
        for (name, value) in payload.value.get("attributes").and_then(Value::as_object).into_iter().flatten() {
            let is_new = !self.attributes.contains_key(name);
            if !is_wire_name(name) || is_new && self.attributes.len() == MOST_NAMES {
                bad.push(format!("an attribute of {} `{}` without a name of its own", kind.word(), text("name")));
            } else if !value.is_null() {
                *sent.with.entry(name.clone()).or_default() += 1;
                self.attributes.entry(name.clone()).or_default().add(value);
            }
        }
        bad.into_iter().for_each(|what| self.leave_out(what, origin.line, &origin.path, file));
    }

    /// The members of a payload that are none of its attributes.
    fn around(&mut self, payload: &Payload, whose: &str, file: &str) {
        const STRUCTURE: [&str; 11] = [
            "kind",
            "name",
            "attributes",
            "startTimeUnixNano",
            "endTimeUnixNano",
            "timeUnixNano",
            "traceId",
            "spanId",
            "parentSpanId",
            "droppedAttributesCount",
            "status",
        ];
        let origin = &payload.origin;
        for (key, value) in payload.value.as_object().into_iter().flatten() {
            let members = value.as_object().into_iter().flatten();
            if key == "resource" {
                members.for_each(|(name, value)| self.of_process(name, value, payload, file));
            } else if key == "scope" {
                members.for_each(|(name, _)| {
                    self.leave_out(format!("`{name}` of a scope"), origin.line, &origin.path, file);
                });
            } else if !STRUCTURE.contains(&key.as_str()) {
                self.leave_out(format!("`{key}` of {whose}"), origin.line, &origin.path, file);
            }
        }
        if payload.value.pointer("/status/message").is_some() {
            self.leave_out(format!("the message in the status of {whose}"), origin.line, &origin.path, file);
        }
        if !payload.duplicates.is_empty() {
            self.leave_out(format!("a key that {whose} has twice"), origin.line, &origin.path, file);
        }
    }

    /// An attribute of the process. The name of the service stands in the head of a catalogue.
    fn of_process(&mut self, name: &str, value: &Value, payload: &Payload, file: &str) {
        let is_new = !self.process.contains_key(name);
        match value.as_str().filter(|_| name == "service.name") {
            Some(service) if self.services.len() < MOST_NAMES => _ = self.services.insert(service.to_owned()),
            None if is_wire_name(name) && !(is_new && self.process.len() == MOST_NAMES) => {
                self.process.entry(name.to_owned()).or_default().add(value);
            }
            _ => {
                let (line, path) = (payload.origin.line, &payload.origin.path);
                self.leave_out("an attribute of a resource without a name of its own".to_owned(), line, path, file);
            }
        }
    }

    /// The catalogue that admits what was learnt, but for parents: it asks for those.
    pub fn draft(&self) -> Draft {
        let mut draft = Draft::default();
        draft.service = self.services.first().cloned();
        let note = |(text, place): (&String, &SourcePlace)| place.note(text.clone());
        draft.left_out = self.left_out.iter().map(note).collect();
        let start = SourcePlace { path: "captures".into(), line: 1, column: 1 };
        let others = self.services.iter().skip(1);
        draft.left_out.extend(others.map(|other| start.note(format!("`{other}`, another service"))));
        let mut keys = BTreeMap::new();
        for (name, observed) in &self.attributes {
            let row = self.row_of(name, &mut draft);
            if let Some(key) = attribute(name, name, observed, &row, &start, &mut draft) {
                keys.insert(name, key);
            }
        }
        for (name, observed) in &self.process {
            let row = draft.row("the process", "The process").id.clone();
            if let Some(key) = attribute(name, name, observed, &row, &start, &mut draft) {
                draft.resource.push((key, observed.count == self.payloads && self.payloads > 1));
            }
        }
        for ((kind, name), sent) in &self.signals {
            let mut signal = DraftSignal::new(*kind, name);
            let carried = sent.with.iter().filter_map(|(own, count)| {
                // Of what was seen once, nothing is known to be always there.
                Some((keys.get(own)?.clone(), *count == sent.count && sent.count > 1))
            });
            signal.attributes = carried.collect();
            signal.has_parent = sent.has_parent;
            if signal.attributes.is_empty() {
                signal.row = Some(draft.row(name, name).id.clone());
            }
            draft.add_signal(name, signal);
        }
        draft.left_out.sort();
        draft
    }

    /// The row of an attribute: that of its signal, or one for what several signals carry.
    fn row_of(&self, name: &str, draft: &mut Draft) -> String {
        let mut carriers =
            self.signals.iter().filter(|(_, sent)| sent.with.contains_key(name)).map(|((_, name), _)| name);
        match (carriers.next(), carriers.next()) {
            (Some(only), None) => draft.row(only, only).id.clone(),
            _ => draft.row("several signals", "In several signals").id.clone(),
        }
    }
}

/// Drafts an attribute, with the fields of its object. Returns its key.
fn attribute(
    name: &str,
    wanted: &str,
    observed: &Observed,
    row: &str,
    start: &SourcePlace,
    draft: &mut Draft,
) -> Option<String> {
    let Learnt { kind, encoding, others } = observed.learn();
    if others + observed.unseen > 0 {
        let text = format!("{} values of `{name}` are of another type than most", others + observed.unseen);
        draft.left_out.push(start.note(text));
    }
    let kind = match kind {
        LearntType::Plain(kind) => kind,
        LearntType::Object => DraftType::Object(object(wanted, observed.structure(), row, start, draft)?),
        LearntType::ListOfObjects(max_items) => {
            let item = Box::new(DraftType::Object(object(wanted, observed.structure(), row, start, draft)?));
            DraftType::List { item, max_items }
        }
    };
    let mut attribute = DraftAttribute::new(name, kind);
    attribute.encoding = encoding;
    row.clone_into(&mut attribute.row);
    Some(draft.add(wanted, attribute))
}

fn object(wanted: &str, observed: &Observed, row: &str, start: &SourcePlace, draft: &mut Draft) -> Option<String> {
    let mut fields = Vec::new();
    for (name, member) in &observed.members {
        if !is_wire_name(name) {
            draft.left_out.push(start.note(format!("a member of `{wanted}` without a name of its own")));
            continue;
        }
        if let Some(key) = attribute(name, &format!("{wanted} {name}"), member, row, start, draft) {
            fields.push((name.clone(), key, observed.is_always_there(member)));
        }
    }
    if fields.is_empty() {
        draft.left_out.push(start.note(format!("`{wanted}`, an object without members")));
        return None;
    }
    Some(draft.add_object(wanted, String::new(), fields))
}

/// Writes what was learnt while listening.
pub fn write(learner: &Learner, path: &Path) -> crate::Outcome {
    let imported = Imported { draft: learner.draft(), mistakes: Vec::new() };
    finish(imported, &Target::file(path))
}
