//! Reads a checked catalogue into what vectors need to know of it. The only module here that knows `candor_schema`.

use candor_schema as schema;
use schema::{Catalogue, Collected, Encoding, Example, OnViolation, Scalar};

use super::model::{Attribute, Domain, Member, Signal, Value};

/// The channel of what is collected by default.
pub const DEFAULT: &str = "default";

/// The channel of what is collected only after the opt-in.
pub const OPT_IN: &str = "opt_in";

/// Sets of channels that a user can have granted: none first and all last. Where the catalogue names channels, any of them
/// may be granted without any other; of very many sets some.
pub fn consents(catalogue: &Catalogue) -> Vec<Vec<String>> {
    const MOST: usize = 64;
    let channels = catalogue.head().channels();
    let mut names = vec![DEFAULT, OPT_IN];
    names.extend(channels.iter().map(|channel| channel.name.as_str()));
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    if channels.is_empty() {
        return [&names[..0], &names[..1], &names[..2]].map(owned).into();
    }
    let sets = 1_u64 << names.len().min(32);
    let step = (sets / MOST as u64).max(1);
    let chosen = |bits: u64| -> Vec<&str> {
        names.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, name)| *name).collect()
    };
    // An odd step beside the power of two reaches every channel.
    let mut consents: Vec<Vec<String>> =
        (0..MOST as u64).map(|at| (at * (step | 1)) % sets).map(|bits| owned(&chosen(bits))).collect();
    consents.dedup();
    consents.push(owned(&names));
    consents
}

/// Every signal of a catalogue.
pub fn signals(catalogue: &Catalogue) -> Vec<Signal> {
    let signal = |signal: &schema::Signal| {
        let needs = needs(catalogue, signal.collected);
        let members = signal.attributes.iter().map(|own| {
            let attribute = attribute(catalogue, catalogue.attribute(own.attribute));
            // A signal that is enough without the opt-in is enough with it.
            let required = own.required && (attribute.needs == [DEFAULT] || attribute.needs == needs);
            Member { name: catalogue.attribute(own.attribute).name.to_string(), required, attribute }
        });
        let kind = signal.kind.word();
        Signal { id: signal.id.to_string(), kind, name: signal.name.to_string(), members: members.collect(), needs }
    };
    // A body is no member, so signals with one are not told as vectors.
    catalogue.signals().iter().filter(|signal| signal.body.is_none()).map(signal).collect()
}

/// Every attribute of a catalogue, also those that only objects carry.
pub fn attributes(catalogue: &Catalogue) -> Vec<Attribute> {
    catalogue.attributes().iter().map(|own| attribute(catalogue, own)).collect()
}

fn attribute(catalogue: &Catalogue, attribute: &schema::Attribute) -> Attribute {
    Attribute {
        id: attribute.id.to_string(),
        needs: needs(catalogue, attribute.collected),
        domain: domain(catalogue, &attribute.domain),
        may_be_json: attribute.encoding == Encoding::Json || has_names(&attribute.domain),
        cuts: attribute.on_violation == OnViolation::Truncate,
        nullable: attribute.nullable,
        examples: attribute.examples.iter().map(example).collect(),
    }
}

/// Returns true if values have named parts, or are lists of such.
fn has_names(domain: &schema::Domain) -> bool {
    match domain {
        schema::Domain::List { item, .. } => has_names(item),
        schema::Domain::Object(_) | schema::Domain::Map { .. } | schema::Domain::Json { .. } => true,
        _ => false,
    }
}

fn needs(catalogue: &Catalogue, collected: Collected) -> Vec<String> {
    vec![catalogue.channel_name(collected).to_owned()]
}

fn domain(catalogue: &Catalogue, domain: &schema::Domain) -> Domain {
    match domain {
        schema::Domain::String { max_length, pattern } => Domain::Text {
            max_length: bound(*max_length, usize::MAX),
            pattern: pattern.as_ref().map(|pattern| pattern.source().to_owned()),
        },
        schema::Domain::Boolean => Domain::Boolean,
        schema::Domain::Int { minimum, maximum } => {
            Domain::Int { minimum: bound(*minimum, i64::MIN), maximum: bound(*maximum, i64::MAX) }
        }
        schema::Domain::Double { minimum, maximum } => {
            Domain::Double { minimum: bound(*minimum, f64::MIN), maximum: bound(*maximum, f64::MAX) }
        }
        schema::Domain::Timestamp => Domain::Timestamp,
        schema::Domain::Enum(all) => {
            let mut members: Vec<Value> = all.iter().map(scalar).collect();
            let other = if all.is_open() { members.pop() } else { None };
            Domain::OneOf { members, other: other.map(Box::new) }
        }
        schema::Domain::Object(object) => {
            let fields = catalogue.object_of(object).into_iter().flat_map(|object| &object.fields);
            let fields = fields.map(|field| Member {
                name: field.name.clone(),
                required: field.required,
                attribute: attribute(catalogue, catalogue.attribute(field.attribute)),
            });
            Domain::Object { id: object.id.to_string(), fields: fields.collect() }
        }
        schema::Domain::List { item, max_items } => {
            Domain::List { item: Box::new(self::domain(catalogue, item)), max_items: bound(*max_items, usize::MAX) }
        }
        schema::Domain::Map { key, value, max_items } => {
            let [key, value] = [key, value].map(|inner| Box::new(self::domain(catalogue, inner)));
            Domain::Map { key, value, max_items: bound(*max_items, usize::MAX) }
        }
        schema::Domain::Json { max_depth, max_length } => {
            Domain::Json { max_depth: *max_depth, max_length: *max_length }
        }
    }
}

/// A bound that the catalogue sets; `None` for the type's own.
fn bound<N: PartialEq>(bound: N, none: N) -> Option<N> {
    (bound != none).then_some(bound)
}

fn scalar(value: Scalar<'_>) -> Value {
    match value {
        Scalar::Text(text) => Value::text(text),
        Scalar::Boolean(value) => Value::Boolean(value),
        Scalar::Int(value) => Value::Int(value),
        Scalar::Double(value) => Value::Double(value),
        Scalar::Digits(text) => Value::Raw(text.to_owned()),
    }
}

fn example(example: &Example) -> Value {
    match example {
        Example::Boolean(value) => Value::Boolean(*value),
        Example::Int(value) => Value::Int(*value),
        Example::Double(value) => Value::Double(*value),
        Example::Text(text) => Value::text(text),
        Example::List(items) => Value::List(items.iter().map(self::example).collect()),
    }
}
