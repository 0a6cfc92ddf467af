//! A checked catalogue as what the validator needs to know of it.

use candor_schema::{Catalogue, Collected, Field, Object, Signal, SignalKind, Type};
use serde_json::Value;

use crate::engine::notes::{Path, Place, duplicate, in_order};
use crate::engine::{
    AttributeSpec, Domain, Kind, Level, MemberSpec, ObjectSpec, Pattern, Rule, SignalSpec, Spec, Validator, Violation,
};
use crate::json::why_broken;
use crate::payload::Payload;

impl<'c> Validator<'c> {
    /// Compiles what a catalogue says. [`Collected::OptIn`] is the level of a user who opted in.
    pub fn new(catalogue: &'c Catalogue, level: Collected) -> Self {
        let level = if level == Collected::OptIn { Level::OptedIn } else { Level::Default };
        Validator::of(Spec::from(catalogue), level)
    }

    /// Everything that is wrong with a payload that was read before, from OTLP for example.
    pub fn check_payload(&self, payload: &Payload) -> Vec<Violation> {
        let mut violations = self.check(payload.value.to_string().as_bytes());
        for violation in violations.iter_mut().filter(|violation| violation.rule == Rule::WrongType) {
            if let Some(why) = payload.value.pointer(&violation.pointer).and_then(why_broken) {
                violation.message = format!("{} {why}", path(&payload.value, &violation.pointer).subject());
            }
        }
        violations.extend(payload.duplicates.iter().map(|pointer| Violation {
            pointer: pointer.clone(),
            rule: Rule::DuplicateKey,
            message: duplicate(&path(&payload.value, pointer).subject()),
        }));
        in_order(violations)
    }
}

/// The path that a JSON Pointer is.
fn path(payload: &Value, pointer: &str) -> Path {
    let mut value = Some(payload);
    let place = |key: &str| {
        let key = key.replace("~1", "/").replace("~0", "~");
        let item = value.and_then(Value::as_array).and_then(|items| Some((key.parse().ok()?, items)));
        let (place, inner) = match item {
            Some((position, items)) => (Place::Item(position), items.get(position)),
            None => {
                let inner = value.and_then(|value| value.get(&key));
                (Place::Member(key), inner)
            }
        };
        value = inner;
        place
    };
    Path(pointer.split('/').skip(1).map(place).collect())
}

impl<'c> From<&'c Catalogue> for Spec<'c> {
    fn from(catalogue: &'c Catalogue) -> Self {
        let attributes = catalogue.attributes().iter().map(|attribute| AttributeSpec {
            row: &catalogue.row(attribute.row).title,
            opt_in: attribute.collected == Collected::OptIn,
            domain: domain(&attribute.ty),
        });
        Spec {
            service: catalogue.head().service(),
            attributes: attributes.collect(),
            objects: catalogue.objects().iter().map(object).collect(),
            signals: catalogue.signals().iter().map(|own| signal(catalogue, own)).collect(),
        }
    }
}

fn object<'c>(object: &'c Object) -> ObjectSpec<'c> {
    let field = |field: &'c Field| MemberSpec {
        name: &field.name,
        attribute: field.attribute.index(),
        required: field.required,
    };
    ObjectSpec { fields: object.fields.iter().map(field).collect() }
}

fn signal<'c>(catalogue: &'c Catalogue, signal: &'c Signal) -> SignalSpec<'c> {
    let opt_in = signal.collected == Collected::OptIn;
    let attributes = signal.attributes.iter().map(|own| {
        let attribute = catalogue.attribute(own.attribute);
        // What a signal sends without the opt-in must be enough with it.
        let required = own.required && (opt_in || attribute.collected == Collected::Default);
        MemberSpec { name: &attribute.name, attribute: own.attribute.index(), required }
    });
    SignalSpec {
        kind: match signal.kind {
            SignalKind::Span => Kind::Span,
            SignalKind::Event => Kind::Event,
        },
        name: &signal.name,
        row: signal.row.map(|row| catalogue.row(row).title.as_str()),
        opt_in,
        attributes: attributes.collect(),
    }
}

fn domain(ty: &Type) -> Domain<'_> {
    match ty {
        Type::String(domain) => Domain::String {
            max_length: domain.max_length.unwrap_or(usize::MAX),
            pattern: domain.pattern.as_deref().map(Pattern::new),
        },
        Type::Boolean => Domain::Boolean,
        Type::Int { minimum, maximum } => {
            Domain::Integer { minimum: minimum.unwrap_or(i64::MIN), maximum: maximum.unwrap_or(i64::MAX) }
        }
        Type::Double { minimum, maximum } => {
            Domain::Double { minimum: minimum.unwrap_or(f64::MIN), maximum: maximum.unwrap_or(f64::MAX) }
        }
        Type::Timestamp => Domain::Timestamp,
        Type::Enum(members) => Domain::Enum(members.iter().map(String::as_str).collect()),
        Type::Object(id) => Domain::Object(id.index()),
        Type::List { item, max_items } => {
            Domain::List { item: Box::new(domain(item)), max_items: max_items.unwrap_or(usize::MAX) }
        }
    }
}
