//! Notes about values that did not pass.

use std::fmt;

use crate::Consent;

/// The reason why a value did not pass as it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The catalogue does not list it there.
    Unknown,
    /// It needs a channel that was not granted. It leaves no trace in the signal.
    Consent,
    /// It is of another type, or outside its domain.
    Value,
    /// It was given again later: of equal keys the last counts.
    Duplicate,
    /// It must be there and is not.
    Missing,
    /// It was cut to its longest length; the rest of it passed.
    Cut,
}

impl Why {
    /// Every reason, in order.
    pub const ALL: [Why; 6] = [Why::Unknown, Why::Consent, Why::Value, Why::Duplicate, Why::Missing, Why::Cut];

    /// One word for reports. It stays as it is.
    pub fn name(self) -> &'static str {
        match self {
            Why::Unknown => "unknown",
            Why::Consent => "consent",
            Why::Value => "value",
            Why::Duplicate => "duplicate",
            Why::Missing => "missing",
            Why::Cut => "cut",
        }
    }

    /// Returns whether it counts in the `droppedAttributesCount` of its signal.
    #[inline(always)]
    pub fn is_dropped(self) -> bool {
        !matches!(self, Why::Consent | Why::Cut)
    }
}

/// The place of a value in a signal: `crew_agents.goal`. Items of a list have the place of the list.
#[derive(Debug, Clone, Copy)]
pub struct Path<'p> {
    /// The object that the value is in.
    pub before: Option<&'p Path<'p>>,
    /// Name on the wire.
    pub name: &'p str,
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(before) = self.before {
            write!(f, "{before}.")?;
        }
        f.write_str(self.name)
    }
}

/// Takes note of every value that does not pass, and can forget: what was noted inside an object that is dropped as a
/// whole no longer counts.
pub trait Notes {
    /// A position to go back to.
    type Mark: Copy;

    /// The present position.
    fn mark(&self) -> Self::Mark;
    /// Forgets what was noted since.
    fn rewind(&mut self, mark: Self::Mark);
    /// Takes note of one value.
    fn note(&mut self, why: Why, path: Path<'_>);
    /// Takes note of the channels that a value needs which passed.
    fn used(&mut self, needs: Consent);
}

/// Counts the values of one signal that did not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Values left out because their domain does not admit them, or missing though required.
    pub dropped: u32,
    /// Texts cut to their longest length.
    pub truncated: u32,
    /// The channels beyond `default` of what passed.
    pub used: Consent,
}

impl Default for Tally {
    #[inline(always)]
    fn default() -> Self {
        Tally { dropped: 0, truncated: 0, used: Consent::Off }
    }
}

impl Notes for Tally {
    type Mark = Tally;

    #[inline(always)]
    fn mark(&self) -> Tally {
        *self
    }

    #[inline(always)]
    fn rewind(&mut self, mark: Tally) {
        *self = mark;
    }

    #[inline(always)]
    fn note(&mut self, why: Why, _: Path<'_>) {
        self.dropped += u32::from(why.is_dropped());
        self.truncated += u32::from(why == Why::Cut);
    }

    #[inline(always)]
    fn used(&mut self, needs: Consent) {
        self.used = self.used.and(needs);
    }
}

/// Every value of one signal that did not pass, with its place. Allocates nothing while everything passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusals {
    list: Vec<(Why, String)>,
    used: Consent,
}

impl Default for Refusals {
    fn default() -> Self {
        Refusals { list: Vec::new(), used: Consent::Off }
    }
}

impl Refusals {
    /// Most values that are remembered with their place; the others are counted.
    const MOST: usize = 10_000;

    /// Reasons and places, in the order of the values.
    pub fn iter(&self) -> impl Iterator<Item = (Why, &str)> {
        self.list.iter().map(|(why, path)| (*why, path.as_str()))
    }

    /// The channels of what passed.
    pub fn needs(&self) -> Consent {
        self.used
    }

    /// Returns the number of values that were left out: the `droppedAttributesCount` of the signal.
    pub fn dropped(&self) -> u32 {
        let dropped = self.list.iter().filter(|(why, _)| why.is_dropped()).count();
        u32::try_from(dropped).unwrap_or(u32::MAX)
    }
}

impl Notes for Refusals {
    type Mark = (usize, Consent);

    fn mark(&self) -> Self::Mark {
        (self.list.len(), self.used)
    }

    fn rewind(&mut self, (length, used): Self::Mark) {
        self.list.truncate(length);
        self.used = used;
    }

    fn used(&mut self, needs: Consent) {
        self.used = self.used.and(needs);
    }

    fn note(&mut self, why: Why, path: Path<'_>) {
        let path = if self.list.len() < Self::MOST { path.to_string() } else { String::new() };
        self.list.push((why, path));
    }
}
