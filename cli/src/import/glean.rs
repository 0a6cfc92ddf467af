//! Glean's metrics and pings as a draft: pings and events become events, metrics become their attributes.
//!
//! A metric is carried by the pings that it is sent in; a labelled one is a map. Distributions and what else a catalogue has
//! no place for are listed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use candor_schema::checks::bad_variable::is_address;
use candor_schema::{Expiry, SignalKind};

use super::draft::{Brief, Draft, DraftAttribute, DraftSignal, DraftType, is_wire_name};
use super::json_schema::SchemaReader;
use super::names::sentence;
use super::place::{SourceNote, SourcePlace};
use super::source::{Imported, read_text};
use super::types::{UUID, type_word, ucum_of};
use super::yaml::{self, Yaml, YamlValue};

/// Reads files of metrics and of pings; which of them a file is, its `$schema` and its entries say.
pub fn read(paths: &[PathBuf]) -> Imported {
    let mut mistakes = Vec::new();
    let mut roots = Vec::new();
    for path in paths {
        match read_text(path).and_then(|text| yaml::parse(path, &text)) {
            Ok(root) => roots.push((SourcePlace::start_of(path), root)),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    let mut importer = Glean { mistakes, ..Glean::default() };
    for (path, root) in &roots {
        if root.pairs().is_empty() {
            importer.mistakes.push(root.place(path).note("a mapping of metrics or pings is needed"));
        }
        let is_pings = root.text("$schema").map_or_else(|| has_pings(root), |schema| schema.contains("/pings/"));
        for (key, entry) in root.pairs() {
            let name = key.scalar().unwrap_or_default();
            if name.starts_with('$') || name == "no_lint" {
                continue;
            }
            match is_pings {
                true => importer.ping(path, &name, key, entry),
                false => importer.category(path, root, &name, entry),
            }
        }
    }
    importer.finish()
}

fn has_pings(root: &Yaml) -> bool {
    root.pairs().iter().any(|(_, entry)| entry.get("include_client_id").is_some() || entry.get("reasons").is_some())
}

#[derive(Default)]
struct Glean {
    draft: Draft,
    mistakes: Vec<SourceNote>,
    /// Signals by their name, pings first of all.
    signals: BTreeMap<String, DraftSignal>,
    /// Attributes that are sent in every ping.
    everywhere: Vec<String>,
    client_id: Option<String>,
}

/// Keys that are read, or that say nothing about what is sent.
const KNOWN: [&str; 20] = [
    "type",
    "description",
    "send_in_pings",
    "unit",
    "time_unit",
    "memory_unit",
    "structure",
    "extra_keys",
    "no_lint",
    "version",
    "include_client_id",
    "reasons",
    "bugs",
    "data_reviews",
    "notification_emails",
    "expires",
    "data_sensitivity",
    "lifetime",
    "send_if_empty",
    "labels",
];

impl Glean {
    fn ping(&mut self, path: &SourcePlace, name: &str, key: &Yaml, entry: &Yaml) {
        if !is_wire_name(name) || entry.pairs().is_empty() {
            return self.mistakes.push(key.place(path).note("a ping without a name or a description"));
        }
        let mut signal = DraftSignal::new(SignalKind::Event, name);
        self.describe(&mut signal, entry);
        let row = self.draft.row(name, &format!("Ping {name}")).id.clone();
        signal.row = Some(row.clone());
        if entry.get("include_client_id").is_some_and(|value| matches!(value.value, YamlValue::Boolean(true))) {
            signal.attributes.push((self.client_id(), true));
        }
        let reasons = entry.get("reasons").map_or(&[][..], Yaml::pairs);
        let words: Vec<_> = reasons.iter().filter_map(|(reason, _)| reason.as_text()).collect();
        if !words.is_empty() {
            let mut attribute = DraftAttribute::new("reason", DraftType::closed(words));
            attribute.brief = Brief::Said("the reason for sending the ping".to_owned());
            let told =
                |(reason, text): &(Yaml, Yaml)| Some(format!("{}: {}", reason.scalar()?, text.as_text()?.trim()));
            attribute.add_note(&reasons.iter().filter_map(told).collect::<Vec<_>>().join("\n"));
            attribute.row = row;
            let id = self.draft.add(&format!("{name} reason"), attribute);
            signal.attributes.push((id, false));
        }
        self.leave_out(path, entry, &format!("ping `{name}`"));
        match self.signals.remove(name) {
            // Metrics were sent in it before it was described.
            Some(before) => {
                signal.attributes.extend(before.attributes);
                self.signals.insert(name.to_owned(), signal);
            }
            None => drop(self.signals.insert(name.to_owned(), signal)),
        }
    }

    /// The identifier that Glean puts into pings that ask for it.
    fn client_id(&mut self) -> String {
        if let Some(id) = &self.client_id {
            return id.clone();
        }
        let kind = DraftType::Text { max_length: 36, pattern: Some(UUID.to_owned()) };
        let mut attribute = DraftAttribute::new("client_info.client_id", kind);
        attribute.brief = Brief::Said("identifier of the installation".to_owned());
        attribute.identifier = Some("{source: random, scope: installation}");
        attribute.row = self.draft.row("client", "Client").id.clone();
        let id = self.draft.add("client id", attribute);
        self.client_id.insert(id).clone()
    }

    fn describe(&self, signal: &mut DraftSignal, entry: &Yaml) {
        let description = entry.text("description").unwrap_or_default();
        if !description.trim().is_empty() {
            signal.brief = Brief::Said(sentence(description).0);
        }
    }

    fn category(&mut self, path: &SourcePlace, root: &Yaml, category: &str, entry: &Yaml) {
        if entry.pairs().is_empty() {
            return self.mistakes.push(entry.place(path).note(format!("`{category}` has no metrics")));
        }
        for (key, metric) in entry.pairs() {
            let name = format!("{category}.{}", key.scalar().unwrap_or_default());
            let place = key.place(path);
            let Some(ty) = metric.text("type").filter(|_| is_wire_name(&name)) else {
                self.mistakes.push(place.note(format!("metric `{name}` has no type")));
                continue;
            };
            let row = self.draft.row(category, category).id.clone();
            match ty {
                "event" => self.event(path, &name, metric, &row),
                _ => match self.kind(path, root, &name, ty, metric, &row) {
                    Ok(kind) => self.metric(path, &name, kind, metric, &row),
                    Err(why) => self.draft.left_out.push(place.note(format!("metric `{name}`: {why}"))),
                },
            }
        }
    }

    fn kind(
        &mut self,
        path: &SourcePlace,
        root: &Yaml,
        name: &str,
        ty: &str,
        metric: &Yaml,
        row: &str,
    ) -> Result<DraftType, String> {
        Ok(match ty {
            "boolean" => DraftType::Boolean,
            "counter" | "timespan" => DraftType::COUNT,
            "quantity" => DraftType::INT,
            "string" => DraftType::TEXT,
            "text" => DraftType::Text { max_length: 200 << 10, pattern: None },
            "url" => DraftType::Text { max_length: 8192, pattern: None },
            "string_list" => DraftType::list(DraftType::TEXT),
            "uuid" => DraftType::Text { max_length: 36, pattern: Some(UUID.to_owned()) },
            // Glean leaves out the seconds of coarse times.
            "datetime" => DraftType::Text { max_length: 40, pattern: None },
            "object" => {
                let structure = metric.get("structure").ok_or("it has no `structure`")?;
                let mut reader = SchemaReader { root, path, draft: &mut self.draft, row: row.to_owned() };
                reader.kind(name, structure, 0)?.0
            }
            "labeled_boolean" => labelled(metric, DraftType::Boolean)?,
            "labeled_counter" => labelled(metric, DraftType::COUNT)?,
            "labeled_quantity" => labelled(metric, DraftType::INT)?,
            "labeled_string" => labelled(metric, DraftType::TEXT)?,
            ty => return Err(format!("`{ty}` has no type in a catalogue")),
        })
    }

    fn metric(&mut self, path: &SourcePlace, name: &str, kind: DraftType, metric: &Yaml, row: &str) {
        let mut attribute = DraftAttribute::new(name, kind);
        attribute.describe(metric.text("description").unwrap_or_default());
        let unit = ["time_unit", "memory_unit", "unit"].iter().find_map(|key| metric.text(key));
        attribute.unit = unit.and_then(ucum_of).filter(|_| attribute.kind.is_number());
        self.handling(&mut attribute, metric);
        row.clone_into(&mut attribute.row);
        let id = self.draft.add(name, attribute);
        self.leave_out(path, metric, &format!("metric `{name}`"));
        let pings: Vec<_> = metric.list("send_in_pings").iter().filter_map(Yaml::as_text).collect();
        for ping in if pings.is_empty() { vec!["metrics"] } else { pings } {
            match ping {
                "all-pings" | "glean_internal_info" | "glean_client_info" => self.everywhere.push(id.clone()),
                ping => self.send(if ping == "default" { "metrics" } else { ping }, &id),
            }
        }
    }

    fn send(&mut self, ping: &str, id: &str) {
        if is_wire_name(ping) {
            let signal =
                self.signals.entry(ping.to_owned()).or_insert_with(|| DraftSignal::new(SignalKind::Event, ping));
            signal.attributes.push((id.to_owned(), false));
        }
    }

    fn event(&mut self, path: &SourcePlace, name: &str, metric: &Yaml, row: &str) {
        let mut signal = DraftSignal::new(SignalKind::Event, name);
        self.describe(&mut signal, metric);
        signal.row = Some(row.to_owned());
        for (key, extra) in metric.get("extra_keys").map_or(&[][..], Yaml::pairs) {
            let own = key.scalar().unwrap_or_default();
            let kind = extra.text("type").map_or(Some(DraftType::TEXT), |ty| match ty {
                "quantity" => Some(DraftType::INT),
                ty => type_word(ty),
            });
            let Some(kind) = kind.filter(|_| is_wire_name(&own)) else {
                self.draft.left_out.push(key.place(path).note(format!("`{own}` of event `{name}`: its type")));
                continue;
            };
            let mut attribute = DraftAttribute::new(&own, kind);
            attribute.describe(extra.text("description").unwrap_or_default());
            row.clone_into(&mut attribute.row);
            let id = self.draft.add(&format!("{name} {own}"), attribute);
            signal.attributes.push((id, false));
        }
        self.leave_out(path, metric, &format!("event `{name}`"));
        self.signals.insert(name.to_owned(), signal);
    }

    /// Keeps who answers for a metric, until when, and where it was discussed; as a note what a catalogue says otherwise.
    fn handling(&self, attribute: &mut DraftAttribute, metric: &Yaml) {
        for key in ["data_sensitivity", "expires", "lifetime", "data_reviews", "notification_emails", "bugs"] {
            let values = metric.get(key).map_or_else(Vec::new, |value| match value.items() {
                [] => value.scalar().into_iter().collect(),
                items => items.iter().filter_map(Yaml::scalar).collect::<Vec<_>>(),
            });
            let (known, mut noted): (Vec<_>, Vec<_>) = values.into_iter().partition(|value| match key {
                "notification_emails" => !value.trim().is_empty(),
                "expires" => Expiry::of(value).is_some_and(|expiry| expiry.is_day()),
                "data_reviews" | "bugs" => is_address(value),
                _ => false,
            });
            match key {
                "notification_emails" if !known.is_empty() => attribute.handling.owner = Some(known.join(", ")),
                "expires" => attribute.handling.expires = known.into_iter().next(),
                _ => {
                    let links = &mut attribute.handling.links;
                    known.into_iter().for_each(|link| {
                        if !links.contains(&link) {
                            links.push(link);
                        }
                    });
                }
            }
            noted.retain(|value| !value.trim().is_empty());
            if !noted.is_empty() {
                attribute.add_note(&format!("{key}: {}", noted.join(", ")));
            }
        }
    }

    fn leave_out(&mut self, path: &SourcePlace, entry: &Yaml, whose: &str) {
        for (key, _) in entry.pairs() {
            let name = key.scalar().unwrap_or_default();
            if !KNOWN.contains(&name.as_str()) {
                self.draft.left_out.push(key.place(path).note(format!("`{name}` of {whose}")));
            }
        }
    }

    fn finish(mut self) -> Imported {
        for (name, mut signal) in std::mem::take(&mut self.signals) {
            signal.attributes.extend(self.everywhere.iter().map(|id| (id.clone(), false)));
            let mut seen = std::collections::HashSet::new();
            signal.attributes.retain(|(id, _)| seen.insert(id.clone()));
            if signal.attributes.is_empty() && signal.row.is_none() {
                continue;
            }
            self.draft.add_signal(&name, signal);
        }
        self.draft.left_out.sort();
        self.draft.left_out.dedup();
        Imported { draft: self.draft, mistakes: self.mistakes }
    }
}

/// A map from labels to values of this type. Glean sends what is no label, or is one too many, as `__other__`.
fn labelled(metric: &Yaml, value: DraftType) -> Result<DraftType, String> {
    const OTHER: &str = "__other__";
    const MOST_LABELS: u64 = 16;
    const LONGEST_LABEL: u64 = 111;
    let labels: Vec<String> = metric.list("labels").iter().filter_map(Yaml::scalar).collect();
    if labels.is_empty() {
        let key = DraftType::Text { max_length: LONGEST_LABEL, pattern: None };
        return DraftType::map(key, value, MOST_LABELS + 1);
    }
    let most = labels.len() as u64 + 1;
    DraftType::map(DraftType::closed(labels.into_iter().chain([OTHER.to_owned()])), value, most)
}
