//! Rebuilds an OTLP request, keeping only what the catalogue lists and consent allows.
//!
//! A signal is held to its marker, the attribute `candor.channels`: what needs a permission that the marker does not name
//! is dropped, whatever is allowed here. Without a marker that is all beyond `default`. The marker itself does not pass on.
//!
//! Nothing is copied and then cut. Each member of the new request is asked for by name, so unforeseen members are left out.
//! Structure passes through: the ids of a span, times, kind, flags, the status code. The ids of a parent and of links pass where
//! the catalogue lists spans that the signal may belong or link to. These never pass, because no catalogue lists them:
//! span events, attributes of links, the trace state, status messages, severities of log records and attributes of scopes. Of the
//! resource passes a `service.name` that is the catalogue's own and what the catalogue lists; of bodies those that it
//! declares. The scope becomes the catalogue with its version.

mod body;
mod given;
mod joined;
mod metric;
mod payload;

use candor_domain::{DEFAULT, Join, MARKER, Nothing, Refusals, Sieve, Signal, SignalKind, claimed};
use candor_schema::{Catalogue, Consent};
use serde_json::Value;

use crate::draft::{Fields, Listed, any_value};
use crate::engine::notes::SERVICE_NAME;
use crate::engine::words;
use crate::json::Json;
use crate::otlp_write::{
    AttributeWriter, put_bytes, put_fixed32, put_fixed64, put_key_value, put_message, put_varint, text_value,
};
use crate::request::Request;
use crate::signal::{EVENT_NAME, event_name, is_named, span_kind, status_code};
use crate::signals::Names;
use crate::stopped::{Stopped, Why};
pub use body::PassedBody;
use given::{Foreign, pair as pair_of, pairs};

/// Lets pass of OTLP requests what a catalogue lists and a level of consent allows.
///
/// Spans pass by their name, log records by their event name, attributes by their name on that signal, with values of
/// their own type and inside their domain. Objects are filtered field by field, also where they are JSON text. A value
/// that is not admitted costs that value, or is cut where the catalogue says so, and the signal's
/// `dropped_attributes_count` tells; what consent keeps back leaves no trace.
///
/// Every request that it builds is accepted by a [`Validator`](crate::Validator) of the same consent.
///
/// ```
/// use candor_validate::{Allow, Consent, Request, Signals, Stopped, Why};
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
/// let passed = Allow::new(&catalogue, Consent::Default).pass(&request, &mut stopped);
/// assert_eq!(passed.signals, 1);
/// assert!(!passed.body.windows(7).any(|bytes| bytes == b"babbage"));
/// assert_eq!(stopped.iter().collect::<Vec<_>>(), [("Started `host`", Why::Consent, 1)]);
/// # Ok::<(), candor_validate::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct Allow<'c> {
    catalogue: &'c Catalogue,
    consent: Consent,
    /// The permissions of what has no marker: the attributes of the process, payloads without one, and bodies of a form
    /// without one.
    unmarked: Consent,
}

/// The part of a request that passed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passed {
    /// A request of the same kind in protobuf. Empty when there is nothing to send.
    pub body: Vec<u8>,
    /// The number of signals in it.
    pub signals: usize,
}

impl<'c> Allow<'c> {
    /// For what users with this consent send.
    pub fn new(catalogue: &'c Catalogue, consent: Consent) -> Self {
        Allow { catalogue, consent, unmarked: consent }
    }

    /// For what users with any consent send: each signal passes with the permissions that its marker names, and what has
    /// no marker, such as the attributes of the process, with those that need no name.
    pub fn marked(catalogue: &'c Catalogue) -> Self {
        let consent = Consent::from_bits(u32::MAX);
        Allow { catalogue, consent, unmarked: Consent::of(DEFAULT) }
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
        let resource = self.resource(fields.get("resource"), stopped);
        let (mut signals, mut count) = (Vec::new(), 0);
        for scope in list(fields.get(names.scopes)) {
            let Some(mut scope) = Fields::of(scope) else { continue };
            count_scope(scope.get("scope"), stopped);
            for element in list(scope.get(names.elements)) {
                let (passed, number) = match names.kind {
                    SignalKind::Metric => self.metric(element, stopped),
                    kind => (self.signal(kind, element, stopped), 1),
                };
                if let Some(signal) = passed {
                    put_bytes(&mut signals, 2, &signal);
                    count += number;
                }
            }
            count_rest(&scope, "scope", stopped);
        }
        count_rest(&fields, "resource", stopped);
        if count > 0 {
            passed.signals += count;
            put_message(&mut passed.body, 1, |out| self.put_group(&resource, &signals, out));
        }
    }

    fn put_group(&self, resource: &[u8], signals: &[u8], out: &mut Vec<u8>) {
        let head = self.catalogue.head();
        if !resource.is_empty() {
            put_bytes(out, 1, resource);
        }
        put_message(out, 2, |out| {
            put_message(out, 1, |scope| {
                put_bytes(scope, 1, head.name().as_bytes());
                put_bytes(scope, 2, head.version().as_bytes());
            });
            out.extend_from_slice(signals);
        });
    }

    /// Writes what passes of the resource: the catalogue's service, what it lists, and how much of that was left out.
    fn resource(&self, resource: Option<&Json>, stopped: &mut Stopped) -> Vec<u8> {
        let (mut out, listed) = (Vec::new(), &self.catalogue.resource().info.attributes);
        let mut fields = resource.and_then(Fields::of);
        let attributes = fields.as_mut().and_then(|fields| fields.get("attributes"));
        let service = list(attributes).iter().position(|pair| self.says_service(pair));
        if service.is_some() {
            put_key_value(&mut out, 1, SERVICE_NAME, &text_value(self.catalogue.head().service()));
        }
        let others = list(attributes).iter().enumerate().filter(|(at, _)| Some(*at) != service);
        let given = others.filter_map(|(_, pair)| pair_of(pair));
        let mut refusals = Refusals::default();
        let mut encoder = AttributeWriter { out: &mut out, field: 1, open: Vec::new() };
        Sieve { encoder: &mut encoder, consent: self.unmarked, held: Nothing, notes: &mut refusals }
            .attributes(listed, given);
        stop_of_process(refusals.iter(), stopped);
        if let (false, Some(fields)) = (listed.is_empty(), &mut fields) {
            let before = fields.get("droppedAttributesCount").and_then(Json::as_integer::<u32>).unwrap_or_default();
            put_dropped(&mut out, 2, before.saturating_add(refusals.dropped()));
        } else if !listed.is_empty() {
            put_dropped(&mut out, 2, refusals.dropped());
        }
        fields.iter().for_each(|fields| count_rest(fields, "resource", stopped));
        out
    }

    fn says_service(&self, pair: &Json) -> bool {
        let value = key_and_value(pair).filter(|(key, _)| *key == SERVICE_NAME).and_then(|(_, value)| value);
        value.map(|value| any_value(value, Listed::Not)).is_some_and(|(name, _)| self.is_service(&name))
    }

    fn is_service(&self, name: &Value) -> bool {
        name.as_str() == Some(self.catalogue.head().service())
    }

    /// Writes what passes of a span or a log record.
    fn signal(&self, kind: SignalKind, element: &Json, stopped: &mut Stopped) -> Option<Vec<u8>> {
        let mut fields = Fields::of(element)?;
        let name = match kind {
            SignalKind::Event => {
                let _ = fields.get("eventName");
                event_name(self.catalogue, element)
            }
            _ => fields.get("name").map_or(Value::Null, |name| name.to_value().0),
        };
        let consent = self.claimed(fields.clone().get("attributes"));
        let signal = self.known(kind, name.as_str().unwrap_or_default(), consent, stopped)?;
        let joins = Join::ALL.map(|join| self.catalogue.may_join(signal, join, consent));
        let mut pass = Pass { consent, signal, joins, stopped, out: Vec::new() };
        match kind {
            SignalKind::Event => pass.log_record(&mut fields),
            _ => pass.span(&mut fields),
        }
        count_rest(&fields, &signal.name, pass.stopped);
        Some(pass.out)
    }

    /// The consent that a signal of OTLP with these attributes is held to.
    fn claimed(&self, attributes: Option<&Json>) -> Consent {
        let marker = pairs(attributes).filter(|(key, _)| *key == MARKER).last();
        self.claimed_by(marker.and_then(|(_, value)| value.as_text()).unwrap_or_default())
    }

    /// The consent that a signal with this marker is held to: no more than the marker names. An empty one, or none where
    /// its form has a place for one, names the default.
    fn claimed_by(&self, marker: &str) -> Consent {
        let names = self.catalogue.signals().first().map(|signal| &*signal.info.channels).unwrap_or_default();
        self.consent.common(claimed(names, marker))
    }

    /// The signal of this name, when consent allows it.
    fn known(&self, kind: SignalKind, name: &str, consent: Consent, stopped: &mut Stopped) -> Option<&'c Signal> {
        let mut signals = self.catalogue.signals().iter().map(|signal| &signal.info);
        let why = match signals.find(|signal| signal.kind == kind && signal.name == name) {
            Some(signal) if consent.includes(signal.needs) => return Some(signal),
            Some(_) => Why::Consent,
            None => Why::Unknown,
        };
        stopped.add(format!("{} {}", kind.word(), words::key(name)), why);
        None
    }
}

/// The way of one signal.
struct Pass<'p, 'c> {
    consent: Consent,
    signal: &'c Signal,
    /// Set if it may belong and link to spans.
    joins: [bool; 2],
    stopped: &'p mut Stopped,
    out: Vec<u8>,
}

impl Pass<'_, '_> {
    fn span(&mut self, fields: &mut Fields<'_>) {
        self.id(1, fields, "traceId", 16);
        self.id(2, fields, "spanId", 8);
        self.parent(4, fields, "parentSpanId", 8);
        let facts = SignalKind::Span.facts();
        put_bytes(&mut self.out, facts.name.into(), self.signal.name.as_bytes());
        if let Some(kind) = self.member(fields, "kind", span_kind) {
            put_varint(&mut self.out, 6, kind);
        }
        self.time(7, fields, "startTimeUnixNano");
        self.time(8, fields, "endTimeUnixNano");
        self.attributes(facts.attributes.into(), facts.dropped.into(), fields);
        self.links(13, fields.get("links"));
        self.status(fields.get("status"));
        self.flags(16, fields, 0x3ff);
    }

    fn log_record(&mut self, fields: &mut Fields<'_>) {
        self.time(1, fields, "timeUnixNano");
        self.time(11, fields, "observedTimeUnixNano");
        let facts = SignalKind::Event.facts();
        put_bytes(&mut self.out, facts.name.into(), self.signal.name.as_bytes());
        self.attributes(facts.attributes.into(), facts.dropped.into(), fields);
        self.flags(8, fields, 0xff);
        self.parent(9, fields, "traceId", 16);
        self.parent(10, fields, "spanId", 8);
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
        if let Some(id) = self.member(fields, name, |json| joined::read_id(json, length)) {
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

    /// Writes the attributes that pass, and the number of those left out, earlier ones included.
    fn attributes(&mut self, field: u32, dropped_field: u32, fields: &mut Fields<'_>) {
        let dropped = self.sift(field, fields);
        let before = self.member(fields, "droppedAttributesCount", Json::as_integer::<u32>).unwrap_or_default();
        put_dropped(&mut self.out, dropped_field, before.saturating_add(dropped));
    }

    /// Writes the attributes that pass, and returns how many were left out.
    fn sift(&mut self, field: u32, fields: &mut Fields<'_>) -> u32 {
        let mut refusals = Refusals::default();
        let mut encoder = AttributeWriter { out: &mut self.out, field, open: Vec::new() };
        let signal = self.signal;
        // The marker was for this gate.
        let is_no_name = |(key, value): &(&str, Foreign<'_>)| *key != MARKER && !says_name(signal, key, *value);
        let given = pairs(fields.get("attributes")).filter(is_no_name);
        let mut sieve = Sieve { encoder: &mut encoder, consent: self.consent, held: Nothing, notes: &mut refusals };
        sieve.attributes(&signal.attributes, given);
        if let Some(body) = signal.body() {
            sieve.body(body, fields.get("body").map(Foreign::Any));
        }
        for (why, path) in refusals.iter() {
            self.stop(why, path);
        }
        refusals.dropped()
    }

    fn stop(&mut self, why: Why, what: &str) {
        self.stopped.add(format!("{} {}", self.signal.name, words::key(what)), why);
    }
}

/// Returns whether an attribute only repeats the name of an event and is not in the catalogue.
fn says_name(signal: &Signal, key: &str, value: Foreign<'_>) -> bool {
    let is_one = signal.kind == SignalKind::Event && key == EVENT_NAME && signal.attribute(EVENT_NAME).is_none();
    is_one && is_named(&signal.name, value.as_text())
}

/// Counts attributes of the process that do not pass.
fn stop_of_process<'r>(refusals: impl Iterator<Item = (Why, &'r str)>, stopped: &mut Stopped) {
    refusals.for_each(|(why, path)| stopped.add(format!("resource {}", words::key(path)), why));
}

/// The number of attributes that were left out, if any.
fn put_dropped(out: &mut Vec<u8>, field: u32, dropped: u32) {
    if dropped > 0 {
        put_varint(out, field, u64::from(dropped));
    }
}

fn list(json: Option<&Json>) -> &[Json] {
    if let Some(Json::List(elements)) = json { elements } else { &[] }
}

/// The key and value of a `KeyValue`.
fn key_and_value(pair: &Json) -> Option<(&str, Option<&Json>)> {
    let mut fields = Fields::of(pair)?;
    match fields.get("key") {
        None => Some(("", fields.get("value"))),
        Some(Json::Text(key)) => Some((key.as_str(), fields.get("value"))),
        Some(_) => None,
    }
}

/// Counts what a scope has besides its name and version, which every scope has and none keeps.
fn count_scope(scope: Option<&Json>, stopped: &mut Stopped) {
    let Some(mut fields) = scope.and_then(Fields::of) else { return };
    for (key, _) in list(fields.get("attributes")).iter().filter_map(key_and_value) {
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

/// Returns whether a member means the same as a missing one.
fn is_nothing(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::Text(text) => text.is_empty(),
        Json::List(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        json => json.as_integer() == Some(0_u64),
    }
}
