//! The catalogue as one constant in the program, with what it discloses. The generator writes it, so users need not.

#[cfg(feature = "otel-filter")]
use crate::SignalKind;
use crate::{Channel, DEFAULT, Endpoint, InstallationIdPolicy, OPT_IN, OptOut, ResourceInfo, Signal};

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
    /// The places where signals go, the first for those that name none. Empty when the catalogue names none.
    pub endpoints: &'static [Endpoint],
    /// The switch that opts in, as users see it.
    pub opt_in: Option<&'static str>,
    /// The switches that turn everything off, beside the variables that always do.
    pub opt_out: &'static [OptOut],
    /// The installation id that the runtime keeps, where an attribute is one.
    pub installation_id: Option<InstallationIdPolicy>,
    /// The channels that it names, each with a switch of its own.
    pub channels: &'static [Channel],
    /// The question that the program asks first; empty where the catalogue has no words for it.
    pub ask: Option<&'static str>,
    /// Every signal.
    pub signals: &'static [&'static Signal],
    /// The attributes of the process, which go once with each request.
    pub resource: &'static ResourceInfo,
    /// The disclosure: lines for people, and the whole catalogue for machines.
    pub disclosure: Disclosure,
}

impl Catalogue {
    /// A catalogue of nothing, to build others from.
    pub const EMPTY: Catalogue = Catalogue {
        name: "",
        title: "",
        version: "",
        service: "",
        endpoints: &[],
        opt_in: None,
        opt_out: &[],
        installation_id: None,
        channels: &[],
        ask: None,
        signals: &[],
        resource: &NO_RESOURCE,
        disclosure: Disclosure::NONE,
    };

    /// The address of the first endpoint, when the catalogue names one.
    pub fn endpoint(&self) -> Option<&'static str> {
        self.endpoints.first().map(|endpoint| &*endpoint.url)
    }

    /// The signal of a kind with this name on the wire.
    #[cfg(feature = "otel-filter")]
    pub(crate) fn signal_named(&self, kind: SignalKind, name: &str) -> Option<&'static Signal> {
        self.signals.iter().copied().find(|signal| signal.kind == kind && signal.name == name)
    }
}

static NO_RESOURCE: ResourceInfo = crate::define::resource("", &[]);

/// The condition under which a row is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collected {
    /// Always, until the user opts out.
    Default,
    /// Only after the user opted in.
    OptIn,
    /// Through channels that the catalogue names, or through several, by their numbers: a part of it through each.
    Through(&'static [u8]),
}

impl Collected {
    /// The numbers of the channels.
    pub fn channels(self) -> &'static [u8] {
        match self {
            Collected::Default => &[DEFAULT],
            Collected::OptIn => &[OPT_IN],
            Collected::Through(channels) => channels,
        }
    }
}

/// The texts that a catalogue shows to people.
#[derive(Debug)]
pub struct Disclosure {
    /// The opening of its page.
    pub intro: Option<&'static str>,
    /// The lines of its table.
    pub rows: &'static [Row],
    /// The whole catalogue, as `candor extract` finds it in the program. See [`Catalogue::document`].
    pub embedded: &'static str,
}

/// One line of the table.
#[derive(Debug)]
pub struct Row {
    /// The name of the data.
    pub title: &'static str,
    /// Default or opt-in.
    pub collected: Collected,
    /// The reason why it is collected, and a description.
    pub specifics: &'static str,
}

impl Disclosure {
    /// Nothing is told.
    pub const NONE: Disclosure = Disclosure { intro: None, rows: &[], embedded: "" };
}

/// A catalogue in the type system: a hash of its name, which [`domain_id`](crate::domain_id) gives.
#[derive(Debug)]
pub enum CatalogueId<const ID: u64> {}
