//! Compares handling: purpose, owner, retention.

use super::rows::id_of;
use super::{At, Class, Comparison};
use crate::finding::quote;
use crate::handling::{Expiry, LegalBasis, Retention};
use crate::{Attribute, Handling, Row};

impl Comparison<'_> {
    /// A row speaks for the attributes that inherit from it.
    pub(super) fn row_handling(&mut self, at: &At, was: &Row, is: &Row) {
        let Some(id) = id_of(self.new, is) else { return };
        let more = self.more_in(id);
        self.handling(at, &format!("row `{}`", is.id), &was.handling, &is.handling, more);
    }

    /// Compares an attribute's own handling. A change that it inherits from the same row is told there.
    pub(super) fn attribute_handling(&mut self, at: &At, was: &Attribute, is: &Attribute) {
        let same_row = self.old.row(was.row).id == self.new.row(is.row).id;
        let (mut before, mut after) = (self.old.handling(was), self.new.handling(is));
        if same_row {
            forget_inherited(&mut before, &mut after, &was.handling, &is.handling);
        }
        self.handling(at, &format!("`{}`", is.id), &before, &after, Class::more(is.collected));
    }

    fn handling(&mut self, at: &At, what: &str, was: &Handling, is: &Handling, more: Class) {
        self.retention(at, what, (was.retention.as_ref(), is.retention.as_ref()), more);
        self.expiry(at, what, (was.expires.as_ref(), is.expires.as_ref()), more);
        self.legal_basis(at, what, (was.legal_basis, is.legal_basis), more);
        self.purpose(at, what, (was.purpose.as_deref(), is.purpose.as_deref()), more);
        self.wording(at, &was.owner, &is.owner, || format!("{what} has another owner"));
        self.wording(at, &was.links, &is.links, || format!("{what} has other links"));
    }

    /// Without a retention, something may be kept for ever.
    fn retention(&mut self, at: &At, what: &str, said: (Option<&Retention>, Option<&Retention>), more: Class) {
        let (class, sentence) = match said {
            (None, None) => return,
            (Some(was), Some(is)) if was.length() == is.length() => return,
            (Some(was), Some(is)) => {
                let class = if is.length() > was.length() { more } else { Class::Narrows };
                (class, format!("{what} was kept {} and is kept {}", was.words(), is.words()))
            }
            (None, Some(is)) => (Class::Narrows, format!("{what} is kept {}, and there was no limit", is.words())),
            (Some(was), None) => (more, format!("{what} was kept {}, and there is no limit now", was.words())),
        };
        self.change(at, [class], sentence);
    }

    fn expiry(&mut self, at: &At, what: &str, said: (Option<&Expiry>, Option<&Expiry>), more: Class) {
        let (class, sentence) = match said {
            (None, None) => return,
            (Some(was), Some(is)) if is.is_within(was) && was.is_within(is) => return,
            (Some(was), Some(is)) => {
                let class = if is.is_within(was) { Class::Narrows } else { more };
                (class, format!("{what} was to end at {} and ends at {}", was.word(), is.word()))
            }
            (None, Some(is)) => (Class::Narrows, format!("{what} ends at {}, and had no end", is.word())),
            (Some(was), None) => (more, format!("{what} was to end at {}, and has no end now", was.word())),
        };
        self.change(at, [class], sentence);
    }

    /// Only agreement leaves the choice to the user, so going back to it narrows.
    fn legal_basis(&mut self, at: &At, what: &str, said: (Option<LegalBasis>, Option<LegalBasis>), more: Class) {
        let (was, is) = said;
        let class = match (was, is) {
            _ if was == is => return,
            (None, Some(_)) => Class::Wording,
            (Some(_), Some(LegalBasis::Consent)) => Class::Narrows,
            (Some(_), _) => more,
            (None, None) => return,
        };
        let word = |basis: Option<LegalBasis>| basis.map_or("not said", LegalBasis::word);
        self.change(at, [class], format!("the legal basis of {what} was {} and is {}", word(was), word(is)));
    }

    /// Another purpose cannot be shown to stay within the old one, as with patterns.
    fn purpose(&mut self, at: &At, what: &str, said: (Option<&str>, Option<&str>), more: Class) {
        let (was, is) = said;
        let (class, sentence) = match (was, is) {
            _ if was == is => return,
            (None, Some(is)) => (Class::Wording, format!("the purpose of {what} is said: {}", quote(is))),
            (_, Some(is)) => (more, format!("{what} has another purpose: {}", quote(is))),
            (_, None) => (more, format!("the purpose of {what} is no longer said")),
        };
        self.change(at, [class], sentence);
    }
}

/// Forgets each key that neither attribute has of its own.
fn forget_inherited(before: &mut Handling, after: &mut Handling, was: &Handling, is: &Handling) {
    fn forget<T>(before: &mut Option<T>, after: &mut Option<T>, was: &Option<T>, is: &Option<T>) {
        if was.is_none() && is.is_none() {
            (*before, *after) = (None, None);
        }
    }
    forget(&mut before.purpose, &mut after.purpose, &was.purpose, &is.purpose);
    forget(&mut before.owner, &mut after.owner, &was.owner, &is.owner);
    forget(&mut before.retention, &mut after.retention, &was.retention, &is.retention);
    forget(&mut before.expires, &mut after.expires, &was.expires, &is.expires);
    forget(&mut before.legal_basis, &mut after.legal_basis, &was.legal_basis, &is.legal_basis);
    (before.links, after.links) = (was.links.clone(), is.links.clone());
}
