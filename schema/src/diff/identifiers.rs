//! Identifiers compared: whether one leads further back to a person than before.

use super::{At, Class, Comparison};
use crate::{Attribute, Catalogue, Identifier, IdentifierOf, IdentifierScope, IdentifierSource, IdentifierWord};

impl Comparison<'_> {
    pub(super) fn identifier(&mut self, at: &At, was: &Attribute, is: &Attribute) {
        let (before, after) = (was.identifier.as_ref(), is.identifier.as_ref());
        let (old, new) = (before.map(|it| of(self.old, it)), after.map(|it| of(self.new, it)));
        if (before.map(without_of), &old) == (after.map(without_of), &new) {
            return;
        }
        let more = Class::more(is.collected);
        let class = match (before, after) {
            (Some(before), Some(after)) => {
                let (was, is) = (before.reach(), after.reach());
                let adds = new.iter().flatten().any(|of| !old.iter().flatten().any(|before| before == of));
                let loses = old.iter().flatten().any(|of| !new.iter().flatten().any(|after| after == of));
                match (is.exceeds(was) || adds, was.exceeds(is) || loses) {
                    (true, _) => more,
                    (false, true) => Class::Narrows,
                    (false, false) => Class::Wording,
                }
            }
            // Where none was declared, only one that tells nothing is less.
            (None, Some(after)) if after.reach().is_untraceable() => Class::Narrows,
            _ => more,
        };
        let words = |identifier, of: &Option<Vec<String>>| describe(identifier, of.as_deref().unwrap_or_default());
        let (from, to) = (words(before, &old), words(after, &new));
        self.change(at, [class], format!("`{}` was {from} and is {to}", is.id));
    }
}

/// An identifier but for what it is made of, whose positions differ between catalogues.
fn without_of(identifier: &Identifier) -> Identifier {
    Identifier { of: Vec::new(), ..identifier.clone() }
}

/// The sources of an identifier, in words.
fn of(catalogue: &Catalogue, identifier: &Identifier) -> Vec<String> {
    let name = |of: &IdentifierOf| match of {
        IdentifierOf::Attribute(id) => format!("`{}`", catalogue.attribute(*id).id),
        IdentifierOf::Words(words) => words.clone(),
    };
    identifier.of.iter().map(name).collect()
}

/// The kind of an identifier, in words.
fn describe(identifier: Option<&Identifier>, of: &[String]) -> String {
    let Some(identifier) = identifier else { return "no identifier".to_owned() };
    let of = if of.is_empty() { String::new() } else { format!(" of {}", of.join(" and ")) };
    let what = match (identifier.word, identifier.source) {
        (Some(IdentifierWord::ContentHash), _) => "a hash of content".to_owned(),
        (_, Some(IdentifierSource::Random)) => "a random identifier".to_owned(),
        (_, Some(IdentifierSource::Hash)) if identifier.salted => format!("a salted hash{of}"),
        (_, Some(IdentifierSource::Hash)) => format!("a hash without a salt{of}"),
        (_, Some(IdentifierSource::Hardware)) => format!("an identifier of the machine’s own{of}"),
        (_, Some(IdentifierSource::Account)) => format!("an identifier of an account{of}"),
        (_, None) => "an identifier that is kept".to_owned(),
    };
    let scope = identifier.scope.map(|scope| match scope {
        IdentifierScope::Signal => " that is new in each signal",
        IdentifierScope::Run => " that is new in each run",
        IdentifierScope::Installation => " that stays with the installation",
        IdentifierScope::Machine => " that stays with the machine",
        IdentifierScope::Account => " that stays with the account",
    });
    let rotates = identifier.rotates.map(|rotates| format!(", new every {}", rotates.every()));
    what + scope.unwrap_or_default() + &rotates.unwrap_or_default()
}
