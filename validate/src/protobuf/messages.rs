//! The messages of OTLP as tables.
//! <https://github.com/open-telemetry/opentelemetry-proto/tree/v1.9.0/opentelemetry/proto>

/// A message of OTLP.
pub(super) struct Message {
    pub name: &'static str,
    pub fields: &'static [Field],
}

/// Number, name in JSON, type.
type Field = (u32, &'static str, Type);

pub(super) enum Type {
    Text,
    /// Bytes that JSON has in hexadecimal: the ids.
    Id,
    Bytes,
    Bool,
    /// Any integer that travels as a varint, read as 64 bits with sign.
    Int,
    /// An integer that travels as a varint, its sign in the lowest bit.
    ZigZag,
    Fixed32,
    Fixed64,
    SignedFixed64,
    Double,
    One(&'static Message),
    Many(&'static Message),
    Texts,
    /// Numbers of a type, packed or not.
    Numbers(&'static Type),
}

use Type::*;

pub(super) static TRACES: Message = Message { name: "request", fields: &[(1, "resourceSpans", Many(&RESOURCE_SPANS))] };
pub(super) static LOGS: Message = Message { name: "request", fields: &[(1, "resourceLogs", Many(&RESOURCE_LOGS))] };
pub(super) static METRICS: Message =
    Message { name: "request", fields: &[(1, "resourceMetrics", Many(&RESOURCE_METRICS))] };

static RESOURCE_SPANS: Message = Message {
    name: "ResourceSpans",
    fields: &[(1, "resource", One(&RESOURCE)), (2, "scopeSpans", Many(&SCOPE_SPANS)), (3, "schemaUrl", Text)],
};
static RESOURCE_LOGS: Message = Message {
    name: "ResourceLogs",
    fields: &[(1, "resource", One(&RESOURCE)), (2, "scopeLogs", Many(&SCOPE_LOGS)), (3, "schemaUrl", Text)],
};
static SCOPE_SPANS: Message = Message {
    name: "ScopeSpans",
    fields: &[(1, "scope", One(&SCOPE)), (2, "spans", Many(&SPAN)), (3, "schemaUrl", Text)],
};
static SCOPE_LOGS: Message = Message {
    name: "ScopeLogs",
    fields: &[(1, "scope", One(&SCOPE)), (2, "logRecords", Many(&LOG_RECORD)), (3, "schemaUrl", Text)],
};
static RESOURCE_METRICS: Message = Message {
    name: "ResourceMetrics",
    fields: &[(1, "resource", One(&RESOURCE)), (2, "scopeMetrics", Many(&SCOPE_METRICS)), (3, "schemaUrl", Text)],
};
static SCOPE_METRICS: Message = Message {
    name: "ScopeMetrics",
    fields: &[(1, "scope", One(&SCOPE)), (2, "metrics", Many(&METRIC)), (3, "schemaUrl", Text)],
};
static RESOURCE: Message = Message {
    name: "Resource",
    fields: &[
        (1, "attributes", Many(&KEY_VALUE)),
        (2, "droppedAttributesCount", Int),
        (3, "entityRefs", Many(&ENTITY_REF)),
    ],
};
static ENTITY_REF: Message = Message {
    name: "EntityRef",
    fields: &[(1, "schemaUrl", Text), (2, "type", Text), (3, "idKeys", Texts), (4, "descriptionKeys", Texts)],
};
static SCOPE: Message = Message {
    name: "InstrumentationScope",
    fields: &[
        (1, "name", Text),
        (2, "version", Text),
        (3, "attributes", Many(&KEY_VALUE)),
        (4, "droppedAttributesCount", Int),
    ],
};
static SPAN: Message = Message {
    name: "Span",
    fields: &[
        (1, "traceId", Id),
        (2, "spanId", Id),
        (3, "traceState", Text),
        (4, "parentSpanId", Id),
        (5, "name", Text),
        (6, "kind", Int),
        (7, "startTimeUnixNano", Fixed64),
        (8, "endTimeUnixNano", Fixed64),
        (9, "attributes", Many(&KEY_VALUE)),
        (10, "droppedAttributesCount", Int),
        (11, "events", Many(&SPAN_EVENT)),
        (12, "droppedEventsCount", Int),
        (13, "links", Many(&SPAN_LINK)),
        (14, "droppedLinksCount", Int),
        (15, "status", One(&STATUS)),
        (16, "flags", Fixed32),
    ],
};
static SPAN_EVENT: Message = Message {
    name: "Span.Event",
    fields: &[
        (1, "timeUnixNano", Fixed64),
        (2, "name", Text),
        (3, "attributes", Many(&KEY_VALUE)),
        (4, "droppedAttributesCount", Int),
    ],
};
static SPAN_LINK: Message = Message {
    name: "Span.Link",
    fields: &[
        (1, "traceId", Id),
        (2, "spanId", Id),
        (3, "traceState", Text),
        (4, "attributes", Many(&KEY_VALUE)),
        (5, "droppedAttributesCount", Int),
        (6, "flags", Fixed32),
    ],
};
pub(super) static STATUS: Message = Message { name: "Status", fields: &[(2, "message", Text), (3, "code", Int)] };
static LOG_RECORD: Message = Message {
    name: "LogRecord",
    fields: &[
        (1, "timeUnixNano", Fixed64),
        (2, "severityNumber", Int),
        (3, "severityText", Text),
        (5, "body", One(&ANY_VALUE)),
        (6, "attributes", Many(&KEY_VALUE)),
        (7, "droppedAttributesCount", Int),
        (8, "flags", Fixed32),
        (9, "traceId", Id),
        (10, "spanId", Id),
        (11, "observedTimeUnixNano", Fixed64),
        (12, "eventName", Text),
    ],
};
pub(super) static KEY_VALUE: Message =
    Message { name: "KeyValue", fields: &[(1, "key", Text), (2, "value", One(&ANY_VALUE))] };
pub(super) static ANY_VALUE: Message = Message {
    name: "AnyValue",
    fields: &[
        (1, "stringValue", Text),
        (2, "boolValue", Bool),
        (3, "intValue", Int),
        (4, "doubleValue", Double),
        (5, "arrayValue", One(&ARRAY_VALUE)),
        (6, "kvlistValue", One(&KEY_VALUE_LIST)),
        (7, "bytesValue", Bytes),
    ],
};
static ARRAY_VALUE: Message = Message { name: "ArrayValue", fields: &[(1, "values", Many(&ANY_VALUE))] };
pub(super) static KEY_VALUE_LIST: Message =
    Message { name: "KeyValueList", fields: &[(1, "values", Many(&KEY_VALUE))] };

static METRIC: Message = Message {
    name: "Metric",
    fields: &[
        (1, "name", Text),
        (2, "description", Text),
        (3, "unit", Text),
        (5, "gauge", One(&GAUGE)),
        (7, "sum", One(&SUM)),
        (9, "histogram", One(&HISTOGRAM)),
        (10, "exponentialHistogram", One(&EXPONENTIAL_HISTOGRAM)),
        (11, "summary", One(&SUMMARY)),
        (12, "metadata", Many(&KEY_VALUE)),
    ],
};
static GAUGE: Message = Message { name: "Gauge", fields: &[(1, "dataPoints", Many(&NUMBER_POINT))] };
static SUM: Message = Message {
    name: "Sum",
    fields: &[(1, "dataPoints", Many(&NUMBER_POINT)), (2, "aggregationTemporality", Int), (3, "isMonotonic", Bool)],
};
static HISTOGRAM: Message = Message {
    name: "Histogram",
    fields: &[(1, "dataPoints", Many(&HISTOGRAM_POINT)), (2, "aggregationTemporality", Int)],
};
static EXPONENTIAL_HISTOGRAM: Message = Message {
    name: "ExponentialHistogram",
    fields: &[(1, "dataPoints", Many(&EXPONENTIAL_POINT)), (2, "aggregationTemporality", Int)],
};
static SUMMARY: Message = Message { name: "Summary", fields: &[(1, "dataPoints", Many(&SUMMARY_POINT))] };
static NUMBER_POINT: Message = Message {
    name: "NumberDataPoint",
    fields: &[
        (2, "startTimeUnixNano", Fixed64),
        (3, "timeUnixNano", Fixed64),
        (4, "asDouble", Double),
        (5, "exemplars", Many(&EXEMPLAR)),
        (6, "asInt", SignedFixed64),
        (7, "attributes", Many(&KEY_VALUE)),
        (8, "flags", Int),
    ],
};
static HISTOGRAM_POINT: Message = Message {
    name: "HistogramDataPoint",
    fields: &[
        (2, "startTimeUnixNano", Fixed64),
        (3, "timeUnixNano", Fixed64),
        (4, "count", Fixed64),
        (5, "sum", Double),
        (6, "bucketCounts", Numbers(&Fixed64)),
        (7, "explicitBounds", Numbers(&Double)),
        (8, "exemplars", Many(&EXEMPLAR)),
        (9, "attributes", Many(&KEY_VALUE)),
        (10, "flags", Int),
        (11, "min", Double),
        (12, "max", Double),
    ],
};
static EXPONENTIAL_POINT: Message = Message {
    name: "ExponentialHistogramDataPoint",
    fields: &[
        (1, "attributes", Many(&KEY_VALUE)),
        (2, "startTimeUnixNano", Fixed64),
        (3, "timeUnixNano", Fixed64),
        (4, "count", Fixed64),
        (5, "sum", Double),
        (6, "scale", ZigZag),
        (7, "zeroCount", Fixed64),
        (8, "positive", One(&BUCKETS)),
        (9, "negative", One(&BUCKETS)),
        (10, "flags", Int),
        (11, "exemplars", Many(&EXEMPLAR)),
        (12, "min", Double),
        (13, "max", Double),
        (14, "zeroThreshold", Double),
    ],
};
static BUCKETS: Message =
    Message { name: "Buckets", fields: &[(1, "offset", ZigZag), (2, "bucketCounts", Numbers(&Int))] };
static SUMMARY_POINT: Message = Message {
    name: "SummaryDataPoint",
    fields: &[
        (2, "startTimeUnixNano", Fixed64),
        (3, "timeUnixNano", Fixed64),
        (4, "count", Fixed64),
        (5, "sum", Double),
        (6, "quantileValues", Many(&QUANTILE)),
        (7, "attributes", Many(&KEY_VALUE)),
        (8, "flags", Int),
    ],
};
static QUANTILE: Message =
    Message { name: "ValueAtQuantile", fields: &[(1, "quantile", Double), (2, "value", Double)] };
static EXEMPLAR: Message = Message {
    name: "Exemplar",
    fields: &[
        (2, "timeUnixNano", Fixed64),
        (3, "asDouble", Double),
        (4, "spanId", Id),
        (5, "traceId", Id),
        (6, "asInt", SignedFixed64),
        (7, "filteredAttributes", Many(&KEY_VALUE)),
    ],
};
