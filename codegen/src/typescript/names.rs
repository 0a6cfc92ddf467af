//! Catalogue names to TypeScript names: types, functions, properties. Each is unlike all others of its kind.

use std::collections::{HashMap, HashSet};

use candor_schema::{Attribute, Catalogue, Domain, camel_case};

use crate::fields::Field;
use crate::names::field_name;
use crate::types::typescript::TypeNames;

/// The names of a catalogue's types, functions and constants.
pub(super) struct Names {
    types: HashMap<String, String>,
    functions: HashMap<String, String>,
    attributes: HashMap<String, String>,
    objects: HashMap<String, String>,
}

/// The kinds of things that are types.
#[derive(Clone, Copy)]
pub(super) enum Shape<'n> {
    Signal(&'n str),
    Object(&'n str),
    Resource,
}

impl Names {
    pub fn of(catalogue: &Catalogue) -> Names {
        let mut types = Taken::default();
        let mut named = HashMap::new();
        let signals = crate::fields::emitted(catalogue).map(|signal| (Shape::Signal(&signal.id), "Signal"));
        let objects = catalogue.objects().iter().map(|object| (Shape::Object(&object.id), "Object"));
        for (shape, suffix) in signals.chain([(Shape::Resource, "Process")]).chain(objects) {
            named.insert(shape.key(None), types.take(&camel_case(shape.id()), suffix));
        }
        for shape in shapes(catalogue) {
            for channel in catalogue.head().channels().iter().map(|one| &*one.name).chain(["default", "opt_in"]) {
                let whole = format!("{}{}", named[&shape.key(None)], camel_case(channel));
                named.insert(shape.key(Some(channel)), types.take(&whole, "Group"));
            }
        }
        for attribute in catalogue.attributes() {
            if let Domain::Enum(_) = attribute.domain.innermost() {
                named.insert(format!("enum {}", attribute.id), types.take(&camel_case(&attribute.id), "Value"));
            }
        }
        let mut functions = Taken::default();
        for own in ["catalogue", "resource"] {
            functions.take(own, "");
        }
        let each = |taken: &mut Taken, ids: Vec<String>| -> HashMap<String, String> {
            ids.into_iter().map(|id| (id.clone(), taken.take(&word(&lower_camel(&id)), "Signal"))).collect()
        };
        Names {
            types: named,
            functions: each(&mut functions, crate::fields::emitted(catalogue).map(|one| one.id.to_string()).collect()),
            attributes: each(
                &mut Taken::default(),
                catalogue.attributes().iter().map(|one| one.id.to_string()).collect(),
            ),
            objects: each(&mut Taken::default(), catalogue.objects().iter().map(|one| one.id.to_string()).collect()),
        }
    }

    /// The type of a signal, an object or the resource; of the part behind a channel where one is named.
    pub fn ty(&self, shape: Shape<'_>, channel: Option<&str>) -> String {
        self.types[&shape.key(channel)].clone()
    }

    /// The function that records a shape.
    pub fn record(&self, shape: Shape<'_>) -> String {
        match shape {
            Shape::Signal(id) => format!("${}", self.functions[id]),
            Shape::Object(id) => format!("${}Object", self.objects[id]),
            Shape::Resource => "$resource".to_owned(),
        }
    }

    /// The function that emits a signal.
    pub fn function(&self, signal: &str) -> String {
        self.functions[signal].clone()
    }

    /// The constant of an attribute.
    pub fn attribute(&self, id: &str) -> String {
        format!("$attributes.{}", self.attributes[id])
    }

    /// The constant of an object.
    pub fn object(&self, id: &str) -> String {
        format!("$objects.{}", self.objects[id])
    }
}

impl TypeNames for Names {
    fn of_enum(&self, attribute: &Attribute) -> String {
        self.types[&format!("enum {}", attribute.id)].clone()
    }

    fn of_object(&self, id: &str) -> String {
        self.ty(Shape::Object(id), None)
    }
}

impl Shape<'_> {
    fn id(&self) -> &str {
        match self {
            Shape::Signal(id) | Shape::Object(id) => id,
            Shape::Resource => "resource",
        }
    }

    fn key(&self, channel: Option<&str>) -> String {
        let kind = match self {
            Shape::Signal(_) => "signal",
            Shape::Object(_) => "object",
            Shape::Resource => "resource",
        };
        format!("{kind} {} {}", self.id(), channel.unwrap_or_default())
    }
}

fn shapes(catalogue: &Catalogue) -> impl Iterator<Item = Shape<'_>> {
    let signals = crate::fields::emitted(catalogue).map(|signal| Shape::Signal(&signal.id));
    signals.chain(catalogue.objects().iter().map(|object| Shape::Object(&object.id))).chain([Shape::Resource])
}

/// The properties of a shape: the parts behind channels, then its fields.
pub(super) fn properties(fields: &[Field<'_>], channels: &[&str]) -> (Vec<String>, Vec<String>) {
    let mut taken = Taken::default();
    let channels = channels.iter().map(|channel| taken.take(&property(channel), "Channel")).collect();
    let mut one = |field: &Field<'_>| {
        let (wire, id) = (property(field.wire), property(&field.attribute.id));
        if taken.names.contains(&wire) { taken.take(&id, "Value") } else { taken.take(&wire, "Value") }
    };
    let fields = fields.iter().map(&mut one).collect();
    (channels, fields)
}

/// A name as a property. What every object has anyway would be found where nothing was given.
fn property(name: &str) -> String {
    const OF_EVERY_OBJECT: [&str; 7] = [
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
    ];
    let name = lower_camel(name);
    if OF_EVERY_OBJECT.contains(&&*name) { name + "_" } else { name }
}

/// `crew_created` → `crewCreated`
fn lower_camel(name: &str) -> String {
    let name = field_name(name);
    let mut parts = name.split('_').filter(|part| !part.is_empty());
    let first = parts.next().unwrap_or_default().to_owned();
    let joined = parts.fold(first, |name, part| name + &part[..1].to_uppercase() + &part[1..]);
    if joined.starts_with(|first: char| first.is_ascii_digit()) || joined.is_empty() {
        format!("_{joined}")
    } else {
        joined
    }
}

/// A word that is no identifier gets an underscore.
fn word(name: &str) -> String {
    if RESERVED.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// Words that no function of a module can be called.
const RESERVED: [&str; 50] = [
    "arguments",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// The names that are there already.
#[derive(Default)]
struct Taken {
    names: HashSet<String>,
}

impl Taken {
    /// A name that is not there yet: as it is, or with a suffix, or with a number.
    fn take(&mut self, name: &str, suffix: &str) -> String {
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let mut names = [name.to_owned(), format!("{name}{suffix}")].into_iter().chain(numbered);
        names.find(|name| self.names.insert(name.clone())).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(lower_camel("crew_created"), "crewCreated");
        assert_eq!(lower_camel("verbose?"), "verbose");
        assert_eq!(lower_camel("1st"), "_1st");
        assert_eq!(property("to_string"), "toString_");
        assert_eq!(word("delete"), "delete_");
        let mut taken = Taken::default();
        assert_eq!([0, 1, 2].map(|_| taken.take("agent", "Object")), ["agent", "agentObject", "agent2"]);
    }
}
