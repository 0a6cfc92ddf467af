//! YAML text to a tree of nodes, each with its place.
//!
//! serde stops at the first mistake and forgets places; a tree that accepts everything lets the reader report all
//! mistakes. The YAML itself is `serde-saphyr`'s business, with its limits on depth, aliases and size.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Budget, DuplicateKeyPolicy, Location, MergeKeyPolicy, Options, Spanned};

use super::gap::Gap;
use super::merge::merge;
use super::yaml_fault::{YamlFault, fault_of};
use crate::finding::quote;
use crate::{Finding, Place, checks};

/// A YAML value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub value: Value,
    pub place: Place,
    /// The place at the anchor, for a node that an alias brings.
    pub defined: Option<Box<Place>>,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    /// Nothing, as what might be meant as the value starts a comment.
    Commented,
    Boolean(bool),
    Integer(i128),
    Double(f64),
    Text(String),
    List(Vec<Node>),
    /// In order, duplicates included.
    Mapping(Vec<(Node, Node)>),
}

impl Value {
    /// Returns true if the node is empty.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Value::Null | Value::Commented)
    }

    /// Describes the node, for "expected …, found …".
    pub fn describe(&self) -> &'static str {
        match self {
            Value::Null | Value::Commented => "nothing",
            Value::Boolean(_) => "a boolean",
            Value::Integer(_) => "an integer",
            Value::Double(_) => "a decimal number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }
}

/// The nodes and gaps of one file's text.
pub(crate) struct ParsedText {
    /// The tree, as far as it could be read.
    pub root: Option<Node>,
    pub findings: Vec<Finding>,
    /// The parts that had to be left out.
    pub gaps: Vec<Gap>,
    /// The mappings that merge keys repeat.
    pub templates: Vec<Place>,
}

/// Most mistakes of one text that it is read on after.
const MOST_FAULTS: usize = 20;

/// Most bytes that are read again because of mistakes in them.
const MOST_REREAD: usize = 32 << 20;

/// Parses one file's text, of no more than so many nodes. What is wrong is left out, and the rest read again.
pub(crate) fn parse(file: u32, text: &str, most_nodes: usize) -> ParsedText {
    let mut rest = Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text));
    let bom = (text.len() - rest.len()) as u32;
    let mut parsed = ParsedText { root: None, findings: Vec::new(), gaps: Vec::new(), templates: Vec::new() };
    for attempt in 0..MOST_FAULTS {
        let error = match serde_saphyr::from_str_with_options::<Node>(&rest, options(most_nodes)) {
            Ok(mut root) => {
                root.finish(file, bom, text);
                merge(&mut root, &mut parsed.templates);
                parsed.findings.extend(idle_anchors(&root, text));
                parsed.root = Some(root).filter(|root| parsed.gaps.is_empty() || !root.value.is_nothing());
                return parsed;
            }
            Err(error) => error,
        };
        let fault = match fault_or_end(file, &rest, &error) {
            Ok(fault) => fault,
            Err(finding) => {
                parsed.findings.push(finding.behind(bom));
                break;
            }
        };
        let seen = |gap: &Gap| gap.lines.0 as usize <= fault.lines.0 + 1 && fault.lines.0 < gap.lines.1 as usize;
        if parsed.gaps.iter().any(seen) {
            break;
        }
        parsed.findings.push(fault.finding(file, &rest).behind(bom));
        if rest.len() * (attempt + 1) > MOST_REREAD {
            break;
        }
        parsed.gaps.push(Gap::leave_out(file, rest.to_mut(), &fault));
    }
    parsed.gaps.push(Gap::whole(file));
    parsed
}

/// Room for a catalogue of 100,000 attributes, and not for a text that unfolds into more than it seems.
fn options(most_nodes: usize) -> Options {
    let mut budget = Budget::default();
    budget.max_depth = 16; // a catalogue needs half of that; each level takes its part of the stack
    budget.max_nodes = most_nodes;
    budget.max_events = 2 * most_nodes;
    budget.max_recorded_anchor_events = MOST_REPEATED;
    budget.enforce_alias_anchor_ratio = false;
    let mut options = Options::default();
    options.budget = Some(budget);
    options.alias_limits.max_total_replayed_events = MOST_REPEATED;
    options.duplicate_keys = DuplicateKeyPolicy::LastWins; // hands every pair to the visitor; the reader reports them
    options.merge_keys = MergeKeyPolicy::AsOrdinary;
    options.non_finite_float_policy = serde_saphyr::NonFiniteFloatPolicy::PassThrough;
    options.reject_unsupported_tags = true;
    options.strict_booleans = true;
    options.with_snippet = false;
    options
}

/// Most scalars, lists and mappings of a catalogue. One of 100,000 attributes has two million.
pub(crate) const MOST_NODES: usize = 3_000_000;

/// Most pairs of a mapping: twice as many as a catalogue of 100,000 attributes has.
const MOST_PAIRS: usize = 200_000;

/// Most items of a list. What lists hold, members of an enumeration say, people have to read.
const MOST_ITEMS: usize = 10_000;

/// Most parts of a text that its aliases may repeat.
const MOST_REPEATED: usize = 50_000;

/// The mistake behind an error of the parser; or the finding, where nothing can be read after it.
fn fault_or_end(file: u32, text: &str, error: &serde_saphyr::Error) -> Result<YamlFault, Box<Finding>> {
    let location = error.location();
    let mut place = location.as_ref().map_or(Place::file_start(file), place_of);
    if place.end <= place.start {
        // Not by line and column: the parser ends lines at a carriage return, too.
        let characters = location.map_or(0, |location| location.span().offset());
        let start = text.char_indices().nth(characters as usize).map_or(text.len(), |(start, _)| start);
        (place.start, place.end) = (start as u32, start as u32);
    }
    let place = within(Place { file, ..place }, text);
    let error = match error {
        serde_saphyr::Error::AliasError { error, .. } => error,
        error => error,
    };
    match error {
        serde_saphyr::Error::MultipleDocuments { .. } => Err(Box::new(second_document(text, place))),
        serde_saphyr::Error::Budget { .. } => Err(Box::new(
            checks::invalid_yaml::CHECK
                .at(place, "from here on the file is too large, too deeply nested, or repeats too much with aliases")
                .help("write it flatter, without aliases, or in several files"),
        )),
        error => {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            if let Some(too_many) = TOO_MANY.iter().find(|too_many| message.contains(**too_many)) {
                let finding = checks::invalid_yaml::CHECK
                    .at(place, format!("here {too_many}"))
                    .help("a catalogue lists kinds of values, not values");
                return Err(Box::new(finding));
            }
            Ok(fault_of(text, place.start as usize, message))
        }
    }
}

/// Texts behind an anchor that no alias names: the writer may have meant the `&` to be part of the text.
fn idle_anchors(root: &Node, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut nodes = if text.contains('&') { vec![root] } else { Vec::new() };
    while let Some(node) = nodes.pop() {
        match &node.value {
            Value::List(items) => nodes.extend(items),
            Value::Mapping(pairs) => nodes.extend(pairs.iter().flat_map(|(key, value)| [key, value])),
            Value::Text(_) => findings.extend(idle_anchor(node.place, text)),
            _ => {}
        }
    }
    findings
}

fn idle_anchor(place: Place, text: &str) -> Option<Finding> {
    let before = text[..place.start as usize].trim_end_matches(' ');
    let start = before.rfind([' ', '\n', '[', '{', ',']).map_or(0, |before| before + 1);
    let anchor = &before[start..];
    if anchor.len() < 2 || !anchor.starts_with('&') || text.contains(&anchor.replacen('&', "*", 1)) {
        return None;
    }
    let back = text[start..place.start as usize].chars().count() as u32;
    let column = place.column.checked_sub(back).filter(|column| *column > 0)?;
    let place = Place { start: start as u32, end: (start + anchor.len()) as u32, column, ..place };
    Some(
        checks::invalid_yaml::CHECK
            .at(
                place,
                format!(
                    "{} marks this text for an alias, and there is none; it is not part of the text",
                    quote(anchor)
                ),
            )
            .help("put the whole text in quotes, or remove it"),
    )
}

/// A second document, at the `---` before what it holds.
fn second_document(text: &str, place: Place) -> Finding {
    let before = &text[..place.start as usize];
    let start = before.rfind("\n---").map_or(before.len(), |newline| newline + 1);
    let line = before[..start].matches('\n').count() as u32 + 1;
    let place = match start < before.len() {
        true => Place { start: start as u32, end: start as u32 + 3, line, column: 1, ..place },
        false => place,
    };
    checks::invalid_yaml::CHECK
        .at(place, "a catalogue file holds one YAML document, and here a second one starts")
        .help("put it in a file of its own")
}

/// Faults of documents that go on for too long: [`MOST_PAIRS`], [`MOST_ITEMS`].
const TOO_MANY: [&str; 2] = ["a mapping has more than 200,000 entries", "a list has more than 10,000 items"];

/// The place, moved to where the text is, if need be.
fn within(place: Place, text: &str) -> Place {
    let boundary = |offset: u32| {
        let offset = (offset as usize).min(text.len());
        (0..=offset).rev().find(|offset| text.is_char_boundary(*offset)).unwrap_or_default() as u32
    };
    let (start, end) = (boundary(place.start), boundary(place.end.max(place.start)));
    Place { start, end, line: place.line.max(1), column: place.column.max(1), ..place }
}

fn place_of(location: &Location) -> Place {
    let span = location.span();
    let start = span.byte_offset().unwrap_or_default() as u32;
    let length = span.byte_len().unwrap_or_default() as u32;
    Place { file: 0, start, end: start + length, line: location.line() as u32, column: location.column() as u32 }
}

impl Node {
    /// The pairs of a mapping; of anything else, none.
    pub fn pairs(&self) -> &[(Node, Node)] {
        match &self.value {
            Value::Mapping(pairs) => pairs,
            _ => &[],
        }
    }

    /// Counts the nodes, this one included.
    pub fn count(&self) -> usize {
        1 + match &self.value {
            Value::List(items) => items.iter().map(Node::count).sum(),
            Value::Mapping(pairs) => pairs.iter().map(|(key, value)| key.count() + value.count()).sum(),
            _ => 0,
        }
    }

    /// Gives every place its file, and its range as a reader would mark it. Depth is bounded by the parser. What an alias
    /// brings is where it is written, inside the anchor's mapping or list.
    fn finish(&mut self, file: u32, skipped: u32, text: &str) {
        self.place.file = file;
        self.place.start += skipped;
        self.place.end += skipped;
        self.place = within(self.place, text);
        if let Value::Null = self.value {
            let rest = text.get(self.place.start as usize..).unwrap_or_default().strip_prefix(':').unwrap_or_default();
            // A value of several lines is nothing only where none follows.
            if rest.trim_start_matches(' ').starts_with('#') {
                self.value = Value::Commented;
            }
        }
        let below = |node: &mut Node| {
            if let Some(defined) = &node.defined {
                node.place = **defined;
            }
            node.finish(file, skipped, text);
        };
        let aliased = self.defined.is_some();
        let each = |node: &mut Node| if aliased { below(node) } else { node.finish(file, skipped, text) };
        match &mut self.value {
            Value::List(items) => items.iter_mut().for_each(each),
            Value::Mapping(pairs) => pairs.iter_mut().flat_map(|(key, value)| [key, value]).for_each(each),
            _ => {}
        }
        let range = self.place.start as usize..self.place.end as usize;
        if let Some(marked) = text.get(range).filter(|marked| !marked.is_empty()) {
            // A block of text goes on to the next entry.
            self.place.end = self.place.start + marked.trim_end().len() as u32;
            return;
        }
        // A mapping or a list without brackets starts somewhere, and has no end.
        let first = match &self.value {
            Value::Mapping(pairs) => pairs.first().map(|(key, _)| key.place.end),
            Value::List(_) => {
                text.get(self.place.start as usize..).filter(|rest| rest.starts_with('-')).map(|_| self.place.start + 1)
            }
            _ => None,
        };
        self.place.end = first.unwrap_or(self.place.end).max(self.place.start);
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Value>::deserialize(deserializer)?;
        let (place, defined) = (place_of(&spanned.referenced), place_of(&spanned.defined));
        let defined = (defined != place).then(|| Box::new(defined));
        Ok(Node { value: spanned.value, place, defined })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Double(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            if items.len() == MOST_ITEMS {
                return Err(serde::de::Error::custom(TOO_MANY[1]));
            }
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = access.next_entry()? {
            if pairs.len() == MOST_PAIRS {
                return Err(serde::de::Error::custom(TOO_MANY[0]));
            }
            pairs.push(pair);
        }
        Ok(Value::Mapping(pairs))
    }
}
