//! Types compared: in which ways the new one admits more or fewer values than the old one.

use candor_domain::{Domain, Members, Scalar, covers};

use super::Class;
use crate::Collected;
use crate::finding::quote;

/// One way in which a type changed: what it does, and the sentence's end, which follows the attribute's name.
pub(super) struct Facet {
    pub classes: Vec<Class>,
    pub sentence: String,
}

/// Every way in which the domain of the attribute `id` changed, when it is collected so.
pub(super) fn facets(id: &str, old: &Domain, new: &Domain, collected: Collected) -> Vec<Facet> {
    let mut facets = Facets { id, collected, found: Vec::new() };
    facets.compare(old, new);
    facets.found
}

struct Facets<'c> {
    id: &'c str,
    collected: Collected,
    found: Vec<Facet>,
}

impl Facets<'_> {
    fn compare(&mut self, old: &Domain, new: &Domain) {
        match (old, new) {
            (Domain::String { max_length, pattern }, Domain::String { max_length: longest, pattern: other }) => {
                self.limit("longest length", *max_length, *longest, usize::MAX);
                self.pattern(pattern.as_ref().map(|was| was.source()), other.as_ref().map(|is| is.source()));
            }
            (Domain::Boolean, Domain::Boolean) | (Domain::Timestamp, Domain::Timestamp) => {}
            (Domain::Int { minimum, maximum }, Domain::Int { minimum: least, maximum: most }) => {
                self.floor(*minimum, *least, i64::MIN);
                self.limit("maximum", *maximum, *most, i64::MAX);
            }
            (Domain::Double { minimum, maximum }, Domain::Double { minimum: least, maximum: most }) => {
                self.floor(*minimum, *least, f64::MIN);
                self.limit("maximum", *maximum, *most, f64::MAX);
            }
            (Domain::Enum(was), Domain::Enum(is)) => self.members(was, is),
            (Domain::List { item: was, max_items: most }, Domain::List { item: is, max_items }) => {
                self.limit("largest number of items", *most, *max_items, usize::MAX);
                self.compare(was, is);
            }
            (
                Domain::Map { key: old_key, value: was, max_items: most },
                Domain::Map { key: new_key, value: is, max_items },
            ) => {
                self.limit("largest number of entries", *most, *max_items, usize::MAX);
                let keys = format!("{} (keys)", self.id);
                self.found.extend(facets(&keys, old_key, new_key, self.collected));
                self.compare(was, is);
            }
            (Domain::Json { max_depth, max_length }, Domain::Json { max_depth: deepest, max_length: longest }) => {
                self.limit("deepest nesting", *max_depth, *deepest, usize::MAX);
                self.limit("longest JSON text", *max_length, *longest, usize::MAX);
            }
            (Domain::Object(was), Domain::Object(is)) if was.id == is.id => {}
            (was, is) => {
                let more = if covers(was, is) { Class::Narrows } else { self.wider() };
                let (was, is) = (word(was), word(is));
                self.push([more, Class::Breaks], format!("the type of `{}` was {was} and is {is}", self.id));
            }
        }
    }

    fn limit<T: PartialOrd + ToString>(&mut self, what: &str, was: T, is: T, none: T) {
        self.bound(what, was, is, none, |was, is| is > was);
    }

    fn floor<T: PartialOrd + ToString>(&mut self, was: T, is: T, none: T) {
        self.bound("minimum", was, is, none, |was, is| is < was);
    }

    /// Compares a bound, which is wider if it lies beyond what it was. `none` is the type's own.
    fn bound<T: PartialEq + ToString>(&mut self, what: &str, was: T, is: T, none: T, beyond: impl Fn(&T, &T) -> bool) {
        if was == is {
            return;
        }
        let class = if beyond(&was, &is) { self.wider() } else { Class::Narrows };
        let id = self.id;
        let sentence = match (was == none, is == none) {
            (false, true) => format!("the {what} of `{id}` was {}, and there is none now", was.to_string()),
            (true, _) => format!("the {what} of `{id}` is {}, and there was none", is.to_string()),
            _ => format!("the {what} of `{id}` was {} and is {}", was.to_string(), is.to_string()),
        };
        self.push([class], sentence);
    }

    fn pattern(&mut self, was: Option<&str>, is: Option<&str>) {
        let id = self.id;
        match (was, is) {
            (None, None) => {}
            (Some(was), Some(is)) if was == is => {}
            (Some(was), None) => self.push([self.wider()], format!("`{id}` no longer has to match {}", quote(was))),
            (None, Some(is)) => self.push([Class::Narrows], format!("`{id}` has to match {}", quote(is))),
            (Some(_), Some(is)) => {
                let sentence = format!("`{id}` has to match another pattern, {}, which may admit more", quote(is));
                self.push([self.wider()], sentence);
            }
        }
    }

    fn members(&mut self, was: &Members, is: &Members) {
        let id = self.id;
        let missing_from = |members: &Members, others: &Members| {
            let missing = members.iter().filter(|member| others.position(*member).is_none());
            missing.map(shown).collect::<Vec<_>>()
        };
        let (added, removed) = (missing_from(is, was), missing_from(was, is));
        if !added.is_empty() {
            self.push([self.wider()], format!("`{id}` may be {}, too", added.join(", ")));
        }
        if !removed.is_empty() {
            self.push([Class::Narrows], format!("`{id}` may no longer be {}", removed.join(", ")));
        }
        match (was.is_open(), is.is_open()) {
            (false, true) => {
                let other = is.iter().next_back().map(shown).unwrap_or_default();
                self.push([self.wider()], format!("`{id}` is {other} where it had a value that is not listed"));
            }
            (true, false) => self.push([Class::Narrows], format!("`{id}` has no value for what is not listed")),
            _ => {}
        }
        if added.is_empty() && removed.is_empty() && !was.iter().eq(is.iter()) {
            self.push([Class::Wording], format!("the members of `{id}` are in another order"));
        }
    }

    fn wider(&self) -> Class {
        Class::more(self.collected)
    }

    fn push<const N: usize>(&mut self, mut classes: [Class; N], sentence: String) {
        classes.sort();
        self.found.push(Facet { classes: classes.to_vec(), sentence });
    }
}

/// A member as it is written: a text in backticks.
fn shown(member: Scalar<'_>) -> String {
    if let Scalar::Text(text) = member { quote(text) } else { member.to_string() }
}

/// The domain as a catalogue writes its type.
fn word(domain: &Domain) -> String {
    match domain {
        Domain::Enum(_) => "an enum".to_owned(),
        Domain::Object(object) => format!("`{}`", object.id),
        Domain::List { item, .. } => format!("a list of {}", word(item)),
        Domain::Map { value, .. } => format!("a map of {}", word(value)),
        other => other.word().to_owned(),
    }
}
