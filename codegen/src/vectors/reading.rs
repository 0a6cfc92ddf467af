//! Reads a checked catalogue into what vectors need to know of it. The only module here that knows `candor_schema`.

use candor_schema as schema;
use schema::{Catalogue, Collected, Encoding, Example, OnViolation, SignalKind, Type};

use super::model::{Attribute, Domain, Member, Signal, Value};

/// The channel of what is collected by default.
pub const DEFAULT: &str = "default";

/// The channel of what is collected only after the opt-in.
pub const OPT_IN: &str = "opt_in";

/// Every set of channels that a user can have granted.
pub fn consents(_: &Catalogue) -> Vec<Vec<String>> {
    [&[][..], &[DEFAULT], &[DEFAULT, OPT_IN]].map(|names| names.iter().map(|name| (*name).to_owned()).collect()).into()
}

/// Every signal of a catalogue.
pub fn signals(catalogue: &Catalogue) -> Vec<Signal> {
    let signal = |signal: &schema::Signal| {
        let needs = needs(signal.collected);
        let members = signal.attributes.iter().map(|own| {
            let attribute = attribute(catalogue, catalogue.attribute(own.attribute));
            // A signal that is enough without the opt-in is enough with it.
            let required = own.required && (attribute.needs == [DEFAULT] || attribute.needs == needs);
            Member { name: catalogue.attribute(own.attribute).name.clone(), required, attribute }
        });
        let kind = match signal.kind {
            SignalKind::Span => "span",
            SignalKind::Event => "event",
        };
        Signal { id: signal.id.clone(), kind, name: signal.name.clone(), members: members.collect(), needs }
    };
    catalogue.signals().iter().map(signal).collect()
}

/// Every attribute of a catalogue, also those that only objects carry.
pub fn attributes(catalogue: &Catalogue) -> Vec<Attribute> {
    catalogue.attributes().iter().map(|own| attribute(catalogue, own)).collect()
}

fn attribute(catalogue: &Catalogue, attribute: &schema::Attribute) -> Attribute {
    Attribute {
        id: attribute.id.clone(),
        needs: needs(attribute.collected),
        domain: domain(catalogue, &attribute.ty),
        may_be_json: attribute.encoding == Encoding::Json || attribute.ty.object().is_some(),
        cuts: attribute.on_violation == OnViolation::Truncate,
        examples: attribute.examples.iter().map(example).collect(),
    }
}

fn needs(collected: Collected) -> Vec<String> {
    let channel = match collected {
        Collected::Default => DEFAULT,
        Collected::OptIn => OPT_IN,
    };
    vec![channel.to_owned()]
}

fn domain(catalogue: &Catalogue, ty: &Type) -> Domain {
    match ty {
        Type::String(text) => Domain::Text { max_length: text.max_length, pattern: text.pattern.clone() },
        Type::Boolean => Domain::Boolean,
        Type::Int { minimum, maximum } => Domain::Int { minimum: *minimum, maximum: *maximum },
        Type::Double { minimum, maximum } => Domain::Double { minimum: *minimum, maximum: *maximum },
        Type::Timestamp => Domain::Timestamp,
        Type::Enum(members) => Domain::OneOf(members.clone()),
        Type::Object(id) => {
            let object = catalogue.object(*id);
            let fields = object.fields.iter().map(|field| Member {
                name: field.name.clone(),
                required: field.required,
                attribute: attribute(catalogue, catalogue.attribute(field.attribute)),
            });
            Domain::Object { id: object.id.clone(), fields: fields.collect() }
        }
        Type::List { item, max_items } => {
            Domain::List { item: Box::new(domain(catalogue, item)), max_items: *max_items }
        }
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
