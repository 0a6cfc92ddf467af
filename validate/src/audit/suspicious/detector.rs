//! A detector: a pattern, a judge of what it finds, and its name.

use crate::audit::Rule;

/// A detector of one kind of text.
pub(super) struct Detector {
    pub rule: Rule,
    pub what: &'static str,
    /// Group 1, where there is one, is the part that matters.
    pub pattern: &'static str,
    /// The judge. Says no to a part that only looks alike.
    pub judge: fn(&Part<'_>) -> bool,
}

/// The part of a text that a pattern found, and what stands around it.
pub(super) struct Part<'t> {
    pub before: &'t str,
    pub found: &'t str,
    pub after: &'t str,
}

impl<'t> Part<'t> {
    /// `None` where bytes were found in the middle of a character.
    pub fn of(text: &'t str, range: std::ops::Range<usize>) -> Option<Self> {
        Some(Part { before: text.get(..range.start)?, found: text.get(range.clone())?, after: text.get(range.end..)? })
    }
}

pub(super) const fn detector(
    rule: Rule,
    what: &'static str,
    pattern: &'static str,
    judge: fn(&Part<'_>) -> bool,
) -> Detector {
    Detector { rule, what, pattern, judge }
}

pub(super) const fn secret(what: &'static str, pattern: &'static str, judge: fn(&Part<'_>) -> bool) -> Detector {
    detector(Rule::Secret, what, pattern, judge)
}
