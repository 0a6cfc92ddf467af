//! A [`Spec`] made into tables, and payloads held against them.

use super::cursor::{Cursor, Read};
use super::form::{self, Kind, Signals};
use super::notes::Notes;
use super::shape::{Index, Seen, Shape};
use super::sink::{Fault, Sink, Step};
use super::spec::{Domain, Level, MemberSpec, Spec};
use super::text::JsonText;
use super::values;
use super::violation::{Rule, Violation};

/// Holds payloads against a catalogue at one level of consent.
///
/// A payload that is fine is read once and nothing is allocated for it, unless it has members of more than 256 names in
/// one object, or more than 512 bytes with escapes where a pattern has to match.
#[derive(Debug)]
pub struct Validator<'s> {
    spec: Spec<'s>,
    level: Level,
    objects: Vec<Shape>,
    signals: Vec<Shape>,
    spans: Index,
    events: Index,
}

impl<'s> Validator<'s> {
    /// Compiles what a catalogue says.
    pub fn of(spec: Spec<'s>, level: Level) -> Self {
        let named = |kind| {
            let signals = spec.signals.iter().enumerate().filter(move |(_, signal)| signal.kind == kind);
            Index::new(signals.map(|(position, signal)| (position, signal.name)))
        };
        Validator {
            level,
            objects: spec.objects.iter().map(|object| Shape::new(&object.fields)).collect(),
            signals: spec.signals.iter().map(|signal| Shape::new(&signal.attributes)).collect(),
            spans: named(Kind::Span),
            events: named(Kind::Event),
            spec,
        }
    }

    /// Whether a payload may be sent. Reads no further than to the first thing that is wrong.
    pub fn is_valid(&self, payload: &[u8]) -> bool {
        form::is_valid(payload, self)
    }

    /// Everything that is wrong with a payload, in the order of the places; nothing when it may be sent.
    pub fn check(&self, payload: &[u8]) -> Vec<Violation> {
        if self.is_valid(payload) {
            return Vec::new();
        }
        let text = match std::str::from_utf8(payload) {
            Ok(text) => text,
            Err(error) => return vec![not_json(error.valid_up_to())],
        };
        let mut notes = Notes::new(&self.spec, self.level, text);
        let mut cursor = Cursor::new(text);
        match form::read(&mut cursor, &mut notes, self).and_then(|()| cursor.end()) {
            Ok(()) => notes.finish(),
            Err(_) => vec![not_json(end_of_json(text))],
        }
    }

    fn is_held_back(&self, opt_in: bool) -> bool {
        opt_in && self.level == Level::Default
    }

    /// Reads the members of an object, and says which of them were there.
    #[inline]
    fn read_members<S: Sink>(
        &self,
        shape: &Shape,
        members: &[MemberSpec<'s>],
        are_fields: bool,
        cursor: &mut Cursor<'_>,
        sink: &mut S,
    ) -> Read<Seen> {
        let mut seen = shape.nothing_seen();
        let mut strangers = S::Strangers::default();
        let mut expected = 0;
        let mut more = cursor.open_object()?;
        while more {
            if !shape.take(cursor, expected) {
                let key = cursor.key()?;
                match shape.find(&key, members) {
                    Some(position) => expected = position,
                    None => {
                        let fault = if are_fields { Fault::UnknownField } else { Fault::UnknownAttribute };
                        sink.stranger(&mut strangers, &key, cursor, fault)?;
                        more = cursor.next_member()?;
                        continue;
                    }
                }
            }
            let member = &members[expected];
            sink.enter(Step::Member(member.name));
            if seen.insert(expected) {
                self.read_member(member, are_fields && !member.required, cursor, sink)?;
            } else {
                sink.refuse(cursor, Fault::Duplicate)?;
            }
            sink.leave();
            expected += 1;
            more = cursor.next_member()?;
        }
        Ok(seen)
    }

    #[inline]
    fn read_member<S: Sink>(
        &self,
        member: &MemberSpec<'s>,
        nullable: bool,
        cursor: &mut Cursor<'_>,
        sink: &mut S,
    ) -> Read<()> {
        let attribute = &self.spec.attributes[member.attribute];
        if self.is_held_back(attribute.opt_in) {
            return sink.refuse(cursor, Fault::HeldBack(attribute.row));
        }
        self.read_value(&attribute.domain, nullable, cursor, sink)
    }

    fn read_value<S: Sink>(
        &self,
        domain: &Domain<'s>,
        nullable: bool,
        cursor: &mut Cursor<'_>,
        sink: &mut S,
    ) -> Read<()> {
        match domain {
            Domain::String { max_length, pattern } => {
                values::text(cursor, sink, nullable, *max_length, pattern.as_ref())
            }
            Domain::Boolean => values::boolean(cursor, sink, nullable),
            Domain::Integer { minimum, maximum } => values::integer(cursor, sink, nullable, *minimum, *maximum),
            Domain::Double { minimum, maximum } => values::double(cursor, sink, nullable, *minimum, *maximum),
            Domain::Timestamp => values::timestamp(cursor, sink, nullable),
            Domain::Enum(members) => values::one_of(cursor, sink, nullable, members),
            Domain::Object(object) => self.read_object(*object, nullable, cursor, sink),
            Domain::List { item, max_items } => values::list(cursor, sink, nullable, *max_items, |cursor, sink| {
                self.read_value(item, false, cursor, sink)
            }),
        }
    }

    fn read_object<S: Sink>(&self, object: usize, nullable: bool, cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
        if cursor.peek() != b'{' {
            return values::other(cursor, sink, nullable, "an object");
        }
        let position = cursor.position();
        let (shape, fields) = (&self.objects[object], &self.spec.objects[object].fields);
        let seen = self.read_members(shape, fields, true, cursor, sink)?;
        if shape.is_whole(&seen) {
            return Ok(());
        }
        for (field, spec) in fields.iter().enumerate().filter(|(_, spec)| spec.required) {
            if !seen.has(field) {
                sink.enter(Step::Member(spec.name));
                sink.fault(position, Fault::Missing)?;
                sink.leave();
            }
        }
        Ok(())
    }
}

impl<S: Sink> Signals<S> for Validator<'_> {
    type Signal = usize;

    fn find(&self, kind: Kind, name: &JsonText<'_>) -> Option<usize> {
        let index = if kind == Kind::Span { &self.spans } else { &self.events };
        let found = index.find(name, |position| self.spec.signals[position].name);
        found.filter(|position| !self.is_held_back(self.spec.signals[*position].opt_in))
    }

    fn attributes(&self, signal: usize, cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
        if cursor.peek() != b'{' {
            return values::other(cursor, sink, false, "an object");
        }
        let (shape, attributes) = (&self.signals[signal], &self.spec.signals[signal].attributes);
        let seen = self.read_members(shape, attributes, false, cursor, sink)?;
        if !shape.is_whole(&seen) {
            let missing = attributes.iter().enumerate().filter(|(at, spec)| spec.required && !seen.has(*at));
            missing.for_each(|(_, spec)| sink.lacks(spec.name));
        }
        Ok(())
    }
}

fn not_json(position: usize) -> Violation {
    let message = format!("not JSON after {position} bytes");
    Violation { pointer: String::new(), rule: Rule::NotJson, message }
}

/// How many bytes of a text are JSON.
fn end_of_json(text: &str) -> usize {
    let mut cursor = Cursor::new(text);
    let _ = cursor.skip_value().and_then(|()| cursor.end());
    cursor.position()
}
