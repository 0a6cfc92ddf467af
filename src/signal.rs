//! What the catalogue knows, as constants in the program: signals, attributes, objects, domains.
//!
//! The generator and the derive write these; nobody else needs to.

use std::marker::PhantomData;
use std::sync::OnceLock;

use regex_lite::Regex;

use crate::Disclosure;

/// A catalogue's head and its signals.
#[derive(Debug)]
pub struct Catalogue {
    /// Short name.
    pub name: &'static str,
    /// Name of the program, as people write it.
    pub title: &'static str,
    /// Version of the disclosure.
    pub version: &'static str,
    /// OpenTelemetry's `service.name`.
    pub service: &'static str,
    /// OTLP/HTTP endpoint, when the catalogue names one.
    pub endpoint: Option<&'static str>,
    /// The switch that opts in, as users see it.
    pub opt_in: Option<&'static str>,
    /// The catalogue's own environment variables that switch everything off.
    pub opt_out: &'static [&'static str],
    /// Every signal.
    pub signals: &'static [&'static Signal],
    /// What people are told of it.
    pub disclosure: Disclosure,
}

/// Span or event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignalKind {
    /// An OpenTelemetry span.
    Span,
    /// An OpenTelemetry event: a log record with an event name.
    Event,
}

/// When something is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collected {
    /// Always, until the user opts out.
    Default,
    /// Only after the user opted in.
    OptIn,
}

/// A span or an event.
#[derive(Debug)]
pub struct Signal {
    /// The catalogue's short name.
    pub catalogue: &'static str,
    /// Key in the catalogue.
    pub id: &'static str,
    /// Span or event.
    pub kind: SignalKind,
    /// Name on the wire.
    pub name: &'static str,
    /// Sent by default, or only after the user opted in.
    pub collected: Collected,
    /// Every attribute it may carry.
    pub attributes: &'static [SignalAttribute],
}

/// An attribute as a signal carries it.
#[derive(Debug)]
pub struct SignalAttribute {
    /// The attribute.
    pub attribute: &'static AttributeInfo,
    /// Whether it must be there.
    pub required: bool,
}

impl SignalAttribute {
    /// An attribute that must be there.
    pub const fn required(attribute: &'static AttributeInfo) -> Self {
        SignalAttribute { attribute, required: true }
    }

    /// An attribute that may be missing.
    pub const fn optional(attribute: &'static AttributeInfo) -> Self {
        SignalAttribute { attribute, required: false }
    }
}

/// An attribute whose values are of the kind `K` (see [`kind`](crate::kind)).
#[derive(Debug)]
pub struct Attribute<K> {
    /// What the catalogue says of it.
    pub info: AttributeInfo,
    kind: PhantomData<fn() -> K>,
}

impl<K> Attribute<K> {
    /// An attribute of this kind.
    pub const fn new(info: AttributeInfo) -> Self {
        Attribute { info, kind: PhantomData }
    }

    /// The same, whose objects or lists travel like this.
    pub const fn encoded(mut self, encoding: Encoding) -> Self {
        self.info.encoding = encoding;
        self
    }

    /// The same, with what becomes of a value outside its domain.
    pub const fn on_violation(mut self, on_violation: OnViolation) -> Self {
        self.info.on_violation = on_violation;
        self
    }
}

/// What the catalogue says of an attribute.
#[derive(Debug)]
pub struct AttributeInfo {
    /// Key in the catalogue.
    pub id: &'static str,
    /// Name on the wire where a signal carries it.
    pub name: &'static str,
    /// Title of the row that discloses it.
    pub row: &'static str,
    /// Default or opt-in.
    pub collected: Collected,
    /// Which values it may have.
    pub domain: Domain,
    /// How an object or a list travels.
    pub encoding: Encoding,
    /// What becomes of a value outside its domain.
    pub on_violation: OnViolation,
}

/// How an object or a list travels in OTLP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As an OTLP map or array.
    Map,
    /// As a JSON text in a string.
    Json,
}

/// What becomes of a value outside its domain. It is counted, whatever becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnViolation {
    /// It is left out.
    Drop,
    /// A text that is too long is cut to its longest length.
    Truncate,
}

/// Which values an attribute may have. Bounds that the catalogue does not set are the type's own.
#[derive(Debug)]
pub enum Domain {
    /// A text.
    String {
        /// Longest text, in characters.
        max_length: usize,
        /// What the whole text matches.
        pattern: Option<&'static Pattern>,
    },
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Int {
        /// Smallest.
        minimum: i64,
        /// Largest.
        maximum: i64,
    },
    /// A finite number.
    Double {
        /// Smallest.
        minimum: f64,
        /// Largest.
        maximum: f64,
    },
    /// A point in time between the years 1970 and 9999.
    Timestamp,
    /// A closed domain of texts.
    Enum(&'static [&'static str]),
    /// A named structure.
    Object(&'static ObjectInfo),
    /// A list.
    List {
        /// Domain of its items.
        item: &'static Domain,
        /// Most items.
        max_items: usize,
    },
}

/// A named structure.
#[derive(Debug)]
pub struct ObjectInfo {
    /// The catalogue's short name.
    pub catalogue: &'static str,
    /// Key in the catalogue.
    pub id: &'static str,
    /// Its fields.
    pub fields: &'static [ObjectField],
}

/// One field of an object.
#[derive(Debug)]
pub struct ObjectField {
    /// Name on the wire.
    pub name: &'static str,
    /// The attribute behind it.
    pub attribute: &'static AttributeInfo,
    /// Whether it must be there.
    pub required: bool,
}

impl ObjectField {
    /// A field that must be there.
    pub const fn required(name: &'static str, attribute: &'static AttributeInfo) -> Self {
        ObjectField { name, attribute, required: true }
    }

    /// A field that may be missing.
    pub const fn optional(name: &'static str, attribute: &'static AttributeInfo) -> Self {
        ObjectField { name, attribute, required: false }
    }
}

/// An anchored regular expression, compiled when it is first needed.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

/// A `&'static Pattern` from its source.
#[macro_export]
macro_rules! pattern {
    ($source:literal) => {{
        static PATTERN: $crate::Pattern = $crate::Pattern::new($source);
        &PATTERN
    }};
}

impl Pattern {
    /// The pattern with this source. It has to be a `static`: see [`pattern!`](crate::pattern).
    pub const fn new(source: &'static str) -> Self {
        Pattern { source, compiled: OnceLock::new() }
    }

    /// The regular expression as the catalogue has it.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Whether the whole text matches. A pattern that is none matches nothing: the value stays here.
    pub fn matches(&self, text: &str) -> bool {
        let regex = self.compiled.get_or_init(|| Regex::new(self.source).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}
