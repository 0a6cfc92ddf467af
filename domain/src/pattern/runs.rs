//! Simple patterns as tables: runs of characters of one class each.

use super::shape::Shape;

/// Characters of one class after those of another, each so many times: `^[0-9a-f]{8}-[0-9a-f]{4}$`.
///
/// Only what can be followed from left to right without ever going back, in characters that JSON spells as they are.
#[derive(Debug)]
pub(super) struct Runs {
    classes: Vec<Class>,
    runs: Vec<Run>,
}

#[derive(Debug)]
struct Run {
    class: usize,
    least: usize,
    most: usize,
}

type Class = Box<[bool; 256]>;

impl Runs {
    /// The number of bytes that the runs take from the beginning of a text.
    #[inline]
    pub fn length(&self, text: &[u8]) -> Option<usize> {
        let mut rest = text;
        for run in &self.runs {
            let class = &self.classes[run.class];
            let (fixed, after) = rest.split_at_checked(run.least)?;
            if !fixed.iter().fold(true, |all, byte| all & class[usize::from(*byte)]) {
                return None;
            }
            let more = after.iter().take(run.most - run.least).take_while(|byte| class[usize::from(**byte)]).count();
            rest = &after[more..];
        }
        Some(text.len() - rest.len())
    }

    /// The tables of a pattern; `None` if it is not as simple as that.
    pub fn of(shape: &Shape) -> Option<Runs> {
        let Shape::Sequence(parts) = shape else { return None };
        let [Shape::Start, parts @ .., Shape::End] = parts.as_slice() else { return None };
        let mut runs = Runs { classes: Vec::new(), runs: Vec::new() };
        for part in parts {
            let (characters, least, most) = match part {
                Shape::Repeat { part, least, most } => (&**part, *least, most.unwrap_or(usize::MAX)),
                part => (part, 1, 1),
            };
            let class = class(characters)?;
            if least > most {
                return None;
            }
            let class = runs.position(class);
            runs.runs.push(Run { class, least, most });
        }
        runs.never_goes_back().then_some(runs)
    }

    fn position(&mut self, class: Class) -> usize {
        let known = self.classes.iter().position(|known| *known == class);
        known.unwrap_or_else(|| {
            self.classes.push(class);
            self.classes.len() - 1
        })
    }

    /// Returns whether a run that may be longer or shorter always ends where the next one begins.
    fn never_goes_back(&self) -> bool {
        let is_apart = |(at, run): (usize, &Run)| {
            let after = &self.runs[at + 1..];
            let reach = after.iter().position(|next| next.least > 0).map_or(after.len(), |next| next + 1);
            run.least == run.most || after[..reach].iter().all(|next| self.are_disjoint(run.class, next.class))
        };
        self.runs.iter().enumerate().all(is_apart)
    }

    fn are_disjoint(&self, one: usize, other: usize) -> bool {
        self.classes[one].iter().zip(self.classes[other].iter()).all(|(one, other)| !(*one && *other))
    }
}

/// A class of characters that JSON spells as they are.
fn class(shape: &Shape) -> Option<Class> {
    let Shape::Characters(ranges) = shape else { return None };
    let mut class = Box::new([false; 256]);
    for (start, end) in ranges {
        for char in *start..=*end {
            let byte = u8::try_from(char).ok().filter(|byte| matches!(byte, b' '..=b'~') && !b"\"\\".contains(byte))?;
            class[usize::from(byte)] = true;
        }
    }
    Some(class)
}
