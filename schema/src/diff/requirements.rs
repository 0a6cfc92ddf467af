//! Attributes that had to be there by default, and are not there any more.

use std::collections::{HashMap, HashSet};

use super::Comparison;
use crate::{Collected, Object, SignalAttribute};

impl<'c> Comparison<'c> {
    /// The attributes that a signal or the resource had to carry by default, and of whose names it has to carry none by default.
    pub(super) fn lost(
        &self,
        (then, now): (Collected, Collected),
        (was, is): (&'c [SignalAttribute], &'c [SignalAttribute]),
    ) -> HashSet<&'c str> {
        if !then.is_by_default() || !now.is_by_default() {
            return HashSet::new();
        }
        let required = is.iter().filter(|own| own.required);
        let names: HashSet<&str> = required.map(|own| &*self.new.attribute(own.attribute).name).collect();
        let had = was.iter().filter(|own| own.required).map(|own| self.old.attribute(own.attribute));
        had.filter(|attribute| !names.contains(&*attribute.name)).map(|attribute| &*attribute.id).collect()
    }

    /// By attribute, the signals and objects that lost it and stay, in words.
    pub(super) fn losers(&self) -> HashMap<&'c str, Vec<String>> {
        let mut losers: HashMap<&str, Vec<String>> = HashMap::new();
        let signals: HashMap<_, _> = self.new.signals.iter().map(|is| ((is.kind, &*is.id), is)).collect();
        for was in &self.old.signals {
            let Some(is) = signals.get(&(was.kind, &*was.id)) else { continue };
            for id in self.lost((was.collected, is.collected), (&was.attributes, &is.attributes)) {
                losers.entry(id).or_default().push(format!("{} `{}`", was.kind.word(), was.id));
            }
        }
        let resources = (&*self.old.resource.attributes, &*self.new.resource.attributes);
        for id in self.lost((Collected::Default, Collected::Default), resources) {
            losers.entry(id).or_default().push("the resource".to_owned());
        }
        let objects: HashMap<&str, &Object> = self.new.objects.iter().map(|is| (&*is.id, is)).collect();
        for was in &self.old.objects {
            let Some(is) = objects.get(&*was.id) else { continue };
            // A field that stays says itself what becomes of it.
            let stay: HashSet<&str> = is.fields.iter().map(|field| &*field.name).collect();
            let gone = was.fields.iter().filter(|field| field.required && !stay.contains(&*field.name));
            let lost: HashSet<&str> = gone.map(|field| &*self.old.attribute(field.attribute).id).collect();
            for id in lost {
                losers.entry(id).or_default().push(format!("object `{}`", was.id));
            }
        }
        losers
    }
}
