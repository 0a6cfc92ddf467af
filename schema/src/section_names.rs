//! The names of a section: looks them up, and guesses which one a misspelt name means.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use crate::did_you_mean::{Near, nearest};
use crate::names::{fault_of_id, tidy};

/// The names of one section: where each is, and which one was meant by a name that is none.
pub(crate) struct SectionNames<'m> {
    positions: HashMap<&'m str, usize>,
    names: Vec<&'m str>,
    /// SectionNames as they should have been written, for those that cannot be used as they are.
    tidied: HashMap<String, usize>,
    incomplete: bool,
    /// SectionNames that are none, and what was meant.
    near: RefCell<HashMap<String, Option<Near<'m>>>>,
    /// The effort that is left for comparing names. A catalogue of 100,000 attributes all misnamed is told so at once.
    effort: Cell<usize>,
}

impl<'m> SectionNames<'m> {
    pub fn new(names: impl Iterator<Item = &'m str>, incomplete: bool) -> Self {
        let names: Vec<_> = names.collect();
        let mut positions = HashMap::with_capacity(names.len());
        for (position, name) in names.iter().enumerate() {
            positions.entry(*name).or_insert(position);
        }
        let mut tidied = HashMap::new();
        for (position, name) in names.iter().enumerate().filter(|(_, name)| fault_of_id(name, false).is_some()) {
            tidy(name).map(|tidy| tidied.entry(tidy).or_insert(position));
        }
        SectionNames { positions, names, tidied, incomplete, near: RefCell::default(), effort: Cell::new(MOST_EFFORT) }
    }

    /// Returns the position of this name.
    pub fn get(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }

    /// Returns true if this name is missing although all names are known.
    pub fn lacks(&self, name: &str) -> bool {
        !self.incomplete && !self.positions.contains_key(name) && !self.tidied.contains_key(name)
    }

    /// The name that was probably meant.
    pub fn near(&self, name: &str) -> Option<Near<'m>> {
        if let Some(near) = self.near.borrow().get(name) {
            return *near;
        }
        let mut effort = self.effort.get();
        let near = nearest(name, self.names.iter().copied(), &mut effort);
        self.effort.set(effort);
        self.near.borrow_mut().insert(name.to_owned(), near);
        near
    }

    /// Positions of names that no use refers to. Empty where a use refers to no name for certain: it may mean any.
    pub fn unused<'u>(&self, uses: impl IntoIterator<Item = &'u str>) -> Vec<usize> {
        let mut used = vec![false; self.names.len()];
        for name in uses {
            let Some(position) = self.get(name).or_else(|| self.meant(name)) else { return Vec::new() };
            used[position] = true;
        }
        let first = |position: &usize| self.get(self.names[*position]) == Some(*position);
        (0..self.names.len()).filter(|position| !used[*position]).filter(first).collect()
    }

    /// Returns the position of the name that was meant by an unknown one, when that is certain.
    fn meant(&self, name: &str) -> Option<usize> {
        let close = |near: &Near| strsim::osa_distance(name, near.name) <= 2;
        self.tidied.get(name).copied().or_else(|| self.get(self.near(name).filter(close)?.name))
    }
}

/// The most characters of names that are compared to find out what was meant by others.
const MOST_EFFORT: usize = 10_000_000;
