//! What tells one list of data from another, whatever version the catalogue calls it.

use std::fmt::Write;

use crate::{AttributeInfo, Catalogue, Domain, OnViolation, domain_id};

/// The fingerprint of everything that decides what a request of this catalogue may hold, and where it goes.
pub(super) fn fingerprint(catalogue: &Catalogue) -> u64 {
    let mut text = format!("{:?} {:?}\n", catalogue.endpoint, catalogue.opt_in);
    for signal in catalogue.signals {
        // Writing to memory does not fail, here and below.
        let _ = writeln!(text, "{:?} {:?} {:?}", signal.kind, signal.name, signal.collected);
        signal.attributes.iter().for_each(|carried| describe(&mut text, carried.attribute.name, carried.attribute));
    }
    domain_id(&text)
}

/// An attribute under the name that it has there.
fn describe(text: &mut String, name: &str, attribute: &AttributeInfo) {
    let cut = attribute.on_violation == OnViolation::Truncate;
    let _ = write!(text, "{name:?} {:?} {:?} {cut} ", attribute.collected, attribute.encoding);
    describe_domain(text, &attribute.domain);
    text.push('\n');
}

/// Objects are never cyclic.
fn describe_domain(text: &mut String, domain: &Domain) {
    let _ = match domain {
        Domain::String { max_length, pattern } => {
            write!(text, "string {max_length} {:?}", pattern.map(|pattern| pattern.source()))
        }
        Domain::Boolean => write!(text, "boolean"),
        Domain::Int { minimum, maximum } => write!(text, "int {minimum} {maximum}"),
        Domain::Double { minimum, maximum } => write!(text, "double {minimum:?} {maximum:?}"),
        Domain::Timestamp => write!(text, "timestamp"),
        Domain::Enum(members) => write!(text, "enum {members:?}"),
        Domain::Object(object) => {
            text.push_str("{\n");
            object.fields.iter().for_each(|field| describe(text, field.name, field.attribute));
            write!(text, "}}")
        }
        Domain::List { item, max_items } => {
            let _ = write!(text, "list {max_items} ");
            describe_domain(text, item);
            Ok(())
        }
    };
}
