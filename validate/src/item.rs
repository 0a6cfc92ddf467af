//! The items that a file of telemetry holds, and the reason why it holds none.

use std::error::Error;
use std::fmt;

use crate::payload::{Origin, Payload};

/// One thing that a file held.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A signal.
    Payload(Payload),
    /// Something that could not be read, or belongs to no signal. It was sent all the same.
    Unreadable(Unreadable),
}

impl Item {
    pub(crate) fn origin_mut(&mut self) -> &mut Origin {
        match self {
            Item::Payload(payload) => &mut payload.origin,
            Item::Unreadable(part) => &mut part.origin,
        }
    }
}

/// A part of a file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The place of the part.
    pub origin: Origin,
    /// The fault.
    pub why: String,
}

/// The reason why a file as a whole could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    why: String,
    is_too_large: bool,
}

impl DecodeError {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        DecodeError { why: why.into(), is_too_large: false }
    }

    pub(crate) fn too_large(why: String) -> Self {
        DecodeError { why, is_too_large: true }
    }

    /// Returns true if it could be read with more memory.
    pub fn is_too_large(&self) -> bool {
        self.is_too_large
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.why)
    }
}

impl Error for DecodeError {}
