//! The filter: every value that a program reports passes here before any encoder sees it.
//!
//! The [`Sieve`] decides which values pass, as for foreign values. This module adds what typed values need: each Rust type
//! calls its method of the sieve, and constants are compared with the catalogue. Constants can be written by hand, so the
//! filter takes only signals of the catalogue, and only the attributes of the signal.

use std::time::{Duration, SystemTime};

use candor_domain::{Encoder, FieldSieve, Held, JsonValue, Notes, Nothing, Path, Show, Sieve, Slot, Why};
pub(crate) use candor_domain::{Outcome, Tally};

use crate::{
    Attribute, AttributeInfo, Catalogue, Consent, Domain, Fields, Granted, Member, NeedsNoProof, Object, OpenedBy,
    Recorder, Resource, Shared, Signal, Telemetry, Value, Visitor,
};

/// Writes to an encoder what passes of a signal.
#[inline]
pub(crate) fn record<T: Telemetry + ?Sized, E: Encoder>(
    value: &T,
    encoder: &mut E,
    consent: Consent,
    tally: &mut Tally,
) {
    let sieve = Sieve { encoder, consent, held: Nothing, notes: tally };
    value.record(&mut Filter { sieve, listed: Listed::new(&T::SIGNAL.attributes) });
}

/// The same where something is held back.
#[cold]
pub(crate) fn record_holding<T: Telemetry + ?Sized, E: Encoder>(
    value: &T,
    encoder: &mut E,
    consent: Consent,
    held: &[&'static str],
    tally: &mut Tally,
) {
    let sieve = Sieve { encoder, consent, held, notes: tally };
    value.record(&mut Filter { sieve, listed: Listed::new(&T::SIGNAL.attributes) });
}

/// Writes to an encoder what passes of the attributes of the process.
#[cold]
pub(crate) fn record_resource<R: Resource + ?Sized, E: Encoder>(
    value: &R,
    encoder: &mut E,
    consent: Consent,
    held: &[&'static str],
    tally: &mut Tally,
) {
    let sieve = Sieve { encoder, consent, held, notes: tally };
    value.record(&mut Filter { sieve, listed: Listed::new(&R::RESOURCE.attributes) });
}

/// Returns whether a signal is the catalogue's of that kind and key, domains and channels included. The first answer is kept.
#[inline]
pub(crate) fn is_signal_of(signal: &'static Signal, catalogue: &'static Catalogue) -> bool {
    signal.origin.is_in(catalogue, || {
        catalogue
            .signals
            .iter()
            .any(|known| known.kind == signal.kind && known.id == signal.id && known.is_same(signal))
    })
}

/// Takes a signal's attributes.
struct Filter<'a, E, H> {
    sieve: Sieve<'a, E, H, Tally>,
    listed: Listed,
}

impl<E: Encoder, H: Held> Filter<'_, E, H> {
    /// Takes one attribute; says what became of it.
    #[inline(always)]
    fn entry<K, V: Value<K> + ?Sized>(&mut self, info: &'static AttributeInfo, value: &V) -> Outcome {
        let path = Path { before: None, name: &info.name };
        let Some(member) = self.listed.find(info, |_| true) else {
            self.sieve.notes.note(Why::Unknown, path);
            return Outcome::Refused;
        };
        self.sieve.entry(member.at(), path, info, Typed::<K, V>::new(value))
    }

    #[inline(always)]
    fn required_entry<K, V: Value<K> + ?Sized>(&mut self, info: &'static AttributeInfo, value: &V) -> Outcome {
        let outcome = self.entry(info, value);
        // What needs a channel that was not granted is not demanded.
        if outcome == Outcome::Absent && self.sieve.consent.includes(info.needs) {
            self.sieve.notes.note(Why::Missing, Path { before: None, name: &info.name });
        }
        outcome
    }

    /// Takes note of the channel of an attribute that passed. Nothing is noted of what is collected by default.
    #[inline(always)]
    fn used<const CHANNEL: u8>(&mut self, outcome: Outcome) {
        if outcome == Outcome::Written {
            self.sieve.notes.used(Consent::of(CHANNEL));
        }
    }
}

impl<E: Encoder, H: Held> Recorder for Filter<'_, E, H> {
    #[inline(always)]
    fn granted<const CHANNEL: u8>(&self) -> Option<Granted<CHANNEL>> {
        Granted::by(self.sieve.consent)
    }

    #[inline(always)]
    fn required<const CHANNEL: u8, K, V: Value<K> + ?Sized>(
        &mut self,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: NeedsNoProof,
    {
        self.required_entry(&attribute.info, value);
    }

    #[inline(always)]
    fn optional<const CHANNEL: u8, K, V: Value<K> + ?Sized>(
        &mut self,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: NeedsNoProof,
    {
        self.entry(&attribute.info, value);
    }

    #[inline(always)]
    fn required_in<const CHANNEL: u8, const GRANTED: u8, K, V: Value<K> + ?Sized>(
        &mut self,
        _: Granted<GRANTED>,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: OpenedBy<GRANTED>,
    {
        let outcome = self.required_entry(&attribute.info, value);
        self.used::<CHANNEL>(outcome);
    }

    #[inline(always)]
    fn optional_in<const CHANNEL: u8, const GRANTED: u8, K, V: Value<K> + ?Sized>(
        &mut self,
        _: Granted<GRANTED>,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: OpenedBy<GRANTED>,
    {
        let outcome = self.entry(&attribute.info, value);
        self.used::<CHANNEL>(outcome);
    }
}

/// The attributes that a signal or object lists, and those that are expected next.
struct Listed {
    members: &'static [Member],
    next: std::slice::Iter<'static, Member>,
}

impl Listed {
    #[inline(always)]
    fn new(members: &'static [Member]) -> Self {
        Listed { members, next: members.iter() }
    }

    /// Finds an attribute among these, by its address. They mostly come in order.
    #[inline(always)]
    fn find(&mut self, info: &'static AttributeInfo, and: impl Fn(&Member) -> bool) -> Option<&'static Member> {
        let is_it = |member: &Member| is_static(member, info) && and(member);
        match self.next.next() {
            Some(member) if is_it(member) => Some(member),
            _ => self.search(is_it),
        }
    }

    #[cold]
    fn search(&mut self, is_it: impl Fn(&Member) -> bool) -> Option<&'static Member> {
        let found = self.members.iter().position(is_it);
        self.next = self.members[found.map_or(0, |place| place + 1)..].iter();
        found.map(|place| &self.members[place])
    }
}

/// Returns true if a member is this constant. An attribute that is not in the program itself is no constant.
#[inline(always)]
fn is_static(member: &Member, info: &'static AttributeInfo) -> bool {
    matches!(member.attribute, Shared::Static(known) if std::ptr::eq(known, info))
}

/// A value of a Rust type, shown to a slot.
struct Typed<'v, K, V: ?Sized> {
    value: &'v V,
    kind: std::marker::PhantomData<fn() -> K>,
}

impl<'v, K, V: Value<K> + ?Sized> Typed<'v, K, V> {
    #[inline(always)]
    fn new(value: &'v V) -> Self {
        Typed { value, kind: std::marker::PhantomData }
    }
}

impl<K, V: Value<K> + ?Sized> Show for Typed<'_, K, V> {
    #[inline(always)]
    fn show<E: Encoder, H: Held, N: Notes>(self, slot: &mut Slot<'_, '_, E, H, N>) {
        self.value.visit(slot);
    }
}

impl<E: Encoder, H: Held, N: Notes> Visitor for Slot<'_, '_, E, H, N> {
    #[inline(always)]
    fn text(&mut self, value: &str) {
        Slot::text(self, value);
    }

    #[inline(always)]
    fn boolean(&mut self, value: bool) {
        Slot::boolean(self, value);
    }

    #[inline(always)]
    fn int(&mut self, value: Option<i64>) {
        match value {
            Some(value) => Slot::int(self, value),
            None => self.refuse(),
        }
    }

    #[inline(always)]
    fn double(&mut self, value: f64) {
        Slot::double(self, value);
    }

    fn timestamp(&mut self, value: SystemTime) {
        /// 9999-12-31T23:59:59Z, the last second that RFC 3339 can write.
        const LAST_SECOND: Duration = Duration::from_secs(253_402_300_799);
        match value.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) if since < LAST_SECOND + Duration::from_secs(1) && *self.domain() == Domain::Timestamp => {
                Slot::text(self, rfc3339(value, &mut [0; 32]));
            }
            _ => self.refuse(),
        }
    }

    #[inline(always)]
    fn choice(&mut self, member: &'static str) {
        Slot::choice(self, member);
    }

    fn list<K, T: Value<K>>(&mut self, items: &[T]) {
        Slot::list(self, items.iter().map(Typed::<K, T>::new));
    }

    fn map<'m, K, T: Value<K> + 'm>(&mut self, entries: impl Iterator<Item = (&'m str, bool, &'m T)>) {
        Slot::map(self, entries.map(|(key, is_first, value)| (key, is_first, Typed::<K, T>::new(value))));
    }

    /// A text that is no JSON is refused.
    fn json(&mut self, text: &str) {
        match JsonValue::parse(text) {
            Some(value) => Slot::json(self, &value),
            None => self.refuse(),
        }
    }

    fn object<O: Object + ?Sized>(&mut self, object: &O) {
        match self.domain() {
            Domain::Object(info) if O::OBJECT.is_same(info) => {
                Slot::object(self, |_, sieve| {
                    object.record(&mut FieldFilter { sieve, listed: Listed::new(&O::OBJECT.fields) });
                });
            }
            _ => self.refuse(),
        }
    }
}

/// Takes an object's fields.
struct FieldFilter<'a, 's, 'p, E, H, N> {
    sieve: &'a mut FieldSieve<'s, 'p, E, H, N>,
    listed: Listed,
}

impl<E: Encoder, H: Held, N: Notes> FieldFilter<'_, '_, '_, E, H, N> {
    fn is_listed(&mut self, name: &str, info: &'static AttributeInfo) -> bool {
        let is_listed = self.listed.find(info, |member| member.name() == name).is_some();
        if !is_listed {
            self.sieve.unknown(name);
        }
        is_listed
    }

    fn optional_entry<K, V: Value<K> + ?Sized>(
        &mut self,
        name: &str,
        info: &'static AttributeInfo,
        value: &V,
    ) -> Outcome {
        match self.is_listed(name, info) {
            true => self.sieve.optional(name, info, Typed::<K, V>::new(value)),
            false => Outcome::Refused,
        }
    }
}

impl<E: Encoder, H: Held, N: Notes> Fields for FieldFilter<'_, '_, '_, E, H, N> {
    #[inline(always)]
    fn granted<const CHANNEL: u8>(&self) -> Option<Granted<CHANNEL>> {
        Granted::by(self.sieve.consent())
    }

    fn required<const CHANNEL: u8, K, V: Value<K> + ?Sized>(
        &mut self,
        name: &'static str,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: NeedsNoProof,
    {
        if self.is_listed(name, &attribute.info) {
            self.sieve.required(name, &attribute.info, Typed::<K, V>::new(value));
        }
    }

    fn optional<const CHANNEL: u8, K, V: Value<K> + ?Sized>(
        &mut self,
        name: &'static str,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: NeedsNoProof,
    {
        self.optional_entry(name, &attribute.info, value);
    }

    fn optional_in<const CHANNEL: u8, const GRANTED: u8, K, V: Value<K> + ?Sized>(
        &mut self,
        _: Granted<GRANTED>,
        name: &'static str,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: OpenedBy<GRANTED>,
    {
        if self.optional_entry(name, &attribute.info, value) == Outcome::Written {
            self.sieve.used(Consent::of(CHANNEL));
        }
    }
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
