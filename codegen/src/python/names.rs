//! Catalogue names to Python names: types, functions, keywords. Each is unlike all others of its kind.

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

impl Names {
    pub fn of(catalogue: &Catalogue) -> Names {
        let mut types = Taken::of(&["NotRequired", "None", "True", "False"]);
        let mut named = HashMap::new();
        let parts = |named: &mut HashMap<String, String>, types: &mut Taken, key: &str, id: &str| {
            let channels = catalogue.head().channels().iter().map(|one| &*one.name);
            for channel in channels.chain(["default", "opt_in"]) {
                let name = types.take(&format!("{}{}", camel_case(id), camel_case(channel)), "Part");
                named.insert(format!("{key} {id} {channel}"), name);
            }
        };
        for object in catalogue.objects() {
            named.insert(format!("object {}", object.id), types.take(&camel_case(&object.id), "Object"));
        }
        for attribute in catalogue.attributes() {
            if let Domain::Enum(_) = attribute.domain.innermost() {
                named.insert(format!("enum {}", attribute.id), types.take(&camel_case(&attribute.id), "Value"));
            }
        }
        for object in catalogue.objects() {
            parts(&mut named, &mut types, "object", &object.id);
        }
        for signal in catalogue.signals() {
            parts(&mut named, &mut types, "signal", &signal.id);
        }
        parts(&mut named, &mut types, "resource", "resource");
        let mut functions = Taken::of(MODULE);
        let each = |taken: &mut Taken, ids: Vec<String>| -> HashMap<String, String> {
            ids.into_iter().map(|id| (id.clone(), taken.take(&word(&field_name(&id)), "_signal"))).collect()
        };
        Names {
            types: named,
            functions: each(&mut functions, catalogue.signals().iter().map(|one| one.id.to_string()).collect()),
            attributes: each(
                &mut Taken::default(),
                catalogue.attributes().iter().map(|one| one.id.to_string()).collect(),
            ),
            objects: each(&mut Taken::default(), catalogue.objects().iter().map(|one| one.id.to_string()).collect()),
        }
    }

    /// The typed dictionary of the part of an owner that stands behind a channel.
    pub fn part(&self, owner: &str, channel: &str) -> String {
        self.types[&format!("{owner} {channel}")].clone()
    }

    /// The function that emits a signal.
    pub fn function(&self, signal: &str) -> String {
        self.functions[signal].clone()
    }

    /// The constant of an attribute, in its class.
    pub fn attribute(&self, id: &str) -> String {
        self.attributes[id].clone()
    }

    /// The constant of an object, in its class.
    pub fn object(&self, id: &str) -> String {
        self.objects[id].clone()
    }
}

impl TypeNames for Names {
    fn of_enum(&self, attribute: &Attribute) -> String {
        self.types[&format!("enum {}", attribute.id)].clone()
    }

    fn of_object(&self, id: &str) -> String {
        self.types[&format!("object {id}")].clone()
    }
}

/// The keywords of a signal: of the parts behind channels, then of its fields.
pub(super) fn keywords(fields: &[Field<'_>], channels: &[&str]) -> (Vec<String>, Vec<String>) {
    let mut taken = Taken::of(&["emitter", "span", "unknown", "record", "more", "candor", "self", "typing"]);
    let channels = channels.iter().map(|channel| taken.take(&word(&field_name(channel)), "_channel")).collect();
    let mut one = |field: &Field<'_>| {
        let (wire, id) = (word(&field_name(field.wire)), word(&field_name(&field.attribute.id)));
        if taken.0.contains(&wire) { taken.take(&id, "_value") } else { taken.take(&wire, "_value") }
    };
    let fields = fields.iter().map(&mut one).collect();
    (channels, fields)
}

/// The keys of the parts of an object: names of channels that no field has.
pub(super) fn part_keys(fields: &[Field<'_>], channels: &[&str]) -> Vec<String> {
    let mut taken = Taken(fields.iter().map(|field| field.wire.to_owned()).collect());
    channels.iter().map(|channel| taken.take(channel, "_channel")).collect()
}

/// A word that is no identifier gets an underscore.
fn word(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// Python's keywords.
const KEYWORDS: [&str; 32] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield",
];

/// The names that the module has already, or that its signatures use.
const MODULE: &[&str] =
    &["abc", "annotations", "bool", "candor", "dict", "float", "int", "object", "resource", "str", "typing"];

/// The names that are there already.
#[derive(Default)]
struct Taken(HashSet<String>);

impl Taken {
    fn of(names: &[&str]) -> Taken {
        Taken(names.iter().map(|name| (*name).to_owned()).collect())
    }

    /// A name that is not there yet: as it is, or with a suffix, or with a number.
    fn take(&mut self, name: &str, suffix: &str) -> String {
        let numbered = (2..).map(|number| format!("{name}{suffix}_{number}"));
        let mut names = [name.to_owned(), format!("{name}{suffix}")].into_iter().chain(numbered);
        names.find(|name| self.0.insert(name.clone())).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!([word("class"), word("type")], ["class_", "type"]);
        let mut taken = Taken::of(&["str"]);
        assert_eq!([0, 1].map(|_| taken.take("str", "_signal")), ["str_signal", "str_signal_2"]);
        assert!(KEYWORDS.is_sorted());
    }
}
