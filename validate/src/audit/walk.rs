//! One payload, held against what the catalogue expects: every key and every value.

use std::borrow::Cow;
use std::sync::Arc;

use candor_schema::{Attribute, AttributeId, Collected, Consent, Domain, Encoding, Join, Scalar, SignalKind};
use serde_json::{Map, Value};

use crate::audit::domain::misfit;
use crate::audit::expected::{Expected, ExpectedSignal};
use crate::audit::lasting::Sighting;
use crate::audit::ledger::{Hit, Spot, Words};
use crate::audit::memory::{Memory, Place};
use crate::audit::names::MANY;
use crate::audit::redact;
use crate::audit::subject::{Pointer, subject};
use crate::audit::texts::Standing;
use crate::audit::{Granted, Harm, Rule, keys};
use crate::engine::notes::SERVICE_NAME;
use crate::engine::words;
use crate::json::keys;
use crate::json::why_broken;
use crate::metric;
use crate::payload::{Origin, Payload};

/// Walks through a payload and notes what it finds.
pub(super) fn walk(expected: &Expected<'_>, granted: Granted, payload: &Payload, memory: &mut Memory) {
    let word = payload.value.get("kind").and_then(Value::as_str);
    let kind = word.and_then(SignalKind::of_word);
    let name = payload.value.get("name").and_then(Value::as_str).unwrap_or_default();
    let listed = kind.and_then(|kind| expected.signal(kind, name));
    let signal = listed.or_else(|| expected.near(kind?, name, &memory.coverage));
    let called = if listed.is_some() { name.into() } else { memory.call(Place::Signal, name).text };
    let label = memory.share(&called);
    let origin = Arc::new(payload.origin.clone());
    let (pointer, hashes) = (Pointer::default(), Vec::new());
    let text = || memory.lasting.number(&payload.value.to_string());
    let number = if expected.has_signal_ids() { text() } else { 0 };
    let mut walk = Walk { expected, granted, kind, signal, number, label, origin, pointer, hashes, memory };
    walk.memory.ledger.count_signal();
    if walk.granted == Granted::Off {
        walk.note(Hit::new(Rule::SentWhileOff), None, "was sent although telemetry was off");
    }
    match (listed, word) {
        (Some(listed), _) => walk.known_signal(listed),
        (None, Some(metric::KIND)) => return walk.metric_and_around(name, payload),
        (None, _) => walk.unknown_signal(kind, name),
    }
    walk.members(&payload.value);
    walk.around(payload);
}

/// The position of a walk, and its luggage.
pub(super) struct Walk<'w, 'c> {
    pub expected: &'w Expected<'c>,
    pub granted: Granted,
    pub kind: Option<SignalKind>,
    /// The signal that the catalogue lists, or one that was probably meant.
    pub signal: Option<&'w ExpectedSignal<'c>>,
    /// A number for the signal as it was sent, where an identifier must not be in two.
    number: u64,
    /// The signal as findings call it.
    label: Arc<str>,
    origin: Arc<Origin>,
    pub pointer: Pointer,
    /// Identifiers in lists of objects that look like hashes, by their places.
    pub hashes: Vec<(Arc<str>, Vec<&'w str>)>,
    pub memory: &'w mut Memory,
}

const IN_NO_ROW: &str = "is in no row of the page";
const MANY_NAMES: &str = "stands for many different names in no row of the page";

impl<'w, 'c> Walk<'w, 'c> {
    /// Names the permission that was missing.
    fn withheld_words(&self, collected: Collected) -> String {
        match collected {
            Collected::OptIn => "is collected only after opt-in".to_owned(),
            collected => format!("is collected only with `{}`", self.expected.catalogue.channel_name(collected)),
        }
    }

    fn metric_and_around(&mut self, name: &str, payload: &'w Payload) {
        self.metric(name, &payload.value);
        self.around(payload);
    }

    /// Audits the data around the payload.
    fn around(&mut self, payload: &'w Payload) {
        payload.duplicates.iter().for_each(|pointer| self.duplicate(pointer));
        payload.repeated.iter().for_each(|(pointer, value)| self.repeated(pointer, value));
        if let Some(scope) = &payload.scope
            && self.memory.scope.as_ref().is_none_or(|last| last != scope)
        {
            self.memory.scope = Some(Arc::clone(scope));
            for (key, text) in [("name", &scope.name), ("version", &scope.version)] {
                self.inside("scope", |walk| walk.inside(key, |walk| walk.text(text, Standing::Unlisted)));
            }
        }
    }

    /// Audits the fact that a signal was sent.
    fn known_signal(&mut self, known: &ExpectedSignal<'c>) {
        self.memory.coverage.see_signal(known.index);
        if self.is_withheld(known.signal.collected) {
            let row = known.signal.row.map(|row| self.expected.catalogue.row(row).title.clone());
            let spot = self.spot();
            let subject = format!("the {} {}", known.signal.kind.word(), words::key(&known.signal.name));
            let hit = Hit::new(Rule::NotAllowed).with(subject.clone());
            let message = self.withheld_words(known.signal.collected);
            let words = || Words { subject, message, row, example: None };
            self.memory.ledger.note(hit, &spot, 1, words);
        }
    }

    fn unknown_signal(&mut self, kind: Option<SignalKind>, name: &str) {
        let called = self.memory.call(Place::Signal, name);
        let subject = format!("the {} {}", kind.map_or("signal", SignalKind::word), words::key(&called.text));
        let message = if called.is_many { MANY_NAMES } else { IN_NO_ROW };
        let spot = self.spot();
        let words = || Words { subject: subject.clone(), message: message.to_owned(), row: None, example: None };
        self.memory.ledger.note(Hit::new(Rule::UnknownSignal).with(subject.clone()), &spot, 1, words);
        self.suspect(name, Standing::Unlisted);
    }

    fn members(&mut self, payload: &'w Value) {
        payload.as_object().into_iter().for_each(|members| self.times(members));
        for (key, value) in payload.as_object().into_iter().flatten() {
            match (key.as_str(), value) {
                ("attributes", Value::Object(attributes)) => self.inside(key, |walk| walk.attributes(attributes)),
                ("resource" | "scope", Value::Object(members)) => self.inside(key, |walk| walk.context(key, members)),
                ("body", value) if self.body().is_some() => {
                    self.body().into_iter().for_each(|id| self.listed(key, id, value))
                }
                ("status", Value::Object(status)) => self.inside(key, |walk| walk.status(status)),
                ("events", Value::Array(events)) => self.inside(key, |walk| walk.span_events(events)),
                ("channels", Value::String(marker)) => self.marker(key, marker),
                ("links", Value::Array(links)) => self.inside(key, |walk| walk.span_links(links)),
                (key, value) if is_structure(key, value) => self.parent(key, value),
                (key, value) if self.is_measured(key, value) => {}
                _ => self.unlisted(Place::Part, key, value),
            }
        }
    }

    /// The permissions that a signal says it needs. A name that is none is a text that no page lists.
    fn marker(&mut self, key: &str, marker: &'w str) {
        let head = self.expected.catalogue.head();
        let needs = marker.split(',').map(|name| head.channel_number(name)).collect::<Option<Vec<_>>>();
        match needs {
            None => self.inside(key, |walk| walk.text(marker, Standing::Unlisted)),
            Some(numbers) => {
                let not_granted =
                    numbers.into_iter().find(|number| !self.granted.consent().includes(Consent::of(*number)));
                if let Some(name) = not_granted.and_then(|number| head.channel_name(number)) {
                    let message = format!("says that it needs `{name}`, which was not granted");
                    self.inside(key, |walk| walk.note(Hit::new(Rule::NotAllowed).with(name.to_owned()), None, message));
                }
            }
        }
    }

    fn attributes(&mut self, attributes: &'w Map<String, Value>) {
        attributes.iter().for_each(|(key, value)| self.attribute(key, value));
        if let Some(known) = self.signal {
            let own = known.signal.attributes.iter().map(|own| own.attribute);
            let named = own.map(|id| (id, &*self.expected.catalogue.attribute(id).name));
            self.beside_each_other(named, attributes);
        }
        self.compositions(attributes);
    }

    /// The attribute that is the body of this log record.
    fn body(&self) -> Option<AttributeId> {
        self.signal?.signal.body
    }

    fn attribute(&mut self, key: &str, value: &'w Value) {
        match self.expected.attribute(self.kind, self.signal, key) {
            Some(id) => self.listed(key, id, value),
            None => self.unlisted(Place::Attribute, key, value),
        }
    }

    /// An attribute, or a field of an object, that the catalogue has here. Null is absence.
    pub fn listed(&mut self, key: &str, id: AttributeId, value: &'w Value) {
        let attribute = self.expected.catalogue.attribute(id);
        if value.is_null() && !self.is_withheld(attribute.collected) {
            return;
        }
        self.inside(key, |walk| {
            if walk.is_withheld(attribute.collected) {
                walk.note(Hit::new(Rule::NotAllowed).of(id), Some(value), walk.withheld_words(attribute.collected));
            }
            walk.memory.coverage.see(id);
            walk.keep_hash(id, value);
            walk.lasting(id, attribute, value);
            walk.value(id, attribute, &attribute.domain, value);
        });
    }

    /// An identifier that is said to be new in each signal or run.
    fn lasting(&mut self, id: AttributeId, attribute: &Attribute, value: &Value) {
        let Some(scope) = attribute.identifier.as_ref().and_then(|identifier| identifier.scope) else { return };
        let now = Sighting { capture: self.memory.ledger.capture(), signal: self.number };
        let text = value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed);
        if let Some(message) = self.memory.lasting.stays(id, scope, &text, now) {
            self.note(Hit::new(Rule::Lasting).of(id), None, message);
        }
    }

    /// A value of an attribute, or an item of it.
    fn value(&mut self, id: AttributeId, attribute: &'c Attribute, domain: &'c Domain, value: &'w Value) {
        if let Some(why) = why_broken(value) {
            self.note(Hit::new(Rule::Unreadable).of(id), None, why);
            return self.texts(value, Standing::Listed { id, attribute, fits: false });
        }
        let misfit = misfit(domain, value).filter(|_| !(value.is_null() && attribute.nullable));
        let fits = misfit.is_none();
        if let Some(misfit) = misfit {
            let is_broken = attribute.encoding == Encoding::Json && value.is_string();
            let why = if is_broken { "is a text that is not JSON to its end".to_owned() } else { misfit.why };
            self.note(Hit::new(misfit.rule).of(id), Some(value), why);
            self.stray(id, misfit.rule, value);
        }
        match (domain, value) {
            (Domain::List { item, .. }, Value::Array(items)) => self.inside_a_list(|walk| {
                for value in items {
                    walk.value(id, attribute, item, value);
                }
            }),
            (Domain::Map { key: keys, value: domain, .. }, Value::Object(entries)) => self.inside_a_list(|walk| {
                for (key, value) in entries {
                    if keys.judge(Scalar::Text(key)).is_err() {
                        let why = "is a map with a key that the page does not admit".to_owned();
                        walk.note(Hit::new(Rule::Pattern).of(id), None, why);
                    }
                    walk.value(id, attribute, domain, value);
                }
            }),
            (Domain::Object(object), Value::Object(members)) => {
                let Some(object) = self.expected.catalogue.object_id_of(object) else { return };
                for (key, value) in members {
                    match self.expected.field(object, key) {
                        Some(field) => self.listed(key, field.attribute, value),
                        None => self.unlisted(Place::Field, key, value),
                    }
                }
                let fields = self.expected.catalogue.object(object).fields.iter();
                self.beside_each_other(fields.map(|field| (field.attribute, field.name.as_str())), members);
            }
            _ => self.texts(value, Standing::Listed { id, attribute, fits }),
        }
    }

    /// One value outside a closed domain is a mistake; many are no closed domain.
    fn stray(&mut self, id: AttributeId, rule: Rule, value: &Value) {
        let is_many = rule == Rule::NotInEnum && value.as_str().is_some_and(|text| self.memory.strays(id, text));
        if is_many {
            let message = format!("has a closed domain, and more than {MANY} different values outside it");
            self.note(Hit::new(Rule::ManyValues).of(id), Some(value), message);
        }
    }

    /// Something that the catalogue has not here.
    pub fn unlisted(&mut self, place: Place, key: &str, value: &'w Value) {
        let name = self.memory.call(place, key);
        let is_listed = matches!(place, Place::Attribute | Place::Context) && self.expected.anywhere(key).is_some();
        let is_personal = matches!(place, Place::Attribute | Place::Context) && keys::is_personal(key);
        let (rule, message) = match place {
            Place::Context if is_listed => (Rule::MisplacedAttribute, "is in the catalogue, but not for the resource"),
            _ if is_listed && self.is_withheld_anywhere(key) => {
                (Rule::MisplacedAttribute, "is in the catalogue only after opt-in, and not for this signal")
            }
            _ if is_listed => (Rule::MisplacedAttribute, "is in the catalogue, but not for this signal"),
            Place::Context if key == SERVICE_NAME => (place.rule(), "is not the service that the catalogue is for"),
            _ if is_personal => (place.rule(), "is about a person or a machine, and in no row of the page"),
            _ if name.is_many => (place.rule(), MANY_NAMES),
            _ => (place.rule(), IN_NO_ROW),
        };
        let harm = if is_personal && !is_listed { Harm::Personal } else { rule.harm() };
        self.inside(&name.text, |walk| {
            walk.note(Hit { harm, ..Hit::new(rule).with(message) }, Some(value), message);
            walk.member(key, value, Standing::Unlisted);
        });
    }

    /// Audits a resource or a scope. The page's words about a signal hold for its resource.
    pub fn context(&mut self, around: &str, members: &'w Map<String, Value>) {
        for (key, value) in members {
            let own = (around == "resource").then(|| self.expected.of_process(key)).flatten();
            if own.is_none() && keys::is_common_schema(key, value) {
                continue;
            }
            match own.or_else(|| self.expected.attribute(self.kind, self.signal, key)) {
                Some(id) => self.listed(key, id, value),
                None => self.unlisted(Place::Context, key, value),
            }
        }
    }

    /// A status says by its code how it ended. Its message is a text that no catalogue can list.
    fn status(&mut self, status: &'w Map<String, Value>) {
        for (key, value) in status.iter().filter(|(key, value)| *key != "code" || !value.is_u64()) {
            self.unlisted(Place::Part, key, value);
        }
    }

    fn span_events(&mut self, events: &'w [Value]) {
        for event in events {
            let name = event.get("name").and_then(Value::as_str).unwrap_or_default();
            let called = self.memory.call(Place::Part, name);
            self.inside(&called.text, |walk| {
                walk.note(Hit::new(Rule::UnknownPart), None, IN_NO_ROW);
                walk.suspect(name, Standing::Unlisted);
                walk.attached(event, &["name", "timeUnixNano"]);
            });
        }
    }

    fn span_links(&mut self, links: &'w [Value]) {
        let may_link = self.may_join(Join::Link);
        self.inside_a_list(|walk| {
            for link in links {
                if !may_link {
                    walk.note(Hit::new(Rule::UnknownPart), None, IN_NO_ROW);
                }
                walk.attached(link, &["traceId", "spanId", "flags"]);
            }
        });
    }

    /// Audits the events and links of a span.
    fn attached(&mut self, value: &'w Value, structure: &[&str]) {
        value.as_object().into_iter().for_each(|members| self.times(members));
        for (key, value) in value.as_object().into_iter().flatten() {
            match (key.as_str(), value) {
                ("attributes", Value::Object(attributes)) => self.inside(key, |walk| {
                    for (key, value) in attributes {
                        walk.unlisted(Place::Attribute, key, value);
                    }
                }),
                (key, _) if structure.contains(&key) => {}
                _ => self.unlisted(Place::Part, key, value),
            }
        }
    }

    fn duplicate(&mut self, pointer: &str) {
        self.go(&keys(pointer).collect::<Vec<_>>());
        self.note(Hit::new(Rule::DuplicateKey), None, "is there more than once");
        self.pointer.back(0);
    }

    /// A further value of a key, judged as the first one is.
    fn repeated(&mut self, pointer: &str, value: &'w Value) {
        let parts: Vec<_> = keys(pointer).collect();
        let Some((key, around)) = parts.split_last() else { return self.texts(value, Standing::Unlisted) };
        self.go(around);
        match around {
            [place] if place == "attributes" => self.attribute(key, value),
            [place, path @ ..] if place == "attributes" => match self.field_at(path, key) {
                Some(id) => self.listed(key, id, value),
                None => self.unlisted(Place::Field, key, value),
            },
            [place] if place == "resource" && self.expected.of_process(key).is_some() => {
                self.expected.of_process(key).into_iter().for_each(|id| self.listed(key, id, value));
            }
            [place] if place == "resource" || place == "scope" => self.unlisted(Place::Context, key, value),
            _ => self.inside(key, |walk| walk.member(key, value, Standing::Unlisted)),
        }
        self.pointer.back(0);
    }

    /// The field of an object in an attribute.
    fn field_at(&self, path: &[String], key: &str) -> Option<AttributeId> {
        let (attribute, path) = path.split_first()?;
        let mut id = self.expected.attribute(self.kind, self.signal, attribute)?;
        for part in path.iter().map(String::as_str).chain([key]).filter(|part| !is_position(part)) {
            let catalogue = self.expected.catalogue;
            let object = catalogue.object_id_of(catalogue.attribute(id).domain.object()?)?;
            id = self.expected.field(object, part)?.attribute;
        }
        Some(id)
    }

    /// Goes down to a place from the top.
    fn go(&mut self, parts: &[String]) {
        for part in parts {
            let called = self.memory.call(Place::Part, if is_position(part) { "*" } else { part });
            self.pointer.down(&called.text);
        }
    }

    /// Returns true if data of this kind needs an opt-in that was not given.
    pub fn is_withheld(&self, collected: Collected) -> bool {
        // While everything is off, that something was sent at all is said of the signal.
        let is_told = self.granted == Granted::Off && collected == Collected::Default;
        !self.granted.allows(collected) && !is_told
    }

    fn is_withheld_anywhere(&self, key: &str) -> bool {
        let id = self.expected.anywhere(key);
        id.is_some_and(|id| self.is_withheld(self.expected.catalogue.attribute(id).collected))
    }

    /// Does something below a key of the place where the walk is.
    pub fn inside(&mut self, key: &str, work: impl FnOnce(&mut Self)) {
        let length = self.pointer.down(key);
        work(self);
        self.pointer.back(length);
    }

    fn inside_a_list(&mut self, work: impl FnOnce(&mut Self)) {
        self.inside("*", work);
    }

    /// The place where the walk is.
    pub fn spot(&mut self) -> Spot {
        Spot {
            capture: self.memory.ledger.capture(),
            signal: Arc::clone(&self.label),
            origin: Arc::clone(&self.origin),
            pointer: self.memory.share(self.pointer.as_str()),
        }
    }

    /// Notes a finding where the walk is. Without a detail of its own, the message tells it from others.
    pub fn note(&mut self, hit: Hit, value: Option<&Value>, message: impl Into<Cow<'static, str>>) {
        let spot = self.spot();
        let message = message.into();
        let hit = if hit.detail.is_empty() { hit.with(message.clone()) } else { hit };
        let row = hit.attribute.map(|id| self.expected.row(id).to_owned());
        let words = || Words {
            subject: subject(&spot.pointer),
            message: message.into_owned(),
            row,
            example: value.and_then(example),
        };
        self.memory.ledger.note(hit, &spot, 1, words);
    }
}

fn is_position(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// A value by its shape, unless there is nothing to it.
fn example(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(_) => None,
        Value::String(text) => Some(redact::shape(text)).filter(|shape| !shape.is_empty()),
        value => Some(redact::shape(&value.to_string())),
    }
}

/// A word for how bad something is, in any case, with a number behind it or not.
fn is_severity(word: &str) -> bool {
    const WORDS: [&str; 14] = [
        "trace",
        "verbose",
        "debug",
        "info",
        "information",
        "notice",
        "warn",
        "warning",
        "error",
        "err",
        "critical",
        "alert",
        "emergency",
        "fatal",
    ];
    WORDS.contains(&word.trim_end_matches(|letter: char| letter.is_ascii_digit()).to_ascii_lowercase().as_str())
}

/// Returns true for a member of a payload that only says what it is and when.
fn is_structure(key: &str, value: &Value) -> bool {
    match (key, value) {
        ("kind" | "name", Value::String(_)) => true,
        ("startTimeUnixNano" | "endTimeUnixNano" | "timeUnixNano", Value::String(digits)) => {
            digits.bytes().all(|byte| byte.is_ascii_digit())
        }
        ("traceId" | "spanId" | "parentSpanId", Value::String(id)) => id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        ("droppedAttributesCount" | "severityNumber", Value::Number(_)) => true,
        ("severityText", Value::String(word)) => is_severity(word),
        _ => false,
    }
}
