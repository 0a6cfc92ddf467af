//! The sieve: every value passes here before any encoder sees it.
//!
//! A value passes only if the channels that it needs were granted and its domain admits it. What does not is noted and
//! left out; the rest of the signal passes. A refused item costs the item; a refused or missing field that an object
//! cannot do without costs the object, which then counts once, whatever was refused inside it.

use std::collections::HashMap;

use crate::domain::Admitted;
use crate::meter;
use crate::{
    At, AttributeInfo, Consent, Domain, Encoder, Encoding, Given, Look, Notes, ObjectInfo, Outcome, Path, Scalar, Why,
};

/// Writes to an encoder what passes of a signal.
#[derive(Debug)]
pub struct Sieve<'a, E, H, N> {
    /// Takes what passes.
    pub encoder: &'a mut E,
    /// The channels that were granted.
    pub consent: Consent,
    /// The attributes that the user has not agreed to yet.
    pub held: H,
    /// Takes note of what does not pass.
    pub notes: &'a mut N,
}

/// The attributes that the user has not agreed to yet.
pub trait Held: Copy {
    /// Returns whether an attribute, by its key in the catalogue, is one of them.
    fn holds(self, attribute: &str) -> bool;
}

/// No attribute is held back. A type of its own, so that asking costs nothing.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl Held for Nothing {
    #[inline(always)]
    fn holds(self, _: &str) -> bool {
        false
    }
}

impl Held for &[&'static str] {
    fn holds(self, attribute: &str) -> bool {
        self.contains(&attribute)
    }
}

/// Shows a value to the slot that it goes to, once; or not at all, if there is none.
pub trait Show {
    /// Calls one method of the slot.
    fn show<E: Encoder, H: Held, N: Notes>(self, slot: &mut Slot<'_, '_, E, H, N>);
}

impl<'v, G: Given<'v>> Show for G {
    #[inline]
    fn show<E: Encoder, H: Held, N: Notes>(self, slot: &mut Slot<'_, '_, E, H, N>) {
        if let Domain::Json { .. } = slot.domain() {
            return slot.json(self);
        }
        match self.look() {
            Look::Absent => {}
            Look::Text(text) => slot.text(text),
            Look::Boolean(value) => slot.boolean(value),
            Look::Int(value) => slot.number(Scalar::Int(value)),
            Look::Double(value) => slot.number(Scalar::Double(value)),
            Look::Digits(digits) => slot.number(Scalar::Digits(digits)),
            Look::List(items) => slot.list(items),
            Look::Object(fields) => slot.fields(fields),
            Look::Unfit => slot.refuse(),
        }
    }
}

impl<E: Encoder, H: Held, N: Notes> Sieve<'_, E, H, N> {
    /// Returns whether an attribute may pass at all.
    #[inline(always)]
    pub fn allows(&self, info: &AttributeInfo) -> bool {
        self.consent.includes(info.needs) && !self.held.holds(&info.id)
    }

    /// Takes one named value. One that is not allowed counts as if it were not there.
    #[inline(always)]
    pub fn entry(&mut self, at: At<'_>, path: Path<'_>, info: &AttributeInfo, value: impl Show) -> Outcome {
        if !self.allows(info) {
            return Outcome::Absent;
        }
        // Inside an object it is the object's encoding that counts.
        let outcome = match (info.encoding, at) {
            (Encoding::Map, _) | (Encoding::Json, At::Field(_)) => self.slot(at, path, info, &info.domain, value),
            (Encoding::Json, _) => {
                let Sieve { encoder, consent, held, notes } = self;
                encoder.json(at, |encoder, at| {
                    let mut sieve = Sieve { encoder, consent: *consent, held: *held, notes: &mut **notes };
                    sieve.slot(at, path, info, &info.domain, value)
                })
            }
        };
        match outcome {
            Outcome::Written => {}
            Outcome::Refused => self.notes.note(Why::Value, path),
            Outcome::Absent if info.nullable => {
                self.encoder.null(at);
                return Outcome::Written;
            }
            Outcome::Absent => {}
        }
        outcome
    }

    #[inline(always)]
    fn slot(&mut self, at: At<'_>, path: Path<'_>, info: &AttributeInfo, domain: &Domain, value: impl Show) -> Outcome {
        let mut slot = Slot { sieve: self.reborrow(), at, path, info, domain, outcome: Outcome::Absent };
        value.show(&mut slot);
        slot.outcome
    }

    #[inline(always)]
    fn reborrow(&mut self) -> Sieve<'_, E, H, N> {
        Sieve { encoder: self.encoder, consent: self.consent, held: self.held, notes: self.notes }
    }
}

/// The place where one value goes, with the domain that it must be in.
#[derive(Debug)]
pub struct Slot<'a, 'n, E, H, N> {
    sieve: Sieve<'a, E, H, N>,
    at: At<'n>,
    path: Path<'n>,
    info: &'n AttributeInfo,
    domain: &'n Domain,
    outcome: Outcome,
}

impl<'n, E: Encoder, H: Held, N: Notes> Slot<'_, 'n, E, H, N> {
    /// The attribute whose value goes here.
    pub fn info(&self) -> &'n AttributeInfo {
        self.info
    }

    /// The domain that the value must be in.
    pub fn domain(&self) -> &'n Domain {
        self.domain
    }

    /// Takes a text: of a string, a member of a closed domain, or a timestamp.
    #[inline(always)]
    pub fn text(&mut self, value: &str) {
        match self.domain.admit_text(self.info, value) {
            Admitted::Whole => self.write(|encoder, at| encoder.string(at, value)),
            Admitted::Cut(short) => {
                self.sieve.notes.note(Why::Cut, self.path);
                self.write(|encoder, at| encoder.string(at, short));
            }
            Admitted::Not => self.perhaps_member(Scalar::Text(value)),
        }
    }

    /// Takes a boolean.
    #[inline(always)]
    pub fn boolean(&mut self, value: bool) {
        match self.domain {
            Domain::Boolean => self.write(|encoder, at| encoder.boolean(at, value)),
            _ => self.perhaps_member(Scalar::Boolean(value)),
        }
    }

    /// Takes a whole number of an attribute that is known to be an `int`.
    #[inline(always)]
    pub fn int(&mut self, value: i64) {
        match self.domain.admits_int(value) {
            true => self.write(|encoder, at| encoder.int(at, value)),
            false => self.perhaps_member(Scalar::Int(value)),
        }
    }

    /// Takes a number of an attribute that is known to be a `double`.
    #[inline(always)]
    pub fn double(&mut self, value: f64) {
        match self.domain.admits_double(value) {
            true => self.write(|encoder, at| encoder.double(at, value)),
            false => self.perhaps_member(Scalar::Double(value)),
        }
    }

    /// Takes a number of any attribute: it is written as what the domain says.
    pub fn number(&mut self, value: Scalar<'_>) {
        match self.domain {
            Domain::Int { .. } => match self.domain.int(value) {
                Some(value) => self.write(|encoder, at| encoder.int(at, value)),
                None => self.refuse(),
            },
            _ => match self.domain.double(value) {
                Some(value) => self.write(|encoder, at| encoder.double(at, value)),
                None => self.perhaps_member(value),
            },
        }
    }

    /// Takes a value that no plain domain admits: of an enum, the member that passes for it.
    #[cold]
    fn perhaps_member(&mut self, value: Scalar<'_>) {
        let found = if let Domain::Enum(members) = self.domain { members.admit(value) } else { None };
        let Some((member, is_replaced)) = found else { return self.refuse() };
        if is_replaced {
            self.sieve.notes.note(Why::Replaced, self.path);
        }
        self.write(|encoder, at| {
            let _ = meter::write_scalar(member, encoder, at); // members are finite
        });
    }

    /// Takes a text that is a member of an enum.
    #[inline(always)]
    pub fn choice(&mut self, member: &str) {
        match self.domain {
            Domain::Enum(members) if members.position_of_text(member).is_some() => {
                self.write(|encoder, at| encoder.string(at, member));
            }
            _ => self.refuse(),
        }
    }

    /// Takes a list, as far as its items are admitted. Items beyond the longest list count once, all together.
    pub fn list<V: Show>(&mut self, items: impl Iterator<Item = V>) {
        let Domain::List { item: domain, max_items } = self.domain else { return self.refuse() };
        let list = self.sieve.encoder.begin_list(self.at);
        let mut written = 0;
        for item in items {
            if written == *max_items {
                if self.is_more(domain, item) {
                    self.sieve.notes.note(Why::Value, self.path);
                    break;
                }
                continue;
            }
            match self.sieve.slot(At::Item, self.path, self.info, domain, item) {
                Outcome::Absent => {}
                Outcome::Written => written += 1,
                Outcome::Refused => self.sieve.notes.note(Why::Value, self.path),
            }
        }
        self.sieve.encoder.end_list(list);
        self.outcome = Outcome::Written;
    }

    /// Takes a map, as far as its entries are admitted: key, whether the entry counts, value. Of entries with the same key
    /// one counts, and the caller knows which. Entries beyond the largest map count once, all together.
    pub fn map<'k, V: Show>(&mut self, entries: impl Iterator<Item = (&'k str, bool, V)>) {
        let Domain::Map { key: keys, value: domain, max_items } = self.domain else { return self.refuse() };
        let map = self.sieve.encoder.begin_object(self.at);
        let mut written = 0;
        for (key, counts, value) in entries {
            let is_full = written == *max_items;
            if is_full || !counts || keys.judge(Scalar::Text(key)).is_err() {
                if self.is_more(domain, value) {
                    let why = if is_full || counts { Why::Value } else { Why::Duplicate };
                    self.sieve.notes.note(why, self.path);
                    if is_full {
                        break;
                    }
                }
                continue;
            }
            match self.sieve.slot(At::Field(key), self.path, self.info, domain, value) {
                Outcome::Absent => {}
                Outcome::Written => written += 1,
                Outcome::Refused => self.sieve.notes.note(Why::Value, self.path),
            }
        }
        self.sieve.encoder.end_object(map);
        self.outcome = Outcome::Written;
    }

    /// Judges an item that does not count, and forgets it.
    #[cold]
    fn is_more<V: Show>(&mut self, domain: &Domain, item: V) -> bool {
        let (mark, notes) = (self.sieve.encoder.mark(), self.sieve.notes.mark());
        let outcome = self.sieve.slot(At::Item, self.path, self.info, domain, item);
        self.sieve.encoder.rewind(mark);
        self.sieve.notes.rewind(notes);
        outcome != Outcome::Absent
    }

    /// Takes an object whose fields are shown one by one.
    pub fn object(&mut self, show: impl FnOnce(&ObjectInfo, &mut FieldSieve<'_, '_, E, H, N>)) {
        let Domain::Object(object) = self.domain else { return self.refuse() };
        let (mark, notes) = (self.sieve.encoder.mark(), self.sieve.notes.mark());
        let open = self.sieve.encoder.begin_object(self.at);
        let mut fields = FieldSieve { sieve: self.sieve.reborrow(), path: &self.path, is_whole: true };
        show(object, &mut fields);
        if fields.is_whole {
            self.sieve.encoder.end_object(open);
            self.outcome = Outcome::Written;
        } else {
            self.sieve.encoder.rewind(mark);
            self.sieve.notes.rewind(notes);
            self.refuse();
        }
    }

    /// Takes an object or a map with the members that foreign code gave. Of equal keys of a map the last counts.
    pub fn fields<'v, G: Given<'v>>(&mut self, given: impl Iterator<Item = (&'v str, G)> + Clone) {
        if let Domain::Map { .. } = self.domain {
            return self.map(last_counts(given));
        }
        self.object(|object, fields| fields.members(object, given));
    }

    /// Takes any JSON value, if it is neither too deep nor too long. Null is none.
    #[cold]
    pub fn json<'v, G: Given<'v>>(&mut self, value: G) {
        let Domain::Json { max_depth, .. } = self.domain else { return self.refuse() };
        if matches!(value.look(), Look::Absent) {
            return;
        }
        if self.domain.judge_json(value).is_err() {
            return self.refuse();
        }
        self.write(|encoder, at| {
            let _ = meter::write(value, encoder, at, *max_depth); // it was judged
        });
    }

    /// Refuses a value of another type.
    #[inline(always)]
    pub fn refuse(&mut self) {
        self.outcome = Outcome::Refused;
    }

    #[inline(always)]
    fn write(&mut self, write: impl FnOnce(&mut E, At<'_>)) {
        write(self.sieve.encoder, self.at);
        self.outcome = Outcome::Written;
    }
}

/// Marks the last of equal keys. An entry without a value is none.
fn last_counts<'v, G: Given<'v>>(
    given: impl Iterator<Item = (&'v str, G)> + Clone,
) -> impl Iterator<Item = (&'v str, bool, G)> {
    let there = given.clone().enumerate().filter(|(_, (_, value))| !matches!(value.look(), Look::Absent));
    let last: HashMap<&str, usize> = there.map(|(number, (key, _))| (key, number)).collect();
    given.enumerate().map(move |(number, (key, value))| (key, last.get(key).is_none_or(|last| *last == number), value))
}

/// Takes the fields of an object.
#[derive(Debug)]
pub struct FieldSieve<'a, 'p, E, H, N> {
    sieve: Sieve<'a, E, H, N>,
    path: &'p Path<'p>,
    is_whole: bool,
}

impl<E: Encoder, H: Held, N: Notes> FieldSieve<'_, '_, E, H, N> {
    /// The channels that were granted.
    #[inline(always)]
    pub fn consent(&self) -> Consent {
        self.sieve.consent
    }

    /// Takes a field that must be there.
    #[inline(always)]
    pub fn required(&mut self, name: &str, info: &AttributeInfo, value: impl Show) {
        if self.entry(name, info, value) != Outcome::Written {
            // What needs a channel that was not granted is not demanded.
            self.is_whole &= !self.sieve.consent.includes(info.needs);
        }
    }

    /// Takes a field that may be missing.
    #[inline(always)]
    pub fn optional(&mut self, name: &str, info: &AttributeInfo, value: impl Show) -> Outcome {
        self.entry(name, info, value)
    }

    /// Takes note of the channels that a field needs which passed.
    #[inline(always)]
    pub fn used(&mut self, needs: Consent) {
        self.sieve.notes.used(needs);
    }

    /// Takes note of a field that is refused before its value is looked at: it is not listed, or was given before.
    pub fn refuse(&mut self, why: Why, name: &str) {
        self.sieve.notes.note(why, Path { before: Some(self.path), name });
    }

    #[inline(always)]
    fn entry(&mut self, name: &str, info: &AttributeInfo, value: impl Show) -> Outcome {
        self.sieve.entry(At::Field(name), Path { before: Some(self.path), name }, info, value)
    }

    /// Takes the fields that foreign code gave.
    fn members<'v, G: Given<'v>>(&mut self, object: &ObjectInfo, given: impl Iterator<Item = (&'v str, G)> + Clone) {
        let path = self.path;
        self.is_whole &= self.sieve.members(&object.fields, given, Some(path), |name| At::Field(name));
    }
}
