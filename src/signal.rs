//! The catalogue as constants in the program. The generator and the derive write them, so users need not.

use std::marker::PhantomData;

pub use candor_domain::{
    AttributeInfo, Consent, DEFAULT, Domain, Encoding, Granted, Member, Members, OPT_IN, ObjectInfo, OnViolation,
    Pattern, Shared, Signal, SignalKind,
};

use crate::{Disclosure, OptOut};

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
    /// What switches everything off, beside the variables that always do.
    pub opt_out: &'static [OptOut],
    /// Every signal.
    pub signals: &'static [&'static Signal],
    /// The disclosure: lines for people, and the whole catalogue for machines.
    pub disclosure: Disclosure,
}

impl Catalogue {
    /// The signal of a kind with this name on the wire.
    #[cfg(feature = "otel-filter")]
    pub(crate) fn signal_named(&self, kind: SignalKind, name: &str) -> Option<&'static Signal> {
        self.signals.iter().copied().find(|signal| signal.kind == kind && signal.name == name)
    }
}

/// A catalogue in the type system: a hash of its name, which [`domain_id`](crate::domain_id) gives.
#[derive(Debug)]
pub enum CatalogueId<const ID: u64> {}

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
}

/// A `&'static Pattern` from its source.
#[macro_export]
macro_rules! pattern {
    ($source:literal) => {{
        static PATTERN: $crate::Pattern = $crate::Pattern::new($source);
        &PATTERN
    }};
}
