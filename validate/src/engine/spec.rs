//! What a catalogue says of payloads, as plain data.

use super::form::Kind;
use super::pattern::Pattern;

/// What may be sent, and when.
#[derive(Debug)]
pub struct Spec<'s> {
    /// OpenTelemetry's `service.name`.
    pub service: &'s str,
    /// Every attribute.
    pub attributes: Vec<AttributeSpec<'s>>,
    /// Every object. None may hold itself.
    pub objects: Vec<ObjectSpec<'s>>,
    /// Every signal.
    pub signals: Vec<SignalSpec<'s>>,
}

/// At which consent something was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// The user said nothing.
    Default,
    /// The user opted in.
    OptedIn,
}

/// One attribute.
#[derive(Debug)]
pub struct AttributeSpec<'s> {
    /// Title of the row that discloses it.
    pub row: &'s str,
    /// Whether it is collected only after opt-in.
    pub opt_in: bool,
    /// Which values it may have.
    pub domain: Domain<'s>,
}

/// One object.
#[derive(Debug)]
pub struct ObjectSpec<'s> {
    /// The fields it may have. Those that need not be there may be null.
    pub fields: Vec<MemberSpec<'s>>,
}

/// One signal.
#[derive(Debug)]
pub struct SignalSpec<'s> {
    /// Span or event.
    pub kind: Kind,
    /// Name on the wire.
    pub name: &'s str,
    /// Title of the row that discloses that it is sent.
    pub row: Option<&'s str>,
    /// Whether it is sent only after opt-in.
    pub opt_in: bool,
    /// The attributes it may carry.
    pub attributes: Vec<MemberSpec<'s>>,
}

/// An attribute as a signal carries it, or as an object's field.
#[derive(Debug)]
pub struct MemberSpec<'s> {
    /// Name on the wire.
    pub name: &'s str,
    /// Position in [`Spec::attributes`].
    pub attribute: usize,
    /// Whether it must be there.
    pub required: bool,
}

/// Which values are accepted. A bound that the catalogue does not set is the type's own.
#[derive(Debug)]
pub enum Domain<'s> {
    /// A text.
    String {
        /// Most characters.
        max_length: usize,
        /// What the whole text matches.
        pattern: Option<Pattern<'s>>,
    },
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer {
        /// Smallest.
        minimum: i64,
        /// Largest.
        maximum: i64,
    },
    /// A number.
    Double {
        /// Smallest.
        minimum: f64,
        /// Largest.
        maximum: f64,
    },
    /// A point in time.
    Timestamp,
    /// A closed domain of texts.
    Enum(Vec<&'s str>),
    /// The object at this position of [`Spec::objects`].
    Object(usize),
    /// A list.
    List {
        /// Domain of its items.
        item: Box<Domain<'s>>,
        /// Most items.
        max_items: usize,
    },
}
