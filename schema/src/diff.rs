//! Compares two versions of a catalogue, and says what each change means for the people who are reported about.
//!
//! Each change has its classes, a subject (`attributes.crew_key`), a sentence and a place. Two things are the same if
//! they have the same key; one that was renamed was removed and added.
//!
//! * **Whatever newly passes by default *widens*.** `codegen/tests/diff/` holds that against the schemas and the
//!   validator, for random pairs of catalogues with spans and events. A bound that cannot be shown to stay within the
//!   old one is wider: another pattern, most other types.
//! * What would widen *adds opt-in* if the attribute or its signal is opt-in. An attribute declared as collected by
//!   default counts as such, even if only opt-in signals carry it.
//! * A change that does two things has both classes: a text for a number widens, and breaks readers.
//! * A report that may lack what it had to hold could not be sent before. So whatever takes back that something must be
//!   there *widens*, beside what else it does: it becomes optional or opt-in, is no longer carried, or is gone.
//! * A required attribute that becomes opt-in *narrows*. Each signal or field that had to have it *widens* and *breaks*
//!   in a line of its own, as the edit of its requirement does. An attribute that is gone is one line, with the signals
//!   that had to carry it. One that nothing required only *narrows* or *breaks*. Stored consent does not ask about any
//!   of it.
//! * Promises count as bounds do: `personal` (both ways: more of it, or less of a warning), `free_text`, `identifier`,
//!   `derived_from`, `on_violation`, the endpoints and what goes to which, the service, the switches.
//! * So does a span that a signal may newly belong or link to, or whose id may be handed on (`diff/joined.rs`).
//! * So do `retention`, `expires`, `legal_basis` and `purpose` (`diff/handling.rs`): kept longer, ended later, on another
//!   basis or for another purpose widens. An attribute is told apart from its row only where it does not inherit.
//! * A changed `unit` breaks readers; one that is written for the first time, or no longer, is wording.
//!
//! [`Diff::suggested_version`] asks for the next major version if something widens or breaks, for the next minor one if
//! it narrows or adds opt-in, for the next patch for wording. [`judge`] asks for a raised version and, per subject that
//! widens, for a new entry of `reviews`. An entry that the old catalogue has signs for nothing any more. One for a
//! subject that does not widen is stale (`E0504`); one for a whole of which a part widens is too broad (`E0505`).

mod attributes;
mod carried;
mod channels;
mod domain;
mod endpoints;
mod handling;
mod head;
mod identifiers;
mod joined;
mod measures;
mod objects;
mod requirements;
mod rows;
mod signals;
mod signatures;

use std::collections::{HashMap, HashSet};

pub use signatures::judge;

use crate::version::{Step, next, parts, today};
use crate::{Attribute, Catalogue, Collected, Place, Waiver};

/// The effect of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// More can leave by default, or a promise about what leaves is weaker.
    Widens,
    /// Readers of the reports have to change something.
    Breaks,
    /// Less can leave.
    Narrows,
    /// More can leave, after opting in or granting another channel only.
    AddsOptIn,
    /// Only texts and their order.
    Wording,
}

impl Class {
    /// Every class, the gravest first.
    pub const ALL: [Class; 5] = [Class::Widens, Class::Breaks, Class::Narrows, Class::AddsOptIn, Class::Wording];

    /// The class as people read it.
    pub fn word(self) -> &'static str {
        match self {
            Class::Widens => "widens",
            Class::Breaks => "breaks",
            Class::Narrows => "narrows",
            Class::AddsOptIn => "adds opt-in",
            Class::Wording => "wording",
        }
    }

    /// More of what is collected so.
    fn more(collected: Collected) -> Class {
        Class::more_of(&[collected])
    }

    /// More of what needs all of these.
    fn more_of(collected: &[Collected]) -> Class {
        let by_default = collected.iter().all(|collected| collected.is_by_default());
        if by_default { Class::Widens } else { Class::AddsOptIn }
    }
}

/// The catalogue that a place points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The older one.
    Old,
    /// The newer one.
    New,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The effects, the gravest first; never empty.
    pub classes: Vec<Class>,
    /// Path of what changed, such as `attributes.crew_key` or `spans.crew_created.attributes.cpus`. Signatures name it.
    pub subject: String,
    /// A sentence for a reviewer.
    pub sentence: String,
    /// The place: in the new catalogue, or in the old one when it is only there.
    pub place: Place,
    /// The catalogue that `place` points into.
    pub side: Side,
    /// True if the change was signed: a new entry of the new catalogue's `reviews` names the subject.
    pub signed: bool,
}

impl Change {
    /// Returns true if more can leave by default.
    pub fn widens(&self) -> bool {
        self.classes.contains(&Class::Widens)
    }
}

/// Every change between two catalogues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// Version of the old catalogue.
    pub from: String,
    /// Version of the new catalogue.
    pub to: String,
    /// In the order of the catalogue: head, rows, attributes, objects, signals.
    pub changes: Vec<Change>,
}

impl Diff {
    /// The changes that let more leave by default.
    pub fn widening(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.widens())
    }

    /// Returns true if some change has this class.
    pub fn has(&self, class: Class) -> bool {
        self.changes.iter().any(|change| change.classes.contains(&class))
    }

    /// Returns true if the new version is newer than the old one.
    pub fn is_raised(&self) -> bool {
        parts(&self.to) > parts(&self.from)
    }

    /// The version that the changes ask for: the next major one when something widens or breaks, the next minor one
    /// when something narrows or adds opt-in, the next patch for wording, and the old one for nothing at all. A day is
    /// followed by today.
    pub fn suggested_version(&self) -> String {
        let gravest = self.changes.iter().flat_map(|change| &change.classes).min();
        let step = match gravest {
            Some(Class::Widens | Class::Breaks) => Step::Major,
            Some(Class::Narrows | Class::AddsOptIn) => Step::Minor,
            Some(Class::Wording) => Step::Patch,
            None => return self.from.clone(),
        };
        next(&self.from, step, &today())
    }
}

/// Compares two catalogues.
///
/// ```
/// use candor_schema::{Class, diff, load_str};
///
/// let catalogue = |maximum: &str| {
///     load_str("telemetry.yaml", &format!("
/// candor: 1
/// name: demo
/// title: Demo
/// version: 1.0.0
/// service: demo
/// rows: {{usage: {{title: Usage, personal: none}}}}
/// attributes: {{runs: {{row: usage, collected: default, type: int, maximum: {maximum}, brief: number of runs}}}}
/// spans: {{started: {{name: Started, collected: default, brief: it started, attributes: {{runs: required}}}}}}
/// ")).catalogue.expect("no findings")
/// };
/// let diff = diff(&catalogue("10"), &catalogue("100"));
/// assert_eq!(diff.changes[0].classes, [Class::Widens]);
/// assert_eq!(diff.changes[0].subject, "attributes.runs");
/// assert_eq!(diff.changes[0].sentence, "the maximum of `runs` was 10 and is 100");
/// assert_eq!(diff.suggested_version(), "2.0.0");
/// ```
pub fn diff(old: &Catalogue, new: &Catalogue) -> Diff {
    let mut comparison = Comparison::new(old, new);
    comparison.head();
    comparison.rows();
    comparison.attributes();
    comparison.objects();
    comparison.signals();
    comparison.common();
    comparison.resource();
    let mut changes = comparison.changes;
    signatures::mark(old, new, &mut changes);
    Diff { from: old.head.version.clone(), to: new.head.version.clone(), changes }
}

/// Two catalogues, and what was found so far.
struct Comparison<'c> {
    old: &'c Catalogue,
    new: &'c Catalogue,
    old_attributes: HashMap<&'c str, &'c Attribute>,
    new_attributes: HashMap<&'c str, &'c Attribute>,
    changes: Vec<Change>,
}

/// The subject of a change, and its place.
struct At {
    subject: String,
    place: Place,
    side: Side,
}

impl At {
    fn new(subject: impl Into<String>, place: Place) -> At {
        At { subject: subject.into(), place, side: Side::New }
    }

    fn old(subject: impl Into<String>, place: Place) -> At {
        At { subject: subject.into(), place, side: Side::Old }
    }

    /// A part of the catalogue as a whole, which has no place of its own.
    fn whole(subject: impl Into<String>) -> At {
        At::new(subject, Place::file_start(0))
    }
}

impl<'c> Comparison<'c> {
    fn new(old: &'c Catalogue, new: &'c Catalogue) -> Self {
        let by_id = |catalogue: &'c Catalogue| {
            catalogue.attributes.iter().map(|attribute| (&*attribute.id, attribute)).collect()
        };
        Comparison { old, new, old_attributes: by_id(old), new_attributes: by_id(new), changes: Vec::new() }
    }

    fn facet(&mut self, at: &At, facet: domain::Facet) {
        let (subject, place, side) = (at.subject.clone(), at.place, at.side);
        self.changes.push(Change {
            classes: facet.classes,
            subject,
            sentence: facet.sentence,
            place,
            side,
            signed: false,
        });
    }

    fn change<const N: usize>(&mut self, at: &At, mut classes: [Class; N], sentence: impl Into<String>) {
        classes.sort();
        self.facet(at, domain::Facet { classes: classes.to_vec(), sentence: sentence.into() });
    }

    /// A text that changes nothing but what people read.
    fn wording<T: PartialEq>(&mut self, at: &At, old: &T, new: &T, sentence: impl FnOnce() -> String) {
        if old != new {
            self.change(at, [Class::Wording], sentence());
        }
    }

    /// The findings that somebody took back, which says nothing of what leaves.
    fn waivers(&mut self, at: &At, what: &str, old: &[Waiver], new: &[Waiver]) {
        for waiver in new.iter().filter(|waiver| !old.contains(waiver)) {
            let sentence = format!("{} is allowed for {what}: {}", waiver.code, waiver.reason);
            self.change(at, [Class::Wording], sentence);
        }
        for waiver in old.iter().filter(|waiver| !new.iter().any(|other| other.code == waiver.code)) {
            self.change(at, [Class::Wording], format!("{} is no longer allowed for {what}", waiver.code));
        }
    }

    /// The same names in another order.
    fn order(&mut self, at: &At, old: &[&str], new: &[&str], what: &str) {
        let (in_old, in_new): (HashSet<_>, HashSet<_>) = (old.iter().collect(), new.iter().collect());
        let stayed = old.iter().filter(|name| in_new.contains(name));
        if !stayed.eq(new.iter().filter(|name| in_old.contains(name))) {
            self.change(at, [Class::Wording], format!("{what} are in another order"));
        }
    }
}

/// One thing in two catalogues.
enum Pair<'c, T> {
    Added(&'c T),
    Removed(&'c T),
    Kept(&'c T, &'c T),
}

/// Pairs the entries that have the same key, in the new order; then those that are gone.
fn pairs<'c, T, K: Eq + std::hash::Hash>(old: &'c [T], new: &'c [T], key: impl Fn(&'c T) -> K) -> Vec<Pair<'c, T>> {
    let before: HashMap<K, &T> = old.iter().map(|thing| (key(thing), thing)).collect();
    let after: HashSet<K> = new.iter().map(&key).collect();
    let stayed = new.iter().map(|thing| match before.get(&key(thing)).copied() {
        Some(was) => Pair::Kept(was, thing),
        None => Pair::Added(thing),
    });
    let gone = old.iter().filter(|thing| !after.contains(&key(thing))).map(Pair::Removed);
    stayed.chain(gone).collect()
}
