//! Endpoints compared: where reports go, and in which form.

use std::collections::BTreeSet;

use candor_domain::{Body, Form, Part};

use super::{At, Class, Comparison, Pair, pairs};
use crate::finding::quote;
use crate::template::placeholder_text;
use crate::{Endpoint, Signal};

impl Comparison<'_> {
    pub(super) fn endpoints(&mut self) {
        let (old, new) = (&self.old.head.endpoints, &self.new.head.endpoints);
        for pair in pairs(old, new, |endpoint| &*endpoint.name) {
            match pair {
                Pair::Added(is) => {
                    let known = old.iter().any(|was| has_same_target(was, is));
                    let (class, sentence) = match known {
                        _ if old.is_empty() && new.len() == 1 => (
                            Class::Widens,
                            format!("reports go to {}, and before no destination was named", quote(&is.url)),
                        ),
                        true => (Class::Wording, format!("{} is called `{}`", quote(&is.url), is.name)),
                        false => (
                            Class::Widens,
                            format!("`{}` is a new destination of reports: {}", is.name, quote(&is.url)),
                        ),
                    };
                    self.change(&At::new(subject(is), is.place), [class], sentence);
                }
                Pair::Removed(was) if new.is_empty() => {
                    let sentence = format!("reports went to {}, and now no destination is named", quote(&was.url));
                    self.change(&At::new(subject(was), self.new.head.place("endpoint")), [Class::Widens], sentence);
                }
                Pair::Removed(was) => {
                    if !new.iter().any(|is| has_same_target(was, is)) {
                        let sentence = format!("nothing goes to `{}` any more: {}", was.name, quote(&was.url));
                        self.change(&At::old(subject(was), was.place), [Class::Breaks], sentence);
                    }
                }
                Pair::Kept(was, is) => self.endpoint(was, is),
            }
        }
        let names = |endpoints: &'_ [Endpoint]| endpoints.iter().map(|one| one.name.to_string()).collect::<Vec<_>>();
        let (old, new) = (names(old), names(new));
        let (old, new): (Vec<_>, Vec<_>) =
            (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
        self.order(&At::whole("endpoints"), &old, &new, "the endpoints");
    }

    fn endpoint(&mut self, was: &Endpoint, is: &Endpoint) {
        let at = At::new(subject(is), is.place);
        if was.url != is.url {
            let sentence = format!("reports went to {} and go to {}", quote(&was.url), quote(&is.url));
            self.change(&at, [Class::Widens], sentence);
        }
        match (&was.form, &is.form) {
            (Form::Json(was_method, was), Form::Json(is_method, is_body)) => {
                if was_method != is_method {
                    let sentence =
                        format!("`{}` got {} requests and gets {}", is.name, was_method.word(), is_method.word());
                    self.change(&at, [Class::Breaks], sentence);
                }
                self.body(&at, &is.name, was, is_body);
            }
            (Form::Otlp, Form::Otlp) => {}
            (was_form, is_form) => {
                let sentence = format!("`{}` got `{}` and gets `{}`", is.name, was_form.word(), is_form.word());
                self.change(&at, [Class::Widens, Class::Breaks], sentence);
            }
        }
        self.wording(&at, &was.brief, &is.brief, || format!("endpoint `{}` has another brief", is.name));
        self.waivers(&at, &format!("endpoint `{}`", is.name), &was.allow, &is.allow);
    }

    /// Facts that a body did not hold before are more than what left.
    fn body(&mut self, at: &At, name: &str, was: &Body, is: &Body) {
        let (before, after) = (facts(was), facts(is));
        let more: Vec<_> = after.difference(&before).map(|fact| format!("`{fact}`")).collect();
        let of_process = self.new.resource().info.attributes.iter().map(|member| &member.attribute);
        let of_process: Vec<_> = of_process
            .filter(|attribute| is.places_of_resource(&attribute.name) && !was.places_of_resource(&attribute.name))
            .filter_map(|attribute| self.new_attributes.get(&*attribute.id).copied())
            .collect();
        for attribute in &of_process {
            let sentence = format!("requests to `{name}` hold `$resource.{}`, too", attribute.id);
            self.change(at, [Class::more(attribute.collected), Class::Breaks], sentence);
        }
        if !more.is_empty() {
            let sentence = format!("the body of `{name}` holds {}, too", more.join(", "));
            self.change(at, [Class::Widens, Class::Breaks], sentence);
        } else if was != is && of_process.is_empty() {
            self.change(at, [Class::Breaks], format!("the body of `{name}` has another form"));
        }
    }

    /// A signal that goes somewhere else than before.
    pub(super) fn destination(&mut self, at: &At, what: &str, was: &Signal, is: &Signal) {
        let (Some(before), Some(after)) = (self.old.head.endpoint_of(was), self.new.head.endpoint_of(is)) else {
            return;
        };
        if before.name != after.name && !has_same_target(before, after) {
            let sentence = format!("{what} went to {} and goes to {}", quote(&before.url), quote(&after.url));
            self.change(at, [Class::Widens], sentence);
        }
    }
}

/// The path that a signature names. The endpoint of the short form has the key of that.
fn subject(endpoint: &Endpoint) -> String {
    match &*endpoint.name {
        "default" => "endpoint".to_owned(),
        name => format!("endpoints.{name}"),
    }
}

fn has_same_target(was: &Endpoint, is: &Endpoint) -> bool {
    was.url == is.url && was.form == is.form
}

/// The placeholders of facts that are not attributes.
fn facts(body: &Body) -> BTreeSet<String> {
    fn collect(part: &Part, body: &Body, facts: &mut BTreeSet<String>) {
        match part {
            Part::List(items) => items.iter().for_each(|item| collect(item, body, facts)),
            Part::Object(members) => members.iter().for_each(|(_, member)| collect(member, body, facts)),
            Part::Attribute(_) | Part::Attributes | Part::Spread => {}
            Part::OfResource(_) | Part::Resource | Part::SpreadResource | Part::Signals => {}
            other => facts.extend(placeholder_text(other, body)),
        }
    }
    let mut facts = BTreeSet::new();
    collect(&body.template, body, &mut facts);
    facts
}
