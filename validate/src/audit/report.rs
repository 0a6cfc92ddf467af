//! The result of an audit: plain data, in order, to be rendered by others.

use std::collections::BTreeMap;
use std::fmt;

use candor_schema::{Collected, Consent};
use serde::{Serialize, Serializer};

use crate::audit::{Harm, Rule};
use crate::payload::Origin;

/// The user's permission when something was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Granted(u32);

#[allow(non_upper_case_globals, reason = "they read as the choices that people know")]
impl Granted {
    /// Nothing: telemetry was off.
    pub const Off: Granted = Granted::of(Consent::Off);
    /// The channels that are on by default.
    pub const Default: Granted = Granted::of(Consent::Default);
    /// The same, and the data that the user opted in to.
    pub const OptedIn: Granted = Granted::of(Consent::OptedIn);
}

impl Granted {
    /// Grants these channels.
    pub const fn of(consent: Consent) -> Self {
        Granted(consent.bits())
    }

    /// The channels.
    pub const fn consent(self) -> Consent {
        Consent::from_bits(self.0)
    }

    /// Returns true if data that is collected through this channel may be sent.
    pub fn allows(self, collected: Collected) -> bool {
        self.consent().includes(collected.needs())
    }

    /// The name: `off`, `default`, `opted_in`, or `channels` for any other set of them.
    pub fn name(self) -> &'static str {
        match self {
            Granted::Off => "off",
            Granted::Default => "default",
            Granted::OptedIn => "opted_in",
            _ => "channels",
        }
    }
}

impl Serialize for Granted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The result of an audit so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Title and version of the catalogue.
    pub catalogue: String,
    /// The captures that were held against it, in the order they came.
    pub captures: Vec<Capture>,
    /// The most harmful first; of equal harm, in the order of the rules, then what was found most.
    pub findings: Vec<Finding>,
    /// Every row of the page, in its order, with what of it was seen.
    pub coverage: Vec<RowCoverage>,
    /// Signals of the catalogue that were never seen.
    pub never_sent: Vec<String>,
    /// Limits that were reached, in words. Where there is one, some findings may be incomplete.
    pub limits: Vec<&'static str>,
}

impl Report {
    /// Counts the signals that were audited.
    pub fn signals(&self) -> u64 {
        self.captures.iter().map(|capture| capture.signals).sum()
    }

    /// Returns true if no promise of the page is broken.
    pub fn is_clean(&self) -> bool {
        !self.findings.iter().any(|finding| finding.harm.is_breach())
    }
}

/// One source of telemetry: a file, a request, a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Capture {
    /// Its name.
    pub name: String,
    /// The permission under which it was taken.
    pub granted: Granted,
    /// The channels that were granted, where that has no name: sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// The number of signals in it.
    pub signals: u64,
}

/// One thing that is wrong, however often it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule that was broken.
    pub rule: Rule,
    /// The harm that it does.
    pub harm: Harm,
    /// The place in a payload, as a JSON Pointer with `*` for positions in lists.
    pub pointer: String,
    /// The same in words: `crew_agents[].goal`.
    pub subject: String,
    /// One sentence without values.
    pub message: String,
    /// The row of the page that discloses the attribute, where there is one.
    pub row: Option<String>,
    /// A value with all letters and digits replaced, for a secret only its public beginning.
    pub example: Option<String>,
    /// The number of times.
    pub count: u64,
    /// In how many captures.
    pub captures: u64,
    /// The number of times in each signal.
    pub signals: BTreeMap<String, u64>,
    /// The place where it was seen first.
    pub first: Place,
}

/// A place in a capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The capture's name.
    pub capture: String,
    /// The signal in it.
    pub origin: Origin,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.capture, self.origin)
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The part of a row that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowCoverage {
    /// The row's title.
    pub row: String,
    /// `default` or `opt_in`.
    pub collected: String,
    /// True if any capture was taken with the consent that the row needs.
    pub granted: bool,
    /// The number of its attributes.
    pub attributes: usize,
    /// Ids of attributes that were never seen, in the order of the catalogue.
    pub never_seen: Vec<String>,
    /// The number of signals that it discloses by themselves.
    pub signals: usize,
    /// Names of those that were never seen.
    pub signals_never_seen: Vec<String>,
}

impl RowCoverage {
    /// Counts the attributes that were seen.
    pub fn seen(&self) -> usize {
        self.attributes - self.never_seen.len()
    }

    /// Returns true if no part of the row was seen.
    pub fn is_unseen(&self) -> bool {
        self.seen() == 0 && self.signals_never_seen.len() == self.signals
    }
}
