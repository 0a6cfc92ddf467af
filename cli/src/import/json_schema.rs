//! A JSON Schema of what a program sends: objects become events, properties become attributes.
//!
//! References inside the file are followed. An object of any members is a map where its values have a schema, and otherwise
//! a JSON value. What a catalogue cannot say (several types in one place, lists of lists) is listed with its place.

use std::path::Path;

use candor_schema::model::DeprecationReason;
use candor_schema::{Severity, SignalKind, load_str};
use serde_json::Value;

use super::draft::{Brief, Draft, DraftAttribute, DraftDeprecation, DraftSignal, DraftType, MOST_ITEMS, is_wire_name};
use super::names::sentence;
use super::place::{SourceNote, SourcePlace};
use super::source::{Imported, read_text};
use super::types::UUID;
use super::yaml::{self, Yaml, YamlValue};

/// Reads a file.
pub fn read(path: &Path) -> Imported {
    let root = match read_text(path).and_then(|text| yaml::parse(path, &text)) {
        Ok(root) => root,
        Err(mistake) => return Imported { draft: Draft::default(), mistakes: vec![mistake] },
    };
    let place = SourcePlace::start_of(path);
    let mut draft = Draft::default();
    let mut mistakes = Vec::new();
    let stem =
        path.file_name().and_then(|name| name.to_str()).unwrap_or_default().split('.').next().unwrap_or_default();
    let mut reader = SchemaReader { root: &root, path: &place, draft: &mut draft, row: String::new() };
    let name = root.text("title").unwrap_or(stem).to_owned();
    match reader.follow(&root).map(|top| (top, variants(top))) {
        Err(why) => mistakes.push(root.place(&place).note(why)),
        Ok((top, variants)) if variants.is_empty() => mistakes.extend(reader.event(top, &name).err()),
        Ok((_, variants)) => {
            for (number, variant) in (1..).zip(variants) {
                let found = reader.follow(variant).map_err(|why| variant.place(&place).note(why));
                mistakes.extend(found.and_then(|found| reader.event(found, &format!("{name} {number}"))).err());
            }
        }
    }
    draft.left_out.sort();
    draft.left_out.dedup();
    Imported { draft, mistakes }
}

fn variants(node: &Yaml) -> Vec<&Yaml> {
    ["oneOf", "anyOf"].iter().flat_map(|key| node.list(key)).collect()
}

/// Reads schemas of one file into a draft.
pub struct SchemaReader<'y, 'd> {
    pub root: &'y Yaml,
    pub path: &'y SourcePlace,
    pub draft: &'d mut Draft,
    /// The key of the row that attributes get into.
    pub row: String,
}

/// Keys that say nothing a catalogue would have to say, or that are read.
const KNOWN: [&str; 34] = [
    "$schema",
    "$id",
    "$ref",
    "$defs",
    "definitions",
    "$comment",
    "title",
    "description",
    "type",
    "enum",
    "const",
    "properties",
    "required",
    "items",
    "examples",
    "deprecated",
    "format",
    "pattern",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "maxItems",
    "oneOf",
    "anyOf",
    "allOf",
    "additionalProperties",
    "nullable",
    "unevaluatedProperties",
    "propertyNames",
    "maxProperties",
    "readOnly",
    "id",
];

impl<'y> SchemaReader<'y, '_> {
    /// Follows references inside the file.
    fn follow(&self, node: &'y Yaml) -> Result<&'y Yaml, String> {
        const LONGEST: usize = 32;
        let mut node = node;
        for _ in 0..LONGEST {
            let Some(reference) = node.text("$ref") else { return Ok(node) };
            let Some(pointer) = reference.strip_prefix('#') else {
                return Err(format!("`{reference}` is in another file"));
            };
            let mut found = Some(self.root);
            for part in pointer.split('/').skip(1) {
                found = found.and_then(|found| found.get(&part.replace("~1", "/").replace("~0", "~")));
            }
            node = found.ok_or_else(|| format!("`{reference}` is not in this file"))?;
        }
        Err("references lead in a circle".to_owned())
    }

    /// An object as an event: its name is a constant among its properties, or else this one.
    fn event(&mut self, node: &'y Yaml, name: &str) -> Result<(), SourceNote> {
        let Some(properties) = node.get("properties").filter(|properties| !properties.pairs().is_empty()) else {
            return Err(node.place(self.path).note("an object with `properties` is needed here"));
        };
        let constant = ["event", "name", "event_name", "type", "kind"].iter().find_map(|key| {
            let property = self.follow(properties.get(key)?).ok()?;
            Some((*key, property.text("const").or_else(|| only(property.list("enum")))?))
        });
        let name = constant.map_or(name, |(_, name)| name);
        let mut signal = DraftSignal::new(SignalKind::Event, name);
        let description = node.text("description").unwrap_or_default();
        if !description.is_empty() {
            signal.brief = Brief::Said(sentence(description).0);
        }
        self.row = self.draft.row(name, name).id.clone();
        let skipped = constant.map(|(key, _)| key);
        let properties = self.properties_but(skipped, node, "", 0);
        signal.attributes = properties.into_iter().map(|(_, attribute, required)| (attribute, required)).collect();
        if signal.attributes.is_empty() {
            signal.row = Some(self.row.clone());
        }
        self.draft.add_signal(name, signal);
        Ok(())
    }

    /// The properties of an object: name, key of the attribute, whether it is required.
    fn properties(&mut self, node: &'y Yaml, prefix: &str, depth: usize) -> Vec<(String, String, bool)> {
        self.properties_but(None, node, prefix, depth)
    }

    /// The same without the one that says what the event is called.
    fn properties_but(
        &mut self,
        skipped: Option<&str>,
        node: &'y Yaml,
        prefix: &str,
        depth: usize,
    ) -> Vec<(String, String, bool)> {
        let required: Vec<_> = node.list("required").iter().filter_map(Yaml::as_text).collect();
        let mut found = Vec::new();
        for (key, property) in node.get("properties").map_or(&[][..], Yaml::pairs) {
            let name = key.scalar().unwrap_or_default();
            let place = key.place(self.path);
            if skipped == Some(name.as_str()) {
                continue;
            }
            if !is_wire_name(&name) {
                self.draft.left_out.push(place.note("a property without a name that could be sent"));
                continue;
            }
            let wanted = format!("{prefix} {name}");
            match self.attribute(&name, wanted.trim(), property, depth) {
                Ok(attribute) => found.push((name.clone(), attribute, required.contains(&name.as_str()))),
                Err(why) => self.draft.left_out.push(place.note(format!("`{name}`: {why}"))),
            }
        }
        if node.get("additionalProperties").is_some_and(|more| !more.pairs().is_empty()) {
            self.draft.left_out.push(node.place(self.path).note("properties of any name"));
        }
        self.leave_out(node);
        found
    }

    fn attribute(&mut self, name: &str, wanted: &str, node: &'y Yaml, depth: usize) -> Result<String, String> {
        let target = self.follow(node)?;
        let (kind, nullable) = self.kind(wanted, target, depth)?;
        let mut attribute = DraftAttribute::new(name, kind);
        let said = |key: &str| node.text(key).or_else(|| target.text(key));
        attribute.describe(said("description").or_else(|| said("title")).unwrap_or_default());
        attribute.nullable = nullable;
        if target.text("pattern").is_some_and(|pattern| !is_portable(pattern)) {
            let text = format!("the pattern of `{name}`, which not every language reads alike");
            self.draft.left_out.push(target.place(self.path).note(text));
        }
        self.row.clone_into(&mut attribute.row);
        for example in target.list("examples") {
            if !attribute.add_example(example.to_json()) {
                let text = format!("an example of `{name}` that is not of its type");
                self.draft.left_out.push(example.place(self.path).note(text));
            }
        }
        if target.get("deprecated").is_some_and(|value| matches!(value.value, YamlValue::Boolean(true))) {
            let reason = DeprecationReason::Uncategorized;
            attribute.deprecated = Some(DraftDeprecation { reason, renamed_to: None, note: String::new() });
        }
        if target.get("properties").is_none() {
            self.leave_out(target);
        }
        Ok(self.draft.add(wanted, attribute))
    }

    /// The type of a schema, and whether it admits null.
    pub fn kind(&mut self, wanted: &str, node: &'y Yaml, depth: usize) -> Result<(DraftType, bool), String> {
        const DEEPEST: usize = 8;
        if depth > DEEPEST {
            return Err("it is nested too deeply, or in itself".to_owned());
        }
        let node = self.follow(node)?;
        let choices: Vec<_> = variants(node).into_iter().chain(node.list("allOf")).collect();
        if !choices.is_empty() {
            return self.choice(wanted, &choices, depth);
        }
        if let Some(members) = node.get("enum").map(Yaml::items).or(node.get("const").map(std::slice::from_ref)) {
            return closed(members);
        }
        let types: Vec<_> = match node.get("type") {
            Some(ty) => ty.as_text().into_iter().chain(ty.items().iter().filter_map(Yaml::as_text)).collect(),
            None if node.get("properties").is_some() => vec!["object"],
            None => Vec::new(),
        };
        let nullable = types.contains(&"null") || node.get("nullable").is_some();
        let types: Vec<_> = types.into_iter().filter(|ty| *ty != "null").collect();
        let [ty] = types[..] else { return Err("it is of several types, or of any".to_owned()) };
        let kind = match ty {
            "string" => text(node),
            "boolean" => DraftType::Boolean,
            "integer" => DraftType::Int {
                minimum: bound(node, "minimum", "exclusiveMinimum", 1),
                maximum: bound(node, "maximum", "exclusiveMaximum", -1),
            },
            "number" => {
                let number = |key: &str| node.get(key).and_then(|bound| bound.to_json().as_f64());
                DraftType::Double { minimum: number("minimum"), maximum: number("maximum") }
            }
            "object" => self.object(wanted, node, depth)?,
            "array" => self.list(wanted, node, depth)?,
            ty => return Err(format!("`{ty}` is no type of a catalogue")),
        };
        Ok((kind, nullable))
    }

    /// One of several schemas. All but null have to be of one type.
    fn choice(&mut self, wanted: &str, choices: &[&'y Yaml], depth: usize) -> Result<(DraftType, bool), String> {
        let is_null = |choice: &&&Yaml| choice.text("type") == Some("null");
        let nullable = choices.iter().any(|choice| is_null(&choice));
        let others: Vec<_> = choices.iter().filter(|choice| !is_null(choice)).collect();
        let constants: Option<Vec<_>> = others.iter().map(|choice| choice.get("const").cloned()).collect();
        match (&others[..], constants) {
            ([only], _) => Ok((self.kind(wanted, only, depth + 1)?.0, nullable)),
            (_, Some(constants)) if !constants.is_empty() => Ok((closed(&constants)?.0, nullable)),
            _ => Err("it is one of several types".to_owned()),
        }
    }

    fn object(&mut self, wanted: &str, node: &'y Yaml, depth: usize) -> Result<DraftType, String> {
        let has_properties = node.get("properties").is_some_and(|properties| !properties.pairs().is_empty());
        let more = node.get("additionalProperties");
        match more {
            Some(value) if !has_properties && !value.pairs().is_empty() => return self.map(wanted, node, value, depth),
            Some(Yaml { value: YamlValue::Boolean(false), .. }) if !has_properties => {
                return Err("an object without members".to_owned());
            }
            _ if !has_properties => return Ok(DraftType::Json),
            _ => {}
        }
        let fields = self.properties(node, wanted, depth + 1);
        if fields.is_empty() {
            return Err("an object without a member that could be sent".to_owned());
        }
        let brief = node.text("description").map(|text| sentence(text).0).unwrap_or_default();
        Ok(DraftType::Object(self.draft.add_object(wanted, brief, fields)))
    }

    fn map(&mut self, wanted: &str, node: &'y Yaml, value: &'y Yaml, depth: usize) -> Result<DraftType, String> {
        let key = match node.get("propertyNames") {
            None => DraftType::TEXT,
            Some(names) => match self.follow(names)? {
                names if names.get("enum").is_some() => closed(names.list("enum"))?.0,
                names => text(names),
            },
        };
        let is_text = match &key {
            DraftType::Enum(members) => members.iter().all(|member| member.value.is_string()),
            key => matches!(key, DraftType::Text { .. }),
        };
        if !is_text {
            return Err("a map whose keys are no texts".to_owned());
        }
        let most = node.get("maxProperties").and_then(|most| most.to_json().as_u64());
        DraftType::map(key, self.kind(wanted, value, depth + 1)?.0, most.unwrap_or(MOST_ITEMS))
    }

    fn list(&mut self, wanted: &str, node: &'y Yaml, depth: usize) -> Result<DraftType, String> {
        let items = node.get("items").ok_or("a list of anything")?;
        let item = match self.kind(wanted, items, depth + 1)?.0 {
            DraftType::List { .. } | DraftType::Map { .. } => return Err("a list of lists or of maps".to_owned()),
            DraftType::Json => return Err("a list of anything".to_owned()),
            item => item,
        };
        let most = node.get("maxItems").and_then(|most| most.to_json().as_u64());
        Ok(match DraftType::list(item) {
            DraftType::List { item, max_items } => DraftType::List { item, max_items: most.unwrap_or(max_items) },
            kind => kind,
        })
    }

    fn leave_out(&mut self, node: &Yaml) {
        for (key, _) in node.pairs() {
            let name = key.scalar().unwrap_or_default();
            if !KNOWN.contains(&name.as_str()) {
                self.draft.left_out.push(key.place(self.path).note(format!("`{name}`")));
            }
        }
    }
}

fn only(members: &[Yaml]) -> Option<&str> {
    if let [only] = members { only.as_text() } else { None }
}

fn closed(members: &[Yaml]) -> Result<(DraftType, bool), String> {
    let is_null = |member: &&Yaml| matches!(member.value, YamlValue::Null);
    let nullable = members.iter().any(|member| is_null(&member));
    let values: Vec<_> = members.iter().filter(|member| !is_null(member)).map(Yaml::to_json).collect();
    let is_scalar = |value: &Value| value.is_string() || value.is_boolean() || value.is_number();
    if values.is_empty() || !values.iter().all(is_scalar) {
        return Err("its members are neither texts, numbers nor booleans".to_owned());
    }
    Ok((DraftType::closed(values), nullable))
}

fn text(node: &Yaml) -> DraftType {
    let most = node.get("maxLength").and_then(|most| most.to_json().as_u64());
    match (node.text("format"), node.text("pattern")) {
        (Some("date-time"), _) => DraftType::Timestamp,
        (Some("uuid"), _) => DraftType::Text { max_length: 36, pattern: Some(UUID.to_owned()) },
        (_, Some(pattern)) if is_portable(pattern) => {
            DraftType::Text { max_length: 0, pattern: Some(pattern.to_owned()) }
        }
        (Some("uri" | "url"), _) => DraftType::Text { max_length: most.unwrap_or(2048), pattern: None },
        _ => match DraftType::TEXT {
            DraftType::Text { max_length, pattern } => {
                DraftType::Text { max_length: most.unwrap_or(max_length), pattern }
            }
            kind => kind,
        },
    }
}

/// Returns true for a pattern that a catalogue may have, as the checks say it.
fn is_portable(pattern: &str) -> bool {
    let text = format!(
        "candor: 1\nname: x\ntitle: x\nversion: 1.0.0\nservice: x\nrows: {{r: {{title: r, personal: none}}}}\nattributes: \
         {{a: {{row: r, collected: default, type: string, brief: b, pattern: {}}}}}\nspans: {{s: {{name: s, collected: \
         default, brief: b, attributes: {{a: optional}}}}}}\n",
        Value::from(pattern)
    );
    !load_str("pattern", &text).findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// A whole bound; the exclusive one is moved by `step`.
fn bound(node: &Yaml, inclusive: &str, exclusive: &str, step: i64) -> Option<i64> {
    let number = |key: &str| node.get(key).and_then(|bound| bound.to_json().as_i64());
    number(inclusive).or_else(|| number(exclusive).and_then(|bound| bound.checked_add(step)))
}
