//! Identifiers that stay the same for longer than the page says.
//!
//! An identifier with the scope `signal` is another one in each signal, and one with the scope `run` in each run. A capture is
//! taken for a run, however many requests it has. The same signal twice is a request that was sent again, and no finding.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use candor_schema::{AttributeId, IdentifierScope};

/// Most identifiers that are kept at a time.
const MOST: usize = 65_536;

/// The identifiers that were seen, and where each was seen first.
#[derive(Debug, Default)]
pub(super) struct Lasting {
    seen: HashMap<u64, Sighting>,
    hasher: RandomState,
    forgot: bool,
}

/// The capture and the signal, as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sighting {
    pub capture: usize,
    pub signal: u64,
}

impl Lasting {
    /// Returns true if something was forgotten.
    pub fn forgot(&self) -> bool {
        self.forgot
    }

    /// A number for a signal as it was sent.
    pub fn number(&self, signal: &str) -> u64 {
        self.hasher.hash_one(signal)
    }

    /// Notes an identifier, and says how it lasts for longer than its scope.
    pub fn stays(
        &mut self,
        id: AttributeId,
        scope: IdentifierScope,
        value: &str,
        now: Sighting,
    ) -> Option<&'static str> {
        if value.is_empty() || scope > IdentifierScope::Run {
            return None;
        }
        if self.seen.len() >= MOST {
            self.forgot = true;
            self.seen.clear();
        }
        let first = *self.seen.entry(self.hasher.hash_one((id, value))).or_insert(now);
        match scope {
            IdentifierScope::Signal if first.signal != now.signal => {
                Some("is said to be new in each signal, and is the same in several")
            }
            IdentifierScope::Run if first.capture != now.capture => {
                Some("is said to be new in each run, and is the same in several captures")
            }
            _ => None,
        }
    }
}
