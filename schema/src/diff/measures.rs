//! Instruments of metrics compared: finer buckets and more frequent reports tell more.

use std::cmp::Ordering;

use candor_domain::{Measure, NumberType};

use super::{At, Class, Comparison};
use crate::Signal;

impl<'c> Comparison<'c> {
    pub(super) fn measure(&mut self, at: &At, what: &str, (before, after): (&'c Signal, &'c Signal)) {
        let (Some(was), Some(is)) = (&before.measure, &after.measure) else { return };
        let more = Class::more_of(&[before.collected, after.collected]);
        if was.instrument != is.instrument {
            let sentence =
                format!("the instrument of {what} was {} and is {}", was.instrument.words(), is.instrument.words());
            self.change(at, [more, Class::Breaks], sentence);
        }
        let number = format!("{what} had values of type {} and has {}", was.number.word(), is.number.word());
        match (was.number, is.number) {
            (NumberType::Int, NumberType::Double) => self.change(at, [more, Class::Breaks], number),
            (NumberType::Double, NumberType::Int) => self.change(at, [Class::Narrows], number),
            _ => {}
        }
        if was.unit != is.unit {
            let unit = |unit: &str| if unit.is_empty() { "no unit".to_owned() } else { format!("the unit `{unit}`") };
            let sentence = format!("{what} had {} and has {}", unit(&was.unit), unit(&is.unit));
            self.change(at, [more, Class::Breaks], sentence);
        }
        self.bounds(at, what, more, (was, is));
        let sentence = || format!("{what} was reported every {} and is every {}", was.every(), is.every());
        match is.interval.cmp(&was.interval) {
            Ordering::Less => self.change(at, [more], sentence()),
            Ordering::Greater => self.change(at, [Class::Narrows], sentence()),
            Ordering::Equal => {}
        }
    }

    /// A bound that is new tells values apart that were one. A bound that is gone does not, but readers may rely on it.
    fn bounds(&mut self, at: &At, what: &str, more: Class, (was, is): (&Measure, &Measure)) {
        let lacks = |of: &Measure, bound: f64| of.bounds.iter().all(|own| *own != bound);
        let new: Vec<_> = is.bounds.iter().filter(|bound| lacks(was, **bound)).map(f64::to_string).collect();
        let gone: Vec<_> = was.bounds.iter().filter(|bound| lacks(is, **bound)).map(f64::to_string).collect();
        if !new.is_empty() {
            let sentence = format!("{what} tells values apart at {}, too", new.join(", "));
            self.change(at, [more, Class::Breaks], sentence);
        }
        if !gone.is_empty() {
            let sentence = format!("{what} no longer tells values apart at {}", gone.join(", "));
            self.change(at, [Class::Narrows, Class::Breaks], sentence);
        }
    }
}
