//! The head compared: destinations, switches, and the page's text.

use super::{At, Class, Comparison};
use crate::finding::quote;

/// Variables that always switch everything off, whether a catalogue lists them or not.
const ALWAYS_OPT_OUT: [&str; 2] = ["DO_NOT_TRACK", "OTEL_SDK_DISABLED"];

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
        let at = |variable: &str| At::new(format!("consent.opt_out.{variable}"), place);
        let class = |variable: &str, class| if ALWAYS_OPT_OUT.contains(&variable) { Class::Wording } else { class };
        for variable in old.iter().filter(|variable| !new.contains(variable)) {
            let class = class(variable, Class::Widens);
            let still = if class == Class::Wording { ", but counts all the same" } else { " and counts no more" };
            let sentence = format!("the opt-out `{variable}` is no longer listed{still}");
            self.change(&at(variable), [class], sentence);
        }
        for variable in new.iter().filter(|variable| !old.contains(variable)) {
            let class = class(variable, Class::Narrows);
            let sentence = format!("`{variable}` is listed as an opt-out");
            self.change(&at(variable), [class], sentence);
        }
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
        self.wording(&At::whole("docs.note"), &old.note, &new.note, changed("the note below the table"));
        self.wording(&At::whole("docs.after"), &old.after, &new.after, changed("the text after the table"));
    }
}
