//! The result of a call.

use std::collections::BTreeMap;

use candor_validate::{Stopped, Why};

/// The result of a call that worked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The number of signals that passed, or of lines that were judged.
    pub signals: usize,
    /// A request in protobuf, or lines.
    pub body: Vec<u8>,
    /// Counts of what was stopped, as JSON: counts by reason, and by key and reason. Empty where nothing is stopped.
    pub report: String,
}

/// Keys that are told apart in a report; the reasons count all.
const MOST_KEYS: usize = 100;

/// Writes the counts of what was stopped. Keys are shown, values never are.
pub(crate) fn report(stopped: &Stopped) -> String {
    let mut reasons: BTreeMap<Why, u64> = BTreeMap::new();
    stopped.iter().for_each(|(_, why, count)| *reasons.entry(why).or_default() += count);
    let reasons: Vec<_> = reasons.iter().map(|(why, count)| format!("\"{}\":{count}", why.name())).collect();
    let keys = stopped.iter().take(MOST_KEYS).map(|(key, why, count)| {
        let mut quoted = Vec::new();
        candor_domain::quote(&mut quoted, key);
        let quoted = String::from_utf8_lossy(&quoted);
        format!("{{\"key\":{quoted},\"reason\":\"{}\",\"count\":{count}}}", why.name())
    });
    format!("{{\"reasons\":{{{}}},\"stopped\":[{}]}}", reasons.join(","), keys.collect::<Vec<_>>().join(","))
}
