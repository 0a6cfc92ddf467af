//! Spans, events and metrics compared.

use std::cmp::Ordering;

use super::carried::Carrier;
use super::{At, Class, Comparison, Pair, pairs};
use crate::finding::quote;
use crate::{Attribute, AttributeId, Catalogue, Signal, SignalKind};

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
        for kind in SignalKind::ALL {
            let ids = |catalogue: &'c Catalogue| -> Vec<&'c str> {
                let signals = catalogue.signals.iter().filter(|signal| signal.kind == kind);
                signals.map(|signal| &*signal.id).collect()
            };
            let section = kind.facts().section;
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
        self.interval(&at, &what, was, is);
        self.destination(&at, &what, was, is);
        self.carried(&Carrier {
            what: what.clone(),
            path: format!("{}.attributes", path(is)),
            place: is.place,
            collected: (was.collected, is.collected),
            attributes: (&was.attributes, &is.attributes),
            has_common: is.measure.is_none(),
        });
        self.measure(&at, &what, (was, is));
        self.log_body(was, is, &what);
        self.joined(was, is, &what);
        let row = |catalogue: &'c Catalogue, signal: &Signal| signal.row.map(|row| &catalogue.row(row).id);
        let (from, to) = (row(self.old, was), row(self.new, is));
        self.wording(&at, &from, &to, || format!("another row discloses {what}"));
        self.wording(&at, &was.brief, &is.brief, || format!("{what} has another brief"));
        self.wording(&at, &was.since, &is.since, || format!("{what} has another `since`"));
        self.wording(&at, &was.deprecated, &is.deprecated, || format!("the deprecation of {what} changed"));
        self.wording(&at, &was.stability, &is.stability, || format!("{what} has another stability"));
        self.waivers(&at, &what, &was.allow, &is.allow);
    }

    /// The interval of a signal.
    fn interval(&mut self, at: &At, what: &str, was: &Signal, is: &Signal) {
        let more = Class::more_of(&[was.collected, is.collected]);
        let (class, sentence) = match (was.every, is.every) {
            (None, None) => return,
            (Some(was), None) => {
                (more, format!("{what} was sent once every {} at most, and has no limit", was.every()))
            }
            (None, Some(is)) => (Class::Narrows, format!("{what} is sent once every {} at most", is.every())),
            (Some(was), Some(is)) => {
                let class = match is.seconds().cmp(&was.seconds()) {
                    _ if was == is => return,
                    Ordering::Less => more,
                    Ordering::Greater => Class::Narrows,
                    Ordering::Equal => Class::Wording,
                };
                (class, format!("{what} was sent once every {} at most, and is once every {}", was.every(), is.every()))
            }
        };
        self.change(at, [class], sentence);
    }

    /// The body of a log record: an attribute that becomes it, or is it no longer, has another place on the wire.
    fn log_body(&mut self, was: &'c Signal, is: &'c Signal, what: &str) {
        let of = |catalogue: &'c Catalogue, body: Option<AttributeId>| body.map(|id| catalogue.attribute(id));
        let (before, after) = (of(self.old, was.body), of(self.new, is.body));
        let id = |attribute: Option<&'c Attribute>| attribute.map(|attribute| &*attribute.id);
        if id(before) == id(after) {
            return;
        }
        let mut moved = |attribute: &Attribute, sentence: String| {
            let at = At::new(format!("{}.attributes.{}", path(is), attribute.id), is.place);
            self.change(&at, [Class::more_of(&[attribute.collected, is.collected]), Class::Breaks], sentence);
        };
        if let Some(after) = after {
            moved(after, format!("`{}` is the body of {what}", after.id));
        }
        if let Some(before) = before.filter(|before| is.info.attributes.iter().any(|own| own.attribute.id == before.id))
        {
            moved(before, format!("`{}` is no longer the body of {what}", before.id));
        }
    }
}

pub(super) fn path(signal: &Signal) -> String {
    format!("{}.{}", signal.kind.facts().section, signal.id)
}
