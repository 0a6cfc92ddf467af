//! What of an OTLP request may pass on: built anew from what the catalogue lists and consent allows.
//!
//! Nothing is copied and then cut. Each member of the new request is asked for by name, so what nobody thought of stays
//! behind. What a signal is without words passes: ids, times, kind, flags, the status code. These never do, as no
//! catalogue lists them: span events, links, the trace state, status messages, bodies and severities of log records,
//! attributes of scopes, and every resource attribute but a `service.name` that is the catalogue's own. The scope becomes
//! the catalogue with its version.

use std::fmt;

use candor_schema::{
    Attribute, AttributeId, Catalogue, Collected, Encoding, ObjectId, OnViolation, Signal, SignalKind,
    TIMESTAMP_PATTERN, Type,
};
use data_encoding::HEXLOWER_PERMISSIVE;
use serde_json::{Map, Number, Value};

use crate::draft::{Fields, any_value};
use crate::engine::notes::SERVICE_NAME;
use crate::engine::{JsonText, Pattern, words};
use crate::json::{self, Json, Noted};
use crate::otlp::Names;
use crate::otlp_write::{put_bytes, put_fixed32, put_fixed64, put_key_value, put_message, put_varint};
use crate::request::Request;
use crate::signal::{may_be_json, span_kind, status_code};
use crate::stopped::{Stopped, Why};

/// Lets pass of OTLP requests what a catalogue lists and a level of consent allows.
///
/// Spans pass by their name, log records by their event name, attributes by their name on that signal, with values of
/// their own type and inside their domain. Objects are filtered field by field, also where they are JSON text. A value
/// that is not admitted costs that value, or is cut where the catalogue says so, and the signal's
/// `dropped_attributes_count` tells; what consent keeps back leaves no trace.
///
/// What passes, a [`Validator`](crate::Validator) of the same level accepts.
///
/// ```
/// use candor_schema::Collected;
/// use candor_validate::{Allow, Request, Signals, Stopped, Why};
/// # let catalogue = candor_schema::load_str("telemetry.yaml", "
/// # candor: 1
/// # name: demo
/// # title: Demo
/// # version: 1.0.0
/// # service: demo
/// # consent: {opt_in: share_host}
/// # rows:
/// #   usage: {title: Usage, reason: How the program is used., personal: none}
/// #   machine: {title: Machine, reason: What it runs on., personal: none}
/// # attributes:
/// #   runs: {row: usage, collected: default, type: int, minimum: 0, brief: number of runs}
/// #   host: {row: machine, collected: opt_in, type: string, max_length: 64, brief: name of the machine}
/// # spans:
/// #   started: {name: Started, collected: default, brief: It started., attributes: {runs: required, host: optional}}
/// # ").catalogue.expect("no findings");
///
/// let request = Request::from_json(Signals::Traces, br#"{"resourceSpans": [{"scopeSpans": [{"spans": [
///     {"name": "Started", "attributes": [
///         {"key": "runs", "value": {"intValue": "3"}},
///         {"key": "host", "value": {"stringValue": "babbage"}}]}]}]}]}"#)?;
///
/// let mut stopped = Stopped::default();
/// let passed = Allow::new(&catalogue, Collected::Default).pass(&request, &mut stopped);
/// assert_eq!(passed.signals, 1);
/// assert!(!passed.body.windows(7).any(|bytes| bytes == b"babbage"));
/// assert_eq!(stopped.iter().collect::<Vec<_>>(), [("Started `host`", Why::Consent, 1)]);
/// # Ok::<(), candor_validate::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct Allow<'c> {
    catalogue: &'c Catalogue,
    level: Collected,
    /// By the position of their attribute.
    patterns: Vec<Option<Pattern<'c>>>,
    timestamp: Pattern<'c>,
}

/// What passed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passed {
    /// A request of the same kind in protobuf. Empty when there is nothing to send.
    pub body: Vec<u8>,
    /// How many signals are in it.
    pub signals: usize,
}

impl<'c> Allow<'c> {
    /// For users of this level; [`Collected::OptIn`] is that of a user who opted in.
    pub fn new(catalogue: &'c Catalogue, level: Collected) -> Self {
        let pattern = |attribute: &'c Attribute| match attribute.ty.innermost() {
            Type::String(domain) => domain.pattern.as_deref().map(Pattern::new),
            _ => None,
        };
        let patterns = catalogue.attributes().iter().map(pattern).collect();
        Allow { catalogue, level, patterns, timestamp: Pattern::new(TIMESTAMP_PATTERN) }
    }

    /// Builds the request that may pass on. What of the given one does not is counted, but for parts that are no OTLP at
    /// all: those are the unreadable ones of [`Request::items`].
    pub fn pass(&self, request: &Request, stopped: &mut Stopped) -> Passed {
        let mut passed = Passed::default();
        let names = request.signals.names();
        if let Some(mut fields) = Fields::of(&request.json) {
            for group in list(fields.get(names.groups)) {
                self.group(names, group, stopped, &mut passed);
            }
            count_rest(&fields, "request", stopped);
        }
        passed
    }

    /// One resource with its signals, all in one scope.
    fn group(&self, names: &Names, group: &Json, stopped: &mut Stopped, passed: &mut Passed) {
        let Some(mut fields) = Fields::of(group) else { return };
        let is_own = self.is_own(fields.get("resource"), stopped);
        let (mut signals, mut count) = (Vec::new(), 0);
        for scope in list(fields.get(names.scopes)) {
            let Some(mut scope) = Fields::of(scope) else { continue };
            count_scope(scope.get("scope"), stopped);
            for element in list(scope.get(names.elements)) {
                if let Some(signal) = self.signal(names.kind, element, stopped) {
                    put_bytes(&mut signals, 2, &signal);
                    count += 1;
                }
            }
            count_rest(&scope, "scope", stopped);
        }
        count_rest(&fields, "resource", stopped);
        if count > 0 {
            passed.signals += count;
            put_message(&mut passed.body, 1, |out| self.put_group(is_own, &signals, out));
        }
    }

    fn put_group(&self, is_own: bool, signals: &[u8], out: &mut Vec<u8>) {
        let head = self.catalogue.head();
        if is_own {
            put_message(out, 1, |resource| put_key_value(resource, 1, SERVICE_NAME, &Value::from(head.service())));
        }
        put_message(out, 2, |out| {
            put_message(out, 1, |scope| {
                put_bytes(scope, 1, head.name().as_bytes());
                put_bytes(scope, 2, head.version().as_bytes());
            });
            out.extend_from_slice(signals);
        });
    }

    /// Whether the resource is the service that the catalogue is of: all that is left of it.
    fn is_own(&self, resource: Option<&Json>, stopped: &mut Stopped) -> bool {
        let Some(mut fields) = resource.and_then(Fields::of) else { return false };
        let mut is_own = false;
        for (key, value) in pairs(fields.get("attributes")) {
            if key == SERVICE_NAME && !is_own && value.map(any_value).is_some_and(|(name, _)| self.is_service(&name)) {
                is_own = true;
            } else {
                stopped.add(format!("resource {}", words::key(key)), Why::Unknown);
            }
        }
        count_rest(&fields, "resource", stopped);
        is_own
    }

    fn is_service(&self, name: &Value) -> bool {
        name.as_str() == Some(self.catalogue.head().service())
    }

    /// What passes of a span or a log record.
    fn signal(&self, kind: SignalKind, element: &Json, stopped: &mut Stopped) -> Option<Vec<u8>> {
        let mut fields = Fields::of(element)?;
        let name = match kind {
            SignalKind::Span => fields.get("name"),
            SignalKind::Event => fields.get("eventName"),
        };
        let signal = self.known(kind, name, stopped)?;
        let mut pass = Pass { allow: self, signal, stopped, dropped: 0, out: Vec::new() };
        match kind {
            SignalKind::Span => pass.span(&mut fields),
            SignalKind::Event => pass.log_record(&mut fields),
        }
        count_rest(&fields, &signal.name, pass.stopped);
        Some(pass.out)
    }

    /// The signal of this name, when consent allows it.
    fn known(&self, kind: SignalKind, name: Option<&Json>, stopped: &mut Stopped) -> Option<&'c Signal> {
        let name = if let Some(Json::Text(name)) = name { name } else { "" };
        let signal = self.catalogue.signals().iter().find(|signal| signal.kind == kind && signal.name == name);
        let why = match signal {
            Some(signal) if self.admits(signal.collected) => return Some(signal),
            Some(_) => Why::Consent,
            None => Why::Unknown,
        };
        stopped.add(format!("{} {}", kind.word(), words::key(name)), why);
        None
    }

    fn admits(&self, collected: Collected) -> bool {
        self.level == Collected::OptIn || collected == Collected::Default
    }

    fn matches(&self, id: AttributeId, text: &str) -> bool {
        self.patterns[id.index()].as_ref().is_some_and(|pattern| matches(pattern, text))
    }
}

/// The way of one signal.
struct Pass<'p, 'c> {
    allow: &'p Allow<'c>,
    signal: &'c Signal,
    stopped: &'p mut Stopped,
    /// Values left out that the signal itself says so of. What consent keeps back is not among them: the signal must be
    /// the same as if the program had not set it.
    dropped: u32,
    out: Vec<u8>,
}

impl Pass<'_, '_> {
    fn span(&mut self, fields: &mut Fields<'_>) {
        self.id(1, fields, "traceId", 16);
        self.id(2, fields, "spanId", 8);
        self.id(4, fields, "parentSpanId", 8);
        put_bytes(&mut self.out, 5, self.signal.name.as_bytes());
        if let Some(kind) = self.member(fields, "kind", span_kind) {
            put_varint(&mut self.out, 6, kind);
        }
        self.time(7, fields, "startTimeUnixNano");
        self.time(8, fields, "endTimeUnixNano");
        self.attributes(9, 10, fields);
        self.status(fields.get("status"));
        self.flags(16, fields, 0x3ff);
    }

    fn log_record(&mut self, fields: &mut Fields<'_>) {
        self.time(1, fields, "timeUnixNano");
        self.time(11, fields, "observedTimeUnixNano");
        put_bytes(&mut self.out, 12, self.signal.name.as_bytes());
        self.attributes(6, 7, fields);
        self.flags(8, fields, 0xff);
        self.id(9, fields, "traceId", 16);
        self.id(10, fields, "spanId", 8);
    }

    /// A member that is not an attribute. One that is there and is not what it should be is counted.
    fn member<T>(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        read: impl Fn(&Json) -> Option<T>,
    ) -> Option<T> {
        let json = fields.get(name).filter(|json| !is_nothing(json))?;
        let read = read(json);
        if read.is_none() {
            self.stop(Why::Value, name);
        }
        read
    }

    fn id(&mut self, field: u32, fields: &mut Fields<'_>, name: &'static str, length: usize) {
        let read = |json: &Json| match json {
            Json::Text(text) => HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok().filter(|id| id.len() == length),
            _ => None,
        };
        if let Some(id) = self.member(fields, name, read) {
            put_bytes(&mut self.out, field, &id);
        }
    }

    fn time(&mut self, field: u32, fields: &mut Fields<'_>, name: &'static str) {
        if let Some(nanos) = self.member(fields, name, Json::as_integer::<u64>) {
            put_fixed64(&mut self.out, field, nanos);
        }
    }

    /// Only the bits that mean something: the others could hold anything.
    fn flags(&mut self, field: u32, fields: &mut Fields<'_>, known: u32) {
        if let Some(flags) = self.member(fields, "flags", Json::as_integer::<u32>) {
            put_fixed32(&mut self.out, field, flags & known);
        }
    }

    /// The code without the message.
    fn status(&mut self, status: Option<&Json>) {
        let Some(mut fields) = status.and_then(Fields::of) else { return };
        let code = self.member(&mut fields, "code", |json| status_code(json).filter(|code| *code <= 2));
        if let Some(code) = code {
            put_message(&mut self.out, 15, |status| put_varint(status, 3, code));
        }
        count_rest(&fields, &format!("{} status", self.signal.name), self.stopped);
    }

    /// Of attributes that are there twice, the first counts.
    fn attributes(&mut self, field: u32, dropped_field: u32, fields: &mut Fields<'_>) {
        let known = &self.signal.attributes;
        let mut seen = vec![false; known.len()];
        for (key, value) in pairs(fields.get("attributes")) {
            let position = known.iter().position(|known| self.allow.catalogue.attribute(known.attribute).name == key);
            let Some(position) = position else {
                self.leave_out(Why::Unknown, key);
                continue;
            };
            let id = known[position].attribute;
            let attribute = self.allow.catalogue.attribute(id);
            if !self.allow.admits(attribute.collected) {
                self.stop(Why::Consent, key);
            } else if seen[position] {
                self.leave_out(Why::Value, key);
            } else {
                seen[position] = self.attribute(field, id, attribute, value);
            }
        }
        let missing = known.iter().zip(seen).filter(|(known, seen)| known.required && !seen);
        let is_missed = |id| self.allow.admits(self.allow.catalogue.attribute(id).collected);
        self.dropped += missing.filter(|(known, _)| is_missed(known.attribute)).count() as u32;
        let before = self.member(fields, "droppedAttributesCount", Json::as_integer::<u32>).unwrap_or_default();
        match before.saturating_add(self.dropped) {
            0 => {}
            dropped => put_varint(&mut self.out, dropped_field, u64::from(dropped)),
        }
    }

    /// Says whether there was a value, admitted or not.
    fn attribute(&mut self, field: u32, id: AttributeId, attribute: &Attribute, value: Option<&Json>) -> bool {
        let path = Path { before: None, name: &attribute.name };
        let (given, duplicates) = value.map_or_else(Noted::default, |json| given(attribute, json));
        duplicates.pointers.iter().for_each(|_| self.leave_out(Why::Value, path));
        match self.value(path, id, &attribute.ty, given) {
            Outcome::Absent => return false,
            Outcome::Refused => self.leave_out(Why::Value, path),
            Outcome::Kept(kept) => {
                let kept = match attribute.encoding {
                    Encoding::Map => kept,
                    Encoding::Json => Value::from(kept.to_string()),
                };
                put_key_value(&mut self.out, field, &attribute.name, &kept);
            }
        }
        true
    }

    fn value(&mut self, path: Path<'_>, id: AttributeId, ty: &Type, given: Value) -> Outcome {
        let kept = match (ty, given) {
            (_, Value::Null) => return Outcome::Absent,
            (Type::List { item, max_items }, Value::Array(items)) => {
                Some(self.list(path, id, item, max_items.unwrap_or(usize::MAX), items))
            }
            (Type::Object(object), Value::Object(members)) => self.object(path, *object, members),
            (Type::Boolean, Value::Bool(value)) => Some(Value::from(value)),
            (Type::Int { minimum, maximum }, Value::Number(number)) => {
                integer(number).filter(|value| in_range(value, minimum, maximum)).map(Value::from)
            }
            (Type::Double { minimum, maximum }, Value::Number(number)) => {
                number.as_f64().filter(|value| in_range(value, minimum, maximum)).map(Value::from)
            }
            (ty, Value::String(text)) => self.text(path, id, ty, text).map(Value::from),
            _ => None,
        };
        kept.map_or(Outcome::Refused, Outcome::Kept)
    }

    fn text(&mut self, path: Path<'_>, id: AttributeId, ty: &Type, mut text: String) -> Option<String> {
        let domain = match ty {
            Type::Enum(members) => return members.contains(&text).then_some(text),
            Type::Timestamp => return matches(&self.allow.timestamp, &text).then_some(text),
            Type::String(domain) => domain,
            _ => return None,
        };
        let end = domain.max_length.and_then(|most| text.char_indices().nth(most)).map(|(end, _)| end);
        let may_be_cut = self.allow.catalogue.attribute(id).on_violation == OnViolation::Truncate;
        match (&domain.pattern, end) {
            (None, None) => Some(text),
            (Some(_), None) => self.allow.matches(id, &text).then_some(text),
            (None, Some(end)) if may_be_cut => {
                self.stop(Why::Cut, path);
                text.truncate(end);
                Some(text)
            }
            (_, Some(_)) => None,
        }
    }

    fn list(&mut self, path: Path<'_>, id: AttributeId, ty: &Type, most: usize, items: Vec<Value>) -> Value {
        let mut kept = Vec::new();
        for given in items {
            if kept.len() == most {
                self.leave_out(Why::Value, path);
                break;
            }
            match self.value(path, id, ty, given) {
                Outcome::Kept(item) => kept.push(item),
                Outcome::Refused => self.leave_out(Why::Value, path),
                Outcome::Absent => {}
            }
        }
        Value::Array(kept)
    }

    /// `None` when a field is missing or refused that the object cannot do without.
    fn object(&mut self, path: Path<'_>, object: ObjectId, mut given: Map<String, Value>) -> Option<Value> {
        let allow = self.allow;
        let (mut kept, mut whole) = (Map::new(), true);
        for field in &allow.catalogue.object(object).fields {
            let path = Path { before: Some(&path), name: &field.name };
            let value = given.remove(&field.name).unwrap_or_default();
            let attribute = allow.catalogue.attribute(field.attribute);
            if !allow.admits(attribute.collected) {
                if !value.is_null() {
                    self.stop(Why::Consent, path);
                }
                continue;
            }
            let before = self.dropped;
            match self.value(path, field.attribute, &attribute.ty, value) {
                Outcome::Kept(value) => {
                    kept.insert(field.name.clone(), value);
                    continue;
                }
                Outcome::Refused => self.leave_out(Why::Value, path),
                Outcome::Absent => {}
            }
            if field.required {
                whole = false;
                self.dropped = before; // the object counts, once, not its field
            }
        }
        for name in given.keys() {
            self.leave_out(Why::Unknown, Path { before: Some(&path), name });
        }
        whole.then_some(Value::Object(kept))
    }

    fn leave_out(&mut self, why: Why, what: impl fmt::Display) {
        self.dropped = self.dropped.saturating_add(1);
        self.stop(why, what);
    }

    fn stop(&mut self, why: Why, what: impl fmt::Display) {
        self.stopped.add(format!("{} {}", self.signal.name, words::key(&what.to_string())), why);
    }
}

/// What became of a value.
enum Outcome {
    /// There was none.
    Absent,
    /// It is of another type or outside its domain.
    Refused,
    /// So much of it passes.
    Kept(Value),
}

/// Where in an attribute a value stands: `crew_agents.goal`.
#[derive(Clone, Copy)]
struct Path<'p> {
    before: Option<&'p Path<'p>>,
    name: &'p str,
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(before) = self.before {
            write!(formatter, "{before}.")?;
        }
        formatter.write_str(self.name)
    }
}

/// An attribute's value as it was given; of a text that is JSON, what that says.
fn given(attribute: &Attribute, json: &Json) -> Noted {
    let noted = any_value(json);
    let text = noted.0.as_str().filter(|_| may_be_json(attribute));
    match text.and_then(|text| json::parse(text).ok()) {
        Some(inner) => inner.to_value(),
        None => noted,
    }
}

/// JSON knows one kind of number: 3.0 is the integer 3.
fn integer(number: Number) -> Option<i64> {
    Json::Number(number).as_integer()
}

fn matches(pattern: &Pattern<'_>, text: &str) -> bool {
    pattern.matches(&JsonText::new(text.as_bytes(), false))
}

fn in_range<T: PartialOrd>(value: &T, minimum: &Option<T>, maximum: &Option<T>) -> bool {
    minimum.as_ref().is_none_or(|minimum| value >= minimum) && maximum.as_ref().is_none_or(|maximum| value <= maximum)
}

fn list(json: Option<&Json>) -> &[Json] {
    if let Some(Json::List(elements)) = json { elements } else { &[] }
}

/// Keys and values of a list of `KeyValue`.
fn pairs(json: Option<&Json>) -> impl Iterator<Item = (&str, Option<&Json>)> {
    list(json).iter().filter_map(|pair| {
        let mut fields = Fields::of(pair)?;
        match fields.get("key") {
            None => Some(("", fields.get("value"))),
            Some(Json::Text(key)) => Some((key.as_str(), fields.get("value"))),
            Some(_) => None,
        }
    })
}

/// What a scope has besides its name and version, which every scope has and none keeps.
fn count_scope(scope: Option<&Json>, stopped: &mut Stopped) {
    let Some(mut fields) = scope.and_then(Fields::of) else { return };
    for (key, _) in pairs(fields.get("attributes")) {
        stopped.add(format!("scope {}", words::key(key)), Why::Unknown);
    }
    let _ = (fields.get("name"), fields.get("version"));
    count_rest(&fields, "scope", stopped);
}

/// Members that nobody asked for, and those that are there once more.
fn count_rest(fields: &Fields<'_>, whose: &str, stopped: &mut Stopped) {
    for (key, json) in fields.rest() {
        let why = if fields.knows(key) { Why::Value } else { Why::Unknown };
        if why == Why::Value || !is_nothing(json) {
            stopped.add(format!("{whose} member {}", words::key(key)), why);
        }
    }
}

/// Whether a member says the same as none.
fn is_nothing(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::Text(text) => text.is_empty(),
        Json::List(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        json => json.as_integer() == Some(0_u64),
    }
}
