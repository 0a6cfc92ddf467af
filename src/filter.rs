//! The filter: every value passes here before any encoder sees it.
//!
//! A value goes on only when consent allows its attribute and its domain admits it. What does not is left out and
//! counted; the rest of the signal goes on. A refused field that its object cannot do without costs the object.

use std::time::{Duration, SystemTime};

use crate::encode::{At, Encoder};
use crate::{
    Attribute, AttributeInfo, Collected, Domain, Encoding, Fields, Object, OnViolation, Recorder, Value, Visitor,
};

/// What the filter did to one signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Values left out because their domain does not admit them, or missing though required.
    pub dropped: u32,
    /// Texts cut to their longest length.
    pub truncated: u32,
}

/// Which attributes the user has not agreed to yet. See `Allowance`.
pub(crate) trait Held: Copy {
    /// Whether this one, by its key in the catalogue.
    fn holds(self, attribute: &str) -> bool;
}

/// None of them: nearly always, and so a type of its own, which costs nothing.
#[derive(Clone, Copy)]
pub(crate) struct Nothing;

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

/// Passes on to an encoder what consent and domains allow.
pub(crate) struct Filter<'a, E, H> {
    pub encoder: &'a mut E,
    pub opted_in: bool,
    pub held: H,
    pub tally: &'a mut Tally,
}

impl<E: Encoder, H: Held> Filter<'_, E, H> {
    /// Takes one named value; says whether it was written.
    #[inline(always)]
    fn entry<K, V: Value<K> + ?Sized>(&mut self, at: At<'_>, info: &'static AttributeInfo, value: &V) -> Outcome {
        if info.collected == Collected::OptIn && !self.opted_in {
            return Outcome::Absent;
        }
        if self.held.holds(info.id) {
            return Outcome::Absent;
        }
        // Inside an object it is the object's encoding that counts.
        let outcome = match (info.encoding, at) {
            (Encoding::Map, _) | (Encoding::Json, At::Field(_)) => self.slot(at, info, &info.domain, value),
            (Encoding::Json, _) => {
                let Filter { encoder, opted_in, held, tally } = self;
                encoder.json(at, |json, at| {
                    Filter { encoder: json, opted_in: *opted_in, held: *held, tally }.slot(
                        at,
                        info,
                        &info.domain,
                        value,
                    )
                })
            }
        };
        self.tally.dropped += u32::from(outcome == Outcome::Refused);
        outcome
    }

    #[inline(always)]
    fn slot<K, V: Value<K> + ?Sized>(
        &mut self,
        at: At<'_>,
        info: &'static AttributeInfo,
        domain: &'static Domain,
        value: &V,
    ) -> Outcome {
        let mut slot = Slot { filter: self.reborrow(), at, info, domain, outcome: Outcome::Absent };
        value.visit(&mut slot);
        slot.outcome
    }

    #[inline(always)]
    fn reborrow(&mut self) -> Filter<'_, E, H> {
        Filter { encoder: self.encoder, opted_in: self.opted_in, held: self.held, tally: self.tally }
    }
}

impl<E: Encoder, H: Held> Recorder for Filter<'_, E, H> {
    fn opted_in(&self) -> bool {
        self.opted_in
    }

    #[inline(always)]
    fn required<K, V: Value<K> + ?Sized>(&mut self, attribute: &'static Attribute<K>, value: &V) {
        let outcome = self.entry(At::Attribute(attribute.info.name), &attribute.info, value);
        self.tally.dropped += u32::from(outcome == Outcome::Absent);
    }

    #[inline(always)]
    fn optional<K, V: Value<K> + ?Sized>(&mut self, attribute: &'static Attribute<K>, value: &V) {
        self.entry(At::Attribute(attribute.info.name), &attribute.info, value);
    }
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// There was none.
    Absent,
    /// It is outside its domain.
    Refused,
    /// It was encoded.
    Written,
}

/// The place where one value goes, with the domain it must be in.
struct Slot<'a, 'n, E, H> {
    filter: Filter<'a, E, H>,
    at: At<'n>,
    info: &'static AttributeInfo,
    domain: &'static Domain,
    outcome: Outcome,
}

impl<E: Encoder, H: Held> Visitor for Slot<'_, '_, E, H> {
    #[inline(always)]
    fn text(&mut self, value: &str) {
        match admit_text(self.info, self.domain, value) {
            Admitted::Whole => self.write(|e, at| e.string(at, value)),
            Admitted::Cut(short) => {
                self.filter.tally.truncated += 1;
                self.write(|e, at| e.string(at, short));
            }
            Admitted::Not => self.refuse(),
        }
    }

    #[inline(always)]
    fn boolean(&mut self, value: bool) {
        match admits_boolean(self.domain) {
            true => self.write(|e, at| e.boolean(at, value)),
            false => self.refuse(),
        }
    }

    #[inline(always)]
    fn int(&mut self, value: Option<i64>) {
        match value {
            Some(value) if admits_int(self.domain, value) => self.write(|e, at| e.int(at, value)),
            _ => self.refuse(),
        }
    }

    #[inline(always)]
    fn double(&mut self, value: f64) {
        match admits_double(self.domain, value) {
            true => self.write(|e, at| e.double(at, value)),
            false => self.refuse(),
        }
    }

    fn timestamp(&mut self, value: SystemTime) {
        /// 9999-12-31T23:59:59Z, the last second that RFC 3339 can write.
        const LAST_SECOND: Duration = Duration::from_secs(253_402_300_799);
        let in_range = value.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|since| since <= LAST_SECOND);
        match self.domain {
            Domain::Timestamp if in_range => {
                let mut text = [0; 32];
                let text = rfc3339(value, &mut text);
                self.write(|e, at| e.string(at, text));
            }
            _ => self.refuse(),
        }
    }

    #[inline(always)]
    fn choice(&mut self, member: &'static str) {
        match admit_member(self.domain, member) {
            Some(_) => self.write(|e, at| e.string(at, member)),
            None => self.refuse(),
        }
    }

    fn list<K, T: Value<K>>(&mut self, items: &[T]) {
        let Domain::List { item: domain, max_items } = self.domain else { return self.refuse() };
        let list = self.filter.encoder.begin_list(self.at);
        let mut written = 0;
        for item in items {
            if written == *max_items {
                self.filter.tally.dropped += 1;
                break;
            }
            match self.filter.slot(At::Item, self.info, domain, item) {
                Outcome::Written => written += 1,
                outcome => self.filter.tally.dropped += u32::from(outcome == Outcome::Refused),
            }
        }
        self.filter.encoder.end_list(list);
        self.outcome = Outcome::Written;
    }

    fn object<O: Object + ?Sized>(&mut self, object: &O) {
        match self.domain {
            Domain::Object(info) if info.id == O::OBJECT.id && info.catalogue == O::OBJECT.catalogue => {}
            _ => return self.refuse(),
        }
        let mark = self.filter.encoder.mark();
        let open = self.filter.encoder.begin_object(self.at);
        let mut fields = FieldFilter { filter: self.filter.reborrow(), whole: true };
        object.record(&mut fields);
        if fields.whole {
            self.filter.encoder.end_object(open);
            self.outcome = Outcome::Written;
        } else {
            self.filter.encoder.rewind(mark);
            self.refuse();
        }
    }
}

impl<E: Encoder, H: Held> Slot<'_, '_, E, H> {
    #[inline(always)]
    fn write(&mut self, write: impl FnOnce(&mut E, At<'_>)) {
        write(self.filter.encoder, self.at);
        self.outcome = Outcome::Written;
    }

    fn refuse(&mut self) {
        self.outcome = Outcome::Refused;
    }
}

struct FieldFilter<'a, E, H> {
    filter: Filter<'a, E, H>,
    whole: bool,
}

impl<E: Encoder, H: Held> Fields for FieldFilter<'_, E, H> {
    fn opted_in(&self) -> bool {
        self.filter.opted_in
    }

    fn required<K, V: Value<K> + ?Sized>(&mut self, name: &'static str, attribute: &'static Attribute<K>, value: &V) {
        let before = self.filter.tally.dropped;
        if self.filter.entry(At::Field(name), &attribute.info, value) != Outcome::Written {
            self.whole = false;
            self.filter.tally.dropped = before; // the object counts, once, not its field
        }
    }

    fn optional<K, V: Value<K> + ?Sized>(&mut self, name: &'static str, attribute: &'static Attribute<K>, value: &V) {
        self.filter.entry(At::Field(name), &attribute.info, value);
    }
}

/// What a domain lets through of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admitted<'t> {
    /// All of it.
    Whole,
    /// Its beginning, as the attribute says so of a text that is too long.
    Cut(&'t str),
    /// Nothing.
    Not,
}

#[inline(always)]
pub(crate) fn admit_text<'t>(info: &AttributeInfo, domain: &Domain, text: &'t str) -> Admitted<'t> {
    let Domain::String { max_length, pattern } = domain else { return Admitted::Not };
    match cut(text, *max_length) {
        None if pattern.as_ref().is_none_or(|pattern| pattern.matches(text)) => Admitted::Whole,
        Some(short) if pattern.is_none() && info.on_violation == OnViolation::Truncate => Admitted::Cut(short),
        _ => Admitted::Not,
    }
}

#[inline(always)]
pub(crate) fn admits_boolean(domain: &Domain) -> bool {
    matches!(domain, Domain::Boolean)
}

#[inline(always)]
pub(crate) fn admits_int(domain: &Domain, value: i64) -> bool {
    matches!(domain, Domain::Int { minimum, maximum } if (*minimum..=*maximum).contains(&value))
}

#[inline(always)]
pub(crate) fn admits_double(domain: &Domain, value: f64) -> bool {
    matches!(domain, Domain::Double { minimum, maximum } if value.is_finite() && (*minimum..=*maximum).contains(&value))
}

/// The member of a closed domain that a text is.
#[inline(always)]
pub(crate) fn admit_member(domain: &Domain, text: &str) -> Option<&'static str> {
    let Domain::Enum(members) = domain else { return None };
    members.iter().copied().find(|member| *member == text)
}

/// The first `max` characters, when the text has more.
#[inline(always)]
fn cut(text: &str, max: usize) -> Option<&str> {
    // A text has at most as many characters as bytes.
    if text.len() <= max { None } else { cut_long(text, max) }
}

fn cut_long(text: &str, max: usize) -> Option<&str> {
    text.char_indices().nth(max).map(|(end, _)| &text[..end])
}

/// RFC 3339 in UTC with as many digits as the time needs, written into `buffer`.
fn rfc3339(time: SystemTime, buffer: &mut [u8; 32]) -> &str {
    use std::io::Write;
    let mut rest = &mut buffer[..];
    // 30 bytes at most for the years that pass here, so the write always fits.
    let _ = write!(rest, "{}", humantime::format_rfc3339(time));
    let unused = rest.len();
    let length = buffer.len() - unused;
    std::str::from_utf8(&buffer[..length]).unwrap_or_default()
}
