//! Payloads held against what the program's own catalogue says: for whoever takes in what others sent.
//!
//! The generator writes a module `validate` for a catalogue, which is the fastest. Here is what that is made of, and
//! [`validator`], which makes the same of any [`Catalogue`] when the program runs.

pub use candor_validate::engine::*;

use crate::{AttributeInfo, Catalogue, Collected, ObjectInfo, Signal, SignalKind};

/// Holds payloads against this catalogue at a level of consent.
///
/// ```
/// use candor::validate::{Level, validator};
///
/// let validator = validator(candor::catalogue!("tests/fixtures/demo.yaml"), Level::Default);
/// let payload = br#"{"kind":"event","name":"demo.noted","timeUnixNano":"1","attributes":{"flag":1}}"#;
/// assert_eq!(validator.check(payload)[0].message, "`flag` is an integer; expected a boolean");
/// ```
pub fn validator(catalogue: &'static Catalogue, level: Level) -> Validator<'static> {
    let mut specs = Specs {
        spec: Spec { service: catalogue.service, attributes: Vec::new(), objects: Vec::new(), signals: Vec::new() },
        objects: Vec::new(),
    };
    catalogue.signals.iter().for_each(|signal| specs.add_signal(signal));
    Validator::of(specs.spec, level)
}

/// What a catalogue says of payloads, put together signal by signal.
struct Specs {
    spec: Spec<'static>,
    /// The objects that [`Spec::objects`] has.
    objects: Vec<&'static str>,
}

impl Specs {
    fn add_signal(&mut self, signal: &Signal) {
        let opt_in = signal.collected == Collected::OptIn;
        let mut attributes = Vec::new();
        for own in signal.attributes {
            // What a signal sends without the opt-in must be enough with it.
            let required = own.required && (opt_in || own.attribute.collected == Collected::Default);
            attributes.push(MemberSpec {
                name: own.attribute.name,
                attribute: self.add_attribute(own.attribute),
                required,
            });
        }
        let kind = match signal.kind {
            SignalKind::Span => Kind::Span,
            SignalKind::Event => Kind::Event,
        };
        self.spec.signals.push(SignalSpec { kind, name: signal.name, row: None, opt_in, attributes });
    }

    fn add_attribute(&mut self, attribute: &'static AttributeInfo) -> usize {
        let domain = self.domain(&attribute.domain);
        let opt_in = attribute.collected == Collected::OptIn;
        self.spec.attributes.push(AttributeSpec { row: attribute.row, opt_in, domain });
        self.spec.attributes.len() - 1
    }

    /// The position of an object, whose fields come after those of the objects that it holds.
    fn object(&mut self, object: &'static ObjectInfo) -> usize {
        if let Some(position) = self.objects.iter().position(|id| *id == object.id) {
            return position;
        }
        let mut fields = Vec::new();
        for field in object.fields {
            let attribute = self.add_attribute(field.attribute);
            fields.push(MemberSpec { name: field.name, attribute, required: field.required });
        }
        self.objects.push(object.id);
        self.spec.objects.push(ObjectSpec { fields });
        self.objects.len() - 1
    }

    fn domain(&mut self, domain: &'static crate::Domain) -> Domain<'static> {
        match domain {
            crate::Domain::String { max_length, pattern } => Domain::String {
                max_length: *max_length,
                pattern: pattern.map(|pattern| Pattern::new(pattern.source())),
            },
            crate::Domain::Boolean => Domain::Boolean,
            crate::Domain::Int { minimum, maximum } => Domain::Integer { minimum: *minimum, maximum: *maximum },
            crate::Domain::Double { minimum, maximum } => Domain::Double { minimum: *minimum, maximum: *maximum },
            crate::Domain::Timestamp => Domain::Timestamp,
            crate::Domain::Enum(members) => Domain::Enum(members.to_vec()),
            crate::Domain::Object(object) => Domain::Object(self.object(object)),
            crate::Domain::List { item, max_items } => {
                Domain::List { item: Box::new(self.domain(item)), max_items: *max_items }
            }
        }
    }
}
