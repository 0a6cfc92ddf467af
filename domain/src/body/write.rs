//! Templates filled in: first the attributes are recorded, then the body is written around them.

use std::ops::Range;

use super::hole::{put_member_hole, put_object_hole, separate};
use super::template::{Body, Own, Part};
use crate::{At, ChannelName, Consent, Encoder, JsonEncoder, Outcome, Output, marker_names, quote};

/// The facts of one signal beside its attributes.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'f> {
    /// Name on the wire.
    pub name: &'f str,
    /// Start of a span, in nanoseconds since 1970; an event starts when it ends.
    pub start_unix_nano: u64,
    /// End of a span, time of an event.
    pub end_unix_nano: u64,
    /// Random bits.
    pub id: u128,
    /// The number of values that were left out.
    pub dropped: u32,
    /// The names of the catalogue's channels but `default`, sorted.
    pub channels: &'f [ChannelName],
    /// The channels that it says it needs.
    pub needs: Consent,
}

impl<'f> Facts<'f> {
    /// The names in the marker.
    fn marker(&self) -> impl Iterator<Item = &'f str> + Clone {
        marker_names(self.channels, self.needs)
    }
}

/// Recorded attributes: where each of those with a place of their own begins and ends.
#[derive(Debug, Clone)]
pub struct Recorded {
    places: [Range<u32>; Body::MOST_OWN],
}

impl Default for Recorded {
    fn default() -> Self {
        Recorded { places: [const { 0..0 }; Body::MOST_OWN] }
    }
}

/// The output of a [`MembersEncoder`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Members<'m> {
    pub text: &'m [u8],
    pub recorded: &'m Recorded,
}

impl<'m> Members<'m> {
    /// The value of an attribute with a place of its own; empty if it is absent.
    pub fn own(self, own: u8) -> &'m [u8] {
        let place = self.recorded.places.get(usize::from(own)).cloned().unwrap_or_default();
        self.text.get(place.start as usize..place.end as usize).unwrap_or_default()
    }

    /// Appends the members without a place of their own, each with a comma before it but the first of an object.
    pub fn put_rest<O: Output>(self, out: &mut O) {
        let mut start = 0;
        while start < self.text.len() {
            let next = self.recorded.places.iter().filter(|place| !place.is_empty() && place.start as usize >= start);
            let next = next.min_by_key(|place| place.start);
            let end = next.map_or(self.text.len(), |next| next.start as usize);
            let members = &self.text[start..end];
            let first = matches!(out.last(), Some(b'{'));
            out.put(if first { members.strip_prefix(b",").unwrap_or(members) } else { members });
            start = next.map_or(end, |next| next.end as usize);
        }
    }
}

/// Writes attributes as JSON, those with a place of their own as bare values.
#[derive(Debug)]
pub struct MembersEncoder<'o, O> {
    json: JsonEncoder<'o, O>,
    own: &'o [Own],
    recorded: &'o mut Recorded,
    /// The attribute with a place of its own that was begun last, and where.
    open: Option<(usize, usize)>,
}

impl<'o, O: Output> MembersEncoder<'o, O> {
    /// Writes to an empty output. `own` are the attributes that have a place of their own.
    pub fn new(out: &'o mut O, own: &'o [Own], recorded: &'o mut Recorded) -> Self {
        MembersEncoder { json: JsonEncoder { out }, own, recorded, open: None }
    }

    /// Ends the last attribute.
    pub fn finish(mut self) {
        self.close();
    }

    /// Begins a value; gives the place where it is written.
    fn begin<'a>(&mut self, at: At<'a>) -> At<'a> {
        let (At::Attribute(name) | At::Body(name)) = at else { return at };
        self.close();
        match self.own.iter().position(|own| own.name == name) {
            // A place takes one value. A second one stays beside the others, where a reader finds it.
            Some(own) if self.recorded.places[own].is_empty() => {
                self.open = Some((own, self.json.out.len()));
                At::Text
            }
            _ => at,
        }
    }

    fn close(&mut self) {
        if let Some((own, start)) = self.open.take() {
            self.recorded.places[own] = start as u32..self.json.out.len() as u32;
        }
    }
}

impl<O: Output> Encoder for MembersEncoder<'_, O> {
    type Mark = usize;
    type Open = ();
    type Json<'e>
        = Self
    where
        Self: 'e;

    fn mark(&self) -> usize {
        self.json.mark()
    }

    fn rewind(&mut self, mark: usize) {
        self.open = self.open.filter(|(_, start)| *start < mark);
        self.json.rewind(mark);
    }

    fn null(&mut self, at: At<'_>) {
        let at = self.begin(at);
        self.json.null(at);
    }

    fn string(&mut self, at: At<'_>, value: &str) {
        let at = self.begin(at);
        self.json.string(at, value);
    }

    fn boolean(&mut self, at: At<'_>, value: bool) {
        let at = self.begin(at);
        self.json.boolean(at, value);
    }

    fn int(&mut self, at: At<'_>, value: i64) {
        let at = self.begin(at);
        self.json.int(at, value);
    }

    fn double(&mut self, at: At<'_>, value: f64) {
        let at = self.begin(at);
        self.json.double(at, value);
    }

    fn begin_list(&mut self, at: At<'_>) {
        let at = self.begin(at);
        self.json.begin_list(at);
    }

    fn end_list(&mut self, (): ()) {
        self.json.end_list(());
    }

    fn begin_object(&mut self, at: At<'_>) {
        let at = self.begin(at);
        self.json.begin_object(at);
    }

    fn end_object(&mut self, (): ()) {
        self.json.end_object(());
    }

    fn json(&mut self, at: At<'_>, write: impl FnOnce(&mut Self, At<'_>) -> Outcome) -> Outcome {
        write(self, at)
    }
}

impl Body {
    /// Appends the body of one signal, whose attributes a [`MembersEncoder`] wrote to `members`, with holes where
    /// [`Filling::fill`] writes the attributes of the process.
    ///
    /// [`Filling::fill`]: super::Filling::fill
    pub fn write<O: Output>(&self, out: &mut O, facts: &Facts<'_>, members: &[u8], recorded: &Recorded) {
        Writer { out, facts, members: Members { text: members, recorded } }.part(&self.template);
    }
}

struct Writer<'w, O> {
    out: &'w mut O,
    facts: &'w Facts<'w>,
    members: Members<'w>,
}

impl<O: Output> Writer<'_, O> {
    fn part(&mut self, part: &Part) {
        match part {
            Part::Literal(text) => self.out.put(text.as_bytes()),
            Part::Name => quote(self.out, self.facts.name),
            Part::Id => self.id(),
            Part::Time(clock) => clock.write(self.out, self.facts.end_unix_nano),
            Part::StartTime(clock) => clock.write(self.out, self.facts.start_unix_nano),
            Part::Dropped => self.out.put_int(self.facts.dropped.into()),
            Part::Channels => self.channels(),
            Part::Attribute(own) => self.out.put(self.members.own(*own)),
            Part::Attributes => {
                self.out.put(b"{");
                self.members.put_rest(self.out);
                self.out.put(b"}");
            }
            Part::Resource => put_object_hole(self.out),
            Part::Spread | Part::SpreadResource | Part::OfResource(_) | Part::Signals => {}
            Part::List(items) => {
                self.out.put(b"[");
                for item in items.iter() {
                    separate(self.out);
                    self.part(item);
                }
                self.out.put(b"]");
            }
            Part::Object(members) => self.object(members),
        }
    }

    fn object(&mut self, members: &[(std::borrow::Cow<'static, str>, Part)]) {
        self.out.put(b"{");
        for (key, member) in members {
            match member {
                Part::Spread => self.members.put_rest(self.out),
                Part::Dropped if self.facts.dropped == 0 => {}
                Part::Channels if self.facts.marker().next().is_none() => {}
                Part::Attribute(own) if self.members.own(*own).is_empty() => {}
                _ if put_member_hole(self.out, key, member) => {}
                _ => {
                    separate(self.out);
                    quote(self.out, key);
                    self.out.put(b":");
                    self.part(member);
                }
            }
        }
        self.out.put(b"}");
    }

    /// The marker. Names of channels have nothing to escape.
    fn channels(&mut self) {
        self.out.put(b"\"");
        for (place, name) in self.facts.marker().enumerate() {
            self.out.put(if place > 0 { b"," } else { b"" });
            self.out.put(name.as_bytes());
        }
        self.out.put(b"\"");
    }

    /// A UUID of version 4.
    fn id(&mut self) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let id = self.facts.id & !(0xf << 76) & !(0x3 << 62) | 4 << 76 | 2 << 62;
        let mut text = *b"\"00000000-0000-0000-0000-000000000000\"";
        let places = (1..37).filter(|place| ![9, 14, 19, 24].contains(place));
        for (digit, place) in places.enumerate() {
            text[place] = DIGITS[(id >> (124 - 4 * digit)) as usize & 15];
        }
        self.out.put(&text);
    }
}
