//! Types compared: in which ways the new one admits more or fewer values than the old one.

use super::Class;
use crate::domain::admits;
use crate::finding::quote;
use crate::{Catalogue, Collected, Example, Type};

/// One way in which a type changed: what it does, and the sentence's end, which follows the attribute's name.
pub(super) struct Facet {
    pub classes: Vec<Class>,
    pub sentence: String,
}

/// A type and the catalogue that its objects are of.
pub(super) type Of<'c> = (&'c Catalogue, &'c Type);

/// Every way in which the type of the attribute `id` changed, when it is collected so.
pub(super) fn facets(id: &str, old: Of, new: Of, collected: Collected) -> Vec<Facet> {
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
    fn compare(&mut self, old: Of, new: Of) {
        match (old.1, new.1) {
            (Type::String(was), Type::String(is)) => {
                self.limit("longest length", was.max_length, is.max_length);
                self.pattern(was.pattern.as_deref(), is.pattern.as_deref());
            }
            (Type::Boolean, Type::Boolean) | (Type::Timestamp, Type::Timestamp) => {}
            (Type::Int { minimum, maximum }, Type::Int { minimum: least, maximum: most }) => {
                self.floor(*minimum, *least);
                self.limit("maximum", *maximum, *most);
            }
            (Type::Double { minimum, maximum }, Type::Double { minimum: least, maximum: most }) => {
                self.floor(*minimum, *least);
                self.limit("maximum", *maximum, *most);
            }
            (Type::Enum(was), Type::Enum(is)) => self.members(was, is),
            (Type::List { item: was, max_items: most }, Type::List { item: is, max_items }) => {
                self.limit("largest number of items", *most, *max_items);
                self.compare((old.0, was), (new.0, is));
            }
            (Type::Object(was), Type::Object(is)) if old.0.object(*was).id == new.0.object(*is).id => {}
            (was, is) => {
                let more = if admits_all(was, is) { Class::Narrows } else { self.wider() };
                let (was, is) = (word(old), word(new));
                self.push([more, Class::Breaks], format!("the type of `{}` was {was} and is {is}", self.id));
            }
        }
    }

    fn limit<T: PartialOrd + ToString>(&mut self, what: &str, was: Option<T>, is: Option<T>) {
        self.bound(what, was, is, |was, is| is > was);
    }

    fn floor<T: PartialOrd + ToString>(&mut self, was: Option<T>, is: Option<T>) {
        self.bound("minimum", was, is, |was, is| is < was);
    }

    /// A bound, which is wider when it is gone or lies beyond what it was.
    fn bound<T: PartialEq + ToString>(
        &mut self,
        what: &str,
        was: Option<T>,
        is: Option<T>,
        beyond: impl Fn(&T, &T) -> bool,
    ) {
        if was == is {
            return;
        }
        let wider = match (&was, &is) {
            (Some(was), Some(is)) => beyond(was, is),
            _ => is.is_none(),
        };
        let id = self.id;
        let sentence = match (was, is) {
            (Some(was), Some(is)) => format!("the {what} of `{id}` was {} and is {}", was.to_string(), is.to_string()),
            (Some(was), None) => format!("the {what} of `{id}` was {}, and there is none now", was.to_string()),
            (None, is) => {
                let is = is.map(|is| is.to_string()).unwrap_or_default();
                format!("the {what} of `{id}` is {is}, and there was none")
            }
        };
        self.push([if wider { self.wider() } else { Class::Narrows }], sentence);
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

    fn members(&mut self, was: &[String], is: &[String]) {
        let id = self.id;
        let missing_from = |members: &[String], others: &[String]| {
            let missing = members.iter().filter(|member| !others.contains(member));
            missing.map(|member| quote(member)).collect::<Vec<_>>()
        };
        let (added, removed) = (missing_from(is, was), missing_from(was, is));
        if !added.is_empty() {
            self.push([self.wider()], format!("`{id}` may be {}, too", added.join(", ")));
        }
        if !removed.is_empty() {
            self.push([Class::Narrows], format!("`{id}` may no longer be {}", removed.join(", ")));
        }
        if added.is_empty() && removed.is_empty() && was != is {
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

/// Whether the old type admits all that a new one of another kind does, as far as can be told.
fn admits_all(old: &Type, new: &Type) -> bool {
    // Beyond this, not every whole number is a double.
    const EXACT: i64 = 1 << 53;
    match (old, new) {
        (Type::String(_), Type::Enum(members)) => {
            members.iter().all(|member| admits(old, &Example::Text(member.clone())).is_ok())
        }
        (Type::Double { .. }, Type::Int { minimum: Some(minimum), maximum: Some(maximum) }) => [minimum, maximum]
            .iter()
            .all(|bound| (-EXACT..=EXACT).contains(*bound) && admits(old, &Example::Int(**bound)).is_ok()),
        (Type::Double { minimum: None, maximum: None }, Type::Int { .. }) => true,
        _ => false,
    }
}

/// The type as a catalogue writes it.
fn word((catalogue, ty): Of) -> String {
    match ty {
        Type::String(_) => "string".to_owned(),
        Type::Boolean => "boolean".to_owned(),
        Type::Int { .. } => "int".to_owned(),
        Type::Double { .. } => "double".to_owned(),
        Type::Timestamp => "timestamp".to_owned(),
        Type::Enum(_) => "an enum".to_owned(),
        Type::Object(id) => format!("`{}`", catalogue.object(*id).id),
        Type::List { item, .. } => format!("a list of {}", word((catalogue, item))),
    }
}
