//! The table's rows compared.

use std::collections::HashMap;

use super::{At, Class, Comparison, Pair, pairs};
use crate::finding::quote;
use crate::{Attribute, Catalogue, Row, RowId};

impl<'c> Comparison<'c> {
    pub(super) fn rows(&mut self) {
        let (old, new) = (self.old, self.new);
        for pair in pairs(&old.rows, &new.rows, |row| &*row.id) {
            match pair {
                Pair::Added(row) => self.added_row(row),
                Pair::Removed(row) => {
                    let class = if discloses_more(old, row, new, &self.new_attributes) {
                        Class::Breaks
                    } else {
                        Class::Wording
                    };
                    let sentence = format!("the table has no row {} any more", quote(&row.title));
                    self.change(&At::old(format!("rows.{}", row.id), row.place), [class], sentence);
                }
                Pair::Kept(was, is) => {
                    let at = At::new(format!("rows.{}", is.id), is.place);
                    self.wording(&at, &was.title, &is.title, || {
                        format!("row `{}` was called {} and is {}", is.id, quote(&was.title), quote(&is.title))
                    });
                    self.wording(&at, &was.reason, &is.reason, || format!("row `{}` has another reason", is.id));
                    self.row_personal(&at, was, is);
                    self.row_handling(&at, was, is);
                    self.wording(&at, &was.since, &is.since, || format!("row `{}` has another `since`", is.id));
                    self.wording(&at, &was.deprecated, &is.deprecated, || {
                        format!("the deprecation of row `{}` changed", is.id)
                    });
                    self.waivers(&at, &format!("row `{}`", is.id), &was.allow, &is.allow);
                }
            }
        }
        let ids = |catalogue: &'c Catalogue| -> Vec<&'c str> { catalogue.rows.iter().map(|row| &*row.id).collect() };
        self.order(&At::whole("rows"), &ids(old), &ids(new), "the table’s rows");
    }

    /// Attributes carry their row's word; only a row of nothing but signals has none to say it for it.
    fn row_personal(&mut self, at: &At, was: &Row, is: &Row) {
        let Some(id) = id_of(self.new, is).filter(|id| self.new.row_attributes(*id).next().is_none()) else { return };
        let more = self.more_in(id);
        self.personal(at, &format!("row `{}`", is.id), (was.personal, is.personal), more);
    }

    /// More of what a row has: by default where any of it is.
    pub(super) fn more_in(&self, row: RowId) -> Class {
        let by_default = self.new.row_channels(row).into_iter().find(|collected| collected.is_by_default());
        by_default.map_or(Class::AddsOptIn, Class::more)
    }

    fn added_row(&mut self, row: &Row) {
        let Some(id) = id_of(self.new, row) else { return };
        let class = if discloses_more(self.new, row, self.old, &self.old_attributes) {
            self.more_in(id)
        } else {
            Class::Wording
        };
        let when: Vec<_> = self.new.row_channels(id).into_iter().map(|collected| self.new.when(collected)).collect();
        let sentence = format!("the table has a new row, {}, collected {}", quote(&row.title), when.join(" and "));
        self.change(&At::new(format!("rows.{}", row.id), row.place), [class], sentence);
    }
}

/// Returns true if a row discloses something that the other catalogue, which has these attributes, does not have.
fn discloses_more(catalogue: &Catalogue, row: &Row, other: &Catalogue, attributes: &HashMap<&str, &Attribute>) -> bool {
    id_of(catalogue, row).is_some_and(|id| {
        catalogue.row_attributes(id).any(|attribute| !attributes.contains_key(&*attribute.id))
            || catalogue.row_signals(id).any(|signal| other.signal(&signal.id).is_none())
    })
}

pub(super) fn id_of(catalogue: &Catalogue, row: &Row) -> Option<RowId> {
    catalogue.row_id(catalogue.rows.iter().position(|other| other.id == row.id)?)
}
