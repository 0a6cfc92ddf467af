//! Members that foreign code gave: finds the attribute of each, and the last of equal keys, which counts.

use crate::{At, Encoder, Given, Held, JsonValue, Look, Member, Notes, Outcome, Path, Show, Sieve, Slot, Why};

impl<E: Encoder, H: Held, N: Notes> Sieve<'_, E, H, N> {
    /// Writes what passes of a signal's attributes, or of a resource's, in the order in which they were given. A body is
    /// none of them.
    ///
    /// The last of equal keys counts, even if it is refused. A member without a value
    /// is no member. An attribute whose channel was not granted is noted and leaves no other trace.
    pub fn attributes<'v, G: Given<'v>>(
        &mut self,
        members: &[Member],
        given: impl Iterator<Item = (&'v str, G)> + Clone,
    ) {
        self.members(members, given, None, |name| At::Attribute(name));
    }

    /// Writes what passes of the body of a log record, by the signal's body.
    pub fn body<'v, G: Given<'v>>(&mut self, member: &Member, given: Option<G>) {
        let (info, path) = (&*member.attribute, Path { before: None, name: member.name() });
        match given.filter(|value| is_there(member, None, *value)) {
            Some(_) if !self.allows(info) => self.notes.note(Why::Consent, path),
            Some(value) => _ = self.entry(member.at(), path, info, PerhapsJson(value)),
            None if member.required && self.allows(info) => self.notes.note(Why::Missing, path),
            None => {}
        }
    }

    /// The same for the fields of an object. Says whether it has all that it must have.
    pub(crate) fn members<'v, G: Given<'v>>(
        &mut self,
        members: &[Member],
        given: impl Iterator<Item = (&'v str, G)> + Clone,
        before: Option<&Path<'_>>,
        at: impl for<'n> Fn(&'n str) -> At<'n>,
    ) -> bool {
        let mut last = Last::new(members.len());
        for (number, (key, value)) in given.clone().enumerate() {
            if let Some(place) = place(members, key).filter(|place| is_there(&members[*place], before, value)) {
                last.set(place, number);
            }
        }
        let mut is_whole = true;
        for (number, (key, value)) in given.enumerate() {
            let path = Path { before, name: key };
            let Some(place) = place(members, key) else {
                if !matches!(value.look(), Look::Absent) {
                    self.notes.note(Why::Unknown, path);
                }
                continue;
            };
            let member = &members[place];
            if !is_there(member, before, value) {
                continue;
            }
            let info = &*member.attribute;
            if !self.allows(info) {
                self.notes.note(Why::Consent, path);
            } else if last.get(place) != Some(number) {
                self.notes.note(Why::Duplicate, path);
            } else {
                let at = at(member.name());
                // Inside an object, objects are objects.
                let outcome = match before {
                    None => self.entry(at, path, info, PerhapsJson(value)),
                    Some(_) => self.entry(at, path, info, value),
                };
                if outcome == Outcome::Written {
                    self.notes.used(info.needs);
                }
                is_whole &= outcome == Outcome::Written || !member.required;
            }
        }
        for (place, member) in members.iter().enumerate() {
            if member.required && !member.body && last.get(place).is_none() && self.allows(&member.attribute) {
                self.notes.note(Why::Missing, Path { before, name: member.name() });
                is_whole = false;
            }
        }
        is_whole
    }
}

/// Returns whether there is a value: null is none, also as the JSON text of an object.
fn is_there<'v, G: Given<'v>>(member: &Member, before: Option<&Path<'_>>, value: G) -> bool {
    match value.look() {
        Look::Absent => false,
        Look::Text(text) if before.is_none() && member.attribute.may_be_json() => {
            text.trim_matches([' ', '\t', '\n', '\r']) != "null"
        }
        _ => true,
    }
}

fn place(members: &[Member], key: &str) -> Option<usize> {
    members.iter().position(|member| member.name() == key && !member.body)
}

/// The last occurrence of each member, without an allocation unless there are very many.
struct Last {
    first: [usize; Last::INLINE],
    more: Vec<usize>,
}

impl Last {
    const INLINE: usize = 32;
    const NONE: usize = usize::MAX;

    fn new(members: usize) -> Self {
        Last { first: [Self::NONE; Self::INLINE], more: vec![Self::NONE; members.saturating_sub(Self::INLINE)] }
    }

    fn set(&mut self, place: usize, number: usize) {
        match place.checked_sub(Self::INLINE) {
            None => self.first[place] = number,
            Some(place) => self.more[place] = number,
        }
    }

    fn get(&self, place: usize) -> Option<usize> {
        let number = match place.checked_sub(Self::INLINE) {
            None => self.first[place],
            Some(place) => self.more[place],
        };
        (number != Self::NONE).then_some(number)
    }
}

/// A value of an attribute whose objects may be JSON text.
struct PerhapsJson<G>(G);

impl<'v, G: Given<'v>> Show for PerhapsJson<G> {
    fn show<E: Encoder, H: Held, N: Notes>(self, slot: &mut Slot<'_, '_, E, H, N>) {
        match self.0.look() {
            Look::Text(text) if slot.info().may_be_json() => match JsonValue::parse(text) {
                Some(json) => (&json).show(slot),
                None => slot.refuse(),
            },
            _ => self.0.show(slot),
        }
    }
}
