//! The attributes that signals and the resource carry, compared.

use std::collections::{HashMap, HashSet};

use super::{At, Class, Comparison};
use crate::{Attribute, Catalogue, Collected, Place, SignalAttribute};

/// Something that carries attributes, in two catalogues.
pub(super) struct Carrier<'c> {
    /// ``span `crew_created` ``
    pub what: String,
    /// Path of one of its attributes, without the key.
    pub path: String,
    /// Its place in the new catalogue.
    pub place: Place,
    /// The condition of collection, before and now.
    pub collected: (Collected, Collected),
    /// Its attributes, before and now.
    pub attributes: (&'c [SignalAttribute], &'c [SignalAttribute]),
    /// Set if it has the common attributes, too.
    pub has_common: bool,
}

impl<'c> Comparison<'c> {
    /// The attributes that something carries. What came or went with an attribute, or with what is common, is told
    /// there, but not that something had to be carried.
    pub(super) fn carried(&mut self, carrier: &Carrier<'c>) {
        let (was, is) = carrier.attributes;
        let (before, after) = (ids(self.old, was), ids(self.new, is));
        let commons = if carrier.has_common { (common(self.old), common(self.new)) } else { Default::default() };
        self.kept(carrier, &before, &after, &commons);
        self.gone(carrier, &before, &after, &commons);
        let own = |carried: &[(&'c str, bool)]| -> Vec<&'c str> {
            let ids = carried.iter().map(|(id, _)| *id);
            ids.filter(|id| !commons.0.contains(id) && !commons.1.contains(id)).collect()
        };
        let order = At::new(carrier.path.trim_end_matches(".attributes"), carrier.place);
        self.order(&order, &own(&before), &own(&after), &format!("the attributes of {}", carrier.what));
    }

    fn kept(
        &mut self,
        carrier: &Carrier<'c>,
        before: &[(&'c str, bool)],
        after: &[(&'c str, bool)],
        (common_before, common_after): &(Vec<&'c str>, Vec<&'c str>),
    ) {
        let (what, (sent_then, sent_now)) = (&carrier.what, carrier.collected);
        let required_before: HashMap<_, _> = before.iter().copied().collect();
        for (id, required) in after {
            let (Some(then), Some(now)) = (self.old_attributes.get(id), self.new_attributes.get(id)) else { continue };
            let at = At::new(format!("{}.{id}", carrier.path), carrier.place);
            match required_before.get(id) {
                None if common_after.contains(id) && !common_before.contains(id) => {}
                None => {
                    let more = Class::more_of(&[now.collected, sent_now]);
                    self.change(&at, [more], format!("{what} carries `{id}`, too"));
                }
                Some(true) if !required => {
                    let class = Class::more_of(&[then.collected, sent_then, sent_now]);
                    let sentence = format!("{what} may come without `{id}`, which it had to carry");
                    self.change(&at, [class, Class::Breaks], sentence);
                }
                Some(false) if *required => {
                    self.change(&at, [Class::Breaks], format!("{what} has to carry `{id}`, which could be missing"));
                }
                Some(_) => {}
            }
        }
    }

    fn gone(
        &mut self,
        carrier: &Carrier<'c>,
        before: &[(&'c str, bool)],
        after: &[(&'c str, bool)],
        (common_before, common_after): &(Vec<&'c str>, Vec<&'c str>),
    ) {
        let what = &carrier.what;
        let kept: HashSet<_> = after.iter().map(|(id, _)| *id).collect();
        let lost = self.lost(carrier.collected, carrier.attributes);
        for (id, _) in before.iter().filter(|(id, _)| !kept.contains(id)) {
            let at = At::new(format!("{}.{id}", carrier.path), carrier.place);
            let told = common_before.contains(id) && !common_after.contains(id);
            if !self.new_attributes.contains_key(id) {
                continue;
            }
            if lost.contains(id) {
                let sentence = format!("{what} no longer carries `{id}`, which it had to");
                self.change(&at, [Class::Widens, Class::Breaks], sentence);
            } else if !told {
                self.change(&at, [Class::Breaks], format!("{what} no longer carries `{id}`"));
            }
        }
    }

    pub(super) fn common(&mut self) {
        let (old, new) = (common(self.old), common(self.new));
        for id in new.iter().filter(|id| !old.contains(id)) {
            if let (Some(_), Some(attribute)) = (self.old_attributes.get(id), self.new_attributes.get(id)) {
                let at = At::new(format!("common.{id}"), attribute.place);
                self.change(&at, [Class::more(attribute.collected)], format!("every signal may carry `{id}`"));
            }
        }
        for id in old.iter().filter(|id| !new.contains(id)) {
            if let Some(attribute) = self.new_attributes.get(id) {
                let at = At::new(format!("common.{id}"), attribute.place);
                self.change(&at, [Class::Breaks], format!("not every signal may carry `{id}` any more"));
            }
        }
        self.order(&At::whole("common"), &old, &new, "the common attributes");
    }

    /// The attributes of the process.
    pub(super) fn resource(&mut self) {
        let attributes = (&*self.old.resource.attributes, &*self.new.resource.attributes);
        let place = attributes.1.first().map(|own| self.new.attribute(own.attribute));
        let place = place.map_or(Place::file_start(0), |attribute: &Attribute| attribute.place);
        self.carried(&Carrier {
            what: "the resource".to_owned(),
            path: "resource".to_owned(),
            place,
            collected: (Collected::Default, Collected::Default),
            attributes,
            has_common: false,
        });
    }
}

/// The keys of attributes, and whether each is required.
fn ids<'c>(catalogue: &'c Catalogue, carried: &[SignalAttribute]) -> Vec<(&'c str, bool)> {
    carried.iter().map(|own| (&*catalogue.attribute(own.attribute).id, own.required)).collect()
}

/// The keys of the common attributes.
fn common(catalogue: &Catalogue) -> Vec<&str> {
    catalogue.common.iter().map(|own| &*catalogue.attribute(own.attribute).id).collect()
}
