//! Problems in words: what is wrong where, and what the catalogue knows about it.

use candor_schema::{Attribute, Catalogue, Collected, Row, Signal, SignalKind, Type};
use serde_json::Value;

use crate::json::join;
use crate::otlp::SERVICE_NAME;
use crate::verdict::{Rule, Violation};
use crate::words::{self, describe};

/// What can be wrong at a place in a payload. Whoever finds problems need not know the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Problem {
    Unknown,
    Missing,
    Duplicate,
    OtherSignal,
    WrongType { expected: String },
    NotInEnum { members: String },
    TooLong { most: u64 },
    TooShort { least: u64 },
    Pattern { pattern: String },
    OutOfRange { bound: String },
    TooManyItems { most: u64 },
    Other { keyword: String },
}

/// The violations behind problems, for a user of this level of consent.
pub(crate) fn explain(
    catalogue: &Catalogue,
    level: Collected,
    payload: &Value,
    problems: impl Iterator<Item = (String, Problem)>,
) -> Vec<Violation> {
    let head = Head::of(catalogue, payload);
    let view = View { catalogue, level, payload, head };
    let mut violations = Vec::new();
    for (pointer, problem) in problems {
        if problem == Problem::OtherSignal {
            view.explain_extras(&mut violations);
        }
        match (&problem, pointer.as_str()) {
            (Problem::Unknown, "/resource" | "/scope") => view.explain_around(&pointer, &mut violations),
            _ => violations.push(view.explain_problem(pointer, &problem)),
        }
    }
    violations
}

/// The members of the payload form.
const FORM: [&str; 11] = [
    "kind",
    "name",
    "startTimeUnixNano",
    "endTimeUnixNano",
    "timeUnixNano",
    "attributes",
    "traceId",
    "spanId",
    "parentSpanId",
    "droppedAttributesCount",
    "status",
];

/// What a payload says that it is.
struct Head<'p> {
    kind: Option<SignalKind>,
    name: Option<&'p str>,
    signal: Option<&'p Signal>,
}

impl<'p> Head<'p> {
    fn of(catalogue: &'p Catalogue, payload: &'p Value) -> Self {
        let word = payload.get("kind").and_then(Value::as_str);
        let kind = [SignalKind::Span, SignalKind::Event].into_iter().find(|kind| word == Some(kind.word()));
        let name = payload.get("name").and_then(Value::as_str);
        let is_it = |signal: &&Signal| Some(signal.kind) == kind && Some(signal.name.as_str()) == name;
        Head { kind, name, signal: catalogue.signals().iter().find(is_it) }
    }
}

struct View<'p> {
    catalogue: &'p Catalogue,
    level: Collected,
    payload: &'p Value,
    head: Head<'p>,
}

/// A place in a payload: how people call it, and the attribute that the catalogue has there.
struct Spot<'p> {
    subject: String,
    attribute: Option<&'p Attribute>,
    value: Option<&'p Value>,
}

impl<'p> View<'p> {
    fn explain_problem(&self, pointer: String, problem: &Problem) -> Violation {
        let spot = self.spot(&pointer);
        let Spot { subject, .. } = &spot;
        let value = spot.value.unwrap_or(&Value::Null);
        let what = describe(value);
        let (rule, message) = match problem {
            Problem::Unknown => self.explain_unknown(&pointer, &spot),
            Problem::Missing => (Rule::MissingKey, format!("{subject} is missing")),
            Problem::Duplicate => (Rule::DuplicateKey, format!("{subject} is there more than once")),
            Problem::OtherSignal => self.explain_signal(),
            Problem::WrongType { expected } => (Rule::WrongType, format!("{subject} is {what}; expected {expected}")),
            Problem::NotInEnum { members } => (Rule::NotInEnum, format!("{subject} is {what} and none of {members}")),
            Problem::TooLong { most } => (Rule::TooLong, format!("{subject} is {what}; at most {most} are allowed")),
            Problem::TooShort { least } => {
                (Rule::TooShort, format!("{subject} is {what}; at least {least} are needed"))
            }
            Problem::Pattern { pattern } => {
                (Rule::Pattern, format!("{subject} is {what} that does not match `{pattern}`"))
            }
            Problem::OutOfRange { bound } => {
                (Rule::OutOfRange, format!("{subject} is {what} outside its range; expected {bound}"))
            }
            Problem::TooManyItems { most } => {
                (Rule::TooManyItems, format!("{subject} is {what}; at most {most} are allowed"))
            }
            Problem::Other { keyword } => {
                (Rule::Schema, format!("{subject} does not satisfy `{keyword}` of the schema"))
            }
        };
        Violation { pointer, rule, message }
    }

    fn explain_unknown(&self, pointer: &str, spot: &Spot<'_>) -> (Rule, String) {
        let subject = &spot.subject;
        if let Some(attribute) = spot.attribute {
            return match self.level == Collected::Default && attribute.collected == Collected::OptIn {
                true => (Rule::NotAllowed, only_after_opt_in(subject, Some(self.catalogue.row(attribute.row)))),
                false => (Rule::UnknownKey, format!("{subject} is in the catalogue, but not in the schema")),
            };
        }
        let elsewhere = attribute_key(pointer).is_some_and(|key| self.is_carried(&key));
        let message = match self.head.signal.filter(|_| elsewhere) {
            Some(signal) => {
                let (kind, name) = (signal.kind.word(), words::key(&signal.name));
                format!("{subject} is in the catalogue, but not for the {kind} {name}")
            }
            None if !pointer.starts_with("/attributes/") => format!("{subject} is no part of the payload form"),
            None => format!("{subject} is in no row of the catalogue"),
        };
        (Rule::UnknownKey, message)
    }

    /// Whether any signal carries an attribute of this name.
    fn is_carried(&self, key: &str) -> bool {
        let mut carried = self.catalogue.signals().iter().flat_map(|signal| &signal.attributes);
        carried.any(|own| self.catalogue.attribute(own.attribute).name == key)
    }

    /// Each member of the resource or the scope by itself.
    fn explain_around(&self, pointer: &str, violations: &mut Vec<Violation>) {
        let what = pointer.trim_start_matches('/');
        let members = self.payload.pointer(pointer).and_then(Value::as_object);
        for key in members.into_iter().flat_map(|members| members.keys()) {
            let shown = words::key(key);
            let why = match what == "resource" && key == SERVICE_NAME {
                true => format!("is not the catalogue's service, {}", words::key(self.catalogue.head().service())),
                false => "is in no row of the catalogue".to_owned(),
            };
            let message = format!("{shown} of the {what} {why}");
            violations.push(Violation { pointer: join(pointer, key), rule: Rule::UnknownKey, message });
        }
        if members.is_none_or(|members| members.is_empty()) {
            violations.push(self.explain_problem(pointer.to_owned(), &Problem::Unknown));
        }
    }

    fn explain_signal(&self) -> (Rule, String) {
        let name = words::key(self.head.name.unwrap_or_default());
        match (self.head.kind, self.head.signal) {
            (_, Some(signal)) if self.level == Collected::Default && signal.collected == Collected::OptIn => {
                let row = signal.row.map(|row| self.catalogue.row(row));
                (Rule::NotAllowed, only_after_opt_in(&format!("the {} {name}", signal.kind.word()), row))
            }
            (_, Some(signal)) => (
                Rule::UnknownSignal,
                format!("the {} {name} is not the one that the schema is for", signal.kind.word()),
            ),
            (Some(kind), None) => (Rule::UnknownSignal, format!("{name} is no {} of the catalogue", kind.word())),
            (None, None) => (Rule::UnknownSignal, "`kind` is neither `span` nor `event`".to_owned()),
        }
    }

    /// What a signal carries that no signal can: a schema says nothing of it when it does not know the signal.
    fn explain_extras(&self, violations: &mut Vec<Violation>) {
        let members = self.payload.as_object().into_iter().flat_map(|members| members.keys());
        for key in members.filter(|key| !FORM.contains(&key.as_str())) {
            match key.as_str() {
                "resource" | "scope" => self.explain_around(&format!("/{key}"), violations),
                key => violations.push(self.explain_problem(join("", key), &Problem::Unknown)),
            }
        }
    }

    /// Follows a pointer through payload and catalogue at the same time.
    fn spot(&self, pointer: &str) -> Spot<'p> {
        let mut value = Some(self.payload);
        let mut shown = String::new();
        let mut attribute = None;
        let mut ty: Option<&Type> = None;
        for (depth, key) in keys(pointer).enumerate() {
            let items = value.and_then(Value::as_array);
            value = match items {
                Some(items) => key.parse().ok().and_then(|index: usize| items.get(index)),
                None => value.and_then(|value| value.get(&key)),
            };
            if items.is_some() {
                shown.push_str(&format!("[{key}]"));
                ty = ty.and_then(|ty| if let Type::List { item, .. } = ty { Some(item.as_ref()) } else { None });
                continue;
            }
            attribute = if depth == 1 { self.carried(pointer, &key) } else { self.field(ty, &key) };
            ty = attribute.map(|attribute| &attribute.ty);
            if !shown.is_empty() {
                shown.push('.');
            }
            if depth > 0 || key != "attributes" {
                shown.push_str(&key);
            }
        }
        let subject = match pointer {
            "" => "the payload".to_owned(),
            "/attributes" => "`attributes`".to_owned(),
            _ => words::key(&shown),
        };
        Spot { subject, attribute, value }
    }

    fn carried(&self, pointer: &str, key: &str) -> Option<&'p Attribute> {
        let carried = self.head.signal.filter(|_| pointer.starts_with("/attributes/"))?.attributes.iter();
        carried.map(|own| self.catalogue.attribute(own.attribute)).find(|attribute| attribute.name == key)
    }

    fn field(&self, ty: Option<&Type>, key: &str) -> Option<&'p Attribute> {
        let Type::Object(id) = ty? else { return None };
        let field = self.catalogue.object(*id).fields.iter().find(|field| field.name == key)?;
        Some(self.catalogue.attribute(field.attribute))
    }
}

fn only_after_opt_in(subject: &str, row: Option<&Row>) -> String {
    match row {
        Some(row) => format!("{subject} ({}) is collected only after opt-in", row.title),
        None => format!("{subject} is collected only after opt-in"),
    }
}

/// The keys of a JSON Pointer.
fn keys(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~"))
}

/// The attribute's key, when the pointer is that of a whole attribute.
fn attribute_key(pointer: &str) -> Option<String> {
    let mut keys = keys(pointer.strip_prefix("/attributes")?);
    let key = keys.next()?;
    keys.next().is_none().then_some(key)
}
