//! Signals and attributes as constants in the program. The generator and the derive write them, so users need not.

use std::marker::PhantomData;

pub use candor_domain::{
    AttributeInfo, Body, Choice, Clock, Consent, DEFAULT, Domain, Encoding, Endpoint, Form, Granted, Instrument,
    Measure, Member, Members, Method, NumberType, OPT_IN, ObjectInfo, OnViolation, Own, Part, Pattern, ResourceInfo,
    Shared, Signal, SignalKind,
};

/// An attribute whose values are of the kind `K` (see [`kind`](crate::kind)), collected through the channel `CHANNEL`.
#[derive(Debug)]
pub struct Attribute<K, const CHANNEL: u8 = DEFAULT> {
    /// The catalogue's entry for it.
    pub info: AttributeInfo,
    kind: PhantomData<fn() -> K>,
}

/// An attribute that is collected only after the user opted in.
pub type OptInAttribute<K> = Attribute<K, OPT_IN>;

impl<K, const CHANNEL: u8> Attribute<K, CHANNEL> {
    /// An attribute of this kind. It needs the channel of its type, whatever `info` says.
    pub const fn new(mut info: AttributeInfo) -> Self {
        info.needs = Consent::of(CHANNEL);
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

    /// The same, which may be null. What shows no value, such as `None`, is then sent as null.
    pub const fn nullable(mut self) -> Self {
        self.info.nullable = true;
        self
    }
}

/// A `&'static Pattern` from its source.
#[macro_export]
macro_rules! pattern {
    ($source:literal) => {{
        static PATTERN: $crate::Pattern = $crate::Pattern::new($source);
        &PATTERN
    }};
}
