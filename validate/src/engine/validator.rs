//! A [`Spec`] made into tables, and payloads held against them.

use candor_domain::{Consent, Domain, Join, Member, Members, ObjectInfo, SignalKind};

use super::cursor::{Cursor, Read};
use super::form::{self, Part, Signals};
use super::measured;
use super::notes::Notes;
use super::shape::{Index, Seen, Shape};
use super::sink::{Fault, Sink, Step};
use super::spec::Spec;
use super::text::JsonText;
use super::values;
use super::violation::{Rule, Violation};

/// Holds payloads against a catalogue at one consent.
///
/// A payload that is fine is read once and nothing is allocated for it, unless it has members of more than 256 names in
/// one object, or more than 512 bytes with escapes where a pattern has to match.
#[derive(Debug)]
pub struct Validator<'s> {
    spec: Spec<'s>,
    consent: Consent,
    objects: Vec<Table<'s>>,
    signals: Vec<Table<'s>>,
    resource: Table<'s>,
    named: [Index; SignalKind::ALL.len()],
    /// The ways in which each signal may be joined with a span.
    joins: Vec<[bool; Join::ALL.len()]>,
}

/// The members of a signal or an object.
#[derive(Debug)]
struct Table<'s> {
    shape: Shape,
    members: &'s [Member],
    nodes: Vec<Node<'s>>,
    are_fields: bool,
    /// The position of the body of a log record, which is none of the others.
    body: Option<usize>,
}

/// A domain with what reading it takes.
#[derive(Debug)]
enum Node<'s> {
    /// A value without parts.
    Plain(&'s Domain),
    /// The members of an enum of texts.
    Texts(Vec<&'s str>),
    /// The members of an enum.
    Choice(&'s Members),
    /// The position of an object's table.
    Object(usize),
    /// A list, and the most items it may have.
    List(Box<Node<'s>>, usize),
    /// A map: the domain of its keys, its values, and the most entries it may have.
    Map(&'s Domain, Box<Node<'s>>, usize),
}

/// The tables of all objects, each made once.
#[derive(Default)]
struct Tables<'s> {
    names: Vec<&'s ObjectInfo>,
    objects: Vec<Table<'s>>,
}

impl<'s> Tables<'s> {
    fn table(&mut self, members: &'s [Member], are_fields: bool) -> Table<'s> {
        let nodes = members.iter().map(|member| self.node(&member.attribute.domain)).collect();
        let body = members.iter().position(|member| member.body);
        Table { shape: Shape::new(members), members, nodes, are_fields, body }
    }

    fn node(&mut self, domain: &'s Domain) -> Node<'s> {
        match domain {
            Domain::Enum(members) => match members.as_texts() {
                Some(texts) => Node::Texts(texts),
                None => Node::Choice(members),
            },
            Domain::Object(object) => Node::Object(self.object(object)),
            Domain::List { item, max_items } => Node::List(Box::new(self.node(item)), *max_items),
            Domain::Map { key, value, max_items } => Node::Map(key, Box::new(self.node(value)), *max_items),
            plain => Node::Plain(plain),
        }
    }

    /// The position of an object's table, which comes after those of the objects that it holds.
    fn object(&mut self, object: &'s ObjectInfo) -> usize {
        if let Some(position) = self.names.iter().position(|known| *known == object) {
            return position;
        }
        let table = self.table(&object.fields, true);
        self.names.push(object);
        self.objects.push(table);
        self.objects.len() - 1
    }
}

impl<'s> Validator<'s> {
    /// Compiles what a catalogue says.
    pub fn of(spec: Spec<'s>, consent: Consent) -> Self {
        let mut tables = Tables::default();
        let signals = spec.signals.iter().map(|spec| tables.table(&spec.signal.attributes, false)).collect();
        let named = |kind| {
            let signals = spec.signals.iter().map(|spec| spec.signal).enumerate();
            let signals = signals.filter(move |(_, signal)| signal.kind == kind);
            Index::new(signals.map(|(position, signal)| (position, &*signal.name)))
        };
        let named = SignalKind::ALL.map(named);
        let resource = tables.table(&spec.resource.attributes, false);
        let joins = (0..spec.signals.len()).map(|signal| spec.joins(signal, consent)).collect();
        Validator { consent, objects: tables.objects, signals, resource, named, joins, spec }
    }

    /// Returns true if a payload may be sent. Reads no further than to the first fault.
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
        let mut notes = Notes::new(&self.spec, self.consent, text);
        let mut cursor = Cursor::new(text);
        match form::read(&mut cursor, &mut notes, self).and_then(|()| cursor.end()) {
            Ok(()) => notes.finish(),
            Err(_) => vec![not_json(end_of_json(text))],
        }
    }

    /// Reads the members of an object, and says which of them were there.
    #[inline]
    fn read_members<S: Sink>(&self, table: &Table<'s>, cursor: &mut Cursor<'_>, sink: &mut S) -> Read<Seen> {
        let mut seen = table.shape.nothing_seen();
        let mut strangers = S::Strangers::default();
        let mut expected = 0;
        let mut more = cursor.open_object()?;
        while more {
            if !table.shape.take(cursor, expected) {
                let key = cursor.key()?;
                match table.shape.find(&key, table.members) {
                    Some(position) => expected = position,
                    None => {
                        let fault = if table.are_fields { Fault::UnknownField } else { Fault::UnknownAttribute };
                        sink.stranger(&mut strangers, &key, cursor, fault)?;
                        more = cursor.next_member()?;
                        continue;
                    }
                }
            }
            sink.enter(Step::Member(table.members[expected].name()));
            if seen.insert(expected) {
                self.read_member(table, expected, cursor, sink)?;
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
        table: &Table<'s>,
        position: usize,
        cursor: &mut Cursor<'_>,
        sink: &mut S,
    ) -> Read<()> {
        let member = &table.members[position];
        if !self.consent.includes(member.attribute.needs) {
            let needs = member.attribute.needs;
            let channel = self.spec.signals.first().map_or("default", |signal| signal.channel(needs));
            return sink.refuse(cursor, Fault::HeldBack { row: &member.attribute.row, channel });
        }
        // An optional field may be null, an attribute is then mostly not there.
        let nullable = table.are_fields && !member.required || member.attribute.nullable;
        self.read_value(&table.nodes[position], nullable, cursor, sink)
    }

    /// Reads the attributes of a signal or of the process.
    #[inline]
    fn read_attributes<S: Sink>(&self, table: &Table<'s>, cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
        if cursor.peek() != b'{' {
            return values::other(cursor, sink, false, "an object");
        }
        let seen = self.read_members(table, cursor, sink)?;
        if !table.shape.is_whole(&seen) {
            let missing = table.members.iter().enumerate().filter(|(at, member)| {
                member.required && !member.body && !seen.has(*at) && self.consent.includes(member.attribute.needs)
            });
            missing.for_each(|(_, member)| sink.lacks(member.name()));
        }
        Ok(())
    }

    fn read_value<S: Sink>(&self, node: &Node<'s>, nullable: bool, cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
        match node {
            Node::Plain(domain) => read_plain(domain, nullable, cursor, sink),
            Node::Texts(members) => values::one_of(cursor, sink, nullable, members),
            Node::Choice(members) => values::choice(cursor, sink, nullable, members),
            Node::Object(object) => self.read_object(&self.objects[*object], nullable, cursor, sink),
            Node::List(item, most) => {
                values::list(cursor, sink, nullable, *most, |cursor, sink| self.read_value(item, false, cursor, sink))
            }
            Node::Map(keys, value, most) => values::map(cursor, sink, nullable, *most, keys, |cursor, sink| {
                self.read_value(value, false, cursor, sink)
            }),
        }
    }

    fn read_object<S: Sink>(
        &self,
        table: &Table<'s>,
        nullable: bool,
        cursor: &mut Cursor<'_>,
        sink: &mut S,
    ) -> Read<()> {
        if cursor.peek() != b'{' {
            return values::other(cursor, sink, nullable, "an object");
        }
        let position = cursor.position();
        let seen = self.read_members(table, cursor, sink)?;
        if table.shape.is_whole(&seen) {
            return Ok(());
        }
        for (field, member) in table.members.iter().enumerate().filter(|(_, member)| member.required) {
            if !seen.has(field) {
                sink.enter(Step::Member(member.name()));
                sink.fault(position, Fault::Missing)?;
                sink.leave();
            }
        }
        Ok(())
    }
}

#[inline]
fn read_plain<S: Sink>(domain: &Domain, nullable: bool, cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
    match domain {
        Domain::String { max_length, pattern } => values::text(cursor, sink, nullable, *max_length, pattern.as_deref()),
        Domain::Boolean => values::boolean(cursor, sink, nullable),
        Domain::Int { minimum, maximum } => values::integer(cursor, sink, nullable, *minimum, *maximum),
        Domain::Double { minimum, maximum } => values::double(cursor, sink, nullable, *minimum, *maximum),
        Domain::Timestamp => values::timestamp(cursor, sink, nullable),
        // These have nodes of their own.
        Domain::Enum(_) | Domain::Object(_) | Domain::List { .. } | Domain::Map { .. } => {
            sink.refuse(cursor, Fault::UnknownMember)
        }
        Domain::Json { max_depth, max_length } => values::json(cursor, sink, nullable, *max_depth, *max_length),
    }
}

impl<S: Sink> Signals<S> for Validator<'_> {
    type Signal = usize;

    fn find(&self, kind: SignalKind, name: &JsonText<'_>) -> Option<usize> {
        let found = self.named[kind as usize].find(name, |position| &*self.spec.signals[position].signal.name);
        found.filter(|position| self.spec.signals[*position].is_allowed(self.consent))
    }

    fn is_granted(&self, channel: &str) -> bool {
        let mut channels = self.spec.signals.iter().take(1).flat_map(|signal| signal.signal.channels.iter());
        let known = channels.find(|known| known.name == channel);
        known.is_some_and(|known| self.consent.includes(Consent::of(known.number)))
    }

    fn attributes(&self, signal: usize, cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
        self.read_attributes(&self.signals[signal], cursor, sink)
    }

    fn has(&self, signal: usize, part: Part) -> bool {
        match part {
            Part::Body => self.signals[signal].body.is_some(),
            Part::Resource => !self.resource.members.is_empty(),
            part => {
                self.spec.signals[signal].signal.measure.as_ref().is_some_and(|measure| measured::has(measure, part))
            }
        }
    }

    fn joins(&self, signal: usize, join: Join) -> bool {
        self.joins[signal][join as usize]
    }

    fn part(&self, signal: usize, part: Part, cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
        let table = &self.signals[signal];
        match (part, table.body) {
            (Part::Body, Some(body)) => self.read_member(table, body, cursor, sink),
            (Part::Body, None) => sink.refuse(cursor, Fault::UnknownMember),
            (Part::Resource, _) => self.read_attributes(&self.resource, cursor, sink),
            (part, _) => match &self.spec.signals[signal].signal.measure {
                Some(measure) => measured::read(measure, part, cursor, sink),
                None => sink.refuse(cursor, Fault::UnknownMember),
            },
        }
    }

    fn lacks(&self, signal: usize, part: Part, sink: &mut S) {
        let is_needed = |member: &Member| member.required && self.consent.includes(member.attribute.needs);
        match part {
            Part::Body => {
                let table = &self.signals[signal];
                if table.body.is_some_and(|body| is_needed(&table.members[body])) {
                    sink.lacks("body");
                }
            }
            Part::Resource => {
                sink.enter(Step::Member("resource"));
                let needed = self.resource.members.iter().filter(|member| is_needed(member));
                needed.for_each(|member| sink.lacks(member.name()));
                sink.leave();
            }
            // Those of metrics are required anyway.
            _ => {}
        }
    }
}

fn not_json(position: usize) -> Violation {
    let message = format!("not JSON after {position} bytes");
    Violation { pointer: String::new(), rule: Rule::NotJson, message }
}

/// Counts the bytes of a text that are JSON.
fn end_of_json(text: &str) -> usize {
    let mut cursor = Cursor::new(text);
    let _ = cursor.skip_value().and_then(|()| cursor.end());
    cursor.position()
}
