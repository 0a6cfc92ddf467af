//! Runs the vectors through a voice, and groups what differs.

use std::collections::BTreeMap;

use candor_codegen::vectors::{Domain, Filtered, Reason, Signal, SignalVector, Value, Why, format, json_text};

use crate::heard::{Heard, members_in_order};
use crate::subjects::{Row, Subject, row, subjects};

/// The results of one voice.
pub struct Tally {
    voice: &'static str,
    said: usize,
    skipped: BTreeMap<String, usize>,
    /// By kind: how many, and the first of them.
    differences: BTreeMap<String, (usize, String)>,
}

impl Tally {
    pub fn new(voice: &'static str) -> Self {
        Tally { voice, said: 0, skipped: BTreeMap::new(), differences: BTreeMap::new() }
    }

    /// Counts a vector that the voice said.
    pub fn said(&mut self) {
        self.said += 1;
    }

    /// Counts a vector that the voice cannot say.
    pub fn skip(&mut self, why: impl Into<String>) {
        *self.skipped.entry(why.into()).or_default() += 1;
    }

    /// Counts a difference of this kind. Its shortest example is kept.
    pub fn differs(&mut self, kind: String, example: impl FnOnce() -> String) {
        let (count, shown) = self.differences.entry(kind).or_default();
        let example = example();
        *count += 1;
        if shown.is_empty() || example.len() < shown.len() {
            *shown = example;
        }
    }

    /// Prints the counts, and fails where anything differs.
    #[track_caller]
    pub fn finish(self) {
        let Tally { voice, said, skipped, differences } = self;
        let count: usize = differences.values().map(|(count, _)| count).sum();
        let mut report = format!("{voice}: {said} vectors said, {count} differences of {} kinds\n", differences.len());
        for (why, count) in &skipped {
            report += &format!("  skipped {count}: {why}\n");
        }
        let mut kinds: Vec<_> = differences.iter().collect();
        kinds.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        for (kind, (count, example)) in kinds {
            report += &format!("  {count} × {kind}\n      such as {}\n", shortened(example));
        }
        println!("{report}");
        assert!(said > 50, "{voice} said hardly anything:\n{report}");
        assert_eq!(count, 0, "{report}");
    }
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 900;
    if text.chars().count() > LONGEST { text.chars().take(LONGEST).chain(['…']).collect() } else { text.to_owned() }
}

/// Runs every vector of every catalogue. `start` makes the voice of a catalogue, which says a vector.
#[track_caller]
pub fn run<'s, V>(tally: &mut Tally, subjects: &'s [Subject], name: &str, start: impl Fn(&'s Subject) -> V)
where
    V: FnMut(&Signal, &SignalVector, &mut Tally),
{
    for subject in subjects {
        let mut voice = start(subject);
        let Row { signals, .. } = row(subject);
        for vector in &signals {
            match vector.skip.iter().find(|skip| skip.voice == name) {
                Some(skip) => tally.skip(&skip.why),
                None => voice(subject.signal(vector), vector, tally),
            }
        }
    }
}

/// Runs every vector through a filter. `None` is what it cannot say for a reason of its own.
#[track_caller]
pub fn run_filter<V>(voice: &'static str, name: &str, start: impl Fn(&'static Subject) -> V)
where
    V: FnMut(&Signal, &SignalVector) -> Result<Heard, &'static str>,
{
    let mut tally = Tally::new(voice);
    let all: &'static [Subject; 4] = Box::leak(Box::new(subjects()));
    run(&mut tally, all, name, |subject| {
        let mut hear = start(subject);
        move |signal: &Signal, vector: &SignalVector, tally: &mut Tally| match hear(signal, vector) {
            Err(why) => tally.skip(why),
            Ok(heard) => {
                tally.said();
                for kind in differences(signal, vector, &heard) {
                    tally.differs(kind, || show(vector, &heard));
                }
            }
        }
    });
    tally.finish();
}

fn show(vector: &SignalVector, heard: &Heard) -> String {
    let heard = Filtered {
        payload: heard.payload.clone(),
        dropped: heard.dropped.unwrap_or(vector.filtered.dropped),
        reasons: heard.reasons.clone(),
    };
    format!("{}\n      expected {}\n      heard    {}", given(vector), kept(&vector.filtered), kept(&heard))
}

/// A vector's input, for people.
pub fn given(vector: &SignalVector) -> String {
    format!("{} {:?} {}", vector.signal, vector.consent, members(&vector.members))
}

fn kept(filtered: &Filtered) -> String {
    let reason = |reason: &Reason| format!(", {} × {} `{}`", reason.count, reason.why.name(), reason.path);
    let reasons: String = filtered.reasons.iter().map(reason).collect();
    let payload = filtered.payload.as_deref().map_or("nothing".to_owned(), members);
    format!("{payload}, {} dropped{reasons}", filtered.dropped)
}

fn members(members: &[(String, Value)]) -> String {
    let member = |(key, value): &(String, Value)| format!("{key}: {}", plain(value));
    members.iter().map(member).collect::<Vec<_>>().join(", ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::Double(double) => format!("{double:?}"),
        Value::List(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        Value::Object(pairs) => format!("{{{}}}", members(pairs)),
        other => json_text::write(other).unwrap_or_default(),
    }
}

/// The kinds of differences between what is expected and what was heard.
fn differences(signal: &Signal, vector: &SignalVector, heard: &Heard) -> Vec<String> {
    let expected = &vector.filtered;
    let (Some(left), Some(right)) = (&expected.payload, &heard.payload) else {
        let same = expected.payload.is_some() == heard.payload.is_some();
        return if same { Vec::new() } else { vec![format!("the signal passes: {}", heard.payload.is_some())] };
    };
    let mut kinds = differences_of_members(signal, vector, &members_in_order(left), &members_in_order(right));
    if kinds.is_empty() && heard.dropped.is_some_and(|dropped| dropped != expected.dropped) {
        kinds.push("another number of dropped values".to_owned());
    }
    for why in heard.says.iter().copied() {
        kinds.extend(differences_of_reasons(expected, heard, why).filter(|_| kinds.is_empty()));
    }
    kinds
}

fn differences_of_reasons(expected: &Filtered, heard: &Heard, why: Why) -> Option<String> {
    let of = |reasons: &[Reason]| {
        let mut reasons: Vec<_> = reasons.iter().filter(|reason| reason.why == why).cloned().collect();
        reasons.sort();
        reasons
    };
    (of(&expected.reasons) != of(&heard.reasons)).then(|| format!("another count of the reason `{}`", why.name()))
}

fn differences_of_members(
    signal: &Signal,
    vector: &SignalVector,
    expected: &[(String, Value)],
    heard: &[(String, Value)],
) -> Vec<String> {
    let get = |members: &[(String, Value)], key: &str| {
        members.iter().find(|(other, _)| other == key).map(|(_, value)| format::value(value))
    };
    let keys = expected.iter().chain(heard).map(|(key, _)| key.as_str());
    let mut kinds = Vec::new();
    for key in keys.collect::<std::collections::BTreeSet<_>>() {
        let (left, right) = (get(expected, key), get(heard, key));
        let what = match (left, right) {
            (left, right) if left == right => continue,
            (Some(_), None) => "is left out",
            (None, Some(_)) => "passes",
            _ => "passes as something else",
        };
        let given: Vec<_> = vector.members.iter().filter(|(other, _)| other == key).collect();
        let given = if let [(_, value)] = given[..] { tag(value) } else { "a key given more than once" };
        let known = signal.members.iter().find(|member| member.name == *key);
        let domain = known.map_or("nothing known", |member| word(&member.attribute.domain));
        kinds.push(format!("{given} for {domain} {what}"));
    }
    kinds
}

/// A value's type in a word.
pub fn tag(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Boolean(_) => "boolean",
        Value::Int(_) => "int",
        Value::Double(double) if !double.is_finite() => "non-finite double",
        Value::Double(double) if double.trunc() == *double => "whole double",
        Value::Double(_) => "double",
        Value::Text(_) if value.as_text().is_none() => "half a text",
        Value::Text(_) => "text",
        Value::List(items) if items.contains(&Value::Null) => "list with null",
        Value::List(_) => "list",
        Value::Object(_) => "object",
        Value::Raw(text) if text.contains(['.', 'e', 'E']) => "raw double",
        Value::Raw(_) => "raw digits",
    }
}

/// A domain's type in a word.
pub fn word(domain: &Domain) -> &'static str {
    match domain {
        Domain::Text { pattern: Some(_), .. } => "a pattern",
        Domain::Text { .. } => "a text",
        Domain::Boolean => "a boolean",
        Domain::Int { .. } => "an int",
        Domain::Double { .. } => "a double",
        Domain::Timestamp => "a timestamp",
        Domain::OneOf(_) => "an enum",
        Domain::Object { .. } => "an object",
        Domain::List { .. } => "a list",
    }
}
