//! The head compared: destinations, switches, and the page's text.

use super::{At, Class, Comparison};
use crate::finding::quote;
use crate::{OptOut, OptOutKind};

impl Comparison<'_> {
    fn head_at(&self, key: &'static str) -> At {
        At::new(key, self.new.head.place(key))
    }

    pub(super) fn head(&mut self) {
        let (old, new) = (&self.old.head, &self.new.head);
        if old.name != new.name {
            let sentence = format!("the catalogue’s name was `{}` and is `{}`", old.name, new.name);
            self.change(&self.head_at("name"), [Class::Breaks], sentence);
        }
        self.wording(&self.head_at("title"), &old.title, &new.title, || {
            format!("the program’s title was {} and is {}", quote(&old.title), quote(&new.title))
        });
        if old.service != new.service {
            let (was, is) = (quote(&old.service), quote(&new.service));
            let sentence = format!("reports went out as service {was} and go out as {is}");
            self.change(&self.head_at("service"), [Class::Widens, Class::Breaks], sentence);
        }
        self.endpoints();
        self.opt_in();
        self.opt_out();
        self.channels();
        self.docs();
        self.waivers(&At::whole("allow"), "the whole catalogue", &old.allow, &new.allow);
    }

    fn opt_in(&mut self) {
        let (was, is) = (self.old.head.opt_in(), self.new.head.opt_in());
        let (class, sentence) = match (was, is) {
            (None, None) => return,
            (Some(was), Some(is)) if was == is => return,
            (None, Some(is)) => (Class::AddsOptIn, format!("there is a switch that opts in: `{is}`")),
            (Some(was), None) => (Class::Narrows, format!("the switch that opts in, `{was}`, is gone")),
            (Some(was), Some(is)) => (Class::Widens, format!("the switch that opts in was `{was}` and is `{is}`")),
        };
        self.change(&self.head_at("consent.opt_in"), [class], sentence);
    }

    fn opt_out(&mut self) {
        let (old, new) = (&self.old.head.opt_out, &self.new.head.opt_out);
        let place = self.new.head.place("consent.opt_out");
        let at = |opt_out: &OptOut| At::new(format!("consent.opt_out.{}", opt_out.name), place);
        let class = |opt_out: &OptOut, class| if opt_out.is_universal() { Class::Wording } else { class };
        for opt_out in old.iter().filter(|opt_out| !new.contains(opt_out)) {
            let class = class(opt_out, Class::Widens);
            let sentence = match (class, opt_out.kind) {
                (Class::Wording, _) => format!("the opt-out {opt_out} is no longer listed, but counts all the same"),
                (_, OptOutKind::Variable) => format!("the opt-out {opt_out} is no longer listed and counts no more"),
                _ => format!("{opt_out} no longer switches everything off"),
            };
            self.change(&at(opt_out), [class], sentence);
        }
        for opt_out in new.iter().filter(|opt_out| !old.contains(opt_out)) {
            let class = class(opt_out, Class::Narrows);
            self.change(&at(opt_out), [class], format!("{opt_out} is listed as an opt-out"));
        }
        let names = |opt_outs: &[OptOut]| opt_outs.iter().map(OptOut::to_string).collect::<Vec<_>>();
        let (old, new) = (names(old), names(new));
        let (old, new): (Vec<_>, Vec<_>) =
            (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
        self.order(&At::new("consent.opt_out", place), &old, &new, "the opt-outs");
    }

    fn docs(&mut self) {
        let (old, new) = (&self.old.head.docs, &self.new.head.docs);
        let changed = |what: &'static str| move || format!("{what} changed");
        self.wording(&At::whole("docs.title"), &old.title, &new.title, changed("the page’s title"));
        self.wording(&At::whole("docs.intro"), &old.intro, &new.intro, changed("the page’s introduction"));
        self.wording(&At::whole("docs.before"), &old.before, &new.before, changed("the text before the table"));
        self.wording(
            &At::whole("docs.table_title"),
            &old.table_title,
            &new.table_title,
            changed("the table’s heading"),
        );
        self.wording(&At::whole("docs.page"), &old.page, &new.page, changed("the form of the table"));
        self.wording(&At::whole("docs.note"), &old.note, &new.note, changed("the note below the table"));
        self.wording(&At::whole("docs.after"), &old.after, &new.after, changed("the text after the table"));
    }
}
