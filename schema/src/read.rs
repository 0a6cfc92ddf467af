//! Nodes to the model: which keys there are, which are missing, and what shape each value has.
//!
//! One function per part of the model. Every mistake becomes a finding and the rest is read on.

mod brackets;
mod consent;
mod endpoint;
mod foreign_keys;
pub(crate) mod gap;
mod handling;
mod identifier;
mod keys;
mod line;
mod mapping;
mod merge;
pub(crate) mod node;
mod opt_out;
mod outline;
mod page;
mod signal;
mod ty;
mod yaml_fault;

use std::collections::HashSet;

use crate::did_you_mean::near;
use crate::finding::quote;
use crate::model::*;
use crate::unread::{Part, Unread};
use crate::version::{FORMS, parts};
use crate::{Finding, Place, Sources, checks};
use gap::Gap;
use keys::*;
use mapping::{Map, Reader};
use node::{Node, Value};

/// Reads the trees of all files, the head's first, into one model.
pub(crate) fn read(roots: &[Node], sources: &Sources, gaps: &[Gap], findings: &mut Vec<Finding>) -> (Model, Unread) {
    let mut reader = Reader::new(sources, gaps, findings);
    let mut model = Model::default();
    let maps: Vec<_> = roots.iter().filter_map(|root| Some((root.place.file == 0, reader.root(root)?))).collect();
    let misplaced = reader.misplaced_head(&maps);
    if let Some((_, head)) = maps.iter().find(|(first, _)| *first) {
        reader.head(head, &misplaced, &mut model);
    }
    for (_, map) in &maps {
        reader.sections(map, &mut model);
    }
    let unread = reader.unread;
    (model, unread)
}

/// The beginning of the message about a file without anything of the head.
pub(crate) const NO_HEAD: &str =
    "a catalogue file has no `candor`, no `name`, no `title`, no `version` and no `service`";

impl Reader<'_> {
    fn root<'n>(&mut self, root: &'n Node) -> Option<Map<'n>> {
        if let Value::Null = root.value {
            self.findings.push(
                checks::invalid_yaml::CHECK
                    .at(root.place, "this file is empty")
                    .help("write the catalogue's parts here, or delete the file"),
            );
            self.unread.parts.extend(Part::ALL);
            return None;
        }
        let map = self.mapping(root, "a catalogue file", ROOT_KEYS);
        if map.as_ref().is_none_or(|map| map.unread_nested) {
            self.unread.parts.extend(Part::ALL);
        }
        map
    }

    /// Reports the head's keys in files other than the head's, and tells which they are.
    fn misplaced_head(&mut self, maps: &[(bool, Map)]) -> HashSet<String> {
        let mut misplaced = HashSet::new();
        if self.has_gap_for("") {
            return misplaced; // without its file, the head cannot be told from what is beside it
        }
        for (key, _) in maps.iter().filter(|(first, _)| !first).flat_map(|(_, map)| &map.pairs) {
            if HEAD_KEYS.contains(&key.value) {
                self.findings.push(
                    checks::misplaced_head::CHECK
                        .at(key.place, format!("`{}` belongs to the catalogue's head", key.value))
                        .help("move it to `catalogue.yaml`"),
                );
                misplaced.insert(key.value.to_owned());
            }
        }
        misplaced
    }

    fn head(&mut self, map: &Map, misplaced: &HashSet<String>, model: &mut Model) {
        if HEAD_NEEDS.iter().all(|key| map.get(key).is_none()) {
            self.unread.parts.extend(Part::ALL); // a part of a catalogue, or of something else
        }
        for key in HEAD_NEEDS {
            if !map.is_foreign() && map.get(key).is_none() && !misplaced.contains(key) && !self.has_gap_for(key) {
                map.missing(self, key);
            }
        }
        model.candor = map.optional(self, "candor", Reader::integer);
        model.name = map.optional(self, "name", Reader::text);
        model.title = map.optional(self, "title", Reader::text);
        model.version = map.optional(self, "version", Reader::version);
        model.service = map.optional(self, "service", Reader::text);
        model.endpoint = map.optional(self, "endpoint", Reader::text);
        model.endpoints = map.entries(self, "endpoints", Part::Endpoints, Reader::endpoint);
        let before = self.losses;
        model.consent = map.optional(self, "consent", Reader::consent);
        if self.losses > before || misplaced.contains("consent") {
            self.unread.parts.insert(Part::Consent);
        }
        self.note_channels(model.consent.as_ref().unwrap_or(&ConsentModel::default()));
        model.docs = map.optional(self, "docs", Reader::docs);
        model.reviews = map.list(self, "reviews", Reader::review);
        model.allow = self.waivers(map);
    }

    fn sections(&mut self, map: &Map, model: &mut Model) {
        model.rows.0.extend(map.entries(self, "rows", Part::Rows, Reader::row).0);
        model.attributes.0.extend(map.entries(self, "attributes", Part::Attributes, Reader::attribute).0);
        model.objects.0.extend(map.entries(self, "objects", Part::Objects, Reader::object).0);
        model.spans.0.extend(map.entries(self, "spans", Part::Signals, Reader::signal).0);
        model.events.0.extend(map.entries(self, "events", Part::Signals, Reader::signal).0);
        model.metrics.0.extend(map.entries(self, "metrics", Part::Signals, Reader::metric).0);
        let before = self.losses;
        model.common.0.extend(self.common(map).0);
        if self.losses > before {
            self.unread.parts.insert(Part::Carried);
        }
        model.resource.0.extend(map.entries(self, "resource", Part::Carried, Reader::carried).0);
    }

    fn text(&mut self, node: &Node) -> Option<Located<String>> {
        match &node.value {
            Value::Text(text) => Some(Located { value: text.clone(), place: node.place }),
            _ => {
                self.wrong_type(node, "text");
                None
            }
        }
    }

    /// A version, as it is written: `1.10` is a number to YAML, and the same as `1.1`.
    fn version(&mut self, node: &Node) -> Option<Located<String>> {
        let number = matches!(node.value, Value::Integer(_) | Value::Double(_));
        let written = self.written(node.place).filter(|written| number && parts(written).is_some());
        if let Some(written) = written {
            return Some(Located { value: written.to_owned(), place: node.place });
        }
        let read = self.text(node);
        if let Some(finding) = self.findings.last_mut().filter(|_| number) {
            finding.help = Some(FORMS.to_owned());
        }
        read
    }

    /// A unit; `1` is a number to YAML.
    fn unit(&mut self, node: &Node) -> Option<Located<String>> {
        match node.value {
            Value::Integer(1) => Some(Located { value: "1".to_owned(), place: node.place }),
            _ => self.text(node),
        }
    }

    fn boolean(&mut self, node: &Node) -> Option<Located<bool>> {
        match node.value {
            Value::Boolean(value) => Some(Located { value, place: node.place }),
            _ => {
                self.wrong_type(node, "true or false");
                None
            }
        }
    }

    fn integer(&mut self, node: &Node) -> Option<Located<i64>> {
        match node.value {
            Value::Integer(value) if i64::try_from(value).is_ok() => {
                Some(Located { value: value as i64, place: node.place })
            }
            _ => {
                let large = matches!(node.value, Value::Integer(_));
                self.wrong_type(node, if large { "a whole number of 64 bits" } else { "a whole number" });
                None
            }
        }
    }

    fn number(&mut self, node: &Node) -> Option<Located<Number>> {
        let value = match node.value {
            Value::Double(value) if value.is_finite() => Number::Double(value),
            Value::Integer(_) => Number::Integer(self.integer(node)?.value),
            _ => {
                self.wrong_type(node, "a finite number");
                return None;
            }
        };
        Some(Located { value, place: node.place })
    }

    /// One of the words of an enumeration.
    fn word<T>(&mut self, node: &Node, words: &[&str], from_word: fn(&str) -> Option<T>) -> Option<Located<T>> {
        let Value::Text(text) = &node.value else {
            self.wrong_type(node, &words.join(" or "));
            return None;
        };
        let value = from_word(text);
        if value.is_none() {
            self.findings.push(
                checks::unknown_word::CHECK
                    .at(node.place, format!("{} is not one of {}", quote(text), words.join(", ")))
                    .help(format!("write {}", words.join(" or ")))
                    .did_you_mean(near(text, words.iter().copied())),
            );
            self.losses += 1;
        }
        value.map(|value| Located { value, place: node.place })
    }

    fn requirement(&mut self, node: &Node) -> Option<Located<Requirement>> {
        self.word(node, Requirement::WORDS, Requirement::from_word)
    }

    fn personal(&mut self, node: &Node) -> Option<Located<Personal>> {
        self.word(node, Personal::WORDS, Personal::from_word)
    }

    fn stability(&mut self, node: &Node) -> Option<Located<Stability>> {
        self.word(node, Stability::WORDS, Stability::from_word)
    }

    fn docs(&mut self, node: &Node) -> Option<DocsModel> {
        let map = self.mapping(node, "`docs`", DOCS_KEYS)?;
        Some(DocsModel {
            title: map.optional(self, "title", Reader::text),
            intro: map.optional(self, "intro", Reader::text),
            before: map.list(self, "before", Reader::section),
            table_title: map.optional(self, "table_title", Reader::text),
            page: self.page(&map),
            note: map.optional(self, "note", Reader::text),
            after: map.list(self, "after", Reader::section),
        })
    }

    fn section(&mut self, node: &Node) -> Option<SectionModel> {
        let map = self.mapping(node, "a section", SECTION_KEYS)?;
        Some(SectionModel {
            title: map.required(self, "title", Reader::text),
            text: map.required(self, "text", Reader::text),
        })
    }

    fn review(&mut self, node: &Node) -> Option<ReviewModel> {
        let map = self.mapping(node, "a review", REVIEW_KEYS)?;
        map.required(self, "widens", |_, _| Some(()));
        Some(ReviewModel {
            version: map.required(self, "version", Reader::version),
            who: map.required(self, "who", Reader::text),
            when: map.required(self, "when", Reader::text),
            link: map.required(self, "link", Reader::text),
            widens: map.list(self, "widens", Reader::text),
        })
    }

    fn row(&mut self, node: &Node, name: Place) -> Option<RowModel> {
        let Some(map) = self.entry(node, "a row", ROW_KEYS, name) else { return Some(RowModel::default()) };
        Some(RowModel {
            title: map.required(self, "title", Reader::text),
            reason: map.optional(self, "reason", Reader::text),
            personal: map.optional(self, "personal", Reader::personal),
            handling: self.handling(&map),
            since: map.optional(self, "since", Reader::version),
            deprecated: map.optional(self, "deprecated", Reader::deprecated),
            allow: self.waivers(&map),
        })
    }

    fn attribute(&mut self, node: &Node, name: Place) -> Option<AttributeModel> {
        let Some(map) = self.entry(node, "an attribute", ATTRIBUTE_KEYS, name) else {
            return Some(AttributeModel::default());
        };
        Some(AttributeModel {
            row: map.required(self, "row", Reader::text),
            collected: map.required(self, "collected", Reader::collected),
            ty: map.required(self, "type", Reader::ty),
            name: map.optional(self, "name", Reader::text),
            brief: map.required(self, "brief", Reader::text),
            note: map.optional(self, "note", Reader::text),
            examples: map.list(self, "examples", Reader::example),
            max_length: map.optional(self, "max_length", Reader::integer),
            pattern: map.optional(self, "pattern", Reader::text),
            minimum: map.optional(self, "minimum", Reader::number),
            maximum: map.optional(self, "maximum", Reader::number),
            unit: map.optional(self, "unit", Reader::unit),
            max_items: map.optional(self, "max_items", Reader::integer),
            max_depth: map.optional(self, "max_depth", Reader::integer),
            encoding: map.optional(self, "encoding", |r, n| r.word(n, Encoding::WORDS, Encoding::from_word)),
            nullable: map.optional(self, "nullable", Reader::boolean),
            personal: map.optional(self, "personal", Reader::personal),
            identifier: map.optional(self, "identifier", Reader::identifier),
            derived_from: map.list(self, "derived_from", Reader::text),
            free_text: map.optional(self, "free_text", Reader::boolean),
            on_violation: map
                .optional(self, "on_violation", |r, n| r.word(n, OnViolation::WORDS, OnViolation::from_word)),
            handling: self.handling(&map),
            since: map.optional(self, "since", Reader::version),
            deprecated: map.optional(self, "deprecated", Reader::deprecated),
            stability: map.optional(self, "stability", Reader::stability),
            allow: self.waivers(&map),
        })
    }

    fn example(&mut self, node: &Node) -> Option<Located<ExampleModel>> {
        let value = match &node.value {
            Value::Boolean(value) => ExampleModel::Boolean(*value),
            Value::Integer(value) => ExampleModel::Integer(*value),
            Value::Double(value) => ExampleModel::Double(*value),
            Value::Text(value) => ExampleModel::Text(value.clone()),
            Value::List(items) => {
                ExampleModel::List(items.iter().filter_map(|item| self.example(item).map(|e| e.value)).collect())
            }
            Value::Null | Value::Commented | Value::Mapping(_) => {
                self.wrong_type(node, "a text, a number, true, false or a list of them");
                return None;
            }
        };
        Some(Located { value, place: node.place })
    }

    fn object(&mut self, node: &Node, name: Place) -> Option<ObjectModel> {
        let Some(map) = self.entry(node, "an object", OBJECT_KEYS, name) else {
            self.unread.parts.insert(Part::Carried);
            return Some(ObjectModel::default());
        };
        if map.unread_nested {
            self.unread.parts.insert(Part::Carried);
        }
        map.required(self, "fields", |_, _| Some(()));
        Some(ObjectModel {
            brief: map.optional(self, "brief", Reader::text),
            fields: map.entries(self, "fields", Part::Carried, Reader::field),
            allow: self.waivers(&map),
        })
    }

    fn field(&mut self, node: &Node, name: Place) -> Option<FieldModel> {
        if let Value::Text(_) = node.value {
            return Some(FieldModel { attribute: self.text(node), requirement: None });
        }
        let Some(map) = self.entry(node, "a field", FIELD_KEYS, name) else { return Some(FieldModel::default()) };
        Some(FieldModel {
            attribute: map.required(self, "attribute", Reader::text),
            requirement: map.optional(self, "requirement", Reader::requirement),
        })
    }

    /// The requirement of a carried attribute. An unknown one still says that the attribute is carried.
    fn carried(&mut self, node: &Node, _: Place) -> Option<Located<Requirement>> {
        let carried = Located { value: Requirement::Optional, place: node.place };
        Some(self.requirement(node).unwrap_or(carried))
    }

    /// The common attributes: a list of optional ones, or a mapping that says of each whether it is required.
    fn common(&mut self, map: &Map) -> Entries<Located<Requirement>> {
        if !matches!(map.get("common").map(|node| &node.value), Some(Value::List(_))) {
            return map.entries(self, "common", Part::Carried, Reader::carried);
        }
        let optional = |name: Located<String>| {
            let place = name.place;
            (name, Located { value: Requirement::Optional, place })
        };
        Entries(map.list(self, "common", Reader::text).into_iter().map(optional).collect())
    }

    /// The codes that an entry allows, and the reasons.
    fn waivers(&mut self, map: &Map) -> Entries<Located<String>> {
        let waivers = map.optional(self, "allow", |r, node| {
            let pairs = r.mapping(node, "this list", &[])?.pairs;
            let read = |(code, reason): &(Located<&str>, &Node)| {
                Some((Located { value: code.value.to_owned(), place: code.place }, r.text(reason)?))
            };
            Some(Entries(pairs.iter().filter_map(read).collect()))
        });
        waivers.unwrap_or_default()
    }

    fn deprecated(&mut self, node: &Node) -> Option<DeprecatedModel> {
        let map = self.mapping(node, "`deprecated`", DEPRECATED_KEYS)?;
        Some(DeprecatedModel {
            reason: map
                .required(self, "reason", |r, n| r.word(n, DeprecationReason::WORDS, DeprecationReason::from_word)),
            renamed_to: map.optional(self, "renamed_to", Reader::text),
            note: map.optional(self, "note", Reader::text),
        })
    }
}
