//! The values that were stopped, counted by key in bounded memory. It stays in the process.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
#[cfg(feature = "otel-filter")]
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use candor_domain::Why;

/// Counts of the values that a [`Filter`](crate::otel::Filter) has stopped so far. Cheap to clone; every clone shows the same
/// counts.
///
/// Take it from the filter before a provider takes the filter.
#[cfg(feature = "otel-filter")]
#[derive(Debug, Clone, Default)]
pub struct Stopped(Arc<Mutex<Counts>>);

/// Something that was stopped, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The value that was stopped: `span Tea Break`, `event demo.lost`, `Everything: attribute user.email`,
    /// `Everything: status message`. The first 256 are told apart, each by its first 200 bytes; the rest is `other`.
    pub key: String,
    /// The reason.
    pub why: Why,
    /// The number of times.
    pub count: u64,
}

#[cfg(feature = "otel-filter")]
impl Stopped {
    /// Everything that was stopped, in the order of the keys.
    pub fn list(&self) -> Vec<Stop> {
        self.lock().list()
    }

    /// Sums up the values that were stopped for this reason.
    pub fn total(&self, why: Why) -> u64 {
        self.lock().by_key.values().map(|by_why| by_why[why as usize]).fold(0, u64::saturating_add)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Counts {
    by_key: BTreeMap<String, [u64; Why::ALL.len()]>,
    /// The key under way: nothing is allocated for one that is there already.
    key: Key,
}

impl Counts {
    /// Most keys; what comes later goes under [`OTHER`](Self::OTHER).
    const MOST: usize = 256;
    const OTHER: &str = "other";

    /// Everything that was stopped, in the order of the keys.
    pub fn list(&self) -> Vec<Stop> {
        let stops = |(key, by_why): (&String, &[u64; Why::ALL.len()])| {
            let stop = |why| Stop { key: key.clone(), why, count: by_why[why as usize] };
            Why::ALL.map(stop).into_iter().filter(|stop| stop.count > 0)
        };
        self.by_key.iter().flat_map(stops).collect()
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, others: &Counts) {
        for (key, by_why) in &others.by_key {
            let is_known = self.by_key.contains_key(key) || self.by_key.len() < Self::MOST;
            let own = self.by_key.entry(if is_known { key.clone() } else { Self::OTHER.to_owned() }).or_default();
            own.iter_mut().zip(by_why).for_each(|(count, more)| *count += more);
        }
    }

    pub fn add(&mut self, why: Why, key: fmt::Arguments<'_>) {
        self.key.0.clear();
        let _ = self.key.write_fmt(key); // a key does not fail
        if !self.by_key.contains_key(&self.key.0) {
            let key = if self.by_key.len() < Self::MOST { &*self.key.0 } else { Self::OTHER };
            self.by_key.entry(key.to_owned()).or_default()[why as usize] += 1;
        } else if let Some(by_why) = self.by_key.get_mut(&self.key.0) {
            by_why[why as usize] += 1;
        }
    }
}

/// A text that takes its first 200 bytes and no more.
#[derive(Debug, Default)]
struct Key(String);

impl Key {
    const MOST: usize = 200;
}

impl Write for Key {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut end = text.len().min(Self::MOST - self.0.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.0.push_str(&text[..end]);
        Ok(())
    }
}

#[cfg(all(test, feature = "otel-filter"))]
mod tests {
    use super::*;

    fn check(add: impl Fn(&mut Counts), expected: &[(&str, Why, u64)]) {
        let stopped = Stopped::default();
        add(&mut stopped.lock());
        let list = stopped.list();
        let list: Vec<_> = list.iter().map(|stop| (&*stop.key, stop.why, stop.count)).collect();
        assert_eq!(list, expected);
    }

    #[test]
    fn counts_are_by_key_and_reason() {
        let add = |counts: &mut Counts| {
            counts.add(Why::Unknown, format_args!("b"));
            counts.add(Why::Value, format_args!("a"));
            counts.add(Why::Unknown, format_args!("a"));
            counts.add(Why::Unknown, format_args!("a"));
        };
        check(add, &[("a", Why::Unknown, 2), ("a", Why::Value, 1), ("b", Why::Unknown, 1)]);
    }

    #[test]
    fn the_number_of_keys_is_bounded() {
        let stopped = Stopped::default();
        (0..1000).for_each(|number| stopped.lock().add(Why::Unknown, format_args!("key {number}")));
        stopped.lock().add(Why::Unknown, format_args!("key 3"));
        stopped.lock().add(Why::Cut, format_args!("another"));
        let list = stopped.list();
        assert_eq!(list.len(), 258);
        let count = |key: &str, why| list.iter().find(|stop| stop.key == key && stop.why == why).map(|stop| stop.count);
        assert_eq!(count("other", Why::Unknown), Some(744));
        assert_eq!(count("other", Why::Cut), Some(1));
        assert_eq!(count("key 3", Why::Unknown), Some(2));
        assert_eq!(stopped.total(Why::Unknown), 1001);
    }

    #[test]
    fn the_length_of_a_key_is_bounded() {
        let long = "é".repeat(300);
        let add = |counts: &mut Counts| {
            counts.add(Why::Unknown, format_args!("x{long}"));
            counts.add(Why::Unknown, format_args!("x{long}{long}"));
        };
        check(add, &[(&format!("x{}", "é".repeat(99)), Why::Unknown, 2)]);
    }
}
