//! Signals, objects and attributes, as far as they decide what may pass.

use std::borrow::Cow;

use crate::{Consent, Domain, Shared};

/// Span or event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalKind {
    /// An OpenTelemetry span.
    Span,
    /// An OpenTelemetry event: a log record with an event name.
    Event,
}

impl SignalKind {
    /// Every kind, in the order of catalogues.
    pub const ALL: [SignalKind; 2] = [SignalKind::Span, SignalKind::Event];

    /// `span` or `event`, as payloads and messages say it.
    pub const fn word(self) -> &'static str {
        match self {
            SignalKind::Span => "span",
            SignalKind::Event => "event",
        }
    }

    /// The kind of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        SignalKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A span or an event.
#[derive(Debug, Clone)]
pub struct Signal {
    /// The catalogue's short name.
    pub catalogue: Cow<'static, str>,
    /// Key in the catalogue.
    pub id: Cow<'static, str>,
    /// Span or event.
    pub kind: SignalKind,
    /// Name on the wire.
    pub name: Cow<'static, str>,
    /// The channels that it needs.
    pub needs: Consent,
    /// Every attribute it may carry.
    pub attributes: Shared<[Member]>,
}

impl Signal {
    /// The attribute with this name on the wire.
    pub fn attribute(&self, name: &str) -> Option<&Member> {
        self.attributes.iter().find(|member| member.name() == name)
    }
}

/// A named structure, used as a value.
#[derive(Debug, Clone)]
pub struct ObjectInfo {
    /// The catalogue's short name.
    pub catalogue: Cow<'static, str>,
    /// Key in the catalogue.
    pub id: Cow<'static, str>,
    /// Its fields. No object holds itself.
    pub fields: Shared<[Member]>,
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
    /// Whether it must be there. A catalogue's check decides that once.
    pub required: bool,
}

impl Member {
    /// The name on the wire.
    #[inline]
    pub fn name(&self) -> &str {
        match &self.rename {
            Some(name) => name,
            None => &self.attribute.name,
        }
    }
}

/// What a catalogue says of an attribute, as far as it decides what may pass.
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
    /// Which values it admits.
    pub domain: Domain,
    /// How an object or a list travels.
    pub encoding: Encoding,
    /// What becomes of a value outside its domain.
    pub on_violation: OnViolation,
}

impl AttributeInfo {
    /// Whether a text may be JSON: where the catalogue says so, and for objects, which not every API can carry.
    pub fn may_be_json(&self) -> bool {
        self.encoding == Encoding::Json || matches!(self.domain.innermost(), Domain::Object(_))
    }
}

/// How an object or a list travels in OTLP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As an OTLP map or array.
    Map,
    /// As a JSON text in a string.
    Json,
}

/// What becomes of a value outside its domain. It is counted either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnViolation {
    /// It is left out.
    Drop,
    /// A text that is too long is cut to its longest length.
    Truncate,
}
