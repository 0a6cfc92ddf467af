//! Names that cannot be used, in the catalogue or on the wire.

use std::collections::HashMap;

use crate::finding::quote;
use crate::index::{Index, TYPE_WORDS};
use crate::model::{Entries, Located};
use crate::names::{IMPOSSIBLE, camel_case, fault_of_id, fault_of_wire_name, tidy};
use crate::{Check, Finding, Severity, invisible};

/// Found by [`check_bad_name`].
pub const CHECK: Check = Check {
    code: "E0006",
    severity: Severity::Error,
    waivable: false,
    title: "bad name",
    what: "A name in the catalogue is not lower case letters, digits and `_`, starting with a letter; or becomes the same \
           Rust name as another; or is an object's and also a type's; or a name on the wire is empty, longer than 256 \
           characters, or has invisible characters.",
    why: "Names become Rust names, file names and keys on the wire, and have to be different and readable in all of them.",
    wrong: "rows:\n  Crew Metadata: {title: Crew Metadata}\n",
    right: "rows:\n  crew_metadata: {title: Crew Metadata}\n",
};

/// Looks at every name.
pub fn check_bad_name(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let model = index.model;
    if let Some(name) = model.name.as_ref().filter(|name| invisible(&name.value).next().is_none()) {
        findings.extend(fault_of_id(&name.value, true).map(|fault| bad_id(name, fault)));
    }
    check_ids(model.consent.iter().flat_map(|consent| names(&consent.channels)), findings);
    check_ids(names(&model.endpoints), findings);
    check_ids(names(&model.rows), findings);
    check_ids(names(&model.attributes), findings);
    check_ids(names(&model.objects), findings);
    check_ids(names(&model.spans).chain(names(&model.events)), findings);
    for name in names(&model.objects).filter(|name| is_type_word(&name.value)) {
        findings.push(
            CHECK
                .at(name.place, format!("{} is a type, so no object can have that name", quote(&name.value)))
                .help("give the object another name"),
        );
    }
    // Values with invisible characters are reported as such.
    let is_visible = |name: &&Located<String>| invisible(&name.value).next().is_none();
    let of_attributes = model.attributes.iter().filter_map(|(_, attribute)| attribute.name.as_ref());
    let of_fields = model.objects.iter().flat_map(|(_, object)| names(&object.fields));
    let of_signals = index.signals().filter_map(|(_, _, signal)| signal.name.as_ref());
    for name in of_attributes.chain(of_signals).filter(is_visible).chain(of_fields) {
        if let Some(fault) = fault_of_wire_name(&name.value) {
            findings.push(
                CHECK
                    .at(name.place, format!("the name on the wire {} {fault}", quote(&name.value)))
                    .help("use 1 to 256 printable characters"),
            );
        }
    }
}

fn names<T>(entries: &Entries<T>) -> impl Iterator<Item = &Located<String>> {
    entries.iter().map(|(name, _)| name)
}

fn is_type_word(name: &str) -> bool {
    name == "enum" || TYPE_WORDS.contains(&name)
}

fn bad_id(id: &Located<String>, fault: &str) -> Finding {
    let finding = CHECK.at(id.place, format!("the name {} {fault}", quote(&id.value)));
    let of_rust = IMPOSSIBLE.contains(&id.value.as_str()).then(|| format!("{}_", id.value));
    let help = of_rust.or_else(|| tidy(&id.value)).map(|name| format!("call it `{name}`"));
    finding.help("use lower case letters, digits and `_`, and start with a letter").maybe_help(help)
}

fn check_ids<'m>(ids: impl Iterator<Item = &'m Located<String>>, findings: &mut Vec<Finding>) {
    let mut in_rust: HashMap<String, &Located<String>> = HashMap::new();
    for id in ids {
        if let Some(fault) = fault_of_id(&id.value, false) {
            findings.push(bad_id(id, fault));
            continue;
        }
        let name = camel_case(&id.value);
        let other = *in_rust.entry(name).or_insert(id);
        if other.value != id.value {
            findings.push(
                CHECK
                    .at(id.place, format!("`{}` and `{}` become the same name in Rust", id.value, other.value))
                    .note(format!("becomes {}", camel_case(&id.value)))
                    .label(other.place, "becomes the same")
                    .help("give one of them another name"),
            );
        }
    }
}
