//! Kinds of signals, with everything that differs between them on the wire.

/// Span, event or metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalKind {
    /// An OpenTelemetry span.
    Span,
    /// An OpenTelemetry event: a log record with an event name.
    Event,
    /// An OpenTelemetry metric. Its signals are its data points.
    Metric,
}

/// The facts of one kind of signal in OTLP and in the payload form.
///
/// Numbers are those of the fields in
/// <https://github.com/open-telemetry/opentelemetry-proto/tree/v1.9.0/opentelemetry/proto>.
#[derive(Debug)]
pub struct KindFacts {
    /// The word in payloads and messages.
    pub word: &'static str,
    /// The word with its article, at the start of a sentence.
    pub one: &'static str,
    /// The section of a catalogue that lists them.
    pub section: &'static str,
    /// Path of OTLP/HTTP requests.
    pub path: &'static str,
    /// Member of a request with one group for each resource.
    pub groups: &'static str,
    /// Member of a group with one part for each scope.
    pub scopes: &'static str,
    /// Member of such a part with the signals.
    pub elements: &'static str,
    /// Field of the name.
    pub name: u8,
    /// Field of the start; a signal without duration has none.
    pub start: Option<u8>,
    /// Field of the end, or of the only point in time.
    pub end: u8,
    /// Field of the attributes.
    pub attributes: u8,
    /// Field of the number of attributes that were left out.
    pub dropped: u8,
    /// Field of the trace's id.
    pub trace_id: u8,
    /// Field of the span's id.
    pub span_id: u8,
    /// Members of the payload form with points in time.
    pub times: &'static [&'static str],
}

const SPAN: KindFacts = KindFacts {
    word: "span",
    one: "A span",
    section: "spans",
    path: "/v1/traces",
    groups: "resourceSpans",
    scopes: "scopeSpans",
    elements: "spans",
    name: 5,
    start: Some(7),
    end: 8,
    attributes: 9,
    dropped: 10,
    trace_id: 1,
    span_id: 2,
    times: &["startTimeUnixNano", "endTimeUnixNano"],
};

const EVENT: KindFacts = KindFacts {
    word: "event",
    one: "An event",
    section: "events",
    path: "/v1/logs",
    groups: "resourceLogs",
    scopes: "scopeLogs",
    elements: "logRecords",
    name: 12,
    start: None,
    end: 1,
    attributes: 6,
    dropped: 7,
    trace_id: 9,
    span_id: 10,
    times: &["timeUnixNano"],
};

/// The elements are metrics; attributes, times and exemplars are fields of their data points.
const METRIC: KindFacts = KindFacts {
    word: "metric",
    one: "A metric",
    section: "metrics",
    path: "/v1/metrics",
    groups: "resourceMetrics",
    scopes: "scopeMetrics",
    elements: "metrics",
    name: 1,
    start: Some(2),
    end: 3,
    attributes: 7,
    dropped: 0,
    trace_id: 0,
    span_id: 0,
    times: &["startTimeUnixNano", "timeUnixNano"],
};

impl SignalKind {
    /// Every kind, in the order of catalogues.
    pub const ALL: [SignalKind; 3] = [SignalKind::Span, SignalKind::Event, SignalKind::Metric];

    /// The facts in which the kinds differ.
    #[inline(always)]
    pub const fn facts(self) -> &'static KindFacts {
        match self {
            SignalKind::Span => &SPAN,
            SignalKind::Event => &EVENT,
            SignalKind::Metric => &METRIC,
        }
    }

    /// `span`, `event` or `metric`, as payloads and messages say it.
    pub const fn word(self) -> &'static str {
        self.facts().word
    }

    /// The kind that a section of a catalogue lists.
    pub fn of_section(section: &str) -> Option<Self> {
        SignalKind::ALL.into_iter().find(|kind| kind.facts().section == section)
    }

    /// The kind of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        SignalKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
