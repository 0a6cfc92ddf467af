//! The values that were not forwarded, counted by key in bounded memory. Keys are shown, values never are.

use std::collections::BTreeMap;

pub use candor_domain::Why;

/// Counts of what was stopped. The first [`Stopped::MOST_KEYS`] keys are told apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stopped {
    counts: BTreeMap<(String, Why), u64>,
}

impl Stopped {
    /// Most keys; what comes later is counted under `other`.
    pub const MOST_KEYS: usize = 1024;

    /// Key, reason, and how often: ``span `Tea Break` ``, ``Crew Created `crew_agents.goal` ``, ``resource `host.name` ``,
    /// ``Crew Created status member `message` ``.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Why, u64)> {
        self.counts.iter().map(|((key, why), count)| (key.as_str(), *why, *count))
    }

    /// Takes over what was counted elsewhere.
    pub fn absorb(&mut self, other: Stopped) {
        for ((key, why), count) in other.counts {
            self.add_many(key, why, count);
        }
    }

    pub(crate) fn add(&mut self, key: String, why: Why) {
        self.add_many(key, why, 1);
    }

    fn add_many(&mut self, key: String, why: Why, count: u64) {
        let mut entry = (key, why);
        if self.counts.len() >= Self::MOST_KEYS && !self.counts.contains_key(&entry) {
            entry.0 = "other".to_owned();
        }
        *self.counts.entry(entry).or_default() += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_keys_is_bounded() {
        let mut stopped = Stopped::default();
        (0..5000).for_each(|number| stopped.add(format!("key {number}"), Why::Unknown));
        stopped.add("key 3".to_owned(), Why::Unknown);
        let counts: Vec<_> = stopped.iter().collect();
        assert_eq!(counts.len(), Stopped::MOST_KEYS + 1);
        assert!(counts.contains(&("other", Why::Unknown, 5000 - Stopped::MOST_KEYS as u64)));
        assert!(counts.contains(&("key 3", Why::Unknown, 2)));
    }
}
