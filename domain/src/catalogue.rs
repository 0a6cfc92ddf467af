//! Signals, objects and attributes, as far as they decide what may pass.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

use crate::{At, ChannelName, Consent, Domain, Join, Measure, REMOTE, Relations, Scalar, Shared, SignalKind, UNNAMED};

/// A span, an event or a metric.
#[derive(Debug, Clone)]
pub struct Signal {
    /// The catalogue's short name.
    pub catalogue: Cow<'static, str>,
    /// Key in the catalogue.
    pub id: Cow<'static, str>,
    /// Span, event or metric.
    pub kind: SignalKind,
    /// Name on the wire.
    pub name: Cow<'static, str>,
    /// The channels that it needs.
    pub needs: Consent,
    /// The names of the catalogue's channels but `default`, sorted.
    pub channels: Shared<[ChannelName]>,
    /// Every attribute it may carry.
    pub attributes: Shared<[Member]>,
    /// The seconds that have to pass from one to the next, in all runs of an installation; 0 for a signal that is not
    /// limited.
    pub every: u64,
    /// Position of its endpoint in the catalogue.
    pub endpoint: u8,
    /// The instrument and its numbers, if it is a metric.
    pub measure: Option<Measure>,
    /// The spans that it may be joined with.
    pub relations: Relations,
    /// The catalogue that it was found in.
    pub origin: Origin,
}

impl Signal {
    /// A signal that was not looked for in any catalogue yet.
    pub const fn new(
        catalogue: Cow<'static, str>,
        id: Cow<'static, str>,
        kind: SignalKind,
        name: Cow<'static, str>,
        needs: Consent,
        attributes: Shared<[Member]>,
    ) -> Self {
        let channels = Shared::Static(UNNAMED);
        let (every, endpoint, measure, relations, origin) = (0, 0, None, Relations::NONE, Origin::new());
        Signal { catalogue, id, kind, name, needs, channels, attributes, every, endpoint, measure, relations, origin }
    }

    /// The same, of a catalogue that has these channels.
    #[must_use]
    pub const fn of_channels(mut self, channels: &'static [ChannelName]) -> Self {
        std::mem::forget(std::mem::replace(&mut self.channels, Shared::Static(channels)));
        self
    }

    /// The same signal, sent at most once in so many seconds.
    #[must_use]
    pub const fn every(mut self, seconds: u64) -> Self {
        self.every = seconds;
        self
    }

    /// The same, going to the endpoint at this position of the catalogue's.
    pub const fn going_to(mut self, endpoint: u8) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// The same, which may belong to these spans and link to those, and whose id may be handed on.
    #[must_use]
    pub const fn joined(
        mut self,
        parents: &'static [Cow<'static, str>],
        links_to: &'static [Cow<'static, str>],
        propagates: bool,
    ) -> Self {
        let relations = Relations { parents: Shared::Static(parents), links_to: Shared::Static(links_to), propagates };
        std::mem::forget(std::mem::replace(&mut self.relations, relations));
        self
    }

    /// The same as a metric.
    #[must_use]
    pub const fn measuring(mut self, measure: Measure) -> Self {
        std::mem::forget(self.measure.replace(measure));
        self
    }

    /// Returns whether another signal says the same, domains and channels included.
    pub fn is_same(&self, other: &Signal) -> bool {
        self.fingerprint() == other.fingerprint()
    }

    /// A number that is another one whenever the signal lets through something else. The same in every build.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = Fnv::default();
        (&self.catalogue, &self.id, self.kind.word(), &self.name, self.needs.bits()).hash(&mut hasher);
        self.channels.iter().for_each(|channel| (&channel.name, channel.number).hash(&mut hasher));
        self.attributes.iter().for_each(|member| member.hash_into(&mut hasher));
        if self.every > 0 {
            self.every.hash(&mut hasher);
        }
        if self.endpoint > 0 {
            self.endpoint.hash(&mut hasher);
        }
        if let Some(measure) = &self.measure {
            hash_measure(measure, &mut hasher);
        }
        self.relations.hash_into(&mut hasher);
        hasher.finish()
    }

    /// The attribute with this name on the wire. The body of a log record has none.
    pub fn attribute(&self, name: &str) -> Option<&Member> {
        self.attributes.iter().find(|member| member.name() == name && !member.body)
    }

    /// The attribute whose value is the body of the log record.
    pub fn body(&self) -> Option<&Member> {
        self.attributes.iter().find(|member| member.body)
    }
}

/// The attributes of the process, which go once with each request.
#[derive(Debug, Clone)]
pub struct ResourceInfo {
    /// The catalogue's short name.
    pub catalogue: Cow<'static, str>,
    /// Every attribute it may carry, `service.name` aside.
    pub attributes: Shared<[Member]>,
}

impl ResourceInfo {
    /// Returns whether another resource says the same, domains and channels included.
    pub fn is_same(&self, other: &ResourceInfo) -> bool {
        self.fingerprint() == other.fingerprint()
    }

    /// A number that is another one whenever the resource lets through something else. The same in every build.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = Fnv::default();
        self.catalogue.hash(&mut hasher);
        self.attributes.iter().for_each(|member| member.hash_into(&mut hasher));
        hasher.finish()
    }

    /// The attribute with this name on the wire.
    pub fn attribute(&self, name: &str) -> Option<&Member> {
        self.attributes.iter().find(|member| member.name() == name)
    }
}

/// A named structure, used as a value.
#[derive(Debug)]
pub struct ObjectInfo {
    /// The catalogue's short name.
    pub catalogue: Cow<'static, str>,
    /// Key in the catalogue.
    pub id: Cow<'static, str>,
    /// Its fields. No object holds itself.
    pub fields: Shared<[Member]>,
    fingerprint: AtomicU64,
}

impl ObjectInfo {
    /// An object with these fields.
    pub const fn new(catalogue: Cow<'static, str>, id: Cow<'static, str>, fields: Shared<[Member]>) -> Self {
        ObjectInfo { catalogue, id, fields, fingerprint: AtomicU64::new(0) }
    }

    /// Returns whether another object says the same, domains and channels included. Each object is looked at once.
    #[inline]
    pub fn is_same(&self, other: &ObjectInfo) -> bool {
        std::ptr::eq(self, other) || self.fingerprint() == other.fingerprint()
    }

    #[inline]
    fn fingerprint(&self) -> u64 {
        match self.fingerprint.load(Relaxed) {
            0 => self.take_fingerprint(),
            known => known,
        }
    }

    #[cold]
    fn take_fingerprint(&self) -> u64 {
        let mut hasher = Fnv::default();
        (&self.catalogue, &self.id).hash(&mut hasher);
        self.fields.iter().for_each(|field| field.hash_into(&mut hasher));
        let fingerprint = hasher.finish().max(1);
        self.fingerprint.store(fingerprint, Relaxed);
        fingerprint
    }
}

impl Clone for ObjectInfo {
    fn clone(&self) -> Self {
        ObjectInfo::new(self.catalogue.clone(), self.id.clone(), self.fields.clone())
    }
}

/// Objects are the same if they have the same key in the same catalogue.
impl PartialEq for ObjectInfo {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.catalogue == other.catalogue
    }
}

/// An attribute as a signal carries it, or as an object's field.
#[derive(Debug, Clone)]
pub struct Member {
    /// The field's own name on the wire; a signal's attributes have none.
    pub rename: Option<Cow<'static, str>>,
    /// The attribute.
    pub attribute: Shared<AttributeInfo>,
    /// Set if it must be there. The check of a catalogue decides that once.
    pub required: bool,
    /// Set if its value is the body of the log record and not one of its attributes.
    pub body: bool,
}

impl Member {
    /// The same attribute as the body of its log record.
    pub const fn as_body(mut self) -> Self {
        self.body = true;
        self
    }

    /// The place of its value in a signal.
    #[inline(always)]
    pub fn at(&self) -> At<'_> {
        if self.body { At::Body(self.name()) } else { At::Attribute(self.name()) }
    }

    /// The name on the wire.
    #[inline]
    pub fn name(&self) -> &str {
        match &self.rename {
            Some(name) => name,
            None => &self.attribute.name,
        }
    }

    fn hash_into(&self, hasher: &mut Fnv) {
        let AttributeInfo { id, name, row, needs, domain, encoding, on_violation, nullable } = &*self.attribute;
        (&self.rename, self.required, id, name, row, nullable).hash(hasher);
        if self.body {
            "body".hash(hasher);
        }
        (needs.bits(), encoding.word(), on_violation.word()).hash(hasher);
        hash_domain(domain, hasher);
    }
}

/// The part of an attribute that decides which values pass.
#[derive(Debug, Clone)]
pub struct AttributeInfo {
    /// Key in the catalogue.
    pub id: Cow<'static, str>,
    /// Name on the wire where a signal carries it.
    pub name: Cow<'static, str>,
    /// Title of the row that discloses it.
    pub row: Cow<'static, str>,
    /// The channel that it needs.
    pub needs: Consent,
    /// The values that it admits.
    pub domain: Domain,
    /// The form of an object or a list in OTLP.
    pub encoding: Encoding,
    /// The treatment of a value outside its domain.
    pub on_violation: OnViolation,
    /// Set if null is a value of it, where it stands by itself or is a field.
    pub nullable: bool,
}

impl AttributeInfo {
    /// Returns whether a text may be JSON: if the catalogue says so, and for what has named parts, which not every API can
    /// carry.
    pub fn may_be_json(&self) -> bool {
        self.encoding == Encoding::Json || self.domain.is_structured()
    }
}

impl Signal {
    /// Returns whether the signal may be joined so with a span at a consent. A span of the catalogue needs its own
    /// channels for that; one of another process needs none.
    pub fn may_join<'s>(
        &self,
        join: Join,
        consent: Consent,
        signals: impl Iterator<Item = &'s Signal> + Clone,
    ) -> bool {
        let is_told = |key: &str| {
            let is_it = |signal: &&Signal| signal.kind == SignalKind::Span && signal.id == key;
            key == REMOTE || signals.clone().find(is_it).is_some_and(|span| consent.includes(span.needs))
        };
        self.relations.of(join).iter().any(|key| is_told(key))
    }
}

/// FNV-1a, which is the same everywhere.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

fn hash_domain(domain: &Domain, hasher: &mut Fnv) {
    domain.word().hash(hasher);
    match domain {
        Domain::String { max_length, pattern } => {
            (max_length, pattern.as_ref().map(|pattern| pattern.source())).hash(hasher);
        }
        Domain::Boolean | Domain::Timestamp => {}
        Domain::Int { minimum, maximum } => (minimum, maximum).hash(hasher),
        Domain::Double { minimum, maximum } => (minimum.to_bits(), maximum.to_bits()).hash(hasher),
        Domain::Enum(members) => {
            members.is_open().hash(hasher);
            members.iter().for_each(|member| hash_scalar(member, hasher));
        }
        Domain::Object(object) => object.fingerprint().hash(hasher),
        Domain::List { item, max_items } => {
            max_items.hash(hasher);
            hash_domain(item, hasher);
        }
        Domain::Map { key, value, max_items } => {
            max_items.hash(hasher);
            hash_domain(key, hasher);
            hash_domain(value, hasher);
        }
        Domain::Json { max_depth, max_length } => (max_depth, max_length).hash(hasher),
    }
}

fn hash_measure(measure: &Measure, hasher: &mut Fnv) {
    let Measure { instrument, number, unit, bounds, interval } = measure;
    (instrument.word(), number.word(), unit, interval).hash(hasher);
    bounds.iter().for_each(|bound| bound.to_bits().hash(hasher));
}

fn hash_scalar(value: Scalar<'_>, hasher: &mut Fnv) {
    std::mem::discriminant(&value).hash(hasher);
    match value {
        Scalar::Text(text) | Scalar::Digits(text) => text.hash(hasher),
        Scalar::Boolean(value) => value.hash(hasher),
        Scalar::Int(value) => value.hash(hasher),
        Scalar::Double(value) => value.to_bits().hash(hasher),
    }
}

/// The catalogue that a signal was found in, or not: the answer of the first look.
#[derive(Debug)]
pub struct Origin(AtomicUsize);

impl Origin {
    /// The answer before the first look.
    const fn new() -> Self {
        Origin(AtomicUsize::new(0))
    }

    /// Returns whether the signal is in a catalogue; `look` is asked once for each catalogue in a row.
    #[inline]
    pub fn is_in<C>(&self, catalogue: &'static C, look: impl FnOnce() -> bool) -> bool {
        const { assert!(align_of::<C>() > 1, "the lowest bit of the address is free for the answer") }
        let address = std::ptr::from_ref(catalogue).addr();
        match self.0.load(Relaxed) {
            known if known == address => true,
            known if known == address | 1 => false,
            _ => {
                let is_in = look();
                self.0.store(address | usize::from(!is_in), Relaxed);
                is_in
            }
        }
    }
}

impl Clone for Origin {
    fn clone(&self) -> Self {
        Origin::new()
    }
}

/// The form of an object or a list in OTLP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// An OTLP map or array.
    Map,
    /// A JSON text in a string.
    Json,
}

impl Encoding {
    /// The word for it in a catalogue.
    pub const fn word(self) -> &'static str {
        match self {
            Encoding::Map => "map",
            Encoding::Json => "json",
        }
    }
}

/// The treatment of a value outside its domain. It is counted either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnViolation {
    /// It is left out.
    Drop,
    /// A text that is too long is cut to its longest length.
    Truncate,
}

impl OnViolation {
    /// The word for it in a catalogue.
    pub const fn word(self) -> &'static str {
        match self {
            OnViolation::Drop => "drop",
            OnViolation::Truncate => "truncate",
        }
    }
}
