//! Spans and events compared, and what they carry.

use std::collections::{HashMap, HashSet};

use super::{At, Class, Comparison, Pair, pairs};
use crate::finding::quote;
use crate::{Catalogue, Signal, SignalKind};

impl<'c> Comparison<'c> {
    pub(super) fn signals(&mut self) {
        let (old, new) = (self.old, self.new);
        for pair in pairs(&old.signals, &new.signals, |signal| (signal.kind, &*signal.id)) {
            match pair {
                Pair::Added(signal) => {
                    let (kind, name, when) = (signal.kind.word(), quote(&signal.name), new.when(signal.collected));
                    let sentence = format!("{kind} {name} ({}) is new, and sent {when}", signal.brief);
                    let at = At::new(path(signal), signal.place);
                    self.change(&at, [Class::more(signal.collected)], sentence);
                }
                Pair::Removed(signal) => {
                    let sentence = format!("{} {} is no longer sent", signal.kind.word(), quote(&signal.name));
                    self.change(&At::old(path(signal), signal.place), [Class::Breaks], sentence);
                }
                Pair::Kept(was, is) => self.signal(was, is),
            }
        }
        for kind in [SignalKind::Span, SignalKind::Event] {
            let ids = |catalogue: &'c Catalogue| -> Vec<&'c str> {
                let signals = catalogue.signals.iter().filter(|signal| signal.kind == kind);
                signals.map(|signal| &*signal.id).collect()
            };
            let section = section(kind);
            self.order(&At::whole(section), &ids(old), &ids(new), &format!("the {section}"));
        }
    }

    fn signal(&mut self, was: &'c Signal, is: &'c Signal) {
        let at = At::new(path(is), is.place);
        let what = format!("{} `{}`", is.kind.word(), is.id);
        self.moved(&at, &what, "sent", (was.collected, is.collected));
        if was.name != is.name {
            let sentence = format!("{what} was called {} on the wire and is {}", quote(&was.name), quote(&is.name));
            self.change(&at, [Class::more(is.collected), Class::Breaks], sentence);
        }
        self.destination(&at, &what, was, is);
        self.carried(was, is);
        let row = |catalogue: &'c Catalogue, signal: &Signal| signal.row.map(|row| &catalogue.row(row).id);
        let (from, to) = (row(self.old, was), row(self.new, is));
        self.wording(&at, &from, &to, || format!("another row discloses {what}"));
        self.wording(&at, &was.brief, &is.brief, || format!("{what} has another brief"));
        self.wording(&at, &was.since, &is.since, || format!("{what} has another `since`"));
        self.wording(&at, &was.deprecated, &is.deprecated, || format!("the deprecation of {what} changed"));
        self.wording(&at, &was.stability, &is.stability, || format!("{what} has another stability"));
        self.waivers(&at, &what, &was.allow, &is.allow);
    }

    /// The attributes that a signal carries. What came or went with an attribute, or with what is common, is told there,
    /// but not that something had to be carried.
    fn carried(&mut self, was: &'c Signal, is: &'c Signal) {
        let (before, after) = (carried_by(self.old, was), carried_by(self.new, is));
        let required_before: HashMap<_, _> = before.iter().copied().collect();
        let kept: HashSet<_> = after.iter().map(|(id, _)| *id).collect();
        let (common_before, common_after) = (common(self.old), common(self.new));
        let what = format!("{} `{}`", is.kind.word(), is.id);
        let at = |id: &str| At::new(format!("{}.attributes.{id}", path(is)), is.place);
        for (id, required) in &after {
            let (Some(then), Some(now)) = (self.old_attributes.get(id), self.new_attributes.get(id)) else { continue };
            let more = Class::more_of(&[now.collected, is.collected]);
            match required_before.get(id) {
                None if common_after.contains(id) && !common_before.contains(id) => {}
                None => self.change(&at(id), [more], format!("{what} carries `{id}`, too")),
                Some(true) if !required => {
                    let class = Class::more_of(&[then.collected, was.collected, is.collected]);
                    let sentence = format!("{what} may come without `{id}`, which it had to carry");
                    self.change(&at(id), [class, Class::Breaks], sentence);
                }
                Some(false) if *required => {
                    self.change(
                        &at(id),
                        [Class::Breaks],
                        format!("{what} has to carry `{id}`, which could be missing"),
                    );
                }
                Some(_) => {}
            }
        }
        let lost = self.lost(was, is);
        for (id, _) in before.iter().filter(|(id, _)| !kept.contains(id)) {
            let told = common_before.contains(id) && !common_after.contains(id);
            if !self.new_attributes.contains_key(id) {
                continue;
            }
            if lost.contains(id) {
                let sentence = format!("{what} no longer carries `{id}`, which it had to");
                self.change(&at(id), [Class::Widens, Class::Breaks], sentence);
            } else if !told {
                self.change(&at(id), [Class::Breaks], format!("{what} no longer carries `{id}`"));
            }
        }
        let own = |carried: &[(&'c str, bool)]| -> Vec<&'c str> {
            let ids = carried.iter().map(|(id, _)| *id);
            ids.filter(|id| !common_before.contains(id) && !common_after.contains(id)).collect()
        };
        let order = At::new(path(is), is.place);
        self.order(&order, &own(&before), &own(&after), &format!("the attributes of {what}"));
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
}

fn section(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::Span => "spans",
        SignalKind::Event => "events",
    }
}

fn path(signal: &Signal) -> String {
    format!("{}.{}", section(signal.kind), signal.id)
}

/// The keys of the attributes that a signal carries, and whether each is required.
fn carried_by<'c>(catalogue: &'c Catalogue, signal: &Signal) -> Vec<(&'c str, bool)> {
    let carried = signal.attributes.iter();
    carried.map(|own| (&*catalogue.attribute(own.attribute).id, own.required)).collect()
}

/// The keys of the common attributes.
fn common(catalogue: &Catalogue) -> Vec<&str> {
    catalogue.common.iter().map(|id| &*catalogue.attribute(*id).id).collect()
}
