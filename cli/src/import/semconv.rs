//! OpenTelemetry's semantic conventions: a folder of YAML files, in the first and the second version of their language.
//!
//! Attributes become attributes, each in the row of the group that defines it; events and spans become signals, with what
//! they take over from other groups. Metrics and entities have no place in a catalogue and are listed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use candor_schema::SignalKind;
use candor_schema::model::{DeprecationReason, Stability};

use super::draft::{Brief, Draft, DraftAttribute, DraftDeprecation, DraftSignal, is_wire_name};
use super::place::{SourceNote, SourcePlace};
use super::semconv_types::read_type;
use super::source::{Imported, read_text, yaml_files};
use super::yaml::{self, Yaml};

/// Reads every file of a folder, or one file.
pub fn read(path: &Path) -> Imported {
    let (files, mut mistakes) = yaml_files(path);
    let mut texts = Vec::new();
    for file in &files {
        match read_text(file).and_then(|text| yaml::parse(file, &text)) {
            Ok(root) => texts.push((SourcePlace::start_of(file), root)),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    let mut registry = Registry { mistakes, ..Registry::default() };
    texts.iter().for_each(|(path, root)| registry.file(path, root));
    if registry.groups.is_empty() && registry.attributes.is_empty() && registry.mistakes.is_empty() {
        registry.mistakes.push(SourcePlace::start_of(path).note("there are no semantic conventions here"));
    }
    registry.finish()
}

/// The sections of a file in the second version, and the type that the first has for the same.
const SECTIONS: [(&str, &str); 5] = [
    ("attribute_groups", "attribute_group"),
    ("events", "event"),
    ("spans", "span"),
    ("metrics", "metric"),
    ("entities", "entity"),
];

/// The place of an attribute or a group, and its text.
struct Entry<'y> {
    path: &'y SourcePlace,
    node: &'y Yaml,
}

struct Group<'y> {
    entry: Entry<'y>,
    /// In the words of the first version.
    ty: &'y str,
    id: String,
}

struct Attribute<'y> {
    entry: Entry<'y>,
    row: (String, String, String),
}

/// All files together.
#[derive(Default)]
struct Registry<'y> {
    attributes: BTreeMap<String, Attribute<'y>>,
    groups: Vec<Group<'y>>,
    by_id: HashMap<String, usize>,
    draft: Draft,
    mistakes: Vec<SourceNote>,
    /// Groups that take themselves over, by way of others.
    circles: HashSet<String>,
    /// Keys of the draft, by the attribute's name.
    keys: HashMap<String, String>,
}

impl<'y> Registry<'y> {
    fn file(&mut self, path: &'y SourcePlace, root: &'y Yaml) {
        if root.pairs().is_empty() {
            return self.mistakes.push(root.place(path).note("a mapping with `groups` or `attributes` is needed"));
        }
        for group in root.list("groups") {
            self.group(path, group, group.text("type").unwrap_or("attribute_group"), "id");
        }
        for (section, ty) in SECTIONS {
            let key = match section {
                "attribute_groups" => "id",
                "spans" | "entities" => "type",
                _ => "name",
            };
            root.list(section).iter().for_each(|group| self.group(path, group, ty, key));
        }
        for attribute in root.list("attributes") {
            let name = attribute.text("key").unwrap_or_default();
            let namespace = name.split('.').next().unwrap_or_default();
            self.define(path, attribute, name, (namespace.to_owned(), title_of(namespace), String::new()));
        }
        let known = ["groups", "attributes", "attribute_groups", "events", "spans", "metrics", "entities"];
        let silent = ["file_format", "version"];
        self.leave_out(path, root, "the file", &[&known[..], &silent].concat());
    }

    fn group(&mut self, path: &'y SourcePlace, node: &'y Yaml, ty: &'y str, key: &str) {
        let Some(id) = node.get(key).and_then(Yaml::scalar) else {
            return self.mistakes.push(node.place(path).note(format!("`{key}` is missing here")));
        };
        let prefix = node.text("prefix").map(|prefix| format!("{prefix}.")).unwrap_or_default();
        let short = id.strip_prefix("registry.").unwrap_or(&id).to_owned();
        let title = node.text("display_name").map_or_else(|| title_of(&short), str::to_owned);
        let reason = node.text("brief").unwrap_or_default().trim().to_owned();
        for attribute in node.list("attributes").iter().filter(|attribute| attribute.get("id").is_some()) {
            let name = format!("{prefix}{}", attribute.text("id").unwrap_or_default());
            self.define(path, attribute, &name, (short.clone(), title.clone(), reason.clone()));
        }
        self.by_id.entry(id.clone()).or_insert(self.groups.len());
        self.groups.push(Group { entry: Entry { path, node }, ty, id });
    }

    fn define(&mut self, path: &'y SourcePlace, node: &'y Yaml, name: &str, row: (String, String, String)) {
        let place = node.place(path);
        if !is_wire_name(name) {
            return self.mistakes.push(place.note("an attribute without a name that could be sent"));
        }
        if let Some(known) = self.attributes.get(name) {
            let first = known.entry.node.place(known.entry.path);
            let text = format!("`{name}` is defined once more; {}:{} counts", first.path, first.line);
            return self.draft.left_out.push(place.note(text));
        }
        self.attributes.insert(name.to_owned(), Attribute { entry: Entry { path, node }, row });
    }

    fn finish(mut self) -> Imported {
        let attributes = std::mem::take(&mut self.attributes);
        for (name, attribute) in &attributes {
            self.attribute(name, attribute);
        }
        let groups = std::mem::take(&mut self.groups);
        for group in &groups {
            self.signal(group, &groups);
        }
        // What several groups take over is listed once.
        self.draft.left_out.sort();
        self.draft.left_out.dedup();
        Imported { draft: self.draft, mistakes: self.mistakes }
    }

    fn attribute(&mut self, name: &str, attribute: &Attribute<'_>) {
        let Entry { path, node } = attribute.entry;
        let place = node.place(path);
        let read = match node.get("type").map(read_type) {
            Some(Ok(read)) => read,
            Some(Err(why)) => return self.draft.left_out.push(place.note(format!("attribute `{name}`: {why}"))),
            None => return self.mistakes.push(place.note(format!("attribute `{name}` has no type"))),
        };
        let mut drafted = DraftAttribute::new(name, read.kind);
        drafted.describe(node.text("brief").unwrap_or_default());
        drafted.add_note(node.text("note").unwrap_or_default());
        drafted.add_note(&read.note);
        drafted.deprecated = node.get("deprecated").map(deprecation);
        drafted.stability = node.text("stability").and_then(stability);
        for example in super::semconv_types::examples(node, &drafted.kind) {
            if !drafted.add_example(example.to_json()) {
                let text = format!("an example of `{name}` that is not of its type");
                self.draft.left_out.push(example.place(path).note(text));
            }
        }
        let (key, title, reason) = &attribute.row;
        let row = self.draft.row(key, title);
        row.reason.clone_from(reason);
        drafted.row = row.id.clone();
        let key = self.draft.add(name, drafted);
        self.keys.insert(name.to_owned(), key);
        let known = ["id", "key", "type", "brief", "note", "examples", "deprecated", "stability", "requirement_level"];
        self.leave_out(path, node, &format!("attribute `{name}`"), &known);
    }

    fn signal(&mut self, group: &Group<'_>, groups: &[Group<'_>]) {
        let Entry { path, node } = group.entry;
        let place = node.place(path);
        let (kind, name) = match group.ty {
            "event" => (SignalKind::Event, node.text("name").unwrap_or(group.id.trim_start_matches("event."))),
            "span" => (SignalKind::Span, group.id.trim_start_matches("span.")),
            "attribute_group" => return,
            "metric" => {
                let name = node.text("metric_name").unwrap_or(&group.id);
                let unit = node.text("unit").unwrap_or("?");
                let text = format!("metric `{name}` ({} in `{unit}`)", node.text("instrument").unwrap_or("?"));
                return self.draft.left_out.push(place.note(text));
            }
            ty => return self.draft.left_out.push(place.note(format!("{ty} `{}`", group.id))),
        };
        if !is_wire_name(name) {
            return self.mistakes.push(place.note("a signal without a name that could be sent"));
        }
        let mut signal = DraftSignal::new(kind, name);
        signal.is_named = kind == SignalKind::Event;
        if let Some(brief) = node.text("brief") {
            let (first, rest) = super::names::sentence(brief);
            signal.brief = Brief::Said(first);
            if !rest.is_empty() {
                self.draft.left_out.push(place.note(format!("more on {} `{name}`: {rest}", kind.word())));
            }
        }
        signal.deprecated = node.get("deprecated").map(deprecation);
        signal.stability = node.text("stability").and_then(stability);
        let mut carried = Vec::new();
        self.carried(group, groups, &mut HashSet::new(), &mut carried);
        signal.attributes = carried;
        if signal.attributes.is_empty() {
            signal.row = Some(self.draft.row(name, &title_of(name)).id.clone());
        }
        self.draft.add_signal(name, signal);
        let known = ["id", "name", "type", "brief", "stability", "deprecated", "attributes", "extends", "prefix"];
        // Of a span in the second version, `name` says how it is built.
        let known = if kind == SignalKind::Span { [&known[..1], &known[2..]].concat() } else { known.to_vec() };
        self.leave_out(path, node, &format!("{} `{name}`", kind.word()), &known);
    }

    /// Collects the attributes of a group. Those it takes over come first, so that its own words count.
    fn carried(
        &mut self,
        group: &Group<'_>,
        groups: &[Group<'_>],
        seen: &mut HashSet<String>,
        carried: &mut Vec<(String, bool)>,
    ) {
        let Entry { path, node } = group.entry;
        if !seen.insert(group.id.clone()) {
            // One mistake for all groups of a circle.
            if self.circles.insert(group.id.clone()) {
                self.mistakes.push(node.place(path).note(format!("`{}` takes itself over", group.id)));
            }
            return self.circles.extend(seen.iter().cloned());
        }
        let taken = node.get("extends").into_iter();
        for id in taken.chain(node.list("attributes").iter().filter_map(|item| item.get("ref_group"))) {
            match id.as_text().and_then(|id| self.by_id.get(id)) {
                Some(position) => self.carried(&groups[*position], groups, seen, carried),
                None => {
                    let text = format!("`{}` is a group of none of these files", id.scalar().unwrap_or_default());
                    self.draft.left_out.push(id.place(path).note(text));
                }
            }
        }
        let prefix = node.text("prefix").map(|prefix| format!("{prefix}.")).unwrap_or_default();
        for item in node.list("attributes") {
            let own = item.text("id").map(|id| format!("{prefix}{id}"));
            let Some(name) = item.text("ref").map(str::to_owned).or(own) else { continue };
            self.reference(path, item, &name, carried);
        }
        seen.remove(&group.id);
    }

    fn reference(&mut self, path: &SourcePlace, item: &Yaml, name: &str, carried: &mut Vec<(String, bool)>) {
        let Some(key) = self.keys.get(name).cloned() else {
            let text = format!("`{name}`, which is carried here and drafted nowhere");
            return self.draft.left_out.push(item.place(path).note(text));
        };
        let level = item.get("requirement_level");
        let is_required = level.and_then(Yaml::as_text) == Some("required");
        match carried.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) if level.is_some() => *known = is_required,
            Some(_) => {}
            None => carried.push((key, is_required)),
        }
        for (condition, text) in level.map_or(&[][..], Yaml::pairs) {
            let condition = condition.scalar().unwrap_or_default();
            let text = format!("`{name}` is {condition} here: {}", text.scalar().unwrap_or_default().trim());
            self.draft.left_out.push(item.place(path).note(text));
        }
        if item.get("ref").is_some() {
            for (key, _) in item
                .pairs()
                .iter()
                .filter(|(key, _)| !["ref", "requirement_level"].contains(&key.as_text().unwrap_or_default()))
            {
                let text = format!("`{}` of `{name}` where it is carried", key.scalar().unwrap_or_default());
                self.draft.left_out.push(key.place(path).note(text));
            }
        }
    }

    /// Lists the keys that have no place in a catalogue.
    fn leave_out(&mut self, path: &SourcePlace, node: &Yaml, whose: &str, known: &[&str]) {
        let others = node.pairs().iter().filter(|(key, _)| !known.contains(&key.as_text().unwrap_or_default()));
        for (key, _) in others {
            let text = format!("`{}` of {whose}", key.scalar().unwrap_or_default());
            self.draft.left_out.push(key.place(path).note(text));
        }
    }
}

/// In the first version's older form, a deprecation is a text.
fn deprecation(node: &Yaml) -> DraftDeprecation {
    let reason = node.text("reason").and_then(DeprecationReason::from_word);
    DraftDeprecation {
        reason: reason.unwrap_or(DeprecationReason::Uncategorized),
        renamed_to: node.text("renamed_to").map(str::to_owned),
        note: node.text("note").or(node.as_text()).unwrap_or_default().to_owned(),
    }
}

fn stability(word: &str) -> Option<Stability> {
    if word == "experimental" { Some(Stability::Development) } else { Stability::from_word(word) }
}

/// `http.server` as a title: `Http server`.
fn title_of(id: &str) -> String {
    let words = id.replace(['.', '_', '-'], " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
