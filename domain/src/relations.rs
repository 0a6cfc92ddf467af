//! The spans that a signal may be joined with.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use crate::Shared;

/// The word for a span of another process, among those that a signal belongs or links to.
pub const REMOTE: &str = "remote";

/// The most links of a span.
pub const MOST_LINKS: usize = 128;

/// The spans that a signal may be joined with, by their keys in the catalogue; [`REMOTE`] for one of another process.
/// A signal without any stands for itself.
#[derive(Debug, Clone)]
pub struct Relations {
    /// The spans that it may belong to.
    pub parents: Shared<[Cow<'static, str>]>,
    /// The spans that it may link to.
    pub links_to: Shared<[Cow<'static, str>]>,
    /// Set if its id may be handed to other processes.
    pub propagates: bool,
}

impl Relations {
    /// Those of a signal that stands for itself.
    pub const NONE: Relations =
        Relations { parents: Shared::Static(&[]), links_to: Shared::Static(&[]), propagates: false };

    /// Returns true for a signal that stands for itself.
    pub fn is_none(&self) -> bool {
        self.parents.is_empty() && self.links_to.is_empty() && !self.propagates
    }

    /// The spans of one way to be joined.
    pub fn of(&self, join: Join) -> &[Cow<'static, str>] {
        match join {
            Join::Parent => &self.parents,
            Join::Link => &self.links_to,
        }
    }

    /// Returns whether a signal may be joined so with the span of this key.
    pub fn admits(&self, join: Join, span: &str) -> bool {
        self.of(join).iter().any(|own| own == span)
    }

    pub(crate) fn hash_into(&self, hasher: &mut impl Hasher) {
        if !self.is_none() {
            (&*self.parents, &*self.links_to, self.propagates).hash(hasher);
        }
    }
}

/// A way in which a signal is joined with a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Join {
    /// It belongs to the span.
    Parent,
    /// It links to the span.
    Link,
}

impl Join {
    /// Both ways.
    pub const ALL: [Join; 2] = [Join::Parent, Join::Link];

    /// The key in a catalogue.
    pub const fn key(self) -> &'static str {
        match self {
            Join::Parent => "parents",
            Join::Link => "links_to",
        }
    }
}
