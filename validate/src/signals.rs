//! OTLP's three requests, and the names in which they differ.

use candor_schema::SignalKind;

/// OTLP's three requests; the address of a body (`/v1/traces`, `/v1/logs`, `/v1/metrics`) tells which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signals {
    /// `ExportTraceServiceRequest`
    Traces,
    /// `ExportLogsServiceRequest`
    Logs,
    /// `ExportMetricsServiceRequest`
    Metrics,
}

impl Signals {
    pub(crate) const ALL: [Signals; 3] = [Signals::Traces, Signals::Logs, Signals::Metrics];

    pub(crate) fn names(self) -> &'static Names {
        match self {
            Signals::Traces => &REQUESTS[0],
            Signals::Logs => &REQUESTS[1],
            Signals::Metrics => &REQUESTS[2],
        }
    }
}

/// The names in which the requests differ.
pub(crate) struct Names {
    /// The kind that catalogues have.
    pub kind: SignalKind,
    pub groups: &'static str,
    pub scopes: &'static str,
    pub elements: &'static str,
}

impl Names {
    const fn of(kind: SignalKind) -> Self {
        let facts = kind.facts();
        Names { kind, groups: facts.groups, scopes: facts.scopes, elements: facts.elements }
    }
}

pub(crate) static REQUESTS: [Names; 3] =
    [Names::of(SignalKind::Span), Names::of(SignalKind::Event), Names::of(SignalKind::Metric)];
