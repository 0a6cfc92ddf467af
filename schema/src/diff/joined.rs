//! The spans that a signal may be joined with, compared.
//!
//! One more of them *widens*: reports that stood apart can be put together. One less *narrows*.

use candor_domain::{Join, REMOTE};

use super::signals::path;
use super::{At, Class, Comparison};
use crate::{Catalogue, Signal};

impl<'c> Comparison<'c> {
    pub(super) fn joined(&mut self, was: &'c Signal, is: &'c Signal, what: &str) {
        for join in Join::ALL {
            let (before, after) = (was.relations.of(join), is.relations.of(join));
            let subject = |key: &str| format!("{}.{}.{key}", path(is), join.key());
            for key in after.iter().filter(|key| !before.contains(key)) {
                let class = more(self.new, is, key);
                self.change(&At::new(subject(key), is.place), [class], format!("{what} may {}", words(join, key)));
            }
            for key in before.iter().filter(|key| !after.contains(key)) {
                let sentence = format!("{what} may no longer {}", words(join, key));
                self.change(&At::new(subject(key), is.place), [Class::Narrows], sentence);
            }
            let keys = |relations: &'c [std::borrow::Cow<'static, str>]| -> Vec<&'c str> {
                relations.iter().map(|key| &**key).collect()
            };
            let at = At::new(path(is), is.place);
            self.order(&at, &keys(before), &keys(after), &format!("the `{}` of {what}", join.key()));
        }
        let (class, sentence) = match (was.relations.propagates, is.relations.propagates) {
            (false, true) => (Class::more(is.collected), format!("{what} may hand its id to other processes")),
            (true, false) => (Class::Narrows, format!("{what} no longer hands its id to other processes")),
            _ => return,
        };
        self.change(&At::new(format!("{}.propagates", path(is)), is.place), [class], sentence);
    }
}

/// More can be joined where both signals are sent.
fn more(catalogue: &Catalogue, signal: &Signal, key: &str) -> Class {
    let span = catalogue.span(key).map(|span| span.collected);
    Class::more_of(&[signal.collected, span.unwrap_or(signal.collected)])
}

fn words(join: Join, key: &str) -> String {
    let verb = match join {
        Join::Parent => "belong to",
        Join::Link => "link to",
    };
    if key == REMOTE { format!("{verb} a span of another process") } else { format!("{verb} span `{key}`") }
}
