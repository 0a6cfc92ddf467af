//! The filter: every value that a program reports passes here before any encoder sees it.
//!
//! The [`Sieve`] decides which values pass, as for foreign values. This module adds what typed values need: each Rust type
//! calls its method of the sieve, and constants are compared with the catalogue. Constants can be written by hand, so the
//! filter takes only signals of the catalogue, and only the attributes of the signal.

use std::time::{Duration, SystemTime};

use candor_domain::{At, Encoder, FieldSieve, Held, JsonValue, Notes, Nothing, Path, Refusals, Show, Sieve, Slot, Why};
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
    let mut refusals = Refusals::default();
    record_noting(value, encoder, consent, held, &mut refusals);
    tally.dropped = refusals.dropped();
    tally.truncated = refusals.iter().filter(|(why, _)| *why == Why::Cut).count().try_into().unwrap_or(u32::MAX);
    tally.used = refusals.needs();
}

/// The same, with the places of the values that do not pass.
#[cold]
pub(crate) fn record_noting<T: Telemetry + ?Sized, E: Encoder>(
    value: &T,
    encoder: &mut E,
    consent: Consent,
    held: &[&'static str],
    refusals: &mut Refusals,
) {
    let sieve = Sieve { encoder, consent, held, notes: refusals };
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
struct Filter<'a, E, H, N> {
    sieve: Sieve<'a, E, H, N>,
    listed: Listed,
}

impl<E: Encoder, H: Held, N: Notes> Filter<'_, E, H, N> {
    /// Takes one attribute; says what became of it.
    #[inline(always)]
    fn entry<K, V: Value<K> + ?Sized>(&mut self, info: &'static AttributeInfo, value: &V) -> Outcome {
        let path = Path { before: None, name: &info.name };
        match self.listed.is_next(info, |_| true) {
            // With the name as a constant, its length and tag are constants, too.
            true => self.sieve.entry(At::Attribute(&info.name), path, info, Typed::<K, V>::new(value)),
            false => self.entry_out_of_order::<K, V>(info, value),
        }
    }

    #[cold]
    #[inline(never)]
    fn entry_out_of_order<K, V: Value<K> + ?Sized>(&mut self, info: &'static AttributeInfo, value: &V) -> Outcome {
        let path = Path { before: None, name: &info.name };
        match self.listed.search(info, |_| true) {
            Ok(member) => self.sieve.entry(member.at(), path, info, Typed::<K, V>::new(value)),
            Err(why) => {
                self.sieve.notes.note(why, path);
                Outcome::Refused
            }
        }
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

impl<E: Encoder, H: Held, N: Notes> Recorder for Filter<'_, E, H, N> {
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

/// The attributes that a signal or object lists, and which of them were recorded.
///
/// Members mostly come in order, so that the next one is compared and nothing is written down. A member out of order
/// ends such a run, and the next run ends before a member that was recorded already.
struct Listed {
    members: &'static [Member],
    /// The rest of this run.
    next: std::slice::Iter<'static, Member>,
    /// The first member of this run.
    start: usize,
    /// The member that this run ends before.
    end: usize,
    /// The members of earlier runs, a bit each.
    recorded: u128,
}

impl Listed {
    #[inline(always)]
    fn new(members: &'static [Member]) -> Self {
        // The body of a log record comes last (`define::event` sees to it), and is never in a run: it is no attribute.
        let run = match members {
            [run @ .., last] if last.body => run,
            all => all,
        };
        Listed { members, next: run.iter(), start: 0, end: run.len(), recorded: 0 }
    }

    /// Returns true if an attribute, by its address, is the next one of this run.
    #[inline(always)]
    fn is_next(&mut self, info: &'static AttributeInfo, and: impl Fn(&Member) -> bool) -> bool {
        let is_it = self.next.as_slice().first().is_some_and(|member| is_static(member, info) && and(member));
        if is_it {
            self.next.next();
        }
        is_it
    }

    /// Finds an attribute that is not the next one, and begins a run behind it.
    ///
    /// # Errors
    /// The attribute is not listed, or was recorded before. Beyond the first 128 members of a signal, a second recording
    /// is not seen.
    #[cold]
    fn search(&mut self, info: &'static AttributeInfo, and: impl Fn(&Member) -> bool) -> Result<&'static Member, Why> {
        let current = self.end - self.next.len();
        (self.start..current).for_each(|place| self.recorded |= bit(place));
        self.start = current;
        let found = self.members.iter().position(|member| is_static(member, info) && and(member));
        let place = found.ok_or(Why::Unknown)?;
        if self.is_recorded(place) {
            return Err(Why::Duplicate);
        }
        let stops = |place: &usize| self.members[*place].body || self.is_recorded(*place);
        let end = (place + 1..self.members.len()).find(stops);
        (self.start, self.end) = (place, end.unwrap_or(self.members.len()));
        self.next = self.members[(place + 1).min(self.end)..self.end].iter();
        Ok(&self.members[place])
    }

    fn is_recorded(&self, place: usize) -> bool {
        self.recorded & bit(place) != 0
    }
}

/// The bit of a member; those beyond the last bit have none.
fn bit(place: usize) -> u128 {
    u32::try_from(place).ok().and_then(|place| 1_u128.checked_shl(place)).unwrap_or_default()
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
        let is_named = |member: &Member| member.name() == name;
        if self.listed.is_next(info, is_named) {
            return true;
        }
        let found = self.listed.search(info, is_named);
        if let Err(why) = found {
            self.sieve.refuse(why, name);
        }
        found.is_ok()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DEFAULT, define, kind};

    const fn flag(name: &'static str) -> Attribute<kind::Boolean> {
        define::attribute(name, name, "Row", Domain::Boolean)
    }

    static FLAGS: [Attribute<kind::Boolean>; 5] = [flag("a"), flag("b"), flag("c"), flag("d"), flag("unlisted")];
    static SIGNAL: Signal = define::span(
        "flags",
        "flags",
        "Flags",
        DEFAULT,
        const {
            &[
                define::optional(&FLAGS[0].info),
                define::optional(&FLAGS[1].info),
                define::optional(&FLAGS[2].info),
                define::optional(&FLAGS[3].info),
            ]
        },
    );

    /// Every sequence of six recordings of four members and one that is not listed.
    #[test]
    fn each_member_is_found_once_in_every_order() {
        for number in 0..5_usize.pow(6) {
            let places = (0..6).map(|digit| number / 5_usize.pow(digit) % 5);
            let (mut listed, mut before) = (Listed::new(&SIGNAL.attributes), Vec::new());
            for place in places {
                let expected = match place {
                    4 => Err(Why::Unknown),
                    _ if before.contains(&place) => Err(Why::Duplicate),
                    _ => Ok(&*FLAGS[place].info.name),
                };
                let info = &FLAGS[place].info;
                let is_next = listed.is_next(info, |_| true);
                let found = if is_next { Ok(&*info.name) } else { listed.search(info, |_| true).map(Member::name) };
                assert_eq!(found, expected, "{place} after {before:?}");
                before.push(place);
            }
        }
    }
}
