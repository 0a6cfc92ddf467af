//! The parts of a signal that need more than a consent.

use super::data::Data;
use super::recorded::Recorded;
use crate::{Catalogue, Consent, Domain, Member};

/// Everything of a signal that needs more than this consent, in words.
pub(super) fn beyond(catalogue: &'static Catalogue, recorded: &Recorded, consent: Consent) -> Vec<String> {
    let title = format!("{} `{}`", recorded.kind.word(), recorded.name);
    let named = |signal: &&&crate::Signal| signal.kind == recorded.kind && signal.name == recorded.name;
    let Some(signal) = catalogue.signals.iter().find(named) else {
        return vec![format!("{title} is not in the catalogue")];
    };
    let mut found = Found { catalogue, consent, list: Vec::new() };
    found.hold(&title, signal.needs);
    found.members(&title, &signal.attributes, recorded.attributes());
    found.members(&format!("{title}: resource"), &catalogue.resource.attributes, recorded.member("resource").members());
    if found.list.is_empty() {
        found.hold(&title, recorded.needs); // what it says itself, of whatever is inside it
    }
    found.list
}

struct Found {
    catalogue: &'static Catalogue,
    consent: Consent,
    list: Vec<String>,
}

impl Found {
    fn hold(&mut self, what: &str, needs: Consent) {
        if !self.consent.includes(needs) {
            let missing = self.catalogue.describe(needs.without(self.consent));
            self.list.push(format!("{what} needs `{missing}`"));
        }
    }

    fn members(&mut self, title: &str, known: &[Member], given: &[(String, Data)]) {
        for (name, value) in given {
            let title = format!("{title}: `{name}`");
            match known.iter().find(|member| member.name() == name) {
                Some(member) => {
                    self.hold(&title, member.attribute.needs);
                    self.inside(&title, &member.attribute.domain, value);
                }
                None => self.list.push(format!("{title} is not in the catalogue")),
            }
        }
    }

    /// Fields of objects, in lists and maps, too.
    fn inside(&mut self, title: &str, domain: &Domain, value: &Data) {
        match domain {
            Domain::Object(info) => self.members(title, &info.fields, value.members()),
            Domain::List { item, .. } => value.items().iter().for_each(|value| self.inside(title, item, value)),
            Domain::Map { value: domain, .. } => {
                value.members().iter().for_each(|(_, value)| self.inside(title, domain, value));
            }
            _ => {}
        }
    }
}
