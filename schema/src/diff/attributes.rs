//! Attributes compared: when they are collected, their names and types, and what is promised of their values.

use std::collections::HashMap;

use super::{At, Class, Comparison, Pair, domain, pairs};
use crate::finding::quote;
use crate::{Attribute, AttributeId, Catalogue, Domain, OnViolation, Personal, Variant};

impl<'c> Comparison<'c> {
    pub(super) fn attributes(&mut self) {
        let (old, new) = (self.old, self.new);
        let mut losers = self.losers();
        for pair in pairs(&old.attributes, &new.attributes, |attribute| &*attribute.id) {
            match pair {
                Pair::Added(attribute) => self.added_attribute(attribute),
                Pair::Removed(attribute) => {
                    let losers = losers.remove(&*attribute.id).unwrap_or_default();
                    self.removed_attribute(attribute, &losers);
                }
                Pair::Kept(was, is) => self.attribute(was, is),
            }
        }
        let ids = |catalogue: &'c Catalogue| -> Vec<&'c str> {
            catalogue.attributes.iter().map(|attribute| &*attribute.id).collect()
        };
        self.order(&At::whole("attributes"), &ids(old), &ids(new), "the attributes");
    }

    fn added_attribute(&mut self, attribute: &Attribute) {
        let everywhere = self.new.common.iter().any(|common| self.new.attribute(common.attribute).id == attribute.id);
        let where_to = if everywhere { " on every signal" } else { "" };
        let (id, brief, when) = (&attribute.id, &attribute.brief, self.new.when(attribute.collected));
        let at = At::new(format!("attributes.{id}"), attribute.place);
        let sentence = format!("`{id}` ({brief}) is new, and collected {when}{where_to}");
        self.change(&at, [Class::more(attribute.collected)], sentence);
    }

    /// One change, however many signals and objects carried it.
    fn removed_attribute(&mut self, attribute: &Attribute, losers: &[String]) {
        const NAMED: usize = 3;
        let id = &attribute.id;
        let at = At::old(format!("attributes.{id}"), attribute.place);
        let gone = format!("`{id}` is no longer collected");
        if losers.is_empty() {
            return self.change(&at, [Class::Breaks], gone);
        }
        let named = losers[..losers.len().min(NAMED)].join(", ");
        let others = if losers.len() > NAMED { format!(" and {} more", losers.len() - NAMED) } else { String::new() };
        let come = if losers.len() == 1 { "comes" } else { "come" };
        let sentence = format!("{gone}; {named}{others} had to carry it and {come} without it");
        self.change(&at, [Class::Widens, Class::Breaks], sentence);
    }

    fn attribute(&mut self, was: &Attribute, is: &Attribute) {
        let at = At::new(format!("attributes.{}", is.id), is.place);
        let id = &is.id;
        self.moved(&at, &format!("`{id}`"), "collected", (was.collected, is.collected));
        if was.name != is.name {
            let sentence = format!("`{id}` was called {} on the wire and is {}", quote(&was.name), quote(&is.name));
            self.change(&at, [Class::more(is.collected), Class::Breaks], sentence);
        }
        for facet in domain::facets(id, &was.domain, &is.domain, is.collected) {
            self.facet(&at, facet);
        }
        if was.encoding != is.encoding {
            let sentence = format!("`{id}` travelled as {} and travels as {}", was.encoding.word(), is.encoding.word());
            self.change(&at, [Class::Breaks], sentence);
        }
        if let (Some(from), Some(to)) = (&was.unit, &is.unit)
            && from != to
        {
            let sentence = format!("the unit of `{id}` was `{}` and is `{}`", from.code(), to.code());
            self.change(&at, [Class::Breaks], sentence);
        }
        self.promises(&at, was, is);
        self.attribute_handling(&at, was, is);
        self.derivation(&at, was, is);
        self.texts(&at, was, is);
    }

    /// Compares the promises about values beyond their type. A change of `personal` is either more personal data or
    /// less of a warning. People who opted in did so with the warning, so its end widens there as well.
    fn promises(&mut self, at: &At, was: &Attribute, is: &Attribute) {
        let (id, more) = (&is.id, Class::more(is.collected));
        self.personal(at, &format!("`{id}`"), (was.personal, is.personal), more);
        match (was.free_text, is.free_text) {
            (false, true) => self.change(at, [more], format!("`{id}` may hold text that somebody wrote")),
            (true, false) => self.change(at, [Class::Narrows], format!("`{id}` holds no text that somebody wrote")),
            _ => {}
        }
        match (was.on_violation, is.on_violation) {
            (OnViolation::Drop, OnViolation::Truncate) => {
                self.change(at, [more], format!("`{id}` was left out when too long and is cut"));
            }
            (OnViolation::Truncate, OnViolation::Drop) => {
                self.change(at, [Class::Narrows], format!("`{id}` was cut when too long and is left out"));
            }
            _ => {}
        }
        self.identifier(at, was, is);
    }

    /// Compares declarations on personal data. An undeclared one was published as none: only its words change when it
    /// says so.
    pub(super) fn personal(&mut self, at: &At, what: &str, said: (Option<Personal>, Option<Personal>), more: Class) {
        let (was, is) = said;
        let (was_possible, is_possible) = (was == Some(Personal::Possible), is == Some(Personal::Possible));
        match (was_possible, is_possible) {
            (false, true) => self.change(at, [more], format!("{what} may hold personal data, which it could not")),
            (true, false) => {
                self.change(at, [Class::Widens], format!("{what} is no longer said to be possibly personal"));
            }
            (false, false) if was != is => {
                let now = if is.is_none() { "says no longer" } else { "now says" };
                self.change(at, [Class::Wording], format!("{what} {now} that it holds no personal data"));
            }
            _ => {}
        }
    }

    fn derivation(&mut self, at: &At, was: &Attribute, is: &Attribute) {
        let (before, after) = (names(self.old, &was.derived_from), names(self.new, &is.derived_from));
        let missing_from = |ids: &[&str], others: &[&str]| {
            let missing = ids.iter().filter(|id| !others.contains(id));
            missing.map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
        };
        let (more, less) = (missing_from(&after, &before), missing_from(&before, &after));
        if !more.is_empty() {
            self.change(at, [Class::more(is.collected)], format!("`{}` is computed from {more}, too", is.id));
        }
        if !less.is_empty() {
            self.change(at, [Class::Narrows], format!("`{}` is no longer computed from {less}", is.id));
        }
    }

    fn texts(&mut self, at: &At, was: &Attribute, is: &Attribute) {
        let id = &is.id;
        let (from, to) = (&self.old.row(was.row).id, &self.new.row(is.row).id);
        self.wording(at, from, to, || format!("`{id}` moved from row `{from}` to row `{to}`"));
        self.wording(at, &was.brief, &is.brief, || format!("`{id}` has another brief"));
        self.wording(at, &was.note, &is.note, || format!("`{id}` has another note"));
        self.wording(at, &was.examples, &is.examples, || format!("`{id}` has other examples"));
        let (before, after) = names_for_code(was, is);
        self.wording(at, &before, &after, || format!("members of `{id}` have other names in code"));
        if was.unit.is_some() != is.unit.is_some() {
            let now = if is.unit.is_some() { "says its unit" } else { "no longer says its unit" };
            self.change(at, [Class::Wording], format!("`{id}` {now}"));
        }
        self.wording(at, &was.since, &is.since, || format!("`{id}` has another `since`"));
        self.wording(at, &was.deprecated, &is.deprecated, || format!("the deprecation of `{id}` changed"));
        self.wording(at, &was.stability, &is.stability, || format!("`{id}` has another stability"));
        self.waivers(at, &format!("`{id}`"), &was.allow, &is.allow);
    }
}

fn names<'c>(catalogue: &'c Catalogue, ids: &[AttributeId]) -> Vec<&'c str> {
    ids.iter().map(|id| &*catalogue.attribute(*id).id).collect()
}

/// The names in code of the members that both have.
fn names_for_code<'c>(was: &'c Attribute, is: &'c Attribute) -> (Vec<&'c str>, Vec<&'c str>) {
    let (Domain::Enum(before), Domain::Enum(after)) = (was.domain.innermost(), is.domain.innermost()) else {
        return Default::default();
    };
    let now: HashMap<&str, &Variant> = after.iter().zip(&is.variants).collect();
    let both = before.iter().zip(&was.variants);
    both.filter_map(|(member, was)| Some((was.name.as_str(), now.get(member)?.name.as_str()))).unzip()
}
